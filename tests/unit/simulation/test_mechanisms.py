"""Mechanisms that can be switched: each scenario file changes what it says, and sellers keep their hours and buy."""

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crossbearing.simulation.generate import read_scenario, write_simulation
from crossbearing.simulation.markets import DAY, KESTREL, MARKETS
from crossbearing.simulation.people import made_people
from crossbearing.simulation.population import Kind, Population, made_population
from crossbearing.simulation.rates import made_rates
from crossbearing.simulation.scenario import SIZES, Scenario
from crossbearing.simulation.servers.correspondence import awake, made_messages
from crossbearing.simulation.trade import STATES, Advert, Sales, made_adverts, made_sales, sellers_who_buy

SCENARIOS = Path(__file__).parents[3] / "benchmarks" / "resolution" / "scenarios"
SEED = 5


def scenario(name: str) -> Scenario:
    return read_scenario(SCENARIOS / f"{name}.toml") if name else Scenario()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny simulations of one seed by scenario; the standard one is nameless."""
    made = {}
    for name in ("", "undated", "no-profiles"):
        made[name] = tmp_path_factory.mktemp(name or "standard") / "made"
        made[name].mkdir()
        write_simulation(made[name], size="tiny", seed=SEED, scenario=scenario(name), done=lambda _: None)
    return made


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_scenario_file_differs_from_the_standard_in_what_it_names() -> None:
    for path in SCENARIOS.glob("*.toml"):
        assert read_scenario(path) != Scenario(name=path.stem), path.name


def test_servers_without_times_keep_those_of_orders(worlds: dict[str, Path]) -> None:
    for name, is_dated in (("", True), ("undated", False)):
        posts = (worlds[name] / "evidence" / "kestrel-forum.jsonl").read_text(encoding="utf-8").splitlines()
        whole = [json.loads(line) for line in posts if line.endswith("}")]
        assert {post["posted_at"] is not None for post in whole} == {is_dated}
        dump = (worlds[name] / "evidence" / "osprey.sql").read_text(encoding="utf-8")
        member, deal = (dump.split(f"COPY public.{table} ")[1].split("\n\\.")[0] for table in ("member", "deal"))
        assert {line.endswith("\\N\t\\N") for line in member.splitlines()[1:]} == {not is_dated}
        assert not any(line.endswith("\\N") for line in deal.splitlines()[1:])


def test_a_capture_without_profiles_has_neither_their_pages_nor_their_keys(worlds: dict[str, Path]) -> None:
    for name, is_saved in (("", True), ("no-profiles", False)):
        pages = gzip.decompress((worlds[name] / "evidence" / "plover-pages.warc.gz").read_bytes())
        listed = rows(worlds[name] / "evidence" / "plover-listings.csv")
        assert (b"/vendor/" in b"".join(line for line in pages.splitlines() if b"Target-URI" in line)) == is_saved
        assert any(row["seller_key"] for row in listed) == is_saved
    titles = [[row["title"] for row in rows(worlds[name] / "evidence" / "plover-listings.csv")] for name in worlds]
    assert titles[0] == titles[2], "the adverts are the same ones"


def test_copycats_without_the_words_take_pictures_and_write_themselves() -> None:
    shares = {}
    for name in ("", "pictures-only"):
        population = made_population(SIZES["monopoly"], scenario(name), SEED)
        adverts = [one for market in MARKETS for one in made_adverts(market, population, scenario(name), SEED, 5)]
        copies = [one for one in population.accounts if one.kind is Kind.COPYCAT]
        words, pictures = defaultdict(set), defaultdict(set)
        for one in adverts:
            words[one.account].add(one.description)
            pictures[one.account].add(one.picture)
        assert copies
        shares[name] = [
            sum(bool(said[one.number] & said[one.copies]) for one in copies) / len(copies) for said in (words, pictures)
        ]
    assert shares == {"": [1.0, 1.0], "pictures-only": [0.0, 1.0]}


def test_without_old_keys_no_two_accounts_of_an_operator_show_one() -> None:
    population = made_population(SIZES["monopoly"], scenario("rotated-keys"), SEED)
    keys = [one.key.fingerprint for one in population.accounts if one.key]
    assert len(keys) == len(set(keys))


def test_who_writes_anew_takes_no_piece_of_text_to_another_market() -> None:
    population = made_population(SIZES["monopoly"], scenario("anew"), SEED)
    firsts = {one.operators[0]: one.hand for one in reversed(population.accounts) if one.kind is Kind.FIRST}
    moved = [one for one in population.accounts if one.kind is Kind.MOVED and one.operators[0] in firsts]
    assert moved
    for one in moved:
        assert one.hand.goods_memory != firsts[one.operators[0]].goods_memory
        assert one.hand.shop_memory != firsts[one.operators[0]].shop_memory


def sold(chosen: Scenario, buyers: int) -> tuple[Population, list[Advert], Sales]:
    """What is sold on the first market by so many buyers."""
    population = made_population(SIZES["monopoly"], chosen, SEED)
    adverts = made_adverts(KESTREL, population, chosen, SEED, 5)
    people = made_people(buyers, chosen.buyers, SEED, of="test")
    rates = made_rates(SEED)
    sales = made_sales(KESTREL, population, adverts, people, rates=rates, count=20_000, scenario=chosen, seed=SEED)
    return population, adverts, sales


def test_sellers_answer_when_they_are_awake_and_buyers_write_at_any_time() -> None:
    population, adverts, sales = sold(Scenario(), 3_000)
    wakes = awake(population, adverts)
    messages = made_messages(sales, wakes, Scenario().trade, SEED)
    apart = np.abs((messages.at % DAY / 3600 - wakes[sales.advert[messages.sale]] + 12) % 24 - 12)
    assert np.median(apart[messages.is_answer]) < 3
    assert np.median(apart[~messages.is_answer]) > 4


def test_sellers_who_buy_do_so_from_others_and_dispute_with_others() -> None:
    chosen = replace(Scenario(), trade=replace(Scenario().trade, sellers_buy=1.0))
    population, adverts, sales = sold(chosen, 450)
    buying = sellers_who_buy(KESTREL, population, 450, 1.0, SEED)
    assert len(buying) == SIZES["monopoly"].sellers[0]
    buyer = np.array([buying[place].number if place in buying else -1 for place in sales.buyer.tolist()])
    seller = np.array([one.account for one in adverts])[sales.advert]
    assert (buyer >= 0).mean() > 0.8
    assert not (buyer == seller).any()
    of = {one.number: one.operators[0] for one in population.accounts}
    is_own = np.array([of.get(one) == of[other] for one, other in zip(buyer.tolist(), seller.tolist(), strict=True)])
    assert is_own[sales.is_fake].mean() > 2 * is_own[~sales.is_fake].mean() > 0, "some rate themselves"
    assert not (sales.is_fake & (sales.state == STATES.index("disputed"))).any(), "nobody disputes with himself"
