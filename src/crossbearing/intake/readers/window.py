"""The stretch of a file in memory while it is read forward, so that files of any size can be read."""

import io
from typing import BinaryIO, Final

BLOCK: Final = 1 << 20  # bytes read at a time; more do not fit the processor's cache


class Window:
    """Bytes from where reading stands onwards; what lies behind is dropped when more is read.

    Attributes:
        buffer: The bytes in memory.
        at: Where in them reading stands.
    """

    def __init__(self, stream: BinaryIO, *, behind: int = 0) -> None:
        """Stand at the stream's beginning.

        Args:
            stream: To be read forward.
            behind: Bytes behind where reading stands that stay in memory, for marks that are known by what is before.
        """
        self.buffer = b""
        self.at = 0
        self._stream = stream
        self._behind = behind
        self._begins = 0

    def here(self) -> "Window":
        """Another one over the same bytes, from where this one stands; it reads no further ones."""
        window = Window(io.BytesIO())
        window.buffer, window.at, window._begins = self.buffer, self.at, self._begins
        return window

    @property
    def offset(self) -> int:
        """Where reading stands in the file, bytes."""
        return self._begins + self.at

    @property
    def ahead(self) -> int:
        """How many bytes are in memory from there on."""
        return len(self.buffer) - self.at

    def have(self, size: int) -> bool:
        """Have this many bytes ahead; false if the file ends before."""
        while self.ahead < size:
            if not self._read(max(BLOCK, size - self.ahead)):
                return False
        return True

    def fill(self, least: int = BLOCK // 2) -> bool:
        """Have this many bytes ahead, or all that the file still has; false when nothing is left."""
        self.have(least)
        return self.ahead > 0

    def grow(self, limit: int | None = None) -> bool:
        """Double what is ahead; false if that is the limit already (bytes), or the file has no more."""
        return (limit is None or self.ahead < limit) and self._read(max(BLOCK, self.ahead))

    def take(self, size: int) -> bytes:
        """The next bytes that are in memory, at most so many; reading stands behind them then."""
        taken = self.buffer[self.at : self.at + size]
        self.at += len(taken)
        return taken

    def put_back(self, content: bytes) -> None:
        """Stand before bytes again that were taken last."""
        self.buffer = content + self.buffer[self.at :]
        self._begins += self.at - len(content)
        self.at = 0

    def skip(self, size: int) -> int:
        """Leave bytes out; gives how many there were."""
        left = size
        while left and self.fill(1):
            step = min(left, self.ahead)
            self.at += step
            left -= step
        return size - left

    def _read(self, size: int) -> bool:
        block = self._stream.read(size)
        if block:  # at the end of the file nothing is moved, or asking there often would take quadratic time
            kept = min(self.at, self._behind)
            self._begins += self.at - kept
            self.buffer, self.at = self.buffer[self.at - kept :] + block, kept
        return bool(block)
