"""Lists of overdoses as counts: where, when, what; each overdose stands in one cell and in no other.

Counts are never matched with cases: nothing here names a person, and matching never reads this table.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from crossbearing.leads.suppression import Cell, Unit
from crossbearing.reference.folding import folded
from crossbearing.reference.related_substances import substance_called
from crossbearing.reference.substances import group_of
from crossbearing.store.session import Session

PROTECTED: Final = ("overdose_report",)
NOT_STATED: Final = "not stated"
# The gravest group that an overdose names is its group, so that groups do not overlap.
_GRAVEST_FIRST: Final = (
    ("lethal opioid", frozenset({"lethal opioid"})),
    ("opioid", frozenset({"opioid"})),
    ("stimulant", frozenset({"stimulant", "ecstasy", "cathinone"})),
    ("sedative", frozenset({"benzodiazepine", "benzodiazepine analogue", "sedative"})),
)
OTHER: Final = "other"
GROUPS: Final = (*(name for name, _ in _GRAVEST_FIRST), OTHER, NOT_STATED)
# Words of lists for a group, and names that are none of the listed substances' and still are known.
_WORDS: Final = {"opioid": "opioid", "opiate": "opioid", "ethanol": OTHER, "alcohol": OTHER}
_SURE_SHARE: Final = 9  # of 10 rows that state a town and a county must state the same county
_BESIDE: Final = Decimal("0.1")  # degrees, some ten kilometres: two middles of one town
_REPORTS: Final = """
    SELECT
        exhibit_id, stated_on, date_means, town, county, state, place_precision, town_latitude, town_longitude,
        country, substances, cells_not_read
    FROM overdose_report
    ORDER BY exhibit_id, part, source_row
"""


@dataclass(frozen=True, slots=True)
class Cut:
    """How overdoses are cut into counts. It is chosen once for an operation.

    Attributes:
        period: "week" (from Monday) or "month".
        area: "town", "county" or "state".
        smallest: Size of the smallest group that may be seen.
    """

    period: str
    area: str
    smallest: int


@dataclass(frozen=True, slots=True)
class Report:
    """One overdose of a list, without anything of the person."""

    exhibit_id: str
    stated_on: date
    town: str
    county: str
    state: str
    country: str
    group: str


@dataclass(frozen=True, slots=True)
class Account:
    """What a list holds, by how precise its places are and what its days mean, and what nobody understood.

    Attributes:
        unread_cells: Cells of substances that say more than yes or no, by column.
        unknown_names: Names of substances that no list of ours has.
    """

    rows: int
    precision: Mapping[str, int]
    date_means: Mapping[str, int]
    unread_cells: Mapping[str, int]
    unknown_names: int


def begin_of(day: date, period: str) -> date:
    """The first day of the period that a day lies in."""
    return day.replace(day=1) if period == "month" else day - timedelta(days=day.weekday())


def end_of(begin: date, period: str) -> date:
    """The first day after the period that begins here."""
    return (begin + timedelta(days=31)).replace(day=1) if period == "month" else begin + timedelta(days=7)


def reports_in(
    engine: Session,
) -> tuple[list[Report], dict[str, Account], dict[tuple[str, str], tuple[Decimal, Decimal]]]:
    """All rows of the lists, an account of each list, and where the middle of each town is, by state and town.

    Of several places the one most often stated counts if they lie beside each other; otherwise the town has none, for
    one of them would be somebody else's.
    """
    reports, rows = [], defaultdict(list)
    places: dict[tuple[str, str], Counter[tuple[Decimal, Decimal]]] = defaultdict(Counter)
    for row in engine.rows(_REPORTS):
        rows[row["exhibit_id"]].append(row)
        state, town = row["state"] or NOT_STATED, row["town"] or NOT_STATED
        if row["place_precision"] == "town" and row["town_latitude"] is not None and row["town_longitude"] is not None:
            places[state, town][row["town_latitude"], row["town_longitude"]] += 1
        reports.append(
            Report(
                exhibit_id=row["exhibit_id"],
                stated_on=row["stated_on"],
                town=town,
                county=row["county"] or NOT_STATED,
                state=state,
                country=row["country"] or "",
                group=gravest(names_in(row["substances"])),
            )
        )
    accounts = {exhibit: _account(found) for exhibit, found in rows.items()}
    agreed = {town: at for town, stated in places.items() if (at := _agreed(stated))}
    return _with_counties(reports), accounts, agreed


def names_in(substances: str | None) -> list[str]:
    """Names that a list gives, one a line."""
    return [line for line in (substances or "").split("\n") if line.strip()]


def gravest(names: Iterable[str]) -> str:
    """The gravest group that one of these names is of; "other" if none is, "not stated" without any name."""
    groups = {_group(name) for name in names}
    for name, members in _GRAVEST_FIRST:
        if not groups.isdisjoint(members):
            return name
    return OTHER if groups else NOT_STATED


def cells_of(reports: Sequence[Report], cut: Cut) -> dict[str, tuple[Cell, ...]]:
    """Every cell that each state has: its areas, and "not stated" among them, with every group."""
    areas: dict[str, set[str]] = defaultdict(lambda: {NOT_STATED})
    for report in reports:
        areas[report.state].add(area_of(report, cut))
    return {state: tuple(Cell(area, group) for area in sorted(names) for group in GROUPS) for state, names in
            areas.items()}  # fmt: skip


def area_of(report: Report, cut: Cut) -> str:
    """The area that counts."""
    return {"town": report.town, "county": report.county, "state": report.state}[cut.area]


def counted(reports: Iterable[Report], cut: Cut) -> dict[Unit, Counter[Cell]]:
    """How many overdoses stand in each cell."""
    units: dict[Unit, Counter[Cell]] = defaultdict(Counter)
    for report in reports:
        period = begin_of(report.stated_on, cut.period).isoformat()
        units[Unit(report.exhibit_id, report.state, period)][Cell(area_of(report, cut), report.group)] += 1
    return dict(units)


def told_together(counts: Mapping[str, int], smallest: int) -> dict[str, int]:
    """Parts of a whole that may be told: what is too small stands together with what comes next in size."""
    apart: list[str] = []
    for name, count in sorted(counts.items(), key=lambda one: (one[1], one[0])):
        is_enough = not apart or sum(counts[one] for one in apart) >= smallest
        if is_enough and count >= smallest:  # and so are all that follow
            break
        apart.append(name)
    together = sum(counts[name] for name in apart)
    large = {name: count for name, count in Counter(counts).most_common() if name not in apart}
    return {**large, " or ".join(sorted(apart)): together} if together >= smallest else large


def _agreed(stated: Counter[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal] | None:
    """The place most often stated; none if another one is not beside it."""
    most = min(stated, key=lambda at: (-stated[at], at))
    is_beside = all(abs(at[axis] - most[axis]) <= _BESIDE for at in stated for axis in (0, 1))
    return most if is_beside else None


@lru_cache(maxsize=1 << 14)
def _group(name: str) -> str:
    plain = " ".join(folded(name).split())
    return _WORDS.get(plain) or group_of(substance_called(name)) or ""


def _account(rows: Sequence[Mapping[str, Any]]) -> Account:
    names = [name for row in rows for name in names_in(row["substances"])]
    return Account(
        rows=len(rows),
        precision=Counter(row["place_precision"] or NOT_STATED for row in rows),
        date_means=Counter(row["date_means"] or NOT_STATED for row in rows),
        unread_cells=Counter(name for row in rows for name in names_in(row["cells_not_read"])),
        unknown_names=sum(not _group(name) for name in names),
    )


def _with_counties(reports: Sequence[Report]) -> list[Report]:
    """The reports, with the county of a town where it is not stated and nine in ten rows of the lists agree on it."""
    stated: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for report in reports:
        if NOT_STATED not in (report.town, report.county):
            stated[report.state, report.town][report.county] += 1
    sure = {}
    for town, counties in stated.items():
        ((county, most),) = counties.most_common(1)
        if 10 * most >= _SURE_SHARE * counties.total():
            sure[town] = county
    return [
        report
        if report.county != NOT_STATED
        else Report(
            report.exhibit_id, report.stated_on, report.town, sure.get((report.state, report.town), NOT_STATED),
            report.state, report.country, report.group,
        )
        for report in reports
    ]  # fmt: skip
