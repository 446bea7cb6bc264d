"""Propose persons for operators: protected tables open for a purpose, and only references, kinds and numbers stay."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.progress import Progress
from crossbearing.identification import opened
from crossbearing.identification.evidence import Evidence
from crossbearing.identification.findings import finding_of
from crossbearing.identification.proposing import proposals_in
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import OPERATOR_ACTS, home_of, operators_in
from crossbearing.resolution.review import withheld_from
from crossbearing.store.jobs import job
from crossbearing.store.operation import open_operation
from crossbearing.store.register import register, standing_stamp
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run says of one operator or account; ``says`` is what stands in the log."""

    subject: str
    says: Mapping[str, Json]


def propose_persons(
    folder: Path, context: Context, wanted: Sequence[str], progress: Progress, *, every: bool = False
) -> list[Finding]:
    """Look for persons behind operators, or behind accounts that nobody judged; each finding is an act in the log.

    Args:
        folder: Operation folder.
        context: Who, and for what purpose.
        wanted: Operators or accounts.
        progress: Told how far it is.
        every: All operators instead, and all accounts without one to which any evidence leads.

    Raises:
        BadRequest: No purpose is named, or no operator.
        NotFound: An operator or account does not exist.
    """
    if bool(wanted) == every:
        raise BadRequest(
            "Say which operators are meant",
            where="person propose",
            remedy="Name operators or accounts, or give --every. `crossbearing operator list` shows them.",
        )
    with open_operation(folder, context) as operation, job(operation, "person propose", progress) as work:
        operation.require(Action.JUDGE, "person", "propose")
        require_fresh(operation, STEPS, *opened.DERIVED)
        known = register(operation.ledger)
        order = {name: number for number, name in enumerate(known.standing)}
        entries = operation.ledger.entries(*OPERATOR_ACTS)
        home = home_of(operators_in(entries, withheld_from(context.person, entries)).operators)
        with reading(operation, *opened.DERIVED, protected=opened.PROTECTED) as engine:
            evidence = opened.read_evidence(engine, order, home)
        members = _members(evidence)
        chosen = _chosen(evidence, members, wanted, str(folder))
        with work.stage("Linking", 1) as advance:
            proposals = proposals_in(evidence)
            advance(1)
        if every:
            chosen = [one for one in members if one.startswith("O-") or one in proposals]
        authority_of = {name: exhibit.authority for name, exhibit in known.standing.items()}
        stamp = standing_stamp(operation.ledger)
        findings = [
            Finding(
                one, {**finding_of(members[one], proposals.get(one, ()), evidence, authority_of), "evidence": stamp}
            )
            for one in chosen
        ]
        acts = [Act(kind=ActKind.PERSONS_MATCHED, subject=one.subject, payload=one.says) for one in findings]
        if acts:
            operation.ledger.record(context, *acts)
    return findings


def _members(evidence: Evidence) -> dict[str, list[str]]:
    """Accounts by operator; an account without one stands for itself."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for account in evidence.accounts.values():
        found[account.subject].append(account.account_id)
    return dict(sorted(found.items()))


def _chosen(evidence: Evidence, members: Mapping[str, list[str]], wanted: Sequence[str], where: str) -> list[str]:
    """The subjects that are meant; an account that belongs to an operator means the operator."""
    found = []
    for name in wanted:
        account = evidence.accounts.get(name)
        subject = account.subject if account else name
        if subject not in members:
            raise NotFound(
                f"No operator and no seller's account {name!r}",
                where=where,
                remedy="`crossbearing operator list` shows the operators.",
            )
        found.append(subject)
    return list(dict.fromkeys(found))
