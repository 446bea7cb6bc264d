"""Referred cases and what matching found: three boxes, of which software fills two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action, side_of
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound
from crossbearing.domain.hit_or_no_hit import BOTH, Question, Side, State
from crossbearing.leads.opened import require_one_each
from crossbearing.leads.opinions import Opinion, opinions_in
from crossbearing.leads.questions import before_both_agree
from crossbearing.store import questions
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import register, standing_stamp
from crossbearing.store.views import reading

# Neither who it is nor where they lived.
_REFERRAL: Final = """
    SELECT case_number, agency, legal_basis, asked, reply_by, is_fatal, last_seen_at, found_at, exhibit_id
    FROM overdose_case WHERE ? IN ('', case_number) ORDER BY reply_by, case_number, exhibit_id
"""
_SCREEN: Final = """
    SELECT specimen, substance, result, amount, unit, tested_on FROM toxicology
    WHERE case_number = ? ORDER BY ALL
"""


# What of a referral is the case itself; the market side sees it when both have approved.
_OF_THE_CASE: Final = ("is_fatal", "last_seen_at", "found_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How a hit-or-no-hit question stands; the same whatever was found.

    Attributes:
        due: When its step is to be done, RFC 3339; empty if nothing waits.
        approved_by: Sides that have approved.
        reason: Why it was closed.
    """

    state: State
    asked_at: str
    due: str
    is_overdue: bool
    approved_by: tuple[Side, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """One referred case, and how far it is.

    Attributes:
        referral: Who asks for what, on what basis, until when, in the agency's words; no column of a name or address.
        matched_at: When it was last matched; empty if never.
        grades: Grade of each lead of that run, the first one first; none of a case that was asked for.
        is_stale: Other evidence stands now than was searched.
        follow_up: How its question stands; None if nobody asked.
    """

    referral: Mapping[str, Any]
    matched_at: str
    grades: tuple[str, ...]
    is_stale: bool
    follow_up: FollowUp | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """One case: supply as graded here, composition as the laboratory states it, causation as a person says.

    Attributes:
        supply: The finding of the last run; empty if it was never matched. Leads that rest on evidence that does not
            stand any more are left out. Of a case that was asked for: before both sides approve only ``answer`` and
            ``searched``, and nothing once it is closed.
        left_out: How many these are.
        composition: Rows of the laboratory.
        causation: Opinions of named persons; software never adds to them.
        is_case_hidden: The person is of the market side, and the case shows when both sides have approved: what is
            left out here may well be on record.
        follow_up: How its question stands; None if nobody asked.
    """

    referral: Mapping[str, Any]
    matched_at: str
    matched_by: str
    is_stale: bool
    supply: Mapping[str, Any]
    left_out: int
    composition: tuple[Mapping[str, Any], ...]
    causation: tuple[Opinion, ...]
    is_case_hidden: bool
    follow_up: FollowUp | None


@dataclass(frozen=True, slots=True)
class _Matched:
    """What a run said, when and by whom; all empty if there was none."""

    at: str = ""
    by: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)


def list_referred(folder: Path, context: Context) -> list[Referred]:
    """All referred cases, the most urgent first.

    Raises:
        BadRequest: No purpose is named.
    """
    with open_operation(folder, context) as operation:
        with reading(operation, protected=["overdose_case"]) as engine:
            rows = engine.rows(_REFERRAL, [""])
        last = {entry.subject: _matched(entry) for entry in operation.ledger.entries(ActKind.LEADS_MATCHED)}
        standing = register(operation.ledger).standing
        stamp = standing_stamp(operation.ledger)
        asked, person = questions.questions(operation), operation.standing()
    found = []
    for row in rows:
        one = asked.get(row["case_number"])
        ran = last.get(row["case_number"], _Matched()) if one is None else _answered(one, {})
        leads = ran.says.get("leads", ())
        is_case_side = side_of(person, frozenset({row["case_number"]})) is Side.CASE
        found.append(
            Referred(
                referral=row if one is None or is_case_side else _without_the_case(row),
                matched_at=ran.at,
                grades=tuple(lead["grade"] for lead in leads if set(lead["exhibit_ids"]) <= standing.keys()),
                is_stale=bool(ran.says) and ran.says["evidence"] != stamp,
                follow_up=_follow_up(one, context),
            )
        )
    return found


def show_case(folder: Path, context: Context, case_number: str) -> Boxes:
    """One case in its three boxes; looking is an act in the log.

    Raises:
        NotFound: The case was not referred.
        Contradiction: Two referrals use its number.
        BadRequest: No purpose is named.
        NotAuthorised: It was asked for by hit or no hit, and the person is of neither side.
    """
    with open_operation(folder, context) as operation:
        asked = questions.questions(operation).get(case_number)
        side = None if asked is None else operation.require_side(Action.SEE, case_number, *BOTH)
        with reading(operation, protected=["overdose_case"]) as engine:
            rows = engine.rows(_REFERRAL, [case_number]) if case_number else []
            screen = engine.rows(_SCREEN, [case_number])
        if not rows:
            raise NotFound(
                f"No case {case_number!r} was referred",
                where=str(folder),
                remedy="`crossbearing lead list` shows the referred cases.",
            )
        require_one_each([row["case_number"] for row in rows], where=str(folder))
        opinions = opinions_in(operation.ledger.entries(ActKind.OPINION_ENTERED), case_number)
        ran = _newest_run(operation, case_number) if asked is None else _seen_by_a_side(operation, asked)
        standing, stamp = register(operation.ledger).standing, standing_stamp(operation.ledger)
        operation.ledger.record(context, Act(kind=ActKind.CONSULTED, subject=case_number, payload={"kind": "lead"}))
    says, leads = ran.says, ran.says.get("leads", ())
    kept = [lead for lead in leads if set(lead["exhibit_ids"]) <= standing.keys()]
    is_hidden = side is Side.MARKET and asked is not None and asked.state is not State.OPEN
    return Boxes(
        referral=_without_the_case(rows[0]) if is_hidden else rows[0],
        matched_at=ran.at,
        matched_by=ran.by,
        is_stale="evidence" in says and says["evidence"] != stamp,
        supply={**says, "leads": kept} if "leads" in says else says,
        left_out=len(leads) - len(kept),
        composition=() if is_hidden else tuple(screen),
        causation=() if is_hidden else opinions,
        is_case_hidden=is_hidden,
        follow_up=_follow_up(asked, context),
    )


def _newest_run(operation: Operation, number: str) -> _Matched:
    entries = [one for one in operation.ledger.entries(ActKind.LEADS_MATCHED) if one.subject == number]
    return _matched(entries[-1]) if entries else _Matched()


def _matched(entry: Entry) -> _Matched:
    return _Matched(entry.at, entry.person, entry.payload)


def _seen_by_a_side(operation: Operation, asked: Question) -> _Matched:
    """What a side may see of the sealed answer: a word before both have approved, all of it after."""
    if asked.answered is None or asked.state.is_closed:
        return _answered(asked, {})
    answer = questions.opened(operation, asked.number, asked.answered, what="answer")
    return _answered(asked, answer["finding"] if asked.state is State.OPEN else before_both_agree(answer))


def _answered(asked: Question, says: Mapping[str, Any]) -> _Matched:
    return _Matched() if asked.answered is None else _Matched(asked.answered.at, asked.answered.by, says)


def _without_the_case(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if name in _OF_THE_CASE else value for name, value in row.items()}


def _follow_up(asked: Question | None, context: Context) -> FollowUp | None:
    if asked is None:
        return None
    return FollowUp(
        state=asked.state,
        asked_at=asked.asked.at,
        due=asked.due,
        is_overdue=asked.is_overdue(context.now()),
        approved_by=tuple(side for side in BOTH if side in asked.approved),
        reason=asked.reason,
    )
