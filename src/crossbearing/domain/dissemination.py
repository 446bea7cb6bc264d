"""Who got what, and what became of it: sent, answered, called back or corrected, told so, acknowledged, overdue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.answers import FINAL, MORE
from crossbearing.domain.reply import REPLY_ACTS, Reply, replies_in

DISSEMINATION_ACTS: Final = (
    ActKind.PACKAGE_BUILT, ActKind.PACKAGE_MARKED, ActKind.PACKAGE_SENT, ActKind.NOTICE_SENT,
    ActKind.NOTICE_ACKNOWLEDGED, ActKind.REMINDER_SENT, *REPLY_ACTS,
)  # fmt: skip

NO_ANSWER: Final = "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That a partner is to be told of a mark on what it got; it stays pending until the partner acknowledged it.

    Attributes:
        mark: Position of the mark in the log.
        version: Newest version that is meant; earlier ones are meant too.
        what: "recall" or "correction".
        told_at: When it was told; empty if it was not yet.
        acknowledged_on: ISO date; empty while it is pending.
    """

    package_id: str
    agency: str
    mark: int
    version: int
    what: str
    why: str
    marked_at: str
    told_at: str = ""
    acknowledged_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An answer that a row of evidence states; anybody may have written it.

    Attributes:
        replied_on: ISO date; empty if not stated.
    """

    answer: str
    replied_on: str
    exhibit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One version of one package as one partner got it.

    Attributes:
        statement_sha256: Of what was signed, hex.
        bundle_sha256: Of the sealed file, hex.
        why: Purpose that stands in the log.
        notices: What the partner is to be told of it since.
        channel: Legal channel by which it left as evidence; empty if it left as intelligence only.
        reply_by: Day by which an answer was asked for, ISO date; empty for what was sent without one.
        state: The newest signed answer; "no answer" if there is none.
        replies: Signed answers, by the time they state.
        stated: What evidence says that the partner answered; not signed, so that nothing rests on it.
        reminded_at: When the partner was reminded, oldest first.
    """

    package_id: str
    version: int
    agency: str
    handling: str
    expires_on: str
    statement_sha256: str
    bundle_sha256: str
    sent_at: str
    sent_by: str
    why: str
    notices: Sequence[Notice] = field(default_factory=tuple)
    channel: str = ""
    reply_by: str = ""
    state: str = NO_ANSWER
    replies: Sequence[Reply] = field(default_factory=tuple)
    stated: Sequence[Stated] = field(default_factory=tuple)
    reminded_at: Sequence[str] = field(default_factory=tuple)

    @property
    def waits(self) -> bool:
        """An answer is still waited for: nothing final came, the partner asked for nothing, nothing was taken back."""
        return self.state not in {*FINAL, MORE} and not self.notices


def notices_in(entries: Iterable[Entry]) -> list[Notice]:
    """One notice for each mark and each partner that had got a version it is put on; oldest mark first."""
    versions: dict[str, int] = {}
    got: dict[str, dict[str, int]] = {}  # by package, the newest version that each partner got
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for entry in entries:
        said: Any = entry.payload
        if entry.kind is ActKind.PACKAGE_BUILT:
            versions[entry.subject] = said["version"]
        elif entry.kind is ActKind.PACKAGE_SENT:
            got.setdefault(entry.subject, {})[said["agency"]] = said["version"]
        elif entry.kind is ActKind.PACKAGE_MARKED:
            for agency in got.get(entry.subject, {}):
                found[entry.position, agency] = {
                    "package_id": entry.subject, "agency": agency, "mark": entry.position,
                    "version": versions.get(entry.subject, 0), "what": said["what"], "why": said["why"],
                    "marked_at": entry.at,
                }  # fmt: skip
        elif entry.kind is ActKind.NOTICE_SENT:
            found.get((said["mark"], said["agency"]), {})["told_at"] = entry.at
        elif entry.kind is ActKind.NOTICE_ACKNOWLEDGED:
            found.get((said["mark"], said["agency"]), {})["acknowledged_on"] = said["on"]
    return [Notice(**one) for one in found.values()]


def sent_in(entries: Sequence[Entry]) -> list[Sent]:
    """What was sent, oldest first, with the notices that followed it."""
    notices = notices_in(entries)
    replies: dict[str, list[Reply]] = {}
    for reply in replies_in(one for one in entries if one.kind in REPLY_ACTS):
        replies.setdefault(reply.statement_sha256, []).append(reply)
    reminded: dict[str, list[str]] = {}
    for entry in entries:
        if entry.kind is ActKind.REMINDER_SENT:
            reminded.setdefault(str(entry.payload["about_sha256"]), []).append(entry.at)
    found = []
    for entry in entries:
        if entry.kind is not ActKind.PACKAGE_SENT:
            continue
        said: Any = entry.payload
        own = [
            one
            for one in notices
            if (one.package_id, one.agency) == (entry.subject, said["agency"])
            and one.mark > entry.position
            and one.version >= said["version"]
        ]
        answers = replies.get(said["statement_sha256"], [])
        found.append(
            Sent(
                package_id=entry.subject,
                version=said["version"],
                agency=said["agency"],
                handling=said["handling"],
                expires_on=said["expires_on"],
                statement_sha256=said["statement_sha256"],
                bundle_sha256=said["bundle_sha256"],
                sent_at=entry.at,
                sent_by=entry.person,
                why=entry.purpose,
                notices=tuple(own),
                channel=said.get("channel", ""),
                reply_by=said.get("reply_by", ""),
                state=answers[-1].answer if answers else NO_ANSWER,
                replies=tuple(answers),
                reminded_at=tuple(reminded.get(said["statement_sha256"], ())),
            )
        )
    return found
