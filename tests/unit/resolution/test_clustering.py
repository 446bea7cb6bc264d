"""Groups that the scores speak for, bound by what people judged."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from crossbearing.domain.judgement import joined_groups
from crossbearing.resolution.clustering import JOINED, LARGEST, proposed_groups

NAMES = "abcdefghij"
couples = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] < pair[1])
# All different, so that no order is left to chance; none at the limit itself.
scores = st.dictionaries(couples, st.integers(1, 998), max_size=45).map(
    lambda found: {pair: (score + place / 100) / 1_000 for place, (pair, score) in enumerate(sorted(found.items()))}
)
NOBODY = joined_groups([], [])


@given(scores)
@settings(max_examples=60)
def test_without_judgements_it_is_the_complete_linkage_of_scipy(probabilities: dict[tuple[str, str], float]) -> None:
    far = [1 - probabilities.get((one, other), 0.0) for place, one in enumerate(NAMES) for other in NAMES[place + 1 :]]
    named = fcluster(linkage(np.array(far), "complete"), 1 - JOINED, "distance")
    theirs = {tuple(x for x, label in zip(NAMES, named, strict=True) if label == one) for one in set(named)}
    ours = {group.members for group in proposed_groups(probabilities, NOBODY, [])}
    # Equal distances of 1 may be joined in another order by scipy, but never under the limit.
    assert ours == {group for group in theirs if len(group) > 1}


@given(scores, st.lists(couples, max_size=4), st.lists(couples, max_size=4), st.randoms())
@settings(max_examples=60)
def test_what_people_joined_stays_together_and_what_they_set_apart_stays_apart(
    probabilities, same, different, random
) -> None:
    judged = joined_groups(same, different)
    groups = proposed_groups(probabilities, judged, different)
    where = {member: group.members for group in groups for member in group.members}
    assert sum(len(group.members) for group in groups) == len(where), "no account is in two groups"
    for members in judged.members.values():
        assert set(members) <= set(where[members[0]])
    for one, other in different:
        assert one not in where or other not in where[one]
    for group in groups:
        for place, one in enumerate(group.members):
            for other in group.members[place + 1 :]:
                is_judged = any({one, other} <= set(members) for members in judged.members.values())
                assert is_judged or probabilities.get((one, other), 0.0) >= JOINED
    shuffled = dict(random.sample(sorted(probabilities.items()), len(probabilities)))
    assert proposed_groups(shuffled, judged, different[::-1]) == groups


def test_a_chain_of_links_is_no_group_and_the_weakest_link_is_named() -> None:
    chain = {("a", "b"): 0.9, ("b", "c"): 0.8}
    (group,) = proposed_groups(chain, NOBODY, [])
    assert (group.members, group.weakest, group.probability) == (("a", "b"), ("a", "b"), 0.9)
    (group,) = proposed_groups({**chain, ("a", "c"): 0.6}, NOBODY, [])
    assert (group.members, group.weakest, group.probability) == (("a", "b", "c"), ("a", "c"), 0.6)


def test_accounts_that_only_people_joined_have_no_weakest_link() -> None:
    (group,) = proposed_groups({}, joined_groups([("a", "b")], []), [])
    assert (group.members, group.weakest, group.probability) == (("a", "b"), None, None)


def test_a_component_that_is_too_large_is_left_to_people() -> None:
    names = [f"{number:04d}" for number in range(LARGEST + 1)]
    (group,) = proposed_groups({(names[0], name): 0.99 for name in names[1:]}, NOBODY, [])
    assert group.is_too_large
    assert group.members == tuple(names)
