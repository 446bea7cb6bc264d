"""Operators and accounts: the shares that were published, and the traps that were promised."""

import itertools
from collections import Counter
from dataclasses import replace

import pytest

from crossbearing.domain.openpgp import read_keys
from crossbearing.simulation.markets import MARKETS
from crossbearing.simulation.population import Kind, Population, made_population
from crossbearing.simulation.scenario import SIZES, PopulationDials, Scenario

OFF = PopulationDials(
    several_accounts=0, key_rotated=0, key_expired=0, no_key=0, key_damaged=0, key_posted_by_others=0,
    staff_key_pasted=0, copycats=0, common_handle=0, handed_over=0, several_hands=0, covert=0, no_trace=0,
)  # fmt: skip


def made(seed: int = 1, size: str = "monopoly", dials: PopulationDials | None = None) -> Population:
    scenario = Scenario() if dials is None else replace(Scenario(), population=dials)
    return made_population(SIZES[size], scenario, seed)


@pytest.fixture(scope="module", params=[1, 2, 3])
def monopoly(request: pytest.FixtureRequest) -> Population:
    return made(request.param)


def test_every_market_has_its_number_of_accounts(monopoly: Population) -> None:
    assert [len(monopoly.on(market)) for market in MARKETS] == list(SIZES["monopoly"].sellers)


def test_accounts_per_operator_are_as_published() -> None:
    """Tai, Soska, Christin 2019: 22,163 accounts of 15,652 sellers, 12,155 of them with one, no more than eleven."""
    counts = [n for seed in (1, 2, 3, 4) for n in Counter(a.operators[0] for a in made(seed).accounts).values()]
    assert counts.count(1) / len(counts) == pytest.approx(12_155 / 15_652, abs=0.04)
    assert sum(counts) / len(counts) == pytest.approx(22_163 / 15_652, abs=0.07)
    assert 5 < max(counts) <= 11


def test_handles_recur_across_markets_as_often_as_on_real_ones(monopoly: Population) -> None:
    """Of the handles on three real markets of one time, 3.5 to 55 % stood on two; in the middle half 7.6 to 12.9 %."""
    names = [{account.handle.casefold() for account in monopoly.on(market)} for market in MARKETS]
    places = Counter(name for market in names for name in market)
    assert 0.076 <= sum(count > 1 for count in places.values()) / len(places) <= 0.145


def test_a_handle_stands_once_on_a_market_whatever_its_case(monopoly: Population) -> None:
    for market in MARKETS:
        names = [account.handle.casefold() for account in monopoly.on(market)]
        assert len(names) == len(set(names))


def test_an_operator_keeps_a_name_across_markets_and_changes_it_within_one(monopoly: Population) -> None:
    firsts = {a.operators[0]: a.handle.casefold() for a in reversed(monopoly.accounts) if a.kind is Kind.FIRST}
    moved = [a.handle.casefold() == firsts[a.operators[0]] for a in monopoly.accounts if a.kind is Kind.MOVED]
    sybils = [a.handle.casefold() == firsts[a.operators[0]] for a in monopoly.accounts if a.kind is Kind.SYBIL]
    assert sum(moved) / len(moved) > 0.35
    assert sum(sybils) / len(sybils) < 0.05


def test_a_copycat_is_another_operator_under_the_victims_name_and_origin(monopoly: Population) -> None:
    copycats = [account for account in monopoly.accounts if account.kind is Kind.COPYCAT]
    assert len(copycats) > 5
    for copycat in copycats:
        victim = monopoly.accounts[copycat.copies]
        assert copycat.operators[0] not in victim.operators
        assert copycat.origin == victim.origin
        assert copycat.market is victim.market or victim.handle.casefold() in copycat.handle.casefold()
        assert copycat.opened > victim.opened or victim.opened > copycat.market.closes - 45 * 86_400
        assert victim.kind is not Kind.COPYCAT


def test_nobodys_accounts_stand_together_because_they_are_one_persons(monopoly: Population) -> None:
    """Where rows stand must not tell who is who: as many neighbours as chance would put together."""
    for market in MARKETS:
        accounts = monopoly.on(market)
        assert accounts == sorted(accounts, key=lambda one: (one.opened, one.handle))
        mine = Counter(one.operators[0] for one in accounts)
        pairs = sum(count * (count - 1) // 2 for count in mine.values())
        neighbours = sum(one.operators[0] == other.operators[0] for one, other in itertools.pairwise(accounts))
        expected = 2 * pairs / len(accounts)
        assert neighbours <= expected + 4 * (expected + 1) ** 0.5


def test_a_further_account_is_opened_after_the_first(monopoly: Population) -> None:
    first = {one.operators[0]: one for one in reversed(monopoly.accounts) if one.kind is Kind.FIRST}
    moved = [(one, first[one.operators[0]]) for one in monopoly.accounts if one.kind is Kind.MOVED]
    # Unless the other market had closed by then.
    later = [one.opened >= own.opened or own.opened > one.market.closes - 30 * 86_400 for one, own in moved]
    assert all(later)


def test_every_shown_key_can_be_read_and_is_the_key_it_is_said_to_be(monopoly: Population) -> None:
    for account in monopoly.accounts:
        for block in account.shown_keys:
            (found,) = read_keys(block)
            assert found.fingerprint
        if account.key and account.shown_keys[0] == account.key.armour:
            assert next(read_keys(account.shown_keys[0])).fingerprint == account.key.fingerprint


def test_a_staff_key_stands_on_the_profiles_of_many_who_do_not_own_it(monopoly: Population) -> None:
    pasted = Counter(
        account.market.name
        for account in monopoly.accounts
        for block in account.shown_keys
        if block == monopoly.staff_keys[account.market.number].armour
    )
    assert pasted["Kestrel"] >= 5


def test_with_every_mechanism_off_nobody_has_a_second_account_or_a_strangers_key() -> None:
    found = made(dials=OFF)
    assert {account.kind for account in found.accounts} == {Kind.FIRST}
    assert len({account.operators[0] for account in found.accounts}) == len(found.accounts)
    assert all(len(account.shown_keys) == 1 for account in found.accounts)
    assert len({account.shown_keys[0] for account in found.accounts}) == len(found.accounts)


def test_a_dial_turned_up_makes_more_of_it() -> None:
    few, many = (
        sum(a.kind is Kind.COPYCAT for a in made(dials=replace(OFF, copycats=share)).accounts) for share in (0.02, 0.3)
    )
    assert few < 40 < many


def test_two_seeds_give_other_people_and_one_seed_the_same() -> None:
    one, again, other = (made(seed, "tiny") for seed in (4, 4, 5))
    assert [a.handle for a in one.accounts] == [a.handle for a in again.accounts]
    assert [a.handle for a in one.accounts] != [a.handle for a in other.accounts]
