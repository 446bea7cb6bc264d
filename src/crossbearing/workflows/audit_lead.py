"""Open both commitments of a question, on an order: is what was asked and found still what the log committed to?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, CrossbearingError, NotFound, UnreadableSource
from crossbearing.domain.hit_or_no_hit import QUESTION_ACTS, Question, Sealed, Side, State, all_questions
from crossbearing.leads.opened import read_question
from crossbearing.leads.questions import question_of
from crossbearing.store import questions
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One question, opened.

    Attributes:
        asked: What was asked; empty if it does not hold.
        asked_holds: It is what the log committed to.
        is_as_referred: The referral that stands today says the same; None if it does not stand, or ``asked`` does not.
        answered: What was found; empty if nothing was answered, or it does not hold.
        answered_holds: It is what the log committed to; None if nothing was answered.
        answers_this: The answer was made for this very question; None likewise.
    """

    case_number: str
    asked_at: str
    state: State
    asked: Mapping[str, Any]
    asked_holds: bool
    is_as_referred: bool | None
    answered: Mapping[str, Any]
    answered_holds: bool | None
    answers_this: bool | None


def audit_lead(folder: Path, context: Context, number: str) -> list[Audited]:
    """Open every question for a case, oldest first, with its answer; each opening is in the log.

    Args:
        folder: Operation folder.
        context: An auditor, the order as authority, and a purpose.
        number: Case number.

    Raises:
        NotAuthorised: The person is no auditor, works on the case or as an analyst, or the order does not hold.
        BadRequest: No order or no purpose is named.
        NotFound: Nobody asked for this case.
    """
    with open_operation(folder, context) as operation:
        operation.require_side(Action.REVIEW, number, Side.AUDITOR)
        if not context.authority:
            raise BadRequest(
                "What was asked and found opens on an order only",
                where=f"case {number}",
                remedy="Register the order with `crossbearing authority add` and give it with --authority.",
            )
        asked = [one for one in all_questions(operation.ledger.entries(*QUESTION_ACTS)) if one.number == number]
        if not asked:
            raise NotFound(
                f"Nobody asked for case {number!r}",
                where="the log",
                remedy="`crossbearing lead list` shows which cases were asked for.",
            )
        stands = _as_referred(operation, number)
        found = [_audited(operation, one, stands) for one in asked]
        operation.ledger.record(context, Act(kind=ActKind.CONSULTED, subject=number, payload={"kind": "lead audit"}))
    return found


def _audited(operation: Operation, one: Question, stands: Mapping[str, Any] | None) -> Audited:
    asked = _opened(operation, one.number, one.asked)
    answered = None if one.answered is None else _opened(operation, one.number, one.answered)
    return Audited(
        case_number=one.number,
        asked_at=one.asked.at,
        state=one.state,
        asked=asked or {},
        asked_holds=asked is not None,
        is_as_referred=None if stands is None or asked is None else asked == stands,
        answered=answered or {},
        answered_holds=None if one.answered is None else answered is not None,
        answers_this=None if answered is None else answered["asked"] == one.asked.commitment,
    )


def _opened(operation: Operation, number: str, sealed: Sealed) -> Mapping[str, Any] | None:
    """What was sealed; None if it is not there, damaged, or another."""
    try:
        return questions.opened(operation, number, sealed, what="audit")
    except UnreadableSource:
        return None


def _as_referred(operation: Operation, number: str) -> Mapping[str, Any] | None:
    try:
        with reading(operation, protected=["overdose_case"]) as engine:
            return question_of(*read_question(engine, number, where="lead audit"))
    except CrossbearingError as absent:
        if isinstance(absent, BadRequest):
            raise
        return None
