"""Where simulated sellers say they ship to: an operator's habit, copied with the rest, and never against a sale."""

from collections import defaultdict

import pytest

from crossbearing.reference.destinations import Reach, read_destination
from crossbearing.simulation.chance import stream
from crossbearing.simulation.destinations import Destinations, destinations
from crossbearing.simulation.places import COUNTRIES
from crossbearing.simulation.population import Population, made_population
from crossbearing.simulation.scenario import SIZES, Scenario, TradeDials

SEED = 5


@pytest.fixture(scope="module")
def population() -> Population:
    return made_population(SIZES["monopoly"], Scenario(), SEED)


def test_an_operator_who_keeps_the_words_says_one_thing_everywhere(population: Population) -> None:
    dials = TradeDials(destinations_named=1.0, destinations_kept=1.0)
    said = destinations(population, dials, SEED)
    by_operator = defaultdict(set)
    for account in population.accounts:
        if account.copies < 0:
            by_operator[account.operators[0]].add(said[account.number])
    assert {len(one) for one in by_operator.values()} == {1}
    assert len({one for some in by_operator.values() for one in some}) > len(by_operator) / 4, "habits differ"


def test_a_copycat_says_what_the_victim_says(population: Population) -> None:
    said = destinations(population, TradeDials(destinations_named=1.0), SEED)
    copies = [one for one in population.accounts if one.copies >= 0]
    assert copies
    assert all(said[one.number] == said[one.copies] for one in copies)


def test_nobody_names_a_place_where_the_dial_says_so(population: Population) -> None:
    assert set(destinations(population, TradeDials(destinations_named=0.0), SEED).values()) == {
        Destinations((), is_list=False)
    }


def test_what_is_written_reads_as_it_was_meant_and_leaves_out_no_country_of_buyers(population: Population) -> None:
    homes = {one.code for one in COUNTRIES if one.buyers}
    for number, meant in destinations(population, TradeDials(destinations_named=0.7), SEED).items():
        option, codes = meant.of_the_form()
        for read in (
            read_destination(" ".join(filter(None, (option, codes)))),
            read_destination(meant.in_words(stream(SEED, "words", number))),
        ):
            assert (read.reach is Reach.LISTED) == meant.is_list
            if meant.is_list:
                assert set(meant.places) < set(read.places)
                assert homes <= set(read.places) or "europe" in read.places
            else:
                assert read.places == meant.places
                assert homes.isdisjoint(read.places)
