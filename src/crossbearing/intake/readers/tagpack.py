"""TagPacks: lists of addresses and whose they are said to be, as GraphSense publishes them in YAML.

A tag is a row. What the pack's header says stands in each row too, under names that begin with ``pack.``: a tag that
leaves something unsaid inherits it. Anchors, aliases and types of YAML's own are not followed: such a row is refused.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, BinaryIO, Final, TypeAlias

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.sources import read_whole

TABLE: Final = "tags"
_FIELDS: Final = (
    "address", "tx_hash", "tag_type", "label", "actor", "category", "concepts", "abuse", "confidence", "source",
    "is_cluster_definer", "lastmod", "currency", "network", "context",
)  # fmt: skip
_ABOUT: Final = ("title", "creator", "description", "uri", "is_public")
_OTHER: Final = "other"
COLUMNS: Final = (*_FIELDS, _OTHER, *(f"pack.{name}" for name in (*_ABOUT, *_FIELDS[2:], _OTHER)))
LARGEST_FILE: Final = 256 << 20  # bytes; read whole, for the header may stand behind the tags
_TOGETHER: Final = 64 << 10  # bytes of tags that are parsed together
_DEEPEST: Final = 20  # lists and mappings within one another
_NULLS: Final = frozenset(("", "~", "null", "Null", "NULL"))
_KEYS: Final = "|".join((*_ABOUT, *_FIELDS)).encode()
_BEGIN: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:(?:---|#[^\n]*+|[ \t\r]*+)\n)*+(?:" + _KEYS + rb"):[ \t\r\n]")
_LIST: Final = re.compile(rb"^tags:[ \t]*+(?:\[\][ \t]*+)?(?:#[^\r\n]*+)?\r?$", re.MULTILINE)
_HEADER: Final = re.compile(rb"^(?:" + _KEYS + rb"):[ \t\r\n]", re.MULTILINE)
_ITEM: Final = re.compile(rb"^( *+)-[ \t]++[\"']?[A-Za-z_]++[\"']?:", re.MULTILINE)
_NOTHING: Final = re.compile(rb"(?:[ \t\r\n]++|#[^\n]*+|---[ \t\r]*+\n|\.\.\.[ \t\r]*+\n)*+")

_Row: TypeAlias = dict[str, str | None]


class TagPack:
    """Reader for TagPacks. Values are text as they stand; lists and mappings are JSON, other fields one object."""

    name = "tagpack"
    version = "1"
    format_reference = "github.com/graphsense/graphsense-tagpack-tool, TagPack schema; YAML 1.1"

    def recognises(self, head: bytes) -> bool:
        """A field of a TagPack's header at the very beginning, and a list of tags."""
        return _BEGIN.match(head) is not None and _LIST.search(head) is not None

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002 - always the same
        """The one table."""
        return {TABLE: COLUMNS}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; tags that cannot be parsed are refused one by one.

        Raises:
            UnreadableSource: The file is larger than what is read whole.
        """
        content = read_whole(stream, LARGEST_FILE, "A TagPack", "Ask for it in several packs.")
        yaml = _Yaml(encoding)
        header, lists = _parts(content)
        about, flaw = yaml.header(b"".join([content[begin:end] for begin, end in header]))
        if flaw:
            begin, end = header[0][0], header[-1][1]
            yield Refused(TABLE, 0, 0, begin, end - begin, f"the pack's header cannot be read: {flaw}", is_damage=True)
        ordinal = 0
        for begin, end in lists:
            for piece in _rows(content, begin, end, yaml):
                ordinal += 1
                if isinstance(piece, Refused):
                    ordinal -= 0 if piece.rows else 1
                    place = (ordinal if piece.rows else 0, piece.rows, piece.offset, piece.length)
                    yield Refused(TABLE, *place, piece.reason, is_damage=True)
                else:
                    rows, places = piece
                    numbered = [(ordinal + number, *place) for number, place in enumerate(places)]
                    yield RawBatch.of_rows(TABLE, COLUMNS, [_cells(row, about) for row in rows], numbered)
                    ordinal += len(rows) - 1


def _cells(row: _Row, about: _Row) -> list[str | None]:
    return [about.get(name[5:]) if name.startswith("pack.") else row.get(name) for name in COLUMNS]


def _parts(content: bytes) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Begin and end of the header's pieces, and of the lists of tags: a file that was doubled has two."""
    header, lists = [], []
    at = 0
    while at < len(content):
        found = _LIST.search(content, at)
        begins = found.start() if found else len(content)
        if begins > at:
            header.append((at, begins))
        if not found:
            break
        behind = _HEADER.search(content, found.end())
        again = _LIST.search(content, found.end())
        at = min(one.start() if one else len(content) for one in (behind, again))
        lists.append((found.end(), at))
    return (header, lists) if lists else ([], [(0, len(content))])


def _rows(
    content: bytes, begin: int, end: int, yaml: "_Yaml"
) -> Iterator[tuple[list[_Row], list[tuple[int, int]]] | Refused]:
    """Rows of one list with offset and length, and what cannot be one."""
    found = [(match.start(), match[1]) for match in _ITEM.finditer(content, begin, end)]
    indent = Counter(spaces for _, spaces in found).most_common(1)[0][0] if found else b""
    starts = [start for start, spaces in found if spaces == indent]
    first = starts[0] if starts else end
    if _NOTHING.fullmatch(content, begin, first) is None:
        yield Refused(TABLE, 0, 0, begin, first - begin, "no tag can be read here")
    at = 0
    while at < len(starts):
        last = at + 1
        while last < len(starts) and starts[last] - starts[at] < _TOGETHER:
            last += 1
        bounds = [*starts[at:last], starts[last] if last < len(starts) else end]
        pieces = [content[one:other].rstrip() for one, other in pairwise(bounds)]
        rows, _ = yaml.rows(content[bounds[0] : bounds[-1]])
        if rows is not None and len(rows) == len(pieces):
            yield rows, [(one, len(piece)) for one, piece in zip(bounds, pieces, strict=False)]
        else:
            for one, piece in zip(bounds, pieces, strict=False):
                rows, flaw = yaml.rows(piece)
                if rows is not None and len(rows) == 1:
                    yield rows, [(one, len(piece))]
                else:
                    yield Refused(TABLE, 0, 1, one, len(piece), f"the tag cannot be read: {flaw or 'it is several'}")
        at = last


class _NotRead(Exception):
    """What stands there is no row of ours."""


class _Yaml:
    """Takes YAML apart event by event; nothing is constructed but texts."""

    def __init__(self, encoding: str) -> None:
        """Load the library.

        Raises:
            BadConfiguration: It is not installed.
        """
        try:
            import yaml  # noqa: PLC0415 - an extra
        except ImportError as missing:
            raise BadConfiguration(
                "TagPacks cannot be read: PyYAML is not installed",
                where="installation",
                remedy="Install the extra: pip install 'crossbearing[formats]'.",
            ) from missing
        self._encoding = encoding
        self._yaml = yaml
        self._loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    def header(self, content: bytes) -> tuple[_Row, str]:
        """The fields of a header, and what is wrong with it."""
        found, flaw = self._parsed(content)
        if flaw or not isinstance(found, dict | None):
            return {}, flaw or "it is no mapping"
        return _texts(found or {}, (*_ABOUT, *_FIELDS[2:])), ""

    def rows(self, content: bytes) -> tuple[list[_Row] | None, str]:
        """The fields of each tag in a list, or None and what is wrong with it."""
        found, flaw = self._parsed(content)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            return None, flaw or "it is no list of mappings"
        return [_texts(one, _FIELDS) for one in found], ""

    def _parsed(self, content: bytes) -> tuple[Any, str]:
        text = content.decode(self._encoding, "backslashreplace").removeprefix("\ufeff")
        loader = None
        try:
            loader = self._loader(text)
            events = iter(loader.get_event, None)
            return self._document(events), ""
        except _NotRead as wrong:
            return None, str(wrong)
        except self._yaml.YAMLError as wrong:
            return None, str(getattr(wrong, "problem", "") or "it holds bytes that YAML does not allow")[:200]
        except (
            ValueError,
            StopIteration,
        ) as wrong:  # whatever the library does not call its own
            return None, str(wrong)[:200]
        finally:
            if loader is not None:
                loader.dispose()

    def _document(self, events: Iterator[Any]) -> Any:
        """What the one document of a stream holds; None if there is none."""
        found = None
        documents = 0
        for event in events:
            match type(event).__name__:
                case "DocumentStartEvent":
                    documents += 1
                    if documents > 1:
                        raise _NotRead("more than one document")
                    found = _value(next(events), events, 0)
                case _:
                    pass
        return found


def _value(event: Any, events: Iterator[Any], depth: int) -> Any:
    """Text, null, list or dict that an event begins.

    Raises:
        _NotRead: It refers to another place, has a type of its own, lies too deep, or a name stands twice.
    """
    kind = type(event).__name__
    if kind == "AliasEvent" or event.anchor is not None:
        raise _NotRead("it refers to another place of the file")
    if event.tag is not None and event.tag != "!":
        raise _NotRead(f"it has a type of its own: {event.tag[:60]}")
    if kind == "ScalarEvent":
        return None if event.implicit[0] and event.value in _NULLS else event.value
    if depth >= _DEEPEST:
        raise _NotRead("lists and mappings lie too deep in one another")
    if kind == "SequenceStartEvent":
        items = []
        while type(one := next(events)).__name__ != "SequenceEndEvent":
            items.append(_value(one, events, depth + 1))
        return items
    fields: dict[str, Any] = {}
    while type(one := next(events)).__name__ != "MappingEndEvent":
        name = _value(one, events, depth + 1)
        if not isinstance(name, str) or name in fields:
            raise _NotRead("a name stands twice" if isinstance(name, str) else "a name that is no text")
        fields[name] = _value(next(events), events, depth + 1)
    return fields


def _texts(fields: Mapping[str, Any], known: Sequence[str]) -> _Row:
    """Known fields as text; the rest as one JSON object."""
    row = {name: value if isinstance(value, str | None) else _json(value) for name, value in fields.items()}
    others = {name: value for name, value in fields.items() if name not in known}
    return {name: value for name, value in row.items() if name in known} | ({_OTHER: _json(others)} if others else {})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
