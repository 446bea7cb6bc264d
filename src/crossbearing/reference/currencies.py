"""Currencies: ISO 4217 codes as the Unicode CLDR lists them, and the coins that markets use."""

from functools import cache
from typing import Final

from babel.numbers import list_currencies

COINS: Final = frozenset({"BTC", "XMR", "LTC", "ETH"})


def is_currency(unit: str | None) -> bool:
    """Whether a unit is the code of a currency or a coin."""
    return unit in _codes()


@cache
def _codes() -> frozenset[str | None]:
    return frozenset(list_currencies()) | COINS
