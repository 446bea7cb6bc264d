"""Mail: mbox files, and single messages as programs save them (.eml).

Messages are taken apart by the standard library; headers are decoded leniently and never interpreted. In an mbox a
message begins at a ``From `` line that stands first or after an empty line and has a header behind it. Of lines that
were quoted as ``>From `` one ``>`` is taken away, as the variants mboxo and mboxrd ask; an mboxo file does not tell the
lines that had it before.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from crossbearing.intake.mail_message import COLUMNS, cells_of
from crossbearing.intake.reader import RawBatch, Reading, Refused

TABLE: Final = "messages"
LARGEST_MESSAGE: Final = 64 << 20  # bytes; servers take less, and the message is held in memory several times
_BATCH_ROWS: Final = 500
_BATCH_BYTES: Final = 16 << 20
_LONGEST_LINE: Final = 1 << 20  # bytes read at once; a longer line comes in pieces
_FROM: Final = b"From "
_EMPTY: Final = frozenset((b"\n", b"\r\n"))
_FIELD: Final = re.compile(rb"[!-9;-~]{1,76}:")
_QUOTED: Final = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_MAIL_FIELDS: Final = frozenset(
    b"from to cc date subject received message-id mime-version return-path delivered-to reply-to content-type".split()
)
_HEADER: Final = re.compile(rb"(?:[!-9;-~]{1,76}:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_NAMES: Final = re.compile(rb"^([!-9;-~]{1,76}):", re.MULTILINE)
_ENOUGH_FIELDS: Final = 2


class Mail:
    """Reader for mbox files and single messages."""

    name = "mail"
    version = "1"
    format_reference = "RFC 5322, RFC 2045 to 2049, RFC 4155 (mbox); the mboxo and mboxrd quoting"

    def recognises(self, head: bytes) -> bool:
        """A ``From `` line with a header behind it, or a header with two fields of mail."""
        first, _, rest = head.partition(b"\n")
        if first.startswith(_FROM):
            return _FIELD.match(rest) is not None
        found = _HEADER.match(head)
        names = {name.lower() for name in _NAMES.findall(found[0])} if found else set()
        return b"\x00" not in head[:1_000] and len(names & _MAIL_FIELDS) >= _ENOUGH_FIELDS

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002  # always the same
        """The one table."""
        return {TABLE: COLUMNS}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` is used where a message states none."""
        rows: list[list[str | None]] = []
        places: list[tuple[int, int, int]] = []
        size = 0
        for ordinal, piece in enumerate(_messages(stream), start=1):
            place = (ordinal, piece.offset, piece.length)
            cells = cells_of(piece.text, encoding) if piece.length <= LARGEST_MESSAGE else "it is too large"
            if not isinstance(cells, str):
                rows.append(cells)
                places.append(place)
                size += piece.length
            if rows and (isinstance(cells, str) or len(rows) >= _BATCH_ROWS or size >= _BATCH_BYTES):
                yield RawBatch.of_rows(TABLE, COLUMNS, rows, places)
                rows, places, size = [], [], 0
            if isinstance(cells, str):
                yield Refused(TABLE, ordinal, 1, *place[1:], f"the message cannot be taken apart: {cells}")
        if rows:
            yield RawBatch.of_rows(TABLE, COLUMNS, rows, places)


@dataclass(slots=True)
class _Piece:
    """One message.

    Attributes:
        length: With its ``From `` line, bytes.
        text: Without it, unquoted; empty if it is too large.
    """

    offset: int
    length: int
    text: bytes


def _messages(stream: BinaryIO) -> Iterator[_Piece]:
    """Messages in order. A file that begins with a header field is one message, whatever stands in it."""
    is_box, after_empty = None, True
    offset = size = 0
    held: list[bytes] = []
    for line, following in _lines(stream):
        is_empty = line in _EMPTY
        if is_box is None and is_empty:
            offset += len(line)
            continue
        starts = after_empty and line.startswith(_FROM) and _FIELD.match(following) is not None
        if is_box is None:  # a first line that is no field either is that of a box, damaged
            is_box = line.startswith(_FROM) or _FIELD.match(line) is None
        if is_box and starts and size:
            yield _piece(offset, size, held, is_box=True)
            offset, held, size = offset + size, [], 0
        size += len(line)
        if size <= LARGEST_MESSAGE:
            held.append(line)
        after_empty = is_empty
    if size:
        yield _piece(offset, size, held, is_box=bool(is_box))


def _piece(offset: int, length: int, held: list[bytes], *, is_box: bool) -> _Piece:
    if length > LARGEST_MESSAGE:
        return _Piece(offset, length, b"")
    if not is_box:
        return _Piece(offset, length, b"".join(held))
    # The first line and the empty line at the end are the box's own.
    end = len(held) - 1 if len(held) > 1 and held[-1] in _EMPTY else len(held)
    return _Piece(offset, length, _QUOTED.sub(b"", b"".join(held[1:end])))


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Lines, each with the one after it."""
    line = stream.readline(_LONGEST_LINE)
    while line:
        following = stream.readline(_LONGEST_LINE)
        yield line, following
        line = following
