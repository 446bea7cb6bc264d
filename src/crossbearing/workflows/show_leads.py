"""Referred cases and what matching found: three boxes, of which software fills two."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound
from crossbearing.leads.opened import require_one_each
from crossbearing.leads.opinions import Opinion, opinions_in
from crossbearing.store.operation import open_operation
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """One referred case, and how far it is.

    Attributes:
        referral: Who asks for what, on what basis, until when, in the agency's words; no column of a name or address.
        matched_at: When it was last matched; empty if never.
        grades: Grade of each lead of that run, the first one first.
        is_stale: Other evidence stands now than was searched.
    """

    referral: Mapping[str, Any]
    matched_at: str
    grades: tuple[str, ...]
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """One case: supply as graded here, composition as the laboratory states it, causation as a person says.

    Attributes:
        supply: The finding of the last run; empty if it was never matched. Leads that rest on evidence that does not
            stand any more are left out.
        left_out: How many these are.
        composition: Rows of the laboratory.
        causation: Opinions of named persons; software never adds to them.
    """

    referral: Mapping[str, Any]
    matched_at: str
    matched_by: str
    is_stale: bool
    supply: Mapping[str, Any]
    left_out: int
    composition: tuple[Mapping[str, Any], ...]
    causation: tuple[Opinion, ...]


def list_referred(folder: Path, context: Context) -> list[Referred]:
    """All referred cases, the most urgent first.

    Raises:
        BadRequest: No purpose is named.
    """
    with open_operation(folder, context) as operation:
        with reading(operation, protected=["overdose_case"]) as engine:
            rows = engine.rows(_REFERRAL, [""])
        last = {entry.subject: entry for entry in operation.ledger.entries(ActKind.LEADS_MATCHED)}
        standing = register(operation.ledger).standing
        stamp = standing_stamp(operation.ledger)
    found = []
    for row in rows:
        entry = last.get(row["case_number"])
        says = _says(entry)
        grades = tuple(lead["grade"] for lead in says.get("leads", ()) if set(lead["exhibit_ids"]) <= standing.keys())
        found.append(
            Referred(
                referral=row,
                matched_at=entry.at if entry else "",
                grades=grades,
                is_stale=bool(says) and says["evidence"] != stamp,
            )
        )
    return found


def show_case(folder: Path, context: Context, case_number: str) -> Boxes:
    """One case in its three boxes; looking is an act in the log.

    Raises:
        NotFound: The case was not referred.
        Contradiction: Two referrals use its number.
        BadRequest: No purpose is named.
    """
    with open_operation(folder, context) as operation:
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
        matched = [entry for entry in operation.ledger.entries(ActKind.LEADS_MATCHED) if entry.subject == case_number]
        entry = matched[-1] if matched else None
        opinions = opinions_in(operation.ledger.entries(ActKind.OPINION_ENTERED), case_number)
        says, standing, stamp = _says(entry), register(operation.ledger).standing, standing_stamp(operation.ledger)
        operation.ledger.record(context, Act(kind=ActKind.CONSULTED, subject=case_number, payload={"kind": "lead"}))
    leads = says.get("leads", ())
    kept = [lead for lead in leads if set(lead["exhibit_ids"]) <= standing.keys()]
    return Boxes(
        referral=rows[0],
        matched_at=entry.at if entry else "",
        matched_by=entry.person if entry else "",
        is_stale=bool(says) and says["evidence"] != stamp,
        supply={**says, "leads": kept} if says else {},
        left_out=len(leads) - len(kept),
        composition=tuple(screen),
        causation=opinions,
    )


def _says(entry: Entry | None) -> Mapping[str, Any]:
    return {} if entry is None or entry.is_erased else entry.payload
