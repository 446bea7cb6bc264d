"""In which order sellers are worked on: stated weights, parts that add up, and nothing about who somebody is.

For workload only. What it reads is the closed list ``INPUTS``: what was sold, how much, for how much, where to. Not a
name, not a word of an origin or a language, not a key, not a text; a test holds the list, and that nothing else changes
anything. It ranks sellers; a buyer has no row here, and nothing is foretold.
"""

import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

from crossbearing.domain.errors import BadConfiguration
from crossbearing.reference.destinations import Reach, read_destination
from crossbearing.store.session import Session

# Every table and column that may enter; beside them only how many cases have a strong lead to an account.
INPUTS: Final[Mapping[str, frozenset[str]]] = {
    "subject": frozenset({"account_id"}),
    "account": frozenset({"account_id", "market"}),
    "listing": frozenset({"listing_id", "account_id", "ships_to", "places"}),
    "listing_substance": frozenset({"listing_id", "substance_group", "is_ambiguous"}),
    "listing_goods": frozenset({"listing_id", "goods"}),
    "sale_valued": frozenset({"account_id", "listing_id", "value_eur", "place"}),
}
_ROWS_SHOWN: Final = 3
# Adverts of sellers, each with what its title names; nothing named at all is not known.
_NAMED: Final = """
    WITH named AS (
        SELECT
            listing_id,
            bool_or(substance_group = 'lethal opioid' AND NOT is_ambiguous) AS is_lethal,
            FALSE AS is_weapon
        FROM listing_substance GROUP BY listing_id
        UNION ALL
        SELECT listing_id, FALSE AS is_lethal, bool_or(goods = 'weapons') AS is_weapon
        FROM listing_goods GROUP BY listing_id
    ),
    read AS (
        SELECT listing_id, bool_or(is_lethal) AS is_lethal, bool_or(is_weapon) AS is_weapon
        FROM named GROUP BY listing_id
    )
"""
QUERIES: Final[Mapping[str, str]] = {
    "adverts": f"""
        {_NAMED}
        SELECT
            subject.account_id,
            count(*) AS adverts,
            count(read.listing_id) AS readable,
            count(*) FILTER (read.is_lethal) AS lethal,
            count(*) FILTER (read.is_weapon) AS weapons,
            list_sort(flatten(list(listing.places) FILTER (read.is_lethal)))[1:{_ROWS_SHOWN}] AS lethal_places,
            list_sort(flatten(list(listing.places) FILTER (read.is_weapon)))[1:{_ROWS_SHOWN}] AS weapon_places
        FROM subject
        INNER JOIN listing ON subject.account_id = listing.account_id
        LEFT JOIN read ON listing.listing_id = read.listing_id
        GROUP BY subject.account_id""",
    "sales": f"""
        {_NAMED}
        SELECT
            subject.account_id,
            count(*) AS orders,
            count(read.listing_id) AS readable,
            count(*) FILTER (read.is_lethal) AS lethal,
            count(sale_valued.value_eur) AS valued,
            sum(sale_valued.value_eur) AS value_eur,
            list_sort(list(sale_valued.place))[1:{_ROWS_SHOWN}] AS places,
            list_sort(list(sale_valued.place) FILTER (read.is_lethal))[1:{_ROWS_SHOWN}] AS lethal_places,
            list_sort(
                list(sale_valued.place) FILTER (sale_valued.value_eur IS NOT NULL)
            )[1:{_ROWS_SHOWN}] AS valued_places
        FROM subject
        INNER JOIN sale_valued ON subject.account_id = sale_valued.account_id
        LEFT JOIN read ON sale_valued.listing_id = read.listing_id
        GROUP BY subject.account_id""",
    "sellers": """
        SELECT subject.account_id, account.market
        FROM subject INNER JOIN account ON subject.account_id = account.account_id
        ORDER BY subject.account_id""",
    "reach": f"""
        SELECT
            subject.account_id, listing.ships_to, count(*) AS adverts,
            list_sort(flatten(list(listing.places)))[1:{_ROWS_SHOWN}] AS places
        FROM subject INNER JOIN listing ON subject.account_id = listing.account_id
        WHERE listing.ships_to IS NOT NULL
        GROUP BY subject.account_id, listing.ships_to ORDER BY subject.account_id, listing.ships_to""",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of one harm is on record.

    Attributes:
        value: What is known of it; None if nothing is.
        is_whole: It is all there is; otherwise it is so much at least.
        source_rows: How many rows it rests on.
        places: The first of them.
    """

    value: Decimal | None
    is_whole: bool = True
    source_rows: int = 0
    places: tuple[str, ...] = ()


NOTHING_KNOWN: Final = Measure(None, is_whole=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: its points lie between ``low`` and ``high``, which differ where something is not known."""

    name: str
    says: str
    measure: Measure
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Weight:
    """Steps of one part: a measure and the points from there on."""

    name: str
    says: str
    steps: tuple[tuple[Decimal, int], ...]

    @property
    def most(self) -> int:
        """Points of the highest step."""
        return self.steps[-1][1]

    @property
    def rises(self) -> bool:
        """Whether more of the measure never gives fewer points, and none of it gives none."""
        ladder = [(Decimal(0), 0), *self.steps]
        return len(ladder) > 1 and all(
            isinstance(more[1], int) and least[0] < more[0] and least[1] < more[1] for least, more in pairwise(ladder)
        )

    def points(self, value: Decimal) -> int:
        """Points of the highest step that a measure reaches."""
        return max((points for least, points in self.steps if value >= least), default=0)

    def part(self, measure: Measure) -> Part:
        """The part that a measure gives; what is not known counts neither as nothing nor as something."""
        low = 0 if measure.value is None else self.points(measure.value)
        return Part(self.name, self.says, measure, low, low if measure.is_whole else self.most)


@dataclass(frozen=True, slots=True)
class Weights:
    """The stated weights."""

    name: str
    version: str
    parts: tuple[Weight, ...]

    @property
    def stamp(self) -> str:
        """Name and version, as they stand beside each score."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """Where one seller stands.

    Attributes:
        accounts: Its accounts.
        low: Points that are sure; the place goes by them.
        high: Points if all that is not known were as much as possible.
        place: From 1; who has as many sure points has the same place.
        best: Place if what is not known of it were as much as possible and that of all others nothing.
        worst: Place the other way round.
    """

    subject_id: str
    accounts: tuple[str, ...]
    parts: tuple[Part, ...]
    low: int
    high: int
    place: int
    best: int
    worst: int


@cache
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    text = (resources.files("crossbearing.packages") / "priority.toml").read_text(encoding="utf-8")
    return parsed(text, where="priority.toml")


def parsed(text: str, *, where: str) -> Weights:
    """The weights that a TOML text states.

    Raises:
        BadConfiguration: It is not TOML, names another part, lacks one, or its steps do not rise.
    """
    try:
        content = tomllib.loads(text, parse_float=Decimal)
        parts = tuple(_weight(name, content[name]) for name in PARTS)
        named = str(content["name"]), str(content["version"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, ArithmeticError) as wrong:
        raise _unusable(str(wrong), where) from wrong
    if unknown := sorted(content.keys() - {"name", "version", *PARTS}):
        raise _unusable(f"there is no part {unknown[0]!r}", where)
    if crooked := [part.name for part in parts if not part.rises]:
        raise _unusable(f"the steps of {crooked[0]!r} do not rise from above nothing, in whole points", where)
    return Weights(*named, parts)


def _unusable(problem: str, where: str) -> BadConfiguration:
    return BadConfiguration(
        f"The weights cannot be used: {problem}",
        where=where,
        remedy=f"State name, version and all parts, each with what it says and rising steps: {', '.join(PARTS)}.",
    )


def _weight(name: str, entry: Mapping[str, Any]) -> Weight:
    return Weight(name, str(entry["says"]), tuple((Decimal(least), points) for least, points in entry["steps"]))


PARTS: Final = (
    "lethal_adverts", "lethal_orders", "orders", "money", "weapons", "strong_leads", "markets", "destinations"
)  # fmt: skip


def measured(
    engine: Session, home: Mapping[str, str], strong: Mapping[str, Iterable[str]] | None
) -> dict[str, tuple[tuple[str, ...], dict[str, Measure]]]:
    """The accounts and measures of each seller.

    Args:
        engine: With the tables of ``INPUTS``.
        home: Operator of each account that people joined; every other account is a subject by itself.
        strong: Numbers of the cases with a strong lead, by account; None if no case was ever matched openly.
    """
    rows = {name: engine.rows(query) for name, query in QUERIES.items()}
    market = {row["account_id"]: row["market"] for row in rows["sellers"]}
    # Elsewhere nobody's orders are known; here an account without one has none.
    with_orders = {market[row["account_id"]] for row in rows["sales"] if row["account_id"] in market}
    found: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for name, some in rows.items():
        for row in some:
            found[home.get(row["account_id"], row["account_id"])][name].append(row)
    result = {}
    for subject_id in sorted(found):
        own = found[subject_id]
        accounts = tuple(sorted(row["account_id"] for row in own["sellers"]))
        if accounts:
            cases = None if strong is None else {case for one in accounts for case in strong.get(one, ())}
            result[subject_id] = (accounts, _measures(own, with_orders, cases))
    return result


def _measures(
    own: Mapping[str, list[Mapping[str, Any]]], with_orders: AbstractSet[str], cases: set[str] | None
) -> dict[str, Measure]:
    adverts, sales, sellers = own.get("adverts", []), own.get("sales", []), own["sellers"]
    is_sold_known = [row["market"] in with_orders for row in sellers]
    orders, read, valued = (sum(row[name] for row in sales) for name in ("orders", "readable", "valued"))
    value = sum((row["value_eur"] for row in sales if row["valued"]), Decimal(0))
    is_whole, has_orders = all(is_sold_known), any(is_sold_known)
    named, offered = (sum(row[name] for row in adverts) for name in ("readable", "adverts"))
    return {
        "lethal_adverts": _counted(adverts, "lethal", "lethal_places", is_known=named > 0, is_whole=named == offered),
        "lethal_orders": _counted(sales, "lethal", "lethal_places", is_known=has_orders and (read > 0 or not orders),
                                  is_whole=is_whole and read == orders),
        "orders": _counted(sales, "orders", "places", is_known=has_orders, is_whole=is_whole),
        "money": Measure(value, is_whole and valued == orders, valued, _first(sales, "valued_places"))
        if valued or (has_orders and not orders) else NOTHING_KNOWN,
        "weapons": _counted(adverts, "weapons", "weapon_places", is_known=named > 0, is_whole=named == offered),
        "strong_leads": NOTHING_KNOWN
        if cases is None else Measure(Decimal(len(cases)), True, len(cases), tuple(sorted(cases)[:_ROWS_SHOWN])),
        "markets": Measure(Decimal(len({row["market"] for row in sellers})), source_rows=len(sellers)),
        "destinations": _destinations(own.get("reach", [])),
    }  # fmt: skip


def _counted(rows: Sequence[Mapping[str, Any]], count: str, places: str, *, is_known: bool, is_whole: bool) -> Measure:
    if not is_known:
        return NOTHING_KNOWN
    total = sum(row[count] for row in rows)
    return Measure(Decimal(total), is_whole, total, _first(rows, places))


def _first(rows: Sequence[Mapping[str, Any]], places: str) -> tuple[str, ...]:
    return tuple(sorted(place for row in rows for place in row[places] or ())[:_ROWS_SHOWN])


def _destinations(rows: Sequence[Mapping[str, Any]]) -> Measure:
    """Countries that adverts list; a region, and everywhere, hold some more that nobody counts."""
    read = [read_destination(row["ships_to"]) for row in rows]
    countries = {place for one in read if one.reach is Reach.LISTED for place in one.places if place.isupper()}
    is_whole = all(one.reach is Reach.LISTED and all(map(str.isupper, one.places)) for one in read)
    if not countries:
        return NOTHING_KNOWN
    return Measure(Decimal(len(countries)), is_whole, sum(row["adverts"] for row in rows), _first(rows, "places"))


def ranked(measures: Mapping[str, tuple[tuple[str, ...], Mapping[str, Measure]]], weights: Weights) -> list[Priority]:
    """All sellers in order: by sure points, then by possible ones, then by id, which says nothing.

    Args:
        measures: Accounts and measures by subject; see ``measured``.
        weights: The stated weights.
    """
    parts = {one: tuple(weight.part(own[weight.name]) for weight in weights.parts)
             for one, (_, own) in measures.items()}  # fmt: skip
    low = {one: sum(part.low for part in some) for one, some in parts.items()}
    high = {one: sum(part.high for part in some) for one, some in parts.items()}
    lows, highs = sorted(low.values()), sorted(high.values())

    def above(points: Sequence[int], than: int) -> int:
        return len(points) - bisect_right(points, than)

    return [
        Priority(
            subject_id=one,
            accounts=measures[one][0],
            parts=parts[one],
            low=low[one],
            high=high[one],
            place=1 + above(lows, low[one]),
            best=1 + above(lows, high[one]),
            # The others' highs above its own low, itself left out where its own high is one of them.
            worst=1 + above(highs, low[one]) - (high[one] > low[one]),
        )
        for one in sorted(parts, key=lambda name: (-low[name], -high[name], name))
    ]
