"""What named people decide about an account's person: candidate, confirmed, not this person; and what it comes to.

Software decides nothing here. A verdict about a person has a suspicion basis, a category, fact or assessment, and a day
on which it is looked at again; without them it is refused in words.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from crossbearing.domain.act import Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.days import iso_day
from crossbearing.domain.errors import BadRequest
from crossbearing.domain.labels import CATEGORIES

_NATURES: Final = ("fact", "assessment")


class Verdict(StrEnum):
    """One person's answer; *withdrawn* takes their own earlier answer back."""

    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    NOT = "not this person"
    WITHDRAWN = "withdrawn"


class State(StrEnum):
    """What all answers come to. *Unidentified* is a normal end."""

    UNIDENTIFIED = "unidentified"
    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    EXCLUDED = "not this person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer about one person of one subject.

    Attributes:
        accounts: Accounts of the subject when it was given.
        places: Rows that named the person then.
        exhibit_ids: Exhibits that it rested on.
        basis: Basis for suspicion; required of a candidate or confirmed one.
        nature: fact or assessment.
        category: Category of data subject.
        since, until: For which time the person ran the account; open where empty.
        answered: How counter-evidence and misleading patterns are answered, in the judge's words.
        said: What software said then.
    """

    subject: str
    accounts: tuple[str, ...]
    person_id: str
    verdict: Verdict
    reason: str
    basis: str = ""
    nature: str = ""
    category: str = ""
    review_on: str = ""
    since: str = ""
    until: str = ""
    answered: str = ""
    said: str = ""
    places: tuple[str, ...] = ()
    exhibit_ids: tuple[str, ...] = ()
    judge: str = ""
    at: str = ""

    @property
    def payload(self) -> dict[str, Json]:
        """What the log keeps of it beside judge and time."""
        return {
            "accounts": list(self.accounts), "person_id": self.person_id, "verdict": str(self.verdict),
            "reason": self.reason, "basis": self.basis, "nature": self.nature, "category": self.category,
            "review_on": self.review_on, "since": self.since, "until": self.until, "answered": self.answered,
            "said": self.said, "places": list(self.places), "exhibit_ids": list(self.exhibit_ids),
        }  # fmt: skip


def require_complete(answer: Answer, today: str) -> None:
    """Refuse an answer that lacks what it needs.

    Raises:
        BadRequest: What is missing, in words.
    """
    if not answer.reason.strip():
        raise _lacks("a reason", "Say with --reason why, without naming the person.")
    if answer.verdict is Verdict.WITHDRAWN:
        return
    if answer.verdict is not Verdict.NOT and not answer.basis.strip():
        raise _lacks(
            "a basis for suspicion", "Say with --basis what the suspicion rests on; nobody is a subject without one."
        )
    if answer.nature not in _NATURES:
        raise _lacks("fact or assessment", f"Give --nature {' or '.join(_NATURES)}.")
    if answer.category not in CATEGORIES:
        raise _lacks("a category of data subject", f"Give --category, one of: {', '.join(sorted(CATEGORIES))}.")
    if not _is_day(answer.review_on) or answer.review_on <= today:
        raise _lacks("a day of review that lies ahead", f"Give --review-on, a day after {today}, as YYYY-MM-DD.")
    if not all(_is_day(day) for day in (answer.since, answer.until) if day):
        raise _lacks("a period in days", "Write --since and --until as YYYY-MM-DD.")
    if answer.since and answer.until and answer.until < answer.since:
        raise _lacks("a period that ends after it begins", "Give --since and --until in order.")


def _is_day(text: str) -> bool:
    try:
        return bool(iso_day(text))
    except ValueError:
        return False


def _lacks(what: str, remedy: str) -> BadRequest:
    return BadRequest(f"The judgement lacks {what}", where="person judge", remedy=remedy)


def answers_in(entries: Iterable[Entry]) -> list[Answer]:
    """All answers, oldest first; what was erased is left out."""
    found = []
    for entry in entries:
        if entry.is_erased:
            continue
        said: Any = dict(entry.payload)
        texts = {name: said[name] for name in ("person_id", "reason", "basis", "nature", "category", "review_on",
                                               "since", "until", "answered", "said")}  # fmt: skip
        found.append(
            Answer(
                subject=entry.subject, accounts=tuple(said["accounts"]), verdict=Verdict(said["verdict"]),
                places=tuple(said["places"]), exhibit_ids=tuple(said["exhibit_ids"]), judge=entry.person, at=entry.at,
                **texts,
            )
        )  # fmt: skip
    return found


def about_subject(answers: Iterable[Answer], subject: str, accounts: Collection[str]) -> list[Answer]:
    """Answers about a subject, or about accounts that it has today."""
    return [one for one in answers if one.subject == subject or set(one.accounts) <= set(accounts)]


def about_person(answers: Iterable[Answer], person_id: str, places: Collection[str]) -> list[Answer]:
    """Answers about a person, or about one whom the same rows named."""
    return [one for one in answers if one.person_id == person_id or not set(places).isdisjoint(one.places)]


def standing(answers: Iterable[Answer]) -> list[Answer]:
    """The newest answer of each judge that is not withdrawn."""
    newest = {one.judge: one for one in answers}
    return [one for one in newest.values() if one.verdict is not Verdict.WITHDRAWN]


def state_of(answers: Sequence[Answer]) -> State:
    """What standing answers about one person come to; contrary ones are a dispute and confirm nothing."""
    verdicts = {one.verdict for one in answers}
    if Verdict.NOT in verdicts:
        return State.DISPUTED if len(verdicts) > 1 else State.EXCLUDED
    if verdicts == {Verdict.CONFIRMED}:
        return State.CONFIRMED
    return State.CANDIDATE if verdicts else State.UNIDENTIFIED


def state_of_subject(states: Collection[State]) -> State:
    """The state of an operator from those of its persons; several may be confirmed, for an account may have hands."""
    for one in (State.CONFIRMED, State.DISPUTED, State.CANDIDATE):
        if one in states:
            return one
    return State.UNIDENTIFIED


def is_past_review(answers: Iterable[Answer], today: str) -> bool:
    """Whether a standing answer is past its day of review."""
    return any(one.review_on < today for one in answers)


def as_shown(answer: Answer) -> Mapping[str, Any]:
    """An answer without the references that its payload keeps."""
    names = ("judge", "at", "verdict", "reason", "basis", "nature", "category", "review_on", "since", "until",
             "answered", "said")  # fmt: skip
    return {name: str(getattr(answer, name)) for name in names}


def standing_answers_rest(answers: Iterable[Answer], exhibits: Collection[str]) -> bool:
    """Whether all exhibits that these answers rested on still stand."""
    return all(set(one.exhibit_ids) <= set(exhibits) for one in answers)
