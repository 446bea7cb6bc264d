"""What of judged persons a package may tell: whole or not at all."""

from collections.abc import Collection
from typing import Any

import pytest

from crossbearing.identification.judgements import Answer, Verdict
from crossbearing.identification.told import told_persons


def answer(verdict: Verdict = Verdict.CONFIRMED, **changed: Any) -> Answer:
    said: dict[str, Any] = {
        "subject": "O-1", "accounts": ("A-1",), "person_id": "N-1", "verdict": verdict, "reason": "x", "basis": "words",
        "nature": "fact", "category": "suspect", "review_on": "2030-01-01", "places": ("E-1|p|t|1|0|1",),
        "exhibit_ids": ("E-1",), "judge": "analyst", "at": "2026-11-01T00:00:00Z",
    }  # fmt: skip
    return Answer(**{**said, **changed})


def told(*answers: Answer, hidden: Collection[str] = (), gone: Collection[str] = ()) -> Any:
    return told_persons(answers, "O-1", {"A-1", "A-2"}, lambda names: not set(names) & set(hidden), gone)


def test_two_answers_are_told_as_one_by_the_weaker_nature_and_the_earlier_day() -> None:
    second = answer(nature="assessment", category="contact", review_on="2028-01-01", judge="second",
                    at="2026-12-01T00:00:00Z", since="2021-01-01", exhibit_ids=("E-2",))  # fmt: skip
    status, (one,), exhibits = told(answer(), second)
    assert status == "confirmed"
    assert (one["nature"], one["categories"], one["review_on"]) == ("assessment", ["contact", "suspect"], "2028-01-01")
    assert (one["judged_by"], one["judged_on"]) == (["analyst", "second"], "2026-12-01")
    assert exhibits == {"E-1", "E-2"}
    assert "words" not in str(one)


@pytest.mark.parametrize(
    ("contrary", "hiding"),
    [
        ({"exhibit_ids": ("E-9",)}, {"hidden": {"E-9"}}),
        ({"places": ("E-1|p|t|1|0|1", "E-9|p|t|7|0|1")}, {"gone": {"E-9|p|t|7|0|1"}}),
        ({"accounts": ("A-1", "A-7")}, {}),
    ],
)
def test_a_contrary_answer_that_cannot_be_told_takes_the_person_along(
    contrary: dict[str, Any], hiding: dict[str, Any]
) -> None:
    other = answer(Verdict.NOT, judge="second", **contrary)
    assert told(answer())[0] == "confirmed"
    assert told(answer(), other, **hiding) == ("unidentified", [], set())


def test_a_withdrawn_answer_and_one_that_excludes_a_person_tell_nothing() -> None:
    assert told(answer(), answer(Verdict.WITHDRAWN)) == ("unidentified", [], set())
    assert told(answer(Verdict.NOT)) == ("unidentified", [], set())
    assert told() == ("unidentified", [], set())


def test_one_person_under_two_ids_is_told_once() -> None:
    _, persons, _ = told(answer(), answer(person_id="N-2", judge="second"))
    assert [one["person_id"] for one in persons] == ["N-1"]


def test_an_open_end_stays_open() -> None:
    _, (one,), _ = told(answer(until="2021-06-01"), answer(judge="second"))
    assert (one["since"], one["until"]) == ("", "")
