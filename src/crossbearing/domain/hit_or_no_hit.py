"""Hit or no hit: how one question between the side of a case and the side of the markets stands.

The case side asks with a commitment, the market side matches, both learn one word, and what was found opens when both
have approved. Nothing here knows the word or what was found: these lie sealed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry

HIT: Final = "hit"
NO_HIT: Final = "no hit"
# Hours; stated with each question. The second follows the 48 hours of Regulation (EU) 2024/982 for data after a match.
ANSWER_HOURS: Final = 72
FOLLOW_UP_HOURS: Final = 48
LAPSES_AFTER: Final = timedelta(days=14)  # beyond the time of the step it stands at
_VOIDING: Final = (ActKind.PERSON_ERASED, ActKind.EXHIBIT_DESTROYED)
QUESTION_ACTS: Final = (
    ActKind.LEAD_ASKED, ActKind.LEAD_ANSWERED, ActKind.LEAD_APPROVED, ActKind.LEAD_CLOSED, *_VOIDING
)  # fmt: skip


class Side(StrEnum):
    """Who a person speaks for in one question."""

    CASE = "case side"
    MARKET = "market side"
    AUDITOR = "auditor"


BOTH: Final = (Side.CASE, Side.MARKET)


class State(StrEnum):
    """How far a question is."""

    ASKED = "asked"
    ANSWERED = "answered"
    OPEN = "open"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def is_closed(self) -> bool:
        """Nothing opens any more; the case must be asked for again."""
        return self in {State.REFUSED, State.WITHDRAWN, State.LAPSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Something sealed, and the commitment to it that stands in the log.

    Attributes:
        position: Of the act.
        by: Who.
        path: Of the sealed file, in the operation folder.
        key: Name of its key.
        commitment: SHA-256 over a salt and the content, lower-case hex; the salt is sealed with it.
    """

    position: int
    at: str
    by: str
    path: str
    key: str
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That one side lets the other see what was found."""

    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question as it stands.

    Attributes:
        number: Case number.
        asked: The sealed question.
        exhibit_ids: Exhibits that it was taken from; with one of them it goes.
        answer_by: When it is to be answered, RFC 3339, UTC.
        follow_up_hours: Hours that both sides have from the answer.
        answered: The sealed answer; None before it, and after an erasure, which voids it.
        approved: By side; only those of this answer.
        closed: How it was closed: refused, withdrawn, lapsed; None while it runs or is open.
        closed_at: When.
        closed_by: The side that closed it; empty if it lapsed.
        reason: Why it was closed.
    """

    number: str
    asked: Sealed
    exhibit_ids: frozenset[str]
    answer_by: str
    follow_up_hours: int
    answered: Sealed | None = None
    approved: Mapping[Side, Approval] = field(default_factory=dict)
    closed: State | None = None
    closed_at: str = ""
    closed_by: str = ""
    reason: str = ""

    @property
    def state(self) -> State:
        """How far it is."""
        if self.closed is not None:
            return self.closed
        if self.answered is None:
            return State.ASKED
        return State.OPEN if set(BOTH) <= self.approved.keys() else State.ANSWERED

    @property
    def due(self) -> str:
        """When the step it stands at is to be done, RFC 3339; empty if nothing waits."""
        if self.state is State.ASKED:
            return self.answer_by
        if self.state is State.ANSWERED and self.answered is not None:
            return hours_after(self.answered.at, self.follow_up_hours)
        return ""

    def is_overdue(self, now: str) -> bool:
        """Whether the time of its step is over."""
        return bool(self.due) and now > self.due

    def has_lapsed(self, now: str) -> bool:
        """Whether it is overdue for so long that it closes by itself."""
        return bool(self.due) and now > _written(_read(self.due) + LAPSES_AFTER)


def all_questions(entries: Iterable[Entry]) -> list[Question]:
    """Every question that was ever asked, from the acts of ``QUESTION_ACTS`` in their order."""
    found: dict[int, Question] = {}
    for entry in entries:
        said: Any = entry.payload
        if entry.kind in _VOIDING:
            # Nobody looked whom the sealed answers name: they go, and the market side matches again.
            found = {
                position: replace(one, answered=None, approved={})
                for position, one in found.items()
                if entry.subject not in one.exhibit_ids and position not in said.get("questions", ())
            }
        elif entry.kind is ActKind.LEAD_ASKED:
            found[entry.position] = Question(
                number=entry.subject,
                asked=_sealed(entry),
                exhibit_ids=frozenset(said["exhibit_ids"]),
                answer_by=said["answer_by"],
                follow_up_hours=said["follow_up_hours"],
            )
        elif (one := found.get(said["asked"])) is not None:
            found[one.asked.position] = _followed(one, entry)
    return list(found.values())


def questions_in(entries: Iterable[Entry]) -> dict[str, Question]:
    """The newest question of each case."""
    return {one.number: one for one in all_questions(entries)}


def _followed(one: Question, entry: Entry) -> Question:
    said: Any = entry.payload
    if entry.kind is ActKind.LEAD_ANSWERED:
        return replace(one, answered=_sealed(entry), approved={})
    if entry.kind is ActKind.LEAD_CLOSED:
        return replace(
            one, closed=State(said["how"]), closed_at=entry.at, closed_by=said["side"], reason=said["reason"]
        )
    if one.answered is None or said["answered"] != one.answered.position:
        return one
    approval = Approval(at=entry.at, by=entry.person, reason=said["reason"])
    return replace(one, approved={**one.approved, Side(said["side"]): approval})


def _sealed(entry: Entry) -> Sealed:
    said: Any = entry.payload
    return Sealed(
        position=entry.position,
        at=entry.at,
        by=entry.person,
        path=said["path"],
        key=said["key"],
        commitment=said["commitment"],
    )


def hours_after(at: str, hours: int) -> str:
    """A time some hours later; both RFC 3339, UTC."""
    return _written(_read(at) + timedelta(hours=hours))


def _read(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
