"""A script that pg_dump wrote, statement by statement: which rows it holds, and what else is told of them."""

import re
from typing import BinaryIO, Final

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import Reading, Refused
from crossbearing.intake.readers.copy_text import copy_rows, row_count
from crossbearing.intake.readers.pg_inserts import Inserts
from crossbearing.intake.readers.pg_statements import (
    COPY,
    COPY_LINE,
    CREATE_TABLE,
    INSERT,
    NEXT,
    SWALLOWED,
    Grammar,
    listed,
    unquoted,
)
from crossbearing.intake.readers.window import Window

LARGEST_STATEMENT: Final = 64 << 20  # bytes; also of a row
_MOST_IN_VAIN: Final = 1 << 30  # bytes looked through for ends of statements that are not there
_TO_THE_END: Final = 1 << 62  # bytes

_BLANK: Final = re.compile(rb"\s++|--[^\n]*+(?:\n|\Z)|/\*(?:[^*]++|\*(?!/))*+\*/")
_OWN_COMMENT: Final = re.compile(rb"--(?:\s|\Z)")
_MARK: Final = re.compile(rb"-- PostgreSQL database (cluster )?dump( complete)?\s*$")
_LINE: Final = re.compile(rb"[^\n]*+\n?")
_REST_OF_LINE: Final = re.compile(rb"[ \t]*+\r?\n|")
_END_OF_ROWS: Final = re.compile(rb"\\\.(?:\r?\n|\r?\Z)")
_CONNECT: Final = re.compile(rb"\\c(?:onnect)?\s+(?:-reuse-previous=\w+\s+)?(.*?)\s*$", re.DOTALL)
# A name, a number or a text on one line; several with commas. What else stands in a setting came there by damage.
_SET_TO: Final = rb"(?:'(?:[^'\x00-\x1f]|'')*+'|\"[^\"\x00-\x1f]*+\"|[-+\w.$\x80-\xff]++)"
_SETTING: Final = re.compile(
    rb"SET\s+(?:(?:SESSION|LOCAL)\s+)?([\w.]+)\s*(?:=|TO)\s*(" + _SET_TO + rb"(?:\s*,\s*" + _SET_TO + rb")*+)\s*;$",
    re.IGNORECASE,
)
_LARGE_OBJECT: Final = re.compile(rb"SELECT\s+(?:pg_catalog\.)?(?:lowrite|lo_from_bytea|lo_put)\s*\(", re.IGNORECASE)
_WRITES: Final = re.compile(rb"(?:INSERT|COPY|MERGE|(?:UPDATE|DELETE\s+FROM)(?!\s+pg_catalog\.))\b", re.IGNORECASE)
_QUOTES_STATEMENTS: Final = re.compile(
    rb"(?:DO|COMMENT|CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|RULE))\b", re.IGNORECASE
)
_HALF_TABLE: Final = re.compile(rb"CREATE\s+(?:\w+\s+)?TABLE\b(?!.{1,300}?\bOF\b)", re.IGNORECASE | re.DOTALL)
_MAY_BE_ROW: Final = re.compile(rb"[\t\0]|\bVALUES \(|', '")
_ROWS_IN_COMMENT: Final = "the dump is damaged here: a comment holds what may be rows"
_STRUCTURE: Final = re.compile(
    rb"(?:;|(?:ALTER|ANALYZE|BEGIN|CLUSTER|COMMENT|COMMIT|CREATE|DELETE|DO|DROP|GRANT|IMPORT|LOCK|REASSIGN"
    rb"|REFRESH|REINDEX|RESET|REVOKE|ROLLBACK|SECURITY|SELECT|START|TRUNCATE|UPDATE|VACUUM)\b"
    rb"|SET\s+(?:SESSION\s+AUTHORIZATION|ROLE)\s+" + _SET_TO + rb"\s*;$)",
    re.IGNORECASE,
)

# PostgreSQL's names of encodings, and Python's.
_CODECS: Final = {
    "UTF8": "utf-8", "UNICODE": "utf-8", "KOI8": "koi8-r", "KOI8R": "koi8-r", "KOI8U": "koi8-u", "WIN": "cp1251",
    "ALT": "cp866", "WIN866": "cp866", "EUC_JP": "euc_jp", "EUC_KR": "euc_kr", "EUC_CN": "gb2312",
    "EUC_JIS_2004": "euc_jis_2004",
    **{f"WIN{page}": f"cp{page}" for page in (874, *range(1250, 1259))},
    **{f"ISO_8859_{part}": f"iso8859-{part}" for part in range(5, 9)},
    **{f"LATIN{n}": f"iso8859-{part}" for n, part in enumerate((1, 2, 3, 4, 9, 10, 13, 14, 15, 16), start=1)},
}  # fmt: skip
# The second byte of a character may look like a backslash here, so lines cannot be taken apart byte by byte.
_UNSPLITTABLE: Final = {"BIG5", "GB18030", "GBK", "JOHAB", "SJIS", "SHIFT_JIS_2004", "UHC"}


class Script:
    """A dump's text, and what has been learnt from it.

    Attributes:
        created: Columns by table, from CREATE TABLE.
        filled: Columns by table, as rows were written with them.
        schema: Where a table belongs that is written without one.
    """

    def __init__(self, encoding: str, *, wants_rows: bool = True) -> None:
        self.created: dict[str, tuple[str, ...]] = {}
        self.filled: dict[str, tuple[str, ...]] = {}
        self.schema = ""
        self._encoding = self._given = encoding
        self._wants_rows = wants_rows
        self._grammar = Grammar()
        self._inserts = Inserts()
        self._counts: dict[str, int] = {}
        self._open: set[bytes | None] = set()  # dumps that have begun and not ended
        self._has_ended = False
        self._in_vain = 0
        self._database = self._database_of_rows = b""
        self._connected = 0  # where the database was named, bytes

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Columns by table, as rows have them."""
        return {**self.created, **self.filled}

    def pieces(self, stream: BinaryIO, *, is_whole: bool = False) -> Reading:
        """Rows and refusals of a script; a whole one must have its closing comment."""
        window = Window(stream)
        while window.fill():
            offset = window.offset
            blank = self._skipped_blank(window)
            if blank is not None:
                if reason := _foreign(blank):
                    yield from self._inserts.batches()
                    yield Refused("", 0, 0, offset, len(blank), reason, is_damage=reason == _ROWS_IN_COMMENT)
                continue
            if window.buffer.startswith(b"\\", window.at):
                yield from self._inserts.batches()
                yield self._command(window)
                continue
            size = self._grammar.statement_size(window.buffer, window.at)
            if size:
                yield from self._statement(window.take(size), offset, window)
            elif not window.grow(LARGEST_STATEMENT):
                yield from self._inserts.batches()
                yield self._lost(window)
        yield from self._inserts.batches()
        if is_whole and (self._open or not self._has_ended):
            reason = "the dump lacks its closing line, so rows may be missing at the end"
            yield Refused("", 0, 0, window.offset, 0, reason, is_damage=True)

    def learn(self, statements: bytes, schema: str = "") -> None:
        """Learn columns and settings from statements whose rows are not here.

        Args:
            statements: SQL.
            schema: Where a table belongs that is written without one.
        """
        self.schema = schema
        at = 0
        while size := self._grammar.statement_size(statements, at):
            text = statements[at : at + size].lstrip()
            at += size
            if copy := COPY.match(text):
                self._target(copy)
            else:
                self._learnt(text, 0)

    def _skipped_blank(self, window: Window) -> bytes | None:
        """White space or a comment that was here, None if there was none; the marks of a dump's ends are noted."""
        blank = _BLANK.match(window.buffer, window.at)
        if blank is None:
            return None
        if not blank[0].isspace() and blank.end() == len(window.buffer) and window.grow(LARGEST_STATEMENT):
            return b""  # the comment may go on
        if mark := _MARK.match(blank[0]):
            (self._open.discard if mark[2] else self._open.add)(mark[1])
            self._has_ended = self._has_ended or bool(mark[2])
        window.at = blank.end()
        return blank[0]

    def _command(self, window: Window) -> Refused:
        """A command to psql, as something that is not run."""
        while window.buffer.find(b"\n", window.at) < 0 and window.grow(LARGEST_STATEMENT):
            pass
        offset = window.offset
        end = window.buffer.find(b"\n", window.at) + 1 or len(window.buffer)
        line = window.take(end - window.at)
        connect = _CONNECT.match(line)
        if connect and not connect[1].startswith(b"- "):  # that would change the user only
            self._database, self._connected, self.schema = connect[1], offset, ""
        return Refused("", 0, 0, offset, len(line), "a command to psql; none is ever run")

    def _lost(self, window: Window) -> Refused:
        """The stretch from a statement without an end to the next thing that can be read."""
        self._in_vain += window.ahead
        offset = window.offset
        resync = NEXT.search(window.buffer, window.at + 1)
        if self._in_vain >= _MOST_IN_VAIN:
            window.skip(_TO_THE_END)
        else:
            window.at = resync.end() if resync else len(window.buffer)
        length = window.offset - offset
        return Refused("", 0, 0, offset, length, "the dump is cut off or damaged here", is_damage=True)

    def _statement(self, text: bytes, offset: int, window: Window) -> Reading:
        insert, copy = INSERT.match(text), COPY.match(text)
        if (insert or copy) and self._counts and self._database != self._database_of_rows:
            yield from self._inserts.batches()
            window.skip(_TO_THE_END)
            reason = "the dump holds a second database; ask for one file each"
            length = window.offset - self._connected
            yield Refused("", 0, 0, self._connected, length, reason, is_damage=True)
            self._open.clear()
            return
        if insert:
            yield from self._inserted(text, offset, insert, window)
            return
        yield from self._inserts.batches()
        if lost := SWALLOWED.search(text, 1):
            # What a function quotes is not where reading goes on.
            resumes = None if _QUOTES_STATEMENTS.match(text) else NEXT.search(text)
            length = resumes.end() if resumes else lost.start()
            window.at -= len(text) - length
            reason = "the dump is damaged here: a statement does not end before the next rows"
            yield Refused("", 0, 0, offset, length, reason, is_damage=True)
        elif copy:
            if copy[5]:
                yield Refused("", 0, 0, offset, len(text), "COPY in a form that pg_dump does not write", is_damage=True)
            yield from self._copied(copy, window)
        elif self._learnt(text, offset) and b"\x00" not in text:
            pass
        elif _LARGE_OBJECT.match(text):
            yield Refused("", 0, 0, offset, len(text), "a part of a large object, which is no row")
        elif reason := _misread(text):
            yield _up_to_next(text, offset, window, reason)

    def _learnt(self, text: bytes, offset: int) -> bool:
        """Whether a statement makes a table or a setting."""
        if created := self._grammar.created(text):
            inherited = [name for parent in created.parents for name in self.created.get(self._table(*parent), ())]
            own = [unquoted(name, self._encoding) for name in created.columns]
            self.created[self._table(*created.name)] = tuple(dict.fromkeys((*inherited, *own)))
        elif setting := _SETTING.match(text):
            self._set(setting[1].lower(), setting[2].strip(b"'\""), offset)
        else:
            return False
        return True

    def _set(self, name: bytes, value: bytes, offset: int) -> None:
        if name == b"standard_conforming_strings":
            self._grammar = Grammar(backslashes=value.lower() == b"off")
        elif name == b"search_path":
            first = listed(value)
            self.schema = unquoted(first[0], self._encoding) if first else ""
        elif name == b"client_encoding":
            wanted = value.decode("ascii", "backslashreplace").upper()
            if wanted in _UNSPLITTABLE:
                raise UnreadableSource(
                    f"The dump's text is encoded as {wanted}, which cannot be taken apart safely",
                    where=f"byte {offset:,}: SET client_encoding",
                    remedy="Ask for a dump made with --encoding=UTF8.",
                )
            self._encoding = _CODECS.get(wanted, self._given)

    def _table(self, schema: bytes, name: bytes) -> str:
        within = unquoted(schema, self._encoding) if schema else self.schema
        own = unquoted(name, self._encoding)
        return own if within in {"", "public"} else f"{within}.{own}"

    def _columns(self, table: str, names: bytes | None) -> tuple[str, ...]:
        """Columns as the statement lists them, or as the table was made."""
        if names is None:
            return self.created.get(table, ())
        return tuple(unquoted(name, self._encoding) for name in listed(names))

    def _counted(self, table: str, rows: int = 1) -> int:
        """Count further rows of a table; gives how many there are with them."""
        self._counts[table] = self._counts.get(table, 0) + rows
        self._database_of_rows = self._database
        return self._counts[table]

    def _inserted(self, text: bytes, offset: int, insert: re.Match[bytes], window: Window) -> Reading:
        table = self._table(insert[1] or b"", insert[2])
        if insert[4]:
            yield from self._inserts.batches()
            yield Refused(table, self._counted(table), 1, offset, len(text), "the row holds no values")
            return
        columns = self._columns(table, insert[3])
        self.filled[table] = columns
        yield from self._inserts.into(table, columns)
        if self._wants_rows:
            used = yield from self._inserts.take(
                text, insert.end(), offset, grammar=self._grammar, encoding=self._encoding,
                counted=lambda: self._counted(table),
            )  # fmt: skip
            window.at -= len(text) - used
        else:
            self._counted(table)

    def _target(self, copy: re.Match[bytes]) -> tuple[str, tuple[str, ...], bool]:
        """Table and columns that a COPY statement fills, and whether its rows can be read."""
        table = self._table(copy[1] or b"", copy[2])
        columns = (*(("oid",) if copy[4] else ()), *self._columns(table, copy[3]))
        is_known = not copy[5] and (copy[3] is not None or table in self.created)
        if is_known:
            self.filled[table] = columns
        return table, columns, is_known

    def _copied(self, copy: re.Match[bytes], window: Window) -> Reading:
        """The rows behind a COPY statement, up to their closing line."""
        table, columns, is_known = self._target(copy)
        window.have(len("  \r\n"))
        window.at = _REST_OF_LINE.match(window.buffer, window.at).end()  # type: ignore[union-attr]
        while window.fill():
            begins, at = window.offset, window.at
            behind, is_end = _stretch(window.buffer, at)
            lost = _next_copy(window.buffer, at, behind) if len(columns) > 1 else behind
            if lines := window.take(lost - at):
                if is_known:
                    yield from self._rows(lines, table, columns, begins)
                else:
                    reason = "rows of COPY in a form or with columns that nothing names"
                    yield Refused(table, 0, 0, begins, len(lines), reason, is_damage=True)
            if lost < behind:
                break
            if is_end and (end := _END_OF_ROWS.match(window.buffer, window.at)):
                window.at = end.end()
                return
            if not lines and not window.grow(LARGEST_STATEMENT):
                yield self._cut_row(table, window)
        reason = f"the rows of table {table!r} lack their closing line"
        yield Refused(table, 0, 0, window.offset, 0, reason, is_damage=True)

    def _rows(self, lines: bytes, table: str, columns: tuple[str, ...], offset: int) -> Reading:
        count = row_count(lines) if self._wants_rows else 1
        before = self._counted(table, count) - count
        if self._wants_rows:
            yield from copy_rows(lines, table, columns, before=(before, offset), encoding=self._encoding)

    def _cut_row(self, table: str, window: Window) -> Refused:
        """A row that the file ends within, or that is too long."""
        offset, is_long = window.offset, window.ahead >= LARGEST_STATEMENT
        window.at = len(window.buffer)
        while is_long and window.fill():
            end = window.buffer.find(b"\n", window.at) + 1
            window.at = end or len(window.buffer)
            if end:
                break
        reason = f"a row of more than {LARGEST_STATEMENT:,} bytes" if is_long else "the file ends within a row"
        length = window.offset - offset
        return Refused(table, self._counted(table), 1, offset, length, reason, is_damage=not is_long)


def _misread(text: bytes) -> str:
    """Why a statement without rows cannot be what it seems; empty if it can."""
    if b"\x00" in text:  # no text of PostgreSQL holds one
        return "the dump is damaged here: zeros in a statement"
    if _WRITES.match(text):
        return "rows written in a way this reader does not know"
    if _HALF_TABLE.match(text) or CREATE_TABLE.match(text) or not _STRUCTURE.match(text):
        return "no statement that pg_dump writes"
    runs_on = NEXT.search(text) and not _QUOTES_STATEMENTS.match(text)
    return "the dump is damaged here: statements run into each other" if runs_on else ""


def _up_to_next(text: bytes, offset: int, window: Window, reason: str) -> Refused:
    """A statement that cannot be read; reading goes on at the next one, if one stands within it."""
    lost = NEXT.search(text)
    length = lost.end() if lost else len(text)
    window.at -= len(text) - length
    return Refused("", 0, 0, offset, length, reason, is_damage=True)


def _foreign(blank: bytes) -> str:
    """What is wrong with white space or a comment; empty if nothing is."""
    if not blank or blank.isspace():
        return ""
    is_line = blank.startswith(b"--")
    if NEXT.search(blank) or (is_line and (_MAY_BE_ROW.search(blank) or blank.rstrip().endswith(b");"))):
        return _ROWS_IN_COMMENT
    return "" if _OWN_COMMENT.match(blank) else "a comment that pg_dump does not write"


def _stretch(buffer: bytes, at: int) -> tuple[int, bool]:
    r"""Where the whole lines in sight end, and whether the line ``\.`` stands there."""
    if _END_OF_ROWS.match(buffer, at):
        return at, True
    # The search looks at the last byte of what it looks for, so that must be a rare one: a line end, not a dot.
    ends = [_line_of(buffer, end, at) for end in (b"\\.\n", b"\\.\r\n")]
    if found := [end for end in ends if end >= 0]:
        return min(found), True
    behind = max(buffer.rfind(b"\n", at) + 1, at)
    return behind, _END_OF_ROWS.match(buffer, behind) is not None


def _line_of(buffer: bytes, line: bytes, at: int) -> int:
    """Where a line stands that holds nothing else; -1 if there is none."""
    found = buffer.find(line, at)
    while found > 0 and buffer[found - 1] != ord("\n"):
        found = buffer.find(line, found + 1)
    return found


def _next_copy(buffer: bytes, at: int, behind: int) -> int:
    """Where rows of another table begin although these have not ended; the end of the stretch if they do not."""
    if buffer.startswith(b"COPY ", at) or buffer.find(b"\nCOPY", at, behind) >= 0:
        lost = COPY_LINE.search(buffer, at, behind)
        return lost.start() if lost else behind
    return behind
