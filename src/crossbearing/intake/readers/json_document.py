"""The inside of one JSON document: which of its arrays are tables, and where each of their objects lies."""

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.intake.reader import Refused, distinct
from crossbearing.intake.readers.json_values import NOT_AN_OBJECT, Columns, NotARow, Values, visible

ROWS: Final = "rows"  # table of an array that is the whole document, and of JSON lines
DOCUMENT: Final = "document"  # table of one row: what a document says outside its tables
_TABLE_LEVELS: Final = 2  # objects around an array that is a table: {"export": {"messages": [...]}}
_MOST_BREAKS: Final = 100  # after that many the rest is given up; each may cost a look at the whole rest
_FILE_ENDS: Final = "the file ends inside the document"
_BLANK: Final = re.compile(r"[ \t\r\n,]*+")
_COLON: Final = re.compile(r"[ \t\r\n]*+:[ \t\r\n]*+")
_NEXT_OBJECT: Final = re.compile(r"\}[ \t\r\n,]*+(?=\{)")
_TABLE_BEGINS: Final = re.compile(r"\[[ \t\r\n]*+\{")
_OBJECT_BEGINS: Final = re.compile(r'\{[ \t\r\n]*+"')
# Behind the last object of a table: another one, or an object that may hold one, under a key of its own.
_NEXT_TABLE: Final = re.compile(
    r'\}\s*+(?=\]\s*+,\s*+"((?:[^"\\]|\\.)*+)"\s*+:\s*+(?:\[\s*+\{|\{\s*+"))'  # \s: what is no JSON is no table either
)
_LONGEST_KEY: Final = 1_000  # characters, with what stands around it
_FIRST_KEY: Final = re.compile(r'\{[ \t\r\n]*+"((?:[^"\\]|\\.)*+)"')
_KEYS: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"[ \t\r\n]*+:')
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"')
_LARGEST_COMPARED: Final = 1 << 20  # characters of what is broken that are looked at for what it was
_BOM: Final = "\xef\xbb\xbf"  # of UTF-8, one character per byte


@dataclass(slots=True)
class Table:
    """An array of objects.

    Attributes:
        name: The keys that lead to it, with dots; no other table has the same.
        begins: Where each object lies in the file, bytes.
        ends: Likewise.
        refused: What in it gave no row, in the order of the file.
    """

    name: str
    begins: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    columns: Columns = field(default_factory=Columns)
    refused: list[Refused] = field(default_factory=list)


class Document:
    """A document taken apart.

    Attributes:
        outside: Text by dotted name of what stands outside the tables.
        tables: In the order of the file, with names that differ.
        refused: Stretches that belong to no table.
    """

    def __init__(self, content: bytes, values: Values) -> None:
        """Walk through the document once.

        Args:
            content: All its bytes.
            values: Parses with the encoding of the file.
        """
        self.outside: dict[str, str | None] = {}
        self.repeated: list[str] = []
        self.tables: list[Table] = []
        self.refused: list[Refused] = []
        self._content = content
        self._text = content.decode("latin-1")  # one character per byte, so that places hold
        self._values = values
        self._breaks = 0
        self._is_given_up = False
        self._walk()

    @property
    def is_damaged(self) -> bool:
        """Something could not be read."""
        return any(r.is_damage for r in self.refused) or any(r.is_damage for t in self.tables for r in t.refused)

    @property
    def name(self) -> str:
        """Name of the table that holds what stands outside the others; a document without others is a row."""
        return DOCUMENT if self.tables else ROWS

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._content)

    def piece(self, begins: int, ends: int) -> bytes:
        """Some of its bytes."""
        return self._content[begins:ends]

    def _walk(self) -> None:
        begins = len(_BOM) if self._text.startswith(_BOM) else 0
        at = self._after(_BLANK, begins)
        opening = self._text[at : at + 1]
        if opening == "[":
            at = self._objects(ROWS, at + 1, is_array=True)
        elif opening == "{" and self._is_sequence(at):
            at = self._objects(ROWS, at, is_array=False)
        elif opening == "{":
            at = self._members("", at + 1, level=1)
        rest = self._after(_BLANK, at)
        if rest < len(self._text):
            self._refuse(rest, len(self._text), "text behind the document" if at > begins else "not JSON")
        if self.is_damaged and not self.tables:
            # Half an object is no row.
            self.outside, reason = {}, self.refused[0].reason
            self.refused = [Refused("", 0, 0, 0, len(self._text), reason, is_damage=True)]

    def _is_sequence(self, at: int) -> bool:
        """Several objects stand one behind the other, without brackets around them."""
        try:
            _, end = self._values.end_of(self._text, at)
        except NotARow:
            return False
        return self._text.startswith("{", self._after(_BLANK, end))

    def _members(self, prefix: str, at: int, level: int) -> int:
        """The fields of an object up to its closing brace; tables among them are taken out."""
        while True:
            at = self._after(_BLANK, at)
            if self._text.startswith("}", at):
                return at + 1
            try:
                key, at_value = self._key(at)
                path = prefix + key
                if _TABLE_BEGINS.match(self._text, at_value):
                    at = self._objects(path, at_value + 1, is_array=True)
                elif level < _TABLE_LEVELS and _OBJECT_BEGINS.match(self._text, at_value):
                    at = self._members(f"{path}.", at_value + 1, level + 1)
                else:
                    at = self._field(prefix, key, at_value)
            except NotARow as wrong:
                reason = _FILE_ENDS if at >= len(self._text) else str(wrong)
                self._refuse(at, len(self._text), reason)
                return len(self._text)

    def _key(self, at: int) -> tuple[str, int]:
        """A field's name, and where its value begins."""
        if not self._text.startswith('"', at):
            raise NotARow("not JSON: a name in quotes is missing")
        _, end = self._values.end_of(self._text, at)
        key = self._values.parsed(self._content[at:end])
        colon = _COLON.match(self._text, end)
        if colon is None or not isinstance(key, str):
            raise NotARow("not JSON: a colon is missing")
        return visible(key), colon.end()

    def _field(self, prefix: str, key: str, at: int) -> int:
        value, end = self._value(at)
        found = self._values.flat({key: value}, prefix)
        self.repeated += [*self._values.repeated, *(self.outside.keys() & found.keys())]
        self.outside.update(found)
        return end

    def _objects(self, path: str, at: int, *, is_array: bool) -> int:
        """The objects of an array up to its closing bracket, or those that stand one behind the other."""
        table = Table(distinct([DOCUMENT, *(each.name for each in self.tables), path])[-1])
        self.tables.append(table)
        ordinal, broken = 0, -1  # where what is broken before this object begins, if something is
        while True:
            at = self._after(_BLANK, at)
            if at >= len(self._text):
                if is_array:
                    self._refuse(at, at, _FILE_ENDS)
                return at
            if is_array and self._text.startswith("]", at):
                return at + 1
            try:
                value, end = self._value(at)
            except NotARow as wrong:
                end = self._behind_break(at, table)
                table.refused.append(Refused(table.name, ordinal + 1, 0, at, end - at, str(wrong), is_damage=True))
                at, broken = end, at if broken < 0 else broken
                continue
            names = self._names(value)
            if broken >= 0 and not self._is_alike(value, names, table, self._text[broken:at]):
                # It may belong elsewhere, so it is not taken for a row of this table.
                end = self._behind_break(at, table)
                reason = "not readable after the break before it"
                table.refused.append(Refused(table.name, ordinal + 1, 0, at, end - at, reason, is_damage=True))
                at = end
                continue
            ordinal += 1
            if isinstance(names, str):
                table.refused.append(Refused(table.name, ordinal, 1, at, end - at, names))
            else:
                table.begins.append(at)
                table.ends.append(end)
                table.columns.add(names)
            at, broken = end, -1

    @staticmethod
    def _is_alike(value: Any, names: Iterable[str] | str, table: Table, lost: str) -> bool:
        """Whether what follows a break is an object as the rows of the table are, or as the broken one was."""
        if isinstance(names, str):
            return False
        if table.columns.names:
            return bool(set(names) & set(table.columns.names))
        first = _FIRST_KEY.match(lost)
        if first and next(iter(value), "") == first[1]:
            return True
        # The first name may be what is broken. Then others must be the same, and the brackets closed before.
        if len(lost) > _LARGEST_COMPARED or _open_brackets(lost) > 0:
            return False
        return not value.keys().isdisjoint(_KEYS.findall(lost))

    def _names(self, value: Any) -> Iterable[str] | str:
        """The names of an object's fields as columns; a reason if it cannot be a row."""
        if not isinstance(value, dict):
            return NOT_AN_OBJECT
        try:
            return self._values.flat(value).keys()
        except NotARow as wrong:
            return str(wrong)

    def _behind_break(self, at: int, table: Table) -> int:
        """Where the next object may begin after one that is broken, or the table ends; else the end of the file."""
        self._breaks += 1
        following = _NEXT_OBJECT.search(self._text, at + 1) if self._breaks < _MOST_BREAKS else None
        self._is_given_up = following is None
        if following is None:
            return len(self._text)
        own = {name.partition(".")[0] for name in table.columns.names}
        for ends in _NEXT_TABLE.finditer(self._text, at + 1, following.start() + _LONGEST_KEY):
            if own and ends.start() < following.start() and ends[1] not in own:
                return ends.end()
        return following.end()

    def _value(self, at: int) -> tuple[Any, int]:
        value, end = self._values.end_of(self._text, at)
        piece = self._content[at:end]
        return (value if piece.isascii() else self._values.parsed(piece)), end

    def _after(self, pattern: re.Pattern[str], at: int) -> int:
        match = pattern.match(self._text, at)
        return match.end() if match else at

    def _refuse(self, begins: int, ends: int, reason: str) -> None:
        if self._is_given_up:
            return  # the break before reaches to the end of the file
        self._is_given_up = ends == len(self._text)
        # Damage at the very end names the last byte, for a place has a length.
        begins = min(begins, max(len(self._text) - 1, 0))
        self.refused.append(Refused("", 0, 0, begins, max(ends, begins + 1) - begins, reason, is_damage=True))


def _open_brackets(text: str) -> int:
    """How many more brackets are opened than closed, those in strings left out where each quote has its other one."""
    plain = _STRING.sub("", text)
    counted = text if '"' in plain else plain
    return sum(counted.count(each) for each in "{[") - sum(counted.count(each) for each in "}]")
