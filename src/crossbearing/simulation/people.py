"""People: those who buy, those who live with them, and those whose address is used; all invented.

Columns, one row per person, so that hundreds of thousands fit; words are made where they are written.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.chance import stream
from crossbearing.simulation.markets import BEGINS, DAY, ENDS
from crossbearing.simulation.places import COUNTRIES, filled, shares, street_line
from crossbearing.simulation.scenario import BuyerDials

_ONSETS: Final = ("Bel", "Cor", "Dan", "Fer", "Gal", "Har", "Ist", "Jor", "Kel", "Lam", "Mor", "Nel", "Orl", "Pel",
                  "Quin", "Ros", "Sel", "Tar", "Ul", "Vor", "Wen", "Yal", "Zan", "Bram", "Cald", "Dref")  # fmt: skip
_ENDS: Final = ("mine", "rick", "wen", "ton", "sen", "ova", "ard", "ling", "meyer", "stra", "eaux", "kamp", "idge",
                "ello", "bury", "winski", "gard", "hoven", "rath", "land")  # fmt: skip
_GIVEN_ENDS: Final = ("a", "o", "in", "ia", "us", "en", "y", "is", "el")
FAMILIES: Final = tuple(one + end for one in _ONSETS for end in _ENDS)
GIVEN: Final = tuple(one + end for one in _ONSETS for end in _GIVEN_ENDS)
_HOUSES: Final = 180
_STREET_COUNT: Final = 24
_POSTCODES: Final = 100  # per town; what a pattern's last two digits can say


@dataclass(frozen=True, slots=True)
class Addresses:
    """Homes, by number."""

    country: NDArray[np.int16]
    town: NDArray[np.int16]
    street: NDArray[np.int16]
    house: NDArray[np.int16]
    postcode: NDArray[np.int16]

    def lines(self, number: int) -> tuple[str, str, str, str]:
        """Street line, town, postal code and country code of one home."""
        country = COUNTRIES[self.country[number]]
        street = street_line(country.code, int(self.street[number]), int(self.house[number]))
        return (
            street,
            country.towns[self.town[number]],
            filled(country.postcode, int(self.postcode[number])),
            country.code,
        )


@dataclass(frozen=True, slots=True)
class People:
    """Persons, by number.

    Attributes:
        home: Address at first.
        later_home: Address after the move; the same where nobody moved.
        moved_at: Unix seconds; beyond the end where nobody moved.
        born: Unix day number of birth.
    """

    addresses: Addresses
    given: NDArray[np.int16]
    family: NDArray[np.int16]
    born: NDArray[np.int32]
    home: NDArray[np.int32]
    later_home: NDArray[np.int32]
    moved_at: NDArray[np.int64]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.given)

    def name(self, number: int) -> tuple[str, str]:
        """Given name and family name."""
        return GIVEN[self.given[number]], FAMILIES[self.family[number]]

    def home_at(self, persons: NDArray[np.int32], at: NDArray[np.int64]) -> NDArray[np.int32]:
        """Where each person lives at that time."""
        homes: NDArray[np.int32] = np.where(at < self.moved_at[persons], self.home[persons], self.later_home[persons])
        return homes


def made_people(count: int, dials: BuyerDials, seed: int, *, of: str) -> People:
    """Persons with homes; some share one.

    Args:
        count: How many.
        dials: How many share, move, are minors.
        seed: Of the simulation.
        of: Name of this group; groups are drawn apart from each other.
    """
    chance = stream(seed, "people", of)
    moved = chance.random(count) < dials.moved
    # Whoever moves goes to a home where nobody else lived.
    addresses = _homes(chance, count + int(moved.sum()))
    # Whoever shares a home shares that of the person before.
    together = chance.random(count) < dials.shared_home
    home = np.maximum.accumulate(np.where(together, 0, np.arange(count))).astype(np.int32)
    later = np.where(moved, count + np.cumsum(moved) - 1, home).astype(np.int32)
    moved_at = np.where(moved, chance.integers(BEGINS, ENDS, count), ENDS + 4000 * DAY)
    age = np.where(
        chance.random(count) < dials.minors, chance.integers(14, 18, count), 18 + chance.gamma(2.2, 6.5, count)
    )
    born = (BEGINS // DAY - age * 365.25).astype(np.int32)
    return People(
        addresses,
        _frequent(chance, len(GIVEN), count),
        _frequent(chance, len(FAMILIES), count),
        born,
        home,
        later,
        moved_at.astype(np.int64),
    )


def _homes(chance: np.random.Generator, count: int) -> Addresses:
    country = chance.choice(len(COUNTRIES), size=count, p=shares("buyers")).astype(np.int16)
    towns = np.array([len(one.towns) for one in COUNTRIES])
    # The square makes the first town of each country the largest.
    town = (chance.random(count) ** 2 * towns[country]).astype(np.int16)
    return Addresses(
        country,
        town,
        chance.integers(_STREET_COUNT, size=count, dtype=np.int16),
        chance.integers(1, _HOUSES, size=count, dtype=np.int16),
        chance.integers(_POSTCODES, size=count, dtype=np.int16),
    )


def _frequent(chance: np.random.Generator, kinds: int, count: int) -> NDArray[np.int16]:
    """Names by number, the first ones common and the last ones rare, as 1 / (rank + 5)."""
    weights = 1 / (np.arange(kinds) + 5.0)
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(edges, chance.random(count)), kinds - 1).astype(np.int16)
