"""One statement of quantity: its values, unit, span and rule; and what a pattern over tokens took."""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final

from crossbearing.reference.quantity_tokens import NUMBER, Token, words

# Decimals after the point, as in the records. A value that needs more (1/3, 1/16 oz) is given as the two decimals
# around it.
_PLACES: Final = Decimal("0.000000000001")
EXACT: Final = Context(prec=60)


class Role(StrEnum):
    """What a quantity says of the offer."""

    AMOUNT = "amount"  # how much is offered
    STRENGTH = "strength"  # how much is in one piece, or in one ml
    FREE = "free"  # what comes on top
    DEAL = "deal"  # how many are given for the price of fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One reading of one statement.

    Attributes:
        low: Least amount, in ``unit``; equal to ``high`` unless a range is stated.
        unit: g, mg, ug, iu, ml, or what is counted: pill, capsule, tab, blotter, patch, seed, piece, pack ...
        each_low: Strength or content of one piece, in ``each_unit``; None if not stated beside the count.
        bound: exact, about, at_least, at_most.
        is_nominal: The trade's name for an amount, not a weight: an eighth, an 8-ball.
        is_ambiguous: The same words may mean something else.
        rule: Which rule read it.
    """

    role: Role
    low: Decimal
    high: Decimal
    unit: str
    each_low: Decimal | None = None
    each_high: Decimal | None = None
    each_unit: str = ""
    bound: str = "exact"
    is_nominal: bool = False
    is_ambiguous: bool = False
    rule: str
    text: str
    start: int
    end: int

    @property
    def grams(self) -> tuple[Decimal, Decimal] | None:
        """Low and high in g, if it is a mass; never for pieces."""
        factor = {"g": 1, "mg": 1_000, "ug": 1_000_000}.get(self.unit)
        if factor is None:
            return None
        return exact(Fraction(self.low) / factor)[0], exact(Fraction(self.high) / factor)[1]


Range = tuple[Fraction, Fraction]


class Found:
    """What a rule's pattern took: its tokens by group."""

    def __init__(self, rule: str, match: re.Match[str], tokens: list[Token], title: str) -> None:
        """Where the match stands in the tokens, and the tokens in the title."""
        self.rule, self._match, self.tokens, self._title = rule, match, tokens, title
        self.first, self.last = match.start(), match.end() - 1
        while self.last > self.first and tokens[self.last].kind in "bo,-":
            self.last -= 1

    @property
    def kinds(self) -> str:
        """The letters of the match."""
        return self._match[0]

    def token(self, group: str) -> Token | None:
        """The first token of a group; None if the pattern did not take it."""
        first, end = self._span(group)
        return self.tokens[first] if first < end else None

    def near(self, steps: int) -> Token | None:
        """A token before (negative) or after the match."""
        at = self.first + steps if steps < 0 else self.last + steps
        return self.tokens[at] if 0 <= at < len(self.tokens) else None

    def numbers(self, group: str) -> tuple[Range, ...]:
        """What the numbers of a group may be: a range each, low to high; none if they are no range."""
        first, end = self._span(group)
        taken = self.tokens[first:end]
        values = [token.values for token in taken if token.kind == NUMBER]
        if not values:
            return ()
        if len(values) == 1 or any(token.text == "/" and token.kind == "/" for token in taken):
            return tuple((value, value) for value in values[0])  # of two strengths, the first
        pairs = ((values[0][0], values[1][0]),)
        return tuple(pair for pair in pairs if pair[0] < pair[1])

    def reading(self, role: Role, span: Range, unit: str, **more: object) -> Quantity:
        """A reading with this match's span, text, rule and bound."""
        start, end = self.tokens[self.first].start, self.tokens[self.last].end
        low, high = exact(span[0])[0], exact(span[1])[1]
        return Quantity(
            role=role, low=low, high=high, unit=unit, bound=self._bound(), rule=self.rule,
            text=self._title[start:end], start=start, end=end, **more,  # type: ignore[arg-type]  # callers name fields
        )  # fmt: skip

    def _span(self, group: str) -> tuple[int, int]:
        return self._match.span(group) if group in self._match.re.groupindex and self._match[group] else (0, 0)

    def _bound(self) -> str:
        before, after, further = self.near(-1), self.near(1), self.near(2)
        if before is not None and (bound := words().bounds.get(before.text)):
            return bound
        is_open = after is not None and after.text == "+" and after.start == self.tokens[self.last].end
        return "at_least" if is_open and (further is None or further.kind != NUMBER) else "exact"


@lru_cache(maxsize=1 << 12)
def exact(value: Fraction) -> tuple[Decimal, Decimal]:
    """A fraction as the decimals of twelve places around it; the same one twice if it is one."""
    raw = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    low, high = (raw.quantize(_PLACES, rounding, EXACT) for rounding in (ROUND_FLOOR, ROUND_CEILING))
    return low.normalize(EXACT) + 0, high.normalize(EXACT) + 0
