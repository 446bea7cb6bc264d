"""What a zip file holds, each member with its bytes, in the order in which they lie there.

Format: APPNOTE.TXT 6.3.10 of PKWARE. The standard library unpacks bzip2 and lzma members without a bound and reads a
directory of any size; so only sizes that were checked are used here, and what says of itself how large it is is not
believed.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.compression import Noted, Readable, Unpacking, decoder_of, flowing
from crossbearing.intake.containers.limits import Budget
from crossbearing.intake.containers.zip_directory import LOCAL, LOCAL_SIZE, Entry, directory, local_entry
from crossbearing.intake.sources import Places, Slice
from crossbearing.store.originals import Inner

ZIP_MARKS: Final = (LOCAL, b"PK\x05\x06")
_LZMA: Final = 14
_CODECS: Final = {0: "", 8: "deflate", 12: "bzip2", _LZMA: "lzma", 93: "zstd", 95: "xz"}
_OPEN_ENDED: Final = frozenset({8, 12, 93, 95})  # methods whose streams say where they end
_DESCRIPTOR, _DIRECTORY = b"PK\x07\x08", b"PK\x01\x02"
_PADDING: Final = 65_536  # zeros between members up to this are alignment
_BLOCK: Final = 1 << 18
_OFFICE: Final = "[Content_Types].xml"
_FIRST_OF_DOCUMENTS: Final = {_OFFICE.encode(), b"_rels/.rels", b"mimetype"}  # Office, OpenDocument and e-books


def is_zip(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a zip archive; an office document or an e-book is none."""
    name = head[LOCAL_SIZE:][: int.from_bytes(head[26:28], "little")]
    return head.startswith(ZIP_MARKS) and name not in _FIRST_OF_DOCUMENTS


def zip_members(places: Places, budget: Budget) -> Iterator[Inner | Gap]:
    """The files of a zip file, and the places that gave none.

    A member's bytes are to be read before the next one is asked for. Of members that share bytes only the last is
    taken. Without a directory, what stands before the break is found by its own headers.

    Raises:
        UnreadableSource: There are more members than the limits allow.
    """
    found = directory(places, budget)
    if found is None:
        yield from _walked(places, budget)
        return
    if any(entry.name == _OFFICE for entry in found.entries):
        return
    yield from found.gaps
    entries = sorted(found.entries, key=lambda entry: entry.offset)
    done = 0  # the end of what was accounted for
    for entry, following in zip_longest(entries, entries[1:]):
        limit = min(following.offset if following else found.first, found.first)
        yield from _between(places, done, min(entry.offset, found.first))
        local = local_entry(places, entry.offset) if entry.offset < limit else None
        if local is None or local.data + entry.packed > limit:
            done = max(done, limit)
            start = min(entry.offset, done)
            reason = "is not where the directory says, or shares its bytes with another one as in a bomb"
            yield Gap(start, done - start, f"the file {entry.name} {reason}", is_damage=True)
        else:
            done = local.data + entry.packed + _descriptor_size(places, entry, local, limit)
            yield from _listed(places, budget, entry, local)
    yield from _between(places, done, found.first)


def _listed(places: Places, budget: Budget, entry: Entry, local: Entry) -> Iterator[Inner | Gap]:
    if entry.is_link:
        yield Gap(local.data, entry.packed, f"a symbolic link: {entry.name}")
    elif not entry.is_folder or entry.packed:
        budget.count()
        gaps: list[Gap] = []
        if local.name != entry.name:
            gaps.append(Gap(0, 0, f"its own header calls the file {local.name}, unlike the directory"))
        packed = Slice(places, local.data, entry.packed)
        unread = _unread(entry) or _unread(local)
        blocks = _raw(packed) if unread else _Member(entry, packed, gaps.append).blocks()
        yield Inner(entry.name, flowing(blocks, budget.take), unread, gaps)


def _unread(entry: Entry) -> str:
    if entry.is_encrypted:
        return "it is encrypted; its bytes are kept as they lie in the archive"
    if entry.method not in _CODECS:
        return f"nothing here unpacks compression method {entry.method}; its bytes are kept as they lie in the archive"
    return ""


def _between(places: Places, start: int, end: int) -> Iterator[Gap]:
    """Bytes that belong to no member, if there are any but a few zeros."""
    if start < end and (end - start > _PADDING or places.at(start, end - start).strip(b"\x00")):
        yield Gap(start, end - start, "bytes of the archive that its directory does not name")


def _descriptor_size(places: Places, entry: Entry, local: Entry, limit: int) -> int:
    """Bytes of the sizes that stand behind a member."""
    if not (entry.has_descriptor or local.has_descriptor):
        return 0
    end = local.data + entry.packed
    mark = places.at(end, 4) == _DESCRIPTOR
    sizes = [4 * mark + 12, 4 * mark + 20]
    return next((size for size in sizes if end + size == limit), sizes[0] if end + sizes[0] <= limit else 0)


def _walked(places: Places, budget: Budget) -> Iterator[Inner | Gap]:
    """What an archive without a directory holds, as far as one header follows the other."""
    at = 0
    reason = "the directory of the archive is missing or cut off"
    while (local := local_entry(places, at)) is not None:
        is_open = local.has_descriptor and not local.packed
        if is_open and (local.is_encrypted or local.method not in _OPEN_ENDED):
            reason = f"nothing says how long the file {local.name} is; {reason}"
            break
        gaps: list[Gap] = []
        packed = Slice(places, local.data, places.size - local.data if is_open else local.packed)
        member = _Member(local, packed, gaps.append, is_open=is_open)
        at = min(local.data + local.packed, places.size)
        if not local.is_folder or local.packed or is_open:
            budget.count()
            unread = _unread(local)
            content = _raw(packed) if unread else member.blocks()
            yield Inner(local.name, flowing(content, budget.take), unread, gaps)
            for block in content:  # what nobody read of it
                budget.take(len(block))
        if is_open and not member.is_whole:
            at = places.size
        elif is_open:
            at = local.data + member.used
        if local.has_descriptor and at < places.size:
            at += _walked_descriptor(places, at)
    yield Gap(at, places.size - at, reason, is_damage=True)


def _walked_descriptor(places: Places, at: int) -> int:
    """Bytes up to the next header, if they can be the sizes behind a member."""
    following = places.at(at, 28)
    sizes = (size for size in (12, 16, 20, 24) if following[size : size + 4] in {LOCAL, _DIRECTORY})
    return next(sizes, 0)


def _raw(packed: Readable) -> Iterator[bytes]:
    while block := packed.read(_BLOCK):
        yield block


@dataclass
class _Member:
    """Unpacks one member and compares it with what the archive says of it."""

    entry: Entry
    packed: Readable
    noted: Noted
    is_open: bool = False  # where it ends, only its own stream says
    is_whole: bool = False
    used: int = 0
    given: int = 0

    def blocks(self) -> Iterator[bytes]:
        checksum = 0
        for block in self._unpacked():
            checksum = zlib.crc32(block, checksum)
            self.given += len(block)
            yield block
        if self.is_open or not self.is_whole:
            return
        if self.given != self.entry.size or checksum != self.entry.checksum:
            reason = f"it does not have the size of {self.entry.size:,} bytes or the checksum that the archive says"
            self.noted(Gap(0, self.given, reason, is_damage=True))

    def _unpacked(self) -> Iterator[bytes]:
        codec = _CODECS[self.entry.method]
        if not codec:
            yield from _raw(self.packed)
            self.is_whole = True
            return
        head = b""
        if codec == "lzma":
            self.packed.read(4)  # version, and length of the properties
            # The header of lzma alone: properties, and a size that nobody knows.
            head = self.packed.read(5) + b"\xff" * 8
        unpacking = Unpacking(_After(head, self.packed), self._noted)
        yield from unpacking.one(decoder_of(codec))
        self.used = unpacking.used - len(head)
        self.is_whole = self.is_whole or unpacking.is_whole
        if not self.is_open and unpacking.is_whole and (rest := sum(map(len, _raw(self.packed)))):
            self.noted(Gap(self.given, rest, f"{rest:,} packed bytes after the end of the file"))

    def _noted(self, gap: Gap) -> None:
        """Pass on what is broken; a stream of lzma need not say where it ends."""
        if self.entry.method == _LZMA and gap.length == 0 and self.given == self.entry.size:
            self.is_whole = True
        else:
            self.noted(gap)


@dataclass
class _After:
    """Bytes of ours before those of a file."""

    head: bytes
    packed: Readable

    def read(self, size: int, /) -> bytes:
        head, self.head = self.head, b""
        return head or self.packed.read(size)
