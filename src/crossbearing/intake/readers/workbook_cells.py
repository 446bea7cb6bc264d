"""Cells of a workbook as text: what a number format makes of a number, and rows out of a sheet's XML.

The XML is streamed. A document type is refused, so there are no entities; formulas are passed over.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Final
from xml.parsers import expat

MOST_COLUMNS: Final = 16_384  # of a sheet, by the format
_DAY: Final = 86_400_000  # milliseconds, the finest that spreadsheets show
_LAST_DAY: Final = 2_958_465  # 9999-12-31
_NO_SUCH_DAY: Final = 60  # 29 February 1900, which spreadsheets believe in
_LONGEST_NUMBER: Final = 400  # characters; longer text is no number of a spreadsheet
_MOST_DIGITS: Final = 9  # of a number by which something is found
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_REAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_MOST_LETTERS: Final = 3  # of a column
_INLINE: Final = "inlineStr"
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_SHOWN: Final = re.compile(r'"[^"]*"?|[\\_*].')
_BRACKETS: Final = re.compile(r"\[([^\]]*)\]")
_ELAPSED: Final = re.compile(r"h+|m+|s+", re.IGNORECASE)

Row = dict[int, str] | str  # text by column from 0; a reason if it cannot be read


class Shown(StrEnum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    ELAPSED = "elapsed"


# Formats that have a number and no code (ECMA-376 part 1, section 18.8.30).
_BUILT_IN: Final = {
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, *range(50, 59)), Shown.DAY),
    **dict.fromkeys((18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 47), Shown.MOMENT),
    46: Shown.ELAPSED,
}


def shown(number: int, codes: Mapping[int, str]) -> Shown:
    """What the format of that number shows.

    Args:
        number: As cells' styles name it.
        codes: The workbook's own formats.
    """
    if number not in codes:
        return _BUILT_IN.get(number, Shown.NUMBER)
    code = _NOT_SHOWN.sub("", codes[number]).partition(";")[0]
    if any(_ELAPSED.fullmatch(inside) for inside in _BRACKETS.findall(code)):
        return Shown.ELAPSED
    letters = set(_BRACKETS.sub("", code).lower())
    if letters & {"h", "s"}:
        return Shown.MOMENT
    return Shown.DAY if letters & {"y", "m", "d"} else Shown.NUMBER


def number_text(text: str) -> str:
    """A number in full if it is written as an integer, else the shortest text that gives the same number again."""
    if text.isdecimal() and text.isascii():
        return text
    text = text.strip()
    if len(text) > _LONGEST_NUMBER or _WHOLE.fullmatch(text) or not _REAL.fullmatch(text):
        return text
    plain = repr(float(text)).removesuffix(".0")
    return text if plain.endswith("inf") else plain


def moment_text(text: str, kind: Shown, *, since_1904: bool) -> str:
    """A day, time or duration in ISO 8601; the number as it is where the calendar has no such day."""
    try:
        scaled = (Decimal(text.strip()[:_LONGEST_NUMBER]) * _DAY).to_integral_value()
        milliseconds = int(scaled) if abs(scaled) <= _DAY * _LAST_DAY + _DAY else -1
    except (InvalidOperation, ValueError, OverflowError):
        milliseconds = -1
    if milliseconds < 0:
        return number_text(text)
    day, rest = divmod(milliseconds, _DAY)
    if kind is Shown.ELAPSED:
        minutes, part = divmod(milliseconds, 60_000)
        return f"PT{minutes // 60}H{minutes % 60}M{_seconds(part)}S"
    minutes, part = divmod(rest, 60_000)
    seconds = _seconds(part).rjust(2, "0") if part % 1000 == 0 else _seconds(part).rjust(6, "0")
    time = f"{minutes // 60:02}:{minutes % 60:02}:{seconds}"
    if day == 0 and kind is Shown.MOMENT:
        return time
    if day > _LAST_DAY or (not since_1904 and day in {0, _NO_SUCH_DAY}):
        return number_text(text)
    epoch = date(1904, 1, 1) if since_1904 else date(1899, 12, 31 if day < _NO_SUCH_DAY else 30)
    try:
        calendar = (epoch + timedelta(days=day)).isoformat()
    except OverflowError:
        return number_text(text)
    return f"{calendar}T{time}" if rest or kind is Shown.MOMENT else calendar


def _seconds(milliseconds: int) -> str:
    whole, part = divmod(milliseconds, 1000)
    return f"{whole}.{part:03}" if part else str(whole)


@dataclass(slots=True)
class Meaning:
    """What cells refer to.

    Attributes:
        texts: Shared texts by number.
        styles: What the format of each cell style shows.
        since_1904: Days are counted from 1904, as on old Macintoshes.
    """

    texts: Sequence[str] = ()
    styles: Sequence[Shown] = ()
    since_1904: bool = False


class DocumentType(ValueError):
    """The XML brings a document type, which no workbook needs and attackers do."""


def parsed(
    chunks: Iterable[bytes],
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Feed XML to the three handlers; gives control back after each chunk. See ``local`` for names with a prefix.

    Raises:
        DocumentType: It has one.
        expat.ExpatError: It is not well-formed.
    """

    def refuse(*_: object) -> None:
        raise DocumentType("the XML brings a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    for chunk in chunks:
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def local(name: str) -> str:
    """An element's name without the prefix that a program may have put before it."""
    return name.rpartition(":")[2] if ":" in name else name


def rows(chunks: Iterable[bytes], meaning: Meaning) -> Iterator[Row]:
    """The rows of a sheet that hold anything, in order.

    Raises:
        DocumentType: The XML has one.
        expat.ExpatError: The XML is broken; the rows before were given.
    """
    sheet = _Sheet(meaning)
    try:
        for _ in parsed(chunks, sheet.begin, sheet.end, sheet.text):
            yield from sheet.done
            sheet.done.clear()
    except (ValueError, expat.ExpatError):
        yield from sheet.done  # what was whole before the break
        raise


def texts(chunks: Iterable[bytes]) -> Iterator[str]:
    """Shared texts in the order of their numbers."""
    shared = _Texts()
    for _ in parsed(chunks, shared.begin, shared.end, shared.text):
        yield from shared.done
        shared.done.clear()


class _Texts:
    """Handlers that gather the text of ``t`` elements, without the readings that stand above Asian text."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._parts: list[str] = []
        self._is_open = False
        self._aside = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - a handler's shape
        name = local(name)
        if name == "rPh":
            self._aside += 1
        elif name == "t":
            self._is_open = not self._aside

    def end(self, name: str) -> None:
        name = local(name)
        if name == "rPh":
            self._aside -= 1
        elif name == "t":
            self._is_open = False
        elif name == "si":
            self.done.append(self.taken())

    def text(self, text: str) -> None:
        if self._is_open:
            self._parts.append(text)

    def taken(self) -> str:
        """What was gathered, unescaped."""
        text = "".join(self._parts)
        self._parts.clear()
        return _ESCAPED.sub(_unescaped, text) if "_x" in text else text


@dataclass(slots=True)
class _Sheet:
    """Handlers that put a sheet's rows together."""

    meaning: Meaning
    done: list[Row] = field(default_factory=list)
    cells: dict[int, str] = field(default_factory=dict)
    wrong: str = ""
    column: int = -1
    kind: str = ""
    style: str = ""
    value: str = ""
    is_in_value: bool = False
    inline: _Texts = field(default_factory=_Texts)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self.column = _column(letters) if letters else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.value = ""
        elif name == "v":
            self.is_in_value = True
        elif name == "row":
            self._begin_row()
        elif self.kind == _INLINE:
            self.inline.begin(name, attributes)

    def end(self, name: str) -> None:
        name = local(name)
        if name == "v":
            self.is_in_value = False
        elif name == "c":
            self._take()
        elif name == "row":
            if self.cells or self.wrong:
                self.done.append(self.wrong or self.cells)
            self._begin_row()
        elif self.kind == _INLINE:
            self.inline.end(name)

    def text(self, text: str) -> None:
        if self.is_in_value:
            self.value += text
        elif self.kind == _INLINE:
            self.inline.text(text)

    def _begin_row(self) -> None:
        self.cells, self.wrong, self.column = {}, "", -1

    def _take(self) -> None:
        text = self._cell(self.value)
        if self.column >= MOST_COLUMNS:
            self.wrong = f"a cell beyond column {MOST_COLUMNS:,}"
        elif text:
            self.cells[self.column] = text

    def _cell(self, value: str) -> str:
        """The cell's text; empty for an empty cell."""
        if self.kind == _INLINE:
            return self.inline.taken()
        if self.kind == "s":
            number = whole(value)
            if number is None or number >= len(self.meaning.texts):
                self.wrong = "a cell names a shared text that is not there"
                return ""
            return self.meaning.texts[number]
        if self.kind == "n":
            return self._number(value) if value else ""
        if self.kind == "b":
            return {"1": "true", "0": "false"}.get(value, value)
        # Text of a formula, an error as its text, a date in ISO 8601.
        return _ESCAPED.sub(_unescaped, value) if self.kind == "str" else value

    def _number(self, value: str) -> str:
        styles, number = self.meaning.styles, whole(self.style) or 0
        kind = styles[number] if number < len(styles) else Shown.NUMBER
        if kind is Shown.NUMBER:
            return number_text(value)
        return moment_text(value, kind, since_1904=self.meaning.since_1904)


def whole(text: str) -> int | None:
    """A number that other parts go by, such as that of a style; None if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


@lru_cache(MOST_COLUMNS)
def _column(letters: str) -> int:
    """Column from 0 by its letters; one beyond the last for what is none."""
    if not (letters.isascii() and letters.isalpha() and len(letters) <= _MOST_LETTERS):
        return MOST_COLUMNS
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _unescaped(escape: re.Match[str]) -> str:
    """The character of ``_x000D_``; halves of surrogate pairs stay as they are, for no text can hold them."""
    character = chr(int(escape[1], 16))
    return escape[0] if "\ud800" <= character <= "\udfff" else character
