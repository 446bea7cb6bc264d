"""One seller's own list of customers, from a seized laptop: those on the market, and more who bought elsewhere."""

from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.formats.sqlite import SqliteFile
from crossbearing.simulation.formats.table import Table
from crossbearing.simulation.markets import KESTREL
from crossbearing.simulation.places import BY_CODE, filled
from crossbearing.simulation.population import Account
from crossbearing.simulation.servers.columns import stamps
from crossbearing.simulation.servers.kestrel import Contents

_ON_MARKET: Final = 0.8  # at most; the others bought elsewhere
_COLUMNS: Final = ("id", "name", "street", "town", "code", "country", "phone", "last_order")
_TABLE: Final = Table("customers", tuple((name, "INTEGER" if name == "id" else "TEXT") for name in _COLUMNS))


def write_customer_list(path: Path, contents: Contents, count: int, seed: int) -> tuple[Account, int, int]:
    """Write it; gives whose it is, how many customers are on it, and how many of them bought on the first market.

    Args:
        path: Where to.
        contents: Of the first market; the seller with most buyers who fit on the list is the one.
        count: Customers on it, as far as there are so many people.
        seed: Of the simulation.
    """
    chance, sales, people = stream(seed, "customers"), contents.sales, contents.people
    owner = np.array([one.account for one in contents.adverts])[sales.advert]
    pairs = np.unique(np.stack([owner, sales.buyer]), axis=1)
    sellers, buyers = np.unique(pairs[0], return_counts=True)
    fits = np.where(buyers <= _ON_MARKET * count, buyers, -buyers)  # of those too large, the smallest
    seller = int(sellers[fits.argmax()])
    own = pairs[1, pairs[0] == seller]
    others = np.setdiff1d(np.arange(len(people)), own)
    chosen = chance.permutation(np.concatenate([own, chance.permutation(others)[: max(0, count - len(own))]])).tolist()
    bought = stamps(KESTREL.opens + chance.integers(KESTREL.closes - KESTREL.opens, size=len(chosen)))
    rows = []
    for number, person in enumerate(chosen):
        street, town, code, country = people.addresses.lines(int(people.home[person]))
        phone = filled(BY_CODE[country].phone, int(chance.integers(1000)))
        rows.append((number + 1, " ".join(people.name(person)), street, town, code, country, phone, bought[number]))
    with SqliteFile(path) as file:
        file.table(_TABLE, [[list(column) for column in zip(*rows, strict=True)]])
    return contents.population.accounts[seller], len(chosen), len(own)
