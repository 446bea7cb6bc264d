"""Adding up: events counted once, compared with what was announced, the unspecified part kept visible."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from crossbearing.presentation.text import number, seized
from crossbearing.store.session import Session

TABLES: Final = ("outcome_event", "outcome_counted", "outcome_pair", "outcome_judgement")
UNKNOWN_COUNTRY: Final = "not stated or not readable"
_ZERO: Final = Decimal(0)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stated:
    """A total as somebody announced it.

    Attributes:
        scope: Country code, or empty for the whole campaign.
        bound: "exact", "more than" or "about".
    """

    scope: str
    amount: Decimal
    bound: str
    source: str
    place: str


@dataclass(frozen=True, slots=True)
class CountryPart:
    """One country's share of a line.

    Attributes:
        counted: Sum of its events; one that two countries report counts once, under one of them.
        unspecified: What its own stated total holds beyond them.
    """

    country: str
    counted: Decimal
    unspecified: Decimal

    @property
    def total(self) -> Decimal:
        """Counted and unspecified together."""
        return self.counted + self.unspecified


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was counted, in one unit; lines with different units are never added.

    Attributes:
        total: The campaign's stated total if there is one, else the sum of the countries' parts, else of the kinds.
        unspecified: Part of the total that no country accounts for.
        kinds: Amount by kind, where kinds are stated (a drug by substance).
        kind_unspecified: Part of the total whose kind nobody stated; None where no kind is stated at all.
        problems: Where the figures contradict each other, one sentence each.
        places: Every source row behind the line.
    """

    kind: str
    item: str
    unit: str
    total: Decimal
    is_at_least: bool
    unspecified: Decimal
    countries: tuple[CountryPart, ...]
    kinds: tuple[tuple[str, Decimal], ...]
    kind_unspecified: Decimal | None
    stated: tuple[Stated, ...]
    problems: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def check(self) -> str:
        """What adding up showed: against what was stated, or that nothing was stated to compare with."""
        if self.problems:
            return "does not add up"
        if not self.stated:
            return "sum of events; no total was stated"
        if self.unspecified or any(part.unspecified for part in self.countries):
            return "events are fewer than stated"
        silent = {part.country for part in self.countries} - {one.scope for one in self.stated}
        if any(not one.scope for one in self.stated) or not silent:
            return "adds up to what was stated"
        stating = ", ".join(sorted(one.scope for one in self.stated))
        return f"adds up where a total was stated ({stating})"

    @property
    def sum_of_parts(self) -> Decimal:
        """What the countries account for."""
        return sum((part.total for part in self.countries), _ZERO)


def campaigns(engine: Session) -> list[str]:
    """Campaigns that outcomes name."""
    return [row["campaign"] for row in engine.rows("SELECT DISTINCT campaign FROM outcome_event ORDER BY campaign")]


def lines_of(engine: Session, campaign: str, *, by_place: bool) -> list[Line]:
    """The campaign's lines: persons first, then things, then money.

    Args:
        engine: A session over ``TABLES``.
        campaign: As the reports name it.
        by_place: Count by the country where it happened instead of the one that reports it.
    """
    rows = engine.rows(
        """SELECT outcome_event.*, outcome_counted.counts
           FROM outcome_event
           INNER JOIN outcome_counted
               ON outcome_event.outcome_id = outcome_counted.outcome_id
               AND outcome_event.place = outcome_counted.place
           WHERE outcome_event.campaign = ? ORDER BY outcome_event.outcome_id, outcome_event.place""",
        [campaign],
    )
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["kind"], row["part_of"] or row["item"] or "", row["unit"]].append(row)
    lines = [_line(key, found, "place_code" if by_place else "credit_code") for key, found in groups.items()]
    return sorted(lines, key=lambda line: (_ORDER.get(line.kind, 9), len(line.unit) == 3, line.item, line.unit))  # noqa: PLR2004 - currency codes


_ORDER: Final = {"arrest": 0, "charge": 1, "conviction": 2, "search": 3, "seizure": 4, "account_closure": 5}


def _line(key: tuple[str, str, str], rows: Sequence[Row], country_column: str) -> Line:
    kind, item, unit = key
    rows = [row for row in rows if not row["is_superseded"]]
    reported = [row for row in rows if not row["is_stated_total"]]
    events = [row for row in reported if row["counts"]]
    totals = [row for row in rows if row["is_stated_total"] and not row["part_of"]]
    unreadable = [row for row in totals if row["credit_country"] and not row["credit_code"]]
    stated = _stated_totals(row for row in totals if row not in unreadable)
    countries, problems = _countries(
        _sums(events, country_column), _sums(reported, "credit_code"), [one for one in stated if one.scope]
    )
    problems += [
        f"a total for {seized(row['credit_country'])} names no country we know; left out" for row in unreadable
    ]
    parts = sum((part.total for part in countries), _ZERO)
    whole = [one for one in stated if not one.scope]
    total = whole[-1].amount if whole else parts
    if len({one.amount for one in whole}) > 1:
        problems.append(f"stated totals differ: {', '.join(number(one.amount) for one in whole)}; the last is used")
    if total < parts:
        problems.append(
            f"the parts add to {number(parts)}, more than the stated total of {number(total)}; the parts stand"
        )
        total = parts
    kinds = _kinds(row for row in rows if row["counts"] or row["is_stated_total"])
    kind_sum = sum((amount for _, amount in kinds), _ZERO)
    if not whole and not parts:
        total = kind_sum  # only kinds were announced, such as pills of one drug
    elif kind_sum > total:
        problems.append(f"the kinds add to {number(kind_sum)}, more than the total of {number(total)}")
    return Line(
        kind=kind,
        item=item,
        unit=unit,
        total=total,
        is_at_least=any(row["bound"] == "more than" for row in rows),
        unspecified=total - parts,
        countries=tuple(countries),
        kinds=tuple(kinds),
        kind_unspecified=max(total - kind_sum, _ZERO) if kinds else None,
        stated=tuple(stated),
        problems=tuple(problems),
        places=tuple(sorted(row["place"] for row in rows)),
    )


def _stated_totals(rows: Iterable[Row]) -> list[Stated]:
    found = [
        Stated(
            row["credit_code"] or "",
            row["amount"],
            row["bound"] or "exact",
            row["report_ref"] or row["credit_agency"] or "",
            row["place"],
        )
        for row in sorted(rows, key=lambda row: (row["reported_on"] or date.min, row["place"]))
    ]
    return sorted(found, key=lambda one: one.scope)


def _sums(events: Sequence[Row], country_column: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    for row in events:
        sums[row[country_column] or UNKNOWN_COUNTRY] += row["amount"]
    return sums


def _countries(
    counted: Mapping[str, Decimal], reported: Mapping[str, Decimal], stated: Sequence[Stated]
) -> tuple[list[CountryPart], list[str]]:
    """Each country's counted and unspecified part; a stated total below what it reports is a problem.

    A country's own total is held against all events it reports, also those counted under another country
    because both report one event; else that event would come back as an unspecified one.
    """
    problems = []
    beyond: dict[str, Decimal] = {}
    for one in stated:
        events = reported.get(one.scope, _ZERO)
        if one.amount < events:
            problems.append(
                f"{one.scope} states {number(one.amount)}, its events add to {number(events)}; the events stand"
            )
        beyond[one.scope] = max(beyond.get(one.scope, _ZERO), one.amount - events)
    parts = [
        CountryPart(country, counted.get(country, _ZERO), beyond.get(country, _ZERO))
        for country in sorted(counted.keys() | beyond.keys())
    ]
    return sorted(parts, key=lambda part: (part.country == UNKNOWN_COUNTRY, -part.total, part.country)), problems


def _kinds(rows: Iterable[Row]) -> list[tuple[str, Decimal]]:
    """Amounts by kind: of the events that state one, and as announced where no event does."""
    events: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    announced: dict[str, Decimal] = {}
    for row in rows:
        if row["part_of"] and row["is_stated_total"]:
            announced[row["item"]] = max(announced.get(row["item"], _ZERO), row["amount"])
        elif row["part_of"]:
            events[row["item"]] += row["amount"]
    return sorted({**announced, **events}.items(), key=lambda one: (-one[1], one[0]))
