"""Proposed groups are listed with what holds them together, and tell nobody what is kept from them."""

import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from conftest import fixed_context
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli.output import plain
from crossbearing.resolution import clustering, review
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows import show_groups
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.judge_pairs import judge, list_operators, list_pairs, review_queue
from crossbearing.workflows.show_agreement import show_agreement
from crossbearing.workflows.show_groups import GroupList, ShownGroup, list_groups
from crossbearing.workflows.show_log import KEPT, show_log
from crossbearing.workflows.show_operator import show_operator
from crossbearing.workflows.show_status import show_status

KIND = PairKind.ACCOUNT


@pytest.fixture
def copy(story: Path, tmp_path: Path) -> Path:
    return shutil.copytree(story, tmp_path / "copy")


def groups(folder: Path, person: str = "P", **wanted: Any) -> GroupList:
    return list_groups(folder, fixed_context(person), **wanted)


def says(folder: Path, person: str, pair: str | None, verdict: Verdict) -> None:
    assert pair
    judge(folder, fixed_context(person), KIND, pair, verdict, reason=f"{person} looked")


def of_three(folder: Path) -> ShownGroup:
    """A group of three accounts, each pair of them on record and open."""
    return next(one for one in groups(folder).groups if len(one.accounts) == len(one.bonds) == 3)


def in_table(folder: Path) -> dict[str, set[str]]:
    with open_operation(folder, fixed_context()) as operation, reading(operation, "account_group") as engine:
        rows = engine.rows("SELECT * FROM account_group")
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["group_account_id"], set()).add(row["account_id"])
    return found


def test_who_has_nothing_to_judge_blind_is_shown_the_groups_of_the_table(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "is_in_blind_share", lambda _: False)
    found = groups(copy)
    assert found.count == len(found.groups) > 4
    assert {one.group_id: set(one.accounts) for one in found.groups} == in_table(copy)
    says(copy, "P", of_three(copy).bonds[0].pair_id, Verdict.DIFFERENT)
    says(copy, "P", next(one for one in found.groups if len(one.accounts) == 2).bonds[0].pair_id, Verdict.SAME)
    after = groups(copy)
    bring_up_to_date(copy, fixed_context(), Silent())
    assert {one.group_id: set(one.accounts) for one in after.groups} == in_table(copy)
    assert [one.state for one in after.groups if one.state != "proposed"] == ["judged"]


def test_a_group_names_its_bonds_its_weakest_and_how_many_rest_on_identity(copy: Path) -> None:
    group = of_three(copy)
    assert {(bond.left_id, bond.right_id) for bond in group.bonds} == set(combinations(group.accounts, 2))
    pairs = {one["pair_id"]: one for one in list_pairs(copy, fixed_context(), KIND)}
    for bond in group.bonds:
        row = pairs[bond.pair_id]
        assert (bond.probability, bond.places, bond.verdict) == (row["probability"], tuple(row["places"]), "")
    assert group.weakest
    assert group.weakest.probability == min(pairs[bond.pair_id]["probability"] for bond in group.bonds)
    for one in groups(copy).groups:
        shown = [any(said.startswith("both show") for said in pairs[bond.pair_id]["reasons_for"]) for bond in one.bonds]
        assert [bond.is_identity for bond in one.bonds] == shown
        assert one.identity_bonds == sum(shown)
    assert {one.identity_bonds for one in groups(copy).groups} >= {0, 1, 3}


def test_what_people_set_apart_stands_beside_the_group_it_parted(copy: Path) -> None:
    group = of_three(copy)
    apart = group.bonds[0]
    says(copy, "P", apart.pair_id, Verdict.DIFFERENT)
    found = [one for one in groups(copy).groups if set(one.accounts) & {apart.left_id, apart.right_id}]
    assert all(not {apart.left_id, apart.right_id} <= set(one.accounts) for one in found)
    assert {bond.pair_id for one in found for bond in one.outside} == {apart.pair_id}
    says(copy, "Q", apart.pair_id, Verdict.SAME)
    assert {bond.verdict for one in groups(copy).groups for bond in one.outside} == {"disputed"}


def test_a_conflict_is_listed_with_the_answers_that_make_it_and_is_not_solved(copy: Path) -> None:
    first, second, third = of_three(copy).bonds
    for bond, verdict in ((first, Verdict.SAME), (second, Verdict.SAME), (third, Verdict.DIFFERENT)):
        says(copy, "P", bond.pair_id, verdict)
    (found,) = groups(copy).conflicts
    assert (found.different.pair_id, found.different.judged_by) == (third.pair_id, "P")
    assert {bond.pair_id for bond in found.through} == {first.pair_id, second.pair_id}
    assert list_operators(copy, fixed_context()).operators == {}
    says(copy, "P", second.pair_id, Verdict.WITHDRAWN)
    assert groups(copy).conflicts == ()


def test_a_group_that_people_joined_says_so_and_one_that_is_too_large_names_accounts_alone(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = of_three(copy)
    for bond in group.bonds[:2]:
        says(copy, "P", bond.pair_id, Verdict.SAME)
    joined = next(one for one in groups(copy).groups if one.accounts == group.accounts)
    assert (joined.state, joined.weakest) == ("judged", None)
    monkeypatch.setattr(clustering, "LARGEST", 2)
    large = next(one for one in groups(copy).groups if one.accounts == group.accounts)
    assert (large.state, large.bonds, large.outside) == ("too large", (), ())


def test_groups_of_one_market_and_page_by_page_are_all_groups(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = groups(copy)
    assert len(found.markets) > 1
    for market in found.markets:
        there = groups(copy, market=market)
        expected = [
            one for one in found.groups if any(found.accounts[name]["market"] == market for name in one.accounts)
        ]
        assert (list(there.groups), there.count) == (expected, len(expected))
    pages = [groups(copy, after=after, most=2) for after in range(0, found.count, 2)]
    assert [one for page in pages for one in page.groups] == list(found.groups)
    assert groups(copy, market="no such market").count == 0
    monkeypatch.setattr(show_groups, "MOST_PAIRS", 6)
    first = groups(copy, most=5)
    assert [one.pairs for one in first.groups] == [one.pairs for one in found.groups][:2] == [3, 3]
    monkeypatch.setattr(show_groups, "MOST_PAIRS", 0)
    assert len(groups(copy, most=5).groups) == 1, "there is always a next one"


def blind_pair(copy: Path, monkeypatch: pytest.MonkeyPatch, *, others: int) -> str:
    """A pair that two people are to judge blind, in a group of so many other accounts."""
    group = next(one for one in groups(copy).groups if len(one.accounts) == others + 2)
    name = str(group.bonds[0].pair_id)
    monkeypatch.setattr(review, "is_in_blind_share", lambda pair_id: pair_id == name)
    return name


def all_that_is_shown(folder: Path) -> dict[str, Any]:
    """Everything that P may ask for, but the log itself."""
    me = fixed_context("P")
    standing = list_operators(folder, me)
    seen = {
        "groups": list_groups(folder, me),
        "operators": [standing.operators, standing.conflicts, standing.held, standing.disputed],
        "one": [show_operator(folder, me, name) for name in standing.operators],
        "pairs": list_pairs(folder, me, KIND, as_seen=True),
        "open": list_pairs(folder, me, KIND, open_only=True, as_seen=True),
        "queue": review_queue(folder, me),
        "agreement": show_agreement(folder, me),
        "status": [(status := show_status(folder, me)).judgements, status.open_proposals],
    }
    return {name: plain(value) for name, value in seen.items()}


@pytest.mark.parametrize("others", [1, pytest.param(0, marks=pytest.mark.long)])
def test_nothing_shown_to_who_is_to_judge_blind_depends_on_the_other_answer(
    others: int, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = blind_pair(copy, monkeypatch, others=others)
    for bond in next(one for one in groups(copy).groups if len(one.accounts) == others + 2).bonds:
        if bond.pair_id != name:
            says(copy, "P", bond.pair_id, Verdict.SAME)
    before = all_that_is_shown(copy)
    for verdict in (Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE):
        said = shutil.copytree(copy, tmp_path / verdict)
        says(said, "Q", name, verdict)
        for what, shown in all_that_is_shown(said).items():
            assert shown == before[what], (verdict, what)
    says(said, "P", name, Verdict.SAME)
    assert all_that_is_shown(said) != before, "who has answered sees what both said"


def test_the_log_keeps_an_answer_from_who_is_to_judge_blind_until_they_have(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = blind_pair(copy, monkeypatch, others=1)
    says(copy, "Q", name, Verdict.SAME)
    judged, minted = show_log(copy, fixed_context("P"), last=2)
    assert [(one.subject, one.payload) for one in (judged, minted)] == [(KEPT, {}), (KEPT, {})]
    assert show_log(copy, fixed_context("Q"), last=2)[0].subject == name
    says(copy, "P", name, Verdict.UNSURE)
    known = [
        one for one in show_log(copy, fixed_context("P"), last=9) if one.position in (judged.position, minted.position)
    ]
    assert [(one.subject, bool(one.payload)) for one in known] == [(name, True), ("O-0001", True)]


def test_a_second_person_is_waited_for_where_one_answered_blind_and_the_one_sees_it(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = blind_pair(copy, monkeypatch, others=1)
    says(copy, "P", name, Verdict.UNSURE)
    (mine,) = (bond for one in groups(copy, "P").groups for bond in one.bonds if bond.pair_id == name)
    assert (mine.waits, mine.verdict, mine.tier != "blind") == (True, "unsure", True)
    says(copy, "Q", name, Verdict.UNSURE)
    assert not any(bond.waits for one in groups(copy, "P").groups for bond in one.bonds)


def test_an_operator_keeps_its_id_for_who_does_not_know_all_that_joins_it(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = blind_pair(copy, monkeypatch, others=1)
    group = of_three(copy)
    (hidden,) = (bond for bond in group.bonds if bond.pair_id == name)
    says(copy, "Q", name, Verdict.SAME)
    assert list(list_operators(copy, fixed_context("Q")).operators) == ["O-0001"]
    assert list_operators(copy, fixed_context("P")).operators == {}
    other = next(
        bond for bond in group.bonds if bond.pair_id != name and hidden.left_id not in (bond.left_id, bond.right_id)
    )
    says(copy, "P", other.pair_id, Verdict.SAME)
    assert list_operators(copy, fixed_context("Q")).operators == {"O-0001": group.accounts}
    assert list_operators(copy, fixed_context("P")).operators == {"O-0001": (other.left_id, other.right_id)}
