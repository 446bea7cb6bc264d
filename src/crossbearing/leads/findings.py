"""What is kept of a run, case by case: references, grades and numbers, no name, no address, no word of a buyer.

And what stands in the way, in sentences: a finding that says nothing says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.canonical import Json
from crossbearing.leads.columns import DAY, Case
from crossbearing.leads.matching import CaseMatch, Hard, Near
from crossbearing.leads.opened import Opened
from crossbearing.leads.person_names import EXACT, NEAR
from crossbearing.leads.weighing import Grade, Lead, exact, leads_of
from crossbearing.leads.weights import Weights
from crossbearing.reference.related_substances import Fit

_COMMON: Final = 0.001  # share of consignees with a name like it from which on a name is called common
_NAMES: Final = {NEAR: "near", EXACT: "exact"}


@dataclass(frozen=True, slots=True)
class Run:
    """What all cases of a run have together.

    Attributes:
        found: Consignees who agree with a case in name, address and time; each counts once for a case.
        expected: Those that chance alone gives.
    """

    cases: int
    found: int
    expected: Decimal

    @classmethod
    def of(cls, matches: Sequence[CaseMatch]) -> "Run":
        """Sums over the cases."""
        return cls(
            len(matches),
            sum(int(one.alike.sum()) for one in matches),
            exact(sum(float(one.expected.sum()) for one in matches)),
        )


def finding_of(case: Case, found: CaseMatch, opened: Opened, weights: Weights, run: Run) -> dict[str, Json]:
    """What is kept of one case; the payload of an act."""
    leads = leads_of(found, opened.sales, weights)
    references = opened.rows.take(pa.array([lead.sale for lead in leads], pa.int64())).to_pylist()
    return {
        "leads": [_lead(case, lead, row, opened) for lead, row in zip(leads, references, strict=True)],
        "searched": searched(found, opened),
        "notes": [[code, words] for code, words in notes(case, found, leads, weights)],
        "chance": _chance(found),
        "run": {"cases": run.cases, "found": run.found, "expected": str(run.expected)},
        "weights": weights.stamp,
    }


def searched(found: CaseMatch, opened: Opened) -> dict[str, Json]:
    """Which markets and days were searched, and what of their addresses could be read."""
    return {
        "markets": [dict(one) for one in opened.markets],
        "in_time": int(found.fits.sum()),
        "readable_in_time": found.readable,
        "encrypted_in_time": found.encrypted,
        "undated": opened.undated,
        "without_seller": opened.without_seller,
        "messages": opened.messages,
    }


def notes(case: Case, found: CaseMatch, leads: Sequence[Lead], weights: Weights) -> list[tuple[str, str]]:
    """What stands in the way of this case, each with a short name that does not change."""
    said = [*_of_time(case, weights), *_of_person(case, found)]
    if found.later:
        said.append((
            "after last seen",
            f"{found.later} of the sales to this name and place were ordered after the person was last seen, and are "
            "no leads. Whoever was found later may have ordered in between.",
        ))  # fmt: skip
    if not case.screen.present and not case.screen.absent:
        said.append(("no screen", "No laboratory result is on record; what was sold says nothing here."))
    elif leads and leads[0].fit is Fit.NOT_TESTED:
        said.append((
            "not tested",
            "The laboratory did not look for what the first lead's advert names. That speaks neither for nor against.",
        ))  # fmt: skip
    if leads and all(lead.fit is Fit.INCOMPATIBLE for lead in leads):
        said.append(("incompatible", "The laboratory looked for what these adverts name and did not find it."))
    if not leads:
        said.append(("no hit", "No sale shares an identifier with the case, or its name, address and time together."))
    return said


def _of_time(case: Case, weights: Weights) -> list[tuple[str, str]]:
    only = "Name, address and time are not matched; identifiers are."
    if case.last_seen is None:
        return [("no time", f"Nobody says when the person was last seen or found. {only}")]
    days = ((case.found or case.last_seen) - case.last_seen) // DAY
    if days < 0:
        return [("found before seen", f"The person was found before being last seen: one of the two is wrong. {only}")]
    if not weights.times.admits(case):
        most = weights.times.widest // DAY
        words = f"Between last seen and found lie {days} days, more than {most}, so nobody knows when it was. {only}"
        return [("wide window", words)]
    if not case.is_last_seen_stated:
        words = "When the person was last seen is not stated. The time found stands for it and may let late sales in."
        return [("found for seen", words)]
    return []


def _of_person(case: Case, found: CaseMatch) -> list[tuple[str, str]]:
    said = []
    if not case.address.town and not case.address.code:
        said.append((
            "coarse address",
            "The address names neither town nor postal code, so nobody can be said to live near it. "
            "Name, address and time are not matched; identifiers are.",
        ))  # fmt: skip
    if not case.family or not case.given:
        said.append((
            "no name",
            "Given or family name is missing. Name, address and time are not matched; identifiers are.",
        ))  # fmt: skip
    alike, everybody = int(found.names[NEAR:].sum()), int(found.names.sum())
    if case.is_contact_unread:
        said.append((
            "contact not read",
            "No mail address, number or messenger name could be read in the contact found, so it was not searched. "
            'Write it as in "signal: name.01", or with the country in front of the number.',
        ))  # fmt: skip
    if alike and alike >= _COMMON * everybody:
        said.append((
            "common name",
            f"Of {everybody} readable consignees who live elsewhere in the country, {alike} have this name or one like "
            "it. The name says little.",
        ))  # fmt: skip
    return said


def _lead(case: Case, lead: Lead, row: Mapping[str, Any], opened: Opened) -> dict[str, Json]:
    return {
        "account_id": opened.sellers[lead.seller],
        "handle": opened.handles[opened.sellers[lead.seller]],
        "market": row["market"],
        "sale_server_id": row["sale_server_id"],
        "place": row["place"],
        "exhibit_ids": sorted({*row["exhibit_ids"], *case.exhibits, *_behind(case, lead, opened)}),
        "further_sales": lead.further,
        "grade": str(lead.grade),
        "is_accepted_grade": lead.grade is Grade.STRONG,
        "probability": str(exact(lead.probability)),
        "log_odds": str(lead.log_odds),
        "bars": [{"part": bar.part, "level": bar.level, "value": str(bar.value)} for bar in lead.bars],
        "hypothesis": str(lead.role),
        "identifiers": [one.name.lower() for one in Hard(lead.hard) if one.name],
        "name": lead.name,
        "address": lead.near,
        "substance": str(lead.fit),
        "is_soft": lead.is_soft,
        "expected_by_chance": None if lead.expected is None else str(exact(lead.expected)),
    }


def _behind(case: Case, lead: Lead, opened: Opened) -> set[str]:
    """Exhibits that a lead stands on beside those of its sale and its case."""
    said = {Hard.PAYMENT: case.payment, Hard.PARCEL: case.tracking, Hard.HANDLE: case.handle}
    found = {one for kind in lead.hard if kind in said for one in opened.behind.get((kind, said[kind]), ())}
    if lead.hard & Hard.CONTACT:
        # Those of its other contacts too: which of them led to this sale is not kept.
        found.update(one for contact in case.contacts for one in opened.behind.get((Hard.CONTACT, contact), ()))
    if lead.lender is not None:
        found.update(opened.rows["exhibit_ids"][lead.lender].as_py())
    return found


def _chance(found: CaseMatch) -> list[Json]:
    """Consignees who agree, and those expected by chance, by name and nearness; only where one is not nothing."""
    counts = found.alike
    rows: list[Json] = []
    for name, word in _NAMES.items():
        for near in Near:
            expected = exact(float(found.expected[name, near]))
            if counts[name, near] or expected:
                rows.append({
                    "name": word, "address": near.name.lower(), "found": int(counts[name, near]),
                    "expected": str(expected),
                })  # fmt: skip
    return rows
