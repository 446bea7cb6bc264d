"""Sales: in order, within their account's life, paid at the day's rate, most of them by few."""

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

import numpy as np
import pytest

from crossbearing.simulation.markets import DAY, KESTREL
from crossbearing.simulation.people import made_people
from crossbearing.simulation.population import Population, made_population
from crossbearing.simulation.rates import made_rates
from crossbearing.simulation.scenario import SIZES, BuyerDials, Scenario
from crossbearing.simulation.trade import BITCOIN, STATES, Advert, Sales, made_adverts, made_sales
from crossbearing.simulation.uploads import advert_picture

SCENARIO = replace(Scenario(), trade=replace(Scenario().trade, decoys=0.1))
RATES = made_rates(3)
COUNT = 20_000


@pytest.fixture(scope="module")
def market() -> tuple[Population, list[Advert], Sales]:
    population = made_population(SIZES["monopoly"], SCENARIO, 3)
    adverts = made_adverts(KESTREL, population, SCENARIO, 3, 5)
    people = made_people(4_000, SCENARIO.buyers, 3, of="test")
    sales = made_sales(KESTREL, population, adverts, people, rates=RATES, count=COUNT, scenario=SCENARIO, seed=3)
    return population, adverts, sales


def test_sales_are_in_order_of_time_and_within_the_life_of_advert_and_account(
    market: tuple[Population, list[Advert], Sales],
) -> None:
    population, adverts, sales = market
    assert len(sales) - sales.deleted == COUNT, "what the server still holds"
    assert sales.deleted == round(COUNT * SCENARIO.trade.deleted_orders) > 0
    assert (np.diff(sales.at) >= 0).all()
    for advert, at in zip(sales.advert.tolist(), sales.at.tolist(), strict=True):
        one = adverts[advert]
        account = population.accounts[one.account]
        assert one.posted <= at
        assert account.opened <= at <= max(account.closed, one.posted + 60)


def test_nobody_buys_at_a_holding_price(market: tuple[Population, list[Advert], Sales]) -> None:
    _, adverts, sales = market
    assert any(one.is_decoy for one in adverts)
    assert not any(adverts[place].is_decoy for place in set(sales.advert.tolist()))


def test_what_was_paid_is_the_price_at_the_days_rate_rounded_down(
    market: tuple[Population, list[Advert], Sales],
) -> None:
    _, adverts, sales = market
    for place in range(0, COUNT, 97):
        price = Decimal(adverts[int(sales.advert[place])].cents) * int(sales.quantity[place])
        coin = int(sales.coin[place])
        rate = Decimal(int(RATES.cents[coin, int(sales.at[place]) // DAY - RATES.first]))
        digits = 8 if coin == BITCOIN else 12
        coins = (price / rate).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN)
        assert int(sales.atoms[place]) == int(coins.scaleb(digits))
    several = sales.quantity > 1
    assert several.mean() == pytest.approx(SCENARIO.trade.several_pieces, abs=0.02)
    assert sales.quantity.max() > 3


def test_a_tenth_of_the_sellers_sell_most_of_everything(market: tuple[Population, list[Advert], Sales]) -> None:
    population, adverts, sales = market
    owner = np.array([one.account for one in adverts])[sales.advert]
    counts = np.sort(np.bincount(owner, minlength=len(population.accounts)))[::-1]
    assert counts[: len(population.on(KESTREL)) // 10].sum() > 0.45 * COUNT
    assert counts[: len(population.on(KESTREL)) // 10].sum() < 0.95 * COUNT


def test_only_what_came_is_rated_and_a_sellers_own_purchase_is_praised(
    market: tuple[Population, list[Advert], Sales],
) -> None:
    _, _, sales = market
    assert not sales.rating[sales.state == STATES.index("canceled")].any()
    own = sales.rating[sales.is_fake & (sales.state < 3)]
    assert len(own)
    assert (own == 5).all()
    assert set(sales.rating.tolist()) <= {0, 1, 2, 3, 4, 5}


def test_people_move_once_and_live_at_one_place_before_and_at_one_after() -> None:
    people = made_people(2_000, replace(BuyerDials(), moved=0.5, minors=0.2), 1, of="test")
    everybody = np.arange(2_000, dtype=np.int32)
    before = people.home_at(everybody, people.moved_at - 1)
    after = people.home_at(everybody, people.moved_at)
    assert (before == people.home).all()
    new = after[before != after]
    assert len(set(new)) == len(new), "nobody else lives where somebody moves to"
    assert not set(new) & set(before)
    assert 0.4 < (before != after).mean() < 0.6
    ages = KESTREL.opens // DAY - people.born
    assert 0.15 < (ages < 18 * 365).mean() < 0.25


def test_homes_are_shared_as_often_as_the_dial_says() -> None:
    people = made_people(5_000, replace(BuyerDials(), shared_home=0.3), 1, of="test")
    _, counts = np.unique(people.home, return_counts=True)
    assert 1 - len(counts) / 5_000 == pytest.approx(0.3, abs=0.03)


def test_a_copycat_takes_its_victims_words_and_picture_and_the_picture_is_saved_again(
    market: tuple[Population, list[Advert], Sales],
) -> None:
    population, adverts, _ = market
    on_market = {account.number for account in population.on(KESTREL)}
    copies = [one for one in adverts if one.is_copied and population.accounts[one.account].copies in on_market]
    assert copies
    for copy in copies:
        victim = population.accounts[copy.account].copies
        originals = [one for one in adverts if one.account == victim and one.picture == copy.picture]
        assert copy.description in {one.description for one in originals}
        assert copy.scene == originals[0].scene
        assert copy.cents <= max(one.cents for one in originals)
    assert advert_picture(copies[0], 3) != advert_picture(replace(copies[0], is_copied=False), 3)
