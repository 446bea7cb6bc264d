"""Originals: the bytes as they came, by SHA-256, written once, sealed, and never changed."""

import errno
import hashlib
import io
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import pyrage

from crossbearing.domain.canonical import canonical
from crossbearing.domain.errors import NothingWritten, UnreadableSource
from crossbearing.store import durable, sealing
from crossbearing.store.keyring import ORIGINALS, Keyring

_BLOCK: Final = 1 << 20
# Names and bytes of what an archive holds; none for a file that is no archive.
Unpacked = Callable[[Path], Iterator[tuple[str, BinaryIO]]]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an exhibit.

    Attributes:
        part: Path within the exhibit, with forward slashes; data, never opened again by that name.
        opened: Gives its bytes from the beginning.
        parent: The archive it was packed in, as a part of the same exhibit; empty if it came as it is.
        is_container: It is an archive whose members are parts of their own.
    """

    part: str
    sha256: str
    size_bytes: int
    opened: Callable[[], io.BufferedReader]
    parent: str = ""
    is_container: bool = False


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
                listing = canonical([[m.part, m.sha256, m.size_bytes] for m in work.members])
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
            for path, sha256 in exhibit.sealed:
                target = self.path_of(sha256)
                if target.exists():
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                path.chmod(0o444)
                durable.sync(path)
                path.replace(target)
                durable.sync(target.parent)
            durable.sync(self._folder)
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

    def take_file(self, part: str, path: Path, unpacked: Unpacked) -> None:
        """Take a file as it lies there, and then what it holds if it is an archive."""
        try:
            with _opened(path) as incoming:
                whole = self._sealed(incoming, part)
        except OSError as refused:
            raise UnreadableSource(
                f"The file cannot be read: {refused.strerror}",
                where=str(path),
                remedy="Check the path and your rights on it; links and devices are not followed.",
            ) from refused
        if whole.size_bytes == 0:
            raise UnreadableSource(
                "The file is empty",
                where=str(path),
                remedy="Ask whoever handed it over for the file again; an empty file is not registered.",
            )
        inner = [
            self._sealed(stream, f"{part}/{_part_name(Path(name))}", parent=part) for name, stream in unpacked(path)
        ]
        self.members.append(
            Member(part, whole.sha256, whole.size_bytes, whole.opened, is_container=True) if inner else whole
        )
        self.members.extend(inner)

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


def _opened(source: Path) -> BinaryIO:
    """Open a regular file without following a link or waiting for a pipe."""
    handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return os.fdopen(handle, "rb")
