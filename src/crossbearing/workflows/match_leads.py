"""Match referred overdose cases with the sales: protected tables open for a purpose, and only a finding is kept.

What is found of a case that was asked for by hit or no hit is sealed; the log then says that it was matched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crossbearing.domain.access import Action, side_of
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction
from crossbearing.domain.hit_or_no_hit import QUESTION_ACTS, Question, Side, questions_in
from crossbearing.domain.progress import Progress
from crossbearing.leads import opened
from crossbearing.leads.columns import Case
from crossbearing.leads.findings import Run, finding_of
from crossbearing.leads.matching import match
from crossbearing.leads.questions import answer_of, question_of
from crossbearing.leads.weights import shipped_weights
from crossbearing.registry import STEPS
from crossbearing.store import questions
from crossbearing.store.jobs import job
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import standing_stamp
from crossbearing.store.session import Session
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run says of one case; ``says`` is what stands in the log, and empty if it is sealed."""

    case_number: str
    says: Mapping[str, Json]
    is_sealed: bool = False


def match_leads(
    folder: Path, context: Context, numbers: Sequence[str], progress: Progress, *, every: bool = False
) -> list[Finding]:
    """Match cases with all sales; each finding is an act in the log, and nothing else of it is kept.

    Args:
        folder: Operation folder.
        context: Who, and for what purpose.
        numbers: Case numbers.
        progress: Told how far it is.
        every: All referred cases that the person may match instead.

    Raises:
        BadRequest: No purpose is named, or no case.
        NotFound: A case was not referred.
        Contradiction: Two referrals use one case number; or the question of one is closed, or is not what was asked.
        NotAuthorised: A case was asked for by hit or no hit, and the person is not of the market side.
        BadConfiguration: A library that matching needs is not installed.
    """
    if bool(numbers) == every:
        raise BadRequest(
            "Say which cases are to be matched",
            where="lead match",
            remedy="Name case numbers, or one with --case, or give --every for all referred cases.",
        )
    opened.require_libraries()
    with open_operation(folder, context) as operation, job(operation, "lead match", progress) as work:
        operation.require(Action.JUDGE, "lead", "match")
        require_fresh(operation, STEPS, *opened.DERIVED)
        with reading(operation, protected=opened.CASES) as engine:
            referred = opened.read_cases(engine, numbers)
            opened.require_referred([case.number for case in referred], numbers, where=str(folder))
            asked = questions.questions(operation)
            if every:
                referred = _that_may_be_matched(operation, referred, asked)
            hidden = [case for case in referred if case.number in asked]
            _require_asked(operation, engine, [asked[case.number] for case in hidden])
        shown = [case for case in referred if case.number not in asked]
        acts, stamp = [], standing_stamp(operation.ledger)
        # Apart, for the figures of a run speak of all its cases.
        for cases in (some for some in (shown, hidden) if some):
            # Which tables open must not say whether a hidden case names a parcel.
            protected = opened.PROTECTED if cases is hidden else opened.protected_for(cases)
            with reading(operation, *opened.DERIVED, protected=protected) as engine:
                sales = opened.read_sales(engine, cases)
            for number, says in _matched(cases, sales, work, is_hidden=cases is hidden):
                finding = {**says, "evidence": stamp}
                acts.append(
                    _answer(operation, asked[number], finding)
                    if cases is hidden
                    else Act(kind=ActKind.LEADS_MATCHED, subject=number, payload=finding)
                )
        operation.ledger.decide(context, partial(_unless_asked, acts, asked), *QUESTION_ACTS)
    return [
        Finding(act.subject, act.payload)
        if act.kind is ActKind.LEADS_MATCHED
        else Finding(act.subject, {}, is_sealed=True)
        for act in acts
    ]


def _unless_asked(acts: list[Act], asked: Mapping[str, Question], seen: list[Entry]) -> list[Act]:
    """The acts, if nobody asked for a case meanwhile, who wants it sealed, or took a question back."""
    if questions_in(seen) != asked:
        raise Contradiction(
            "Somebody asked for a case, or took a question back, while this ran",
            where="lead match",
            remedy="Repeat the command; nothing was recorded.",
        )
    return acts


def _matched(
    cases: Sequence[Case], sales: opened.Opened, work: Progress, *, is_hidden: bool
) -> list[tuple[str, dict[str, Json]]]:
    """The finding of each case; a hidden one is a run by itself."""
    weights, matches = shipped_weights(), []
    with work.stage("Matching cases", len(cases)) as advance:
        for one in match(cases, sales.sales, weights.times):
            matches.append(one)
            advance(1)
    together = Run.of(matches)
    return [
        (case.number, finding_of(case, found, sales, weights, Run.of([found]) if is_hidden else together))
        for case, found in zip(cases, matches, strict=True)
    ]


def _answer(operation: Operation, asked: Question, finding: Mapping[str, Json]) -> Act:
    """The act of answering: what was found, sealed, and in the log a commitment to it."""
    sealed = questions.keep(operation, answer_of(finding, asked.asked.commitment))
    payload: dict[str, Json] = {**sealed, "asked": asked.asked.position}
    return Act(kind=ActKind.LEAD_ANSWERED, subject=asked.number, payload=payload)


def _that_may_be_matched(operation: Operation, referred: Sequence[Case], asked: Mapping[str, Question]) -> list[Case]:
    """All cases but those whose question is closed, and those that are for the market side if the person is not."""
    standing = operation.standing()
    return [
        case
        for case in referred
        if (one := asked.get(case.number)) is None
        or (not one.state.is_closed and side_of(standing, frozenset({case.number})) is Side.MARKET)
    ]


def _require_asked(operation: Operation, engine: Session, hidden: Sequence[Question]) -> None:
    """Refuse cases that are not for this person, whose question is closed, or whose referral is not as it was asked."""
    for one in hidden:
        operation.require_side(Action.JUDGE, one.number, Side.MARKET)
        if one.state.is_closed:
            raise Contradiction(
                f"The question for case {one.number!r} is {one.state}",
                where="the log",
                remedy="Its own side may ask anew with `crossbearing lead ask`. It is never matched openly.",
            )
        row, results = opened.read_question(engine, one.number, where="lead match")
        if questions.opened(operation, one.number, one.asked, what="match") != question_of(row, results):
            raise Contradiction(
                f"Case {one.number!r} is not what was asked: the referral or its results were changed since",
                where=f"commitment {one.asked.commitment}",
                remedy="Its own side withdraws the question with `crossbearing lead withdraw` and asks anew.",
            )
