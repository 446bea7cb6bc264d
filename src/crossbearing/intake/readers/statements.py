"""One pass over the statements of a dump by mysqldump; the values of its inserts are split by compiled code.

After damage, reading resumes at the next row. The patterns are possessive, so that hostile text cannot make them slow.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers.cells import Cells
from crossbearing.intake.readers.sixteen_bytes import Bytes
from crossbearing.intake.readers.value_lists import BROKEN, DONE, FULL, MISFIT, MORE, next_row
from crossbearing.intake.readers.window import Window

_HEADER: Final = 1 << 16  # bytes; the longest beginning of an insert, with a column list
_NEAR: Final = 16  # bytes within which a row's bracket stands, if a row begins here
_LARGEST_ROW: Final = 64 << 20  # bytes, also of a statement without rows; the server's own limit is usually below
_STRING: Final = rb"'(?:[^'\\]++|\\.|'')*+'"
_STATEMENT: Final = re.compile(
    rb"(?:[^;'\"`/#-]++|" + _STRING + rb'|"(?:[^"\\]++|\\.|"")*+"'
    rb"|`[^`]*+`|--[^\n]*+\n|\#[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/|[-/](?![-*]))*+;",
    re.DOTALL,
)
_BLANK: Final = re.compile(rb"(?:\s++|--[^\n]*+(?:\n|\Z)|\#[^\n]*+(?:\n|\Z)|/\*(?![!M])(?:[^*]++|\*(?!/))*+\*/)++")
_DELIMITER: Final = re.compile(rb"DELIMITER (\S+)[^\n]*\n")
_CREATE: Final = re.compile(rb"CREATE TABLE (?:IF NOT EXISTS )?`([^`]++)` \((.*)\)", re.DOTALL)
_NAMED: Final = re.compile(rb"`?([^`,\s]++)`?")
_COLUMN: Final = re.compile(rb"^\s*`([^`]++)`\s*(\w*)", re.MULTILINE)
_BYTES: Final = re.compile(rb"bit|(?:var)?binary|(?:tiny|medium|long)?blob|geometry|point|polygon", re.IGNORECASE)
_INSERT: Final = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*INTO\s+"
    rb"(?:(?:`[^`]++`|\w++)\s*\.\s*)?(?:`([^`]++)`|(\w++))\s*(?:\(([^)]*+)\))?\s*VALUES\b\s*",
    re.IGNORECASE,
)
_WRITES: Final = re.compile(rb"(?:INSERT|REPLACE|LOAD\s+DATA)\b", re.IGNORECASE)
_STRUCTURE: Final = re.compile(
    rb"(?:/\*[!M]|CREATE|DROP|ALTER|LOCK|UNLOCK|SET|USE|START|BEGIN|COMMIT|DELIMITER|ANALYZE|CALL|GRANT|FLUSH|CHANGE)",
    re.IGNORECASE,
)
_ROUTINE: Final = re.compile(rb"DELIMITER|CREATE\s+(?:\S+\s+)?(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)\b", re.IGNORECASE)
_BACK: Final = re.compile(rb"DELIMITER ;\s*\Z")
_USE: Final = re.compile(rb"USE\s+`?([^`;\s]++)`?", re.IGNORECASE)
_RESYNC: Final = re.compile(rb"\n(?=INSERT INTO `|REPLACE INTO `|CREATE TABLE `|LOCK TABLES `)")
# Within a value a line end is an escape, so this is no value.
_WRITE_LINE: Final = re.compile(rb"\n(?:INSERT|REPLACE) INTO `")
# Rows, or the end of one, where only structure should be: the statement or comment that begins here lost its own end.
_ROWS: Final = re.compile(rb"\)\s*,\s*\((?=['\d+\-_NnXxBb])")
_ROW_ENDS: Final = re.compile(
    rb"(?:SET|USE|DROP|LOCK|UNLOCK|START|BEGIN|COMMIT|/\*[!M])\b.*\)\s*;\Z", re.IGNORECASE | re.DOTALL
)
_LISTS: Final = re.compile(rb"/\*!\d+\s+(?:CREATE|VIEW|DEFINER|SQL)\b|CREATE\b(?s:.)*\n ?(?:/\*!\d+ )?PARTITION BY")
_COMMENTED: Final = re.compile(rb"(?:--|#)[^\n]*?(?:'|\)\s*[,;])[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/")
_OWN_COMMENT: Final = re.compile(rb"-- (?:Dumping (?:routines|events) for database|Current Database:) [^\n()]*")
_COMPLETE: Final = b"-- Dump completed"
_SECOND: Final = b"\x00"  # stands for the database that must not be mixed with the first


@dataclass(slots=True)
class _Table:
    """A table's columns, and which of them hold bytes that are no text."""

    columns: tuple[str, ...]
    of_bytes: frozenset[str]


@dataclass(slots=True)
class Dump:
    """One pass over a dump."""

    window: Window
    encoding: str
    tables: dict[str, _Table] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    database: bytes = b""
    room: dict[int, list[Cells]] = field(default_factory=dict)

    def pieces(self, *, only_structure: bool = False) -> Iterator[Refused | Callable[[], RawBatch]]:
        """Everything in order, batches still to be built; without the values if only the structure is wanted."""
        window, is_complete = self.window, False
        while window.fill(_HEADER):
            blank = _BLANK.match(window.buffer, window.at)
            if blank and blank.end() == len(window.buffer) and window.grow():
                continue  # a comment may be cut by the end of the window
            swallowed = _WRITE_LINE.search(blank[0]) if blank else None
            if blank and not swallowed:
                yield from self._rows_in_comments(blank[0])
                window.at = blank.end()
                is_complete = is_complete or _COMPLETE in blank[0]
            elif insert := _INSERT.match(window.buffer, window.at):
                window.at = insert.end()
                if only_structure:
                    _pass_values(window)
                else:
                    yield from self._values(insert)
            elif (size := self._statement_size()) and not self._swallows_rows(size):
                yield from self._statement(window.buffer[window.at : window.at + size])
                if self.database == _SECOND:
                    return
                window.at += size
            else:
                yield self._gap(_RESYNC)
        if not is_complete:
            reason = "the dump lacks its closing line, so rows may be missing at the end"
            yield Refused("", 0, 0, window.offset, 0, reason, is_damage=True)

    def _statement_size(self) -> int:
        """Length of the statement that begins here; 0 if it has no end within the limit."""
        window = self.window
        while True:
            delimiter = _DELIMITER.match(window.buffer, window.at)
            if delimiter:
                end = _routine_end(window.buffer, delimiter)
            else:
                statement = _STATEMENT.match(window.buffer, window.at)
                end = statement.end() if statement else 0
            if end:
                return end - window.at
            if window.ahead >= _LARGEST_ROW or not window.grow():
                return 0

    def _swallows_rows(self, size: int) -> bool:
        """Whether an insert begins within the statement here: its own end is broken then, or that of a comment."""
        is_routine = _DELIMITER.match(self.window.buffer, self.window.at)
        end = self.window.at + size
        return not is_routine and _WRITE_LINE.search(self.window.buffer, self.window.at, end) is not None

    def _statement(self, text: bytes) -> Iterator[Refused]:
        """What a statement without rows says of the rows that follow, and whether it must be reported."""
        place = ("", 0, 0, self.window.offset, len(text))
        if _ROW_ENDS.match(text) or (_ROWS.search(text) and not (_LISTS.match(text) or _ROUTINE.match(text))):
            yield Refused(*place, "the dump is damaged here: rows stand in a statement that has none", is_damage=True)
        elif created := _CREATE.match(text):
            found = [(_name(name), kind) for name, kind in _COLUMN.findall(created[2])]
            of_bytes = frozenset(name for name, kind in found if _BYTES.fullmatch(kind))
            self.tables[_name(created[1])] = _Table(tuple(name for name, _ in found), of_bytes)
        elif use := _USE.match(text):
            if self.database and self.database != use[1]:
                self.database = _SECOND
                yield Refused(*place, "the dump holds a second database; ask for one file each", is_damage=True)
            else:
                self.database = use[1]
        elif _WRITES.match(text):
            yield Refused(*place, "rows written in a way this reader does not know", is_damage=True)
        elif _ROUTINE.match(text) and not _BACK.match(text):
            yield Refused(*place, "a trigger or routine: not rows, and never run")
        elif not _STRUCTURE.match(text):
            yield Refused(*place, "no statement of a dump: the dump is damaged here", is_damage=True)

    def _rows_in_comments(self, blank: bytes) -> Iterator[Refused]:
        """What may be a row in the comments here."""
        if b"'" not in blank and b")" not in blank:
            return
        for comment in _COMMENTED.finditer(blank):
            has_rows = bool(_ROWS.search(comment[0]) or comment[0].rstrip().endswith((b");", b"),")))
            if has_rows or not (comment[0].startswith(b"/*") or _OWN_COMMENT.fullmatch(comment[0])):
                reason = "a comment that the tool does not write" + (": it holds rows" if has_rows else "")
                yield Refused("", 0, 0, self.window.offset + comment.start(), len(comment[0]), reason, has_rows)

    def _gap(self, resume: re.Pattern[bytes]) -> Refused:
        """Pass over a broken stretch, up to where a statement begins again."""
        window, begins = self.window, self.window.offset
        window.at += 1
        while not (found := resume.search(window.buffer, window.at)):
            window.at = max(window.at, len(window.buffer) - _HEADER)
            if not window.grow():
                window.at = len(window.buffer)
                break
        if found:
            window.at = found.end()
        reason = "the dump is cut off or damaged here"
        return Refused("", 0, 0, begins, window.offset - begins, reason, is_damage=True)

    def _values(self, insert: re.Match[bytes]) -> Iterator[Refused | Callable[[], RawBatch]]:
        """The rows of one insert."""
        name = _name(insert[1] or insert[2])
        known = self.tables.get(name, _Table((), frozenset()))
        named = tuple(_name(column) for column in _NAMED.findall(insert[3])) if insert[3] else ()
        table = _Table(named or known.columns, known.of_bytes)
        needs_comma = False
        while self.window.fill(1):
            view, cells = np.frombuffer(self.window.buffer, np.uint8), self._cells(len(table.columns))
            found = cells.split(view, self.window.at, needs_comma=needs_comma)
            if found.rows:
                first, begins = self._next(name, found.rows), self.window.offset - self.window.at
                yield partial(self._batch, name, table, cells, view, rows=range(first, first + found.rows), at=begins)
                needs_comma = True
            self.window.at = found.at
            if found.why == DONE or (found.why == MORE and not self.window.fill(1)):
                return
            if found.why == FULL or (found.why == MORE and self.window.ahead < _LARGEST_ROW and self.window.grow()):
                continue
            if found.why == MISFIT:
                reason = f"{found.found} values, expected {len(table.columns)} columns"
                yield Refused(name, self._next(name), 1, self.window.offset, found.end - found.at, reason)
                self.window.at, needs_comma = found.end, True
            else:
                gap, is_over = self._broken_row(name, len(table.columns))
                yield gap
                if is_over:
                    return
                needs_comma = False

    def _batch(self, name: str, table: _Table, cells: Cells, view: Bytes, *, rows: range, at: int) -> RawBatch:
        """The rows that were split, as columns; ``at`` is where the view begins in the file."""
        is_binary = [column in table.of_bytes for column in table.columns]
        columns = cells.values(view, len(rows), is_binary, self.encoding)
        begins, lengths = cells.places(len(rows))
        self.room[cells.columns].append(cells)
        values = pa.RecordBatch.from_arrays(columns, names=list(table.columns))
        return RawBatch(name, values, np.arange(rows.start, rows.stop), begins + at, lengths)

    def _cells(self, columns: int) -> Cells:
        """Room for rows of so many columns that no batch needs any more."""
        free = self.room.setdefault(columns, [])
        return free.pop() if free else Cells(columns)

    def _next(self, name: str, rows: int = 1) -> int:
        """The ordinal of a table's next row, of so many."""
        first = self.rows.get(name, 0) + 1
        self.rows[name] = first + rows - 1
        return first

    def _broken_row(self, name: str, columns: int) -> tuple[Refused, bool]:
        """Pass over a row that cannot be read, up to one that can; says whether the statement is over."""
        window, begins, is_over, cells = self.window, self.window.offset, False, Cells(columns)
        rows = int(window.buffer[window.at : window.at + _NEAR].lstrip(b", \r\n")[:1] == b"(")
        window.at += 1
        while True:
            place = next_row(np.frombuffer(window.buffer, np.uint8), window.at)
            if place < 0:
                # The mark may be cut by the window's end.
                window.at = max(window.at, len(window.buffer) - _HEADER)
                if window.grow():
                    continue
                window.at, is_over = len(window.buffer), True
                break
            window.at = place
            if window.buffer[place : place + 1] == b";":
                window.at, is_over = place + 1, True
                break
            if _is_row(window, cells):
                break
            window.at = place + 1
        reason = "a row that cannot be read; after it, rows of this insert are taken where one begins again"
        ordinal = self._next(name, rows) if rows else 0
        return Refused(name, ordinal, rows, begins, window.offset - begins, reason, is_damage=True), is_over


def _is_row(window: Window, cells: Cells) -> bool:
    """Whether a whole row of the table begins where the window stands."""
    while True:
        found = cells.split(np.frombuffer(window.buffer, np.uint8), window.at, needs_comma=False)
        if found.rows or found.why in {BROKEN, MISFIT}:
            return found.rows > 0
        if window.ahead >= _LARGEST_ROW or not window.grow():
            return False


def _pass_values(window: Window) -> None:
    """Pass over an insert: the tool writes every line end within a value as an escape, so a line ends a statement."""
    while (end := window.buffer.find(b";\n", window.at)) < 0:
        window.at = max(window.at, len(window.buffer) - 1)  # the mark may be cut by the window's end
        if not window.grow():
            window.at = len(window.buffer)
            return
    window.at = end + 1


def _routine_end(buffer: bytes, delimiter: re.Match[bytes]) -> int:
    """End of a stretch with another delimiter, which holds triggers or routines; 0 if not in sight."""
    if delimiter[1] == b";":
        return delimiter.end()
    back = buffer.find(b"DELIMITER ;", delimiter.end())
    return max(back, 0)


def _name(text: bytes) -> str:
    return text.decode("utf-8", "backslashreplace")
