"""Where people are: countries with their towns, streets, postage times and telephone numbers, all invented.

Telephone numbers come from the ranges that regulators keep free for drama. Town names exist nowhere;
postal codes have the country's form and lie outside its ranges.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country.

    Attributes:
        code: ISO 3166.
        words: How sellers write it as the origin.
        currency: ISO 4217.
        phone: Pattern of a number nobody has; ``#`` is a digit.
        postcode: Pattern of a code that nobody lives in.
        towns: Invented.
        sellers: Relative share of sellers.
        buyers: Relative share of buyers.
    """

    code: str
    words: tuple[str, ...]
    currency: str
    phone: str
    postcode: str
    towns: tuple[str, ...]
    sellers: int
    buyers: int


# Ranges: US 555-01xx; GB Ofcom "TV drama"; DE BNetzA drama numbers; FR ARCEP 01 99 00; AU-style reserve elsewhere.
COUNTRIES: Final = (
    Country(code="US", words=("USA", "United States", "US", "usa"), currency="USD", phone="+1 202 555 01##",
            postcode="000##", towns=("Marrow Falls", "Quillen", "Port Ansley", "Dunmore Flats", "Oxbow Ridge",
            "Saltbrook", "Tannery Hill", "West Calder", "Vesper Lake", "Hollin Springs", "Brackwater", "Eastlow"),
            sellers=28, buyers=36),
    Country(code="GB", words=("United Kingdom", "UK", "England", "uk"), currency="GBP", phone="+44 20 7946 0###",
            postcode="ZZ## 9ZZ", towns=("Thornmere", "Lower Askham", "Brindlewick", "Carrow-on-Sea", "Haddlesey Vale",
            "Northmoss", "Pellbridge"), sellers=17, buyers=14),
    Country(code="DE", words=("Germany", "DE", "Deutschland", "germany"), currency="EUR", phone="+49 30 23125 ###",
            postcode="000##", towns=("Neuwaldau", "Altenfurth", "Grubenhausen", "Seelingen", "Moorkirchen",
            "Hinterbach"), sellers=16, buyers=14),
    Country(code="NL", words=("Netherlands", "NL", "Holland", "The Netherlands"), currency="EUR",
            phone="+31 85 000 0###", postcode="00## ZZ", towns=("Oosterwold", "Veldkapel", "Nieuwdrecht",
            "Hagewoud"), sellers=14, buyers=5),
    Country(code="FR", words=("France", "FR", "france"), currency="EUR", phone="+33 1 99 00 ## ##", postcode="000##",
            towns=("Clairfontaine-sur-Orle", "Montbreuil", "Val-des-Saules", "Roquebelle"), sellers=6, buyers=8),
    Country(code="AT", words=("Austria", "AT", "Oesterreich"), currency="EUR", phone="+43 1 000 0###",
            postcode="00##", towns=("Obersteinach", "Lindkirchen"), sellers=4, buyers=4),
    Country(code="CH", words=("Switzerland", "CH", "Schweiz"), currency="CHF", phone="+41 44 000 00 ##",
            postcode="00##", towns=("Felsenwil", "Unterach"), sellers=3, buyers=4),
    Country(code="PL", words=("Poland", "PL", "Polska"), currency="PLN", phone="+48 22 000 0# ##", postcode="00-0##",
            towns=("Brzezinowo", "Stara Kepka"), sellers=5, buyers=5),
    Country(code="BR", words=("Brazil", "BR", "Brasil"), currency="BRL", phone="+55 11 0000 00##",
            postcode="00000-0##", towns=("Santa Cordia", "Vila Marola"), sellers=2, buyers=4),
)  # fmt: skip
BY_CODE: Final = {country.code: country for country in COUNTRIES}
# What a seller writes who does not want to say: not one country.
NOWHERE: Final = ("Worldwide", "", "Europe", "EU", "Undeclared")
_STREETS: Final = (
    "Alder", "Barley", "Chandler", "Damson", "Fern", "Glebe", "Hazel", "Ivy", "Kiln", "Larch", "Mallow", "Nettle",
    "Orchard", "Pound", "Quarry", "Rowan", "Sedge", "Tithe", "Vine", "Willow", "Wren", "Yarrow", "Copper", "Lantern",
)  # fmt: skip
_STREET_FORMS: Final = {
    "US": "{number} {street} St", "GB": "{number} {street} Lane", "DE": "{street}weg {number}",
    "NL": "{street}straat {number}", "FR": "{number} rue {street}", "AT": "{street}gasse {number}",
    "CH": "{street}weg {number}", "PL": "ul. {street}owa {number}", "BR": "Rua {street}, {number}",
}  # fmt: skip
# Days from dispatch to the letter box, at home and abroad: shortest and longest. Our own assumption.
AT_HOME: Final = (1, 4)
ABROAD: Final = (5, 16)


def filled(pattern: str, number: int) -> str:
    """The pattern with the number's digits in the place of its ``#``."""
    digits = str(number).zfill(pattern.count("#"))[-pattern.count("#") :]
    taken = iter(digits)
    return "".join(next(taken) if sign == "#" else sign for sign in pattern)


def street_line(country: str, street: int, number: int) -> str:
    """One street with a house number, in the country's order of words."""
    return _STREET_FORMS[country].format(street=_STREETS[street % len(_STREETS)], number=number)


def shares(of: str) -> NDArray[np.float64]:
    """Share of each country among "sellers" or "buyers", in the order of ``COUNTRIES``."""
    weights = np.array([getattr(country, of) for country in COUNTRIES], dtype=np.float64)
    of_all: NDArray[np.float64] = weights / weights.sum()
    return of_all
