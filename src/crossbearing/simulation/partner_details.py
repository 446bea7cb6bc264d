"""What partners say on the longer form: town, case, offence, laboratory, another's reference; with its faults.

It is made from the short reports and changes none of them: the same events, references and truth. A second agency
writes the town in its own spelling, or leaves it out, and names the first agency's reference only now and then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.partners import COLUMNS, Event, Reports

FORM_COLUMNS: Final = (
    *COLUMNS, "case_ref", "sealed", "other_ref", "place_name", "offence", "product_ref", "contained", "lab_state",
)  # fmt: skip
# Invented towns; of each country the first are larger. Half of a country's events are in its three largest.
_STEMS: Final = (
    "Alder", "Brack", "Corv", "Dunn", "Esk", "Farn", "Gold", "Harm", "Inver", "Jarl", "Kest", "Lund", "Mor", "Nor",
)  # fmt: skip
_ENDS: Final = {
    "US": "ville", "GB": "mouth", "DE": "burg", "NL": "dam", "AT": "dorf", "FR": "court", "CH": "wil", "PL": "owo",
    "BR": "polis",
}  # fmt: skip
_OFFENCES: Final = {
    "US": ("21 U.S.C. § 841", "18 U.S.C. § 1956"),
    "GB": ("Misuse of Drugs Act 1971 s.4", "Proceeds of Crime Act 2002 s.327"),
    "DE": ("§ 29a BtMG", "§ 261 StGB"), "NL": ("Opiumwet art. 2 onder B", "art. 420bis Sr"),
    "AT": ("§ 28a SMG", "§ 165 StGB"), "FR": ("art. 222-37 code pénal", "art. 324-1 code pénal"),
    "CH": ("Art. 19 BetmG", "Art. 305bis StGB"), "PL": ("art. 56 upn", "art. 299 kk"),
    "BR": ("art. 33 Lei 11.343", "art. 1 Lei 9.613"),
}  # fmt: skip
_FIREARMS: Final = ("pistol", "rifle", "shotgun", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailDials:
    """How much the forms say, and how often it is wrong.

    Attributes:
        town: Events with a town.
        misspelt: Towns that the second agency of a double writes otherwise.
        other_town: Towns that it names another one for.
        referred: Doubles in which it names the first agency's reference.
        offence: Events with an offence.
        seizure_too: Doubles in which it reports the drugs too, weighed in another unit.
        undated: Doubles without a day.
    """

    town: float = 0.9
    misspelt: float = 0.3
    other_town: float = 0.03
    referred: float = 0.5
    offence: float = 0.7
    seizure_too: float = 0.5
    undated: float = 0.02


@dataclass(frozen=True, slots=True)
class Forms:
    """Rows by file, and pairs of references that speak of one event."""

    files: dict[str, list[dict[str, str]]]
    doubles: list[tuple[str, str]]


def forms(reports: Reports, seed: int, dials: DetailDials | None = None) -> Forms:
    """The reports as partners write them on the longer form.

    Args:
        reports: On the short form.
        seed: Of the simulation.
        dials: How much they say.
    """
    dials = dials or DetailDials()
    chance = stream(seed, "partner details")
    first_of = {copy: first for first, copy in reports.doubles}
    towns: dict[str, str] = {}
    files: dict[str, list[dict[str, str]]] = {}
    doubles = list(reports.doubles)
    by_ref = {one.report_ref: one for events in reports.files.values() for one in events}
    for name, events in sorted({**reports.files, **reports.corrections}.items()):
        rows: list[dict[str, str]] = []
        for event in events:
            rows += list(_rows(event, first_of.get(event.report_ref, ""), towns, dials, chance))
            first = by_ref.get(f"{first_of.get(event.report_ref, '')}-D")
            if first and event.report_ref in first_of and chance.random() < dials.seizure_too:
                rows.append(_seized_too(first, rows[-1], event))
                doubles.append((first.report_ref, rows[-1]["report_ref"]))
        files[name] = rows
    return Forms(files, doubles)


def _rows(
    event: Event, first: str, towns: dict[str, str], dials: DetailDials, chance: np.random.Generator
) -> Iterable[dict[str, str]]:
    row = dict(zip(FORM_COLUMNS, [*map(str, event.row()), *[""] * (len(FORM_COLUMNS) - len(COLUMNS))], strict=True))
    if event.statement == "total":
        yield row
        return
    case = "-".join(event.report_ref.split("-")[:2])
    place = event.place_country
    town = towns.setdefault(first or case, _town(place, chance))
    row["case_ref"] = f"{case}-P"
    row["place_name"] = town if chance.random() < dials.town else ""
    if first:
        row["place_name"] = _retold(row["place_name"], place, dials, chance)
        row["other_ref"] = first if chance.random() < dials.referred else ""
        row["happened_on"] = "" if chance.random() < dials.undated else row["happened_on"]
    if event.kind == "arrest" and chance.random() < dials.offence:
        row["offence"] = _OFFENCES[event.credit_country][int(chance.random() < 0.1)]  # noqa: PLR2004 - one in ten launders
    if event.unit in {"kg", "lb"}:
        row["product_ref"] = f"{event.report_ref}-1"
        row["lab_state"] = ("confirmed", "presumptive", "not tested")[int(chance.integers(3))]
        row["contained"] = "fentanyl" if event.item == "heroin" else ""
    if event.item == "firearms":
        kind = _FIREARMS[int(chance.integers(len(_FIREARMS)))]
        row |= {"item": kind, "part_of": "firearms"} if kind else {}
    yield row
    if event.kind == "arrest" and event.amount == "1" and not first and event.happened_on:
        yield from _later_steps(row, event.happened_on, chance)


def _later_steps(row: dict[str, str], arrested: date, chance: np.random.Generator) -> Iterable[dict[str, str]]:
    """A charge, and now and then a verdict."""
    if chance.random() > 0.6:  # noqa: PLR2004 - most are charged
        return
    charged = arrested + timedelta(days=int(chance.integers(1, 60)))
    yield _step(row, "charge", "CH", charged)
    if chance.random() < 0.3:  # noqa: PLR2004 - few are tried in time
        verdict = "acquittal" if chance.random() < 0.1 else "conviction"  # noqa: PLR2004
        yield _step(row, verdict, "V", charged + timedelta(days=int(chance.integers(90, 200))))


def _step(row: dict[str, str], kind: str, mark: str, on: date) -> dict[str, str]:
    return {
        **row,
        "kind": kind,
        "report_ref": f"{row['report_ref']}-{mark}",
        "happened_on": on.isoformat(),
        "reported_on": (on + timedelta(days=30)).isoformat(),
    }


def _seized_too(first: Event, arrest: dict[str, str], event: Event) -> dict[str, str]:
    """The same drugs as the second agency weighs them: in grams, or in kilograms if the first did not."""
    told = replace(
        first,
        report_ref=f"{event.report_ref}-D",
        happened_on=event.happened_on,
        credit_country=event.credit_country,
        credit_agency=event.credit_agency,
        amount=str(Decimal(first.grams) / 1000) if first.unit == "lb" else str(first.grams),
        unit="kg" if first.unit == "lb" else "g",
        note="",
    )
    row = dict(zip(FORM_COLUMNS, [*map(str, told.row()), *[""] * (len(FORM_COLUMNS) - len(COLUMNS))], strict=True))
    return {**row, **{name: arrest[name] for name in ("case_ref", "place_name", "happened_on")}}


def _town(country: str, chance: np.random.Generator) -> str:
    """A larger town more often than a small one."""
    number = int(chance.integers(3)) if chance.random() < 0.5 else int(chance.integers(len(_STEMS)))  # noqa: PLR2004
    return _STEMS[number] + _ENDS.get(country, "ton")


def _retold(town: str, country: str, dials: DetailDials, chance: np.random.Generator) -> str:
    """A town as somebody abroad writes it."""
    if not town:
        return ""
    if chance.random() < dials.other_town:
        return _town(country, chance)
    if chance.random() >= dials.misspelt:
        return town
    at = int(chance.integers(1, len(town) - 1))
    return (town[:at] + town[at + 1 :], town[:at] + town[at] + town[at:], town.upper())[int(chance.integers(3))]
