"""How far people who judge the same pairs, without seeing each other's answers, agree."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crossbearing.domain.judgement import Answer, Verdict
from crossbearing.domain.score import Share


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of judges.

    Attributes:
        pairs: Pairs with two answers or more.
        same_answer: Of all twos of answers to one pair, those that are equal.
        alpha: 1 for agreement throughout, 0 for what chance would give; None if it cannot be said, as when all
            answers are one and the same. Source: Krippendorff 2004, nominal data.
    """

    pairs: int
    same_answer: Share
    alpha: float | None


def first_blind_answers(answers: Iterable[Answer]) -> dict[str, Verdict]:
    """What each person said first of a pair, not having seen the score; what they say later is not independent."""
    first: dict[str, Verdict] = {}
    for answer in answers:
        if answer.is_blind and answer.verdict is not Verdict.WITHDRAWN:
            first.setdefault(answer.person, answer.verdict)
    return first


def agreement(answered: Iterable[Sequence[str]]) -> Agreement:
    """Measure agreement.

    Args:
        answered: For each pair the answers that it got, one of each judge.
    """
    units = [Counter(said) for said in answered if len(said) > 1]
    equal = sum(count * (count - 1) // 2 for unit in units for count in unit.values())
    twos = sum(unit.total() * (unit.total() - 1) // 2 for unit in units)
    return Agreement(len(units), Share(equal, twos), _alpha(units))


def _alpha(units: Sequence[Mapping[str, int]]) -> float | None:
    """One less the disagreement that is there by that which chance would give."""
    totals: Counter[str] = Counter()
    there = Fraction(0)
    for unit in units:
        totals.update(unit)
        size = sum(unit.values())
        there += Fraction(size * size - sum(count * count for count in unit.values()), size - 1)
    answers = totals.total()
    by_chance = answers * answers - sum(count * count for count in totals.values())
    return None if not by_chance else float(1 - there * (answers - 1) / by_chance)
