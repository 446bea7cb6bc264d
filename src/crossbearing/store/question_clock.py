"""Questions that nobody followed up close by themselves, by an act, when the operation is opened next."""

from collections.abc import Sequence
from dataclasses import replace

from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.hit_or_no_hit import QUESTION_ACTS, State, questions_in
from crossbearing.store.ledger import Ledger


def question_acts(ledger: Ledger) -> list[Entry]:
    """The acts that questions follow from; none where nobody ever asked, for acts of erasing are long."""
    return ledger.entries(*QUESTION_ACTS) if ledger.entries(ActKind.LEAD_ASKED) else []


def follow_questions(ledger: Ledger, context: Context) -> None:
    """Close what lapsed; one act for each, none if nothing did."""
    now = context.now()
    if _due(question_acts(ledger), now):
        by_time = replace(context, authority="", purpose="clock of questions", case="")
        ledger.decide(by_time, lambda seen: _due(seen, now), *QUESTION_ACTS)


def _due(entries: Sequence[Entry], now: str) -> list[Act]:
    return [
        Act(
            kind=ActKind.LEAD_CLOSED,
            subject=number,
            payload={"asked": one.asked.position, "how": str(State.LAPSED), "side": "", "reason": "time"},
        )
        for number, one in questions_in(entries).items()
        if one.has_lapsed(now)
    ]
