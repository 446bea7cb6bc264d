"""Words with which a profile takes cells out of a saved page, by CSS selectors.

``css_text(html, selector)``: text of the first match, white space folded. ``css_texts``: a list of it for all matches.
``css_attr(html, selector, attribute)``: an attribute of the first match, as it stands. ``css_lines(html, selector)``:
text of all matches with its line ends, for descriptions and keys. ``css_cells(html, rows, cell)``: for pages that list
things, one text for each match of ``rows``: the first match of ``cell`` in it; ``css_cell_attrs`` likewise for an
attribute; ``css_cells_around(html, rows, around, cell)`` takes the cell from the nearest ``around`` that the row stands
in. The last three give null where a row lacks the cell, so that ``unnest`` of several keeps them side by side.

Null if nothing matches, if the page is null, and if the page is not taken apart (see ``page_cost``); a list is then
empty.

The words are no functions of the engine. What stands in brackets is a column and constant texts, so every cell that a
profile asks for is known before a page is seen. All cells of a page are taken at once and its tree is dropped: a tree
takes some 200 KB however small its page is, and the engine would run one word over thousands of pages before the next.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyarrow as pa

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.pages.charsets import decoded, stated_in_page
from crossbearing.intake.pages.markup import Unparsed, folded, parsed, visible_text

Cell: TypeAlias = "str | list[str | None] | None"

_TEXT: Final = "'(?:[^']|'')*+'"
_COLUMN: Final = r"\"(?:[^\"]|\"\")++\"|[a-z_]\w*+"
_CALL: Final = rf"(?<![\w.])(css_\w+)\s*+\((?:\s*+({_COLUMN})((?:\s*+,\s*+{_TEXT})*+)\s*+\))?"
# Texts and quoted names are passed over, so that nothing is looked for within them.
_TOKEN: Final = re.compile(rf"{_TEXT}|\"(?:[^\"]|\"\")*+\"|{_CALL}", re.IGNORECASE)
_ARGUMENT: Final = re.compile(_TEXT)


@dataclass(frozen=True, slots=True)
class PageCell:
    """What one use of a word takes out of the pages in a column.

    Attributes:
        column: Source column that holds the pages.
        arguments: Selectors, and the name of an attribute.
    """

    word: str
    column: str
    arguments: tuple[str, ...]

    @property
    def kind(self) -> pa.DataType:
        """Type of its column."""
        return pa.list_(pa.string()) if WORDS[self.word].gives_list else pa.string()


def cells_in(expression: str) -> Iterator[PageCell]:
    """The cells that an expression asks for, in order.

    Raises:
        BadConfiguration: A word of ours does not exist, or does not stand before a column and constant texts.
    """
    return (cell for call in _TOKEN.finditer(expression) if (cell := _cell_of(call)))


def spelled(expression: str, names: Mapping[PageCell, str]) -> str:
    """The expression for the engine: the name of a column in the place of each cell."""

    def name(token: re.Match[str]) -> str:
        cell = _cell_of(token)
        return f'"{names[cell]}"' if cell else token[0]

    return _TOKEN.sub(name, expression)


def taken(pages: Iterable[str | bytes | None], cells: Sequence[PageCell]) -> list[pa.Array]:
    """A column for each cell, all of pages in one column; only one page is taken apart at a time.

    Args:
        pages: Their markup, or their bytes.
        cells: What is asked of each.

    Raises:
        BadConfiguration: A selector is none.
    """
    found: list[list[Cell]] = [[] for _ in cells]
    for page in pages:
        for column, answer in zip(found, _answers(page, cells), strict=True):
            column.append(answer)
    return [pa.array(column, cell.kind) for cell, column in zip(cells, found, strict=True)]


def _cell_of(token: re.Match[str]) -> PageCell | None:
    """The cell that a piece of an expression asks for; null if the piece is something else."""
    if token[1] is None:
        return None
    name = token[1].lower()
    arguments = tuple(text[1:-1].replace("''", "'") for text in _ARGUMENT.findall(token[3] or ""))
    word = WORDS.get(name)
    if word is None or token[2] is None or len(arguments) != word.arguments:
        raise BadConfiguration(
            f"{name} is not used as it can be: it stands before a column and constant texts"
            if word
            else f"There is no word {name} for pages",
            where=f"profile, {token.string[:200]}",
            remedy="See the words for saved pages in docs/how-to/write-a-profile.md.",
        )
    column = token[2][1:-1].replace('""', '"') if token[2].startswith('"') else token[2]
    return PageCell(name, column, arguments)


def _answers(page: str | bytes | None, cells: Sequence[PageCell]) -> list[Cell]:
    """What one page says; its tree is gone when this returns."""
    words = [WORDS[cell.word] for cell in cells]
    html = decoded(page, stated_in_page(page), "utf-8") if isinstance(page, bytes) else page
    tree = None
    if html is not None:
        with suppress(Unparsed):
            tree = parsed(html)
    if tree is None:
        return [[] if word.gives_list else None for word in words]
    return [word.take(tree, *cell.arguments) for word, cell in zip(words, cells, strict=True)]


def _text(tree: Any, selector: str) -> str | None:
    found = _first(tree, selector)
    return folded(found.text()) if found else None


def _texts(tree: Any, selector: str) -> list[str | None]:
    return [folded(found.text()) for found in _every(tree, selector)]


def _attribute(tree: Any, selector: str, attribute: str) -> str | None:
    found = _first(tree, selector)
    return found.attributes.get(attribute) if found else None


def _lines(tree: Any, selector: str) -> str | None:
    return "\n".join(visible_text(found) for found in _every(tree, selector)) or None


def _cells(tree: Any, rows: str, cell: str) -> list[str | None]:
    return [_text(row, cell) for row in _every(tree, rows)]


def _cell_attributes(tree: Any, rows: str, cell: str, attribute: str) -> list[str | None]:
    return [_attribute(row, cell, attribute) for row in _every(tree, rows)]


def _cells_around(tree: Any, rows: str, around: str, cell: str) -> list[str | None]:
    groups = {group.mem_id for group in _every(tree, around)}
    texts: dict[int | None, str | None] = {None: None}
    found = []
    for row in _every(tree, rows):
        group = row
        while group is not None and group.mem_id not in groups:
            group = group.parent
        place = None if group is None else group.mem_id
        if place not in texts:
            texts[place] = _text(group, cell)
        found.append(texts[place])
    return found


def _first(tree: Any, selector: str) -> Any:
    return _asked(tree.css_first, selector)


def _every(tree: Any, selector: str) -> Any:
    return _asked(tree.css, selector)


def _asked(ask: Callable[[str], Any], selector: str) -> Any:
    from selectolax.lexbor import SelectolaxError  # noqa: PLC0415  # compiled, and not always needed

    try:
        return ask(selector)
    except SelectolaxError as wrong:
        raise BadConfiguration(
            f"{selector!r} is not a CSS selector that the parser knows",
            where="profile, an expression with css_",
            remedy="Correct the selector; see docs/how-to/write-a-profile.md.",
        ) from wrong


@dataclass(frozen=True, slots=True)
class PageWord:
    """A word.

    Attributes:
        take: Its answer for a page that is taken apart.
        arguments: How many texts stand behind the column.
    """

    take: Callable[..., Cell]
    arguments: int
    gives_list: bool = False


WORDS: Final = {
    "css_text": PageWord(_text, 1),
    "css_texts": PageWord(_texts, 1, gives_list=True),
    "css_attr": PageWord(_attribute, 2),
    "css_lines": PageWord(_lines, 1),
    "css_cells": PageWord(_cells, 2, gives_list=True),
    "css_cell_attrs": PageWord(_cell_attributes, 3, gives_list=True),
    "css_cells_around": PageWord(_cells_around, 3, gives_list=True),
}
