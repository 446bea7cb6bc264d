"""Money in one currency: every amount with its rate, the rate's date, and what could not be converted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from crossbearing.reference.currencies import is_currency
from crossbearing.store.session import Session

METHOD: Final = "last rate on or before the day, at most 7 days old; rounded half to even at the cent"
_OLDEST: Final = timedelta(days=7)
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Converted:
    """One amount in the wanted currency, or the reason why not.

    Attributes:
        rate: Wanted units for one unit of ``currency``; None if no rate was found.
    """

    amount: Decimal
    currency: str
    on: date | None
    rate: Decimal | None
    rate_on: date | None
    value: Decimal | None
    place: str


class Rates:
    """Exchange rates of an operation, across one common currency."""

    def __init__(self, engine: Session) -> None:
        """Take every rate of the records."""
        self._prices: dict[tuple[str, str], dict[date, Decimal]] = {}
        for row in engine.rows("SELECT base, quote, valid_on, max(price) AS price FROM rate GROUP BY ALL"):
            self._prices.setdefault((row["base"], row["quote"]), {})[row["valid_on"]] = row["price"]

    def knows(self, currency: str) -> bool:
        """Whether any rate names the currency."""
        return any(currency in pair for pair in self._prices)

    def rate(self, source: str, wanted: str, on: date) -> tuple[Decimal, date] | None:
        """Wanted units for one unit of the source on a day, with the day of the rate.

        Tried in order: the same currency, a quoted price, the inverse of one, and two steps across EUR.
        """
        if source == wanted:
            return Decimal(1), on
        if found := self._price(source, wanted, on):
            return found
        if found := self._price(wanted, source, on):
            return Decimal(1) / found[0], found[1]
        if "EUR" in {source, wanted}:
            return None
        first, second = self.rate(source, "EUR", on), self.rate("EUR", wanted, on)
        return (first[0] * second[0], min(first[1], second[1])) if first and second else None

    def _price(self, base: str, quote: str, on: date) -> tuple[Decimal, date] | None:
        prices = self._prices.get((base, quote), {})
        days = [on - timedelta(days=back) for back in range(_OLDEST.days + 1)]
        return next(((prices[day], day) for day in days if day in prices), None)


def converted(rows: Sequence[Mapping[str, Any]], rates: Rates, wanted: str) -> list[Converted]:
    """Each money event in the wanted currency.

    Args:
        rows: Events that count, with ``amount``, ``unit``, ``happened_on``, ``reported_on`` and ``place``.
        rates: Where rates come from.
        wanted: Currency code.
    """
    money = [row for row in rows if is_currency(row["unit"])]
    found = []
    for row in money:
        on = row["happened_on"] or row["reported_on"]
        rate = rates.rate(row["unit"], wanted, on) if on else None
        value = (row["amount"] * rate[0]).quantize(_CENT, ROUND_HALF_EVEN) if rate else None
        found.append(Converted(row["amount"], row["unit"], on, rate and rate[0], rate and rate[1], value, row["place"]))
    return found
