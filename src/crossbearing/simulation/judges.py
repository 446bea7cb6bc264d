"""Simulated judges: people of a stated error rate who take time, so that human effort can be measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from crossbearing.simulation.chance import stream


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeDials:
    """People who judge pairs.

    Attributes:
        judges: How many.
        misses: Pairs of one operator that a judge calls different.
        false_joins: Pairs of two operators that a judge calls the same.
        unsure: Pairs that a judge leaves open.
        seconds: Median time for one judgement.
    """

    judges: int = 4
    misses: float = 0.08
    false_joins: float = 0.02
    unsure: float = 0.1
    seconds: float = 90.0


class Answer(StrEnum):
    """What a judge says of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer and how long it took, in seconds."""

    pair: str
    judge: int
    answer: Answer
    seconds: float


def judge_pairs(pairs: Iterable[tuple[str, bool]], dials: JudgeDials, seed: int, *, turn: int = 0) -> list[Judged]:
    """Each pair before the judge whose turn it is; the same pair always gets the same answer.

    Args:
        pairs: Name of the pair, and whether it is one operator in truth.
        dials: Error rates and time.
        seed: Of the simulation.
        turn: 0 for the first who is asked about each pair, 1 for the second.
    """
    made = []
    for pair, is_one in pairs:
        judge = int(stream(seed, "whose turn", pair).integers(dials.judges))
        judge = (judge + turn) % dials.judges
        chance = stream(seed, "judge", judge, pair)
        wrong = chance.random() < (dials.misses if is_one else dials.false_joins)
        answer = Answer.SAME if is_one is not bool(wrong) else Answer.DIFFERENT
        if chance.random() < dials.unsure:
            answer = Answer.UNSURE
        seconds = float(round(dials.seconds * chance.lognormal(0, 0.6), 1))
        made.append(Judged(pair, judge, answer, seconds))
    return made
