"""A seized SQLite database in memory, opened so that nothing in it can act.

After "Defense Against The Dark Arts" (sqlite.org/security.html): no triggers, views or virtual tables, no functions
of the schema, no writing, and an authorizer that knows the few things that reading ordinary tables needs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import apsw

from crossbearing.intake.reader import Refused
from crossbearing.intake.readers.sqlite_pages import HEADER, Cell, Pages

MAGIC: Final = b"SQLite format 3\x00"
# What SQLite and its bindings raise over broken content.
BROKEN: Final = (apsw.Error, UnicodeError, MemoryError, OverflowError)
_LOCKED: Final = {
    apsw.SQLITE_DBCONFIG_DEFENSIVE: 1,
    apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA: 0,
    apsw.SQLITE_DBCONFIG_WRITABLE_SCHEMA: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_VIEW: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_FKEY: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION: 0,
    apsw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER: 0,
}
_LIMITS: Final = {
    apsw.SQLITE_LIMIT_ATTACHED: 0,
    apsw.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    apsw.SQLITE_LIMIT_WORKER_THREADS: 0,
    apsw.SQLITE_LIMIT_COMPOUND_SELECT: 2,
    apsw.SQLITE_LIMIT_VARIABLE_NUMBER: 2,
    apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
}
_SMALLEST_LIMIT: Final = 1_000_000  # bytes of one value, however small the file
_SETTINGS: Final = (
    "PRAGMA cell_size_check = ON; PRAGMA ignore_check_constraints = ON; PRAGMA temp_store = MEMORY; "
    "PRAGMA mmap_size = 0; PRAGMA query_only = ON"
)
_SCHEMA: Final = "sqlite_master"  # as the authorizer is told; newer names are aliases of it
_PRAGMAS: Final = {"table_xinfo", "quick_check"}
_VIRTUAL_COLUMN: Final = 2  # its "hidden" in table_xinfo: computed when read, so not stored
_PAGE_COUNT_AT: Final = slice(28, 32)
_WAL_MODE_AT: Final = slice(18, 20)
_ENCODING_AT: Final = slice(56, 60)
_ENCODINGS: Final = {2: "utf-16-le", 3: "utf-16-be"}
_CREATE_VIRTUAL: Final = re.compile(r"\s*create\s+virtual\b", re.IGNORECASE)
# Tables in which full-text, R-tree and similar modules keep their own data.
_SHADOWS: Final = (
    "content", "segments", "segdir", "docsize", "stat", "data", "idx", "config", "node", "rowid", "parent", "vocab",
)  # fmt: skip
_ROWIDS: Final = ("rowid", "_rowid_", "oid")
_PAGE: Final = re.compile(r"\bpage (\d+)")
# Findings of quick_check about what was written into a column, not about broken pages.
_ABOUT_CONTENT: Final = re.compile(r"(?:NULL|NUMERIC|TEXT|non-\w+) value in ")


@dataclass(frozen=True, slots=True)
class Table:
    """An ordinary table.

    Attributes:
        root: Its root page.
        columns: Those that are stored.
        binary: Which of them are declared as BLOB.
        rowid: Name under which the row id can be asked for; empty if there is none.
        is_checkable: No column is computed, so that checking it runs nothing of the schema.
    """

    name: str
    root: int
    columns: tuple[str, ...]
    binary: tuple[bool, ...]
    rowid: str
    is_checkable: bool


class Database:
    """One file, open; ``close`` it.

    Attributes:
        tables: Ordinary tables, in the order of the schema.
        indexes: Root pages of what holds no rows of its own.
        refused: Structure that is not read, and what is wrong with the file as a whole.
    """

    def __init__(self, content: bytes) -> None:
        """Open a file.

        Args:
            content: All its bytes.
        """
        self.tables: list[Table] = []
        self.indexes: list[int] = []
        self.refused: list[Refused] = []
        self.pages = Pages(content)
        self.size = len(content)
        self.text_encoding = _ENCODINGS.get(int.from_bytes(content[_ENCODING_AT], "big"), "")
        self._content = content
        self._allowed: set[str] = set()
        self._connection = apsw.Connection(":memory:")
        self._measure()
        try:
            self._open()
            self._read_schema()
        except BROKEN as broken:
            self._refuse("", 0, self.size, f"the database cannot be opened: {said(broken)}", is_damage=True)

    def close(self) -> None:
        """Give its memory back."""
        self._connection.close(force=True)

    def rows(self, table: Table, only: int | None = None) -> Iterator[tuple[Any, ...]]:
        """Row id (null without one), then kind and value of each column; text as its bytes.

        Args:
            table: Which.
            only: Only the row with this row id; all rows without it.
        """
        values = ", ".join(
            f"typeof({name}), CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END"
            for name in map(_quoted, table.columns)
        )
        query = f"SELECT {table.rowid or 'NULL'}, {values} FROM main.{_quoted(table.name)} NOT INDEXED"
        if only is not None:
            return iter(self._connection.execute(f"{query} WHERE {table.rowid} = ?", (only,)))
        return iter(self._connection.execute(f"{query} ORDER BY {table.rowid}" if table.rowid else query))

    def findings(self, table: Table) -> Iterator[Refused]:
        """What SQLite's own check says of the table's pages."""
        if not table.is_checkable:
            return
        try:
            found = [str(row[0]) for row in self._connection.execute(f"PRAGMA main.quick_check({_quoted(table.name)})")]
        except apsw.SQLError:
            return  # a collation of the program that wrote it is not known here
        except BROKEN as broken:
            found = [said(broken)]
        pages: dict[int, list[str]] = {}
        for line in found:
            if line != "ok" and not _ABOUT_CONTENT.match(line):
                page = _PAGE.search(line)
                pages.setdefault(int(page[1]) if page else table.root, []).append(line)
        for number, lines in pages.items():
            more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
            reason = f"quick_check: {lines[0]}{more}"
            yield Refused(table.name, 0, 0, *self.pages.place(number), reason, is_damage=True)

    def _measure(self) -> None:
        """Compare the size the header states with that of the file."""
        stated = int.from_bytes(self._content[_PAGE_COUNT_AT], "big") * self.pages.size
        is_stated = self._content[24:28] == self._content[92:96]  # else the count is not valid (section 1.3.7)
        ends = (
            stated if is_stated and 0 < stated < self.size else self.size // max(self.pages.size, 1) * self.pages.size
        )
        if is_stated and stated > self.size:
            last = self.size - 1
            self._refuse("", last, 1, f"the file is cut off: its header states {stated:,} bytes", is_damage=True)
        if 0 < ends < self.size:
            # Room may be kept there, and a few bytes may be hidden; a page that holds something was moved there.
            holds_pages = self.size - ends >= self.pages.size and self._content.count(0, ends) < self.size - ends
            is_damage = ends != stated or holds_pages
            self._refuse("", ends, self.size - ends, "bytes behind the last page", is_damage=is_damage)

    def _open(self) -> None:
        connection = self._connection
        for setting, value in _LOCKED.items():
            connection.config(setting, value)
        for limit, most in _LIMITS.items():
            connection.limit(limit, most)
        connection.limit(apsw.SQLITE_LIMIT_LENGTH, max(self.size, _SMALLEST_LIMIT))
        connection.deserialize("main", self._openable())
        connection.execute(_SETTINGS)
        connection.authorizer = self._authorised

    def _openable(self) -> bytes:
        """The file as SQLite opens it in memory: whole pages, and a header that asks for nothing beside them."""
        header = bytearray(self._content[:HEADER])
        if any(header[_WAL_MODE_AT]):
            header[_WAL_MODE_AT] = b"\x01\x01"  # else it wants a write-ahead log
        if int.from_bytes(header[_PAGE_COUNT_AT], "big") * self.pages.size > self.size:
            header[_PAGE_COUNT_AT] = bytes(4)  # unknown: SQLite then takes the size of the file
        # Of a page that is cut off, SQLite would read the missing bytes as zeros, and rows of nulls from them.
        ends = self.size // self.pages.size * self.pages.size if self.pages.size else self.size
        if header == self._content[:HEADER] and ends == self.size:
            return self._content
        return b"".join([header, memoryview(self._content)[HEADER:ends]])

    def _authorised(self, action: int, first: str | None, second: str | None, _: str | None, inner: str | None) -> int:
        """Only what reading ordinary tables needs, and nothing on behalf of a view or trigger."""
        allowed = inner is None and (
            action == apsw.SQLITE_SELECT
            or (action == apsw.SQLITE_READ and first in self._allowed)
            or (action == apsw.SQLITE_FUNCTION and second == "typeof")
            or (action == apsw.SQLITE_PRAGMA and first in _PRAGMAS and second in self._allowed)
        )
        return apsw.SQLITE_OK if allowed else apsw.SQLITE_DENY

    def _read_schema(self) -> None:
        self._allowed = {_SCHEMA}
        places = {cell.rowid: cell for cell in self.pages.cells(1, [])}
        query = f"SELECT rowid, type, CAST(name AS BLOB), rootpage, CAST(sql AS BLOB) FROM {_SCHEMA} ORDER BY rowid"
        entries = [
            (places.get(rowid), kind, _text(name, self.text_encoding), root, _text(sql, self.text_encoding))
            for rowid, kind, name, root, sql in self._connection.execute(query)
        ]
        virtual = [name for _, kind, name, _, sql in entries if kind == "table" and _CREATE_VIRTUAL.match(sql)]
        shadows = {f"{name}_{suffix}".casefold() for name in virtual for suffix in _SHADOWS}
        for cell, kind, name, root, _ in entries:
            if kind == "index" or name.casefold().startswith("sqlite_"):
                self.indexes += [root] if isinstance(root, int) else []
                continue
            if kind != "table":
                self._refuse_entry(cell, name, f"a {kind}: nothing of it is run")
            elif name in virtual:
                self._refuse_entry(cell, name, "a virtual table: its module is not run")
            elif name.casefold() in shadows:
                self._refuse_entry(cell, name, "a table in which a virtual table keeps its data")
            else:
                self._add(cell, name, root)

    def _add(self, cell: Cell | None, name: str, root: Any) -> None:
        self._allowed.add(name)
        try:
            found = list(self._connection.execute(f"PRAGMA main.table_xinfo({_quoted(name)})"))
        except BROKEN as broken:
            self._refuse_entry(cell, name, f"its columns cannot be read: {said(broken)}", is_damage=True)
            return
        for column in found:
            if column[6] == _VIRTUAL_COLUMN:
                self._refuse_entry(cell, name, f"column {column[1]} is computed when it is read, and was not")
        stored = [column for column in found if column[6] != _VIRTUAL_COLUMN]
        names = tuple(str(column[1]) for column in stored)
        free = [each for each in _ROWIDS if each not in {column.casefold() for column in names}]
        number = root if isinstance(root, int) else 0
        if not names or number < 1:
            self._refuse_entry(cell, name, "a table without columns or pages")
            return
        self.tables.append(
            Table(
                name,
                number,
                names,
                tuple("BLOB" in str(column[2]).upper() for column in stored),
                free[0] if free and self.pages.has_rowids(number) else "",
                len(stored) == len(found),
            )
        )

    def _refuse_entry(self, cell: Cell | None, name: str, reason: str, *, is_damage: bool = False) -> None:
        place = (cell.offset, cell.length) if cell else self.pages.place(1)
        self._refuse(name, *place, reason, is_damage=is_damage)

    def _refuse(self, table: str, offset: int, length: int, reason: str, *, is_damage: bool) -> None:
        self.refused.append(Refused(table, 0, 0, offset, length, reason, is_damage))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Any, encoding: str) -> str:
    return value.decode(encoding or "utf-8", "backslashreplace") if isinstance(value, bytes) else ""


def said(broken: BaseException) -> str:
    """The first line of what was raised."""
    return str(broken).partition("\n")[0] or type(broken).__name__
