"""The values of a batch of rows: where they stand in memory, and their columns as Arrow keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.intake.readers.sixteen_bytes import WIDTH, Bytes
from crossbearing.intake.readers.value_lists import NULL, gather, split

_ROWS: Final = 30_000  # of one batch, at most; no power of two, or all columns would share one line of the cache
_CELLS: Final = 1 << 20  # of one batch, at most: bounds the memory of wide tables


@dataclass(slots=True)
class Split:
    """What splitting found in a window.

    Attributes:
        rows: How many whole rows.
        at: Where it stopped: behind the last row, or where a row begins that is broken, unfit or not all there.
        end: Of an unfit row.
        why: ``DONE`` after the closing semicolon, ``MORE`` if the window ends first, ``FULL`` if the batch is full,
            ``BROKEN`` if no row can be read here, ``MISFIT`` if a row has another number of values.
        found: Values in the row that does not fit.
    """

    rows: int
    at: int
    end: int
    why: int
    found: int


class Cells:
    """Room for the places of a batch's values; used again for every batch of one table."""

    def __init__(self, columns: int) -> None:
        """Make room for rows of so many columns."""
        self.columns = columns
        rows = max(1, min(_ROWS, _CELLS // max(columns, 1)))
        self._first = np.empty((columns, rows), np.int32)
        self._last = np.empty((columns, rows), np.int32)
        self._kind = np.empty((columns, rows), np.uint8)
        self._row = np.empty((2, rows), np.int64)
        self._sizes = np.empty((2, columns), np.int64)

    def split(self, window: Bytes, at: int, *, needs_comma: bool) -> Split:
        """Find rows from ``at`` on.

        Args:
            window: Bytes in memory; at most 2 GiB.
            at: Where a row, a comma before one, or the closing semicolon stands.
            needs_comma: Whether a comma must come before the next row.
        """
        found = split(window, at, needs_comma, self._first, self._last, self._kind, self._row, self._sizes)
        return Split(*(int(number) for number in found))

    def places(self, rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where each of the first rows begins in the window, and its length."""
        return self._row[0, :rows].copy(), self._row[1, :rows] - self._row[0, :rows]

    def values(self, window: Bytes, rows: int, is_binary: Sequence[bool], encoding: str) -> list[pa.Array]:
        """The columns of the first rows, as text, or as bytes where they are not meant as text."""
        room, nulls = self._sizes
        begins = np.cumsum(room + WIDTH) - room - WIDTH
        # Copying writes whole sixteens, so the last value of a column may be written past its end.
        out = np.empty(int((room + WIDTH).sum()), np.uint8)
        ends, sizes = np.empty((self.columns, rows + 1), np.int32), np.empty((2, self.columns), np.int64)
        gather(
            window, self._first, self._last, self._kind, rows, np.array(is_binary, np.uint8), out, begins, ends, sizes
        )  # fmt: skip
        found = []
        for number in range(self.columns):
            size, is_ascii = sizes[:, number].tolist()
            there = np.packbits(self._kind[number, :rows] != NULL, bitorder="little") if nulls[number] else None
            content = out[begins[number] : begins[number] + size]
            buffers = [
                None if there is None else pa.py_buffer(there),
                pa.py_buffer(ends[number]),
                pa.py_buffer(content),
            ]
            is_text = not is_binary[number] and encoding == "utf-8" and is_ascii
            values = pa.Array.from_buffers(pa.string() if is_text else pa.binary(), rows, buffers)
            found.append(values if is_text or is_binary[number] else as_text(values, encoding))
        return found


def as_text(values: pa.Array, encoding: str) -> pa.Array:
    """Bytes as text; those that do not fit the encoding stay visible as escapes.

    Args:
        values: ``pa.binary`` values.
        encoding: One that Python knows.
    """
    if encoding == "utf-8":
        text = pa.Array.from_buffers(pa.string(), len(values), values.buffers())
        try:
            text.validate(full=True)
        except pa.ArrowInvalid:
            pass
        else:
            return text
    decoded = [None if one is None else one.decode(encoding, "backslashreplace") for one in values.to_pylist()]
    return pa.array(decoded, pa.string())
