"""Finishing an erasure: whatever an act of erasing took out of the register goes from the disk and from backups.

The act is the decision and the receipt; this is its carrying out. It may be done again as often as needed,
so a crash after the act loses nothing: whoever comes next finishes it.
"""

import shutil
from collections.abc import Iterator, Sequence
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.tables import PROTECTED_CLASSES
from crossbearing.store import durable
from crossbearing.store.derived import DERIVED
from crossbearing.store.operation import Operation
from crossbearing.store.register import REVISING, exhibits, generations, register

BACKUP: Final = "backup"
_ERASING: Final = (ActKind.PERSON_ERASED, ActKind.EXHIBIT_DESTROYED)


def unfinished(operation: Operation) -> list[Entry]:
    """Erasures that were decided and not carried out to the end."""
    entries = operation.ledger.entries(*_ERASING, ActKind.ERASURE_FINISHED)
    done = {entry.payload["receipt"] for entry in entries if entry.kind is ActKind.ERASURE_FINISHED}
    return [entry for entry in entries if entry.kind in _ERASING and entry.payload["receipt"] not in done]


def finish(operation: Operation) -> int:
    """Carry out every erasure that is not finished; gives how many there were. Needs the operation to itself."""
    waiting = unfinished(operation)
    for entry in waiting:
        _carry_out(operation, entry.payload)
    if waiting:
        _destroy_old_keys(operation)
        _forget_leftovers(operation)
    for entry in waiting:
        payload = {"receipt": entry.payload["receipt"]}
        act = Act(kind=ActKind.ERASURE_FINISHED, subject=str(payload["receipt"]), payload=payload)
        operation.ledger.record(operation.context, act)
    return len(waiting)


def _carry_out(operation: Operation, payload: Any) -> None:
    for revision in payload["files"]:
        _remove(operation, revision["removed"])
    for package_id in payload["packages"]:
        shutil.rmtree(operation.folder / "packages" / package_id, ignore_errors=True)
    needed = {part.sha256 for one in exhibits(operation.ledger).values() for part in one.parts}
    needed |= {part.sha256 for one in register(operation.ledger).withdrawn.values() for part in one.parts}
    for sha256 in payload["originals"]:
        if sha256 not in needed:
            operation.originals.destroy(sha256)
    # What was derived, and any index over it, is made again from what is left.
    for path in (operation.folder / DERIVED).glob("*"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != ".lock":
            path.unlink()
    for path in operation.folder.glob("search.sqlite*"):
        path.unlink()


def _remove(operation: Operation, paths: Sequence[str]) -> None:
    for name in paths:
        path = operation.folder / name
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            durable.sync(path.parent)


def _destroy_old_keys(operation: Operation) -> None:
    """Destroy the keys of earlier generations: copies of what they sealed, wherever they lie, open no more."""
    newest = generations(operation.ledger)
    for sealed_class in (*PROTECTED_CLASSES, BACKUP):
        for number in list(operation.keyring.generations(sealed_class)):
            if number < newest[sealed_class]:
                operation.keyring.destroy(f"{sealed_class}-{number}")


def _forget_leftovers(operation: Operation) -> None:
    """Remove what a crash left half written, and record files that no act names."""
    for path in operation.folder.rglob(f"{durable.TEMPORARY}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    named = set(_named(operation))
    for home in ("records", "protected"):
        for path in (operation.folder / home).rglob("*.parquet*"):
            if str(path.relative_to(operation.folder)) not in named:
                path.unlink()


def _named(operation: Operation) -> Iterator[str]:
    """Record files that an act names and no erasure took: also those that were superseded or withdrawn."""
    gone: set[str] = set()
    found: set[str] = set()
    for entry in operation.ledger.entries(ActKind.EXHIBIT_ADDED, ActKind.EXHIBIT_REREAD, *REVISING, *_ERASING):
        payload: Any = entry.payload
        if entry.kind in {ActKind.EXHIBIT_ADDED, ActKind.EXHIBIT_REREAD}:
            found.update(file["path"] for file in payload["files"])
            continue
        for revision in payload["files"]:
            found.update(file["path"] for file in revision["added"])
            if entry.kind in _ERASING:
                gone.update(revision["removed"])
    yield from found - gone
