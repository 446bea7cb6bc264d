"""Ask whether the markets know something of a case, without showing it: what goes into the log is a commitment."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction
from crossbearing.domain.hit_or_no_hit import (
    ANSWER_HOURS,
    FOLLOW_UP_HOURS,
    QUESTION_ACTS,
    Side,
    hours_after,
    questions_in,
)
from crossbearing.leads.opened import read_question
from crossbearing.leads.questions import question_of
from crossbearing.store import questions
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was put.

    Attributes:
        commitment: What the log says of it, SHA-256, lower-case hex.
        answer_by: When it is to be answered, RFC 3339, UTC.
        follow_up_hours: Hours that both sides have from the answer.
    """

    case_number: str
    commitment: str
    answer_by: str
    follow_up_hours: int


def ask_lead(
    folder: Path, context: Context, number: str, *, answer_hours: int = ANSWER_HOURS,
    follow_up_hours: int = FOLLOW_UP_HOURS,
) -> Asked:  # fmt: skip
    """Ask for a case; from now on what matching finds of it is sealed until both sides approve.

    Args:
        folder: Operation folder.
        context: Who asks, and for what purpose; works on the case.
        number: Case number.
        answer_hours: Hours until the answer is due.
        follow_up_hours: Hours from the answer until both sides are to have decided.

    Raises:
        NotAuthorised: The person does not work on the case.
        NotFound: The case was not referred.
        Contradiction: Two referrals use its number, it was asked for already, or it was matched openly before.
        BadRequest: No purpose is named, or no time is left.
    """
    if answer_hours < 1 or follow_up_hours < 1:
        raise BadRequest("A step needs an hour at least", where="lead ask", remedy="Give whole hours, 1 and more.")
    with open_operation(folder, context) as operation:
        operation.require_side(Action.ADD, number, Side.CASE)
        with reading(operation, protected=["overdose_case"]) as engine:
            row, results = read_question(engine, number, where=str(folder))
        kinds = (*QUESTION_ACTS, ActKind.LEADS_MATCHED)
        _require_askable(
            operation.ledger.entries(*kinds), number
        )  # before anything is sealed, and once more at its end
        sealed = questions.keep(operation, question_of(row, results))
        payload = {
            **sealed,
            "answer_by": hours_after(context.now(), answer_hours),
            "follow_up_hours": follow_up_hours,
            "exhibit_ids": sorted({row["exhibit_id"], *(result["exhibit_id"] for result in results)}),
        }

        def asked(seen: list[Entry]) -> list[Act]:
            _require_askable(seen, number)
            return [Act(kind=ActKind.LEAD_ASKED, subject=number, payload=payload)]

        operation.ledger.decide(context, asked, *kinds)
    return Asked(
        case_number=number,
        commitment=str(sealed["commitment"]),
        answer_by=str(payload["answer_by"]),
        follow_up_hours=follow_up_hours,
    )


def _require_askable(seen: list[Entry], number: str) -> None:
    matched = [entry for entry in seen if entry.kind is ActKind.LEADS_MATCHED and entry.subject == number]
    if matched:
        raise Contradiction(
            f"Case {number!r} was matched openly on {matched[0].at[:10]}: there is nothing left to hide",
            where="the log",
            remedy="Ask for a case before it is matched. What was found of this one shows in `crossbearing lead show`.",
        )
    standing = questions_in(entry for entry in seen if entry.kind is not ActKind.LEADS_MATCHED).get(number)
    if standing is not None and not standing.state.is_closed:
        raise Contradiction(
            f"Case {number!r} was asked for already",
            where="the log",
            remedy="Withdraw the question with `crossbearing lead withdraw` before you ask anew.",
        )
