"""Currencies: ISO 4217 codes as the Unicode CLDR lists them, when some ended, and the coins that markets use."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from babel.core import get_global
from babel.numbers import list_currencies

COINS: Final = frozenset({"BTC", "XMR", "LTC", "ETH"})


@dataclass(frozen=True, slots=True)
class Ended:
    """That a currency is legal tender nowhere any more.

    Attributes:
        on: Last day on which it was tender anywhere.
        successor: Code of what its last country pays with; empty if the CLDR names none.
    """

    on: date
    successor: str


# What the CLDR of today does not know yet. Source: Council of the EU, 8 July 2025; both were tender for a month.
_ENDED_SINCE: Final = {"BGN": Ended(date(2026, 1, 31), "EUR")}


def is_currency(unit: str | None) -> bool:
    """Whether a unit is the code of a currency or a coin, also of one that ended."""
    return unit in _codes()


def ended(code: str | None) -> Ended | None:
    """When a currency ended; None if it is still tender, a coin, or no currency. Source: Unicode CLDR."""
    return _ended().get(code or "")


@cache
def _codes() -> frozenset[str | None]:
    return frozenset(list_currencies()) | COINS


@cache
def _ended() -> dict[str, Ended]:
    """Currencies that were tender once and are so in no territory now."""
    tenders: dict[str, list[tuple[date | None, str]]] = {}
    now: dict[str, list[tuple[date, str]]] = {}
    for territory, used in get_global("territory_currencies").items():
        for code, begins, ends, is_tender in used:
            if not is_tender:
                continue
            tenders.setdefault(code, []).append((_day(ends), territory))
            if ends is None:
                now.setdefault(territory, []).append((_day(begins) or date.min, code))
    found = {}
    for code, spans in tenders.items():
        ends_on = [(end, territory) for end, territory in spans if end is not None]
        if len(ends_on) == len(spans):
            on, territory = max(ends_on)
            found[code] = Ended(on, max(now.get(territory, [(date.min, "")]))[1])
    return _ENDED_SINCE | found


def _day(parts: tuple[int, int, int] | None) -> date | None:
    return date(*parts) if parts else None
