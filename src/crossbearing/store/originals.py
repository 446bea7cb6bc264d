"""Originals: the bytes as they came, by SHA-256, written once, sealed, and never changed."""

import errno
import hashlib
import io
import os
import secrets
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import pyrage

from crossbearing.domain.canonical import canonical
from crossbearing.domain.errors import NothingWritten, UnreadableSource
from crossbearing.domain.exhibit import Gap
from crossbearing.store import durable, sealing
from crossbearing.store.keyring import ORIGINALS, Keyring

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an exhibit.

    Attributes:
        part: Path within the exhibit, with forward slashes; data, never opened again by that name.
        opened: Gives its bytes from the beginning.
        parent: The archive it was packed in, as a part of the same exhibit; empty if it came as it is.
        is_container: It is an archive whose members are parts of their own.
        unread: Why nothing can read it, if its archive says so.
        gaps: What of it the unpacking could not take.
    """

    part: str
    sha256: str
    size_bytes: int
    opened: Callable[[], io.BufferedReader]
    parent: str = ""
    is_container: bool = False
    unread: str = ""
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Inner:
    """One file within an archive, to be read before the next one is.

    Attributes:
        name: Path within the archive; may occur twice.
        unread: Why nothing can read it, if the archive says so.
        gaps: What of it could not be taken; complete once its bytes were read.
        unpacked: Gives what it holds itself.
    """

    name: str
    stream: BinaryIO
    unread: str
    gaps: list[Gap]
    unpacked: "Unpacked" = lambda _: iter(())


# The files within a file, and the places of it that gave none; nothing for a file that is no archive.
Unpacked = Callable[[Member], Iterator[Inner | Gap]]


@dataclass(frozen=True, slots=True)
class StagedExhibit:
    """The bytes of an exhibit, copied, hashed and sealed, not yet kept."""

    name: str
    sha256: str
    size_bytes: int
    members: tuple[Member, ...]
    sealed: tuple[tuple[Path, str], ...]  # where each lies now, and its hash


class Originals:
    """The folder of originals of one operation."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        """Keep originals in this folder, sealed with the operation's key."""
        self._folder = folder
        self._keyring = keyring

    def path_of(self, sha256: str) -> Path:
        """Where the sealed original with this hash lies, or would lie."""
        return self._folder / sha256[:2] / f"{sha256}{sealing.SUFFIX}"

    @contextmanager
    def staged(self, source: Path, advance: Callable[[int], None], unpacked: Unpacked) -> Iterator[StagedExhibit]:
        """Copy, hash and seal what was handed in; ``keep`` it within the block, or it is dropped.

        Args:
            source: File or folder handed in. Links and devices inside a folder are refused.
            advance: Is told of each further byte copied.
            unpacked: Gives the members of a file that is an archive.

        Raises:
            UnreadableSource: It is empty, not a file, or cannot be read.
        """
        staging = self._folder / f"{durable.TEMPORARY}{secrets.token_hex(6)}"
        recipient = self._keyring.recipient(ORIGINALS)
        try:
            staging.mkdir(parents=True)
            work = _Staging(staging, recipient, self._keyring.identity(ORIGINALS), advance)
            for part, path in _files_of(source):
                work.take_file(part, path, unpacked)
            if source.is_dir():
                # Only what was handed in: how far archives are opened must not change which exhibit this is.
                listing = canonical([[m.part, m.sha256, m.size_bytes] for m in work.members if not m.parent])
                sha256 = work.take_listing(listing)
            else:
                sha256 = work.members[0].sha256
            size = sum(member.size_bytes for member in work.members if not member.parent)
            name = _part_name(Path(source.name))
            yield StagedExhibit(name, sha256, size, tuple(work.members), tuple(work.sealed))
        finally:
            for leftover in staging.glob("*"):
                leftover.unlink()
            with suppress(OSError):
                staging.rmdir()

    def keep(self, exhibit: StagedExhibit) -> None:
        """Move staged bytes to their place by hash; bytes already there stay as they are."""
        try:
            new = {self.path_of(sha256): path for path, sha256 in exhibit.sealed if not self.path_of(sha256).exists()}
            # All are written before the first is synced: the disk then takes them together.
            for path in new.values():
                path.chmod(0o444)
                durable.sync(path)
            for target, path in new.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
            for home in sorted({self._folder, *(target.parent for target in new)}):
                durable.sync(home)
        except OSError as refused:
            raise NothingWritten(
                f"The original could not be kept: {refused.strerror}",
                where=str(self._folder),
                remedy="Check free space and rights on the operation folder, then repeat the command.",
            ) from refused

    def opened(self, sha256: str) -> io.BufferedReader:
        """The bytes of an original; whoever calls has logged it (``Operation.open_originals``)."""
        return sealing.opened(self.path_of(sha256), self._keyring.identity(ORIGINALS))

    def is_whole(self, sha256: str) -> bool:
        """Whether the original is there, opens, and its bytes still have this hash."""
        try:
            with self.opened(sha256) as original:
                return hashlib.file_digest(original, "sha256").hexdigest() == sha256
        except UnreadableSource:
            return False

    def destroy(self, sha256: str) -> None:
        """Remove an original for good; twice is as once."""
        self.path_of(sha256).unlink(missing_ok=True)
        if self.path_of(sha256).parent.is_dir():
            durable.sync(self.path_of(sha256).parent)


class _Staging:
    """Copies files one after another into a folder, sealed."""

    def __init__(
        self,
        folder: Path,
        recipient: pyrage.x25519.Recipient,
        identity: pyrage.x25519.Identity,
        advance: Callable[[int], None],
    ) -> None:
        self.members: list[Member] = []
        self.sealed: list[tuple[Path, str]] = []
        self._folder = folder
        self._recipient = recipient
        self._identity = identity
        self._advance = advance
        self._parts: set[str] = set()
        self._next: defaultdict[str, int] = defaultdict(lambda: 2)

    def take_file(self, part: str, path: Path, unpacked: Unpacked) -> None:
        """Take a file as it lies there, and then what it holds if it is an archive, down to every level."""
        try:
            with _opened(path) as incoming:
                whole = self._sealed(incoming, part)
                state = _state(incoming)
            if whole.size_bytes == 0:
                raise UnreadableSource(
                    "The file is empty",
                    where=str(path),
                    remedy="Ask whoever handed it over for the file again; an empty file is not registered.",
                )
            # Unpacked from where it lies: there any place of it can be reached, in the sealed copy only the beginning.
            self._take(whole, unpacked, replace(whole, opened=lambda: _unchanged(path, state)))
            _unchanged(path, state).close()
        except OSError as refused:
            raise UnreadableSource(
                f"The file cannot be read: {refused.strerror}",
                where=str(path),
                remedy="Check the path and your rights on it; links and devices are not followed.",
            ) from refused

    def _take(self, member: Member, unpacked: Unpacked, readable: Member) -> None:
        """Take a member that is sealed, and then what it holds.

        Args:
            member: As it is kept.
            unpacked: Gives what it holds.
            readable: The same bytes, to be unpacked from.
        """
        at = len(self.members)
        self._parts.add(member.part)
        self.members.append(member)
        gaps = []
        for inner in unpacked(readable):
            if isinstance(inner, Gap):
                gaps.append(inner)
                continue
            part = self._unused(f"{member.part}/{inner.name}")
            taken = self._sealed(inner.stream, part, parent=member.part)
            taken = replace(taken, unread=inner.unread, gaps=tuple(inner.gaps))
            self._take(taken, (lambda _: iter(())) if inner.unread else inner.unpacked, taken)
        is_container = len(self.members) > at + 1
        self.members[at] = replace(member, is_container=is_container, gaps=(*member.gaps, *gaps))

    def _unused(self, part: str) -> str:
        """The name, with a number if it is taken: both files are kept."""
        if part not in self._parts:
            return part
        while (numbered := f"{part}#{self._next[part]}") in self._parts:
            self._next[part] += 1
        return numbered

    def take_listing(self, listing: bytes) -> str:
        """Keep the list of a folder's files; its hash stands for the folder."""
        sha256 = hashlib.sha256(listing).hexdigest()
        target = self._folder / "listing"
        with sealing.sealing(target, self._recipient) as out:
            out.write(listing)
        self.sealed.append((target, sha256))
        return sha256

    def _sealed(self, incoming: BinaryIO, part: str, parent: str = "") -> Member:
        target = self._folder / str(len(self.sealed))
        whole = hashlib.sha256()
        size = 0
        try:
            with sealing.sealing(target, self._recipient) as outgoing:
                while block := incoming.read(_BLOCK):
                    whole.update(block)
                    outgoing.write(block)
                    size += len(block)
                    self._advance(len(block) if not parent else 0)
        except OSError as refused:
            if refused.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}:
                raise NothingWritten(
                    f"The copy could not be written: {refused.strerror}",
                    where=str(self._folder.parent),
                    remedy="Check free space on the operation folder, then repeat the command.",
                ) from refused
            raise
        sha256 = whole.hexdigest()
        self.sealed.append((target, sha256))
        identity = self._identity
        return Member(part, sha256, size, lambda: sealing.opened(target, identity), parent)


def _files_of(source: Path) -> list[tuple[str, Path]]:
    """Part names and paths of what was handed in, sorted by part."""
    if source.is_dir() and not source.is_symlink():
        found = [
            (_part_name(path.relative_to(source)), path)
            for path in source.rglob("*")
            if path.is_symlink() or not path.is_dir()
        ]
        if not found:
            raise UnreadableSource(
                "The folder holds no file",
                where=str(source),
                remedy="Name the folder or file that holds the evidence.",
            )
        return sorted(found)
    return [(_part_name(Path(source.name)), source)]


def _part_name(path: Path) -> str:
    """A path as text, with forward slashes; bytes that are no UTF-8 stay visible as escapes."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _state(file: io.BufferedReader) -> tuple[int, ...]:
    """What changes when a file is replaced or written to."""
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _unchanged(path: Path, state: tuple[int, ...]) -> io.BufferedReader:
    """The file again, if it is still the one that was hashed."""
    file = _opened(path)
    if _state(file) != state:
        file.close()
        raise UnreadableSource(
            "The file changed while it was read",
            where=str(path),
            remedy="Copy it to a place where nothing writes to it, compare hashes with the sender, and add the copy.",
        )
    return file


def _opened(source: Path) -> io.BufferedReader:
    """Open a regular file without following a link or waiting for a pipe."""
    handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return os.fdopen(handle, "rb")
