"""Upstream of the sellers: sources, pressers, imports of presses and precursors, and what was seized in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import BEGINS, DAY, ENDS
from crossbearing.simulation.people import People
from crossbearing.simulation.population import Operator, Population
from crossbearing.simulation.servers.columns import stamps

_PRESSED: Final = {"pressed-blues", "pressed-addy", "pressed-bars", "xtc"}
_BULK: Final = {"fentanyl-powder", "heroin-brown", "heroin-white", "cocaine", "meth", "speed", "mdma"}
_GOODS: Final = ("tablet press TDP-class", "punch die set", "microcrystalline cellulose 25 kg", "blue lake dye",
                 "precursor, declared as resin", "vacuum sealer, industrial")  # fmt: skip
_IMPORTS: Final = ("import_ref", "agency", "arrived_on", "goods", "declared_as", "consignee_name", "consignee_street",
                   "consignee_town", "country", "value_usd")  # fmt: skip
_SEIZURES: Final = ("seizure_ref", "agency", "seized_on", "substance", "kilograms", "die_mark", "colour", "place",
                    "country", "laboratory_profile")  # fmt: skip
_SELLERS_PER_PRESSER: Final = 6


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain, in truth.

    Attributes:
        role: "source" or "presser".
        above: Number of the supplier, counted within its role.
        operator: Seller who is supplied.
    """

    role: str
    above: int
    operator: int
    profile: str


def made_chain(population: Population, seed: int) -> list[Link]:
    """Every seller of pressed pills has a presser, every seller of bulk goods a source; several share one."""
    chance = stream(seed, "supply")
    links = []
    for role, codes in (("presser", _PRESSED), ("source", _BULK)):
        sellers = [one for one in population.operators if any(product.code in codes for product in one.products)]
        count = max(1, len(sellers) // _SELLERS_PER_PRESSER)
        for operator in sellers:
            above = int(count * chance.random() ** 2)
            links.append(Link(role, above, operator.number, f"{role[0].upper()}{above:03d}"))
    return links


def write_imports(path: Path, links: list[Link], people: People, seed: int) -> None:
    """Imports of presses and precursors; some to the pressers, most to firms that have nothing to do with it."""
    chance = stream(seed, "imports")
    pressers = sorted({link.above for link in links if link.role == "presser"})
    rows: list[Sequence[object]] = []
    for number in range(3 * len(pressers) + 20):
        is_theirs = number < 2 * len(pressers)
        person = pressers[number % len(pressers)] if is_theirs else int(chance.integers(len(people)))
        street, town, _, country = people.addresses.lines(int(people.home[person]))
        rows.append((
            f"IM-{number + 1:04d}", f"{country} customs", _date(chance),
            _GOODS[int(chance.integers(len(_GOODS)))], "craft supplies" if is_theirs else "laboratory equipment",
            " ".join(people.name(person)), street, town, country, int(chance.integers(200, 9_000)),
        ))  # fmt: skip
    write_list(path, _IMPORTS, rows)


def write_seizures(path: Path, links: list[Link], operators: list[Operator], seed: int) -> None:
    """Bulk seizures with what the laboratory says of where they came from; one in four has no profile."""
    chance = stream(seed, "bulk seizures")
    rows: list[Sequence[object]] = []
    for link in links[:: max(1, len(links) // 60)]:
        operator = operators[link.operator]
        codes = _PRESSED if link.role == "presser" else _BULK
        substance = next(product.contains[0] for product in operator.products if product.code in codes)
        rows.append((
            f"BS-{len(rows) + 1:04d}", f"{operator.country.code} border police", _date(chance), substance,
            f"{int(chance.lognormal(7.5, 1.1)) / 1000:.3f}", f"die {link.profile}" if link.role == "presser" else "",
            ("blue", "white", "beige", "")[int(chance.integers(4))], operator.country.towns[0], operator.country.code,
            "" if chance.random() < 0.25 else f"profile {link.profile}",  # noqa: PLR2004
        ))  # fmt: skip
    write_list(path, _SEIZURES, rows)


def _date(chance: np.random.Generator) -> str:
    return stamps(np.array([BEGINS + int(chance.integers(ENDS - BEGINS)) // DAY * DAY]))[0][:10]
