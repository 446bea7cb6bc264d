"""Count overdoses by area beside shipments: lists and deliveries open for a purpose, and what is shown is an act.

A list is shown once, and a state's period is. The cut is chosen with the first figures and never again: figures of two
cuts can be subtracted from each other, and what is left may be one person.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration, BadRequest, Contradiction, NotFound, OperationBusy
from crossbearing.leads import counting, waves
from crossbearing.leads.counting import Account, Cut, Report
from crossbearing.leads.spikes import Spikes, spikes_in
from crossbearing.leads.suppression import SMALLEST, Cell, Shown, Unit, shown
from crossbearing.leads.waves import Waves
from crossbearing.presentation.dots import Dot
from crossbearing.presentation.page import render
from crossbearing.registry import STEPS
from crossbearing.store import durable
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import register
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

SMALLEST_VARIABLE: Final = "CROSSBEARING_SMALLEST_GROUP"
_WAIT: Final = timedelta(days=14)  # after a period, for reports that come late
_OVERDOSES: Final = "overdoses"
_SHIPMENTS: Final = "shipments"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAccount:
    """What became of one list: rows in figures and rows that no figure holds, and what its rows are like.

    Attributes:
        account: Counts by precision, meaning of the day and unread columns; what is too small stands together.
        in_figures: Rows that a figure holds.
        not_shown: Rows that none holds; never a number below the smallest group but nothing.
    """

    exhibit_id: str
    account: Account
    in_figures: int
    not_shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Every figure that was ever shown and still stands, and the spikes among them.

    Attributes:
        is_simulated: Some of the evidence that the figures rest on is invented.
        overdoses: By list, state and period.
        shipments: Consignees by market, state and period.
        beside: For each spike of overdoses the shipments of the same area and group in its period and the one before,
            as shown; None if not shown.
        places: Where the towns of the cut are, degrees north and east; nothing for a county or a state.
        left_out: Periods whose evidence does not stand any more.
        shipments_said: How many addresses can be read, and what follows.
    """

    operation: str
    is_simulated: bool
    cut: Cut
    lists: tuple[ListAccount, ...]
    overdoses: Mapping[Unit, Shown]
    shipments: Mapping[Unit, Shown]
    spikes: Spikes
    beside: tuple[tuple[int | None, int | None], ...]
    places: Mapping[tuple[str, str], tuple[Decimal, Decimal]]
    left_out: int
    shipments_said: str


def count_overdoses(folder: Path, context: Context, *, period: str = "", area: str = "") -> Counts:
    """Show what may be shown of every list that was not shown before, and everything that was.

    Args:
        folder: Operation folder.
        context: Who, and for what purpose.
        period: "week" or "month"; with the first figures, and never another one later.
        area: "town", "county" or "state"; likewise.

    Raises:
        BadRequest: No purpose is named, or no cut with the first figures.
        Contradiction: Another cut than that of the first figures.
        NotFound: No list of overdoses is on record.
        BadConfiguration: The size of the smallest group is no number, or too small.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "lead", "spikes")
        cut, before = _cut(operation, period, area), _Before.of(operation)
        require_fresh(operation, STEPS, *waves.DERIVED)
        protected = [*counting.PROTECTED, *waves.PROTECTED]
        with reading(operation, *waves.DERIVED, protected=protected) as engine:
            reports, accounts, places = counting.reports_in(engine)
            if not reports:
                raise NotFound(
                    "No list of overdoses is on record",
                    where=str(folder),
                    remedy="Add one with `crossbearing evidence add`; see the how-to on overdose counts.",
                )
            sent = waves.waves_in(engine, reports, cut)
        last = (context.clock().date() - _WAIT).isoformat()
        cells = counting.cells_of(reports, cut)
        standing = register(operation.ledger).standing
        order = [exhibit for exhibit in standing if exhibit in accounts]
        acts = _new_overdoses(reports, order, cells, cut, last, before)
        acts += _new_shipments(sent, cells, cut, last, before)
        if acts:
            operation.ledger.decide(context, partial(_unless_counted, acts, before), ActKind.COUNTS_SHOWN)
        after = _Before.of(operation)
        left_out = len(after.units[_OVERDOSES]) + len(after.units[_SHIPMENTS])
    overdoses, shipments = (after.standing(what, standing) for what in (_OVERDOSES, _SHIPMENTS))
    if not sent.is_on:
        shipments = {}
    found = spikes_in(overdoses)
    return Counts(
        operation=operation.name,
        is_simulated=any(one.is_simulated for one in standing.values()),
        cut=cut,
        lists=tuple(_list_account(name, one, overdoses, cut) for name, one in sorted(accounts.items())),
        overdoses=overdoses,
        shipments=shipments,
        spikes=found,
        beside=tuple(_beside(one.state, one.period, Cell(one.area, one.group), shipments) for one in found.found),
        places=places if cut.area == "town" else {},
        left_out=left_out - len(overdoses) - len(after.standing(_SHIPMENTS, standing)),
        shipments_said=sent.words,
    )


def write_counts_page(found: Counts, target: Path) -> Path:
    """The figures as one self-contained page, state by state, with columns over time and dots where towns are."""
    charts = [(state, _chart(found, state)) for state in sorted({unit.state for unit in found.overdoses})]
    page = render(
        "leads",
        "spikes.html.j2",
        c=found,
        operation=found.operation,
        is_simulated=found.is_simulated,
        charts=[(state, chart) for state, chart in charts if chart.rows],
    )
    durable.write_text(target, page)
    return target


@dataclass(frozen=True, slots=True)
class _Chart:
    """What is drawn of one state; towns that nobody says the place of are not drawn."""

    overdoses: list[tuple[str, int]]
    shipments: list[tuple[str, int]]
    dots: list[Dot]
    rows: list[tuple[str, str, str, int]]


def _chart(found: Counts, state: str) -> _Chart:
    overdoses = [(unit, one) for unit, one in found.overdoses.items() if unit.state == state]
    shipments: Counter[str] = Counter()
    for unit, one in found.shipments.items():
        if unit.state == state and one.total:
            shipments[unit.period] += one.total
    rows, towns = [], Counter[str]()
    for unit, one in overdoses:
        for cell, count in sorted(one.counts.items()):
            rows.append((unit.period, cell.area, cell.group, count))
            towns[cell.area] += count
        if one.rest:
            rows.append((unit.period, "all others", "all others", one.rest))
    drawn = [
        Dot(town, at[0], at[1], towns[town])
        for (where, town), at in sorted(found.places.items())
        if where == state and towns[town]
    ]
    over_time = {unit.period: one.total for unit, one in overdoses}
    periods = sorted({*over_time, *shipments})
    return _Chart(
        [(name, over_time.get(name, 0)) for name in periods],
        [(name, shipments[name]) for name in periods] if shipments else [],
        drawn,
        sorted(rows),
    )


def _unless_counted(acts: list[Act], before: "_Before", seen: list[Entry]) -> list[Act]:
    """The acts, if nobody showed figures meanwhile: two cuts, or one period twice, could be subtracted."""
    if len(seen) != before.shown:
        raise OperationBusy(
            "Somebody counted in this operation meanwhile",
            where="lead spikes",
            remedy="Repeat the command; nothing was shown.",
        )
    return acts


@dataclass(frozen=True, slots=True)
class _Before:
    """Every unit that was ever shown, and what it rests on; and how many acts say so."""

    shown: int
    units: Mapping[str, Mapping[Unit, Shown]]
    rests_on: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, operation: Operation) -> "_Before":
        units: dict[str, dict[Unit, Shown]] = {_OVERDOSES: {}, _SHIPMENTS: {}}
        rests_on: dict[tuple[str, str], frozenset[str]] = {}
        entries = operation.ledger.entries(ActKind.COUNTS_SHOWN)
        for entry in entries:
            says: Any = entry.payload
            rests_on[says["what"], entry.subject] = frozenset(says["exhibit_ids"])
            for one in says["units"]:
                figures = {Cell(area, group): count for area, group, count in one["counts"]}
                unit = Unit(entry.subject, one["state"], one["period"])
                units[says["what"]][unit] = Shown(figures, one["rest"], one["size"])
        return cls(len(entries), units, rests_on)

    def standing(self, what: str, exhibits: Iterable[str]) -> dict[Unit, Shown]:
        """What still rests on evidence that stands."""
        known = set(exhibits)
        return {
            unit: one for unit, one in sorted(self.units[what].items()) if self.rests_on[what, unit.source] <= known
        }


def _cut(operation: Operation, period: str, area: str) -> Cut:
    """The cut of the first figures; another one is refused."""
    for entry in operation.ledger.entries(ActKind.COUNTS_SHOWN):
        says: Any = entry.payload["cut"]
        first = Cut(says["period"], says["area"], says["smallest"])
        if (period or first.period, area or first.area) != (first.period, first.area):
            raise Contradiction(
                f"Counts of this operation are by {first.area} and {first.period}",
                where="lead spikes",
                remedy="Leave --by and --area out. Figures of two cuts could be subtracted from each other until one "
                "person is left, so the first cut stands.",
            )
        return first
    if period not in {"week", "month"} or area not in {"town", "county", "state"}:
        raise BadRequest(
            "The first counts need a cut, and it stands for good",
            where="lead spikes",
            remedy="Give --by week or month, and --area town, county or state. The coarser, the more can be shown.",
        )
    return Cut(period, area, _smallest())


def _smallest() -> int:
    said = os.environ.get(SMALLEST_VARIABLE, "") or str(SMALLEST)
    if not said.isdigit() or int(said) < SMALLEST:
        raise BadConfiguration(
            f"The smallest group is {said!r}, expected a whole number from {SMALLEST}",
            where=SMALLEST_VARIABLE,
            remedy="Unset it, or set a larger one.",
        )
    return int(said)


def _new_overdoses(
    reports: Sequence[Report], order: Iterable[str], cells: Mapping[str, Sequence[Cell]], cut: Cut, last: str,
    before: _Before,
) -> list[Act]:  # fmt: skip
    """Figures of lists that were never shown, in the order they came in, of periods that none showed before.

    Each list is shown once: what is decided again for what came to be over since tells by how it is decided.
    """
    counts = counting.counted(reports, cut)
    taken = {(unit.state, unit.period): unit.source for unit in before.units[_OVERDOSES]}
    acts = []
    for exhibit in order:
        own = {unit: count for unit, count in counts.items() if unit.source == exhibit}
        fresh = {
            unit: count
            for unit, count in own.items()
            if _is_over(unit, cut, last) and (unit.state, unit.period) not in taken
        }
        if not fresh or (_OVERDOSES, exhibit) in before.rests_on:
            continue
        taken |= {(unit.state, unit.period): exhibit for unit in fresh}
        apart = sum(own[unit].total() for unit in own.keys() - fresh.keys())
        made = shown(fresh, cells, cut.smallest, apart)
        acts += _acts(_OVERDOSES, exhibit, [exhibit], made, cut)
    return acts


def _new_shipments(sent: Waves, cells: Mapping[str, Sequence[Cell]], cut: Cut, last: str, before: _Before) -> list[Act]:
    """The same of consignees, market by market; nothing if too few addresses can be read."""
    acts = []
    for market in sorted(sent.exhibits) if sent.is_on else ():
        if (_SHIPMENTS, market) in before.rests_on:
            continue
        fresh = {
            unit: counts for unit, counts in sent.units.items() if unit.source == market and _is_over(unit, cut, last)
        }
        made = shown(fresh, cells, cut.smallest, apart=sent.elsewhere[market])
        acts += _acts(_SHIPMENTS, market, sorted(sent.exhibits[market]), made, cut)
    return acts


def _is_over(unit: Unit, cut: Cut, last: str) -> bool:
    return counting.end_of(date.fromisoformat(unit.period), cut.period).isoformat() <= last


def _acts(what: str, source: str, exhibits: Sequence[str], made: Mapping[Unit, Shown], cut: Cut) -> list[Act]:
    """One act for what is shown of one source; none if nothing is new."""
    units: list[Json] = [
        {
            "state": unit.state, "period": unit.period, "size": one.size, "rest": one.rest,
            "counts": [[cell.area, cell.group, count] for cell, count in sorted(one.counts.items())],
        }
        for unit, one in made.items()
    ]  # fmt: skip
    if not units:
        return []
    payload: dict[str, Json] = {
        "what": what, "exhibit_ids": list(exhibits), "units": units,
        "cut": {"period": cut.period, "area": cut.area, "smallest": cut.smallest},
    }  # fmt: skip
    return [Act(kind=ActKind.COUNTS_SHOWN, subject=source, payload=payload)]


def _list_account(exhibit: str, one: Account, overdoses: Mapping[Unit, Shown], cut: Cut) -> ListAccount:
    in_figures = sum(shown_.total for unit, shown_ in overdoses.items() if unit.source == exhibit)

    def told(counts: Mapping[str, int]) -> dict[str, int]:
        return counting.told_together(counts, cut.smallest)

    account = Account(
        one.rows, told(one.precision), told(one.date_means), told(one.unread_cells),
        one.unknown_names if one.unknown_names >= cut.smallest else 0,
    )  # fmt: skip
    return ListAccount(exhibit_id=exhibit, account=account, in_figures=in_figures, not_shown=one.rows - in_figures)


def _beside(state: str, period: str, cell: Cell, shipments: Mapping[Unit, Shown]) -> tuple[int | None, int | None]:
    """Shipments of all markets into the same area and group, in the period and in the last one before it."""
    by_period: dict[str, Counter[Cell]] = defaultdict(Counter)
    for unit, one in shipments.items():
        if unit.state == state:
            by_period[unit.period].update(one.counts)
    earlier = [name for name in sorted(by_period) if name < period]
    now = by_period.get(period, Counter()).get(cell)
    return now, by_period[earlier[-1]].get(cell) if earlier else None
