"""Write a simulated operation: the evidence, apart from it the truth, and a manifest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation import truth
from crossbearing.simulation.chance import stream
from crossbearing.simulation.deaths import Setting, made_deaths, write_cases, write_toxicology
from crossbearing.simulation.formats.dirt import cut
from crossbearing.simulation.formats.pictures import Exif, copied, picture
from crossbearing.simulation.formats.sqlite import SqliteFile
from crossbearing.simulation.formats.table import Table
from crossbearing.simulation.forum import write_forum
from crossbearing.simulation.handles import buyer_handles
from crossbearing.simulation.lists import write_lines, write_list
from crossbearing.simulation.manifest import CASES, EVIDENCE, write_manifest
from crossbearing.simulation.markets import DAY, KESTREL, OSPREY, PLOVER
from crossbearing.simulation.money import pay
from crossbearing.simulation.partners import made_reports, write_reports
from crossbearing.simulation.people import made_people
from crossbearing.simulation.persons import Tie, Ties
from crossbearing.simulation.places import BY_CODE, filled
from crossbearing.simulation.population import Kind, Population, made_population
from crossbearing.simulation.rates import made_rates, write_bitcoin, write_euro, write_monero
from crossbearing.simulation.scenario import SIZES, Scenario, Size, read_scenario
from crossbearing.simulation.servers.columns import stamps
from crossbearing.simulation.servers.kestrel import Contents, Ids, write_kestrel
from crossbearing.simulation.servers.osprey import write_osprey
from crossbearing.simulation.servers.plover import write_capture, write_pages
from crossbearing.simulation.supply import made_chain, write_imports, write_seizures
from crossbearing.simulation.trade import made_adverts, made_sales, places_of, resellers_of

__all__ = ["SIZES", "STAGES", "read_scenario", "write_simulation"]

TRUTH, MANIFEST = "truth", "manifest.json"
STAGES: Final = 12
_CUT_AT: Final = 8_000_000  # bytes of the dump from which the damaged copy is cut
_LEAST_CUSTOMERS: Final = 20
_CANARIES: Final = 3
_LISTED, _STRAY = 0.25, 0.02  # accounts on an agency's own list: of its country, of others


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
    _leads(making, population, kestrel, ids)
    reports = made_reports(scenario.partners, seed, scale=1.0 if size == "tiny" else 5.0)
    names = write_reports(making.evidence, reports)
    truth.write_reports(making.truth, reports)
    truth.write_scenario(making.truth, scenario, size, seed)
    write_manifest(
        folder / MANIFEST,
        dirt=scenario.dirt,
        reports=names,
        identifiers=_identifiers(making, population, kestrel),
        canaries=_canaries(kestrel, seed),
        cases=[(case, f"{case[:2]} desk", f"officer {number + 1}") for number, case in enumerate(CASES)],
        scenario=scenario.name,
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
        Contents(
            population, adverts, sold, persons, buyer_handles(stream(seed, "buyers", market.name), len(persons)), own
        )
        for (market, adverts, sold), persons, own in zip(seized, people, paid, strict=True)
    )
    ids = write_kestrel(making.evidence / "kestrel.sql", kestrel, scenario, seed)
    making.done(1)
    if scenario.dirt.cut:
        _cut_copy(making.evidence / "kestrel.sql", making.evidence / "kestrel-cut.sql", seed)
    osprey_sales = [str(number + 1) for number in range(len(osprey.sales))]
    paid_sales = [(KESTREL.name, kestrel.paid, ids.sale), (OSPREY.name, osprey.paid, osprey_sales)]
    truth.write_money(making.truth, paid_sales)
    truth.write_buyers(making.truth, kestrel, _resellers(making, kestrel), KESTREL.opens)
    making.done(1)
    write_osprey(making.evidence / "osprey.sql", osprey, scenario, seed)
    shown = made_adverts(PLOVER, population, scenario, seed, size.adverts)
    write_capture(making.evidence / "plover-listings.csv", shown, population, scenario, seed)
    write_pages(making.evidence / "plover-pages.warc.gz", shown, population, scenario, seed)
    making.done(1)
    write_forum(
        making.evidence / "kestrel-forum.jsonl", population, kestrel.handles, scenario, count=size.posts, seed=seed
    )
    _pictures(making, population)
    making.done(1)
    return kestrel, ids


def _cut_copy(whole: Path, copy: Path, seed: int) -> None:
    """A second copy of the beginning, whose transfer broke off."""
    with whole.open("rb") as source:
        copy.write_bytes(source.read(_CUT_AT))
    cut(copy, stream(seed, "cut"))


def _pictures(making: Making, population: Population) -> None:
    """One picture per application; a copycat's is its victim's, saved again."""
    folder = making.evidence / "kestrel-applications"
    folder.mkdir()
    for place, account in enumerate(population.on(KESTREL)):
        chance = stream(making.seed, "picture", account.number)
        shown = population.accounts[account.copies] if account.copies >= 0 else account
        scene = population.operators[shown.operators[0]].scene
        # One in three forgets to take the camera's notes out.
        is_noted = shown is account and chance.integers(3) == 0
        taken = datetime.fromtimestamp(account.opened - int(chance.integers(9 * DAY)), UTC).replace(tzinfo=None)
        exif = Exif("Simulated", f"SimCam {scene % 7 + 1}", taken=taken) if is_noted else None
        content = picture(scene, shown.number, exif)
        (folder / f"{place:05d}.jpg").write_bytes(content if shown is account else copied(content, chance))


def _leads(making: Making, population: Population, kestrel: Contents, ids: Ids) -> None:
    """Deaths, persons, upstream."""
    seed, size, dials = making.seed, making.size, making.scenario.leads
    street = made_people(max(200, 12 * size.deaths), making.scenario.buyers, seed, of="street")
    resellers = _resellers(making, kestrel)
    setting = Setting(kestrel.adverts, kestrel.sales, kestrel.people, street, dials, resellers)
    deaths = made_deaths(setting, count=size.deaths, seed=seed)
    write_cases(making.evidence / "overdose-cases.xlsx", deaths, ids.sale, kestrel.handles, kestrel.sales, seed)
    write_toxicology(making.evidence / "toxicology.csv", deaths, dials, seed)
    truth.write_deaths(making.truth, deaths, ids.sale)
    making.done(1)
    persons = made_people(len(population.operators) + 40, making.scenario.buyers, seed, of="sellers")
    ties = Ties(population, persons, street, dials, seed)
    found: list[Tie] = [
        *ties.exchange_returns(making.evidence / "exchange-returns.csv", kestrel.paid.chain),
        *ties.parcels(making.evidence / "parcels.csv", kestrel, 2 * size.deaths),
        *ties.devices(making.evidence / "device-extracts.jsonl"),
    ]
    ties.undercover(making.evidence / "undercover-purchases.csv", kestrel, ids)
    truth.write_ties(making.truth, found, persons)
    making.done(1)
    links = made_chain(population, seed)
    importers = made_people(200, making.scenario.buyers, seed, of="importers")
    imports = write_imports(making.evidence / "imports.csv", links, importers, seed)
    write_seizures(making.evidence / "bulk-seizures.csv", links, population.operators, seed)
    truth.write_supply(making.truth, links, imports)
    _customer_list(making, population, kestrel)
    _decrypted(making, population, kestrel, ids)
    making.done(1)


def _resellers(making: Making, kestrel: Contents) -> NDArray[np.int32]:
    count = len(kestrel.people)
    return places_of(count)[: resellers_of(count, making.scenario.buyers)]


def _customer_list(making: Making, population: Population, kestrel: Contents) -> None:
    """One seller's own customers, from a seized laptop: those on the market, and more who bought elsewhere."""
    chance, sales, people = stream(making.seed, "customers"), kestrel.sales, kestrel.people
    owner = np.array([one.account for one in kestrel.adverts])[sales.advert]
    numbers, counts = np.unique(owner, return_counts=True)
    seller = int(numbers[counts.argmax()])
    own = np.unique(sales.buyer[owner == seller])
    count = min(max(making.size.customers, _LEAST_CUSTOMERS), len(people))
    others = np.setdiff1d(np.arange(len(people)), own)
    further = chance.permutation(others)[: max(0, count - len(own))]
    chosen = chance.permutation(np.concatenate([own, further])).tolist()
    truth.write_customer_list(making.truth, population.accounts[seller], len(chosen), len(own))
    bought = stamps(KESTREL.opens + chance.integers(KESTREL.closes - KESTREL.opens, size=len(chosen)))
    columns: list[list[object]] = [[] for _ in range(8)]
    for number, person in enumerate(chosen):
        street, town, code, country = people.addresses.lines(int(people.home[person]))
        phone = filled(BY_CODE[country].phone, int(chance.integers(1000)))
        row = (number + 1, " ".join(people.name(person)), street, town, code, country, phone, bought[number])
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    names = ("id", "name", "street", "town", "code", "country", "phone", "last_order")
    kinds = tuple((name, "INTEGER" if name == "id" else "TEXT") for name in names)
    with SqliteFile(making.evidence / "customer-list.sqlite") as file:
        file.table(Table("customers", kinds), [columns])


def _decrypted(making: Making, population: Population, kestrel: Contents, ids: Ids) -> None:
    """Delivery addresses read with the few private keys that were seized."""
    chance, sales = stream(making.seed, "decrypted"), kestrel.sales
    shift = 60 * making.scenario.dirt.clock_minutes  # as the server has it
    owner = np.array([one.account for one in kestrel.adverts])[sales.advert]
    is_kept = sales.at >= KESTREL.closes - making.scenario.trade.purged_after_days * DAY
    keyed = [number for number in np.unique(owner[is_kept]).tolist() if population.accounts[number].key]
    count = max(1, round(making.scenario.trade.keys_recovered * len(keyed)))
    readable = np.array(keyed)[chance.permutation(len(keyed))[:count]]
    chosen = np.flatnonzero(np.isin(owner, readable) & is_kept)

    def lines() -> Iterator[dict[str, object]]:
        for sale in chosen.tolist():
            key = population.accounts[int(owner[sale])].key
            given, family = kestrel.people.name(int(sales.buyer[sale]))
            address = kestrel.people.addresses.lines(int(sales.home[sale]))
            yield {
                "order_id": ids.sale[sale],
                "ordered_at": stamps(sales.at[sale : sale + 1] + shift)[0],
                "key": key.fingerprint if key else "",
                "authority": "SIM-2021-017",
                "decrypted_by": "DE Cyber Unit, desk 4",
                "text": f"{given} {family}\n{address[0]}\n{address[2]} {address[1]}\n{address[3]}",
            }

    write_lines(making.evidence / "decrypted-messages.jsonl", lines())


def _identifiers(making: Making, population: Population, kestrel: Contents) -> list[tuple[str, str]]:
    """What some agencies hold already, each in a file of its own, and the register of covert accounts."""
    chance, listed = stream(making.seed, "identifiers"), []
    for code in BY_CODE:
        rows = [
            ("handle", f"{one.market.name}/{one.handle}")
            for one in population.accounts
            # Mostly those who ship from there, and some that came up in a case of theirs.
            if chance.random() < (_LISTED if population.operators[one.operators[0]].country.code == code else _STRAY)
        ]
        rows += [
            ("pgp", one.key.fingerprint)
            for one in population.accounts
            if one.key and chance.random() < 0.02  # noqa: PLR2004
        ]
        name = f"identifiers-{code.lower()}.csv"
        write_list(making.evidence / name, ("kind", "value"), rows)
        listed.append((f"{code} desk", name))
    kinds = {Kind.OFFICER: "undercover", Kind.INFORMANT: "source"}
    covert = [(kinds[one.kind], one.market.name, one.handle) for one in population.accounts if one.kind in kinds]
    # Buyers too: as many as among the sellers, and one at least.
    count = max(1, round(making.scenario.population.covert * len(population.accounts)))
    chosen = stream(making.seed, "covert buyers").permutation(len(kestrel.handles))[:count].tolist()
    covert += [("source" if place % 2 else "undercover", KESTREL.name, kestrel.handles[place]) for place in chosen]
    write_list(making.evidence / "covert-register.csv", ("kind", "market", "handle"), sorted(covert))
    truth.write_covert(making.truth, covert)
    return listed


def _canaries(kestrel: Contents, seed: int) -> list[tuple[str, str]]:
    """Accounts that never bought: nobody has a reason to ask for them."""
    idle = np.setdiff1d(np.arange(len(kestrel.handles)), kestrel.sales.buyer)
    pool = idle if len(idle) >= _CANARIES else np.arange(len(kestrel.handles))
    chosen = stream(seed, "canaries").permutation(pool)[:_CANARIES]
    return [(KESTREL.name, kestrel.handles[place]) for place in sorted(chosen.tolist())]
