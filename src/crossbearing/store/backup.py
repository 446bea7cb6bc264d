"""A backup: one sealed file with everything of an operation but its keys.

One line says whose it is and which key opens it; after it, sealed with age, a tar archive: first the list of
its files with their hashes, then the files. Erasing a person destroys the key, so that earlier backups open
no more, wherever they lie; that is why a new one is made after each erasure.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from crossbearing.domain.errors import UnreadableSource
from crossbearing.store import sealing
from crossbearing.store.erasure import BACKUP
from crossbearing.store.keyring import Keyring
from crossbearing.store.operation import SETTINGS, Operation
from crossbearing.store.register import generations

LEDGER: Final = "decisions.sqlite"
_FOLDERS: Final = ("originals", "records", "protected", "models", "packages")
_TITLE: Final = "crossbearing-backup v1"
_LIST: Final = "backup.json"
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Header:
    """Whose backup it is, and which generation of the backup key opens it."""

    operation_id: str
    generation: int

    @property
    def key_name(self) -> str:
        """Name of the key in the keyring."""
        return f"{BACKUP}-{self.generation}"


def files_of(operation: Operation) -> list[Path]:
    """The files a backup holds, without the decisions; derived files are made again."""
    found = [operation.folder / SETTINGS]
    for home in _FOLDERS:
        inside = (operation.folder / home).rglob("*")
        found += [path for path in inside if path.is_file() and not _is_unfinished(path.relative_to(operation.folder))]
    return sorted(found)


def write(
    operation: Operation, target: Path, ledger_copy: Path, files: list[Path], advance: Callable[[int], None]
) -> str:
    """Write a backup to a new file; gives its SHA-256. Durable when it returns.

    Args:
        operation: What is backed up.
        target: File to write; must not exist.
        ledger_copy: A copy of the decisions at one moment, taken before ``files`` was listed.
        files: Further files, all written once.
        advance: Is told of each further byte.
    """
    header = Header(operation.operation_id, generations(operation.ledger)[BACKUP])
    inside = {LEDGER: ledger_copy, **{str(path.relative_to(operation.folder)): path for path in files}}
    listed = {name: {"sha256": _sha256(path), "bytes": path.stat().st_size} for name, path in inside.items()}
    sealed = target.with_name(f"{target.name}.sealed")
    try:
        with (
            sealing.sealing(sealed, operation.keyring.recipient(header.key_name)) as stream,
            tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            _add(archive, _LIST, json.dumps(listed, indent=1, sort_keys=True).encode())
            for name, path in inside.items():
                archive.add(path, name, recursive=False)
                advance(path.stat().st_size)
        whole = hashlib.sha256()
        with sealed.open("rb") as source, target.open("xb") as out:
            line = f"{_TITLE} {header.operation_id} {header.generation}\n".encode()
            for block in (line, *iter(lambda: source.read(_BLOCK), b"")):
                whole.update(block)
                out.write(block)
    finally:
        sealed.unlink(missing_ok=True)
    return whole.hexdigest()


def header_of(path: Path) -> Header:
    """The first line of a backup.

    Raises:
        UnreadableSource: It is no backup.
    """
    try:
        with path.open("rb") as file:
            line = file.readline(200).decode("ascii")
        title, operation_id, generation = line.rsplit(" ", 2)
        if title != _TITLE:
            raise ValueError  # noqa: TRY301 - one way out for everything that is no backup
        return Header(operation_id, int(generation))
    except (OSError, ValueError) as wrong:
        raise UnreadableSource(
            "This is not a backup", where=str(path), remedy="Name a file that `crossbearing backup make` wrote."
        ) from wrong


@contextmanager
def opened(path: Path, keyring: Keyring) -> Iterator[tuple[Mapping[str, Any], Iterator[tuple[str, BinaryIO]]]]:
    """The list of a backup's files, and then each file's name and bytes, in one pass.

    Raises:
        UnreadableSource: It is damaged, or holds something that no backup holds.
        BadConfiguration: Its key is not here; an erasure destroys the keys of earlier backups.
    """
    header = header_of(path)
    identity = keyring.identity(header.key_name)
    try:
        with (
            sealing.opened(path, identity, skip_line=True) as stream,
            tarfile.open(fileobj=stream, mode="r|") as archive,
        ):
            entries = _entries(archive)
            name, first = next(entries)
            if name != _LIST:
                raise _broken(path, "it does not begin with its list")
            yield json.loads(first.read()), entries
    except (tarfile.TarError, StopIteration, EOFError) as wrong:
        raise _broken(path, "it is cut off or damaged") from wrong


def _entries(archive: tarfile.TarFile) -> Iterator[tuple[str, BinaryIO]]:
    for entry in archive:
        place = PurePosixPath(entry.name)
        source = archive.extractfile(entry) if entry.isreg() else None
        if source is None or place.is_absolute() or ".." in place.parts:
            raise _broken(Path(entry.name), "it holds something that is no plain file")
        yield entry.name, source  # type: ignore[misc]  # a reader of bytes


def copied(source: BinaryIO, target: Path | None, advance: Callable[[int], None]) -> str:
    """Hash a file of a backup and write it if a place is given; gives the SHA-256."""
    whole = hashlib.sha256()
    out = None if target is None else target.open("xb")
    try:
        while block := source.read(_BLOCK):
            whole.update(block)
            advance(len(block))
            if out is not None:
                out.write(block)
    finally:
        if out is not None:
            out.close()
    return whole.hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_unfinished(path: Path) -> bool:
    return any(piece.startswith(".") for piece in path.parts)


def _broken(path: Path, what: str) -> UnreadableSource:
    return UnreadableSource(
        f"The backup cannot be used: {what}", where=str(path), remedy="Use another backup; nothing was restored."
    )
