"""Shipment waves: to how many consignees of an area something was sent, by the same cut as the overdoses.

Runs over opened deliveries and keeps counts only. A consignee counts once in a period and group, so that no count is of
fewer people than it says.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crossbearing.leads.addresses import Consignee, address_of, read_consignee
from crossbearing.leads.counting import Cut, Report, area_of, begin_of, gravest, names_in
from crossbearing.leads.suppression import Cell, Unit
from crossbearing.store.session import Session

DERIVED: Final = ("listing_substance", "sale_valued")
PROTECTED: Final = ("delivery",)
LEAST_READABLE: Final = 50  # of 100 orders; below, waves show who seals addresses and not what was sent
_SALES: Final = """
    WITH delivered AS (
        SELECT
            market, sale_server_id, list(DISTINCT exhibit_id) AS exhibit_ids,
            max(address_text ORDER BY length(address_text), address_text)
                FILTER (NOT coalesce(is_encrypted, FALSE)) AS address_text
        FROM delivery GROUP BY market, sale_server_id
    ),
    named AS (
        SELECT listing_id, array_to_string(list_sort(list(DISTINCT substance)), chr(10)) AS substances
        FROM listing_substance GROUP BY listing_id
    )
    SELECT
        sale.market, sale.sold_at::DATE AS sold_on, named.substances, delivered.address_text,
        list_distinct(list_concat(sale.exhibit_ids, coalesce(delivered.exhibit_ids, []))) AS exhibit_ids
    FROM sale_valued AS sale
    LEFT JOIN named ON sale.listing_id = named.listing_id
    LEFT JOIN delivered ON sale.market = delivered.market AND sale.sale_server_id = delivered.sale_server_id
    WHERE sale.sold_at IS NOT NULL
    ORDER BY sale.market, sale.sold_at, sale.sale_server_id, sale.place
"""


@dataclass(frozen=True, slots=True)
class Waves:
    """What was sent into the areas of the lists.

    Attributes:
        orders: With a time; ``readable`` of them have an address that can be read.
        units: Consignees by market, state and period, and in them by area and group.
        elsewhere: Consignees of each market that live in no area of the lists, or nobody can say where.
        exhibits: What the counts of each market rest on.
    """

    orders: int
    readable: int
    units: dict[Unit, Counter[Cell]]
    elsewhere: Counter[str]
    exhibits: dict[str, set[str]]

    @property
    def is_on(self) -> bool:
        """Whether addresses enough can be read."""
        return self.orders > 0 and 100 * self.readable >= LEAST_READABLE * self.orders

    @property
    def words(self) -> str:
        """How many addresses can be read, and what follows."""
        if not self.orders:
            return "No market with orders is on record, so there is nothing to hold the counts beside."
        share = 100 * self.readable // self.orders
        said = f"Of 100 orders {share} have an address that can be read."
        if self.is_on:
            return said
        return f"{said} Below {LEAST_READABLE} shipments are not shown: they would tell who seals addresses."


def waves_in(engine: Session, reports: Sequence[Report], cut: Cut) -> Waves:
    """Consignees whose town one of the lists names; a town that two states have is nowhere."""
    towns = _towns(reports)
    read: dict[str, Consignee] = {}
    seen: set[tuple[Unit, Cell, Any]] = set()
    away: set[tuple[str, Any]] = set()
    exhibits: dict[str, set[str]] = defaultdict(set)
    orders = readable = 0
    for row in engine.rows(_SALES):
        orders += 1
        exhibits[row["market"]].update(row["exhibit_ids"])
        if (text := row["address_text"]) is None:
            continue
        readable += 1
        if text not in read:
            read[text] = read_consignee(text)
        who = read[text]
        person = (who.given, who.family, who.address)
        if place := _place(who, towns):
            unit = Unit(row["market"], place.state, _begin(row["sold_on"], cut))
            seen.add((unit, Cell(area_of(place, cut), gravest(names_in(row["substances"]))), person))
        else:
            away.add((row["market"], person))
    units: dict[Unit, Counter[Cell]] = defaultdict(Counter)
    for unit, cell, _ in seen:
        units[unit][cell] += 1
    return Waves(orders, readable, dict(units), Counter(market for market, _ in away), dict(exhibits))


def _begin(day: date, cut: Cut) -> str:
    return begin_of(day, cut.period).isoformat()


def _place(who: Consignee, towns: dict[str, list[Report]]) -> Report | None:
    """A row of the list that names the town of an address; none if it is not sure."""
    found = [one for one in towns.get(who.address.town, ()) if who.address.country in {"", one.country}]
    return found[0] if len(found) == 1 else None


def _towns(reports: Sequence[Report]) -> dict[str, list[Report]]:
    """One row for each town and state, by the town's name as addresses are compared."""
    first: dict[tuple[str, str], Report] = {}
    for report in reports:
        first.setdefault((report.state, report.town), report)
    towns: dict[str, list[Report]] = defaultdict(list)
    for report in first.values():
        if name := address_of(None, report.town, None, report.country).town:
            towns[name].append(report)
    return towns
