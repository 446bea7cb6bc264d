"""Take in what partners answer: verified against their pinned keys, each once, and never more than they said."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.answers import ACKNOWLEDGED, PACKAGE, REMINDER, Report
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.dissemination import DISSEMINATION_ACTS, notices_in
from crossbearing.domain.errors import BadRequest, Contradiction, CrossbearingError, NotAuthorised, UnreadableSource
from crossbearing.domain.partner import PARTNER_ACTS, registered
from crossbearing.domain.reply import REPLY_ACTS, Reply, replies_in
from crossbearing.exchange import inbox
from crossbearing.store import sealing
from crossbearing.store.operation import Operation, open_operation, origin_of
from crossbearing.verification.notes import parse_key

TAKEN: Final = "taken in"
BEFORE: Final = "taken in before"
REFUSED: Final = "refused"
_KINDS: Final = (*DISSEMINATION_ACTS, *PARTNER_ACTS)
_SENDING: Final = (ActKind.PACKAGE_SENT, ActKind.NOTICE_SENT, ActKind.REMINDER_SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one file.

    Attributes:
        state: ``TAKEN``, ``BEFORE`` or ``REFUSED``.
        problem: Why it was refused, or what else is to be known of it.
        replied_at: As the partner states it, RFC 3339, UTC.
        reply_sha256: Of what was signed, hex.
        report: What came with it, of every reply that is not refused; whoever takes replies in adds it as evidence.
    """

    path: Path
    state: str
    agency: str = ""
    package_id: str = ""
    version: int = 0
    answer: str = ""
    problem: str = ""
    error: CrossbearingError | None = None
    replied_at: str = ""
    reply_sha256: str = ""
    report: Report | None = None


def take_replies(folder: Path, context: Context, paths: Sequence[Path], *, takes_reports: bool = False) -> list[Taken]:
    """Take in signed replies, each by itself; the same reply again changes nothing.

    Args:
        folder: Operation folder.
        context: Who takes them in.
        paths: Files that `package reply` wrote.
        takes_reports: Reports of outcomes in them can be added as evidence; else a reply with one is refused.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "package", "replies")
        return [_one(operation, path, takes_reports=takes_reports) for path in paths]


def list_replies(folder: Path, context: Context) -> list[Reply]:
    """The signed replies that were taken in, by the time they state."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return replies_in(operation.ledger.entries(*REPLY_ACTS))


def _one(operation: Operation, path: Path, *, takes_reports: bool) -> Taken:
    try:
        return _taken(operation, path, takes_reports=takes_reports)
    except CrossbearingError as refused:
        return Taken(path=path, state=REFUSED, problem=refused.problem, error=refused)


def _taken(operation: Operation, path: Path, *, takes_reports: bool) -> Taken:
    envelope = inbox.opened(_unsealed(operation, path))
    sha256, context = inbox.sha256_of(envelope), operation.context
    result: list[Taken] = []

    def acts(seen: list[Entry]) -> list[Act]:
        partner = registered((one for one in seen if one.kind in PARTNER_ACTS), envelope.agency)
        if ended := partner.has_ended(context.now()[:10]):
            raise NotAuthorised(ended[0], where=str(path), remedy=ended[1])
        if not partner.signs_with:
            raise NotAuthorised(
                f"No signing key is pinned for {partner.agency}",
                where=str(path),
                remedy="Ask the agency for its key, check it by another way, and pin it: "
                "`partner add --replace --signs-with`.",
            )
        said, report = inbox.checked(envelope, parse_key(partner.signs_with).public)
        if report and not takes_reports:
            raise BadRequest(
                "The reply carries a report of outcomes, and no authority for it is named",
                where=str(path),
                remedy="Repeat with --authority REF; nothing of the reply was taken in.",
            )
        answered = _answered(operation, seen, said, path)
        # A reminder speaks of an earlier bundle, and so does what answers it.
        about = str(answered.payload.get("about_sha256", said["statement_sha256"]))
        result[:] = [replace(_as_before(seen, said, (about, sha256), path), reply_sha256=sha256, report=report)]
        return [] if result[0].state == BEFORE else _recorded(seen, said, answered, (about, sha256), report)

    operation.ledger.decide(context, acts, *_KINDS)
    return result[0]


def _unsealed(operation: Operation, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(inbox.LARGEST + 1)
    except OSError as refused:
        raise UnreadableSource(
            f"The file cannot be read: {refused.strerror}", where=str(path), remedy="Check its name and your rights."
        ) from refused
    if len(content) > inbox.LARGEST:
        raise UnreadableSource(
            f"The file is larger than {inbox.LARGEST:,} bytes, and a reply is not",
            where=str(path),
            remedy="Check that it is the right one.",
        )
    return sealing.unsealed(content, operation.keyring.reply_key, where=str(path))


def _answered(operation: Operation, seen: Sequence[Entry], said: Any, path: Path) -> Entry:
    """What a reply answers: a bundle that was sent from here, to this agency, and as the reply describes it."""
    problem = ""
    sent = [one for one in seen if one.kind in _SENDING and one.payload["statement_sha256"] == said["statement_sha256"]]
    own = [one for one in sent if one.payload["agency"] == said["agency"]]
    if said["to"] != origin_of(operation.operation_id):
        problem = f"The reply answers another operation: {said['operation'][:80]!r}"
    elif not sent:
        problem = "The reply answers something that was not sent from here"
    elif not own:
        problem = f"{said['agency']} answers what was sent to {sent[0].payload['agency']}"
    # A notice of an earlier release of this software says its version only in what was signed.
    elif (own[0].subject, own[0].payload.get("version", said["version"])) != (said["package_id"], said["version"]):
        sending = f"{own[0].subject} version {own[0].payload.get('version', '')}".strip()
        problem = f"The reply speaks of {said['package_id']} version {said['version']} and answers {sending}"
    elif said["about"] != (kind := _kind_of(seen, own[0])):
        problem = f"The reply answers a {said['about']}, and what was sent is a {kind}"
    else:
        today, written = date.fromisoformat(operation.context.now()[:10]), date.fromisoformat(said["replied_at"][:10])
        slack = timedelta(days=1)  # clocks differ
        if not date.fromisoformat(own[0].at[:10]) - slack <= written <= today + slack:
            problem = f"The reply is dated {written}, before what it answers was sent or after today"
    if problem:
        raise UnreadableSource(
            problem,
            where=str(path),
            remedy="Do not act on it. Ask the agency, by another way than the one it came, what it means.",
        )
    return own[0]


def _kind_of(seen: Sequence[Entry], sending: Entry) -> str:
    """What kind of bundle was sent: package, reminder, recall or correction."""
    if sending.kind is ActKind.NOTICE_SENT:
        mark = sending.payload["mark"]
        return next(str(one.payload["what"]) for one in seen if one.position == mark)
    return REMINDER if sending.kind is ActKind.REMINDER_SENT else PACKAGE


def _as_before(seen: Sequence[Entry], said: Any, hashes: tuple[str, str], path: Path) -> Taken:
    """What is to be said of this reply, by those that were taken in on the same bundle."""
    about, sha256 = hashes
    every = replies_in(entry for entry in seen if entry.kind in REPLY_ACTS)
    others = [one for one in every if (one.statement_sha256, one.agency) == (about, said["agency"])]
    same = next((one for one in others if one.reply_sha256 == sha256), None)
    newer = [one for one in others if (one.replied_at, one.reply_sha256) > (said["replied_at"], sha256)]
    if same is None and any(one.replied_at == said["replied_at"] for one in others):
        raise Contradiction(
            f"{said['agency']} gave another answer at the very same time",
            where=str(path),
            remedy="Ask the agency which of the two holds, and let it answer once more.",
        )
    problem = ""
    if same is not None and newer:
        problem = f"an old answer sent again; {newer[-1].answer} of {newer[-1].replied_at[:16]} stands"
    elif newer:
        problem = f"it came late; {newer[-1].answer} of {newer[-1].replied_at[:16]} stands"
    return Taken(
        path=path, state=TAKEN if same is None else BEFORE, agency=said["agency"], package_id=said["package_id"],
        version=said["version"], answer=said["answer"], problem=problem, replied_at=said["replied_at"],
    )  # fmt: skip


def _recorded(
    seen: Sequence[Entry], said: Any, answered: Entry, hashes: tuple[str, str], report: Report | None
) -> list[Act]:
    """The acts that a new reply makes; one that acknowledges a notice ends its waiting."""
    (about, sha256), agency, subject = hashes, said["agency"], said["package_id"]
    payload: dict[str, Json] = {
        "agency": agency, "version": said["version"], "answer": said["answer"], "replied_at": said["replied_at"],
        "statement_sha256": about, "reply_sha256": sha256,
    }  # fmt: skip
    if report:
        payload["report_sha256"] = hashlib.sha256(report.content).hexdigest()
    made = [Act(kind=ActKind.REPLY_TAKEN_IN, subject=subject, payload=payload)]
    if said["words"]:
        words: dict[str, Json] = {"reply_sha256": sha256, "words": said["words"]}
        made.append(Act(kind=ActKind.REPLY_WORDED, subject=subject, payload=words))
    if said["answer"] == ACKNOWLEDGED:
        mark = answered.payload["mark"]
        is_pending = any(
            (one.mark, one.agency) == (mark, agency) and not one.acknowledged_on for one in notices_in(seen)
        )
        if is_pending:
            entered: dict[str, Json] = {
                "agency": agency, "mark": mark, "on": said["replied_at"][:10], "words": f"signed reply {sha256}",
            }  # fmt: skip
            made.append(Act(kind=ActKind.NOTICE_ACKNOWLEDGED, subject=subject, payload=entered))
    return made
