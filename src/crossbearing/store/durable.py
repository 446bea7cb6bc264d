"""Writing that is either wholly there or not there at all.

A file is written under a temporary name, synced, renamed, and the folder is synced. A crash leaves at
worst a file whose name begins with ``TEMPORARY``, which nothing reads.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from crossbearing.domain.errors import NothingWritten, OperationBusy

TEMPORARY: Final = ".unfinished-"


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path to write to; if the block ends well, it becomes the target.

    Raises:
        NothingWritten: The disk refused; the target is as it was.
    """
    unfinished = target.with_name(f"{TEMPORARY}{secrets.token_hex(6)}-{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        sync(unfinished)
        unfinished.replace(target)
        sync(target.parent)
    except OSError as refused:
        raise NothingWritten(
            f"The file could not be written: {refused.strerror}",
            where=str(target),
            remedy="Check free space and rights on the operation folder, then repeat the command.",
        ) from refused
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Replace the target's content with this text, UTF-8."""
    write_bytes(target, text.encode())


def write_bytes(target: Path, content: bytes) -> None:
    """Replace the target's content."""
    with replacing(target) as unfinished:
        unfinished.write_bytes(content)


@contextmanager
def locked(path: Path, *, alone: bool) -> Iterator[None]:
    """Hold a lock on this host while the block runs: shared, or alone.

    Raises:
        OperationBusy: Others hold it in a way that does not go together.
    """
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise OperationBusy(
                "Another process is at work in this operation" if alone else "Another process has this operation alone",
                where=str(path.parent),
                remedy="Wait for it to end and repeat the command.",
            ) from busy
        yield


def make_folder(folder: Path, *, within: Path) -> None:
    """Make a folder and those above it; each new one is synced into the one above."""
    missing = []
    while folder != within and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        sync(one.parent)


def sync(path: Path) -> None:
    """Ask the disk to keep what was written to a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
