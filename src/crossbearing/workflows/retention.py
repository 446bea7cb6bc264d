"""What must be kept, what is due for review, and the receipts of what is gone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.days import iso_day
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.labels import UNKNOWN
from crossbearing.store import erasure, holds
from crossbearing.store.holds import Hold
from crossbearing.store.operation import open_operation
from crossbearing.store.register import register, require_exhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An exhibit whose review day has come, or was never set."""

    exhibit_id: str
    name: str
    review_on: str
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The receipt of one erasure; it names nobody."""

    receipt: str
    what: str
    at: str
    by: str
    reason: str
    rows: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Retention:
    """How retention stands.

    Attributes:
        backup_is_due: An erasure made every earlier backup unreadable, and none was made since.
    """

    due: tuple[Due, ...]
    holds: tuple[Hold, ...]
    gone: tuple[Gone, ...]
    backup_is_due: bool


def place_hold(
    folder: Path, context: Context, *, kind: str, name: str, market: str, owner: str, reason: str, review_on: str
) -> str:
    """Hold an exhibit, a case or an account against every erasure; gives the hold's id.

    Raises:
        BadRequest: A part is missing, or the review day is no day.
    """
    missing = [label for label, value in (("name", name), ("owner", owner), ("reason", reason)) if not value.strip()]
    if kind == holds.ACCOUNT and not market.strip():
        missing.append("market")
    if missing or kind not in holds.KINDS:
        raise BadRequest(
            f"A hold needs {', '.join(missing) or 'something to hold'}",
            where="retention hold",
            remedy="Give one of --exhibit, --case or --account with --market, and --owner, --reason, --review-on.",
        )
    try:
        iso_day(review_on)
    except ValueError as wrong:
        raise BadRequest(
            f"The review day is {review_on!r}, expected YYYY-MM-DD",
            where="retention hold",
            remedy="Give the day on which the hold itself is reviewed, with --review-on.",
        ) from wrong
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, kind, name)
        if kind == holds.EXHIBIT:
            require_exhibit(operation.ledger, name.strip(), withdrawn=True)
        hold_id = f"H-{context.randomness(4).hex()}"
        payload: dict[str, Json] = {
            "kind": kind,
            "name": name.strip(),
            "market": market.strip(),
            "owner": owner.strip(),
            "reason": reason.strip(),
            "review_on": review_on,
        }
        operation.ledger.record(context, Act(kind=ActKind.HOLD_PLACED, subject=hold_id, payload=payload))
        return hold_id


def lift_hold(folder: Path, context: Context, hold_id: str, *, reason: str) -> None:
    """Lift a hold.

    Raises:
        NotFound: No such hold stands.
        BadRequest: No reason is given.
    """
    if not reason.strip():
        raise BadRequest("Lifting a hold needs a reason", where=hold_id, remedy="Say why, with --reason.")
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "hold", hold_id)
        if hold_id not in {hold.hold_id for hold in holds.standing(operation.ledger)}:
            raise NotFound(
                f"No hold {hold_id!r} stands",
                where=str(folder),
                remedy="`crossbearing retention list` names the holds.",
            )
        act = Act(kind=ActKind.HOLD_LIFTED, subject=hold_id, payload={"reason": reason.strip()})
        operation.ledger.record(context, act)


def show_retention(folder: Path, context: Context) -> Retention:
    """What is due for review, what is held, and what is gone."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        standing = holds.standing(operation.ledger)
        today = context.now()[:10]
        due = [
            Due(
                exhibit_id=one.exhibit_id,
                name=one.name,
                review_on=one.label.review_on,
                holds=tuple(
                    hold.hold_id
                    for hold in standing
                    if (hold.kind == holds.EXHIBIT and hold.name == one.exhibit_id)
                    or (hold.kind == holds.CASE and hold.name in one.label.cases)
                ),
            )
            for one in register(operation.ledger).kept.values()
            if one.label.review_on == UNKNOWN or one.label.review_on <= today
        ]
        entries = operation.ledger.entries(ActKind.PERSON_ERASED, ActKind.EXHIBIT_DESTROYED)
        waiting = {entry.position for entry in erasure.unfinished(operation)}
        gone = []
        for entry in entries:
            payload: Any = entry.payload
            gone.append(
                Gone(
                    receipt=payload["receipt"],
                    what=str(entry.kind),
                    at=entry.at,
                    by=entry.person,
                    reason=payload["reason"],
                    rows=sum(payload["rows"].values()),
                    is_finished=entry.position not in waiting,
                )
            )
        backups = [entry.position for entry in operation.ledger.entries(ActKind.BACKUP_MADE)]
        is_due = bool(entries) and max(backups, default=-1) < entries[-1].position
        return Retention(tuple(due), tuple(standing), tuple(gone), is_due)
