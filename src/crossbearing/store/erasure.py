"""Finishing an erasure: whatever an act of erasing took out of the register goes from the disk and from backups.

The act is the decision and the receipt; this is its carrying out. It may be done again as often as needed,
so a crash after the act loses nothing: whoever comes next finishes it.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.identity import AccountNames
from crossbearing.domain.tables import PROTECTED_CLASSES
from crossbearing.store import durable, holds, questions
from crossbearing.store.derived import DERIVED
from crossbearing.store.ledger import Ledger
from crossbearing.store.operation import Operation
from crossbearing.store.register import EXHIBIT_ACTS, generations, register

BACKUP: Final = "backup"
_ERASING: Final = (ActKind.PERSON_ERASED, ActKind.EXHIBIT_DESTROYED)

_OF_ACCOUNTS: Final = (ActKind.PAIR_JUDGED, ActKind.SUBJECT_ROUTED)

# Acts that keep their words even if a name stands in them, for what stands rests on them: without its words a label
# would be milder again, a row set aside back among the records, a hold gone.
_KEPT: Final = frozenset(
    {
        *EXHIBIT_ACTS,
        ActKind.OPERATION_CREATED,
        ActKind.OPERATION_UPGRADED,
        ActKind.AUTHORITY_GRANTED,
        ActKind.PERSON_APPOINTED,
        ActKind.SEQUESTRATION_RULED,
        ActKind.HASHES_LISTED,
        ActKind.CATEGORISATION_LIMITED,
        ActKind.COVERT_ENTERED,
        ActKind.LEAD_ASKED,
        ActKind.LEAD_ANSWERED,
        ActKind.LEAD_CLOSED,
        ActKind.MODEL_REGISTERED,
        ActKind.PACKAGE_BUILT,
        ActKind.PACKAGE_MARKED,
        ActKind.PACKAGE_RELEASED,
        ActKind.PACKAGE_SENT,
        ActKind.NOTICE_SENT,
        ActKind.NOTICE_ACKNOWLEDGED,
        ActKind.REPLY_TAKEN_IN,
        ActKind.REMINDER_SENT,
        ActKind.OVERLAPS_FOUND,
        ActKind.OVERLAP_TOLD,
        ActKind.PARTNER_ADDED,
        ActKind.PARTNER_REMOVED,
        ActKind.EXPORTED,
        ActKind.STATEMENT_DRAFTED,
        ActKind.STATEMENT_APPROVED,
        ActKind.STATEMENT_PUBLISHED,
        ActKind.STATEMENT_TOLD,
        ActKind.COUNTS_SHOWN,
        ActKind.OUTCOME_BASIS_STATED,
        ActKind.CASE_SEALED,
        ActKind.CASE_UNSEALED,
        ActKind.RESULTS_FROZEN,
        ActKind.ALERT_DRAFTED,
        ActKind.ALERT_ISSUED,
        ActKind.ALERT_WITHDRAWN,
        ActKind.HOLD_LIFTED,
        ActKind.BACKUP_MADE,
        ActKind.ERASURE_FINISHED,
    }
)


def that_may_go(ledger: Ledger, named: Sequence[Entry], names: AccountNames) -> list[int]:
    """Positions of the acts, of those that name a person, whose words can go and nothing that stands changes.

    Of judgements these are the ones on the account's own pairs, which go together, and of routings its own: who joined
    it keeps theirs. Of holds, the lifted ones.
    """
    held = {hold.hold_id for hold in holds.standing(ledger)}
    return [
        entry.position
        for entry in named
        if entry.kind not in _KEPT
        and (entry.kind not in _OF_ACCOUNTS or entry.subject in names.ids)
        and (entry.kind is not ActKind.HOLD_PLACED or entry.subject not in held)
    ]


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
        questions.forget_void(operation)
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
    needed = {part.sha256 for one in register(operation.ledger).kept.values() for part in one.parts}
    for sha256 in payload["originals"]:
        if sha256 not in needed:
            operation.originals.destroy(sha256)
    _forget_derived(operation)


def forget_what_no_longer_stands(operation: Operation) -> None:
    """Remove record files that were superseded, and what was derived from them; the caller has it alone."""
    _forget_leftovers(operation)
    _forget_derived(operation)


def _forget_derived(operation: Operation) -> None:
    """Remove what was derived, and any index over it: it is made again from what is left."""
    for path in (operation.folder / DERIVED).glob("*"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != ".lock":
            path.unlink()
    for path in operation.folder.glob("search.sqlite*"):
        path.unlink()
    # Before it is said to be finished: a power cut must not bring any of it back.
    for folder in (operation.folder / "packages", operation.folder / DERIVED, operation.folder):
        if folder.is_dir():
            durable.sync(folder)


def _remove(operation: Operation, paths: Sequence[str]) -> None:
    for name in paths:
        if (operation.folder / name).parent.is_dir():
            _unlink(operation.folder / name)


def _destroy_old_keys(operation: Operation) -> None:
    """Destroy the keys of earlier generations: copies of what they sealed, wherever they lie, open no more."""
    newest = generations(operation.ledger)
    for sealed_class in (*PROTECTED_CLASSES, BACKUP):
        for number in list(operation.keyring.generations(sealed_class)):
            if number < newest[sealed_class]:
                operation.keyring.destroy(f"{sealed_class}-{number}")


def _forget_leftovers(operation: Operation) -> None:
    """Remove what a crash left half written, and record files that no longer stand: nobody looked who is in them."""
    for path in operation.folder.rglob(f"{durable.TEMPORARY}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    known = register(operation.ledger)
    standing = {file.path for one in known.kept.values() for file in one.files}
    for home in ("records", "protected"):
        for path in (operation.folder / home).rglob("*.parquet*"):
            if str(path.relative_to(operation.folder)) not in standing:
                _unlink(path)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
    durable.sync(path.parent)
