"""Reports of invented and of published operations, as rows of the outcome form, and an operation that took them in."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from conftest import REF, fixed_context
from crossbearing.domain.progress import Silent
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.show_results import CampaignResults, Line, show_results

COLUMNS = (
    "campaign", "report_ref", "statement", "kind", "happened_on", "reported_on", "place_country", "place_name",
    "credit_country", "credit_agency", "item", "part_of", "amount", "unit", "bound", "package_ref", "case_ref",
    "sealed",
    "other_ref", "offence", "product_ref", "contained", "lab_state", "worth_in", "stated_rate", "rate_on",
    "rate_source",
    "note",
)  # fmt: skip
_USUAL = {
    "campaign": "Nightjar", "statement": "event", "kind": "arrest", "happened_on": "2022-03-01",
    "reported_on": "2022-04-01", "place_country": "NL", "credit_country": "NL", "credit_agency": "NL Desk",
    "item": "persons", "amount": "1", "unit": "persons",
}  # fmt: skip
Row = Mapping[str, str]

# Arrests by country as announced. Sources: those of the published operations in domain.md, section 1.
ARRESTS = {
    "DisrupTor": {"US": 121, "DE": 42, "NL": 8, "GB": 4, "AT": 3, "SE": 1},
    "Dark HunTor": {"US": 65, "DE": 47, "GB": 24, "NL": 4, "IT": 4, "FR": 3, "CH": 2, "BG": 1},
    "SpecTor": {"US": 153, "GB": 55, "DE": 52, "NL": 10, "AT": 9, "FR": 5, "CH": 2, "PL": 1, "BR": 1},
}
RAPTOR = {"US": 130, "DE": 42, "GB": 37, "FR": 29, "KR": 19, "AT": 4, "NL": 4, "BR": 3, "CH": 1, "ES": 1}
TOTALS = {"SaboTor": 61, "DisrupTor": 179, "Dark HunTor": 150, "SpecTor": 288}


def row(ref: str = "", **said: str) -> dict[str, str]:
    """One row of the form: an arrest in the Netherlands but for what is said otherwise."""
    return {name: {**_USUAL, **said, "report_ref": ref}.get(name, "") for name in COLUMNS}


def total(campaign: str, source: str, amount: object, country: str = "", **said: str) -> dict[str, str]:
    """A total as one source states it."""
    given = {
        "statement": "total", "campaign": campaign, "credit_agency": source, "amount": str(amount),
        "credit_country": country, "place_country": "", "happened_on": "",
    }  # fmt: skip
    return row(source, **{**given, **said})


def seized(campaign: str, source: str, item: str, amount: object, unit: str, **said: str) -> dict[str, str]:
    """A seizure as one source states it, as a total."""
    return total(campaign, source, amount, kind="seizure", item=item, unit=unit, **said)


def arrests(campaign: str, country: str, count: int, **said: str) -> list[dict[str, str]]:
    """As many arrests as events, each with its own reference; a week apart, so that none looks like another."""
    given = {"credit_country": country, "place_country": country, "credit_agency": f"{country} Desk"}
    return [row(f"{country}-{number}", campaign=campaign, **{**given, **said}) for number in range(1, count + 1)]


def write(path: Path, rows: Sequence[Row]) -> Path:
    """A report."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def report(folder: Path, name: str, rows: Iterable[Row], *, at: object = None) -> None:
    """Take a report in and bring everything up to date."""
    path = write(folder.parent / f"{name}.csv", list(rows))
    context = at if at is not None else fixed_context()
    add_evidence(folder, context, [Submission(path=path, authority=REF)], Silent())  # type: ignore[arg-type]
    bring_up_to_date(folder, fixed_context(), Silent())


def shown(folder: Path, campaign: str = "Nightjar", **how: object) -> CampaignResults:
    """The figures of one campaign."""
    (found,) = show_results(folder, fixed_context(), campaign=campaign, **how)  # type: ignore[arg-type]
    return found


def line(found: CampaignResults, kind: str = "arrest", item: str = "persons", unit: str = "persons") -> Line:
    """One line of the figures."""
    (fitting,) = (one for one in found.lines if (one.kind, one.item, one.unit) == (kind, item, unit))
    return fitting
