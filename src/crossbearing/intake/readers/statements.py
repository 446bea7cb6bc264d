"""One pass over the statements of a dump by mysqldump; the values of its inserts are split by compiled code.

After damage, reading resumes at the next row. The patterns are possessive, so that hostile text cannot make them slow.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from crossbearing.intake.reader import Piece, RawBatch, Reading, Refused
from crossbearing.intake.readers.cells import Cells
from crossbearing.intake.readers.insert_rows import LARGEST_ROW, InsertRows, Table
from crossbearing.intake.readers.window import Window

_HEADER: Final = 1 << 16  # bytes; the longest beginning of an insert, with a column list
_STRING: Final = rb"'(?:[^'\\]++|\\.|'')*+'"
_STATEMENT: Final = re.compile(
    rb"(?:[^;'\"`/#-]++|" + _STRING + rb'|"(?:[^"\\]++|\\.|"")*+"'
    rb"|`[^`]*+`|--[^\n]*+\n|\#[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/|[-/](?![-*]))*+;",
    re.DOTALL,
)
_BLANK: Final = re.compile(rb"(?:\s++|--[^\n]*+(?:\n|\Z)|\#[^\n]*+(?:\n|\Z)|/\*(?![!M])(?:[^*]++|\*(?!/))*+\*/)++")
_DELIMITER: Final = re.compile(rb"DELIMITER (\S+)[^\n]*\n")
_CREATE: Final = re.compile(rb"CREATE TABLE (?:IF NOT EXISTS )?`([^`]++)` \((.*)\)", re.DOTALL)
# Behind a table's columns: words, what some are set to, and comments. Partitions may follow too, see _LISTS.
_OPTIONS: Final = re.compile(
    rb"(?:[-\w\s=`.]++|(?<==)" + _STRING + rb"|(?<==)\([^)']*+\)|/\*(?:[^*]++|\*(?!/))*+\*/)*+;"
)
_NAMED: Final = re.compile(rb"`?([^`,\s]++)`?")
_COLUMN: Final = re.compile(rb"^\s*`([^`]++)`\s*(\w*)", re.MULTILINE)
_BYTES: Final = re.compile(rb"bit|(?:var)?binary|(?:tiny|medium|long)?blob|geometry|point|polygon", re.IGNORECASE)
_INSERT: Final = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*INTO\s+"
    rb"(?:(?:`[^`]++`|\w++)\s*\.\s*)?(?:`([^`]++)`|(\w++))\s*(?:\(([^)]*+)\))?\s*VALUES\b\s*",
    re.IGNORECASE,
)
_SPACE: Final = re.compile(rb"\s++")
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
_STRETCH: Final = 5 << 18  # bytes in which the end of an insert is looked for; the tool ends one after one megabyte
_BETWEEN: Final = b";\n"  # of two inserts
_REST: Final = 16  # the share of a stretch looked through in vain behind which it is tried again
_SECOND: Final = b"\x00"  # stands for the database that must not be mixed with the first


@dataclass(slots=True)
class Dump:
    """One pass over a dump.

    Attributes:
        threads: How many read stretches of inserts beside the caller; with one, every insert is read where it stands.
    """

    window: Window
    encoding: str
    threads: int = 1
    tables: dict[str, Table] = field(default_factory=dict)
    database: bytes = b""
    room: dict[int, list[Cells]] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)
    _in_turn_until: int = 0

    def numbered(self, pieces: Iterable[Piece]) -> Reading:
        """The pieces with the rows of each table numbered in their order, from 1."""
        for piece in pieces:
            rows = len(piece) if isinstance(piece, RawBatch) else piece.rows
            if not rows:
                yield piece
                continue
            first = self._rows.get(piece.table, 0) + 1
            self._rows[piece.table] = first + rows - 1
            if isinstance(piece, RawBatch):
                yield replace(piece, ordinals=np.arange(first, first + rows))
            else:
                yield replace(piece, ordinal=first)

    def pieces(self, *, only_structure: bool = False) -> Reading:
        """Everything in order, not numbered yet; without the values if only the structure is wanted."""
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
                if only_structure:
                    window.at = insert.end()
                    _pass_values(window)
                else:
                    yield from self._inserted(insert)
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
            if window.ahead >= LARGEST_ROW or not window.grow():
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
            self.tables[_name(created[1])] = Table(tuple(name for name, _ in found), of_bytes)
            behind = text.rfind(b"\n)") + 2
            if behind > 1 and not _OPTIONS.fullmatch(text, behind) and not _LISTS.match(text):
                place = ("", 0, 0, self.window.offset + behind, len(text) - behind)
                yield Refused(*place, "the dump is damaged here: no options of a table", is_damage=True)
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

    def _inserted(self, insert: re.Match[bytes]) -> Reading:
        """The rows of this insert, and before it of those up to the last one of the same beginning that is in sight."""
        name = _name(insert[1] or insert[2])
        known = self.tables.get(name, Table((), frozenset()))
        named = tuple(_name(column) for column in _NAMED.findall(insert[3])) if insert[3] else ()
        rows = InsertRows(name, Table(named or known.columns, known.of_bytes), self.encoding, self.room)
        beginning = insert[0].rstrip()
        yield from self._stretches(beginning, rows)
        self.window.at += len(beginning)  # one with this beginning stands here now, if not the same
        if space := _SPACE.match(self.window.buffer, self.window.at):
            self.window.at = space.end()
        yield from rows.read(self.window)

    def _stretches(self, beginning: bytes, rows: InsertRows) -> Reading:
        """Stretches of whole inserts, read beside each other; one that does not stand by itself is left to be read."""
        waiting: deque[tuple[Window, int, Future[list[Piece] | None]]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            while (size := self._stretch_in_sight(beginning)) or waiting:
                if size:
                    stretch, end = self.window.here(), self.window.at + size
                    self.window.at = end
                    waiting.append((stretch.here(), end, pool.submit(rows.whole, stretch, end, beginning)))
                    if len(waiting) <= self.threads:  # so many are in memory, and one more
                        continue
                stretch, end, given = waiting.popleft()
                pieces = given.result()
                if pieces is None:
                    stretches = [(stretch, end), *((later, its_end) for later, its_end, _ in waiting)]
                    self.window.put_back(b"".join(one.buffer[one.at : its_end] for one, its_end in stretches))
                    self._in_turn_until = stretch.offset + end - stretch.at
                    return
                yield from pieces

    def _stretch_in_sight(self, beginning: bytes) -> int:
        """Length of the inserts from here up to the last one in sight with the same beginning; 0 if there is none."""
        window = self.window
        if self.threads == 1 or window.offset < self._in_turn_until:
            return 0
        window.have(_STRETCH)
        seen = min(_STRETCH, window.ahead)
        size = window.buffer.rfind(_BETWEEN + beginning, window.at, window.at + seen) + len(_BETWEEN) - window.at
        if size < 0:  # none; many that are alone must not each cost a look at a whole stretch
            self._in_turn_until = window.offset + seen // _REST
        return max(size, 0)


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
