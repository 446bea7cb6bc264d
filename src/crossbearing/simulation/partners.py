"""What nine partners report back, with the faults that real reports have, and what the coordinator announced."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
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
_ALWAYS_DOUBLED: Final = "DE-001"
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
    """One row of a report: an event, or a stated total.

    Attributes:
        grams: What a weight truly is; stands in no report.
    """

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
    grams: int = 0

    @property
    def counted_as(self) -> tuple[str, str, str]:
        """Country, item and unit under which it is added up in truth; weights in kilograms."""
        return (self.credit_country, *(("drugs", "kg") if self.grams else (self.item, self.unit)))

    @property
    def truly(self) -> Decimal:
        """What it adds in that unit."""
        return Decimal(self.grams) / 1000 if self.grams else Decimal(self.amount)

    def row(self) -> list[object]:
        """In the order of the report's columns."""
        return [CAMPAIGN, *(getattr(self, name) or "" for name in COLUMNS[1:])]


@dataclass(frozen=True, slots=True)
class Misprint:
    """A figure that somebody copied wrongly: its reference, what would be right, and how it went wrong."""

    report_ref: str
    amount: str
    unit: str
    how: str


@dataclass(frozen=True, slots=True)
class Reports:
    """What is reported, and the truth of it.

    Attributes:
        files: Rows of each agency's report, by the file's name.
        corrections: Rows that come later and replace earlier ones of the same reference, by the file's name.
        replies: What each partner answered to its package, and when; nothing for silent ones.
        doubles: Pairs of references that speak of one event.
        misprints: What stands wrong in a report.
        silent: Agencies that never report.
        figures: By country, item and unit: what happened, what was reported, and what was reported in time to be
            announced; each event once, and as it truly was.
    """

    files: dict[str, list[Event]]
    corrections: dict[str, list[Event]]
    replies: list[tuple[str, str, str, str]]
    doubles: list[tuple[str, str]]
    misprints: list[Misprint]
    silent: list[str]
    figures: dict[tuple[str, str, str], tuple[Decimal, Decimal, Decimal]]


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


def misprinted(right: str, beside: list[str], whole: int, chance: np.random.Generator) -> tuple[str, str]:
    """A figure as somebody copies it wrongly, and how: the ways are those of the published operations.

    Args:
        right: The figure.
        beside: Figures of the same statement; one of them may get into the wrong place.
        whole: Total of all agencies, which may stand where a part should.
        chance: Decides.
    """
    places = chance.permutation(max(0, len(right) - 1)).tolist()
    swapped = [right[:at] + right[at + 1] + right[at] + right[at + 2 :] for at in places]
    tried = [
        *(("digits swapped", one) for one in swapped),
        ("digit dropped", right[1:]),
        *(("figure beside it", one) for one in beside),
        ("whole for the part", str(whole)),
    ]
    ways = [(how, shown) for how, shown in tried if _is_another(shown, right)]
    hows = sorted({how for how, _ in ways})
    if not hows:
        return f"1{right}", "digit doubled"
    chosen = hows[int(chance.integers(len(hows)))]
    return next(shown for how, shown in ways if how == chosen), chosen


def _is_another(shown: str, right: str) -> bool:
    """Whether this is a number, and not the right one."""
    return shown[-1:].isdigit() and shown[0].isdigit() and Decimal(shown) not in {Decimal(right), Decimal(0)}


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
        again = [] if is_silent else [self._again(one) for one in events if self._is_corrected(one)]
        self._count(events, {one.report_ref: one for one in again}, is_silent=is_silent)
        if is_silent:
            self.made.silent.append(agency)
            return
        self.made.files[f"outcomes-{country.lower()}.csv"] = [self._mistaken(one) for one in events]
        if again:
            self.made.corrections[f"outcomes-{country.lower()}-corrected.csv"] = again
        answer = "declined" if self.chance.random() < self.dials.declined else _ANSWERS[int(self.chance.integers(3))]
        replied = _SEIZED + timedelta(days=int(self.chance.integers(5, 90)))
        self.made.replies.append((agency, self.packages[country], answer, replied.isoformat()))

    def _is_corrected(self, event: Event) -> bool:
        """Weights, cash and arrests are corrected; the one arrest that is always doubled is not."""
        can_be = event.kind == "arrest" or event.unit == "kg" or event.item == "cash"
        return can_be and event.report_ref != _ALWAYS_DOUBLED and self.chance.random() < self.dials.corrected

    def _again(self, event: Event) -> Event:
        """The same event as it was found to be later: weighed or counted again, or no arrest after all."""
        later = _later(event.reported_on, 20)
        percent = int(self.chance.integers(80, 130))
        if event.kind == "arrest":
            return replace(event, amount="0", reported_on=later, note="a witness, no suspect")
        if event.item == "cash":
            counted = str(int(event.amount) * percent // 100)
            return replace(event, amount=counted, reported_on=later, note="corrected after counting")
        grams = event.grams * percent // 100
        return replace(
            event, amount=_thousandths(grams), grams=grams, reported_on=later, note="corrected after weighing"
        )

    def _mistaken(self, event: Event) -> Event:
        """A weight in pounds may stand there as if it were in kilograms."""
        if event.unit != "lb" or self.chance.random() >= self.dials.wrong_unit:
            return event
        self.made.misprints.append(Misprint(event.report_ref, event.amount, "lb", "pounds as kilograms"))
        return replace(event, unit="kg")

    def _count(self, events: list[Event], again: dict[str, Event], *, is_silent: bool) -> None:
        """Add an agency's events to the true figures."""
        nothing = (Decimal(0), Decimal(0), Decimal(0))
        for first in events:
            final = again.get(first.report_ref, first)
            known = final if final.reported_on <= _ANNOUNCED else first
            made, reported, in_time = self.made.figures.get(first.counted_as, nothing)
            self.made.figures[first.counted_as] = (
                made + final.truly,
                reported + (0 if is_silent else final.truly),
                in_time + (0 if is_silent or known.reported_on > _ANNOUNCED else known.truly),
            )

    def double(self) -> None:
        """Events that a second agency reports as its own, a day off and in other words."""
        files = list(self.made.files.values())
        withdrawn = {one.report_ref for events in self.made.corrections.values() for one in events}
        first = [
            (events, event)
            for events in files
            for event in events
            if event.kind == "arrest" and event.report_ref not in withdrawn
        ]
        for events, event in first:
            others = [rows for rows in files if rows is not events]
            is_always = event.report_ref == _ALWAYS_DOUBLED  # so that there is always one to find
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
        stated = {name: self._totals(events) for name, events in self.made.files.items()}
        whole = sum(int(totals[0].amount) for totals in stated.values())
        for name, totals in stated.items():
            for total in totals:
                shown = total
                if self.chance.random() < self.dials.misprinted:
                    amount, how = misprinted(total.amount, [one.amount for one in totals], whole, self.chance)
                    self.made.misprints.append(Misprint(total.report_ref, total.amount, total.unit, how))
                    shown = replace(total, amount=amount)
                self.made.files[name].append(shown)
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

    def _totals(self, events: list[Event]) -> list[Event]:
        """What an agency adds up of its own report: arrests, drugs in kilograms, firearms."""
        country = events[0].credit_country
        first = replace(events[0], statement="total", package_ref="", note="")
        arrests = sum(one.kind == "arrest" for one in events)
        grams = sum(one.grams for one in events)
        firearms = sum(int(one.amount) for one in events if one.item == "firearms")
        drugs = replace(
            first, report_ref=f"{country}-TD", kind="seizure", item="drugs", amount=_thousandths(grams), unit="kg"
        )
        arms = replace(
            first, report_ref=f"{country}-TF", kind="seizure", item="firearms", amount=str(firearms), unit="pieces"
        )
        return [replace(first, report_ref=f"{country}-T", amount=str(arrests)), drugs, *([arms] if firearms else [])]

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
            amount=_thousandths(grams), unit="kg", grams=grams,
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
