"""The directory at the end of a zip file, and the headers before its members: what they say, not what is so.

Format: APPNOTE.TXT 6.3.10 of PKWARE, sections 4.3 to 4.5.
"""

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.limits import LARGEST_DIRECTORY, LONGEST_NAME, MOST_MEMBERS, Budget
from crossbearing.intake.containers.member_names import member_name
from crossbearing.intake.sources import Places

LOCAL: Final = b"PK\x03\x04"
LOCAL_SIZE: Final = 30  # bytes of a header before its name
_CENTRAL, _CENTRAL_SIZE = b"PK\x01\x02", 46
_END, _END_SIZE = b"PK\x05\x06", 22
_END_64, _END_64_SIZE, _LOCATOR, _LOCATOR_SIZE = b"PK\x06\x06", 56, b"PK\x06\x07", 20
_LONGEST_COMMENT: Final = 65_535
_MOST_ENDS: Final = 16  # marks of the end that are tried: each may lead to another place of a large file
_UNKNOWN_32: Final = 0xFFFFFFFF  # the number stands in its zip64 place
_ZIP_64: Final = b"\x01\x00"  # the id of that place
_ENCRYPTED, _DESCRIPTOR = 1, 8  # flags
_UNIX: Final = 3  # a system that makes archives


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory, or the header before it, says of one member.

    Attributes:
        offset: Where its header lies.
        data: Where its bytes begin; 0 if the header before them was not read.
        packed: Bytes it takes.
        size: Bytes it unpacks to.
        has_descriptor: Its sizes stand behind it.
    """

    name: str
    offset: int
    data: int
    packed: int
    size: int
    checksum: int
    method: int
    is_encrypted: bool
    has_descriptor: bool
    is_folder: bool
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """The directory of an archive.

    Attributes:
        first: Where it begins.
        gaps: What of it, and of what is behind it, gives nothing.
    """

    entries: list[Entry]
    first: int
    gaps: list[Gap]


def directory(places: Places, budget: Budget) -> Directory | None:
    """The directory, or None if there is none that can be read.

    Raises:
        UnreadableSource: It is larger than the limits allow.
    """
    tail = max(0, places.size - _LONGEST_COMMENT - _END_SIZE)
    block = places.at(tail, _LONGEST_COMMENT + _END_SIZE)
    at = len(block)
    for _ in range(_MOST_ENDS):
        at = block.rfind(_END, 0, at)
        end = block[at : at + _END_SIZE]
        if at < 0:
            return None
        if len(end) == _END_SIZE and (found := _from_end(places, budget, tail + at, end)):
            return found
    return None


def local_entry(places: Places, offset: int) -> Entry | None:
    """What the header at this place says of the member behind it; None if there is none."""
    head = places.at(offset, LOCAL_SIZE)
    if len(head) < LOCAL_SIZE or not head.startswith(LOCAL):
        return None
    flags, method, checksum, packed, size, name_size, extra_size = struct.unpack("<6x2H4x3I2H", head)
    named = places.at(offset + LOCAL_SIZE, name_size + extra_size)
    if len(named) < name_size + extra_size:
        return None
    entry = Entry(
        name=member_name(named[: min(name_size, LONGEST_NAME * 4)]),
        offset=offset,
        data=offset + LOCAL_SIZE + len(named),
        packed=packed,
        size=size,
        checksum=checksum,
        method=method,
        is_encrypted=bool(flags & _ENCRYPTED),
        has_descriptor=bool(flags & _DESCRIPTOR),
        is_folder=named[:name_size].endswith(b"/"),
    )
    return _with_zip64(entry, named[name_size:])


def _from_end(places: Places, budget: Budget, at: int, end: bytes) -> Directory | None:
    """The directory that the record at this place speaks of, if it is there."""
    count, size, offset, comment = struct.unpack("<10xHIIH", end)
    behind = at
    locator = places.at(at - _LOCATOR_SIZE, _LOCATOR_SIZE) if at >= _LOCATOR_SIZE else b""
    if locator.startswith(_LOCATOR):
        behind = _end_64_at(places, at - _LOCATOR_SIZE, int.from_bytes(locator[8:16], "little"))
        if behind < 0:
            return None
        count, size, offset = struct.unpack("<32x3Q", places.at(behind, _END_64_SIZE))
    first = behind - size
    start = first - offset  # what stands before the archive; offsets count from its beginning
    if start < 0 or (count and places.at(first, 4) != _CENTRAL):
        return None
    if count > MOST_MEMBERS or size > LARGEST_DIRECTORY:
        raise budget.refusal(f"is an archive with a directory of {count:,} files in {size:,} bytes")
    gaps: list[Gap] = []
    entries = list(islice(_entries(places, first, behind, start, gaps), MOST_MEMBERS + 1))
    if len(entries) < count and not gaps:
        reason = f"the directory of the archive speaks of {count:,} files and names {len(entries):,}"
        gaps.append(Gap(first, behind - first, reason, is_damage=True))
    after = at + _END_SIZE + comment
    if after < places.size:
        gaps.append(Gap(after, places.size - after, "bytes after the end of the archive"))
    return Directory(entries, first, gaps)


def _end_64_at(places: Places, locator: int, stated: int) -> int:
    """Where the record with large numbers is: directly before its locator, or where that says; -1 if nowhere."""
    for at in (locator - _END_64_SIZE, stated):
        if 0 <= at <= locator - _END_64_SIZE and places.at(at, 4) == _END_64:
            return at
    return -1


def _entries(places: Places, first: int, end: int, start: int, gaps: list[Gap]) -> Iterator[Entry]:
    at = first
    while at < end:
        head = places.at(at, _CENTRAL_SIZE)
        if len(head) < _CENTRAL_SIZE or not head.startswith(_CENTRAL):
            gaps.append(Gap(at, end - at, "the directory of the archive is damaged here", is_damage=True))
            return
        (made_by, flags, method, checksum, packed, size, name_size, extra_size, comment_size, attributes, offset) = (
            struct.unpack("<5xB2xHH4x3I3H4x2I", head)
        )
        rest = places.at(at + _CENTRAL_SIZE, name_size + extra_size)
        at += _CENTRAL_SIZE + name_size + extra_size + comment_size
        entry = Entry(
            name=member_name(rest[: min(name_size, LONGEST_NAME * 4)]),
            offset=offset,
            data=0,
            packed=packed,
            size=size,
            checksum=checksum,
            method=method,
            is_encrypted=bool(flags & _ENCRYPTED),
            has_descriptor=bool(flags & _DESCRIPTOR),
            is_folder=rest[:name_size].endswith(b"/"),
            is_link=made_by == _UNIX and stat.S_ISLNK(attributes >> 16),
        )
        entry = _with_zip64(entry, rest[name_size:])
        yield replace(entry, offset=entry.offset + start)


def _with_zip64(entry: Entry, extra: bytes) -> Entry:
    """The entry with the numbers that did not fit into its header."""
    at = 0
    while (number := extra[at : at + 2]) and number != _ZIP_64:
        at += 4 + int.from_bytes(extra[at + 2 : at + 4], "little")
    at += 4
    numbers: dict[str, Any] = {}
    for name in ("size", "packed", "offset"):  # in this order, those that are needed
        is_ours = not (name == "offset" and entry.data)  # a header before a member has no offset
        if is_ours and getattr(entry, name) == _UNKNOWN_32 and (large := extra[at : at + 8]):
            numbers[name] = int.from_bytes(large, "little")
            at += 8
    return replace(entry, **numbers)
