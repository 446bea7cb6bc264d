"""Delimited text: comma, semicolon or tab, quoted as spreadsheets do, with any line ending.

Survives records that end in a bare carriage return, line ends inside quoted cells, and text of any
encoding: bytes are split first and decoded cell by cell, so that offsets hold.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from crossbearing.intake.reader import RawBatch, Reading, Refused

TABLE: Final = "rows"
_ENDS: Final = "the file ends"
_BATCH_ROWS: Final = 8_192
_LARGEST_CELL: Final = 16 << 20  # characters
_DELIMITERS: Final = (",", ";", "\t")
_BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"  # of UTF-8, one character per byte
_TEXT_HEAD: Final = 4_096  # bytes looked at

csv.field_size_limit(_LARGEST_CELL)


class Delimited:
    """Reader for CSV and its relatives; the first record names the columns."""

    name = "delimited"
    version = "1"
    format_reference = "RFC 4180, and what spreadsheets and scrapers write instead"

    def recognises(self, head: bytes) -> bool:
        """Text without NUL bytes whose first line holds a delimiter."""
        first = head[:_TEXT_HEAD].lstrip(b"\xef\xbb\xbf").splitlines()
        return (
            bool(first)
            and b"\x00" not in head[:_TEXT_HEAD]
            and any(delimiter.encode() in first[0] for delimiter in _DELIMITERS)
        )

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """The one table with the header's columns."""
        delimiter, head = _delimiter_of(stream)
        header = next(csv.reader(_CountedLines(_lines(io.BytesIO(head))), delimiter=delimiter), [])
        return {TABLE: tuple(_decoded(name, "utf-8").strip() for name in header)}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``."""
        delimiter, head = _delimiter_of(stream)
        lines = _CountedLines(_lines(stream, head))
        records = csv.reader(lines, delimiter=delimiter)
        columns: tuple[str, ...] = ()
        waiting: list[tuple[int, int, int, list[str | None]]] = []
        ordinal = 0
        while True:
            begins = lines.consumed
            try:
                record = next(records)
            except StopIteration:
                break
            except csv.Error as broken:
                yield from _batched(columns, waiting)
                waiting = []
                ordinal += 1
                length = lines.consumed - begins
                lines.ends_inside_quotes()
                yield Refused(TABLE, ordinal, 1, begins, length, f"not a record: {broken}", is_damage=True)
                continue
            length = lines.consumed - begins
            if not columns:
                columns = tuple(_decoded(name, "utf-8").strip() for name in record)
                yield from _odd_names(record, lines, begins)
                continue
            if not record:
                continue  # an empty line is no record
            ordinal += 1
            if reason := _defect(record, columns, lines):
                yield from _batched(columns, waiting)
                waiting = []
                yield Refused(TABLE, ordinal, 1, begins, length, reason, is_damage=reason.startswith(_ENDS))
                continue
            values: list[str | None] = [_decoded(value, encoding) for value in record]
            waiting.append((ordinal, begins, length, values))
            if len(waiting) == _BATCH_ROWS:
                yield from _batched(columns, waiting)
                waiting = []
        yield from _batched(columns, waiting)


class _CountedLines:
    """Lines for the csv module, counting what it has taken of them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._next: str | None = next(lines, None)
        self.consumed = 0
        self._record_quotes = 0
        self._last = ""

    def __iter__(self) -> "_CountedLines":
        return self

    def __next__(self) -> str:
        if self._next is None:
            raise StopIteration
        self._last = self._next
        if self.consumed == 0 and self._last.startswith(_BYTE_ORDER_MARK):
            self.consumed += len(_BYTE_ORDER_MARK)
            self._last = self._last[len(_BYTE_ORDER_MARK) :]
        self._record_quotes += self._last.count('"')
        self.consumed += len(self._last)
        self._next = next(self._lines, None)
        return self._last

    @property
    def is_at_end(self) -> bool:
        """No line follows."""
        return self._next is None

    @property
    def is_cut(self) -> bool:
        """The text ends inside a line or inside a quoted cell."""
        return self.is_at_end and not self._last.endswith(("\n", "\r"))

    def ends_inside_quotes(self) -> bool:
        """Whether the text ended while a quote was open; asked once per record."""
        is_open = self._record_quotes % 2 == 1
        self._record_quotes = 0
        return self.is_at_end and is_open


def _defect(record: list[str], columns: tuple[str, ...], lines: _CountedLines) -> str:
    """Why a record cannot be a row; empty if it can."""
    # A quote in the middle of a cell opens nothing; an open cell swallows the last line end.
    if lines.ends_inside_quotes() and (lines.is_cut or record[-1].endswith(("\n", "\r"))):
        return f"{_ENDS} inside a quoted cell"
    if len(record) == len(columns):
        return ""
    found = f"{len(record)} cells, expected {len(columns)}"
    return f"{_ENDS} inside a record: {found}" if lines.is_cut else found


def _odd_names(record: list[str], lines: _CountedLines, begins: int) -> Iterator[Refused]:
    """What is wrong with the record that names the columns: an open quote makes names of all rows up to the next."""
    place = (begins, lines.consumed - begins)
    if lines.ends_inside_quotes() and (lines.is_cut or record[-1].endswith(("\n", "\r"))):
        yield Refused(TABLE, 0, 0, *place, f"{_ENDS} inside the name of a column", is_damage=True)
    elif any("\n" in name or "\r" in name for name in record):
        yield Refused(TABLE, 0, 0, *place, "the names of the columns run over several lines")


def _batched(columns: tuple[str, ...], rows: list[tuple[int, int, int, list[str | None]]]) -> Iterator[RawBatch]:
    if rows:
        yield RawBatch.of_rows(TABLE, columns, [values for *_, values in rows], [place for *place, _ in rows])


def _delimiter_of(stream: BinaryIO) -> tuple[str, bytes]:
    """The delimiter that splits the header most, and the bytes read to find out."""
    head = stream.read(_TEXT_HEAD)
    first = (head.splitlines() or [b""])[0].decode("latin-1")
    return max(_DELIMITERS, key=lambda delimiter: len(first.split(delimiter))), head


def _lines(stream: BinaryIO, head: bytes = b"") -> Iterator[str]:
    """Physical lines with their ends, one character per byte; CR, LF and CRLF all end a line."""
    rest = head
    while block := stream.read(1 << 20):
        rest += block
        # A CR at the very end may be half of a CRLF, so the last line waits for the next block.
        *whole, rest = rest.splitlines(keepends=True)
        for line in whole:
            yield line.decode("latin-1")
    for line in rest.splitlines(keepends=True):
        yield line.decode("latin-1")


def _decoded(value: str, encoding: str) -> str:
    """A cell's text; bytes that do not fit the encoding stay visible as escapes."""
    return value.encode("latin-1").decode(encoding, "backslashreplace")
