"""The parts of a pg_dump archive: header, table of contents, and blocks of data cut into pieces."""

import io
import re
import zlib
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NoReturn

import pyarrow as pa

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.containers.limits import LARGEST_RATIO
from crossbearing.intake.readers.window import Window

MAGIC: Final = b"PGDMP"
ROWS, LARGE_OBJECTS = 1, 3  # kinds of blocks
OLDEST, NEWEST = 12, 16  # minor archive versions: PostgreSQL 9.0 to 18
_CUSTOM: Final = 1  # form of the archive
_NO_DATA: Final = 3  # state of an entry
_STATES: Final = {1, 2, _NO_DATA}  # with data whose place is not known, or known
_LONGEST_STRING: Final = 64 << 20  # bytes; a definition or a comment
_MOST_ENTRIES: Final = 1_000_000
_WIDEST_NUMBER: Final = 8  # bytes
_TABLE_ACCESS, _ALGORITHM, _KIND = 14, 15, 16  # versions that brought these fields
_GZIP, _LZ4, _ZSTD = 1, 2, 3  # compression
_CODECS: Final = {_LZ4: "lz4", _ZSTD: "zstd"}
_FREE_OF_RATIO: Final = 64 << 20  # bytes; small tables may compress well
_PACKED_BLOCK: Final = 1 << 16  # bytes unpacked at a time


class Broken(Exception):
    """The archive is not as it should be here; never leaves the reader."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the table of contents.

    Attributes:
        number: By which its data names it.
        tag: Its object.
        kind: What it is, such as TABLE or TABLE DATA.
        definition: SQL that makes it.
        copy: The COPY statement for its rows; empty if they are INSERT statements.
        schema: Of the object.
        place: Where its data begins, bytes; 0 if it is not known.
        has_data: Whether there is any.
    """

    number: int
    tag: bytes
    kind: bytes
    definition: bytes
    copy: bytes
    schema: bytes
    place: int
    has_data: bool


class Archive:
    """Reads an archive forward, field by field."""

    def __init__(self, stream: BinaryIO) -> None:
        self.window = Window(stream)
        self.compression = 0
        self._minor = 0
        self._integer = self._offset = 4  # bytes

    def header(self) -> None:
        """Read the header.

        Raises:
            Broken: It is cut off.
            UnreadableSource: It is an archive of a kind or version that this reader does not know.
        """
        self._bytes(len(MAGIC))
        major, self._minor = self._byte(), self._byte()
        if major != 1 or not OLDEST <= self._minor <= NEWEST:
            _refuse(f"is an archive of version {major}.{self._minor}; 1.{OLDEST} to 1.{NEWEST} can be read")
        self._byte()  # revision
        self._integer, self._offset, form = self._byte(), self._byte(), self._byte()
        if form != _CUSTOM:
            _refuse("is the table of contents of a dump in the tar or directory form, or of a form without data")
        if not (0 < self._integer <= _WIDEST_NUMBER and 0 < self._offset <= _WIDEST_NUMBER):
            raise Broken("numbers of an impossible size")
        if self._minor >= _ALGORITHM:
            self.compression = self._byte()
        else:
            self.compression = _GZIP if self.number() else 0  # the level; -1 is zlib's own default
        if self.compression not in {0, _GZIP, _LZ4, _ZSTD}:
            _refuse(f"is compressed in a way that this reader does not know (number {self.compression})")
        for _ in range(7):  # the time of the dump
            self.number()
        for _ in range(3):  # database, version of the server, version of pg_dump
            self._string()

    def entry_count(self) -> int:
        """How many entries the table of contents says it has."""
        count = self.number()
        if not 0 <= count <= _MOST_ENTRIES:
            raise Broken("a table of contents of impossible length")
        return count

    def entry(self) -> Entry:
        """The next entry of the table of contents."""
        number = self.number()
        self.number()  # whether something wrote data for it
        self._string()  # catalogue's table
        self._string()  # and its row
        tag, kind = self._string(), self._string()
        self.number()  # section
        definition, _drop, copy, schema, _tablespace = (self._string() for _ in range(5))
        if self._minor >= _TABLE_ACCESS:
            self._string()
        if self._minor >= _KIND:
            self.number()
        self._string()  # owner
        self._string()  # whether rows have numbers of their own
        while (other := self._text()) is not None:  # what it depends on
            if not other.isdigit():
                raise Broken("an entry that depends on something without a number")
        state = self._byte()
        if number <= 0 or state not in _STATES:
            raise Broken("an entry of an impossible number or state")
        place = int.from_bytes(self._bytes(self._offset), "little")
        return Entry(number, tag, kind, definition, copy, schema, place, state != _NO_DATA)

    def number(self) -> int:
        """A signed whole number."""
        window, width = self.window, 1 + self._integer
        if not window.have(width):
            raise Broken("the archive is cut off here")
        at = window.at
        if window.buffer[at] > 1:
            raise Broken("a number of no sign")
        window.at += width
        size = int.from_bytes(window.buffer[at + 1 : at + width], "little")
        return -size if window.buffer[at] else size

    def block(self) -> tuple[int, int]:
        """Kind of the block that begins here, and the entry it belongs to."""
        kind = self._byte()
        if kind not in {ROWS, LARGE_OBJECTS}:
            raise Broken("a block of unknown kind")
        return kind, self.number()

    def skip_large_objects(self) -> None:
        """Leave out the rest of a block of large objects."""
        while self.number():
            Pieces(self).skip()

    def skip_to_block(self, numbers: Container[int]) -> None:
        """Go on to where a block of rows of one of these entries may begin, or to the end of the file."""
        mark = re.compile(b"(?s:(?=%c\x00(.{%d})))" % (ROWS, self._integer))
        window = self.window
        while window.fill():
            for found in mark.finditer(window.buffer, window.at):
                if int.from_bytes(found[1], "little") in numbers:
                    window.at = found.start()
                    return
            window.at = max(window.at, len(window.buffer) - 1 - self._integer)  # a mark may be cut by the window's end
            if not window.grow():
                window.at = len(window.buffer)

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, size: int) -> bytes:
        if not self.window.have(size):
            raise Broken("the archive is cut off here")
        return self.window.take(size)

    def _text(self) -> bytes | None:
        size = self.number()
        if size > _LONGEST_STRING:
            raise Broken("a text of impossible length")
        text = self._bytes(size) if size >= 0 else None
        if text and b"\x00" in text:
            raise Broken("a text that goes on behind its end")
        return text

    def _string(self) -> bytes:
        return self._text() or b""


class Pieces(io.RawIOBase):
    """The bytes of one block, put together from its pieces.

    Attributes:
        given: How many bytes were read so far.
        places: For each piece that was read: where it begins in the block and where in the file, bytes.
        broken: What is wrong with the pieces; they end there. Empty if nothing is. It is no exception, since one keeps
            the frames it came through, and with them, by way of Arrow, this stream for ever.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._left = 0
        self._has_ended = False
        self.given = 0
        self.places: list[tuple[int, int]] = []
        self.broken = ""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer, from as many pieces as it takes."""
        filled = 0
        while filled < len(buffer) and self._has_more():
            taken = self._archive.window.take(min(len(buffer) - filled, self._left))
            buffer[filled : filled + len(taken)] = taken
            filled += len(taken)
            self._left -= len(taken)
            self.given += len(taken)
        return filled

    def skip(self) -> None:
        """Leave out what is left of the block.

        Raises:
            Broken: The archive is damaged within it.
        """
        while self._has_more():
            self._left -= self._archive.window.skip(self._left)
        if self.broken:
            raise Broken(self.broken)

    def _has_more(self) -> bool:
        """Whether a byte is left, in this piece or the next one."""
        window = self._archive.window
        try:
            if not self._left and not self._has_ended:
                self._left = self._archive.number()
                self._has_ended = self._left <= 0
                self.places.append((self.given, window.offset))
        except Broken as broken:
            self._breaks(str(broken))
        if self._left < 0:
            self._breaks("a piece of impossible length")
        if self._left and not window.have(1):
            self._breaks("the archive is cut off here")
        return self._left > 0

    def _breaks(self, broken: str) -> None:
        self.broken = self.broken or broken
        self._left, self._has_ended = 0, True


class Unpacked:
    """The bytes of one block, decompressed; where they are damaged they end.

    Attributes:
        problem: What is wrong with them; empty if nothing is.
    """

    def __init__(self, pieces: Pieces, compression: int) -> None:
        packed = io.BufferedReader(pieces, _PACKED_BLOCK)
        self.problem = ""
        self._pieces = pieces
        self._given = 0
        self._source: Any = packed
        if compression == _GZIP:
            self._source = _Inflated(packed)
        elif compression:
            self._source = _Arrow(pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), _CODECS[compression]))

    def read(self, size: int) -> bytes:
        """Some of the next bytes; none at their end."""
        if self.problem:
            return b""
        try:
            block: bytes = self._source.read(size)
        except (Broken, zlib.error, OSError, pa.ArrowException) as broken:
            self.problem = f"the compressed rows are damaged: {broken}"
            return b""
        self._given += len(block)
        if self._given > max(self._pieces.given * LARGEST_RATIO, _FREE_OF_RATIO):
            self.problem = f"the rows unpack to more than {LARGEST_RATIO} times their size"
            return b""
        return block


class _Arrow:
    """Bytes that Arrow decompresses; its own ``read`` never gives back the memory of one that fails."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        block: bytes = self._stream.read_buffer(size).to_pybytes()
        return block


class _Inflated:
    """Bytes that were compressed by zlib."""

    def __init__(self, packed: "io.BufferedReader[Pieces]") -> None:
        self._packed = packed
        self._inflater = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        while not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._packed.read(_PACKED_BLOCK)
            if block := self._inflater.decompress(packed, size):
                return block
            if not packed:
                raise Broken("they are cut off")
        if self._inflater.unused_data or self._packed.read(1):
            raise Broken("other bytes follow them")
        return b""


def _refuse(what: str) -> NoReturn:
    raise UnreadableSource(
        f"The file {what}",
        where="its header",
        remedy="Ask for the dump as SQL text, or make it with the pg_restore of its own version: pg_restore -f FILE.",
    )
