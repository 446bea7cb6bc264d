"""Match referred overdose cases with the sales: protected tables open for a purpose, and only a finding is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.progress import Progress
from crossbearing.leads import opened
from crossbearing.leads.findings import Run, finding_of
from crossbearing.leads.matching import match
from crossbearing.leads.weights import shipped_weights
from crossbearing.registry import STEPS
from crossbearing.store.jobs import job
from crossbearing.store.operation import open_operation
from crossbearing.store.register import standing_stamp
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run says of one case; ``says`` is what stands in the log."""

    case_number: str
    says: Mapping[str, Json]


def match_leads(
    folder: Path, context: Context, numbers: Sequence[str], progress: Progress, *, every: bool = False
) -> list[Finding]:
    """Match cases with all sales; each finding is an act in the log, and nothing else of it is kept.

    Args:
        folder: Operation folder.
        context: Who, and for what purpose.
        numbers: Case numbers.
        progress: Told how far it is.
        every: All referred cases instead.

    Raises:
        BadRequest: No purpose is named, or no case.
        NotFound: A case was not referred.
        Contradiction: Two referrals use one case number.
        BadConfiguration: A library that matching needs is not installed.
    """
    if bool(numbers) == every:
        raise BadRequest(
            "Say which cases are to be matched",
            where="lead match",
            remedy="Name case numbers, or one with --case, or give --every for all referred cases.",
        )
    opened.require_libraries()
    weights = shipped_weights()
    with open_operation(folder, context) as operation, job(operation, "lead match", progress) as work:
        operation.require(Action.JUDGE, "lead", "match")
        require_fresh(operation, STEPS, *opened.DERIVED)
        with reading(operation, protected=opened.CASES) as engine:
            cases = opened.read_cases(engine, numbers)
        _require_cases([case.number for case in cases], numbers, where=str(folder))
        with reading(operation, *opened.DERIVED, protected=opened.protected_for(cases)) as engine:
            sales = opened.read_sales(engine, cases)
        with work.stage("Matching cases", len(cases)) as advance:
            matches = []
            for one in match(cases, sales.sales, weights.times):
                matches.append(one)
                advance(1)
        run, stamp = Run.of(matches), standing_stamp(operation.ledger)
        findings = [
            Finding(case.number, {**finding_of(case, found, sales, weights, run), "evidence": stamp})
            for case, found in zip(cases, matches, strict=True)
        ]
        operation.ledger.record(
            context,
            *(Act(kind=ActKind.LEADS_MATCHED, subject=one.case_number, payload=one.says) for one in findings),
        )
    return findings


def _require_cases(found: Sequence[str], wanted: Sequence[str], *, where: str) -> None:
    if missing := sorted(set(wanted) - set(found)):
        raise NotFound(
            f"No case {missing[0]!r} was referred",
            where=where,
            remedy="`crossbearing lead list` shows the referred cases; `crossbearing lead add` takes a referral in.",
        )
    if not found:
        raise NotFound("No case was referred", where=where, remedy="`crossbearing lead add` takes a referral in.")
    opened.require_one_each(found, where=where)
