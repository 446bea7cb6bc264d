"""Where sellers say they ship to; every list holds the countries that buyers live in, so that no sale contradicts it.

Adverts of a real market (Agora, January to March 2014) say worldwide, one country, a region, or worldwide with
exceptions. Those that ship at home only are left out here: buyers are drawn without regard to it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.markets import Market
from crossbearing.simulation.places import COUNTRIES
from crossbearing.simulation.population import Account, Kind, Population
from crossbearing.simulation.scenario import TradeDials

# Where no buyer lives. How often each is named is invented, with those first that real exceptions name most.
_ABROAD: Final = {
    "AU": "Australia", "NZ": "New Zealand", "FI": "Finland", "NO": "Norway", "SE": "Sweden", "CA": "Canada",
    "RU": "Russia", "SG": "Singapore", "JP": "Japan", "IL": "Israel", "ZA": "South Africa", "AR": "Argentina",
}  # fmt: skip
_EVERYWHERE: Final = ("Worldwide", "worldwide", "World Wide", "WW", "International", "Everywhere")
_BUT: Final = ("except", "but not", "excluding", "excl.", "not")
_HOMES: Final = ("Europe", "USA", "Brazil")
_HOME_CODES: Final = tuple(one.code for one in COUNTRIES)
_MOST: Final = 4  # countries that an exception or a list names beside the usual


@dataclass(frozen=True, slots=True)
class Destinations:
    """What a seller says.

    Attributes:
        places: Codes of the countries that are left out, or named beside those of buyers.
        is_list: Whether the seller lists where to, instead of saying where not; neither if there are no places.
    """

    places: tuple[str, ...]
    is_list: bool

    def of_the_form(self) -> tuple[str, str | None]:
        """Option and codes, as the first market's form asks for them."""
        if not self.places:
            return "all", None
        chosen = (*_HOME_CODES, *self.places) if self.is_list else self.places
        return ("include" if self.is_list else "exclude"), ", ".join(chosen)

    def in_words(self, chance: np.random.Generator) -> str:
        """As it is written where a market has a line for it."""
        names = [_ABROAD[code] for code in self.places]
        if self.is_list:
            return ", ".join([*_HOMES, *names])
        everywhere = _EVERYWHERE[int(chance.integers(len(_EVERYWHERE)))]
        if not names:
            return everywhere
        return f"{everywhere} {_BUT[int(chance.integers(len(_BUT)))]} {', '.join(names)}"


def destinations(population: Population, dials: TradeDials, seed: int) -> dict[int, Destinations]:
    """By account number: the operator's, or another of the account's own; a copycat takes the victim's."""
    found = dict[int, Destinations]()
    for account in sorted(population.accounts, key=lambda one: one.kind is Kind.COPYCAT):
        found[account.number] = found[account.copies] if account.copies >= 0 else _of(account, dials, seed)
    return found


def destinations_in_words(population: Population, market: Market, dials: TradeDials, seed: int) -> dict[int, str]:
    """The same for the accounts of one market, each in words of its own."""
    stated = destinations(population, dials, seed)
    return {
        one.number: stated[one.number].in_words(stream(seed, "destinations", "words", one.number))
        for one in population.on(market)
    }


def _of(account: Account, dials: TradeDials, seed: int) -> Destinations:
    chance = stream(seed, "destinations", "account", account.number)
    if chance.random() < dials.destinations_kept:
        chance = stream(seed, "destinations", "operator", account.operators[0])
    if chance.random() >= dials.destinations_named:
        return Destinations((), is_list=False)
    weights = 1 / (np.arange(len(_ABROAD)) + 2.0)
    count = int(chance.integers(1, _MOST + 1))
    chosen = chance.choice(list(_ABROAD), size=count, replace=False, p=weights / weights.sum())
    return Destinations(tuple(sorted(map(str, chosen))), is_list=bool(chance.random() < 0.25))  # noqa: PLR2004
