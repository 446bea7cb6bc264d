"""The rows of one insert of a dump; after damage, the next row of the insert is looked for."""

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.intake.reader import Piece, RawBatch, Reading, Refused
from crossbearing.intake.readers.cells import Cells
from crossbearing.intake.readers.sixteen_bytes import Bytes
from crossbearing.intake.readers.value_lists import BROKEN, DONE, FULL, MISFIT, MORE, next_row
from crossbearing.intake.readers.window import Window

LARGEST_ROW: Final = 64 << 20  # bytes, also of a statement without rows; the server's own limit is usually below
# What follows an insert.
_NEXT: Final = (
    rb"(?:--|/\*|#|(?:INSERT|REPLACE|CREATE|DROP|ALTER|LOCK|UNLOCK|SET|COMMIT|DELIMITER|USE|START|ANALYZE)\b)"
)
_NEXT_STATEMENT: Final = re.compile(rb"\s*+(?:\Z|" + _NEXT + rb")")
_NEXT_SEEN: Final = 64  # bytes behind a statement by which the next one is known
_NEXT_LINE: Final = re.compile(rb"\n" + _NEXT)
_NEAR: Final = 16  # bytes within which a row's bracket stands, if a row begins here
_BEHIND: Final = 1 << 16  # bytes looked at again, for a mark that the window's end may cut
_UNNUMBERED: Final = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns, and which of them hold bytes that are no text."""

    columns: tuple[str, ...]
    of_bytes: frozenset[str]


@dataclass(slots=True)
class InsertRows:
    """Reads the rows of one insert.

    Attributes:
        name: Of the table.
        room: Room for values by number of columns, that no batch needs now.
    """

    name: str
    table: Table
    encoding: str
    room: dict[int, list[Cells]] = field(default_factory=dict)

    def read(self, window: Window) -> Reading:
        """Batches and refusals, not numbered yet, up to behind the semicolon or to the end of what the window reads."""
        free = self.room.setdefault(len(self.table.columns), [])
        cells = free.pop() if free else Cells(len(self.table.columns))
        yield from self._pieces(window, cells)
        free.append(cells)

    def whole(self, window: Window, end: int, beginning: bytes) -> list[Piece] | None:
        """The pieces of a stretch, if it is whole inserts and nothing else: then reading in turn gives the same.

        None if anything in it is broken, or its end lies within a value.

        Args:
            window: Stands at the stretch; nobody else moves it.
            end: Where in the window the stretch ends, behind a line end.
            beginning: With which each insert begins, up to before its values.
        """
        found = list[Piece]()
        while window.at < end:
            if not window.buffer.startswith(beginning, window.at):
                return None
            window.at += len(beginning)
            for piece in self.read(window):
                if isinstance(piece, Refused) and piece.is_damage:
                    return None
                found.append(piece)
            if window.buffer[window.at : window.at + 1] != b"\n":
                return None
            window.at += 1
        return found if window.at == end else None

    def _pieces(self, window: Window, cells: Cells) -> Reading:
        needs_comma = False
        while window.fill(1):
            view = np.frombuffer(window.buffer, np.uint8)
            found = cells.split(view, window.at, needs_comma=needs_comma)
            if found.rows:
                yield self._batch(cells, view, found.rows, window.offset - window.at)
                needs_comma = True
            window.at = found.at
            if found.why == DONE or (found.why == MORE and not window.fill(1)):
                return
            if found.why == FULL or (found.why == MORE and window.ahead < LARGEST_ROW and window.grow()):
                continue
            if found.why == MISFIT:
                reason = f"{found.found} values, expected {len(self.table.columns)} columns"
                yield Refused(self.name, _UNNUMBERED, 1, window.offset, found.end - found.at, reason)
                window.at, needs_comma = found.end, True
            else:
                gap, is_over = self._broken_row(window)
                yield gap
                if is_over:
                    return
                needs_comma = False

    def _batch(self, cells: Cells, view: Bytes, rows: int, at: int) -> RawBatch:
        """The rows that were split, as columns; ``at`` is where the view begins in the file."""
        is_binary = [column in self.table.of_bytes for column in self.table.columns]
        columns = cells.values(view, rows, is_binary, self.encoding)
        begins, lengths = cells.places(rows)
        values = pa.RecordBatch.from_arrays(columns, names=list(self.table.columns))
        numbers: NDArray[np.int64] = np.full(rows, _UNNUMBERED, np.int64)
        return RawBatch(self.name, values, numbers, begins + at, lengths)

    def _broken_row(self, window: Window) -> tuple[Refused, bool]:
        """Pass over a row that cannot be read, up to one that can; says whether the statement is over."""
        begins, is_over, cells = window.offset, False, Cells(len(self.table.columns))
        rows = int(window.buffer[window.at : window.at + _NEAR].lstrip(b", \r\n")[:1] == b"(")
        window.at += 1
        while True:
            place = next_row(np.frombuffer(window.buffer, np.uint8), window.at)
            if place < 0:
                window.at = max(window.at, len(window.buffer) - _BEHIND)
                if window.grow():
                    continue
                window.at, is_over = len(window.buffer), True
                break
            window.at = place
            if window.buffer[place : place + 1] == b";":
                is_over = _ends_here(window)
                window.at += 1
                if is_over:
                    break
                continue
            if _is_row(window, cells):
                break
            window.at += 1
        reason = "a row that cannot be read; after it, rows of this insert are taken where one begins again"
        return Refused(self.name, _UNNUMBERED, rows, begins, window.offset - begins, reason, is_damage=True), is_over


def _ends_here(window: Window) -> bool:
    """Whether the insert is over at the semicolon where the window stands: damage within a row may make one."""
    window.have(_NEXT_SEEN)
    if _NEXT_STATEMENT.match(window.buffer, window.at + 1):
        return True
    row = next_row(np.frombuffer(window.buffer, np.uint8), window.at + 1)
    return row < 0 or _NEXT_LINE.search(window.buffer, window.at, row) is not None


def _is_row(window: Window, cells: Cells) -> bool:
    """Whether a whole row of the table begins where the window stands."""
    while True:
        found = cells.split(np.frombuffer(window.buffer, np.uint8), window.at, needs_comma=False)
        if found.rows or found.why in {BROKEN, MISFIT}:
            return found.rows > 0
        if window.ahead >= LARGEST_ROW or not window.grow():
            return False
