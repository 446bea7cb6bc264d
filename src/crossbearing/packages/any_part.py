"""A part of a document that paper has no layout for: heading, text, lists and tables, so that nothing is lost."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from crossbearing.presentation.blocks import Block, Cell, heading, lines, table, text
from crossbearing.presentation.text import number
from crossbearing.presentation.words import Run, Words

_DEEPEST: Final = 3  # levels of headings
_MOST_COLUMNS: Final = 6  # of a table; what is wider is told line by line


def any_part(name: str, value: Any, level: int, words: Words) -> Iterator[Block]:
    """Blocks for a part.

    Args:
        name: Its key in the document, which is also its key under "part" in the catalogue.
        value: What stands under it.
        level: Of its heading.
        words: The language.
    """
    if value in (None, [], {}, ""):
        return
    if level > _DEEPEST:
        yield text([Run(run.text, "strong") for run in _name(name, words)])
    else:
        yield heading(level, _name(name, words))
    yield from _content(value, level, words)


def _content(value: Any, level: int, words: Words) -> Iterator[Block]:
    if isinstance(value, Mapping) and not _is_figure(value):
        plain = {name: one for name, one in value.items() if _is_cell(one)}
        if plain:
            yield {"kind": "facts", "pairs": [(_name(name, words), _cell(one, words)) for name, one in plain.items()]}
        for name, one in value.items():
            if name not in plain:
                yield from any_part(name, one, level + 1, words)
    elif _is_cell(value):
        yield text(_cell(value, words))
    elif all(isinstance(one, Mapping) and not _is_figure(one) for one in value):
        yield from _rows(value, level, words)
    else:
        yield lines([_cell(one, words) for one in value])


def _rows(value: Sequence[Mapping[str, Any]], level: int, words: Words) -> Iterator[Block]:
    columns = list(dict.fromkeys(name for one in value for name in one if name != "figure"))
    if len(columns) <= _MOST_COLUMNS and all(_is_cell(cell) for one in value for cell in one.values()):
        rows = [[_with_note(one, name, columns[-1], words) for name in columns] for one in value]
        yield table([_name(name, words) for name in columns], rows, [1] * len(columns))
    else:
        for one in value:
            yield from _content(one, level, words)


def _with_note(one: Mapping[str, Any], name: str, last: str, words: Words) -> Cell:
    note = [Run(str(one["figure"]), "note")] if name == last and one.get("figure") else []
    return [*_cell(one.get(name), words), *note]


def _is_figure(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"value", "figure"}


def _is_cell(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(isinstance(one, str) for one in value)
    return not isinstance(value, Mapping) or _is_figure(value)


def _cell(value: Any, words: Words) -> list[Run]:
    if isinstance(value, Mapping):
        note = [Run(str(value["figure"]), "note")] if value.get("figure") else []
        return [*_cell(value.get("value", ", ".join(map(str, value.values()))), words), *note]
    if isinstance(value, list | tuple):
        return [run for one in value for run in [*_cell(one, words), Run("; ")]][:-1]
    if isinstance(value, bool):
        return words.runs_of("text.yes" if value else "text.no")
    return [Run(number(value))] if isinstance(value, int) else words.runs(None if value is None else str(value))


def _name(name: str, words: Words) -> list[Run]:
    return words.term_runs("part", name.replace("_", " "))
