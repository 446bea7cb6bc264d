"""Approve, refuse or withdraw: each side decides whether the other sees what was found; each act has a reason."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound
from crossbearing.domain.hit_or_no_hit import BOTH, QUESTION_ACTS, Question, Side, State, questions_in
from crossbearing.store.operation import Operation, open_operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How a question stands after a decision."""

    case_number: str
    state: State
    approved_by: tuple[Side, ...]


def approve_lead(folder: Path, context: Context, number: str, *, reason: str) -> Decided:
    """Let the other side see what was found; it opens when both sides have.

    Args:
        folder: Operation folder.
        context: Who approves; of one of the two sides.
        number: Case number.
        reason: Why; it stands in the log, so it names nobody.

    Raises:
        NotAuthorised: The person is of neither side.
        NotFound: Nobody asked for this case.
        Contradiction: It is not answered, closed, or this side approved already.
        BadRequest: No reason is given.
    """
    with open_operation(folder, context) as operation:
        side = _side(operation, number, reason, *BOTH)

        def approving(one: Question) -> Act:
            if one.answered is None or one.state is not State.ANSWERED or side in one.approved:
                raise _impossible(one, "approved")
            payload: dict[str, Json] = {
                "asked": one.asked.position, "answered": one.answered.position, "side": str(side),
                "reason": reason.strip(),
            }  # fmt: skip
            return Act(kind=ActKind.LEAD_APPROVED, subject=number, payload=payload)

        operation.ledger.decide(context, lambda seen: [approving(_newest(seen, number))], *QUESTION_ACTS)
        return _as_it_stands(operation, number)


def close_lead(folder: Path, context: Context, number: str, *, how: State, reason: str) -> Decided:
    """Refuse what was found (either side), or withdraw the question (the side that asked).

    Args:
        folder: Operation folder.
        context: Who decides.
        number: Case number.
        how: Refused or withdrawn.
        reason: Why; it stands in the log, so it names nobody.

    Raises:
        NotAuthorised: The person is not of a side that may.
        NotFound: Nobody asked for this case.
        Contradiction: It is open, closed, or there is nothing yet to refuse.
        BadRequest: No reason is given.
    """
    with open_operation(folder, context) as operation:
        side = _side(operation, number, reason, *(BOTH if how is State.REFUSED else (Side.CASE,)))

        def closing(one: Question) -> Act:
            running = {State.ANSWERED} if how is State.REFUSED else {State.ASKED, State.ANSWERED}
            if one.state not in running:
                raise _impossible(one, str(how))
            payload: dict[str, Json] = {
                "asked": one.asked.position, "how": str(how), "side": str(side), "reason": reason.strip()
            }  # fmt: skip
            return Act(kind=ActKind.LEAD_CLOSED, subject=number, payload=payload)

        operation.ledger.decide(context, lambda seen: [closing(_newest(seen, number))], *QUESTION_ACTS)
        return _as_it_stands(operation, number)


def _side(operation: Operation, number: str, reason: str, *sides: Side) -> Side:
    side = operation.require_side(Action.JUDGE, number, *sides)
    if not reason.strip():
        raise BadRequest(
            "A decision needs a reason",
            where=f"case {number}",
            remedy="Say why in a few words; it stands in the log, so name nobody.",
        )
    return side


def _newest(seen: list[Entry], number: str) -> Question:
    if (found := questions_in(seen).get(number)) is None:
        raise NotFound(
            f"Nobody asked for case {number!r}",
            where="the log",
            remedy="`crossbearing lead list` shows which cases were asked for; `crossbearing lead ask` asks.",
        )
    return found


def _as_it_stands(operation: Operation, number: str) -> Decided:
    one = _newest(operation.ledger.entries(*QUESTION_ACTS), number)
    return Decided(
        case_number=number, state=one.state, approved_by=tuple(side for side in BOTH if side in one.approved)
    )


def _impossible(one: Question, what: str) -> Contradiction:
    approved = f", approved by the {' and the '.join(sorted(one.approved))}" if one.approved else ""
    return Contradiction(
        f"It cannot be {what} now: the question is {one.state}{approved}",
        where=f"case {one.number}",
        remedy="`crossbearing lead list` shows how each question stands. What is open stays open; what is closed can "
        "be asked anew.",
    )
