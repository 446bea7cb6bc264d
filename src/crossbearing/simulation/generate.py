"""Write a simulated operation: the evidence, apart from it the truth, and a manifest."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation import truth
from crossbearing.simulation.chance import stream
from crossbearing.simulation.customers import write_customer_list
from crossbearing.simulation.decrypted import write_decrypted
from crossbearing.simulation.formats.dirt import cut
from crossbearing.simulation.forum import write_forum
from crossbearing.simulation.handles import buyer_handles
from crossbearing.simulation.holdings import COVERT, covert_accounts, write_identifiers
from crossbearing.simulation.identities import Identities
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.manifest import CASES, EVIDENCE, write_manifest
from crossbearing.simulation.markets import KESTREL, OSPREY, PLOVER, Market
from crossbearing.simulation.money import pay
from crossbearing.simulation.overdoses import Setting, made_overdoses, write_cases, write_toxicology
from crossbearing.simulation.partners import made_reports, write_reports
from crossbearing.simulation.people import made_people
from crossbearing.simulation.persons import Tie, Ties
from crossbearing.simulation.population import Population, made_population
from crossbearing.simulation.rates import made_rates, write_bitcoin, write_euro, write_monero
from crossbearing.simulation.scenario import SIZES, Scenario, Size, read_scenario
from crossbearing.simulation.servers.kestrel import Contents, Ids, write_kestrel
from crossbearing.simulation.servers.osprey import write_osprey
from crossbearing.simulation.servers.plover import write_capture, write_pages
from crossbearing.simulation.servers.profiles import contact_of
from crossbearing.simulation.supply import made_chain, write_imports, write_seizures
from crossbearing.simulation.trade import made_adverts, made_sales, places_of, resellers_of, sellers_who_buy
from crossbearing.simulation.uploads import write_applications, write_uploads

__all__ = ["SIZES", "STAGES", "read_scenario", "write_simulation"]

TRUTH, MANIFEST = "truth", "manifest.json"
STAGES: Final = 12
_CUT_AT: Final = 8_000_000  # bytes of the dump from which the damaged copy is cut
_CANARIES: Final = 3


@dataclass(frozen=True, slots=True)
class Making:
    """What every part needs."""

    evidence: Path
    truth: Path
    size: Size
    scenario: Scenario
    seed: int
    done: Callable[[int], None]


def write_simulation(
    folder: Path, *, size: str, seed: int, scenario: Scenario, done: Callable[[int], None]
) -> list[Path]:
    """Write an operation; the same size, seed, scenario and version give the same bytes.

    Args:
        folder: An empty folder.
        size: One of ``SIZES``.
        seed: Any whole number.
        scenario: How hard everything is.
        done: Is told of each further stage, of ``STAGES``.

    Returns:
        The files, evidence first.
    """
    making = Making(folder / EVIDENCE, folder / TRUTH, SIZES[size], scenario, seed, done)
    (making.evidence / "chain").mkdir(parents=True)
    making.truth.mkdir()
    population = made_population(making.size, scenario, seed)
    truth.write_accounts(making.truth, population)
    done(1)
    kestrel, ids = _markets(making, population)
    further = _leads(making, population, kestrel, ids)
    reports = made_reports(scenario.partners, seed, scale=1.0 if size == "tiny" else 5.0)
    names = write_reports(making.evidence, reports)
    truth.write_reports(making.truth, reports)
    covert = covert_accounts(population, kestrel.handles, scenario.population.covert, seed)
    write_list(making.evidence / "covert-register.csv", COVERT, sorted(covert))
    truth.write_covert(making.truth, covert)
    truth.write_scenario(making.truth, scenario, size, seed)
    write_manifest(
        folder / MANIFEST,
        dirt=scenario.dirt,
        reports=names,
        identifiers=write_identifiers(making.evidence, population, seed),
        canaries=_canaries(kestrel, seed),
        cases=[(case, f"{case[:2]} desk", f"officer {number + 1}") for number, case in enumerate(CASES)],
        scenario=scenario.name,
        further=further,
    )  # fmt: skip
    done(1)
    return [*_files(making.evidence), *_files(making.truth), folder / MANIFEST]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _markets(making: Making, population: Population) -> tuple[Contents, Ids]:
    """The three markets, with the money of the two that were seized."""
    seed, scenario, size = making.seed, making.scenario, making.size
    rates = made_rates(seed)
    write_bitcoin(making.evidence / "bitcoin-prices.csv", rates)
    write_monero(making.evidence / "monero-prices.csv", rates)
    write_euro(making.evidence / "euro-rates.csv", seed)
    seized = []
    people = []
    for market, sales, buyers in zip((KESTREL, OSPREY), size.sales, size.buyers, strict=True):
        adverts = made_adverts(market, population, scenario, seed, size.adverts)
        persons = made_people(buyers, scenario.buyers, seed, of=market.name)
        sold = made_sales(market, population, adverts, persons, rates=rates, count=sales, scenario=scenario, seed=seed)
        seized.append((market, adverts, sold))
        people.append(persons)
        making.done(1)
    paid = pay(making.evidence / "chain", seized, population, scenario, seed, lambda _: None)
    (making.evidence / "chain" / "services.tagpack.yaml").rename(making.evidence / "services.tagpack.yaml")
    making.done(1)
    kestrel, osprey = (
        _contents(making, market, Contents(population, adverts, sold, persons, [], {}, own))
        for (market, adverts, sold), persons, own in zip(seized, people, paid, strict=True)
    )
    ids = write_kestrel(making.evidence / "kestrel.sql", kestrel, scenario, seed)
    making.done(1)
    if scenario.dirt.cut:
        _cut_copy(making.evidence / "kestrel.sql", making.evidence / "kestrel-cut.sql", seed)
    osprey_sales = [str(number + 1) for number in range(len(osprey.sales))]
    paid_sales = [
        (market.name, contents.paid, sale_ids, contents.sales.deleted)
        for market, contents, sale_ids in ((KESTREL, kestrel, ids.sale), (OSPREY, osprey, osprey_sales))
    ]
    truth.write_money(making.truth, paid_sales)
    truth.write_buyers(making.truth, kestrel, _resellers(making, kestrel), KESTREL.opens)
    making.done(1)
    write_osprey(making.evidence / "osprey.sql", osprey, scenario, seed)
    _beside_the_dumps(making, population, kestrel)
    return kestrel, ids


def _contents(making: Making, market: Market, contents: Contents) -> Contents:
    """With the names of those who buy; some of them sell as well."""
    count, share = len(contents.people), making.scenario.trade.sellers_buy
    buying = sellers_who_buy(market, contents.population, count, share, making.seed)
    names = buyer_handles(stream(making.seed, "buyers", market.name), count)
    return replace(
        contents,
        handles=[buying[number].handle if number in buying else name for number, name in enumerate(names)],
        buying=buying,
    )


def _beside_the_dumps(making: Making, population: Population, kestrel: Contents) -> None:
    """The market that was only captured, and the first market's forum and pictures."""
    seed, scenario, size = making.seed, making.scenario, making.size
    shown = made_adverts(PLOVER, population, scenario, seed, size.adverts)
    write_capture(making.evidence / "plover-listings.csv", shown, population, scenario, seed)
    write_pages(making.evidence / "plover-pages.warc.gz", shown, population, scenario, seed)
    making.done(1)
    write_forum(
        making.evidence / "kestrel-forum.jsonl", population, kestrel.handles, scenario, count=size.posts, seed=seed
    )
    write_applications(making.evidence / "kestrel-applications", population, seed)
    write_uploads(
        making.evidence / "kestrel-uploads.tar",
        kestrel.adverts,
        scenario.trade.pictures_kept,
        seed,
        shift=60 * scenario.dirt.clock_minutes,
    )
    making.done(1)


def _cut_copy(whole: Path, copy: Path, seed: int) -> None:
    """A second copy of the beginning, whose transfer broke off."""
    with whole.open("rb") as source:
        copy.write_bytes(source.read(_CUT_AT))
    cut(copy, stream(seed, "cut"))


def _leads(making: Making, population: Population, kestrel: Contents, ids: Ids) -> list[str]:
    """Overdoses, persons, upstream; gives the files of further evidence of persons."""
    seed, size, dials = making.seed, making.size, making.scenario.leads
    street = made_people(max(200, 12 * size.overdoses), making.scenario.buyers, seed, of="street")
    resellers = _resellers(making, kestrel)
    setting = Setting(kestrel.adverts, kestrel.sales, kestrel.people, street, dials, resellers)
    overdoses = made_overdoses(setting, count=size.overdoses, seed=seed)
    write_cases(making.evidence / "overdose-cases.xlsx", overdoses, ids.sale, kestrel.handles, kestrel.sales, seed)
    write_toxicology(making.evidence / "toxicology.csv", overdoses, dials, seed)
    truth.write_overdoses(making.truth, overdoses, ids.sale, kestrel.sales.deleted)
    making.done(1)
    persons = made_people(len(population.operators) + 40, making.scenario.buyers, seed, of="sellers")
    ties = Ties(population, persons, street, dials, seed)
    found: list[Tie] = [
        *ties.exchange_returns(making.evidence / "exchange-returns.csv", kestrel.paid.chain),
        *ties.parcels(making.evidence / "parcels.csv", kestrel, 2 * size.overdoses),
        *ties.devices(making.evidence / "device-extracts.jsonl"),
    ]
    ties.undercover(making.evidence / "undercover-purchases.csv", kestrel, ids)
    truth.write_ties(making.truth, found, persons)
    further = _identities(making, ties, kestrel, ids)
    making.done(1)
    links = made_chain(population, seed)
    importers = made_people(200, making.scenario.buyers, seed, of="importers")
    imports = write_imports(making.evidence / "imports.csv", links, importers, seed)
    write_seizures(making.evidence / "bulk-seizures.csv", links, population.operators, seed)
    truth.write_supply(making.truth, links, imports)
    listed = write_customer_list(making.evidence / "customer-list.sqlite", kestrel, size.customers, seed)
    truth.write_customer_list(making.truth, *listed)
    write_decrypted(making.evidence / "decrypted.jsonl", kestrel, ids, making.scenario, seed)
    making.done(1)
    return further


def _identities(making: Making, ties: Ties, kestrel: Contents, ids: Ids) -> list[str]:
    dials = making.scenario.identities
    if not dials.answered:
        return []
    contact = {
        one.number: contact_of(one.number, ties.population, making.scenario, making.seed)
        for one in ties.population.operators
        if any(account.operators[0] == one.number for account in ties.population.accounts)
    }
    made = Identities(ties, kestrel, ids, kestrel.paid.chain, dials, contact, making.seed)
    names = made.write(making.evidence)
    truth.write_identities(making.truth, made)
    return names


def _resellers(making: Making, kestrel: Contents) -> NDArray[np.int32]:
    count = len(kestrel.people)
    return places_of(count, making.seed)[: resellers_of(count, making.scenario.buyers)]


def _canaries(kestrel: Contents, seed: int) -> list[tuple[str, str]]:
    """Accounts that never bought: nobody has a reason to ask for them."""
    only_buy = np.setdiff1d(np.arange(len(kestrel.handles)), list(kestrel.buying))
    idle = np.setdiff1d(only_buy, kestrel.sales.buyer)
    pool = idle if len(idle) >= _CANARIES else only_buy
    chosen = stream(seed, "canaries").permutation(pool)[:_CANARIES]
    return [(KESTREL.name, kestrel.handles[place]) for place in sorted(chosen.tolist())]
