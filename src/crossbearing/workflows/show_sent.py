"""What was sent, what came back, and what is overdue; reminders are files, and nothing is sent by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.answers import MORE, REMINDER
from crossbearing.domain.canonical import Json, digest
from crossbearing.domain.context import Context
from crossbearing.domain.dissemination import DISSEMINATION_ACTS, Sent, Stated, notices_in, sent_in
from crossbearing.domain.errors import BadRequest, Contradiction
from crossbearing.domain.partner import PARTNER_ACTS, Partner, partners_in
from crossbearing.exchange.outbox import Outgoing, require_folder, sealed_for, written
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.views import reading

NOTICE_DAYS: Final = 14  # until a notice is to be acknowledged
EVERY_DAYS: Final = 7  # between two reminders of one sending
_GOOD_FOR: Final = 90  # days that a reminder can be opened
ANSWER: Final = "answer"
ACKNOWLEDGEMENT: Final = "acknowledgement"
TELL: Final = "to be told"
INFORM: Final = "wants more information"
_REMINDER: Final = """\
Reminder: {package_id}, version {version}

We sent it to you on {sent_on} and asked for an answer by {reply_by}. None has come.

Answer with `crossbearing package reply` and this bundle or the package itself: receipt, accepted, declined, already
known, more information. If you have answered, send the reply again: it may not have reached us.
"""
# A row of evidence names the package; it can only speak of what had been sent by then.
_STATED: Final = """
    SELECT bare(agency) AS agency, upper(package_ref) AS package_id, answer, replied_on, exhibit_id
    FROM partner_reply
    ORDER BY replied_on NULLS FIRST, exhibit_id, source_row
"""
_BARE: Final = "SELECT bare(?) AS agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that is waited for.

    Attributes:
        what: ``ANSWER``, ``ACKNOWLEDGEMENT`` of a recall or correction; ``TELL``, ``INFORM`` if we are to act.
        due_on: ISO date; empty if it was sent without one.
        days_late: 0 if it is not overdue.
        stated: What evidence says that the partner answered, unsigned; empty if nothing.
        statement_sha256: Of the bundle that is to be answered; empty for notices.
    """

    package_id: str
    version: int
    agency: str
    what: str
    due_on: str
    days_late: int
    reminders: int
    stated: str
    statement_sha256: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder that was made just now."""

    due: Due
    path: Path


@dataclass(frozen=True, slots=True)
class Reminders:
    """What was made, and whom none can be sealed to: registered no more, or with a key that has ended.

    Attributes:
        unreachable: Each with the reason, in words.
    """

    made: list[Reminded]
    unreachable: list[tuple[Due, str]]


def list_sent(folder: Path, context: Context) -> list[Sent]:
    """The ledger of what was sent: who got what, why and when, and what came back; oldest first."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return _with_stated(operation, sent_in(operation.ledger.entries(*DISSEMINATION_ACTS)))


def list_due(folder: Path, context: Context, *, every: bool = False) -> list[Due]:
    """What is overdue, the latest first; with ``every`` all that is waited for."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        found = _due(operation)
    return [one for one in found if every or one.days_late or one.what in {TELL, INFORM}]


def remind_partners(folder: Path, context: Context, out: Path, *, again: bool = False) -> Reminders:
    """Make a sealed reminder for each sending whose answer is overdue.

    Args:
        folder: Operation folder.
        context: Who reminds, and for what purpose.
        out: Folder that the reminders are written to.
        again: Also for those reminded within the last days.

    Raises:
        BadRequest: No purpose is named, or no folder.
        Contradiction: Something was answered, or a partner's keys were changed, meanwhile.
    """
    require_folder(out)
    if not context.purpose.strip():
        raise BadRequest(
            "To remind partners needs a purpose",
            where="package remind",
            remedy="Say with --purpose what it is for; it stands in the log.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "package", "reminders")
        entries = operation.ledger.entries(*DISSEMINATION_ACTS, *PARTNER_ACTS)
        wanted = _to_remind(entries, context, again=again)
        made, unreachable = [], []
        for sent, due in wanted:
            partner, why = _reachable(entries, due.agency, context.now()[:10])
            if partner is None:
                unreachable.append((due, why))
            else:
                made.append((due, _outgoing(operation, partner, sent)))

        def acts(seen: list[Entry]) -> list[Act]:
            if _to_remind(seen, context, again=again) != wanted or _pinned(seen) != _pinned(entries):
                raise Contradiction(
                    "An answer came in, or a partner's keys were changed meanwhile",
                    where="package remind",
                    remedy="Repeat the command.",
                )
            return [
                Act(
                    kind=ActKind.REMINDER_SENT,
                    subject=due.package_id,
                    payload={
                        "agency": due.agency,
                        "version": due.version,
                        "about_sha256": due.statement_sha256,
                        "statement_sha256": outgoing.statement_sha256,
                        "bundle_sha256": outgoing.sha256,
                    },
                )
                for due, outgoing in made
            ]

        operation.ledger.decide(context, acts, *DISSEMINATION_ACTS, *PARTNER_ACTS)
        # After the acts: a crash in between leaves the log saying more than was sent, and never less.
        stem = f"reminder-{context.now()[:10]}"
        paths = [written(out, f"{due.package_id}-v{due.version}-{stem}", due.agency, one) for due, one in made]
    return Reminders([Reminded(due, path) for (due, _), path in zip(made, paths, strict=True)], unreachable)


def _pinned(entries: Sequence[Entry]) -> dict[str, Partner]:
    return partners_in(one for one in entries if one.kind in PARTNER_ACTS)


def _reachable(entries: Sequence[Entry], agency: str, today: str) -> tuple[Partner | None, str]:
    partner = _pinned(entries).get(agency)
    if partner is None:
        return None, f"{agency} is registered no more"
    ended = partner.has_ended(today)
    return (None, ended[0]) if ended else (partner, "")


def _to_remind(entries: Sequence[Entry], context: Context, *, again: bool) -> list[tuple[Sent, Due]]:
    """Sendings whose answer is overdue, and that were not reminded of lately."""
    today = date.fromisoformat(context.now()[:10])
    lately = (today - timedelta(days=EVERY_DAYS)).isoformat()
    found = [(sent, _answer_due(sent, today)) for sent in _newest(sent_in(entries)) if sent.waits]
    return [
        (sent, due)
        for sent, due in found
        if due.days_late and (again or not sent.reminded_at or sent.reminded_at[-1][:10] <= lately)
    ]


def _due(operation: Operation) -> list[Due]:
    today = date.fromisoformat(operation.context.now()[:10])
    entries = operation.ledger.entries(*DISSEMINATION_ACTS)
    found = []
    for sent in _newest(_with_stated(operation, sent_in(entries))):
        if sent.waits:
            found.append(_answer_due(sent, today))
        elif sent.state == MORE and not sent.notices:
            asked_on = date.fromisoformat(sent.replies[-1].replied_at[:10])
            found.append(replace(_answer_due(sent, today), what=INFORM, due_on=asked_on.isoformat(), days_late=0))
    for notice in notices_in(entries):
        if notice.acknowledged_on:
            continue
        told = datetime.fromisoformat(notice.told_at or notice.marked_at).date()
        due_on = told + timedelta(days=NOTICE_DAYS if notice.told_at else 0)
        found.append(
            Due(
                package_id=notice.package_id, version=notice.version, agency=notice.agency,
                what=ACKNOWLEDGEMENT if notice.told_at else TELL, due_on=due_on.isoformat(),
                days_late=max(0, (today - due_on).days), reminders=0, stated="", statement_sha256="",
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.days_late, one.due_on, one.package_id, one.agency, one.what))


def _answer_due(sent: Sent, today: date) -> Due:
    late = (today - date.fromisoformat(sent.reply_by)).days if sent.reply_by else 0
    said = sent.stated[-1] if sent.stated else None
    return Due(
        package_id=sent.package_id, version=sent.version, agency=sent.agency, what=ANSWER, due_on=sent.reply_by,
        days_late=max(0, late), reminders=len(sent.reminded_at), stated=said.answer if said else "",
        statement_sha256=sent.statement_sha256,
    )  # fmt: skip


def _newest(found: Sequence[Sent]) -> list[Sent]:
    """Of each package what each partner got last: an earlier version is not waited for any more."""
    return list({(one.package_id, one.agency): one for one in found}.values())


def _with_stated(operation: Operation, found: Sequence[Sent]) -> list[Sent]:
    """The sendings with what evidence says of them; such a row names a package and no version, and is not signed."""
    if not found:
        return []
    with reading(operation) as engine:
        rows = engine.rows(_STATED)
        names = {one.agency: engine.one(_BARE, [one.agency])["agency"] for one in found}
    stated: dict[int, list[Stated]] = {}
    for row in rows:
        day = row["replied_on"].isoformat() if row["replied_on"] else ""
        places = [
            place
            for place, one in enumerate(found)
            if (names[one.agency], one.package_id) == (row["agency"], row["package_id"])
            and (not day or one.sent_at[:10] <= day)
        ]
        if places:
            one_stated = Stated(answer=row["answer"], replied_on=day, exhibit_id=row["exhibit_id"])
            stated.setdefault(places[-1], []).append(one_stated)
    return [replace(one, stated=tuple(stated.get(place, ()))) for place, one in enumerate(found)]


def _outgoing(operation: Operation, partner: Partner, sent: Sent) -> Outgoing:
    ends = date.fromisoformat(operation.context.now()[:10]) + timedelta(days=_GOOD_FOR)
    content: dict[str, Json] = {
        "package_id": sent.package_id, "version": sent.version, "reply_by": sent.reply_by,
        "about_sha256": sent.statement_sha256,
    }  # fmt: skip
    says: dict[str, Json] = {
        **content, "expires_on": min(ends.isoformat(), partner.keys_until), "content_sha256": digest(content),
        "handling": {"code": "H0", "tlp": "AMBER"},
    }  # fmt: skip
    said: dict[str, Any] = {**content, "sent_on": sent.sent_at[:10]}
    return sealed_for(operation, partner, REMINDER, says, {"NOTICE.txt": _REMINDER.format(**said).encode()})
