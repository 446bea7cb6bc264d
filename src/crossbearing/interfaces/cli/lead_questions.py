"""Commands on leads by hit or no hit: ask, approve, refuse, withdraw, audit."""

from pathlib import Path

from crossbearing.domain.hit_or_no_hit import ANSWER_HOURS, FOLLOW_UP_HOURS, State
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.lead import lead
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.presentation.text import NOT_KNOWN
from crossbearing.workflows.ask_lead import ask_lead
from crossbearing.workflows.audit_lead import audit_lead
from crossbearing.workflows.decide_lead import Decided, approve_lead, close_lead


@lead.command
def ask(
    op: Path, number: str, *, answer_hours: int = ANSWER_HOURS, follow_up_hours: int = FOLLOW_UP_HOURS,
    shared: Shared = DEFAULTS,
) -> None:  # fmt: skip
    """Ask for a case by hit or no hit: what matching finds is sealed until both sides approve; needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    number
        Case number; you must be appointed to the case.
    answer_hours
        Hours until the answer is due.
    follow_up_hours
        Hours from the answer until both sides are to have decided.

    """
    found = ask_lead(op, shared.context(), number, answer_hours=answer_hours, follow_up_hours=follow_up_hours)
    if shared.json:
        as_json(found)
        return
    say(f"{hostile(found.case_number)}: asked; commitment {found.commitment}")
    say(f"  an answer is due by {_moment(found.answer_by)}, both decisions {found.follow_up_hours} hours after it")
    next_move(f"crossbearing lead match {op} {number} --purpose …   by the market side")


@lead.command
def approve(op: Path, number: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Let the other side see what was found; it opens when both sides have approved.

    Parameters
    ----------
    op
        Operation folder.
    number
        Case number.
    reason
        Why; it stands in the log, so name nobody.

    """
    _print_decided(approve_lead(op, shared.context(), number, reason=reason), op, shared)


@lead.command
def refuse(op: Path, number: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Refuse to go on after an answer; either side may, and nothing of it opens.

    Parameters
    ----------
    op
        Operation folder.
    number
        Case number.
    reason
        Why; it stands in the log, so name nobody.

    """
    _print_decided(close_lead(op, shared.context(), number, how=State.REFUSED, reason=reason), op, shared)


@lead.command
def withdraw(op: Path, number: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Take a question back that is not open yet; only the side that asked may.

    Parameters
    ----------
    op
        Operation folder.
    number
        Case number.
    reason
        Why; it stands in the log, so name nobody.

    """
    _print_decided(close_lead(op, shared.context(), number, how=State.WITHDRAWN, reason=reason), op, shared)


@lead.command
def audit(op: Path, number: str, *, authority: str, shared: Shared = DEFAULTS) -> None:
    """Open what was asked and found, on an order, and compare it with the log's commitments; for an auditor.

    Parameters
    ----------
    op
        Operation folder.
    number
        Case number.
    authority
        Reference of the registered order.

    """
    found = audit_lead(op, shared.context(authority), number)
    if shared.json:
        as_json(found)
        return
    columns = ("asked", "state", "question holds", "as referred", "answer holds", "answers it")
    rows = [
        (one.asked_at[:10], str(one.state), *map(_said, (one.asked_holds, one.is_as_referred, one.answered_holds,
                                                         one.answers_this)))
        for one in found
    ]  # fmt: skip
    table(columns, rows)
    next_move("the same with --json shows what was asked and found")


def _print_decided(found: Decided, op: Path, shared: Shared) -> None:
    if shared.json:
        as_json(found)
        return
    approved = f", approved by the {' and the '.join(found.approved_by)}" if found.approved_by else ""
    say(f"{hostile(found.case_number)}: {found.state}{approved}")
    next_move(f"crossbearing lead show {op} {found.case_number} --purpose …")


def _said(flag: bool | None) -> str:
    if flag is None:
        return NOT_KNOWN
    return "yes" if flag else "NO"


def _moment(at: str) -> str:
    return f"{at[:16].replace('T', ' ')} UTC"
