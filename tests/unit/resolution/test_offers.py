"""Signals of offers: rare agreement says more, nothing said says nothing; all adverts are invented."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from offers import DOUBT, Advert, offers_of, price_curves, read_advert, shares

ALL = np.triu_indices(6, 1)
LEFT, RIGHT = (np.array(side, np.int64) for side in ALL)


def value(signal: np.ndarray, one: int, other: int) -> float:
    return float(signal[np.flatnonzero((one == LEFT) & (other == RIGHT))[0]])


def test_a_title_is_read_by_the_reference_lists() -> None:
    found = read_advert("3.5 Gram MDMA 84% pure", 120.0, " Neverland ", "Worldwide")
    assert found.products == ("MDMA",) or found.products[0].casefold() == "mdma"
    assert found.amount == ("g", 3.5, 0.0)
    assert found.notation[0] == "9.9 Gram"
    assert (found.price, found.origin, found.destination) == (120.0, "Neverland", "Worldwide")


@pytest.mark.parametrize("price", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_a_price_that_is_none_is_not_compared(price: float | None) -> None:
    assert read_advert("1g", price, "", "").price is None


def test_agreement_is_how_much_likelier_than_by_chance() -> None:
    found = shares([["a"], ["a"], ["b"], ["b"], ["b"], ["b"]], np.arange(6), 6)
    signal = found.log_ratio(LEFT, RIGHT)
    usual_a, usual_b = (2 + 1) / (6 + 2), (4 + 1) / (6 + 2)
    assert value(signal, 0, 1) == pytest.approx(log(DOUBT + (1 - DOUBT) / usual_a), abs=1e-6)
    assert value(signal, 2, 3) == pytest.approx(log(DOUBT + (1 - DOUBT) / usual_b), abs=1e-6)
    assert value(signal, 0, 1) > value(signal, 2, 3) > 0 > value(signal, 0, 2)


def test_an_account_that_says_nothing_gives_zero() -> None:
    signal = shares([["a"], [], ["b"], ["b"], ["a"], ["a"]], np.arange(6), 6).log_ratio(LEFT, RIGHT)
    assert all(value(signal, *sorted((1, other))) == 0 for other in (0, 2, 3, 4, 5))


def test_the_shared_values_are_the_evidence_with_the_rarest_first() -> None:
    found = shares([["a", "z"], ["a", "z"], ["a"], ["a"], ["a"], ["a"]], np.arange(6), 6)
    assert [name for name, _ in found.shared(0, 1)] == ["z", "a"]
    assert found.shared(0, 2)[0][0] == "a"


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=3), min_size=6, max_size=6))
def test_the_signal_is_the_formula_by_hand(values: list[list[str]]) -> None:
    found = shares(values, np.arange(6), 6)
    signal = found.log_ratio(LEFT, RIGHT)
    share = [{name: one.count(name) / len(one) for name in one} for one in values]
    said = sum(1 for one in values if one)
    for one, other in zip(LEFT.tolist(), RIGHT.tolist(), strict=True):
        by_hand = 0.0
        if values[one] and values[other]:
            usual = {n: (sum(s.get(n, 0) for s in share) + 1) / (said + 2) for n in share[one] | share[other]}
            total = sum(share[one].get(n, 0) * share[other].get(n, 0) / usual[n] for n in usual)
            by_hand = log(DOUBT + (1 - DOUBT) * total)
        assert value(signal, one, other) == pytest.approx(by_hand, abs=1e-5)


def test_accounts_that_ask_alike_for_one_product_agree_and_others_do_not() -> None:
    def advert(amount: float, price: float) -> Advert:
        return Advert(products=("x",), amount=("g", amount, 0.0), price=price)

    factors = [1.0, 1.0, 3.0, 0.4, 1.7, 0.6]
    adverts = [advert(grams, 10 * factor * grams**0.9) for factor in factors for grams in (1, 5, 20)]
    curves = price_curves(adverts, np.repeat(np.arange(6), 3), 6)
    signal = curves.agreement(LEFT, RIGHT)
    assert value(signal, 0, 1) == max(signal)
    assert value(signal, 0, 1) > 0.4
    assert value(signal, 2, 3) < 0


def test_a_product_of_few_sellers_has_no_usual_price() -> None:
    adverts = [Advert(products=("x",), amount=("g", 1.0, 0.0), price=10.0)] * 3
    assert not price_curves(adverts, np.arange(3), 6).points


@pytest.mark.parametrize("adverts", [[], [Advert()] * 6, [Advert(price=1e-9, origin="\x00")] * 6])
def test_little_and_odd_adverts_give_finite_signals(adverts: list[Advert]) -> None:
    signals = offers_of(adverts, np.arange(len(adverts)), 6).signals(LEFT, RIGHT)
    assert len(signals) == 8
    assert all(np.isfinite(one).all() for one in signals.values())
