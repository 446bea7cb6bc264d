"""What nine partners report back, with the faults that real reports have, and what the coordinator announced."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import ANNOUNCED, KESTREL
from crossbearing.simulation.places import BY_CODE
from crossbearing.simulation.scenario import PartnerDials

CAMPAIGN: Final = "Nightjar"
COLUMNS: Final = (
    "campaign", "report_ref", "statement", "kind", "happened_on", "reported_on", "place_country", "credit_country",
    "credit_agency", "item", "part_of", "amount", "unit", "bound", "package_ref", "note",
)  # fmt: skip
# Invented agencies of real countries, and how much they do, relative to each other.
AGENCIES: Final = (
    ("US Task Force", "US", 20), ("GB Regional Crime Unit", "GB", 8), ("DE Cyber Unit", "DE", 8),
    ("NL Police Desk", "NL", 5), ("AT Crime Office", "AT", 4), ("FR Customs Unit", "FR", 4),
    ("CH Cantonal Police", "CH", 3), ("PL Police Bureau", "PL", 3), ("BR Federal Desk", "BR", 3),
)  # fmt: skip
_NOTES: Final = ("", "", "arrested abroad at our request", "joint action", "with a partner")
_ABROAD: Final = 0.05  # of the arrests
_ANSWERS: Final = ("accepted", "already known", "more information")
_DRUGS: Final = ("cocaine", "amphetamine", "mdma", "fentanyl", "heroin", "")
_ANNOUNCED: Final = datetime.fromtimestamp(ANNOUNCED, UTC).date()
_SEIZED: Final = datetime.fromtimestamp(KESTREL.closes, UTC).date()
# Grams in a pound, tenths of a milligram: 453.59237 g. Source: international yard and pound agreement, 1959.
_POUND: Final = 4_535_924


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of a report: an event, or a stated total."""

    report_ref: str
    kind: str
    happened_on: date | None
    reported_on: date
    place_country: str
    credit_country: str
    credit_agency: str
    item: str
    amount: str
    unit: str
    statement: str = "event"
    part_of: str = ""
    bound: str = "exact"
    package_ref: str = ""
    note: str = ""

    def row(self) -> list[object]:
        """In the order of the report's columns."""
        return [CAMPAIGN, *(getattr(self, name) or "" for name in COLUMNS[1:])]


@dataclass(frozen=True, slots=True)
class Reports:
    """What is reported, and the truth of it.

    Attributes:
        files: Rows of each agency's report, by the file's name.
        corrections: Rows that come later and replace earlier ones of the same reference, by the file's name.
        replies: What each partner answered to its package, and when; nothing for silent ones.
        doubles: Pairs of references that speak of one event.
        misprints: References of stated totals with a misprint, and the right amount.
        silent: Agencies that never report.
        announced: By country: arrests that were made, those that were reported, and those reported in time; each
            counted once.
    """

    files: dict[str, list[Event]]
    corrections: dict[str, list[Event]]
    replies: list[tuple[str, str, str, str]]
    doubles: list[tuple[str, str]]
    misprints: list[tuple[str, str]]
    silent: list[str]
    announced: dict[str, tuple[int, int, int]]


def made_reports(dials: PartnerDials, seed: int, *, scale: float) -> Reports:
    """The reports of all agencies.

    Args:
        dials: How many are silent, late, double, corrected, misprinted.
        seed: Of the simulation.
        scale: How much happened; 1 for a little, 5 for some hundred arrests.
    """
    maker = _Maker(dials, stream(seed, "partners"))
    for agency, country, weight in AGENCIES:
        maker.agency(agency, country, weight * scale)
    maker.double()
    maker.total()
    return maker.made


class _Maker:
    def __init__(self, dials: PartnerDials, chance: np.random.Generator) -> None:
        self.dials, self.chance = dials, chance
        self.made = Reports({}, {}, [], [], [], [], {})
        self.packages = {country: f"{country}-001" for _, country, _ in AGENCIES}

    def agency(self, agency: str, country: str, around: float) -> None:
        """Everything one agency did; a silent one did it too, and nobody hears of it."""
        arrests = max(2, round(around * self.chance.uniform(0.7, 1.3)))
        # The first three always report, for otherwise there would be nothing to add up.
        is_silent = self.chance.random() < self.dials.silent and country not in {"US", "DE", "NL"}
        events = [event for number in range(arrests) for event in self._arrest(agency, country, number)]
        made = [event for event in events if event.kind == "arrest"]
        in_time = sum(event.reported_on <= _ANNOUNCED for event in made)
        self.made.announced[country] = (arrests, 0, 0) if is_silent else (arrests, arrests, in_time)
        if is_silent:
            self.made.silent.append(agency)
            return
        self.made.files[f"outcomes-{country.lower()}.csv"] = events
        weighed = [one for one in events if one.unit == "kg" and self.chance.random() < self.dials.corrected]
        if weighed:
            self.made.corrections[f"outcomes-{country.lower()}-corrected.csv"] = [self._again(one) for one in weighed]
        answer = "declined" if self.chance.random() < self.dials.declined else _ANSWERS[int(self.chance.integers(3))]
        replied = _SEIZED + timedelta(days=int(self.chance.integers(5, 90)))
        self.made.replies.append((agency, self.packages[country], answer, replied.isoformat()))

    def _again(self, event: Event) -> Event:
        """The same event, weighed again."""
        grams = int(event.amount.replace(".", "")) * int(self.chance.integers(80, 130)) // 100
        later = _later(event.reported_on, 20)
        return replace(event, amount=_thousandths(grams), reported_on=later, note="corrected after weighing")

    def double(self) -> None:
        """Events that a second agency reports as its own, a day off and in other words."""
        files = list(self.made.files.values())
        first = [(events, event) for events in files for event in events if event.kind == "arrest"]
        for events, event in first:
            others = [rows for rows in files if rows is not events]
            is_always = event.report_ref == "DE-001"  # so that there is always one to find
            if not others or not (is_always or self.chance.random() < self.dials.doubled):
                continue
            into = self.made.files["outcomes-nl.csv"] if is_always else others[int(self.chance.integers(len(others)))]
            agency, country = into[0].credit_agency, into[0].credit_country
            number = 1 + sum(one.kind == "arrest" for one in into)
            copy = replace(
                event, report_ref=f"{country}-{number:03d}", credit_country=country, credit_agency=agency,
                happened_on=_later(event.happened_on, int(self.chance.integers(-1, 3))),
                package_ref=self.packages[country] if self.chance.integers(2) else "",
                note=_NOTES[int(self.chance.integers(len(_NOTES)))],
            )  # fmt: skip
            into.append(copy)
            self.made.doubles.append((event.report_ref, copy.report_ref))

    def total(self) -> None:
        """Each agency states totals; some are misprinted, one is larger than its parts, one row cannot be read."""
        for events in self.made.files.values():
            first = events[0]
            arrests = sum(one.kind == "arrest" for one in events)
            ref = f"{first.credit_country}-T"
            shown = arrests
            if self.chance.random() < self.dials.misprinted:
                shown = int(str(arrests)[::-1]) if str(arrests) != str(arrests)[::-1] else arrests + 10
                self.made.misprints.append((ref, str(arrests)))
            events.append(replace(first, report_ref=ref, statement="total", amount=str(shown)))
        seized = next(one for one in self.made.files["outcomes-us.csv"] if one.unit in {"kg", "lb"})
        self.made.files["outcomes-us.csv"].append(
            replace(
                seized, report_ref="US-T2", statement="total", item="drugs", part_of="", amount="900", unit="kg",
                bound="more than", note="two labs still weighing",
            )
        )  # fmt: skip
        country = next(reversed(self.made.files))[9:11].upper()
        rows = self.made.files[f"outcomes-{country.lower()}.csv"]
        rows.append(replace(rows[0], report_ref=f"{country}-X", amount="a few"))

    def _arrest(self, agency: str, country: str, number: int) -> Iterator[Event]:
        """One arrest with what was seized at it."""
        chance, dials = self.chance, self.dials
        happened = _SEIZED + timedelta(days=int(chance.integers(20, (_ANNOUNCED - _SEIZED).days - 20)))
        is_late = chance.random() < dials.late
        in_time = min(_later(happened, 30), _ANNOUNCED)
        reported = _ANNOUNCED + timedelta(days=int(chance.integers(5, 120))) if is_late else in_time
        # Some arrests are made abroad, and only one country reports them.
        place = AGENCIES[int(chance.integers(len(AGENCIES)))][1] if chance.random() < _ABROAD else country
        ref = f"{country}-{number + 1:03d}"
        arrest = Event(
            report_ref=ref, kind="arrest", happened_on=happened, reported_on=reported, place_country=place,
            credit_country=country, credit_agency=agency, item="persons", amount="1", unit="persons",
            package_ref="" if chance.random() < dials.without_package else self.packages[country],
            note=_NOTES[int(chance.integers(len(_NOTES)))] if place != country else "",
        )  # fmt: skip
        yield arrest
        kind = _DRUGS[int(chance.integers(len(_DRUGS)))]
        grams = int(chance.lognormal(6.5, 1.3)) + 5
        weighed = replace(
            arrest, report_ref=f"{ref}-D", kind="seizure", item=kind or "drugs", part_of="drugs" if kind else "",
            amount=_thousandths(grams), unit="kg",
        )  # fmt: skip
        if country == "US" and chance.random() < 0.3:  # noqa: PLR2004 - some American reports weigh in pounds
            weighed = replace(weighed, amount=_thousandths(grams * 10_000_000 // _POUND), unit="lb")
        yield weighed
        cash = str(int(chance.lognormal(8.5, 1.2)))
        currency = BY_CODE[country].currency
        yield replace(arrest, report_ref=f"{ref}-C", kind="seizure", item="cash", amount=cash, unit=currency)
        if chance.random() < 0.4:  # noqa: PLR2004
            yield replace(arrest, report_ref=f"{ref}-S", kind="search", item="premises", amount="1", unit="premises")
        if chance.random() < 0.12:  # noqa: PLR2004
            pieces = str(int(chance.integers(1, 6)))
            yield replace(arrest, report_ref=f"{ref}-F", kind="seizure", item="firearms", amount=pieces, unit="pieces")
        if chance.random() < 0.2:  # noqa: PLR2004 - pills are counted, never weighed
            pills = str(int(chance.integers(50, 20_000)))
            yield replace(arrest, report_ref=f"{ref}-P", kind="seizure", item="pills", amount=pills, unit="pills")


def write_reports(folder: Path, reports: Reports) -> list[str]:
    """One file per agency that reports, then the corrections; gives their names in the order in which they came."""
    every = {**reports.files, **reports.corrections}
    for name, events in every.items():
        write_list(folder / name, COLUMNS, [event.row() for event in events])
    write_list(folder / "partner-replies.csv", ("agency", "package_ref", "answer", "replied_on"), reports.replies)
    return list(every)


def _thousandths(number: int) -> str:
    return f"{number // 1000}.{number % 1000:03d}"


def _later(day: date | None, days: int) -> date:
    return (day or _SEIZED) + timedelta(days=days)
