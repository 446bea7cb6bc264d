"""Adding up: events counted once, compared with what was announced, the unspecified part kept visible."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Any, Final

from crossbearing.presentation.text import amount, number, quantity, seized, told_apart
from crossbearing.results.stating import Stated, chosen, differing, rounding, slip_in, stated_in
from crossbearing.store.session import Session

TABLES: Final = (
    "outcome_event", "outcome_counted", "outcome_pair", "outcome_judgement", "outcome_case", "outcome_query",
)  # fmt: skip
UNKNOWN_COUNTRY: Final = "not stated or not readable"
_ZERO: Final = Decimal(0)

Row = Mapping[str, Any]


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
        notes: What was accepted, and why, one sentence each: a difference that is rounding.
        places: Every source row behind the line.
        questions: What is to be asked of who stated a total, one sentence each; the figures stand as they are.
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
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

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
    rows = engine.rows(_EVENTS, [campaign]) + engine.rows(_STATED, [campaign])
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["kind"], _item_of_line(row), row["unit"]].append(row)
    lines = [_line(key, found, "place_code" if by_place else "credit_code") for key, found in groups.items()]
    lines = [replace(line, questions=_asked(line, found)) for line, found in zip(lines, groups.values(), strict=True)]
    lines = _with_participation(lines)
    return sorted(lines, key=lambda line: (_ORDER.get(line.kind, 9), len(line.unit) == 3, line.item, line.unit))  # noqa: PLR2004 - currency codes


_REPORTED: Final = """
    FROM outcome_event AS event
    INNER JOIN outcome_counted
        ON event.outcome_id = outcome_counted.outcome_id AND event.place = outcome_counted.place
    WHERE event.campaign = ? AND NOT event.is_superseded
"""
# Events are added up where they lie; of stated totals, and of valuations, each is a row.
_EVENTS: Final = f"""
    SELECT event.kind, event.item, event.part_of, event.unit, event.place_code, event.credit_code, event.bound,
        event.is_stated_total, outcome_counted.counts, outcome_counted.why_not, sum(event.amount) AS amount,
        list_sort(list(event.place)) AS places
    {_REPORTED} AND NOT event.is_stated_total AND event.kind <> 'valuation'
    GROUP BY ALL ORDER BY ALL
"""
_STATED: Final = f"""
    SELECT event.*, outcome_counted.counts, outcome_counted.why_not, [event.place] AS places
    {_REPORTED} AND (event.is_stated_total OR event.kind = 'valuation')
    ORDER BY event.outcome_id, event.place
"""
_ORDER: Final = {
    "arrest": 0, "charge": 1, "conviction": 2, "acquittal": 3, "search": 4, "seizure": 5, "account_closure": 6,
    "participation": 7, "valuation": 8,
}  # fmt: skip


def _item_of_line(row: Row) -> str:
    """What a row is added up under; valuations of several sources are never one figure."""
    item = str(row["part_of"] or row["item"] or "")
    if row["kind"] != "valuation":
        return item
    return f"{item}, valued by {row['note'] or row['report_ref'] or row['credit_agency'] or 'nobody named'}"


def _line(key: tuple[str, str, str], rows: Sequence[Row], country_column: str) -> Line:
    kind, item, unit = key
    reported = [row for row in rows if not row["is_stated_total"] and (row["counts"] or row["why_not"] == "double")]
    events = [row for row in reported if row["counts"]]
    totals = [row for row in rows if row["is_stated_total"] and not row["part_of"]]
    unreadable = [row for row in totals if row["credit_country"] and not row["credit_code"]]
    stated = stated_in(row for row in totals if row not in unreadable)
    whole = [one for one in stated if not one.scope]
    countries, problems = _countries(
        _sums(events, country_column), _sums(reported, "credit_code"), stated, {one.amount for one in whole}, unit
    )
    problems += [
        f"a total for {seized(row['credit_country'])} names no country we know; left out" for row in unreadable
    ]
    parts = sum((part.total for part in countries), _ZERO)
    used = chosen(whole, [parts])
    total = used.amount if used else parts
    if used:
        problems += differing(whole, used, "", unit)
    notes: list[str] = []
    if total < parts:
        total = _above(total, parts, "the parts", problems, notes, [part.total for part in countries], unit=unit)
    kinds, conflicts = _kinds((row for row in rows if row["counts"]), unit)
    problems += conflicts
    kind_sum = sum((amount for _, amount in kinds), _ZERO)
    if not whole and not parts:
        total = kind_sum  # only kinds were announced, such as pills of one drug
    elif kind_sum > total:
        amounts = [amount for _, amount in kinds]
        total = _above(total, kind_sum, "the kinds", problems, notes, amounts, unit=unit, stands=False)
    elif _ZERO < total - kind_sum < (slack := rounding(total, [amount for _, amount in kinds]) if kinds else _ZERO):
        added, as_stated, less = told_apart([kind_sum, total, slack], unit)
        notes.append(
            f"the kinds add to {added}, the total is {as_stated} {unit}: within its rounding, less than {less} {unit}"
        )
    return Line(
        kind=kind,
        item=item,
        unit=unit,
        total=total,
        is_at_least=_is_at_least(events, stated, {total, *(part.total for part in countries)}),
        unspecified=max(total - parts, _ZERO),
        countries=tuple(countries),
        kinds=tuple(kinds),
        kind_unspecified=max(total - kind_sum, _ZERO) if kinds else None,
        stated=tuple(stated),
        problems=tuple(problems),
        places=tuple(sorted(place for row in rows for place in row["places"])),
        notes=tuple(notes),
    )


def _asked(line: Line, rows: Sequence[Row]) -> tuple[str, ...]:
    """A question for each stated total that looks like a misprint of its events, as far as they are on record."""
    reported = [row for row in rows if not row["is_stated_total"] and (row["counts"] or row["why_not"] == "double")]
    events = _sums(reported, "credit_code")
    whole = sum(events.values(), _ZERO)
    events[""] = line.sum_of_parts
    item = "" if line.item in {"persons", ""} else f" of {seized(line.item)}"
    found = {
        f"{line.kind}{item}: {one.scope or 'the whole campaign'} has {quantity(one.amount, line.unit)} in "
        f"{seized(one.source)}, its {'events' if one.scope else 'countries'} add to "
        f"{amount(events[one.scope], line.unit)}: {slip}; "
        f"ask {one.scope or 'its source'} whether the total is a misprint"
        for one in line.stated
        if (slip := slip_in(one.amount, events[one.scope], whole if one.scope else _ZERO))
    }
    return tuple(sorted(found))


def _is_at_least(events: Sequence[Row], stated: Sequence[Stated], used: Collection[Decimal]) -> bool:
    """Whether something that the line rests on was stated as "more than"; a total that is not used makes no bound."""
    bounds = [row["bound"] for row in events] + [one.bound for one in stated if one.amount in used]
    return "more than" in bounds


def _above(
    total: Decimal, found: Decimal, what: str, problems: list[str], notes: list[str], parts: Sequence[Decimal], *,
    unit: str, stands: bool = True,
) -> Decimal:  # fmt: skip
    """Parts that add to more than the total: within its rounding, or a contradiction; gives the total to use."""
    added, whole = told_apart([found, total], unit)
    if found - total < rounding(total, parts):
        notes.append(f"{what} add to {added}, the total is {whole}: within its rounding")
        return total
    says = f"{what} add to {added}, more than the {'stated ' if stands else ''}total of {whole}"
    problems.append(f"{says}; the parts stand" if stands else says)
    return found if stands else total


def _sums(events: Sequence[Row], country_column: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    for row in events:
        sums[row[country_column] or UNKNOWN_COUNTRY] += row["amount"]
    return sums


def _countries(
    counted: Mapping[str, Decimal],
    reported: Mapping[str, Decimal],
    stated: Sequence[Stated],
    wholes: Collection[Decimal],
    unit: str,
) -> tuple[list[CountryPart], list[str]]:
    """Each country's counted and unspecified part; a stated total below what it reports is a problem.

    A country's own total is held against all events it reports, also those counted under another country
    because both report one event; else that event would come back as an unspecified one.
    """
    problems = []
    beyond: dict[str, Decimal] = {}
    by_country: dict[str, list[Stated]] = defaultdict(list)
    for one in stated:
        if one.scope:
            by_country[one.scope].append(one)
    is_complete = sum(counted.values(), _ZERO) in wholes
    for country, used in _fitting(by_country, reported, wholes).items():
        events = reported.get(country, _ZERO)
        has, added = told_apart([used.amount, events], unit)
        if is_complete and used.amount > events:
            problems.append(
                f"for {country}: {seized(used.source)} has {has}; its events add to {added}, "
                "and with them all events to the stated total; the events stand"
            )
            continue
        problems += differing(by_country[country], used, f" for {country}", unit)
        if used.amount < events:
            problems.append(f"{country} states {has}, its events add to {added}; the events stand")
        beyond[country] = max(used.amount - events, _ZERO)
    parts = [
        CountryPart(country, counted.get(country, _ZERO), beyond.get(country, _ZERO))
        for country in sorted(counted.keys() | beyond.keys())
    ]
    return sorted(parts, key=lambda part: (part.country == UNKNOWN_COUNTRY, -part.total, part.country)), problems


def _fitting(
    by_country: Mapping[str, list[Stated]], reported: Mapping[str, Decimal], wholes: Collection[Decimal]
) -> dict[str, Stated]:
    """The total of each country to use: where sources differ, those with which the countries add up to the whole."""
    used = {
        country: first
        for country, stated in by_country.items()
        if (first := chosen(stated, [reported.get(country, _ZERO)]))
    }
    unsure = [country for country, stated in by_country.items() if len({one.amount for one in stated}) > 1]
    if not wholes or not unsure or len(unsure) > _UNSURE:
        return used
    for tried in product(*(by_country[country] for country in unsure)):
        now = {**used, **dict(zip(unsure, tried, strict=True))}
        found = sum((max(one.amount, reported.get(country, _ZERO)) for country, one in now.items()), _ZERO)
        found += sum((amount for country, amount in reported.items() if country not in now), _ZERO)
        if found in wholes:
            return now
    return used


_UNSURE: Final = 6  # countries; more ways than 2 to the sixth are not tried


def _kinds(rows: Iterable[Row], unit: str) -> tuple[list[tuple[str, Decimal]], list[str]]:
    """Amounts by kind: of the events that state one, and as announced where no event does; and what contradicts."""
    events: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    announced: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["part_of"] and row["is_stated_total"]:
            announced[row["item"]].append(row)
        elif row["part_of"]:
            events[row["item"]] += row["amount"]
    kinds, problems = dict(events), []
    for item, found in announced.items():
        stated = [one for one in stated_in(found) if not one.scope] or stated_in(found)
        used = chosen(stated, [events[item]] if item in events else [])
        if used is None:
            continue
        problems += differing(stated, used, f" for {seized(item)}", unit)
        kinds.setdefault(item, used.amount)
    return sorted(kinds.items(), key=lambda one: (-one[1], one[0])), problems


def _with_participation(lines: Sequence[Line]) -> list[Line]:
    """The lines, with the number of countries that somebody states held against those that report arrests."""
    countries = {
        part.country
        for line in lines
        if line.kind == "arrest"
        for part in line.countries
        if part.total and part.country != UNKNOWN_COUNTRY
    }
    if not countries:
        return list(lines)
    return [
        replace(
            line,
            problems=(
                *line.problems,
                f"{number(line.total)} countries are stated; arrests are on record from {len(countries)}",
            ),
        )
        if line.kind == "participation" and line.unit == "countries" and line.total != len(countries)
        else line
        for line in lines
    ]
