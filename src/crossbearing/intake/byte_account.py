"""Where the bytes of a file went: into rows, into refusals, or into what only holds rows together."""

import io
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 1 << 18  # bytes


@dataclass(slots=True)
class ByteAccount:
    """Bytes of one file, unpacked. A byte of several rows counts once, if rows come in the order of the file."""

    in_rows: int = 0
    refused: int = 0
    _rows_end: int = 0
    _refused_end: int = 0

    def take_rows(self, offsets: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
        """Rows with these places."""
        if not len(offsets):
            return
        order = np.argsort(offsets, kind="stable")
        begins, ends = offsets[order], (offsets + lengths)[order]
        before = np.maximum.accumulate(np.concatenate([[self._rows_end], ends[:-1]]))
        self.in_rows += int(np.maximum(0, ends - np.maximum(begins, before)).sum())
        self._rows_end = max(self._rows_end, int(ends.max()))

    def take_refusal(self, offset: int, length: int) -> None:
        """A run of bytes that gave no row."""
        end = offset + length
        self.refused += max(0, end - max(offset, self._refused_end))
        self._refused_end = max(self._refused_end, end)


class Counted(io.RawIOBase):
    """A stream that counts what is read of it."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read from this stream; it is closed with this one."""
        self._stream = stream
        self.taken = 0

    def readable(self) -> bool:
        """It gives bytes."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """The next bytes."""
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        self.taken += len(block)
        return len(block)

    def close(self) -> None:
        """Close the stream too."""
        if not self.closed:
            self._stream.close()
        super().close()

    def drain(self) -> int:
        """Read what is left; gives how many bytes there were in all."""
        while block := self._stream.read(_BLOCK):
            self.taken += len(block)
        return self.taken
