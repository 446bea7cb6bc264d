"""Back an operation up, check a backup, and restore it into an empty folder."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import Contradiction, NothingWritten, UnreadableSource
from crossbearing.domain.progress import Progress
from crossbearing.store import backup, durable
from crossbearing.store.jobs import job
from crossbearing.store.keyring import Keyring
from crossbearing.store.operation import SETTINGS, adopt_ledger, open_operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup as it was made, checked or restored.

    Attributes:
        path: The file, or the folder it was restored to.
        sha256: Of the backup file; empty when restored.
        entries: Size of the log in it.
    """

    path: Path
    sha256: str
    files: int
    size_bytes: int
    entries: int


def make_backup(folder: Path, context: Context, target: Path, progress: Progress) -> Backup:
    """Write a sealed backup of everything but the keys. Others may go on working meanwhile.

    Args:
        folder: Operation folder.
        context: Who makes it.
        target: File to write, outside the operation folder, best on another disk.
        progress: Shows how far it is.

    Raises:
        Contradiction: There is a file already, or it would lie in the operation folder.
        NothingWritten: The disk refused.
    """
    if target.exists() or target.resolve().is_relative_to(folder.resolve()):
        raise Contradiction(
            "A backup needs a new file outside the operation folder", where=str(target), remedy="Name another place."
        )
    with open_operation(folder, context) as operation, job(operation, "backup make", progress) as work:
        operation.require(Action.BUILD, "operation", operation.name)
        with tempfile.TemporaryDirectory(prefix=durable.TEMPORARY, dir=folder) as inside:
            copy = Path(inside) / backup.LEDGER
            # First the decisions: every file they name is there, and stays while we copy.
            entries = operation.ledger.copy_to(copy)
            files = backup.files_of(operation)
            size = sum(path.stat().st_size for path in (copy, *files))
            with work.stage("Backing up", size) as advance, durable.replacing(target) as unfinished:
                sha256 = backup.write(operation, unfinished, copy, files, advance)
        payload: dict[str, Json] = {"name": target.name, "sha256": sha256, "entries": entries}
        operation.ledger.record(operation.context, Act(kind=ActKind.BACKUP_MADE, subject=sha256[:12], payload=payload))
    return Backup(path=target, sha256=sha256, files=len(files) + 1, size_bytes=size, entries=entries)


def check_backup(path: Path, progress: Progress) -> Backup:
    """Open a backup and hash every file in it, without writing anything.

    Raises:
        UnreadableSource: It is no backup, cut off, or a file in it is not what its list says.
        BadConfiguration: Its key is not here.
    """
    return _read(path, None, progress)


def restore_backup(path: Path, folder: Path, progress: Progress) -> Backup:
    """Restore a backup into an empty folder; what was derived is made again by ``run``.

    The decisions come back on SQLite, or on the PostgreSQL server that the settings name.

    Raises:
        Contradiction: Something is in the folder.
        UnreadableSource: See ``check_backup``; nothing that could be taken for an operation is left behind.
        BadConfiguration: Its key is not here.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Contradiction(
            "There is something at this place already", where=str(folder), remedy="Name a new or empty folder."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        found = _read(path, folder, progress)
        adopt_ledger(folder)
    except BaseException:
        (folder / SETTINGS).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return found


def _read(path: Path, folder: Path | None, progress: Progress) -> Backup:
    header = backup.header_of(path)
    keyring = Keyring.of(header.operation_id, folder or path)
    missing: dict[str, Any] = {}
    with backup.opened(path, keyring) as (listed, files):
        missing.update(listed)
        size = sum(int(facts["bytes"]) for facts in listed.values())
        with progress.stage("Checking" if folder is None else "Restoring", size) as advance:
            for name, source in files:
                facts: Mapping[str, Any] = missing.pop(name, {})
                target = None if folder is None else _place(folder, name)
                if backup.copied(source, target, advance) != facts.get("sha256"):
                    raise _differs(path, name)
                if target is not None:
                    durable.sync(target)
    if missing:
        raise _differs(path, min(missing))
    return Backup(path=folder or path, sha256="", files=len(listed), size_bytes=size, entries=0)


def _place(folder: Path, name: str) -> Path:
    target = folder / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise NothingWritten(
            f"The folder cannot be made: {refused.strerror}", where=str(target), remedy="Check rights and space."
        ) from refused
    return target


def _differs(path: Path, name: str) -> UnreadableSource:
    return UnreadableSource(
        "A file in the backup is missing or not what its list says",
        where=f"{path}, {name}",
        remedy="Use another backup.",
    )
