"""Call back or correct what was sent: a mark, a notice to everybody who got it, and who has acknowledged it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json, digest
from crossbearing.domain.context import Context
from crossbearing.domain.days import iso_day
from crossbearing.domain.dissemination import DISSEMINATION_ACTS, Notice, notices_in
from crossbearing.domain.errors import BadRequest, NotAuthorised, NotFound
from crossbearing.domain.partner import PARTNER_ACTS, Partner, partners_in
from crossbearing.exchange.outbox import Outgoing, require_folder, sealed_for, written
from crossbearing.store import covert
from crossbearing.store.marks import CORRECTION, RECALL, mark
from crossbearing.store.operation import Operation, open_operation

_DAYS: Final = 365  # that a notice is good for
_TODO: Final = {
    RECALL: "Stop using it, delete every copy, and tell us that you did. If you passed it on, tell them.",
    CORRECTION: "Do not use it until the corrected version reaches you. If you acted on it, tell us.",
}
_NOTICE: Final = """\
{what} of {package_id}, version {version} and earlier

Why: {why}

{todo}
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was made just now."""

    notice: Notice
    path: Path


@dataclass(frozen=True, slots=True)
class Notified:
    """What was made, and whom no notice can be sealed to.

    Attributes:
        unreachable: Of partners that are registered no more.
        ended: Of partners whose key has ended.
    """

    told: list[Told]
    unreachable: list[Notice]
    ended: list[Notice]


def recall_package(
    folder: Path, context: Context, package_id: str, *, reason: str, is_correction: bool = False
) -> list[Notice]:
    """Mark every version of a package so far; gives the notices that are pending for it.

    Args:
        folder: Operation folder.
        context: Who calls it back.
        package_id: The package.
        reason: Why, in words that name nobody: the partners read them.
        is_correction: It is not called back; a corrected version follows.

    Raises:
        BadRequest: No reason is given.
        NotFound: There is no such package.
    """
    if not reason.strip():
        raise BadRequest("A recall needs a reason", where=package_id, remedy="Say why, with --reason.")

    def marked(seen: list[Entry]) -> list[Act]:
        if not any(one.subject == package_id and one.kind is ActKind.PACKAGE_BUILT for one in seen):
            raise NotFound(
                f"There is no package {package_id!r}",
                where="the packages",
                remedy="`crossbearing package list` shows them.",
            )
        return [mark(package_id, CORRECTION if is_correction else RECALL, why=reason.strip())]

    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "package", package_id)
        operation.ledger.decide(context, marked, *DISSEMINATION_ACTS)
        found = notices_in(operation.ledger.entries(*DISSEMINATION_ACTS))
    return [one for one in found if one.package_id == package_id and not one.acknowledged_on]


def list_notices(folder: Path, context: Context) -> list[Notice]:
    """All notices, pending ones first, then by when the package was marked."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        found = notices_in(operation.ledger.entries(*DISSEMINATION_ACTS))
    return sorted(found, key=lambda one: (bool(one.acknowledged_on), one.mark, one.agency))


def notify_partners(folder: Path, context: Context, out: Path, *, again: bool = False) -> Notified:
    """Make a sealed notice for everybody who is to be told and was not yet.

    Args:
        folder: Operation folder.
        context: Who tells, and for what purpose.
        out: Folder that the notices are written to.
        again: Also for those who were told and have not acknowledged it.

    Raises:
        BadRequest: No purpose is named, or no folder.
        NotAuthorised: A reason names an account of the covert registers.
    """
    require_folder(out)
    if not context.purpose.strip():
        raise BadRequest(
            "To tell partners needs a purpose",
            where="package notify",
            remedy="Say with --purpose what it is for; it stands in the log.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "package", "notices")
        pending = [
            one
            for one in notices_in(operation.ledger.entries(*DISSEMINATION_ACTS))
            if not one.acknowledged_on and (again or not one.told_at)
        ]
        partners = partners_in(operation.ledger.entries(*PARTNER_ACTS))
        unreachable = [one for one in pending if one.agency not in partners]
        today = context.now()[:10]
        pending = [one for one in pending if one.agency in partners]
        ended = [one for one in pending if partners[one.agency].has_ended(today)]
        pending = [one for one in pending if one not in ended]
        _require_clear(operation, pending)
        made = [(one, _outgoing(operation, one, partners[one.agency])) for one in pending]
        acts = [
            Act(
                kind=ActKind.NOTICE_SENT,
                subject=one.package_id,
                payload={
                    "agency": one.agency,
                    "mark": one.mark,
                    "version": one.version,
                    "statement_sha256": outgoing.statement_sha256,
                    "bundle_sha256": outgoing.sha256,
                },
            )
            for one, outgoing in made
        ]
        operation.ledger.record(context, *acts)
        now = context.now()
        told = [
            Told(
                replace(one, told_at=now),
                written(out, f"{one.package_id}-{one.what}-{one.mark}", one.agency, outgoing),
            )
            for one, outgoing in made
        ]
        return Notified(told, unreachable, ended)


def acknowledge(folder: Path, context: Context, package_id: str, agency: str, *, on: str, words: str) -> list[Notice]:
    """Enter that a partner acknowledged the notices on a package; gives these.

    Args:
        folder: Operation folder.
        context: Who enters it.
        package_id: The package.
        agency: Who acknowledged.
        on: Day, ISO date.
        words: How it said so.

    Raises:
        BadRequest: No day or no words.
        NotFound: Nothing is pending with this partner.
    """
    try:
        iso_day(on)
    except ValueError as wrong:
        raise BadRequest(str(wrong), where="--on", remedy="Give the day as YYYY-MM-DD.") from wrong
    if not words.strip():
        raise BadRequest("How did it say so?", where="--words", remedy="Give it in a few words.")
    entered: list[Notice] = []

    def acts(seen: Sequence[Entry]) -> list[Act]:
        entered[:] = [
            replace(one, acknowledged_on=on)
            for one in notices_in(seen)
            if (one.package_id, one.agency) == (package_id, agency) and not one.acknowledged_on
        ]
        if not entered:
            raise NotFound(
                f"Nothing on {package_id} waits for {agency}",
                where="the notices",
                remedy="`crossbearing package notices` shows what is pending.",
            )
        payloads: list[dict[str, Json]] = [
            {"agency": agency, "mark": one.mark, "on": on, "words": words.strip()} for one in entered
        ]
        return [Act(kind=ActKind.NOTICE_ACKNOWLEDGED, subject=package_id, payload=one) for one in payloads]

    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "package", package_id)
        operation.ledger.decide(context, acts, *DISSEMINATION_ACTS)
    return entered


def _require_clear(operation: Operation, pending: Sequence[Notice]) -> None:
    if not covert.is_clear(operation, [one.why for one in pending]):
        act = Act(kind=ActKind.RELEASE_WITHHELD, subject="notices", payload={"why": "release check"})
        operation.ledger.record(operation.context, act)
        raise NotAuthorised(
            "A notice is withheld by the release check", where="the notices", remedy="Ask the keeper of the registers."
        )


def _outgoing(operation: Operation, notice: Notice, partner: Partner) -> Outgoing:
    ends = date.fromisoformat(operation.context.now()[:10]) + timedelta(days=_DAYS)
    content: dict[str, Json] = {
        "package_id": notice.package_id, "version": notice.version, "what": notice.what, "why": notice.why,
        "marked_at": notice.marked_at,
    }  # fmt: skip
    says = {
        **content, "expires_on": ends.isoformat(), "content_sha256": digest(content),
        "handling": {"code": "H0", "tlp": "AMBER"},
    }  # fmt: skip
    words = _NOTICE.format(**{**content, "what": notice.what.capitalize(), "todo": _TODO[notice.what]})
    return sealed_for(operation, partner, notice.what, says, {"NOTICE.txt": words.encode()})
