"""JSON: one object per line, or one document that holds arrays of objects, as exports and scrapers write it.

Lines are streamed. A document is read whole, since its end says how it is built. Numbers stay as they were written;
nested objects become dotted names; arrays and what lies deeper become compact JSON text.
"""

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice
from typing import BinaryIO, Final, TypeAlias

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.readers.json_document import ROWS, Document, Table
from crossbearing.intake.readers.json_values import Columns, NotARow, Values

LARGEST_DOCUMENT: Final = 512 << 20  # bytes; it lies in memory twice
LARGEST_LINE: Final = 64 << 20  # bytes
_LOOKED_AHEAD: Final = 16 << 20  # bytes in which the columns are looked for before the first row is given
_BLOCK: Final = 1 << 20
_BATCH_ROWS: Final = 8_192
_BATCH_BYTES: Final = 32 << 20
_BATCH_CELLS: Final = 2 << 20
_LINES_LOOKED_AT: Final = 100
_BOM: Final = b"\xef\xbb\xbf"
_BLANK: Final = b" \t\r\n"
_WRITTEN: Final = re.compile(rb"[^ \t\r\n]")
# What no other text begins with: an object with a name in quotes and a colon, alone or as an array's first.
_MARK: Final = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*+(?:\[\s*+)?\{\s*+(?:"(?:[^"\\]++|\\.)*+"\s*+:|\}[ \t]*+[\r\n]|\}\s*+[,\]])', re.DOTALL
)


class JsonRecords:
    """Reader for JSON lines and for JSON documents; objects are rows, arrays of objects are tables."""

    name = "json"
    version = "1"
    format_reference = "RFC 8259; jsonlines.org"

    def recognises(self, head: bytes) -> bool:
        """An object with a quoted name, or an array of such objects, at the very beginning."""
        return _MARK.match(head) is not None

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Tables with the names that any of their objects has; lines are the one table ``rows``."""
        values = Values("utf-8")
        opened = _opened(stream, values)
        if isinstance(opened, Document):
            own = {opened.name: tuple(opened.outside)} if opened.outside else {}
            return {**own, **{table.name: table.columns.names for table in opened.tables}}
        columns = Columns()
        for _ in _rows_of_lines(opened, values, columns):
            pass
        return {ROWS: columns.names} if columns.names else {}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``.

        A batch of lines has the columns seen up to its end: beyond the first 16 MiB, later batches may have more.

        Raises:
            UnreadableSource: A document is larger than what is read whole.
        """
        values = Values(encoding)
        opened = _opened(stream, values)
        if isinstance(opened, Document):
            pieces: _Pieces = chain(_own_row(opened), *(_rows_of_table(t, opened, values) for t in opened.tables))
        else:
            ahead = b"".join(islice(opened, 1))
            columns = Columns()
            for _ in _rows_of_lines(iter([ahead[: ahead.rfind(b"\n") + 1]]), values, columns):
                pass
            pieces = _rows_of_lines(chain([ahead], opened), values, columns)
        for piece in pieces:
            if isinstance(piece, _Rows):
                yield from piece.batch()
            else:
                yield piece
        if isinstance(opened, Document):
            yield from opened.refused


class _Rows:
    """Rows of one table that wait to become a batch."""

    def __init__(self, table: str, columns: Columns) -> None:
        self.table = table
        self.columns = columns
        self._rows: list[dict[str, str | None]] = []
        self._places: list[tuple[int, int, int]] = []
        self._repeats: list[Refused] = []
        self._bytes = 0

    def add(self, row: dict[str, str | None], place: tuple[int, int, int], repeated: Collection[str]) -> bool:
        """Take a row; whether it is time for a batch."""
        self._rows.append(row)
        self._places.append(place)
        self.columns.add(row)
        self._bytes += place[2]
        if repeated:
            reason = f"the name {min(repeated)!r} stands more than once here; its last value was taken"
            self._repeats.append(Refused(self.table, place[0], 0, *place[1:], reason))
        cells = len(self._rows) * len(self.columns)
        return len(self._rows) >= _BATCH_ROWS or self._bytes >= _BATCH_BYTES or cells >= _BATCH_CELLS

    def batch(self) -> Reading:
        if self._rows:
            values = [self.columns.values(row) for row in self._rows]
            yield RawBatch.of_rows(self.table, self.columns.names, values, self._places)
        yield from self._repeats


_Pieces: TypeAlias = "Iterator[_Rows | Refused]"


def _opened(stream: BinaryIO, values: Values) -> Document | Iterator[bytes]:
    """A document taken apart, or blocks of lines; the first block holds whole lines for 16 MiB or all there are.

    Raises:
        UnreadableSource: A document is larger than what is read whole.
    """
    content = stream.read(_LOOKED_AHEAD)
    line, is_more = _first_line(content)
    while not is_more and len(content) < LARGEST_LINE and (block := stream.read(_LOOKED_AHEAD)):
        content += block
        line, is_more = _first_line(content)
    if is_more and _is_object(line, values):
        return chain([content], _blocks(stream))
    content += stream.read(max(LARGEST_DOCUMENT + 1 - len(content), 0))
    if len(content) > LARGEST_DOCUMENT:
        if _is_mostly_lines(content, values):
            return chain([content], _blocks(stream))
        raise UnreadableSource(
            f"A JSON document of more than {LARGEST_DOCUMENT:,} bytes would not fit into memory",
            where=f"after {LARGEST_DOCUMENT:,} bytes",
            remedy="Ask for it as JSON lines, one object a line, or in pieces.",
        )
    document = Document(content, values)
    is_array = content.removeprefix(_BOM).lstrip().startswith(b"[")
    if document.is_damaged and not is_array and _is_mostly_lines(content, values):
        return iter([content])
    return document


def _first_line(content: bytes) -> tuple[bytes, bool]:
    """The first line that is not blank, and whether another follows."""
    line, _, behind = content.removeprefix(_BOM).lstrip(_BLANK).partition(b"\n")
    return line, _WRITTEN.search(behind) is not None


def _is_object(line: bytes, values: Values) -> bool:
    try:
        return isinstance(values.parsed(line), dict)
    except NotARow:
        return False


def _is_mostly_lines(content: bytes, values: Values) -> bool:
    """Whether most of the first lines are an object each, so that the others are broken lines of such a file."""
    lines = (line for _, line, _, _ in _lines(iter([content])) if line and line.strip(_BLANK))
    found = [_is_object(line, values) for line in islice(lines, _LINES_LOOKED_AT)]
    return sum(found) * 2 > len(found)


def _rows_of_lines(blocks: Iterator[bytes], values: Values, columns: Columns) -> _Pieces:
    rows, ordinal = _Rows(ROWS, columns), 0
    for begins, line, size, is_ended in _lines(blocks):
        if line is None:
            refused = Refused(ROWS, ordinal + 1, 1, begins, size, f"a line of more than {LARGEST_LINE:,} bytes")
        else:
            text = line.removeprefix(_BOM) if begins == 0 else line
            text = text.lstrip(_BLANK)
            offset, text = begins + size - len(text), text.rstrip(_BLANK)
            if not text:
                continue
            try:
                is_full = rows.add(values.row(text), (ordinal + 1, offset, len(text)), values.repeated)
            except NotARow as wrong:
                reason = str(wrong) if is_ended else f"the file ends inside a line: {wrong}"
                refused = Refused(ROWS, ordinal + 1, 1, offset, len(text), reason, is_damage=not is_ended)
            else:
                ordinal += 1
                if is_full:
                    yield rows
                    rows = _Rows(ROWS, columns)
                continue
        ordinal += 1
        yield rows
        yield refused
        rows = _Rows(ROWS, columns)
    yield rows


def _own_row(document: Document) -> _Pieces:
    """What stands outside a document's tables, as one row."""
    if document.outside:
        columns = Columns()
        rows = _Rows(document.name, columns)
        rows.add(document.outside, (1, 0, document.size), document.repeated)
        yield rows


def _rows_of_table(table: Table, document: Document, values: Values) -> _Pieces:
    rows, ordinal = _Rows(table.name, table.columns), 0
    refused = deque(table.refused)
    for begins, ends in zip(table.begins, table.ends, strict=True):
        while refused and refused[0].offset < begins:
            yield rows
            yield refused[0]
            rows = _Rows(table.name, table.columns)
            ordinal += refused.popleft().rows
        ordinal += 1
        if rows.add(values.row(document.piece(begins, ends)), (ordinal, begins, ends - begins), values.repeated):
            yield rows
            rows = _Rows(table.name, table.columns)
    yield rows
    yield from refused


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _lines(blocks: Iterator[bytes]) -> Iterator[tuple[int, bytes | None, int, bool]]:
    """Offset, bytes, length and whether a line end follows, per line; None instead of bytes that are too many."""
    offset, dropped, held = 0, 0, b""
    for block in blocks:
        held += block
        begins = 0
        while (end := held.find(b"\n", begins)) >= 0:
            size = dropped + end - begins
            is_kept = size <= LARGEST_LINE
            yield offset, held[begins:end] if is_kept else None, size, True
            offset += size + 1
            begins, dropped = end + 1, 0
        held = held[begins:]
        if len(held) > LARGEST_LINE:
            dropped, held = dropped + len(held), b""
    if dropped or held:
        yield offset, None if dropped else held, dropped + len(held), False
