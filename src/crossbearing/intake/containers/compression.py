"""Compressed streams, unpacked a block at a time with bounded memory: gzip, bzip2, xz, zstd, and what zip files hold.

No library is asked to unpack a piece whole: each is asked for at most one block of output, so that a bomb is stopped
by whoever counts the blocks.
"""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final, Protocol, TypeAlias

from crossbearing.domain.errors import BadConfiguration
from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.limits import LARGEST_WINDOW

Noted: TypeAlias = Callable[[Gap], None]  # is told of bytes that gave nothing
MARK_BYTES: Final = 10  # of the beginning of a file, enough to know its compression
_MARKS: Final = {
    "gzip": (b"\x1f\x8b\x08",),
    "bzip2": tuple(b"BZh%d%b" % (n, m) for n in range(1, 10) for m in (b"1AY&SY", b"\x17rE8P\x90")),
    "xz": (b"\xfd7zXZ\x00",),
    "zstd": (b"\x28\xb5\x2f\xfd",),
}
_BLOCK: Final = 1 << 18  # bytes of output at a time, and of packed bytes read
_PIECE: Final = 1 << 14  # packed bytes given to a library at a time; a file may be many short streams
# zstd gives all that its input holds. A block of it is at most 128 KiB and at least 4 bytes: 16 MiB at a time.
_ZSTD_INPUT: Final = 512


class Readable(Protocol):
    """Bytes that can be read on."""

    def read(self, size: int, /) -> bytes:
        """At most so many further bytes; none at the end."""


class Decoder(Protocol):
    """One compressed stream, as ``bz2`` and ``lzma`` have it."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Further bytes; of what is left over from before if no data is given."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without further data."""

    @property
    def unused_data(self) -> bytes:
        """What was given beyond the end of the stream."""


def codec_of(head: bytes) -> str:
    """Name of the compression of a file that begins with these bytes; empty if it has none that is known."""
    return next((codec for codec, marks in _MARKS.items() if head.startswith(marks)), "")


def decoder_of(codec: str) -> Decoder:
    """What unpacks one stream: ``gzip``, ``bzip2``, ``xz``, ``zstd``, ``deflate`` without a frame, or ``lzma`` alone.

    Raises:
        BadConfiguration: The library for it is not installed.
    """
    if codec == "bzip2":
        return bz2.BZ2Decompressor()
    if codec == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LARGEST_WINDOW)
    if codec == "lzma":
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=LARGEST_WINDOW)
    return _Zstd() if codec == "zstd" else _Deflate(-zlib.MAX_WBITS if codec == "deflate" else 16 + zlib.MAX_WBITS)


class Unpacking:
    """Unpacks what a file holds, and says where it breaks.

    Attributes:
        given: Unpacked bytes so far.
        used: Packed bytes they came from.
        is_whole: The last stream came to its end.
    """

    def __init__(self, packed: Readable, noted: Noted) -> None:
        """Read packed bytes from here."""
        self._packed = packed
        self._noted = noted
        self._data = b""  # the last block of packed bytes
        self._at = 0  # the first of them that is not used
        self.given = 0
        self.used = 0
        self.is_whole = False

    def one(self, decoder: Decoder) -> Iterator[bytes]:
        """The bytes of one stream."""
        self.is_whole = False
        while not decoder.eof:
            data = self._further() if decoder.needs_input else b""
            if not data and decoder.needs_input:
                self._noted(Gap(self.given, 0, "the compressed bytes end too early", is_damage=True))
                return
            try:
                block = decoder.decompress(data, _BLOCK)
            except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, MemoryError) as broken:
                self._noted(Gap(self.given, 0, f"the compressed bytes are damaged: {broken}", is_damage=True))
                return
            if block:
                self.given += len(block)
                yield block
        self._use(-len(decoder.unused_data))
        self.is_whole = True

    def all(self, codec: str) -> Iterator[bytes]:
        """The bytes of all streams of one file, one after another; zeros behind them are padding."""
        while True:
            yield from self.one(decoder_of(codec))
            if not self.is_whole:
                return
            before = self.used
            head = self._after_zeros()
            if not head:
                return
            if self.used > before or codec_of(head) != codec:
                while self._further():
                    pass
                length = self.used - before
                self._noted(Gap(self.given, length, f"{length:,} bytes after the end of the compressed file"))
                return

    def _use(self, count: int) -> None:
        self._at += count
        self.used += count

    def _further(self) -> bytes:
        """Some more packed bytes; none at the end."""
        if self._at == len(self._data):
            self._data, self._at = self._packed.read(_BLOCK), 0
        piece = self._data[self._at : self._at + _PIECE]
        self._use(len(piece))
        return piece

    def _after_zeros(self) -> bytes:
        """Go over zeros; gives the mark of what comes next."""
        while True:
            left = self._data[self._at : self._at + MARK_BYTES]
            if left.startswith(b"\x00"):
                self._use(len(left) - len(left.lstrip(b"\x00")))
            elif len(left) == MARK_BYTES or not (more := self._packed.read(_BLOCK)):
                return left
            else:
                self._data, self._at = left + more, 0


class Flowing(io.RawIOBase):
    """Blocks as a stream to read."""

    def __init__(self, blocks: Iterator[bytes], take: Callable[[int], None], closing: Callable[[], None]) -> None:
        """Read these blocks; ``take`` is told of the size of each."""
        self._blocks = blocks
        self._take = take
        self._closing = closing
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It gives bytes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one block goes."""
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._take(len(block))
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        """Let go of what it reads from."""
        if not self.closed:
            super().close()
            self._closing()


def flowing(
    blocks: Iterator[bytes], take: Callable[[int], None] = lambda _: None, closing: Callable[[], None] = lambda: None
) -> io.BufferedReader:
    """Blocks as a buffered stream; see ``Flowing``."""
    return io.BufferedReader(Flowing(blocks, take, closing), _BLOCK)


class _Deflate:
    """zlib with the manners of ``bz2`` and ``lzma``."""

    def __init__(self, window: int) -> None:
        self._stream = zlib.decompressobj(window)
        self._failure: zlib.error | None = None
        self.needs_input = True

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if self._failure:
            raise self._failure
        data = self._stream.unconsumed_tail + data
        before = self._stream.copy()
        try:
            block = self._stream.decompress(data, max_length)
        except zlib.error as broken:
            self._failure, self.needs_input = broken, False
            return b"".join(_until_broken(before, data))
        # A full block may have a match of up to 258 bytes behind it that no input announces.
        self.needs_input = not self._stream.unconsumed_tail and len(block) < max_length
        return block

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data


def _until_broken(stream: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """What comes before a break; the library drops all that it unpacked in the call that finds it."""
    with suppress(zlib.error):
        for at in range(len(data)):
            yield stream.decompress(data[at : at + 1])


class _Zstd:
    """zstd with the manners of ``bz2`` and ``lzma``."""

    def __init__(self) -> None:
        try:
            import zstandard  # noqa: PLC0415 - compiled, and needed for zstd only
        except ImportError as missing:
            raise BadConfiguration(
                "Files compressed with zstd cannot be read",
                where="the library zstandard is not installed",
                remedy="Install the extra: pip install 'crossbearing[formats]'.",
            ) from missing
        self._failure = zstandard.ZstdError
        self._stream = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW).decompressobj()
        self._data = memoryview(b"")

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if data:
            self._data = memoryview(data)
        blocks, size = [], 0
        try:
            while size < max_length and self._data and not self.eof:
                blocks.append(self._stream.decompress(self._data[:_ZSTD_INPUT]))
                self._data = self._data[_ZSTD_INPUT:]
                size += len(blocks[-1])
        except self._failure as broken:
            raise ValueError(str(broken)) from broken
        return b"".join(blocks)

    @property
    def needs_input(self) -> bool:
        return not self._data

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._stream.unused_data) + bytes(self._data)
