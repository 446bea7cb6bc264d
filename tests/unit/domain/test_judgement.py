"""What people's judgements join, and what they do not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crossbearing.domain.judgement import Judgement, PairKind, Verdict, joined_groups

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


@pytest.mark.parametrize(("left", "right", "reason"), [("b", "a", "x"), ("a", "a", "x"), ("a", "b", "  ")])
def test_a_judgement_needs_an_ordered_pair_and_a_reason(left: str, right: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"a pair names|needs a reason"):
        Judgement(kind=PairKind.ACCOUNT, left=left, right=right, verdict=Verdict.SAME, reason=reason)
