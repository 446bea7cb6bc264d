"""How much a title offers: amounts, pieces, strengths, each with its span and the rule that read it.

A title is read in two moves. ``quantities_in`` takes every statement for itself, from the words that stand in it and
beside it; what stands elsewhere changes nothing. ``offer_in`` then says, by a named rule, which one amount the title
offers, if it is one. Numbers are exact. What could mean two things gives two readings.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from crossbearing.reference.folding import folded
from crossbearing.reference.quantity import EXACT, Found, Quantity, Role
from crossbearing.reference.quantity_rules import BEGINNINGS, rules_for
from crossbearing.reference.quantity_tokens import NAME, NUMBER, OTHERS, tokens_of

# Restated amounts ("1/4 oz (7g)") differ by what the trade rounds off an ounce or a pound.
_RESTATED: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class TitleQuantities:
    """What a title says of amounts.

    Attributes:
        reason: Why there is no reading; empty if there is one.
    """

    readings: tuple[Quantity, ...]
    reason: str


def quantities_in(title: str | None) -> TitleQuantities:
    """Every quantity that a title states, in order; or why there is none."""
    if not title or not title.strip():
        return TitleQuantities((), "no text")
    tokens = tokens_of(folded(title))
    kinds = "".join(token.kind for token in tokens)
    rules = rules_for(frozenset(kinds))
    readings: list[Quantity] = []
    at = 0
    while at < len(kinds):
        if kinds[at] in BEGINNINGS:
            for name, pattern, build in rules:
                match = pattern.match(kinds, at)
                found = build(Found(name, match, tokens, title)) if match else []
                if match and found:
                    readings += found
                    at = match.end()
                    break
            else:
                at += 1
        else:
            at += 1
    return TitleQuantities(tuple(readings), "" if readings else _reason(kinds))


def stated_content(quantity: Quantity) -> tuple[Decimal, Decimal, str] | None:
    """Pieces times what is in each: the active content as stated, not the weight of the pieces.

    Returns:
        Low, high and unit; None if the reading is no count with a content.
    """
    if quantity.each_low is None or quantity.each_high is None:
        return None
    low, high = EXACT.multiply(quantity.low, quantity.each_low), EXACT.multiply(quantity.high, quantity.each_high)
    return low, high, quantity.each_unit


@dataclass(frozen=True, slots=True)
class Offer:
    """The one amount that a title offers.

    Attributes:
        quantity: The amount; with the strength of a piece if the title states one elsewhere.
        reading: Which of the readings it is, from 0.
        rule: Why it is this one.
    """

    quantity: Quantity
    reading: int
    rule: str


def offer_in(readings: Sequence[Quantity]) -> Offer | None:
    """The one amount that a title offers, by a named rule; None if there is none, or several.

    Args:
        readings: Of one title, in order.
    """
    amounts = [(at, one) for at, one in enumerate(readings) if one.role == Role.AMOUNT]
    if any(_is_count(one) for _, one in amounts):  # beside a count, a lone "30 mg" is a strength
        amounts = [(at, one) for at, one in amounts if one.unit != "mg"]
    if not amounts:
        return None
    at, first = amounts[0]
    others = [one for _, one in amounts[1:]]
    if not others:
        return _with_strength(first, at, readings)
    if all(_is_same(first, other) for other in others):
        return Offer(first, at, "one amount, stated again")
    if all(other.start == first.start for other in others):
        return Offer(first, at, "likelier of two readings")
    sure = [(at, one) for at, one in amounts if not one.is_ambiguous]
    return Offer(sure[0][1], sure[0][0], "only amount that is not ambiguous") if len(sure) == 1 else None


def _with_strength(amount: Quantity, at: int, readings: Sequence[Quantity]) -> Offer:
    strengths = {(one.low, one.high, one.unit) for one in readings if one.role == Role.STRENGTH}
    if not _is_count(amount) or amount.each_low is not None or len(strengths) != 1:
        return Offer(amount, at, "only amount, ambiguous" if amount.is_ambiguous else "only amount")
    ((low, high, unit),) = strengths
    return Offer(replace(amount, each_low=low, each_high=high, each_unit=unit), at, "one count, one strength")


def _is_count(one: Quantity) -> bool:
    return one.unit not in {"g", "mg", "ml"}


def _is_same(one: Quantity, other: Quantity) -> bool:
    left, right = one.grams, other.grams
    if left is None or right is None:
        return (one.low, one.high) == (other.low, other.high) and (
            one.unit == other.unit or "piece" in {one.unit, other.unit}
        )
    return abs(left[0] - right[0]) <= _RESTATED * left[0] and abs(left[1] - right[1]) <= _RESTATED * left[1]


def _reason(kinds: str) -> str:
    if not re.search(f"[{NUMBER}{NAME}{OTHERS}]", kinds):
        return "no number"
    if NUMBER in kinds:
        return "number without unit"
    return "only a price, a share, a time or a size" if OTHERS in kinds else "numbers are parts of names"
