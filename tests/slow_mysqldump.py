r"""The reader of mysqldump files before compiled code: possessive patterns over a stream. Oracle and peer only.

Takes extended inserts with and without column lists, ``REPLACE``, hex and bit literals, ``_binary``;
skips triggers, routines and other statements, and reports broken stretches with their place. The
patterns are possessive, so that hostile text cannot make them slow.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from crossbearing.intake.reader import RawBatch, Reading, Refused

_BLOCK: Final = 1 << 20
_LARGEST_STATEMENT: Final = 64 << 20  # bytes; the server's own limit for a packet is usually below
_STRING: Final = rb"'(?:[^'\\]++|\\.|'')*+'"
_MARK: Final = re.compile(rb"-- (?:MySQL|MariaDB) dump|/\*M!999999|CREATE TABLE `|INSERT INTO `")
_STATEMENT: Final = re.compile(
    rb"(?:[^;'\"`/#-]++|" + _STRING + rb'|"(?:[^"\\]++|\\.|"")*+"'
    rb"|`[^`]*+`|--[^\n]*+\n|\#[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/|[-/](?![-*]))*+;",
    re.DOTALL,
)
_BLANK: Final = re.compile(rb"(?:\s++|--[^\n]*+(?:\n|\Z)|\#[^\n]*+(?:\n|\Z)|/\*(?![!M])(?:[^*]++|\*(?!/))*+\*/)++")
_DELIMITER: Final = re.compile(rb"DELIMITER (\S+)[^\n]*\n")
_CREATE: Final = re.compile(rb"CREATE TABLE (?:IF NOT EXISTS )?`([^`]++)` \((.*)\)", re.DOTALL)
_NAMED: Final = re.compile(rb"`?([^`,\s]++)`?")
_COLUMN: Final = re.compile(rb"^\s*`([^`]++)`", re.MULTILINE)
_INSERT: Final = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*INTO\s+"
    rb"(?:(?:`[^`]++`|\w++)\s*\.\s*)?(?:`([^`]++)`|(\w++))\s*(?:\(([^)]*+)\))?\s*VALUES\s*",
    re.IGNORECASE,
)
_WRITES: Final = re.compile(rb"(?:INSERT|REPLACE|LOAD\s+DATA)\b", re.IGNORECASE)
_USE: Final = re.compile(rb"USE\s+`?([^`;\s]++)`?", re.IGNORECASE)
_ROW: Final = re.compile(rb"\((?:[^()']++|" + _STRING + rb")*+\)", re.DOTALL)
_VALUE: Final = re.compile(
    rb"\s*(?:(NULL)|(?:_binary\s+|N)?(" + _STRING + rb")|(0x[0-9A-Fa-f]++|b'[01]++'|[-+0-9.eE]++))\s*(?:,|$)",
    re.DOTALL,
)
_BETWEEN_ROWS: Final = re.compile(rb"\s*,\s*")
_ESCAPE: Final = re.compile(rb"\\(.)|''", re.DOTALL)
_ESCAPED: Final = {b"0": b"\0", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a"}
_RESYNC: Final = re.compile(rb"\n(?=INSERT INTO `|REPLACE INTO `|CREATE TABLE `|LOCK TABLES `)")
_COMPLETE: Final = b"-- Dump completed"


class SlowMysqldump:
    """One value at a time."""

    name = "mysqldump"
    version = "1"
    format_reference = "MySQL reference manual, mysqldump; literals in section 'Language Structure'"

    def recognises(self, head: bytes) -> bool:
        """A dump's comment, or a quoted CREATE TABLE or INSERT near the start."""
        return b"\x00" not in head[:64] and _MARK.search(head) is not None

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Tables and columns as the CREATE TABLE statements list them."""
        tables = {}
        for statement in _statements(stream):
            if not statement.is_damage and (created := _created(statement.text)):
                tables[created[0]] = created[1]
        return tables

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` is that of the dump's text."""
        columns: dict[str, tuple[str, ...]] = {}
        counts: dict[str, int] = {}
        is_complete = False
        database = b""
        for statement in _statements(stream):
            if statement.is_damage:
                reason = "the dump is cut off or damaged here"
                yield Refused("", 0, 0, statement.offset, len(statement.text), reason, is_damage=True)
            elif created := _created(statement.text):
                columns[created[0]] = created[1]
            elif use := _USE.match(statement.text):
                if database and database != use[1]:
                    reason = "the dump holds a second database; ask for one file each"
                    yield Refused("", 0, 0, statement.offset, len(statement.text), reason, is_damage=True)
                    return
                database = use[1]
            elif insert := _INSERT.match(statement.text):
                table = (insert[1] or insert[2]).decode("utf-8", "backslashreplace")
                named = tuple(_NAMED.findall(insert[3])) if insert[3] else ()
                wanted = tuple(name.decode("utf-8", "backslashreplace") for name in named)
                begins = counts.get(table, 0)
                found = _rows(statement, insert.end(), encoding)
                yield from _sorted_out(table, wanted or columns.get(table, ()), begins, found)
                counts[table] = begins + len(found)
            elif _WRITES.match(statement.text):
                reason = "rows written in a way this reader does not know"
                yield Refused("", 0, 0, statement.offset, len(statement.text), reason, is_damage=True)
            is_complete = is_complete or statement.ends_dump
        if not is_complete:
            reason = "the dump lacks its closing line, so rows may be missing at the end"
            yield Refused("", 0, 0, stream.tell(), 0, reason, is_damage=True)


@dataclass(slots=True)
class _Statement:
    text: bytes
    offset: int
    is_damage: bool = False
    ends_dump: bool = False


@dataclass(slots=True)
class _Row:
    offset: int
    length: int
    values: list[str | None] | None  # None: not readable


def _statements(stream: BinaryIO) -> Iterator[_Statement]:
    """Statements in order, with what lies between them dropped and broken stretches marked."""
    window = _Window(stream)
    while window.fill(_BLOCK):
        blank = _BLANK.match(window.buffer, window.at)
        if blank and blank.end() == len(window.buffer) and window.grow():
            continue  # a comment may be cut by the end of the window
        if blank:
            window.at = blank.end()
            if _COMPLETE in blank[0]:
                yield _Statement(b"", window.offset, ends_dump=True)
            continue
        size = _statement_size(window.buffer, window.at)
        if not size and len(window.buffer) - window.at < _LARGEST_STATEMENT and window.grow():
            continue
        is_damage = not size
        if is_damage:
            resync = _RESYNC.search(window.buffer, window.at + 1)
            size = (resync.end() if resync else len(window.buffer)) - window.at
        yield _Statement(window.buffer[window.at : window.at + size], window.offset, is_damage=is_damage)
        window.at += size


class _Window:
    """The stretch of the file in memory, and where in it reading stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self.buffer = b""
        self.at = 0
        self._stream = stream
        self._begins = 0

    @property
    def offset(self) -> int:
        """Where reading stands in the file, bytes."""
        return self._begins + self.at

    def fill(self, size: int) -> bool:
        """Have this many bytes ahead if the file has them; false when nothing is left."""
        if len(self.buffer) - self.at < size // 2:
            self._read(size)
        return self.at < len(self.buffer)

    def grow(self) -> bool:
        """Double what is ahead; false if the file has no more."""
        return self._read(max(_BLOCK, len(self.buffer) - self.at))

    def _read(self, size: int) -> bool:
        block = self._stream.read(size)
        self._begins += self.at
        self.buffer, self.at = self.buffer[self.at :] + block, 0
        return bool(block)


def _statement_size(buffer: bytes, at: int) -> int:
    """Length of the statement that begins here; 0 if its end is not in sight."""
    if delimiter := _DELIMITER.match(buffer, at):
        end = _routine_end(buffer, delimiter)
        return end - at if end else 0
    statement = _STATEMENT.match(buffer, at)
    return statement.end() - at if statement else 0


def _routine_end(buffer: bytes, delimiter: re.Match[bytes]) -> int:
    """End of a stretch with another delimiter, which holds triggers or routines; 0 if not in sight."""
    if delimiter[1] == b";":
        return delimiter.end()
    back = buffer.find(b"DELIMITER ;", delimiter.end())
    return max(back, 0)


def _created(statement: bytes) -> tuple[str, tuple[str, ...]] | None:
    created = _CREATE.match(statement)
    if created is None:
        return None
    names = tuple(name.decode("utf-8", "backslashreplace") for name in _COLUMN.findall(created[2]))
    return created[1].decode("utf-8", "backslashreplace"), names


def _rows(statement: _Statement, start: int, encoding: str) -> list[_Row]:
    rows = []
    at = start
    while row := _ROW.match(statement.text, at):
        values = _values(row[0][1:-1], encoding)
        rows.append(_Row(statement.offset + row.start(), row.end() - row.start(), values))
        between = _BETWEEN_ROWS.match(statement.text, row.end())
        if between is None:
            at = row.end()
            break
        at = between.end()
    rest = statement.text[at:].strip()
    if rest != b";":
        rows.append(_Row(statement.offset + at, len(statement.text) - at, None))
    return rows


def _values(row: bytes, encoding: str) -> list[str | None] | None:
    values: list[str | None] = []
    at = 0
    while at < len(row):
        value = _VALUE.match(row, at)
        if value is None:
            return None
        if value[1] is not None:
            values.append(None)
        elif value[2] is not None:
            plain = _ESCAPE.sub(_unescaped, value[2][1:-1])
            values.append(plain.decode(encoding, "backslashreplace"))
        else:
            values.append(value[3].decode())
        at = value.end()
    return values


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return b"'" if escape[1] is None else _ESCAPED.get(escape[1], escape[1])


def _sorted_out(table: str, columns: tuple[str, ...], begins: int, rows: list[_Row]) -> Reading:
    """Rows that fit the columns as a batch, the others refused one by one."""
    good: list[tuple[int, _Row, list[str | None]]] = []
    for ordinal, row in enumerate(rows, start=begins + 1):
        if row.values is not None and len(row.values) == len(columns):
            good.append((ordinal, row, row.values))
            continue
        held = "not readable as values" if row.values is None else f"{len(row.values)} values"
        reason = f"{held}, expected {len(columns)} columns"
        yield Refused(table, ordinal, 1, row.offset, row.length, reason, is_damage=row.values is None)
    if good:
        places = [(ordinal, row.offset, row.length) for ordinal, row, _ in good]
        yield RawBatch.of_rows(table, columns, [values for _, _, values in good], places)
