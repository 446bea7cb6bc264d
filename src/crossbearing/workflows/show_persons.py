"""Persons of operators as they stand: states, links, counter-evidence; names only from rows opened for a purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound
from crossbearing.identification.findings import standing_finding
from crossbearing.identification.judgements import (
    Answer,
    State,
    about_person,
    about_subject,
    answers_in,
    as_shown,
    is_past_review,
    standing,
    standing_answers_rest,
    state_of,
    state_of_subject,
)
from crossbearing.identification.opened import PROTECTED, named_rows
from crossbearing.resolution.operators import OPERATOR_ACTS, home_of, operators_in
from crossbearing.resolution.review import withheld_from
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import register, standing_stamp
from crossbearing.store.views import reading

_ACTS: Final = (ActKind.PERSONS_MATCHED, ActKind.PERSON_JUDGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOf:
    """One person of one operator or account.

    Attributes:
        state: What people's answers come to.
        status: What software says: confirmable, candidate evidence or misleading; empty if it does not propose it now.
        finding: The keys of a person in a finding; empty likewise.
        answers: Standing answers, without what names the person.
        is_past_review: An answer is to be looked at again.
        rests: Whether all that the answers rested on still stands.
        rows: The rows that name the person; only where they were asked for.
    """

    person_id: str
    state: State
    status: str
    finding: Mapping[str, Any]
    answers: tuple[Mapping[str, Any], ...]
    is_past_review: bool
    rests: bool
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """One operator or account, and who may be behind it.

    Attributes:
        matched_at: When it was last proposed; empty if never.
        is_stale: Other evidence stands now than was searched.
        left_out: Links that are left out because what they rest on does not stand any more.
    """

    subject: str
    accounts: tuple[str, ...]
    state: State
    matched_at: str
    matched_by: str
    is_stale: bool
    left_out: int
    searched: Mapping[str, int]
    persons: tuple[PersonOf, ...]

    @property
    def is_past_review(self) -> bool:
        """Whether an answer about one of its persons is to be looked at again."""
        return any(one.is_past_review for one in self.persons)


def list_persons(folder: Path, context: Context) -> list[Identified]:
    """Every operator, and every account without one that was proposed or judged; no name, no row."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        view = _View(operation)
        return [view.identified(subject) for subject in view.subjects()]


def show_person(folder: Path, context: Context, subject: str, *, with_rows: bool = False) -> Identified:
    """One operator or account with its persons; looking is an act in the log.

    Args:
        folder: Operation folder.
        context: Who looks; for rows also for what purpose.
        subject: Operator or account.
        with_rows: Open the rows that name the persons.

    Raises:
        NotFound: It was neither proposed nor judged, and is no operator.
        BadRequest: Rows are wanted and no purpose is named.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        view = _View(operation)
        subject = view.home.get(subject, subject)
        if subject not in view.subjects():
            raise NotFound(
                f"Nobody was proposed or judged for {subject!r}",
                where=str(folder),
                remedy="`crossbearing person propose` looks for evidence; `crossbearing person list` shows all.",
            )
        rows: dict[str, Mapping[str, Any]] = {}
        if with_rows:
            with reading(operation, protected=PROTECTED) as engine:
                rows = named_rows(engine, view.places(subject))
        operation.ledger.record(context, Act(kind=ActKind.CONSULTED, subject=subject, payload={"kind": "person"}))
        return view.identified(subject, rows)


class _View:
    """What the acts come to today."""

    def __init__(self, operation: Operation) -> None:
        self.today = operation.context.now()[:10]
        self.standing = register(operation.ledger).standing.keys()
        self.stamp = standing_stamp(operation.ledger)
        entries = operation.ledger.entries(*OPERATOR_ACTS)
        self.operators = operators_in(entries, withheld_from(operation.context.person, entries)).operators
        self.home = home_of(self.operators)
        # What is said of an operator that hangs on an answer this person is to give blind would tell that answer.
        self.all_operators = operators_in(entries).operators
        self.last: dict[str, Entry] = {
            entry.subject: entry
            for entry in operation.ledger.entries(ActKind.PERSONS_MATCHED)
            if self._may_know(entry.subject, entry.payload["accounts"])
        }
        self.answers = [
            one
            for one in answers_in(operation.ledger.entries(ActKind.PERSON_JUDGED))
            if self._may_know(one.subject, one.accounts)
        ]

    def _may_know(self, subject: str, accounts: Any) -> bool:
        return subject not in self.all_operators or set(accounts) <= set(self.operators.get(subject, ()))

    def subjects(self) -> list[str]:
        """Operators, and what was proposed or judged and belongs to none today."""
        told = [*self.last, *(one.subject for one in self.answers)]
        alone = {one for one in told if one not in self.home and one not in self.operators}
        return [*self.operators, *sorted(alone)]

    def places(self, subject: str) -> set[str]:
        """Where the rows stand that name its persons."""
        found = self.identified(subject)
        named = {place for one in found.persons for place in one.finding.get("places", ())}
        return named | {place for one in self._about(subject, found.accounts) for place in one.places}

    def _about(self, subject: str, accounts: Sequence[str]) -> list[Answer]:
        return about_subject(self.answers, subject, accounts)

    def identified(self, subject: str, rows: Mapping[str, Mapping[str, Any]] | None = None) -> Identified:
        entry = self.last.get(subject)
        says: Any = entry.payload if entry else {}
        accounts = self.operators.get(subject) or tuple(says.get("accounts", (subject,)))
        answers = self._about(subject, accounts)
        found, left_out = standing_finding(says, self.standing)
        unknown = self.all_operators.keys() - self.operators.keys()
        found = [{**one, "other_subjects": [o for o in one["other_subjects"] if o not in unknown]} for one in found]
        persons = [self._person(one["person_id"], one, answers, rows or {}) for one in found]
        told = {one.person_id for one in answers if not any(one in self._of(person, answers) for person in found)}
        persons += [self._person(name, {}, answers, rows or {}) for name in sorted(told)]
        return Identified(
            subject=subject, accounts=tuple(accounts), state=state_of_subject([one.state for one in persons]),
            matched_at=entry.at if entry else "", matched_by=entry.person if entry else "",
            is_stale=entry is not None and (says["evidence"] != self.stamp or set(says["accounts"]) != set(accounts)),
            left_out=left_out, searched=says.get("searched", {}), persons=tuple(persons),
        )  # fmt: skip

    def _of(self, finding: Mapping[str, Any], answers: Sequence[Answer]) -> list[Answer]:
        return about_person(answers, finding["person_id"], finding["places"])

    def _person(
        self, person_id: str, finding: Mapping[str, Any], answers: Sequence[Answer],
        rows: Mapping[str, Mapping[str, Any]],
    ) -> PersonOf:  # fmt: skip
        live = standing(about_person(answers, person_id, finding.get("places", ())))
        places = [*finding.get("places", ()), *(place for one in live for place in one.places)]
        return PersonOf(
            person_id=person_id, state=state_of(live), status=finding.get("status", ""), finding=finding,
            answers=tuple(as_shown(one) for one in live), is_past_review=is_past_review(live, self.today),
            rests=standing_answers_rest(live, self.standing),
            rows=tuple(rows[place] for place in dict.fromkeys(places) if place in rows),
        )  # fmt: skip
