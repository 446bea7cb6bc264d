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
_DECLARED: Final = ("craft supplies", "laboratory equipment", "machine parts", "cosmetics", "food additives")
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SELLERS_PER_PRESSER: Final = 6


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain, in truth.

    Attributes:
        role: "source" or "presser" of a seller, or "source of presser".
        above: Number of the supplier, counted within its role.
        operator: Seller who is supplied; for a presser, its number.
        profile: What die or laboratory show of the supplier.
    """

    role: str
    above: int
    operator: int
    profile: str


def made_chain(population: Population, seed: int) -> list[Link]:
    """Every seller of pressed pills has a presser, every seller of bulk goods a source; several share one."""
    chance = stream(seed, "supply")
    links = []
    # What a laboratory or a die can tell apart, in no order: it names nobody.
    marks = [f"{_LETTERS[one // 24 % 24]}{_LETTERS[one % 24]}{one % 7}" for one in chance.permutation(24 * 24).tolist()]
    for role, codes in (("presser", _PRESSED), ("source", _BULK)):
        sellers = [one for one in population.operators if any(product.code in codes for product in one.products)]
        count = max(1, len(sellers) // _SELLERS_PER_PRESSER)
        own = marks[:count] if role == "presser" else marks[-count:]
        for operator in sellers:
            above = int(count * chance.random() ** 2)
            links.append(Link(role, above, operator.number, own[above]))
        if role == "presser":
            # A presser gets powder from a source as well.
            links += [Link("source of presser", int(chance.integers(count)), above, "") for above in range(count)]
    return links


def write_imports(path: Path, links: list[Link], people: People, seed: int) -> list[str]:
    """Imports of presses and precursors; gives the references of those that went to the pressers."""
    chance = stream(seed, "imports")
    pressers = sorted({link.above for link in links if link.role == "presser"})
    homes = chance.permutation(len(people)).tolist()
    rows = []
    for number in range(3 * len(pressers) + 20):
        is_theirs = number < 2 * len(pressers)
        place = (
            pressers[number % len(pressers)] if is_theirs else len(pressers) + int(chance.integers(len(people) // 2))
        )
        person = homes[place % len(people)]
        street, town, _, country = people.addresses.lines(int(people.home[person]))
        rows.append((
            is_theirs, f"{country} customs", _date(chance), _GOODS[int(chance.integers(len(_GOODS)))],
            _DECLARED[int(chance.integers(len(_DECLARED)))], " ".join(people.name(person)), street, town, country,
            int(chance.integers(200, 9_000)),
        ))  # fmt: skip
    mixed = [rows[place] for place in chance.permutation(len(rows)).tolist()]
    write_list(path, _IMPORTS, [(f"IM-{place + 1:04d}", *row[1:]) for place, row in enumerate(mixed)])
    return [f"IM-{place + 1:04d}" for place, row in enumerate(mixed) if row[0]]


def write_seizures(path: Path, links: list[Link], operators: list[Operator], seed: int) -> None:
    """Bulk seizures with what the laboratory says of where they came from; one in four has no profile."""
    chance = stream(seed, "bulk seizures")
    rows: list[Sequence[object]] = []
    sold = [link for link in links if link.role in {"presser", "source"}]
    for link in sold[:: max(1, len(sold) // 60)]:
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
