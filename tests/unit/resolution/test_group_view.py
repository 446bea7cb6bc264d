"""What a person is to judge blind moves no group that the person is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.resolution import group_view, review
from crossbearing.resolution.group_view import GroupView, ShownGroup
from crossbearing.store.session import Session, session
from crossbearing.store.snapshot import DECISION_TABLES

NAMES = ("A-1", "A-2", "A-3", "A-4")
PAIRS = [(left, right) for left in NAMES for right in NAMES if left < right]
BLIND = "P-A-1-A-2"
PAIR = pa.schema(
    [(name, pa.string()) for name in ("pair_id", "left_id", "right_id", "tier")]
    + [("log_odds", pa.decimal128(9, 4)), ("probability", pa.decimal128(7, 6)), ("places", pa.list_(pa.string()))]
)
EVIDENCE = pa.schema([(name, pa.string()) for name in ("pair_id", "family", "signal")] + [("log_lr", pa.float64())])
ACCOUNT = pa.schema([(name, pa.string()) for name in ("account_id", "market", "handle")])


@contextmanager
def tables(pairs: list[dict[str, Any]], judged: list[dict[str, Any]]) -> Iterator[Session]:
    schema = DECISION_TABLES["account_judgement"].schema
    with session() as engine:
        engine.table("account_pair", pa.Table.from_pylist(pairs, schema=PAIR))
        engine.table("account_judgement", pa.Table.from_pylist(judged, schema=schema))
        engine.table("pair_evidence", EVIDENCE.empty_table())
        engine.table("account", ACCOUNT.empty_table())
        yield engine


def seen(
    scores: dict[tuple[str, str], str], tiers: dict[tuple[str, str], str], answers: dict[tuple[str, str], str]
) -> tuple[ShownGroup, ...]:
    pairs = [
        {
            "pair_id": f"P-{left}-{right}",
            "left_id": left,
            "right_id": right,
            "tier": tiers.get((left, right), "lead"),
            "probability": Decimal(score),
            "log_odds": Decimal(score) - Decimal("0.5"),
            "places": ["E-1|a|b|1|0|9"],
        }
        for (left, right), score in scores.items()
    ]
    judged: list[dict[str, Any]] = [
        {"left_id": left, "right_id": right, "verdict": said, "judges": ["Q"], "judged_by": "Q", "is_firm": True}
        for (left, right), said in answers.items()
    ]
    with tables(pairs, judged) as engine:
        view = GroupView(engine, "P")
        return view.shown(view.groups)


@pytest.fixture(autouse=True, scope="module")
def one_blind_pair() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review, "is_in_blind_share", lambda pair_id: pair_id == BLIND)
        yield


SCORES = st.fixed_dictionaries({pair: st.sampled_from(["0.1", "0.4", "0.6", "0.8", "0.95"]) for pair in PAIRS[1:]})
ANSWERS = st.dictionaries(st.sampled_from(PAIRS[1:]), st.sampled_from(["same", "different", "unsure"]), max_size=3)
HIDDEN = st.tuples(
    st.sampled_from([("0.5", "lead"), ("0.7", "lead"), ("0.999", "lead"), ("0.999", "proposal"), ("0.2", "imitation")]),
    st.sampled_from(["", "same", "different", "unsure"]),
)


@given(SCORES, ANSWERS, HIDDEN, HIDDEN)
def test_groups_are_the_same_whatever_score_tier_and_answer_of_a_blind_pair_are(
    scores: dict[tuple[str, str], str], answers: dict[tuple[str, str], str], one: Any, other: Any
) -> None:
    shown = [
        seen({PAIRS[0]: score, **scores}, {PAIRS[0]: tier}, {**({PAIRS[0]: said} if said else {}), **answers})
        for (score, tier), said in (one, other)
    ]
    assert shown[0] == shown[1]


def test_a_blind_pair_stands_in_its_group_without_score_answer_or_evidence() -> None:
    (group,) = seen({PAIRS[0]: "0.7"}, {}, {PAIRS[0]: "same"})
    (bond,) = group.bonds
    assert (bond.tier, bond.probability, bond.verdict, bond.judged_by, bond.waits) == ("blind", None, "", "", False)
    assert (group.state, group.weakest, group.blind, group.identity_bonds) == ("proposed", None, 1, 0)


def test_the_weakest_pair_is_of_those_that_people_did_not_join() -> None:
    scores = {("A-1", "A-3"): "0.9", ("A-1", "A-4"): "0.6", ("A-3", "A-4"): "0.8"}
    (group,) = seen(scores, {}, {("A-1", "A-4"): "same"})
    assert group.accounts == ("A-1", "A-3", "A-4")
    assert group.weakest
    assert (group.weakest.left_id, group.weakest.right_id) == ("A-3", "A-4")


def test_a_pair_that_alone_would_join_two_groups_stands_with_both() -> None:
    scores = {("A-1", "A-3"): "0.9", ("A-2", "A-4"): "0.9", ("A-3", "A-4"): "0.1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review, "is_in_blind_share", lambda _: False)
        before = group_view.groups_of
        patch.setattr(group_view, "groups_of", lambda rows: before([{**one, "is_firm": False} for one in rows]))
        found = seen(scores, {}, dict.fromkeys(scores, "same"))
    assert [one.accounts for one in found] == [("A-1", "A-3"), ("A-2", "A-4")]
    assert [[(bond.left_id, bond.right_id, bond.waits) for bond in one.outside] for one in found] == [
        [("A-3", "A-4", True)]
    ] * 2


def test_a_chain_is_the_shortest_and_none_is_said_where_nothing_joins() -> None:
    links = [("A-1", "A-2"), ("A-2", "A-3"), ("A-3", "A-4"), ("A-1", "A-5"), ("A-4", "A-5"), ("A-6", "A-7")]
    near: dict[str, list[tuple[str, str]]] = {}
    for link in links:
        for end in link:
            near.setdefault(end, []).append(link)
    assert group_view._chain(("A-1", "A-4"), near) == (("A-1", "A-5"), ("A-4", "A-5"))
    assert group_view._chain(("A-1", "A-3"), near) == (("A-1", "A-2"), ("A-2", "A-3"))
    assert group_view._chain(("A-1", "A-7"), near) == ()


def test_answers_at_random_are_counted_as_conflicts_and_a_hundred_of_them_are_explained() -> None:
    chance = np.random.default_rng(7).integers(0, 500, (2_000, 2))
    drawn = {(f"A-{min(one):03}", f"A-{max(one):03}") for one in chance if one[0] != one[1]}
    answers = {pair: ("same", "different")[number % 2] for number, pair in enumerate(sorted(drawn))}
    rows = [
        {"left_id": left, "right_id": right, "verdict": said, "judges": ["P"], "judged_by": "P", "is_firm": True}
        for (left, right), said in answers.items()
    ]
    with tables([], rows) as engine:
        view = GroupView(engine, "P")
        found = view.conflicts()
    assert len(found) == group_view.MOST_CONFLICTS < len(view.judged.conflicts)
    for one in found:
        assert answers[one.different.left_id, one.different.right_id] == "different"
        ends = [end for bond in one.through for end in (bond.left_id, bond.right_id)]
        assert {bond.verdict for bond in one.through} == {"same"}
        assert {end for end in ends if ends.count(end) == 1} == {one.different.left_id, one.different.right_id}
