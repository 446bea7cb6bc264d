"""Words with which a profile takes cells out of a saved page, by CSS selectors.

``css_text(html, selector)``: text of the first match, white space folded. ``css_texts``: a list of it for all matches.
``css_attr(html, selector, attribute)``: an attribute of the first match, as it stands. ``css_lines(html, selector)``:
text of all matches with its line ends, for descriptions and keys. ``css_cells(html, rows, cell)``: for pages that list
things, one text for each match of ``rows``: the first match of ``cell`` in it; ``css_cell_attrs`` likewise for an
attribute; ``css_cells_around(html, rows, around, cell)`` takes the cell from the nearest ``around`` that the row stands
in. The last three give null where a row lacks the cell, so that ``unnest`` of several keeps them side by side.

Null if nothing matches, if the page is null, and if the page is not taken apart (see ``page_cost``); a list is then
empty.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.pages.markup import Unparsed, folded, parsed, visible_text
from crossbearing.store.session import Word

Cell: TypeAlias = "str | list[str | None] | None"
_KEPT: Final = 16 << 20  # characters of pages whose trees are kept; a tree takes some ten times its page


def page_words() -> tuple[Word, ...]:
    """The words for one session; they keep the pages of the last batch parsed."""
    trees = _Trees()

    def word(name: str, arguments: int, taken: Callable[..., Cell]) -> Word:
        def function(*columns: Sequence[str | None]) -> list[Cell]:
            return [_cell(trees, taken, row) for row in zip(*columns, strict=True)]

        return Word(name, arguments, function, gives_list=taken in _LISTS)

    return (
        word("css_text", 2, _text),
        word("css_texts", 2, _texts),
        word("css_attr", 3, _attribute),
        word("css_lines", 2, _lines),
        word("css_cells", 3, _cells),
        word("css_cell_attrs", 4, _cell_attributes),
        word("css_cells_around", 4, _cells_around),
    )


class _Trees:
    """Pages that are parsed already, by their text."""

    def __init__(self) -> None:
        self._trees: dict[str, Any] = {}
        self._size = 0

    def of(self, html: str) -> Any:
        """The tree; null for a page that is not taken apart."""
        if html not in self._trees:
            if self._size + len(html) > _KEPT:
                self._trees.clear()
                self._size = 0
            try:
                self._trees[html] = parsed(html)
            except Unparsed:
                self._trees[html] = None
            self._size += len(html)
        return self._trees[html]


def _cell(trees: _Trees, taken: Callable[..., Cell], row: Sequence[str | None]) -> Cell:
    html, *given = row
    tree = None if html is None else trees.of(html)
    if tree is None or None in given:
        return [] if taken in _LISTS else None
    return taken(tree, *given)


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


_LISTS: Final = frozenset({_texts, _cells, _cell_attributes, _cells_around})


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
