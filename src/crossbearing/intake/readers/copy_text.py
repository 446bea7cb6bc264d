r"""Rows in the text form of PostgreSQL's COPY: a line per row, cells split by tabs, ``\N`` for null.

Tabs and line ends within a cell are escaped, so every one that stands in the bytes is a border. That is why
whole stretches are split and unescaped at once, without a loop over rows.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.intake.reader import RawBatch, Reading, Refused

_TAB, _LINE_FEED, _RETURN, _BACKSLASH, _NULL = b"\t\n\r\\N"
_MEANT: Final = np.arange(256, dtype=np.uint8)  # what the byte after a backslash stands for
_MEANT[list(b"bfnrtv")] = list(b"\b\f\n\r\t\v")
_BEGINS_NUMBER: Final = np.isin(np.arange(256), list(b"01234567x"))
_NUMBER: Final = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|.)", re.DOTALL)
_STRUCTURE: Final = {ord(meant): b"\\" + plain for plain, meant in ((b"t", "\t"), (b"n", "\n"), (b"\\", "\\"))}

_Numbers: TypeAlias = NDArray[np.int64]
_Flags: TypeAlias = NDArray[np.bool_]


def copy_rows(lines: bytes, table: str, columns: tuple[str, ...], *, before: tuple[int, int], encoding: str) -> Reading:
    """The rows of some whole lines.

    Args:
        lines: They end with a line end.
        table: Name for the batches.
        columns: Names of the cells.
        before: How many rows of the table and how many bytes of the file stand before the lines.
        encoding: Of the cells' text.
    """
    rows, offset = before
    scan = _Scan.of(np.frombuffer(lines, np.uint8))
    starts = np.concatenate((np.zeros(1, np.int64), scan.row_ends[:-1]))
    places = np.column_stack((np.arange(rows + 1, rows + 1 + len(starts)), starts + offset, scan.row_ends - starts))
    faulty = scan.faulty(len(columns))
    if faulty.any():
        yield from _refused(table, places, faulty, len(columns))
        places = places[~faulty]
        scan = _Scan.of(scan.text[np.repeat(~faulty, scan.row_ends - starts)])
    if len(places):
        if _BEGINS_NUMBER[scan.text[scan.escapes + 1]].any():
            plain = _NUMBER.sub(_without_number, scan.text.tobytes())
            scan = _Scan.of(np.frombuffer(plain, np.uint8))
        cells = decoded(scan.cells(len(columns)), encoding)
        arrays = [cells.slice(at, len(places)) for at in range(0, len(cells), len(places))]
        yield RawBatch(table, pa.RecordBatch.from_arrays(arrays, names=list(columns)), *places.T)


def row_count(lines: bytes) -> int:
    """How many rows some whole lines are."""
    return int(np.count_nonzero(np.frombuffer(lines, np.uint8) == _LINE_FEED))


def decoded(cells: pa.Array, encoding: str) -> pa.Array:
    """Bytes as text; those that do not fit the encoding stay visible as escapes."""
    if encoding == "utf-8":
        try:
            return cells.cast(pa.string())
        except pa.ArrowInvalid:
            pass
    texts = [None if cell is None else cell.decode(encoding, "backslashreplace") for cell in cells.to_pylist()]
    return pa.array(texts, pa.string())


@dataclass(frozen=True, slots=True)
class _Scan:
    """Where the borders and the escapes of some lines stand.

    Attributes:
        text: The lines' bytes.
        escapes: Positions of the backslashes that begin an escape.
        borders: Positions of tabs and line ends: the ends of the cells.
        last_cells: Index among the borders of each row's end.
    """

    text: NDArray[np.uint8]
    escapes: _Numbers
    borders: _Numbers
    last_cells: _Numbers

    @classmethod
    def of(cls, text: NDArray[np.uint8]) -> "_Scan":
        borders = np.flatnonzero((text == _TAB) | (text == _LINE_FEED))
        return cls(text, _escapes(text), borders, np.flatnonzero(text[borders] == _LINE_FEED))

    @property
    def row_ends(self) -> _Numbers:
        """Behind each row's line end."""
        return self.borders[self.last_cells] + 1

    def faulty(self, width: int) -> _Flags:
        """Whether a row has not this many cells, or a backslash that escapes a border."""
        faulty: _Flags = np.diff(self.last_cells, prepend=-1) != width
        hanging = self.escapes[np.isin(self.text[self.escapes + 1], (_TAB, _LINE_FEED, _RETURN))]
        faulty[np.searchsorted(self.row_ends, hanging, "right")] = True
        return faulty

    def cells(self, width: int) -> pa.Array:
        """The cells unescaped, column after column, when every row has as many."""
        begins = np.concatenate((np.zeros(1, np.int64), self.borders[:-1] + 1))
        ends = self.borders.copy()
        last = ends[self.last_cells] - 1
        returns = last[(self.text[last] == _RETURN) & (last >= begins[self.last_cells])]
        if len(returns):
            ends[self.last_cells] -= self.text[last] == _RETURN
        is_null = ends - begins == len(r"\N")
        is_null[is_null] = (self.text[begins[is_null]] == _BACKSLASH) & (self.text[begins[is_null] + 1] == _NULL)
        text, keep = self.text, np.ones(len(self.text), np.bool_)
        keep[self.borders] = keep[returns] = keep[self.escapes] = False
        if len(self.escapes):
            text = text.copy()
            text[self.escapes + 1] = _MEANT[text[self.escapes + 1]]
        dropped = np.arange(len(begins)) + np.searchsorted(self.escapes, begins) + np.searchsorted(returns, begins)
        kept = text[keep]
        offsets = np.append(begins - dropped, len(kept)).astype(np.int32)
        valid = pa.py_buffer(np.packbits(~is_null, bitorder="little")) if is_null.any() else None
        buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(kept)]
        cells = pa.Array.from_buffers(pa.binary(), len(begins), buffers)
        return cells.take(pa.array(np.arange(len(begins)).reshape(-1, width).T.ravel()))


def _escapes(text: NDArray[np.uint8]) -> _Numbers:
    """Backslashes that begin an escape: in a run of them every second one is the escaped."""
    found: _Numbers = np.flatnonzero(text == _BACKSLASH)
    begins_run = np.diff(found, prepend=-2) != 1
    if begins_run.all():
        return found
    index = np.arange(len(found))
    run_begin = np.maximum.accumulate(np.where(begins_run, index, 0))
    begins_escape: _Numbers = found[(index - run_begin) % 2 == 0]
    return begins_escape


def _without_number(escape: re.Match[bytes]) -> bytes:
    """An escape by a character's number as the character, itself escaped where it must be."""
    if not escape[1] and not escape[2]:
        return escape[0]
    number = int(escape[1], 8) & 0xFF if escape[1] else int(escape[2], 16)
    return _STRUCTURE.get(number, bytes([number]))


def _refused(table: str, places: NDArray[Any], faulty: _Flags, width: int) -> Reading:
    """The runs of rows that cannot be rows."""
    borders = np.flatnonzero(np.diff(faulty, prepend=False, append=False)).reshape(-1, 2)
    for first, behind in borders.tolist():
        ordinal, offset, _ = places[first].tolist()
        length = int(places[behind - 1, 1:].sum()) - offset
        reason = f"not a row of {width} cells split by tabs" if width else "the table has no columns"
        yield Refused(table, ordinal, behind - first, offset, length, reason, is_damage=width > 0)
