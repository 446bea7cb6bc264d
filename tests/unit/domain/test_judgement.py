"""What people's judgements join, and what they do not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crossbearing.domain.judgement import (
    Answer,
    PairKind,
    Standing,
    Verdict,
    is_firm,
    is_in_blind_share,
    joined_groups,
    standing_answers,
    standing_of,
)

items = st.sampled_from("abcdefg")
pairs = st.lists(st.tuples(items, items).filter(lambda pair: pair[0] != pair[1]), max_size=12)


def reachable(start: str, same: list[tuple[str, str]]) -> set[str]:
    """The slow oracle: walk until nothing new is found."""
    found = {start}
    while True:
        more = {y for pair in same for x, y in (pair, pair[::-1]) if x in found} - found
        if not more:
            return found
        found |= more


@given(pairs, pairs)
@example([("a", "b"), ("b", "c")], [("a", "c")])
def test_groups_are_what_can_be_reached_without_a_contradiction(
    same: list[tuple[str, str]], different: list[tuple[str, str]]
) -> None:
    groups = joined_groups(same, different)
    grouped = {member: name for name, members in groups.members.items() for member in members}
    for item in {x for pair in same for x in pair}:
        whole = reachable(item, same)
        contradicted = any(set(pair) <= whole for pair in different)
        if contradicted:
            assert item not in grouped
        else:
            assert set(groups.members[grouped[item]]) == whole


@given(pairs, pairs, st.randoms())
def test_groups_do_not_depend_on_the_order_of_judgements(same, different, random) -> None:
    shuffled = [pair[::-1] for pair in random.sample(same, len(same))]
    assert joined_groups(shuffled, different) == joined_groups(same, different)


@given(pairs, pairs)
def test_two_things_judged_different_are_never_in_one_group(same, different) -> None:
    for members in joined_groups(same, different).members.values():
        assert not any(set(pair) <= set(members) for pair in different)


def answer(person: str, verdict: Verdict, *, of: str = "", state: str = "", probability: str = "0.9") -> Answer:
    return Answer(
        kind=PairKind.ACCOUNT,
        left="a",
        right="b",
        person=person,
        verdict=verdict,
        reason="x",
        of=of,
        score={"probability": probability},
        left_state=state,
    )


@pytest.mark.parametrize(("left", "right", "reason"), [("b", "a", "x"), ("a", "a", "x"), ("a", "b", "  ")])
def test_a_judgement_needs_an_ordered_pair_and_a_reason(left: str, right: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"a pair names|needs a reason"):
        Answer(kind=PairKind.ACCOUNT, left=left, right=right, person="P", verdict=Verdict.SAME, reason=reason)


@given(pairs, pairs, st.sets(st.sampled_from("abcdefg").flatmap(lambda x: st.tuples(st.just(x), items))))
@example([("a", "b"), ("b", "c"), ("c", "d")], [], set())
@example([("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")], [], set())
@example([("a", "b"), ("b", "c"), ("c", "d")], [], {("b", "c")})
def test_only_a_firm_link_joins_two_groups_alone(same, different, firm) -> None:
    ordered = {(min(pair), max(pair)) for pair in same}
    sure = {(min(pair), max(pair)) for pair in firm}

    def joins_two_groups(pair: tuple[str, str]) -> bool:
        rest = [one for one in ordered if one != pair]
        sides = [reachable(end, rest) for end in pair]
        return sides[0] != sides[1] and all(len(side) > 1 for side in sides)

    held = {pair for pair in ordered - sure if joins_two_groups(pair)}
    groups = joined_groups(same, different, firm=sure)
    assert set(groups.held) == held
    assert groups.members == joined_groups(ordered - held, different).members


@given(st.lists(st.tuples(st.sampled_from("PQR"), st.sampled_from(list(Verdict)), st.sampled_from(["", "P", "*"]))))
def test_an_answer_stands_until_the_person_answers_anew_or_somebody_takes_it_back(acts) -> None:
    """The slow oracle: a sheet of paper with one line for each person."""
    sheet: dict[str, Verdict] = {}
    for person, verdict, of in acts:
        if of == "*":
            sheet.clear()
        sheet[of if of == "P" else person] = verdict
    live = standing_answers([answer(*act[:2], of=act[2]) for act in acts])
    assert {one.whose: one.verdict for one in live} == {
        person: verdict for person, verdict in sheet.items() if verdict is not Verdict.WITHDRAWN
    }


@pytest.mark.parametrize(
    ("said", "comes_to"),
    [
        ([], Standing.WITHDRAWN),
        ([Verdict.UNSURE], Standing.UNSURE),
        ([Verdict.SAME, Verdict.UNSURE], Standing.SAME),
        ([Verdict.DIFFERENT, Verdict.DIFFERENT], Standing.DIFFERENT),
        ([Verdict.SAME, Verdict.DIFFERENT, Verdict.SAME], Standing.DISPUTED),
    ],
)
def test_contrary_answers_are_a_dispute_and_no_majority(said: list[Verdict], comes_to: Standing) -> None:
    assert standing_of([answer(str(place), verdict) for place, verdict in enumerate(said)]) is comes_to


def test_answers_about_an_earlier_state_of_a_report_do_not_count() -> None:
    live = standing_answers([answer("P", Verdict.SAME, state="old"), answer("Q", Verdict.DIFFERENT, state="new")])
    assert [one.person for one in live] == ["Q"]


def test_firm_is_what_two_people_say_or_one_with_a_probability_of_a_proposal() -> None:
    assert not is_firm([answer("P", Verdict.SAME), answer("Q", Verdict.UNSURE)])
    assert is_firm([answer("P", Verdict.SAME), answer("Q", Verdict.SAME)])
    assert is_firm([answer("P", Verdict.SAME, probability="0.990000")])
    assert not is_firm([answer("P", Verdict.DIFFERENT, probability="0.999")])


def test_one_pair_in_ten_is_judged_blind() -> None:
    chosen = sum(is_in_blind_share(f"P-{number:06d}") for number in range(10_000))
    assert 900 < chosen < 1_100  # more than three standard deviations from 1,000
