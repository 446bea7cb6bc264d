"""How far judges agree, against figures worked out by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.agreement import agreement, first_blind_answers
from crossbearing.domain.judgement import Answer, PairKind, Verdict

# Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, example C: four observers, twelve units.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def test_alpha_is_that_of_the_published_example() -> None:
    units = [[said for said in unit if said != "."] for unit in zip(*(line.split() for line in OBSERVERS), strict=True)]
    found = agreement(units)
    assert found.alpha == pytest.approx(0.743, abs=0.0005)
    assert found.pairs == 11, "the last unit was seen by one observer alone"


@given(st.lists(st.tuples(st.sampled_from("sdu"), st.sampled_from("sdu")), min_size=1, max_size=30))
def test_agreement_is_the_share_of_equal_answers_and_alpha_is_pi_corrected(answered: list[tuple[str, str]]) -> None:
    found = agreement(answered)
    equal = sum(one == other for one, other in answered)
    assert (found.same_answer.hits, found.same_answer.trials) == (equal, len(answered))
    values = [said for pair in answered for said in pair]
    shares = [values.count(value) / len(values) for value in set(values)]
    if len(shares) == 1:
        assert found.alpha is None
    else:  # with two judges alpha is Scott's pi with a correction for small samples
        by_chance = sum(share**2 for share in shares)
        pi = (equal / len(answered) - by_chance) / (1 - by_chance)
        assert found.alpha == pytest.approx(1 - (1 - pi) * (1 - 1 / len(values)))


@given(st.lists(st.sampled_from("sdu"), max_size=8))
def test_one_answer_alone_agrees_with_nothing(said: list[str]) -> None:
    found = agreement([[one] for one in said])
    assert (found.pairs, found.same_answer.trials, found.alpha) == (0, 0, None)


def test_only_the_first_answer_given_without_the_score_is_independent() -> None:
    def said(person: str, verdict: Verdict, *, blind: bool) -> Answer:
        return Answer(
            kind=PairKind.ACCOUNT, left="a", right="b", person=person, verdict=verdict, reason="x", is_blind=blind
        )

    first = first_blind_answers(
        [
            said("P", Verdict.SAME, blind=True),
            said("Q", Verdict.DIFFERENT, blind=False),
            said("P", Verdict.WITHDRAWN, blind=True),
            said("P", Verdict.DIFFERENT, blind=False),
            said("R", Verdict.DIFFERENT, blind=True),
        ]
    )
    assert first == {"P": Verdict.SAME, "R": Verdict.DIFFERENT}
