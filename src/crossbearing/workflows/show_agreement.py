"""How far people agree about pairs of accounts, and whether the score that they see moves their answers."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import ActKind
from crossbearing.domain.agreement import Agreement, agreement, first_blind_answers
from crossbearing.domain.context import Context
from crossbearing.domain.judgement import (
    BLIND_ONE_IN,
    Answer,
    PairKind,
    Standing,
    Verdict,
    answers_in,
    standing_answers,
    standing_of,
)
from crossbearing.domain.score import Share
from crossbearing.resolution.review import withheld_from
from crossbearing.store.operation import open_operation

# Lower and upper end of the probability that the software gave; the upper one is not of the band.
_BANDS: Final = (("0.99 and more", "0.99", "2"), ("0.5 to 0.99", "0.5", "0.99"), ("under 0.5", "0", "0.5"))


@dataclass(frozen=True, slots=True)
class Band:
    """Answers about pairs of alike probability.

    Attributes:
        probability: Of the software, in words.
        blind: Of the answers given without the score, those that say the same.
        shown: Likewise of those given with it.
    """

    probability: str
    blind: Share
    shown: Share


@dataclass(frozen=True, slots=True)
class JudgesAgreement:
    """How people judged, and how far they agree.

    Attributes:
        answers: Answers given, withdrawals not counted.
        by_person: Person to answers.
        one_in: One pair in so many is of the share that is judged blind by two people.
        blind: Agreement of the first answers given blind.
        disputed: Pairs that one person says are the same and another different.
        bands: Answers with and without the score.
    """

    answers: int
    by_person: dict[str, int]
    one_in: int
    blind: Agreement
    disputed: tuple[str, ...]
    bands: tuple[Band, ...]


def show_agreement(folder: Path, context: Context) -> JudgesAgreement:
    """Take stock of all judgements of accounts, but those that this person is still to give blind."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        entries = operation.ledger.entries(ActKind.PAIR_JUDGED)
    withheld = withheld_from(context.person, entries)
    by_pair = {name: one for name, one in answers_in(entries, PairKind.ACCOUNT).items() if name not in withheld}
    given = [one for answers in by_pair.values() for one in answers if one.verdict is not Verdict.WITHDRAWN]
    people = sorted({one.person for one in given})
    return JudgesAgreement(
        answers=len(given),
        by_person={person: sum(one.person == person for one in given) for person in people},
        one_in=BLIND_ONE_IN,
        blind=agreement([str(said) for said in first_blind_answers(one).values()] for one in by_pair.values()),
        disputed=tuple(
            name for name, one in by_pair.items() if standing_of(standing_answers(one)) is Standing.DISPUTED
        ),
        bands=tuple(
            Band(name, *(_same(given, Decimal(low), Decimal(high), is_blind=blind) for blind in (True, False)))
            for name, low, high in _BANDS
        ),
    )


def _same(given: list[Answer], low: Decimal, high: Decimal, *, is_blind: bool) -> Share:
    said = [
        one.verdict
        for one in given
        if one.score and one.is_blind is is_blind and low <= Decimal(one.score["probability"]) < high
    ]
    return Share(sum(verdict is Verdict.SAME for verdict in said), len(said))
