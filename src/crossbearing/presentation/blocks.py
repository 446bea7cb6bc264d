"""Blocks of a document on paper, as the layout in ``paper.typ`` knows them; further ones are made where wanted."""

from collections.abc import Mapping, Sequence
from typing import Any

from crossbearing.presentation.words import Run

Block = Mapping[str, Any]
Cell = Sequence[Run]


def heading(level: int, runs: Cell, *, page: bool = False) -> Block:
    """A heading of level 1, 2 or 3; it may begin a page."""
    return {"kind": "heading", "level": level, "runs": runs, "page": page}


def text(runs: Cell, style: str = "body") -> Block:
    """A paragraph: "body", "small", "lede" or "banner"."""
    return {"kind": "text", "runs": runs, "style": style}


def lines(items: Sequence[Cell], *, ordered: bool = False) -> Block:
    """A list, with points or numbers."""
    return {"kind": "list", "items": items, "ordered": ordered}


def table(
    head: Sequence[Cell], rows: Sequence[Sequence[Cell]], widths: Sequence[int], *, right: Sequence[int] = (),
    caption: Cell = (),
) -> Block:  # fmt: skip
    """A table.

    Args:
        head: One cell for each column.
        rows: As many cells each.
        widths: Of each column: 0 for what it needs, else its share of what is left.
        right: Columns whose numbers stand at the right.
        caption: Above it.
    """
    return {"kind": "table", "head": head, "rows": rows, "widths": widths, "right": right, "caption": caption}
