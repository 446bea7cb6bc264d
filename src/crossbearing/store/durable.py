"""Writing that is either wholly there or not there at all.

A file is written under a temporary name, synced, renamed, and the folder is synced. A crash leaves at
worst a file whose name begins with ``TEMPORARY``, which nothing reads.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from crossbearing.domain.errors import NothingWritten

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
    with replacing(target) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def sync(path: Path) -> None:
    """Ask the disk to keep what was written to a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
