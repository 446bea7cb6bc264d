"""Opening one file of an exhibit for reading, decompressed within limits."""

import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crossbearing.domain.errors import UnreadableSource

_GZIP: Final = b"\x1f\x8b"
# A compressed file may not grow beyond these: a bomb of 1:1000 is stopped after its first gigabyte.
LARGEST_UNPACKED: Final = 64 << 30  # bytes
LARGEST_RATIO: Final = 400
_FREE_OF_RATIO: Final = 64 << 20  # bytes; small files may compress well


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes that can be read from the beginning as often as needed.

    Attributes:
        part: Name within the exhibit, for error messages.
        size_bytes: As they lie there, still compressed.
    """

    part: str
    size_bytes: int
    opened: Callable[[], io.BufferedReader]

    @staticmethod
    def of_file(path: Path) -> "Source":
        """A file that is no exhibit yet."""
        return Source(path.name, path.stat().st_size, lambda: path.open("rb"))


def open_part(source: Source) -> BinaryIO:
    """The source's bytes, decompressed if it is gzip."""
    stream = source.opened()
    if stream.peek(2)[:2] != _GZIP:
        return stream
    return io.BufferedReader(_Guarded(stream, source.size_bytes, source.part), 1 << 20)


class _Guarded(io.RawIOBase):
    """A gzip stream that stops at the limits and says where it broke."""

    def __init__(self, packed: BinaryIO, packed_size: int, part: str) -> None:
        self._packed = packed
        self._unpacked = gzip.GzipFile(fileobj=packed)
        self._limit = min(LARGEST_UNPACKED, max(packed_size * LARGEST_RATIO, _FREE_OF_RATIO))
        self._part = part
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            block = self._unpacked.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
            raise UnreadableSource(
                "The compressed file is cut off or damaged",
                where=f"{self._part}, after {self._given:,} unpacked bytes",
                remedy="Ask for the file again and compare its hash with the sender's.",
            ) from broken
        self._given += len(block)
        if self._given > self._limit:
            raise UnreadableSource(
                f"The file unpacks to more than {self._limit:,} bytes",
                where=self._part,
                remedy="Look at it in a sandbox; if it is genuine, unpack it there and add the result.",
            )
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._unpacked.close()
        self._packed.close()
        super().close()
