"""Daily prices of coins and currencies: invented series with the gaps that real ones have."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import ANNOUNCED, BEGINS, DAY
from crossbearing.simulation.servers.columns import dollars
from crossbearing.simulation.trade import Rates

_FIRST: Final = BEGINS // DAY - 5
_DAYS: Final = ANNOUNCED // DAY - _FIRST + 5
_START_CENTS: Final = np.array([1_200_000, 9_000], np.int64)  # bitcoin, Monero
_EURO: Final = 85  # US cents' worth of a dollar in euro cents; kept fixed
# Units of the currency for one euro, in ten-thousandths.
_AROUND: Final = {"USD": 11_300, "GBP": 8_600, "CHF": 10_500, "PLN": 45_600, "SEK": 102_000, "BRL": 61_000}


def made_rates(seed: int) -> Rates:
    """A daily walk for both coins, whole cents."""
    chance = stream(seed, "rates")
    cents = np.empty((2, _DAYS), np.int64)
    cents[:, 0] = _START_CENTS
    steps = chance.integers(-30, 34, size=(2, _DAYS))  # thousandths a day
    for day in range(1, _DAYS):
        cents[:, day] = np.maximum(cents[:, day - 1] * (1000 + steps[:, day]) // 1000, _START_CENTS // 2)
    return Rates(_FIRST, cents)


def write_bitcoin(path: Path, rates: Rates) -> None:
    """Newest first, as the public file of this kind has it."""
    days = range(_DAYS - 1, -1, -1)
    prices = rates.cents[0].tolist()
    write_list(
        path,
        ("Date", "BTC_USD", "BTC_EUR"),
        [(_day(day), dollars(prices[day]), dollars(prices[day] * _EURO // 100)) for day in days],
    )


def write_monero(path: Path, rates: Rates) -> None:
    """Oldest first, one price a day, empty where the source had none."""
    prices = rates.cents[1].tolist()
    write_list(
        path,
        ("Date", "XMR_USD", "XMR_EUR"),
        [
            (_day(day), *(("", "") if day % 97 == 0 else (dollars(prices[day]), dollars(prices[day] * _EURO // 100))))
            for day in range(_DAYS)
        ],
    )


def write_euro(path: Path, seed: int) -> None:
    """Working days only, newest first, trailing comma, as the central bank's file has it."""
    drift = stream(seed, "euro").integers(-200, 200, size=_DAYS).tolist()
    rows = []
    for day in range(_DAYS - 1, -1, -1):
        if _date(day).weekday() < 5:  # noqa: PLR2004 - Monday to Friday
            rates = [around + drift[day] for around in _AROUND.values()]
            rows.append((_day(day), *(f"{one // 10_000}.{one % 10_000:04d}" for one in rates), ""))
    write_list(path, ("Date", *_AROUND, ""), rows)


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=_FIRST + day)


def _day(day: int) -> str:
    return _date(day).isoformat()
