"""BSON files as mongodump writes them: one collection, its documents one after the other.

Documents become rows. A field of a field is a column named with dots; a dot or a backslash in a field's own
name has a backslash before it. Arrays and kinds without a plain text are MongoDB's canonical JSON.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
import pyarrow as pa

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.readers.window import Window

TABLE: Final = "documents"
OTHER_FIELDS: Final = "(other fields)"  # JSON, text by column name, of what has no column of its own
MOST_COLUMNS: Final = 2_000  # fields that are named by a user or an item would make millions
_DEEPEST: Final = 8  # fields within fields that get columns; what lies deeper is JSON
LARGEST_DOCUMENT: Final = (16 << 20) + (16 << 10)  # bytes; the server's limit with its own allowance
_SMALLEST_DOCUMENT: Final = 5  # bytes: its length and its end
_LENGTH: Final = 4  # bytes
_HEAD: Final = 1 << 16  # bytes that a reader is shown
_BATCH_ROWS: Final = 4_096
_BATCH_BYTES: Final = 8 << 20
_KIND: Final = rb"[\x01-\x13\x7f\xff]"  # of a value
_FIRST_FIELD: Final = re.compile(_KIND + rb"[^\x00]{1,200}\x00")
_ID_FIELD: Final = _KIND + rb"_id\x00"  # servers put it first
_LONGEST_MARK: Final = 210  # bytes: length, kind and name of a first field
_FREE_TRIES: Final = 64 << 20  # bytes decoded in vain before tries to find a document become scarce
_MILLISECONDS: Final = 1_000

_Cells: TypeAlias = list[tuple[str, str | None]]


class Mongodump:
    """Reader for the .bson files of mongodump."""

    name = "mongodump"
    version = "1"
    format_reference = "bsonspec.org, version 1.1; MongoDB Extended JSON (v2), canonical"

    def recognises(self, head: bytes) -> bool:
        """A first document with a possible length, first field and end."""
        size = int.from_bytes(head[:_LENGTH], "little")
        if not _SMALLEST_DOCUMENT < size <= LARGEST_DOCUMENT or not _FIRST_FIELD.match(head, _LENGTH):
            return False
        return head[size - 1 : size] == b"\x00" if size <= len(head) else len(head) >= _HEAD

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """The one table with every column that any document has, in the order in which they turn up."""
        columns = _Columns()
        for found in _documents(stream):
            if isinstance(found, _Document):
                columns.add(found, 0)
                columns.clear()
        return {TABLE: columns.names}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:  # noqa: ARG002 - BSON has one encoding
        """See ``Reader``. A batch has the columns of all documents so far, so later batches may have more."""
        columns = _Columns()
        ordinal = 0
        for found in _documents(stream):
            if isinstance(found, _Document):
                ordinal += 1
                columns.add(found, ordinal)
                if columns.is_full:
                    yield from columns.batch()
            else:
                yield from columns.batch()
                ordinal += found.rows
                place = (ordinal if found.rows else 0, found.rows, found.offset, found.length)
                yield Refused(TABLE, *place, found.reason, is_damage=found.is_damage)
        yield from columns.batch()


@dataclass(frozen=True, slots=True)
class _Document:
    cells: _Cells
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class _Gap:
    """Bytes that gave no document.

    Attributes:
        rows: 1 if they are a document for certain, 0 if nobody can say.
    """

    rows: int
    offset: int
    length: int
    reason: str
    is_damage: bool = True


@dataclass(slots=True)
class _Columns:
    """Cells of the documents that wait to become a batch, and the names of all columns so far."""

    _seen: dict[str, None] = field(default_factory=dict)
    _cells: dict[str, list[str | None]] = field(default_factory=dict)
    _places: list[tuple[int, int, int]] = field(default_factory=list)
    _size: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._seen)

    @property
    def is_full(self) -> bool:
        return len(self._places) >= _BATCH_ROWS or self._size >= _BATCH_BYTES

    def add(self, document: _Document, ordinal: int) -> None:
        others: dict[str, str | None] = {}
        rows = len(self._places)
        for name, text in document.cells:
            cells = self._cells.get(name)
            if cells is None or name == OTHER_FIELDS:
                if name == OTHER_FIELDS or (name not in self._seen and len(self._seen) >= MOST_COLUMNS):
                    others[name] = text
                    continue
                cells = self._column(name)
            if len(cells) < rows:
                cells.extend([None] * (rows - len(cells)))
            cells.append(text)
        if others:
            cells = self._column(OTHER_FIELDS)
            cells.extend([None] * (rows - len(cells)))
            cells.append(json.dumps(others, ensure_ascii=False))
        self._places.append((ordinal, document.offset, document.length))
        self._size += document.length

    def _column(self, name: str) -> list[str | None]:
        self._seen.setdefault(name)
        return self._cells.setdefault(name, [])

    def batch(self) -> Iterator[RawBatch]:
        rows = len(self._places)
        if rows:
            empty = pa.nulls(rows, pa.string())
            for cells in self._cells.values():
                cells.extend([None] * (rows - len(cells)))
            arrays = [pa.array(self._cells[name], pa.string()) if name in self._cells else empty for name in self._seen]
            values = pa.RecordBatch.from_arrays(arrays, names=list(self._seen))
            yield RawBatch(TABLE, values, *np.array(self._places, np.int64).T)
        self.clear()

    def clear(self) -> None:
        self._cells, self._places, self._size = {}, [], 0


def _documents(stream: BinaryIO) -> Iterator[_Document | _Gap]:
    """The documents in order, and what cannot be read as one."""
    cells_of = _decoder()
    window = Window(stream)
    mark = re.compile(_ID_FIELD)  # how a document's first field looks in this file
    while window.fill():
        size, here = _size(window), window.offset
        if not size or not window.have(size):
            yield _gap(window, mark, cells_of)
            continue
        content = window.buffer[window.at : window.at + size]
        cells, problem = cells_of(content)
        if problem and not _is_followed(window, size):
            yield _gap(window, mark, cells_of)
            continue
        window.at += size
        if problem or not cells:
            yield _Gap(1, here, size, problem or "the document has no fields", is_damage=bool(problem))
            continue
        if first := _FIRST_FIELD.match(content, _LENGTH):
            mark = re.compile(re.escape(first[0]))
        yield _Document(cells, here, size)


def _size(window: Window) -> int:
    """Length of the document that begins here, if it is a possible one; 0 otherwise."""
    size = int.from_bytes(window.buffer[window.at : window.at + _LENGTH], "little") if window.have(_LENGTH) else 0
    return size if _SMALLEST_DOCUMENT <= size <= LARGEST_DOCUMENT else 0


def _is_followed(window: Window, size: int) -> bool:
    """Whether a document that ends so far from here has its end, and another one or the end of the file behind."""
    window.have(size + _LONGEST_MARK)
    end = window.at + size
    if window.buffer[end - 1 : end] != b"\x00":
        return False
    behind = int.from_bytes(window.buffer[end : end + _LENGTH], "little")
    is_possible = _SMALLEST_DOCUMENT < behind <= LARGEST_DOCUMENT
    return end == len(window.buffer) or (is_possible and _FIRST_FIELD.match(window.buffer, end + _LENGTH) is not None)


def _gap(window: Window, mark: re.Pattern[bytes], cells_of: "_Decoder") -> _Gap:
    """The stretch up to the next document: fields as documents here begin with, an end, and more of the kind behind."""
    begins = window.offset
    is_cut = _size(window) > 0
    in_vain = 0  # bytes
    window.at += 1
    while window.fill():
        found = mark.search(window.buffer, window.at + _LENGTH)
        if found is None:
            window.at += max(0, window.ahead - _LONGEST_MARK)
            if not window.grow(LARGEST_DOCUMENT):
                window.at = len(window.buffer)
            continue
        window.at = found.start() - _LENGTH
        size = _size(window)
        if size and window.have(size) and _is_followed(window, size):
            if not cells_of(window.buffer[window.at : window.at + size])[1]:
                return _Gap(0, begins, window.offset - begins, "no document can be read here")
            in_vain += size
            window.at += size if in_vain > _FREE_TRIES else 1
        else:
            window.at += 1
    reason = "the file ends within a document" if is_cut else "no document can be read here"
    return _Gap(int(is_cut), begins, window.offset - begins, reason)


_Decoder: TypeAlias = Callable[[bytes], tuple[_Cells, str]]


def _decoder() -> _Decoder:
    """Gives the cells of a document's bytes, or says why it has none.

    Raises:
        BadConfiguration: The library for BSON is not installed.
    """
    try:
        import bson  # noqa: PLC0415 - an extra
        from bson.codec_options import CodecOptions, DatetimeConversion  # noqa: PLC0415
    except ImportError as missing:
        raise BadConfiguration(
            "The library that reads BSON is not installed",
            where="pymongo",
            remedy="Install the extra: pip install 'crossbearing[formats]'.",
        ) from missing

    plain, strict = (
        CodecOptions(
            document_class=kind,
            datetime_conversion=DatetimeConversion.DATETIME_MS,
            unicode_decode_error_handler="backslashreplace",
        )
        for kind in (dict, _Once)
    )

    def is_same(fields: dict[str, Any], size: int) -> bool:
        try:
            return len(bson.encode(fields, codec_options=plain)) == size
        except (*_NOT_DECODED, bson.errors.BSONError):
            return False

    def decode(content: bytes) -> tuple[_Cells, str]:
        try:
            fields = bson.decode(content, plain)
            if not is_same(fields, len(content)):
                bson.decode(content, strict)  # a field that stands twice would hide the first one
            return [(name, _text_of(value)) for name, value in _flat(fields)], ""
        except (*_NOT_DECODED, bson.errors.BSONError) as broken:
            return [], f"the document cannot be decoded: {str(broken)[:200]}"

    return decode


_NOT_DECODED: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


class _Once(dict[str, Any]):
    """Fields of which each may stand once."""

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self:
            raise KeyError(f"field {name!r} stands twice")
        super().__setitem__(name, value)


def _flat(fields: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """Column names and values of a document."""
    for own, value in fields.items():
        name = before + (own.replace("\\", "\\\\").replace(".", "\\.") if "." in own or "\\" in own else own)
        if type(value) is dict and value and depth < _DEEPEST:
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, value


def _text_of(value: Any) -> str | None:
    """A value as text, exact; bytes as hexadecimal digits."""
    if value is None or type(value) is str:
        return value
    plain = _PLAIN.get(type(value).__name__, _json)
    return plain(value)


def _time(value: Any) -> str:
    """A point of time after ISO 8601, or as JSON if its year has not four digits."""
    seconds, rest = divmod(int(value), _MILLISECONDS)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return _json(value)
    return f"{moment.replace(tzinfo=None).isoformat()}.{rest:03}Z"


def _json(value: Any) -> str:
    from bson import json_util  # noqa: PLC0415

    text: str = json_util.dumps(value, json_options=json_util.CANONICAL_JSON_OPTIONS, ensure_ascii=False)
    return text


def _hexadecimal(value: bytes) -> str:
    return bytes(value).hex()


def _boolean(value: bool) -> str:
    return "true" if value else "false"


# By the name of their type, for the library is loaded only when it is needed.
_PLAIN: Final[Mapping[str, Callable[[Any], str]]] = {
    "bool": _boolean, "float": repr, "int": str, "Int64": str, "Decimal128": str, "ObjectId": str,
    "bytes": _hexadecimal, "Binary": _hexadecimal, "DatetimeMS": _time,
}  # fmt: skip
