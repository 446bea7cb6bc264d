"""Money in one currency: every amount with its rate, the rate's date, and what could not be converted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from crossbearing.presentation.text import seized
from crossbearing.reference.currencies import ended, is_currency
from crossbearing.reference.quantity import EXACT
from crossbearing.store.session import Session

METHOD: Final = (
    "the reporter's own rate where it gives one with day and source, else the last rate on or before the day, at most "
    "7 days old; rounded half to even at the cent"
)
_OLDEST: Final = timedelta(days=7)
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Converted:
    """One amount in the wanted currency, or the reason why not.

    Attributes:
        rate: Wanted units for one unit of ``currency``; None if no rate was found.
        source: Where the rate is from.
    """

    amount: Decimal
    currency: str
    on: date | None
    rate: Decimal | None
    rate_on: date | None
    value: Decimal | None
    place: str
    source: str = ""


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
        rows: Events that count, with ``amount``, ``unit``, ``happened_on``, ``reported_on``, ``place``, and the rate
            that the reporter gives, if any: ``stated_rate``, ``worth_in``, ``rate_on``, ``rate_source``.
        rates: Where rates come from.
        wanted: Currency code.
    """
    found = []
    for row in rows:
        if not is_currency(row["unit"]):
            continue
        on = row["happened_on"] or row["reported_on"]
        over = ended(row["unit"])
        rate: tuple[Decimal, date] | None
        if row["stated_rate"] and row["worth_in"] == wanted:
            rate, source = (row["stated_rate"], row["rate_on"]), f"reporter: {seized(row['rate_source'])}"
        elif on and not (over and on > over.on):
            rate, source = rates.rate(row["unit"], wanted, on), "rates on record"
        else:
            rate, source = None, ""
        value = EXACT.multiply(row["amount"], rate[0]).quantize(_CENT, ROUND_HALF_EVEN) if rate else None
        found.append(
            Converted(
                row["amount"], row["unit"], on, rate and rate[0], rate and rate[1], value, row["place"],
                source if rate else "",
            )
        )  # fmt: skip
    return found
