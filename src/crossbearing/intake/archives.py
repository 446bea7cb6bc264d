"""What an archive holds, within limits: its members become parts of the exhibit, each with its own hash.

One level: an archive within an archive stays a part that nothing reads.
"""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from crossbearing.domain.errors import UnreadableSource

MOST_MEMBERS: Final = 100_000
LARGEST_UNPACKED: Final = 256 << 30  # bytes, of all members together
LARGEST_RATIO: Final = 400
_FREE_OF_RATIO: Final = 64 << 20  # bytes; small archives may compress well
_OFFICE: Final = "[Content_Types].xml"
_ZIP, _TAR_AT, _TAR = b"PK\x03\x04", 257, b"ustar"


def unpacked(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Names and bytes of an archive's files in its own order; nothing for a file that is no archive.

    Folders, links and devices inside are left out: they hold no bytes of their own.

    Raises:
        UnreadableSource: It is damaged, encrypted, or beyond the limits.
    """
    with path.open("rb") as file:
        head = file.read(512)
    try:
        if head.startswith(_ZIP):
            yield from _zipped(path)
        elif head[_TAR_AT : _TAR_AT + 5] == _TAR:
            yield from _tarred(path)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, RuntimeError, NotImplementedError) as broken:
        raise UnreadableSource(
            f"The archive cannot be unpacked: {broken}",
            where=str(path),
            remedy="Ask for it again and compare hashes; a password-protected one must come with its files unpacked.",
        ) from broken


def _zipped(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    with zipfile.ZipFile(path) as archive:
        if _OFFICE in archive.namelist():
            return  # a spreadsheet or a text document: a file, not an archive
        budget = _Budget(path)
        for entry in archive.infolist():
            if not entry.is_dir():
                budget.count()
                with archive.open(entry) as stream:
                    yield entry.filename, _limited(stream, budget)  # type: ignore[arg-type]


def _tarred(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    with tarfile.open(path, "r:") as archive:
        budget = _Budget(path)
        for entry in archive:
            if entry.isreg() and (stream := archive.extractfile(entry)) is not None:
                budget.count()
                with stream:
                    yield entry.name, _limited(stream, budget)  # type: ignore[arg-type]


class _Budget:
    """How much an archive may still unpack to; what it says of its own sizes is not believed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = min(LARGEST_UNPACKED, max(path.stat().st_size * LARGEST_RATIO, _FREE_OF_RATIO))
        self._members = 0

    def count(self) -> None:
        self._members += 1
        if self._members > MOST_MEMBERS:
            self._refuse(f"more than {MOST_MEMBERS:,} files")

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            self._refuse("far more bytes than an archive of its size should")

    def _refuse(self, what: str) -> None:
        raise UnreadableSource(
            f"The archive holds {what}",
            where=str(self._path),
            remedy="Look at it in a sandbox; if it is genuine, unpack it there and add the result.",
        )


class _Limited(io.RawIOBase):
    def __init__(self, stream: BinaryIO, budget: _Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        self._budget.take(len(block))
        buffer[: len(block)] = block
        return len(block)


def _limited(stream: BinaryIO, budget: _Budget) -> BinaryIO:
    return io.BufferedReader(_Limited(stream, budget), 1 << 20)
