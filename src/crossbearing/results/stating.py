"""Totals as they were announced: which one is used where they differ, and how far rounding reaches.

No figure overwrites another in silence. Which is used is a rule, and the others are named with their source.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from crossbearing.presentation.text import quantity, seized, told_apart

# Two figures in different units of mass are one statement if they differ by no more. One pound in a hundred is lost to
# rounding from a whole number of kilograms.
UNIT_TOLERANCE: Final = Decimal("0.01")
_SOURCE: Final = 90  # characters shown of one


@dataclass(frozen=True, slots=True)
class Stated:
    """A total as somebody announced it.

    Attributes:
        scope: Country code, or empty for the whole campaign.
        bound: "exact", "more than" or "about".
        said: Amount in the unit in which it was stated, with the unit; empty if that is the line's.
    """

    scope: str
    amount: Decimal
    bound: str
    source: str
    place: str
    said: str = ""


def stated_in(rows: Iterable[Mapping[str, Any]]) -> list[Stated]:
    """The totals that rows state, by country, the earliest reported first."""
    found = [
        Stated(
            row["credit_code"] or "",
            row["amount"],
            row["bound"] or "exact",
            row["report_ref"] or row["credit_agency"] or "",
            row["place"],
            "" if row["reported_unit"] == row["unit"] else quantity(row["reported_amount"], row["reported_unit"]),
        )
        for row in sorted(rows, key=_reported)
    ]
    return sorted(found, key=lambda one: one.scope)


def _reported(row: Mapping[str, Any]) -> tuple[date, int, int, str]:
    """When it was reported, came in, and where it stands: places of one file grow with its rows."""
    return (row["reported_on"] or date.min, row["exhibit_position"], len(row["place"]), row["place"])


def chosen(stated: Collection[Stated], expected: Collection[Decimal] = ()) -> Stated | None:
    """The total to use: one that its parts add up to, else the one stated most often, else the one stated first.

    Args:
        stated: All for one country or the whole, the earliest reported first.
        expected: What the parts add up to, the likeliest first.
    """
    for amount in expected:
        if fitting := [one for one in stated if one.amount == amount]:
            return fitting[0]
    counts = Counter(one.amount for one in stated)
    return max(stated, key=lambda one: counts[one.amount], default=None)


def differing(stated: Collection[Stated], used: Stated, what: str, unit: str) -> list[str]:
    """A sentence for each other total, with its source; what lies within the tolerance of units is none.

    Args:
        stated: All of one thing.
        used: The one that is used.
        what: Of what, such as " for DE".
        unit: Of the amounts.
    """
    found = {}
    for one in stated:
        if abs(one.amount - used.amount) > (UNIT_TOLERANCE * used.amount if one.said or used.said else 0):
            has, taken = told_apart([one.amount, used.amount], unit)
            said = f"{has} ({one.said})" if one.said else has
            source = seized(one.source, limit=_SOURCE)
            found[one.amount] = f"stated totals differ{what}: {source} has {said}; {taken} is used"
    return [found[amount] for amount in sorted(found)]


def slip_in(stated: Decimal, found: Decimal, whole: Decimal = Decimal(0)) -> str:
    """How a stated total may be a misprint of what its events add to; empty if nothing says so.

    Asked about are totals near ten, a hundred or a thousand times their events, or that part of them (from four fifths
    to five quarters of it, for some events are reported later), and totals with the same digits, of which two that
    stand side by side are swapped. Also a country's total that is what all countries add to, within five in a hundred,
    where its own events are less than half of that. Any other difference may well be so: many events are stated as a
    total only.

    Args:
        stated: The total.
        found: What its events add to, in the same unit.
        whole: What the events of all countries add to; nothing for the total of a campaign.
    """
    if stated <= 0 or found <= 0 or stated == found:
        return ""
    for factor, more, fewer in _FACTORS:
        if _NEAR <= stated / (found * factor) <= 1 / _NEAR:
            return f"about {more} times as many"
        if _NEAR <= stated * factor / found <= 1 / _NEAR:
            return f"about {fewer} of them"
    if found < whole / 2 and abs(stated - whole) <= whole * _CLOSE:
        return "close to what the events of all countries add to"
    return "the same digits, two of them swapped" if _are_swapped(_digits(stated), _digits(found)) else ""


_NEAR, _CLOSE = Decimal("0.8"), Decimal("0.05")
_FACTORS: Final = (
    (10, "ten", "a tenth"), (100, "a hundred", "a hundredth"), (1000, "a thousand", "a thousandth"),
)  # fmt: skip


def _digits(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _are_swapped(one: str, other: str) -> bool:
    return any(
        one == other[:at] + other[at + 1] + other[at] + other[at + 2 :] and "." not in other[at : at + 2]
        for at in range(len(other) - 1)
    )


def rounding(headline: Decimal, parts: Collection[Decimal]) -> Decimal:
    """How far a rounded headline may be from the sum of its parts: less than one of its last place.

    Nothing where the parts are no finer than the headline: whole numbers add up exactly.
    """
    last = _last_place(headline)
    return last if any(_last_place(part) < last for part in parts) else Decimal(0)


def _last_place(amount: Decimal) -> Decimal:
    """The unit of the last decimal that is stated; 1 for whole numbers, for their zeros may be exact."""
    exponent = amount.normalize().as_tuple().exponent
    return Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else Decimal(1)
