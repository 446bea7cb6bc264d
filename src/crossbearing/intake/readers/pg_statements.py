r"""The SQL that pg_dump writes, taken apart and never executed: where a statement ends, names, columns, literals.

The patterns are possessive, so that hostile text cannot make them slow.
"""

import re
from dataclasses import dataclass
from typing import Final

_IDENTIFIER: Final = rb'"(?:[^"]++|"")*+"'
_WORD: Final = rb"[A-Za-z_\x80-\xff][\w$\x80-\xff]*+"
_EITHER: Final = rb"(?:" + _IDENTIFIER + rb"|" + _WORD + rb")"
_NAME: Final = rb"(?:(" + _EITHER + rb")\s*\.\s*)?(" + _EITHER + rb")"
_LIST: Final = rb"(?:\(((?:\s*+" + _EITHER + rb"\s*+,?)*+)\)\s*)?"
_PLAIN: Final = rb"'(?:[^']++|'')*+'"
_ESCAPING: Final = rb"'(?:[^'\\]++|\\.|'')*+'"
_COMMENT: Final = rb"--[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/"
_DOLLARS: Final = rb"\$((?:[A-Za-z_\x80-\xff][\w\x80-\xff]*+)?)\$.*?\$\%d\$"
_NO_DOLLARS: Final = rb"\$(?!(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*+)?\$)"
_CAST: Final = rb"(?:\s*+::\s*+[\w\".]++(?: [\w\".]++)*+(?:\([\d,\s]*+\))?(?: with(?:out)? time zone)?(?:\[\d*\])*+)*+"

_ONE: Final = re.compile(_EITHER)
CREATE_TABLE: Final = re.compile(
    rb"CREATE\s+(?:(?:UNLOGGED|FOREIGN|GLOBAL|LOCAL|TEMP|TEMPORARY)\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    + _NAME + rb"\s*(?=\()", re.IGNORECASE,
)  # fmt: skip
_INHERITS: Final = re.compile(rb"\s*INHERITS\s*\(([^;]*+)", re.IGNORECASE)
_ANY_NAME: Final = re.compile(_NAME)
_CONSTRAINTS: Final = (b"CONSTRAINT", b"CHECK", b"PRIMARY", b"UNIQUE", b"FOREIGN", b"EXCLUDE", b"LIKE")
_ROUTINE: Final = re.compile(rb"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|RULE)\b", re.IGNORECASE)

COPY: Final = re.compile(
    rb"COPY\s+" + _NAME + rb"\s*" + _LIST + rb"(WITH\s+OIDS\s+)?FROM\s+stdin\b\s*([^;]*+);", re.IGNORECASE
)
COPY_LINE: Final = re.compile(rb"^COPY " + _NAME + rb" +" + _LIST + rb"FROM stdin;\r?\n", re.MULTILINE)
# Where reading goes on behind something broken.
NEXT: Final = re.compile(rb"\n(?=COPY |INSERT INTO |CREATE TABLE |\\connect |-- Data for Name: |-- PostgreSQL )")
SWALLOWED: Final = re.compile(
    rb"^(?:-- Data for Name: |COPY " + _NAME + rb" +" + _LIST + rb"FROM stdin;\r?$)", re.MULTILINE
)
INSERT: Final = re.compile(
    rb"INSERT\s+INTO\s+" + _NAME + rb"\s*" + _LIST
    + rb"(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?(?:(DEFAULT\s+VALUES\s*)|VALUES\s*(?=\())", re.IGNORECASE,
)  # fmt: skip
_BACKSLASH: Final = re.compile(
    rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|''", re.DOTALL
)
_MEANT: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_BITS: Final = re.compile(rb"[01]*")


class Grammar:
    """How statements are split; it depends on whether a plain string knows backslash escapes."""

    def __init__(self, *, backslashes: bool = False) -> None:
        string = _ESCAPING if backslashes else rb"(?<=\W[eE])" + _ESCAPING + rb"|(?<!\W[eE])" + _PLAIN
        quoted = string + rb"|" + _IDENTIFIER
        self.backslashes = backslashes
        self._statement = re.compile(
            rb"(?:[^;'\"/$-]++|" + quoted + rb"|" + _COMMENT + rb"|" + _DOLLARS % 1 + rb"|" + _NO_DOLLARS
            + rb"|-(?!-)|/(?!\*))*+;", re.DOTALL,
        )  # fmt: skip
        self._token = re.compile(
            quoted + rb"|" + _COMMENT + rb"|" + _DOLLARS % 1 + rb"|" + _NO_DOLLARS + rb"|" + _WORD + rb"|[(),;'\"$]",
            re.DOTALL,
        )
        plain = _ESCAPING if backslashes else _PLAIN
        self.value = re.compile(
            rb"\s*+(?:(NULL|DEFAULT)|[eE](" + _ESCAPING + rb")|([bBnNxX]?)(" + plain + rb")"
            rb"|(true|false|[-+]?[0-9.][\w.+-]*+))" + _CAST + rb"\s*+([,)])", re.DOTALL,
        )  # fmt: skip
        self.row = re.compile(
            rb"\((?:[^()'\"]++|" + quoted + rb"|\((?:[^()'\"]++|" + quoted + rb")*+\))*+\)", re.DOTALL
        )

    def statement_size(self, text: bytes, at: int) -> int:
        """Length of the statement that begins here, bytes; 0 if its end is not in sight."""
        if _ROUTINE.match(text, at):
            return self._routine_size(text, at)
        statement = self._statement.match(text, at)
        return statement.end() - at if statement else 0

    def _routine_size(self, text: bytes, at: int) -> int:
        """The same for a function or a rule, whose body may hold statements of its own."""
        brackets = blocks = 0
        before = b""
        for token in self._token.finditer(text, at):
            piece = token[0].upper()
            if piece in {b"'", b'"', b"$"}:
                return 0  # a quote that is not closed in sight
            brackets += (piece == b"(") - (piece == b")")
            # As psql does it: a body is BEGIN ATOMIC ... END, and CASE within it has an END too.
            blocks += (piece == b"ATOMIC" and before == b"BEGIN") or (piece == b"CASE" and blocks > 0)
            blocks -= piece == b"END" and blocks > 0
            if piece == b";" and brackets <= 0 and not blocks:
                return token.end() - at
            before = piece
        return 0

    def created(self, text: bytes) -> "Created | None":
        """The table that a CREATE TABLE makes; None for another statement, and for one that does not end well."""
        head = CREATE_TABLE.match(text)
        if head is None:
            return None
        names, end = self._listed_columns(text, head.end())
        if not end or NEXT.search(text, end):
            return None  # its brackets are not closed, or it runs into other statements
        inherits = _INHERITS.match(text, end)
        parents = [(one[0], one[1]) for one in _ANY_NAME.findall(inherits[1])] if inherits else []
        return Created((head[1] or b"", head[2]), names, parents)

    def _listed_columns(self, text: bytes, at: int) -> tuple[list[bytes], int]:
        """Names in the brackets that begin here, and where those end; 0 if they do not."""
        names: list[bytes] = []
        depth, expects = 0, False
        for token in self._token.finditer(text, at):
            piece = token[0]
            if piece in {b"(", b","}:
                depth += piece == b"("
                expects = depth == 1
            elif piece == b")":
                depth -= 1
                if not depth:
                    return names, token.end()
            elif expects and not piece.startswith((b"--", b"/*")):
                expects = False
                if piece[:1] in {b"'", b"$"}:
                    break  # no name
                if piece.upper() not in _CONSTRAINTS:
                    names.append(piece)
        return [], 0


@dataclass(frozen=True, slots=True)
class Created:
    """A table as its statement makes it; names as they are written, schema (or nothing) and table.

    Attributes:
        name: Of the table.
        columns: Its own ones.
        parents: Tables whose columns it has before its own.
    """

    name: tuple[bytes, bytes]
    columns: list[bytes]
    parents: list[tuple[bytes, bytes]]


def listed(names: bytes) -> list[bytes]:
    """The names of a list in brackets, as they are written."""
    return _ONE.findall(names)


def unquoted(name: bytes, encoding: str) -> str:
    """A name as the server knows it: without its quotes, or in lower case if it has none."""
    plain = name[1:-1].replace(b'""', b'"') if name.startswith(b'"') else name.lower()
    return plain.decode(encoding, "backslashreplace")


def plain_value(value: re.Match[bytes], *, backslashes: bool) -> bytes | None:
    """What a match of ``Grammar.value`` stands for; None for NULL, and for DEFAULT, whose value nobody states."""
    if value[1] is not None:
        return None
    if value[2] is not None:
        return _BACKSLASH.sub(_unescaped, value[2][1:-1])
    if value[4] is None:
        return value[5]
    if value[3] in {b"x", b"X"} or (value[3] in {b"b", b"B"} and not _BITS.fullmatch(value[4], 1, len(value[4]) - 1)):
        return value[3] + value[4]  # hexadecimal bits stay as they are written
    if backslashes:
        return _BACKSLASH.sub(_unescaped, value[4][1:-1])
    return value[4][1:-1].replace(b"''", b"'")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    octal, hexadecimal, short, long, plain = escape.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if hexadecimal:
        return bytes([int(hexadecimal, 16)])
    if short or long:
        number = int(short or long, 16)
        is_character = number < 0x110000 and not 0xD800 <= number < 0xE000  # noqa: PLR2004 - Unicode's own limits
        return chr(number).encode() if is_character else escape[0]
    return b"'" if plain is None else _MEANT.get(plain, plain)
