"""SQLite database files: phones, laptops and small servers keep their data in them.

Rows of ordinary tables are read in the order of their row ids. Views, triggers and virtual tables are never touched.
Where pages are broken, SQLite's own check is reported and every row that can still be reached is read.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa

from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.readers.sqlite_database import BROKEN, MAGIC, Database, Table, said
from crossbearing.intake.readers.sqlite_pages import Cell
from crossbearing.intake.sources import read_whole

LARGEST_DATABASE: Final = 1 << 30  # bytes; SQLite needs the whole file, and it lies in memory up to three times
_BATCH_ROWS: Final = 8_192
_BATCH_BYTES: Final = 32 << 20
_SMALLEST_ROW: Final = 6  # bytes in a file: two of a pointer, lengths of payload and header, row id, one type
# Files beside a database that hold changes to it, by the bytes they begin with.
_COMPANIONS: Final = {
    b"\x37\x7f\x06\x82": "write-ahead log",
    b"\x37\x7f\x06\x83": "write-ahead log",
    b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7": "rollback journal",
}


class Sqlite:
    """Reader for SQLite database files, opened in memory so that nothing in them can act."""

    name = "sqlite"
    version = "1"
    format_reference = "sqlite.org/fileformat2.html"

    def recognises(self, head: bytes) -> bool:
        """The mark of a database, or of the log or journal that lies beside one."""
        return head.startswith((MAGIC, *_COMPANIONS))

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Ordinary tables with the columns that are stored."""
        content = read_whole(stream, LARGEST_DATABASE, "An SQLite database")
        if not content.startswith(MAGIC):
            return {}
        with closing(Database(content)) as database:
            return {table.name: table.columns for table in database.tables}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` is that of text in a UTF-8 database that is not UTF-8.

        A place is the row's cell on its page, without overflow pages.

        Raises:
            UnreadableSource: The file is larger than what is read whole.
        """
        content = read_whole(stream, LARGEST_DATABASE, "An SQLite database")
        if not content.startswith(MAGIC):
            if content:
                yield Refused("", 0, 0, 0, len(content), _reason(content), is_damage=not _companion(content))
            return
        with closing(Database(content)) as database:
            yield from database.refused
            reader = _TableReader(database, database.text_encoding or encoding)
            for table in database.tables:
                yield from reader.read(table)
            yield from reader.unexplained()


def _companion(content: bytes) -> str:
    return next((kind for mark, kind in _COMPANIONS.items() if content.startswith(mark)), "")


def _reason(content: bytes) -> str:
    if kind := _companion(content):
        return (
            f"a {kind} of an SQLite database: the database is read without it, so its last changes may be missing; "
            "to have them, open a copy of both with the sqlite3 program, run VACUUM INTO, and add the result"
        )
    return "not an SQLite database"


class _Unsound(Exception):
    """Pages of the file are used more than once; the words say how that shows."""


class _TableReader:
    """Reads one table after another.

    The rows of a sound file lie in bytes of their own, so together they cannot be longer than the file. That budget
    ends the reading of files whose pages are used again and again.
    """

    def __init__(self, database: Database, encoding: str) -> None:
        self._database = database
        self._encoding = encoding
        self._left = database.size
        self._is_damaged = any(refused.is_damage for refused in database.refused)
        self._in_cells: Counter[int] = Counter()  # bytes by page
        self._reached: set[int] = set()

    def read(self, table: Table) -> Reading:
        """The rows of a table, behind what SQLite's own check says of it."""
        for piece in chain(self._database.findings(table), self._rows(table)):
            self._is_damaged |= isinstance(piece, Refused) and piece.is_damage
            yield piece

    def unexplained(self) -> Reading:
        """Of a damaged file, the pages whose bytes are not all accounted for, whatever they once were."""
        if not self._is_damaged:
            return
        pages = self._database.pages
        of_indexes: set[int] = set()
        for root in self._database.indexes:
            # Damage may make the root of an index point at rows.
            for cell in () if pages.has_rowids(root) else pages.cells(root, [], of_indexes):
                self._counted((cell.offset, cell.length))
        for place in pages.unexplained(self._in_cells, self._reached | of_indexes):
            reason = "pages that no table or index leads to, or that hold more than the rows that were read"
            yield Refused("", 0, 0, *place, reason, is_damage=True)

    def _rows(self, table: Table) -> Reading:
        broken: list[int] = []
        cells = self._database.pages.cells(table.root, broken, self._reached)
        places = _Places(cells, self._database.size)
        batch = _Batch(table)
        reason = ""
        try:
            for rowid, values in self._scanned(table):
                if batch.add(self._texts(table, values), self._counted(places.of(rowid))):
                    yield from batch.given()
        except _Unsound as unsound:
            reason = str(unsound)
        except BROKEN as stopped:
            reason = f"SQLite cannot read on: {said(stopped)}"
        yield from batch.given()
        if reason:
            yield from self._one_by_one(table, places, batch)
            yield Refused(table.name, 0, 0, *self._database.pages.place(table.root), reason, is_damage=True)
        for number in dict.fromkeys(broken):
            place = self._database.pages.place(number)
            yield Refused(table.name, 0, 0, *place, f"page {number} is not readable", is_damage=True)

    def _scanned(self, table: Table) -> Iterator[tuple[int | None, Sequence[Any]]]:
        last: int | None = None
        for rowid, *values in self._database.rows(table):
            if last is not None and rowid <= last:
                raise _Unsound("row ids do not ascend: pages are used more than once")
            last = rowid
            yield rowid, values

    def _one_by_one(self, table: Table, places: "_Places", batch: "_Batch") -> Reading:
        """The rows behind a break, each asked for by the row id that its page states."""
        for cell in places.left():
            place = self._counted((cell.offset, cell.length))
            try:
                can_ask = bool(table.rowid) and self._left > 0
                found = list(self._database.rows(table, only=cell.rowid)) if can_ask else []
                is_full = bool(found) and batch.add(self._texts(table, found[0][1:]), place)
            except (*BROKEN, _Unsound):
                found = []
            if not found or is_full:
                yield from batch.given()
            if not found:
                yield batch.refused(place, "a row that SQLite cannot reach or read")
        yield from batch.given()

    def _counted(self, place: tuple[int, int]) -> tuple[int, int]:
        """Count the bytes of a row, or of an entry of an index, with its page, on which it takes four at least."""
        self._in_cells[place[0] // self._database.pages.size + 1] += max(place[1], 4)
        return place

    def _texts(self, table: Table, values: Sequence[Any]) -> list[str | bytes | None]:
        """Kind and value of each column as text, or as bytes in a column for them."""
        self._left -= _SMALLEST_ROW + sum(len(value) for value in values[1::2] if isinstance(value, bytes))
        if self._left < 0:
            raise _Unsound("more rows than the file has room for: pages are used more than once")
        pairs = zip(values[::2], values[1::2], table.binary, strict=True)
        return [self._as_bytes(k, v) if is_binary else self._as_text(k, v) for k, v, is_binary in pairs]

    def _as_text(self, kind: str, value: Any) -> str | None:
        if value is None:
            return None
        if kind == "text":
            return str(value.decode(self._encoding, "backslashreplace"))
        if kind == "blob":
            return f"x'{value.hex()}'"
        return repr(value)  # integers in full; the shortest text that gives the same real number again

    def _as_bytes(self, kind: str, value: Any) -> bytes | None:
        if kind == "blob" or value is None:
            return value if value is None else bytes(value)
        text = self._as_text(kind, value) or ""
        return bytes(value) if kind == "text" and not self._database.text_encoding else text.encode()


class _Batch:
    """Rows of one table that wait to be given."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._ordinal = 0
        self._rows: list[list[str | bytes | None]] = []
        self._places: list[tuple[int, int, int]] = []
        self._bytes = 0

    def add(self, row: list[str | bytes | None], place: tuple[int, int]) -> bool:
        """Take a row; whether there are enough of them."""
        self._ordinal += 1
        self._rows.append(row)
        self._places.append((self._ordinal, *place))
        self._bytes += sum(len(value) for value in row if value is not None)
        return len(self._rows) >= _BATCH_ROWS or self._bytes >= _BATCH_BYTES

    def refused(self, place: tuple[int, int], reason: str) -> Refused:
        self._ordinal += 1
        return Refused(self._table.name, self._ordinal, 1, *place, reason, is_damage=True)

    def given(self) -> Reading:
        if self._rows:
            arrays = [
                pa.array(values, pa.binary() if is_binary else pa.string())
                for values, is_binary in zip(zip(*self._rows, strict=True), self._table.binary, strict=True)
            ]
            values = pa.RecordBatch.from_arrays(arrays, names=list(self._table.columns))
            yield RawBatch(self._table.name, values, *np.asarray(self._places, np.int64).T)
            self._rows, self._places, self._bytes = [], [], 0


class _Places:
    """Where the rows lie, asked for in their order."""

    def __init__(self, cells: Iterator[Cell], size: int) -> None:
        self._cells = cells
        self._next = next(cells, None)
        self._size = size
        self._last: int | None = None

    def of(self, rowid: int | None) -> tuple[int, int]:
        """Place of the row that comes next; the whole file if the pages do not say."""
        self._last = rowid
        while (cell := self._next) and rowid is not None and cell.rowid is not None and cell.rowid < rowid:
            self._next = next(self._cells, None)
        if cell is None or (rowid is not None and cell.rowid != rowid):
            return 0, self._size
        self._next = next(self._cells, None)
        return cell.offset, cell.length

    def left(self) -> Iterator[Cell]:
        """The rows behind the last one asked for, in the order of the pages, each row id once."""
        cells = self._cells if self._next is None else chain([self._next], self._cells)
        asked = {self._last}
        for cell in cells:
            # A broken row id may be larger than all behind it, so these need not ascend.
            if cell.rowid is None or cell.rowid not in asked:
                asked.add(cell.rowid)
                yield cell
