"""What agencies hold already: identifiers in their own cases, accounts of their officers and sources."""

from pathlib import Path
from typing import Final

from crossbearing.simulation.chance import stream
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import KESTREL
from crossbearing.simulation.places import BY_CODE
from crossbearing.simulation.population import Account, Kind, Population

COVERT: Final = ("kind", "market", "handle")
_LISTED, _STRAY = 0.25, 0.02  # accounts on an agency's own list: of its country, of others
_WELL_KNOWN: Final = 0.06  # accounts that several agencies look into
_SHARED: Final = 0.4  # chance that an agency holds one of those
_KEY_TOO: Final = 0.3  # of the held accounts, those whose key is held as well
_KINDS: Final = {Kind.OFFICER: "undercover", Kind.INFORMANT: "source"}


def write_identifiers(folder: Path, population: Population, seed: int) -> list[tuple[str, str]]:
    """One file an agency; gives owners and names of the files. Some accounts stand in several."""
    well_known = stream(seed, "well known").random(len(population.accounts)) < _WELL_KNOWN
    listed = []
    for code in BY_CODE:
        chance = stream(seed, "identifiers", code)
        rows = []
        for one in population.accounts:
            if chance.random() < _interest(one, code, population, is_well_known=bool(well_known[one.number])):
                rows.append(("handle", f"{one.market.name}/{one.handle}"))
                if one.key and chance.random() < _KEY_TOO:
                    rows.append(("pgp", one.key.fingerprint))
        name = f"identifiers-{code.lower()}.csv"
        write_list(folder / name, ("kind", "value"), sorted(set(rows)))
        listed.append((f"{code} desk", name))
    return listed


def _interest(account: Account, code: str, population: Population, *, is_well_known: bool) -> float:
    """Chance that an agency holds an account: mostly those who ship from its country, and those everybody knows."""
    if is_well_known:
        return _SHARED
    return _LISTED if population.operators[account.operators[0]].country.code == code else _STRAY


def covert_accounts(population: Population, buyers: list[str], share: float, seed: int) -> list[tuple[str, str, str]]:
    """Kind, market and handle of officers' and sources' accounts: sellers, and as many buyers, one at least."""
    sellers = [(_KINDS[one.kind], one.market.name, one.handle) for one in population.accounts if one.kind in _KINDS]
    count = max(1, round(share * len(population.accounts)))
    chosen = stream(seed, "covert buyers").permutation(len(buyers))[:count].tolist()
    return sellers + [
        ("source" if number % 2 else "undercover", KESTREL.name, buyers[place]) for number, place in enumerate(chosen)
    ]
