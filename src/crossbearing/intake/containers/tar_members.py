"""What a tar file holds, read forward once: ustar, GNU and pax headers, each member with its bytes.

Format: POSIX.1-2017, pax interchange format; GNU tar manual, "Basic Tar Format". The standard library reads a whole
header into memory however long it says it is, and takes a broken header for the end; so only its numbers are used here.
"""

import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.compression import flowing
from crossbearing.intake.containers.limits import LARGEST_HEADER
from crossbearing.intake.containers.member_names import member_name
from crossbearing.store.originals import Inner

TAR_HEAD: Final = 512  # bytes of a header, and of the block everything is filled up to
_ZEROS: Final = bytes(TAR_HEAD)
_BLOCK: Final = 1 << 18
_PAX_LENGTH: Final = re.compile(rb"([0-9]{1,7}) ")  # of a record, in bytes, itself included
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL, _SPARSE = b"L", b"K", b"x", b"g", b"S"
_DIGITS: Final = 20  # of the largest 64-bit number
_AHEAD: Final = frozenset({_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL})
_WITHOUT_BYTES: Final = {
    tarfile.LNKTYPE: "a hard link",
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.CHRTYPE: "a character device",
    tarfile.BLKTYPE: "a block device",
    tarfile.FIFOTYPE: "a pipe",
    b"V": "a volume label",
}


def is_tar(head: bytes) -> bool:
    """Whether a file that begins with these bytes is tar: its first header has its checksum."""
    return len(head) >= TAR_HEAD and _header(head[:TAR_HEAD]) is not None


def tar_members(stream: BinaryIO, count: Callable[[], None], take: Callable[[int], None]) -> Iterator[Inner | Gap]:
    """The files of a tar file in its order, and the places that gave none.

    A member's bytes are to be read before the next one is asked for. Reading goes on after a broken header with the
    next one that has its checksum.

    Args:
        stream: The file from its beginning, unpacked.
        count: Is told of each further member.
        take: Is told of its bytes.
    """
    yield from _Tar(stream, count, take).members()


@dataclass(slots=True)
class _Ahead:
    """What headers before a member say of it."""

    size: int | None = None
    name: str = ""
    link: str = ""
    is_sparse: bool = False


@dataclass(slots=True)
class _Tar:
    stream: BinaryIO
    count: Callable[[], None]
    take: Callable[[int], None]
    offset: int = 0
    ahead: _Ahead = field(default_factory=_Ahead)

    def members(self) -> Iterator[Inner | Gap]:
        while True:
            start = self.offset
            block = self._read(TAR_HEAD)
            if block == _ZEROS:
                yield from self._end()
                return
            if len(block) < TAR_HEAD:
                yield Gap(start, len(block), "the archive ends without its end mark", is_damage=True)
                return
            entry = _header(block)
            if entry is None:
                entry = self._next_header()
                reason = "no header of an archive"
                yield Gap(start, self.offset - start - (TAR_HEAD if entry else 0), reason, is_damage=True)
                if entry is None:
                    return
            yield from self._entry(entry, self.offset - TAR_HEAD)

    def _entry(self, entry: tarfile.TarInfo, start: int) -> Iterator[Inner | Gap]:
        if entry.type in _AHEAD:
            if not self._take_ahead(entry):
                reason = "a header that names the next file is damaged, so its name or size may be another"
                yield Gap(start, self.offset - start, reason, is_damage=True)
            return
        ahead, self.ahead = self.ahead, _Ahead()
        name = member_name(ahead.name or entry.name)
        if entry.type in _WITHOUT_BYTES:
            target = member_name(ahead.link or entry.linkname) if entry.linkname or ahead.link else ""
            reason = f"{_WITHOUT_BYTES[entry.type]}, without bytes of its own: {name}"
            yield Gap(start, TAR_HEAD, f"{reason} to {target}" if target else reason)
        elif not entry.isdir():
            size = entry.size if ahead.size is None else ahead.size
            is_sparse = entry.type == _SPARSE or ahead.is_sparse
            yield from self._file(name, size, "a sparse file: its holes are not filled here" if is_sparse else "")

    def _file(self, name: str, size: int, unread: str) -> Iterator[Inner]:
        self.count()
        gaps: list[Gap] = []
        end = self.offset + size

        def blocks() -> Iterator[bytes]:
            while self.offset < end and (block := self._read(min(_BLOCK, end - self.offset))):
                yield block
            if missing := end - self.offset:
                gaps.append(Gap(size - missing, 0, f"cut off: {missing:,} bytes are missing", is_damage=True))

        content = blocks()
        yield Inner(name, flowing(content, self.take), unread, gaps)
        for _ in content:  # what nobody read of it
            pass
        self._read(-size % TAR_HEAD)

    def _take_ahead(self, entry: tarfile.TarInfo) -> bool:
        """Keep what a header says of the next member; whether it could be read to its end."""
        content = self._read(entry.size)
        self._read(-entry.size % TAR_HEAD)
        if entry.type in {_PAX, _PAX_GLOBAL}:
            return self._take_pax(content if entry.type == _PAX else b"")
        name, _, rest = content.partition(b"\x00")
        text = name.decode("utf-8", "backslashreplace")
        if entry.type == _LONG_NAME:
            self.ahead.name = text
        elif entry.type == _LONG_LINK:
            self.ahead.link = text
        return not rest.strip(b"\x00")

    def _take_pax(self, content: bytes) -> bool:
        at, is_whole = 0, True
        while match := _PAX_LENGTH.match(content, at):
            record = content[match.end() : at + int(match[1])]
            at += max(int(match[1]), len(match[0]))
            key, equals, raw = record.rstrip(b"\n").partition(b"=")
            # The values of others may be any bytes.
            named = key + raw if key in {b"path", b"linkpath"} else key
            is_whole &= bool(key and equals) and record.endswith(b"\n") and b"\x00" not in named
            value = raw.decode("utf-8", "backslashreplace")
            if key == b"path":
                self.ahead.name = value
            elif key == b"linkpath":
                self.ahead.link = value
            elif key == b"size" and raw.isdigit() and len(raw) < _DIGITS:
                self.ahead.size = int(raw)
            elif key.startswith(b"GNU.sparse."):
                self.ahead.is_sparse = True
        return is_whole and at == len(content)

    def _next_header(self) -> tarfile.TarInfo | None:
        """Go on to the next block that is a header."""
        self.ahead = _Ahead()
        while len(block := self._read(TAR_HEAD)) == TAR_HEAD:
            if entry := _header(block):
                return entry
        return None

    def _end(self) -> Iterator[Gap]:
        """Go on to the end of the file; only zeros belong there."""
        first = -1
        while block := self._read(_BLOCK):
            if first < 0 and (left := block.lstrip(b"\x00")):
                first = self.offset - len(left)
        if first >= 0:
            yield Gap(first, self.offset - first, "bytes after the end of the archive")
        elif rest := self.offset % TAR_HEAD:
            reason = "the archive is no whole number of blocks, so bytes may be missing before its end"
            yield Gap(self.offset - rest, rest, reason)

    def _read(self, size: int) -> bytes:
        found = self.stream.read(size)
        self.offset += len(found)
        return found


def _header(block: bytes) -> tarfile.TarInfo | None:
    """What a header says, if its checksum holds."""
    try:
        entry = tarfile.TarInfo.frombuf(block, "utf-8", "backslashreplace")
    except (tarfile.TarError, ValueError, OverflowError):
        return None
    is_large = entry.type in _AHEAD and entry.size > LARGEST_HEADER
    return None if is_large or entry.size < 0 else entry
