"""Opening one file of an exhibit for reading, decompressed within limits."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from crossbearing.domain.errors import UnreadableSource
from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.compression import MARK_BYTES, Noted, Unpacking, codec_of, flowing
from crossbearing.intake.containers.limits import Budget

_BLOCK: Final = 1 << 16  # bytes read at a time where places are looked up
_KEPT: Final = 1 << 18  # bytes behind the last place that can be looked at again


class Openable(Protocol):
    """Bytes that can be read from the beginning as often as needed: a source, or a member of an exhibit."""

    @property
    def part(self) -> str:
        """Name within the exhibit."""

    @property
    def size_bytes(self) -> int:
        """As they lie there, still compressed."""

    @property
    def opened(self) -> Callable[[], io.BufferedReader]:
        """Gives them from the beginning."""


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


def open_part(source: Openable, noted: Noted | None = None, budget: Budget | None = None) -> BinaryIO:
    """The source's bytes, decompressed if it is gzip, bzip2, xz or zstd.

    Args:
        source: What to open.
        noted: Is told of damage, and of bytes after the end; the stream ends there. Without it, damage is an error.
        budget: How much it may unpack to; by default as fits its size.

    Raises:
        UnreadableSource: While reading: it unpacks to more than the limits allow, or it is damaged.
    """
    stream = source.opened()
    codec = codec_of(stream.peek(MARK_BYTES)[:MARK_BYTES])
    if not codec:
        return stream
    blocks = Unpacking(stream, noted or _failing(source.part)).all(codec)
    return flowing(blocks, (budget or Budget(source.part, source.size_bytes)).take, stream.close)


def damaged(part: str, gap: Gap) -> UnreadableSource:
    """The error for damage that was not accepted."""
    return UnreadableSource(
        f"The file is cut off or damaged: {gap.reason}",
        where=f"{part}, byte {gap.offset:,}",
        remedy="Ask for the file again and compare hashes; to keep what can be read, with the gap on record, repeat "
        "with --accept-damaged.",
    )


def _failing(part: str) -> Noted:
    def note(gap: Gap) -> None:
        if gap.is_damage:
            raise damaged(part, gap)

    return note


class Places:
    """Looks at places of a source that may only be readable from its beginning; cheap if the places ascend.

    Memory: a few hundred kilobytes. Going back further than that opens the source anew.
    """

    def __init__(self, source: Openable) -> None:
        """Look into this source."""
        self._source = source
        self._stream = source.opened()
        self._start = 0
        self._window = b""
        self.size = source.size_bytes

    def at(self, offset: int, size: int) -> bytes:
        """The bytes there, fewer at the end of the source.

        Args:
            offset: First byte.
            size: How many, at most 131,072.
        """
        if offset < self._start:
            self._stream.close()
            self._stream, self._start, self._window = self._source.opened(), 0, b""
        if offset > self._end + _KEPT and self._stream.seekable():
            self._start, self._window = self._stream.seek(offset), b""
        while self._end < offset + size and (block := self._stream.read(_BLOCK)):
            dropped = max(0, len(self._window) - _KEPT)
            self._start += dropped
            self._window = self._window[dropped:] + block
        return self._window[offset - self._start : offset - self._start + size]

    def close(self) -> None:
        """Let go of the source."""
        self._stream.close()

    @property
    def _end(self) -> int:
        return self._start + len(self._window)


class Slice:
    """Some bytes of a source, to be read on."""

    def __init__(self, places: Places, offset: int, size: int) -> None:
        """So many bytes from there on."""
        self._places = places
        self._at = offset
        self._end = offset + size

    def read(self, size: int, /) -> bytes:
        """At most so many further bytes; none at the end, be it that of the slice or of the source."""
        block = self._places.at(self._at, min(size, self._end - self._at, _BLOCK))
        self._at += len(block)
        return block


_IN_PIECES: Final = "Export the tables that matter as CSV, or ask for the file in pieces, and add those."


def read_whole(stream: BinaryIO, limit: int, kind: str, remedy: str = _IN_PIECES) -> bytes:
    """All bytes of a file whose format needs them all at once.

    Args:
        stream: At its beginning.
        limit: Largest size that is taken, bytes.
        kind: What the file is, for the error.
        remedy: What to do if there are more.

    Raises:
        UnreadableSource: There are more.
    """
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise UnreadableSource(
            f"{kind} of more than {limit:,} bytes would not fit into memory",
            where=f"after {limit:,} bytes",
            remedy=remedy,
        )
    return content
