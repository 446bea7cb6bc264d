"""JSON values as text: numbers as written, objects as dotted names, everything deeper as compact JSON."""

import codecs
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, Final

MOST_LEVELS: Final = 4  # of objects taken apart into columns; an export rarely nests its fields deeper
DEEPEST: Final = 200  # levels; nothing that people write has more, and Python's own stack ends at some 1,000
REST: Final = "_rest"  # column for the fields that found no column of their own, as one JSON object
MOST_COLUMNS: Final = 1_000  # of one table; objects whose names are data (ids, dates) would make a column each
NOT_AN_OBJECT: Final = "not an object"
_BYTES: Final = "crossbearing.json"


def _as_escapes(error: UnicodeError) -> tuple[str, int]:
    r"""Bytes that are no text as ``\\xff``: the backslash is doubled, for JSON will take one away."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"\\\\x{byte:02x}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_BYTES, _as_escapes)


class NotARow(ValueError):
    """Text that gives no row, with the reason."""


class _Number(str):
    """A number as it was written; the type tells it from text inside arrays."""

    __slots__ = ()


class Values:
    """Parses one value after another.

    Attributes:
        repeated: Names that stood more than once in the last object; the last value was taken.
    """

    def __init__(self, encoding: str) -> None:
        self.repeated: list[str] = []
        self._encoding = encoding
        # Control characters inside strings are let through: some exporters forget to escape them.
        self._decoder = json.JSONDecoder(
            parse_float=_Number, parse_int=_Number, parse_constant=_Number, strict=False,
            object_pairs_hook=self._object,
        )  # fmt: skip

    def end_of(self, text: str, at: int) -> tuple[Any, int]:
        """The value that begins here, and where it ends.

        Raises:
            NotARow: No whole value begins here.
        """
        self.repeated.clear()
        try:
            return self._decoder.raw_decode(text, at)
        except json.JSONDecodeError as wrong:
            raise NotARow(f"not JSON: {wrong.msg}") from wrong
        except RecursionError as wrong:
            raise NotARow(f"nested more than {DEEPEST} deep") from wrong

    def parsed(self, content: bytes) -> Any:
        """The one value that these bytes are.

        Raises:
            NotARow: They are not one JSON value.
        """
        text = content.decode(self._encoding, _BYTES).strip(" \t\r\n")
        value, end = self.end_of(text, 0)
        if end != len(text):
            raise NotARow("not JSON: Extra data")
        return value

    def row(self, content: bytes) -> dict[str, str | None]:
        """The object that these bytes are, as text by dotted name.

        Raises:
            NotARow: They are not one JSON object, or it is nested too deep.
        """
        value = self.parsed(content)
        if not isinstance(value, dict):
            raise NotARow(NOT_AN_OBJECT)
        return self.flat(value)

    def flat(self, value: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
        """Fields as text by dotted name; null where the source has null.

        Raises:
            NotARow: Something is nested too deep.
        """
        found: dict[str, str | None] = {}
        self._flatten(value, prefix, 1, found)
        return found

    def _flatten(self, value: dict[str, Any], prefix: str, level: int, found: dict[str, str | None]) -> None:
        for key, item in value.items():
            name = prefix + (key if key.isascii() else visible(key))
            kind = type(item)
            text: str | None
            if kind is str or kind is _Number:
                text = item if item.isascii() else visible(item)
            elif item is None:
                text = None
            elif kind is dict and item and level < MOST_LEVELS:
                self._flatten(item, f"{name}.", level + 1, found)
                continue
            else:
                text = visible(_compact(item, level))
            if name in found:
                self.repeated.append(name)  # "a.b" and "b" within "a"
            found[name] = text

    def _object(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            counted = Counter(name for name, _ in pairs)
            self.repeated += [visible(name) for name, times in counted.items() if times > 1]
        return found


class Columns:
    """Names in the order in which they were seen, up to a limit; behind it all others are one column."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}
        self._has_rest = False

    def __len__(self) -> int:
        """How many."""
        return len(self._known) + self._has_rest

    def add(self, names: Iterable[str]) -> None:
        """Take further names in."""
        for name in names:
            if name not in self._known:
                if len(self._known) < MOST_COLUMNS and name != REST:
                    self._known[name] = None
                else:
                    self._has_rest = True

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return (*self._known, REST) if self._has_rest else tuple(self._known)

    def values(self, row: Mapping[str, str | None]) -> list[str | None]:
        """The row in the order of the columns."""
        known = [row.get(name) for name in self._known]
        if not self._has_rest:
            return known
        rest = {name: value for name, value in row.items() if name not in self._known}
        return [*known, json.dumps(rest, ensure_ascii=False, separators=(",", ":")) if rest else None]


def visible(text: str) -> str:
    r"""The text with lone surrogates, which no UTF-8 can hold, as the escapes they were written as (``\ud800``)."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _compact(value: Any, level: int) -> str:
    """JSON without white space, characters unescaped, numbers as written."""
    kind = type(value)
    if kind is _Number:
        return str(value)
    if kind is str:
        return encode_basestring(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if level >= DEEPEST:
        raise NotARow(f"nested more than {DEEPEST} deep")
    parts: list[str] = []  # loops, not generators: one frame of Python's stack per level
    if kind is dict:
        for key, item in value.items():
            parts += (f"{encode_basestring(key)}:{_compact(item, level + 1)}",)
        return "{" + ",".join(parts) + "}"
    for item in value:
        parts += (_compact(item, level + 1),)
    return "[" + ",".join(parts) + "]"
