"""How a question stands, from its acts alone; and whose side a person is on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.access import ANALYST, AUDITOR, REVIEWER, Action, Resource, Subject, decide, side_of
from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.hit_or_no_hit import BOTH, Question, Side, State, all_questions, hours_after, questions_in

START = datetime(2026, 11, 26, 12, tzinfo=UTC)
SEALED = {"path": "protected/question-1/x.age", "key": "question-1", "commitment": "ab"}


def at(hours: float) -> str:
    return (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry(position: int, kind: ActKind, *, hours: float = 0, subject: str = "C-1", **payload: Json) -> Entry:
    return Entry(position=position, kind=kind, subject=subject, at=at(hours), person="P", authority="", purpose="",
                 case="", version=1, payload=payload)  # fmt: skip


def asked(position: int, **changed: object) -> Entry:
    said: dict[str, Json] = {**SEALED, "answer_by": at(72), "follow_up_hours": 48, "exhibit_ids": ["E-1"]}
    return entry(position, ActKind.LEAD_ASKED, **said, **changed)  # type: ignore[arg-type]


def answered(position: int, to: int, *, hours: float = 1) -> Entry:
    return entry(position, ActKind.LEAD_ANSWERED, hours=hours, asked=to, **SEALED)


def approved(position: int, to: int, answer: int, side: Side) -> Entry:
    return entry(position, ActKind.LEAD_APPROVED, asked=to, answered=answer, side=str(side), reason="r")


def closed(position: int, to: int, how: State) -> Entry:
    return entry(position, ActKind.LEAD_CLOSED, asked=to, how=str(how), side="", reason="r")


def stands(*acts: Entry) -> Question:
    return questions_in(acts)["C-1"]


def test_it_opens_when_both_sides_have_approved_this_very_answer() -> None:
    begun = [asked(0), answered(1, 0)]
    assert stands(*begun[:1]).state is State.ASKED
    assert stands(*begun).state is State.ANSWERED
    for side in BOTH:
        assert stands(*begun, approved(2, 0, 1, side), approved(3, 0, 1, side)).state is State.ANSWERED
    both = [approved(2, 0, 1, Side.CASE), approved(3, 0, 1, Side.MARKET)]
    assert stands(*begun, *both).state is State.OPEN
    assert stands(*begun, *both, answered(4, 0)).state is State.ANSWERED
    assert stands(*begun, answered(2, 0), *[approved(3 + n, 0, 1, side) for n, side in enumerate(BOTH)]).approved == {}


def test_acts_on_an_earlier_question_do_not_move_a_later_one() -> None:
    acts = [asked(0), closed(1, 0, State.WITHDRAWN), asked(2), answered(3, 0), closed(4, 0, State.REFUSED), closed(5, 9,
            State.REFUSED)]  # fmt: skip
    assert stands(*acts).state is State.ASKED
    assert [one.state for one in all_questions(acts)] == [State.REFUSED, State.ASKED]


def test_an_erasure_voids_answers_and_takes_the_questions_of_a_destroyed_exhibit() -> None:
    acts = [asked(0), answered(1, 0), approved(2, 0, 1, Side.CASE), approved(3, 0, 1, Side.MARKET)]
    assert stands(*acts, entry(4, ActKind.PERSON_ERASED, subject="R-1")).state is State.ASKED
    assert stands(*acts, entry(4, ActKind.EXHIBIT_DESTROYED, subject="E-2")).answered is None
    assert questions_in([*acts, entry(4, ActKind.EXHIBIT_DESTROYED, subject="E-1")]) == {}
    refused = [asked(0), answered(1, 0), closed(2, 0, State.REFUSED), entry(3, ActKind.PERSON_ERASED, subject="R-1")]
    assert (stands(*refused).state, stands(*refused).answered) == (State.REFUSED, None)


@given(st.floats(0, 2000, allow_nan=False))
def test_late_comes_before_lapsed_and_neither_before_its_time(hours: float) -> None:
    for one, due in ((stands(asked(0)), 72), (stands(asked(0), answered(1, 0)), 49)):
        assert one.due == at(due)
        assert one.is_overdue(at(hours)) == (at(hours) > at(due))
        assert one.has_lapsed(at(hours)) == (at(hours) > at(due + 14 * 24))
    done = stands(asked(0), closed(1, 0, State.REFUSED))
    assert not done.is_overdue(at(hours))
    assert not done.has_lapsed(at(hours))


@pytest.mark.parametrize("offset", ["2026-03-29T01:30:00.000000Z", "2026-02-28T23:00:00.000000Z"])
def test_hours_are_counted_in_utc_over_changes_of_the_clock_and_months(offset: str) -> None:
    later = datetime.fromisoformat(hours_after(offset, 48)) - datetime.fromisoformat(offset)
    assert later == timedelta(hours=48)


CASES = frozenset({"C-1"})
PERSONS = st.builds(
    Subject,
    person=st.just("P"),
    owns_folder=st.booleans(),
    roles=st.frozensets(st.sampled_from([ANALYST, AUDITOR, REVIEWER])),
    cases=st.frozensets(st.sampled_from(["C-1", "C-2"])),
)


@given(PERSONS)
def test_nobody_is_on_two_sides_and_the_side_of_the_case_comes_first(person: Subject) -> None:
    side = side_of(person, CASES)
    assert (side is Side.CASE) == ("C-1" in person.cases)
    allowed = [
        one
        for one in Side
        if decide(person, Action.SEE, Resource(kind="lead", name="C-1", cases=CASES, sides=(one,))).is_allowed
    ]
    assert allowed == ([side] if side is not None and person.owns_folder else [])
