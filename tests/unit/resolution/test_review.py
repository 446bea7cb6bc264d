"""Which pairs wait for whom, and what is shown of them."""

from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.judgement import is_in_blind_share
from crossbearing.resolution.review import as_seen_by, in_seen_order, queued

BLIND = next(f"P-{number}" for number in range(1_000) if is_in_blind_share(f"P-{number}"))
OPEN = [f"P-{number}" for number in range(1_000) if not is_in_blind_share(f"P-{number}")]


def pair(pair_id: str, left: str = "a", right: str = "b", **said: Any) -> dict[str, Any]:
    return {
        "pair_id": pair_id,
        "left_id": left,
        "right_id": right,
        "tier": "lead",
        "log_odds": Decimal("1.5000"),
        "probability": Decimal("0.817574"),
        "prior": Decimal("-7.0000"),
        "families_for": 2,
        "reasons_for": ["z is alike", "a is alike"],
        "reasons_against": [],
        "verdict": None,
        "judged_by": None,
        "judged_at": None,
        "judgement_reason": None,
        "judges": None,
        "is_firm": None,
        **said,
    }


def judgement(left: str, right: str, verdict: str, *judges: str, is_firm: bool = True) -> dict[str, Any]:
    return {"left_id": left, "right_id": right, "verdict": verdict, "judges": list(judges), "is_firm": is_firm}


def names(queue: list[dict[str, Any]]) -> list[str]:
    return [one["pair_id"] for one in queue]


def test_a_blind_pair_shows_neither_score_nor_the_others_answer_until_one_has_answered() -> None:
    first = pair(BLIND, verdict="same", judged_by="Q", judgement_reason="one key", judges=["Q"], bars=[
        {"signal": "writing", "reason": "b", "log_lr": Decimal("2.25"), "level": "near"},
        {"signal": "handle", "reason": "a", "log_lr": Decimal("0.75"), "level": "equal"},
    ])  # fmt: skip
    seen = as_seen_by(first, "P")
    said = repr({**seen, "reasons_for": []})
    assert not [word for word in ("0.8175", "1.5", "-7.0", "2.25", "0.75", "one key", "'Q'", "same") if word in said]
    assert seen["reasons_for"] == ["a is alike", "z is alike"], "not in the order of their weight"
    assert [bar["signal"] for bar in seen["bars"]] == ["handle", "writing"]
    assert as_seen_by(first, "Q")["probability"] == first["probability"]


def test_a_blind_pair_is_asked_of_two_people_and_then_of_nobody() -> None:
    def waits_for(person: str, *judges: str) -> bool:
        verdict = "same" if judges else None
        judged = [judgement("a", "b", "same", *judges)] if judges else []
        return bool(queued([pair(BLIND, judges=list(judges), verdict=verdict)], judged, person))

    assert waits_for("P")
    assert waits_for("P", "Q")
    assert not waits_for("P", "P")
    assert not waits_for("P", "Q", "R")
    unlikely = pair(BLIND, log_odds=Decimal(-1))
    assert not queued([unlikely], [], "P")[0]["is_blind"], "only what is likely is judged twice"


def test_the_place_of_a_blind_pair_tells_nothing_of_its_score() -> None:
    others = [pair(name, f"l{place:03}", f"r{place:03}") for place, name in enumerate(OPEN[:40])]
    places = {
        names(queued([*others, pair(BLIND, log_odds=odds, tier=tier)], [], "P")).index(BLIND)
        for odds, tier in ((Decimal(9), "proposal"), (Decimal(0), "lead"), (Decimal(3), "imitation"))
    }
    assert len(places) == 1


def test_a_list_is_the_same_whatever_the_rank_and_the_answer_of_a_blind_pair() -> None:
    others = [pair(name, f"l{place:03}", f"r{place:03}") for place, name in enumerate(OPEN[:40])]
    hidden = [pair(BLIND), pair(BLIND, verdict="same", judges=["Q"], is_firm=True, judged_by="Q"),
              pair(BLIND, verdict="different", judges=["Q"], is_firm=False, judged_by="Q")]  # fmt: skip
    lists = [in_seen_order([*others[:at], one, *others[at:]], "P") for one in hidden for at in (0, 20, 40)]
    assert all(one == lists[0] for one in lists)
    assert [one["pair_id"] for one in lists[0] if not one["is_blind"]] == OPEN[:40]


def test_an_answer_that_is_kept_from_a_person_leaves_nothing_out_of_the_queue() -> None:
    pairs = [pair(BLIND, "a", "b", verdict="same", judges=["Q"]), pair(OPEN[0], "a", "c"), pair(OPEN[1], "b", "c")]
    judged = [judgement("a", "b", "same", "Q"), judgement("a", "c", "same", "P")]
    pairs[1] |= {"verdict": "same", "judges": ["P"]}
    assert set(names(queued(pairs, judged, "P"))) == {BLIND, OPEN[1]}
    assert names(queued(pairs, judged, "Q")) == [], "who knows both answers is not asked what follows"


def test_nobody_is_asked_what_follows_from_other_answers() -> None:
    judged = [
        judgement("a", "b", "same", "Q"),
        judgement("b", "c", "same", "Q"),
        judgement("c", "x", "different", "Q"),
        judgement("x", "y", "same", "Q"),
    ]
    pairs = [pair(OPEN[place], *sides) for place, sides in enumerate(combinations("abcxyz", 2))]
    asked = {(one["left_id"], one["right_id"]) for one in queued(pairs, judged, "P")}
    assert asked == {(one, "z") for one in "abcxy"}


def test_a_held_pair_waits_for_somebody_else_than_the_one_who_answered() -> None:
    judged = [
        judgement("a", "b", "same", "Q"),
        judgement("b", "c", "same", "Q", is_firm=False),
        judgement("c", "d", "same", "Q"),
    ]
    held = pair(OPEN[0], "b", "c", verdict="same", judges=["Q"])
    assert names(queued([held], judged, "P")) == [OPEN[0]]
    assert queued([held], judged, "Q") == []


@given(st.sampled_from(["same", "different", "disputed"]), st.sampled_from("PQ"))
def test_a_decided_or_disputed_pair_waits_for_nobody(verdict: str, person: str) -> None:
    assert queued([pair(OPEN[0], verdict=verdict, judges=["Q"])], [judgement("a", "b", verdict, "Q")], person) == []


def test_an_unsure_answer_leaves_the_pair_to_others() -> None:
    unsure = pair(OPEN[0], verdict="unsure", judges=["Q"])
    assert names(queued([unsure], [judgement("a", "b", "unsure", "Q")], "P")) == [OPEN[0]]
    assert queued([unsure], [judgement("a", "b", "unsure", "Q")], "Q") == []


def test_the_likeliest_come_first_and_a_tier_can_be_chosen() -> None:
    pairs = [
        pair(OPEN[0], "a", "b", tier="proposal"),
        pair(OPEN[1], "c", "d", tier="lead"),
        pair(OPEN[2], "e", "f", tier="proposal"),
    ]
    assert names(queued(pairs, [], "P")) == OPEN[:3]
    assert names(queued(pairs, [], "P", tier="lead")) == [OPEN[1]]
