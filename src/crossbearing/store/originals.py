"""Originals: the bytes as they came, by SHA-256, written once and never changed."""

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from crossbearing.domain.canonical import canonical
from crossbearing.domain.errors import NothingWritten, UnreadableSource
from crossbearing.store import durable

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an exhibit.

    Attributes:
        part: Path within the exhibit, with forward slashes; data, never opened again by that name.
        path: Where its bytes lie now.
    """

    part: str
    sha256: str
    size_bytes: int
    path: Path


@dataclass(frozen=True, slots=True)
class StagedExhibit:
    """The bytes of an exhibit, copied and hashed, not yet kept."""

    name: str
    sha256: str
    size_bytes: int
    members: tuple[Member, ...]


class Originals:
    """The folder of originals of one operation."""

    def __init__(self, folder: Path) -> None:
        """Keep originals in this folder."""
        self._folder = folder

    def path_of(self, sha256: str) -> Path:
        """Where the original with this hash lies, or would lie."""
        return self._folder / sha256[:2] / sha256

    @contextmanager
    def staged(self, source: Path, advance: Callable[[int], None]) -> Iterator[StagedExhibit]:
        """Copy and hash a file or a folder of files; ``keep`` it within the block, or it is dropped.

        Args:
            source: File or folder handed in. Links and devices inside a folder are refused.
            advance: Is told of each further byte copied.

        Raises:
            UnreadableSource: It is empty, not a file, or cannot be read.
        """
        staging = self._folder / f"{durable.TEMPORARY}{secrets.token_hex(6)}"
        try:
            staging.mkdir(parents=True)
            files = _files_of(source)
            members = tuple(
                _copied(path, part, staging / str(number), advance) for number, (part, path) in enumerate(files)
            )
            if source.is_dir():
                listing = canonical([[m.part, m.sha256, m.size_bytes] for m in members])
                sha256 = hashlib.sha256(listing).hexdigest()
                (staging / "listing").write_bytes(listing)
            else:
                sha256 = members[0].sha256
            yield StagedExhibit(_part_name(Path(source.name)), sha256, sum(m.size_bytes for m in members), members)
        finally:
            for leftover in staging.glob("*"):
                leftover.unlink()
            with suppress(OSError):
                staging.rmdir()

    def keep(self, exhibit: StagedExhibit) -> None:
        """Move staged bytes to their place by hash; bytes already there stay as they are."""
        listing = exhibit.members[0].path.parent / "listing"
        moves = [(member.path, member.sha256) for member in exhibit.members]
        if listing.exists():
            moves.append((listing, exhibit.sha256))
        try:
            for path, sha256 in moves:
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

    def read(self, sha256: str, offset: int, length: int) -> bytes:
        """Bytes of an original as they came."""
        with self.path_of(sha256).open("rb") as original:
            original.seek(offset)
            return original.read(length)

    def is_whole(self, sha256: str) -> bool:
        """Whether the original is there and its bytes still have this hash."""
        path = self.path_of(sha256)
        if not path.is_file():
            return False
        with path.open("rb") as original:
            return hashlib.file_digest(original, "sha256").hexdigest() == sha256


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


def _copied(source: Path, part: str, target: Path, advance: Callable[[int], None]) -> Member:
    whole = hashlib.sha256()
    size = 0
    try:
        with _opened(source) as incoming, target.open("xb") as outgoing:
            while block := incoming.read(_BLOCK):
                whole.update(block)
                outgoing.write(block)
                size += len(block)
                advance(len(block))
    except OSError as refused:
        if refused.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}:
            raise NothingWritten(
                f"The copy could not be written: {refused.strerror}",
                where=str(target.parent.parent),
                remedy="Check free space on the operation folder, then repeat the command.",
            ) from refused
        raise UnreadableSource(
            f"The file cannot be read: {refused.strerror}",
            where=str(source),
            remedy="Check the path and your rights on it; links and devices are not followed.",
        ) from refused
    if size == 0:
        raise UnreadableSource(
            "The file is empty",
            where=str(source),
            remedy="Ask whoever handed it over for the file again; an empty file is not registered.",
        )
    return Member(part, whole.hexdigest(), size, target)


def _opened(source: Path) -> BinaryIO:
    """Open a regular file without following a link or waiting for a pipe."""
    handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return os.fdopen(handle, "rb")
