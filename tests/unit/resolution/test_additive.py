"""Parts add up, no weight is negative, caps hold, and standing counts the other pairs of the two accounts."""

import numpy as np
import pytest
from additive import Additive, fitted
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from standing import standing


def known(seed: int, pairs: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    is_same = chance.random(pairs) < 0.1
    columns = chance.normal(size=(pairs, 3)) + np.outer(is_same, [2.0, 0.5, 0.0])
    return np.column_stack([columns, -columns[:, 0] + chance.normal(size=pairs)]), is_same


def test_weights_are_never_negative_and_a_signal_that_speaks_against_gets_none() -> None:
    columns, is_same = known(1)
    found = fitted(columns, is_same, ["a", "b", "c", "against"])
    assert (found.weights >= 0).all()
    assert found.weights[3] == 0
    assert found.weights[0] > found.weights[1] > 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_fit_is_that_of_a_general_optimiser(seed: int) -> None:
    columns, is_same = known(seed)
    found = fitted(columns, is_same, "abcd")
    middle, spread = columns.mean(0), columns.std(0)
    table = (columns - middle) / spread

    def loss(weights: np.ndarray) -> float:
        odds = table @ weights[:-1] + weights[-1]
        return float((np.logaddexp(0, odds) - is_same * odds).sum() + 0.5 * (weights[:-1] ** 2).sum())

    bounds = [(0, None)] * 4 + [(None, None)]
    theirs = minimize(loss, np.zeros(5), bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-13, "gtol": 1e-8})
    np.testing.assert_allclose(found.weights * spread, theirs.x[:-1], atol=2e-3)


@settings(deadline=None)
@given(st.integers(0, 50), st.floats(0.1, 5))
def test_the_parts_and_the_prior_add_up_to_the_score_and_no_family_passes_its_cap(seed: int, cap: float) -> None:
    columns = np.random.default_rng(seed).normal(size=(40, 3)) * 4
    model = Additive(("a", "b", "c"), np.array([1.0, 2.0, 0.5]), -3.0, ("text", "text", "trade"), {"text": cap})
    parts = model.parts(columns)
    np.testing.assert_allclose(model.prior + parts.sum(axis=1), model.log_odds(columns))
    assert (np.abs(parts[:, :2].sum(axis=1)) <= cap + 1e-9).all()
    np.testing.assert_allclose(parts[:, 2], columns[:, 2] * 0.5)


def test_a_pair_stands_high_where_the_other_pairs_of_its_accounts_are_low() -> None:
    left, right = (np.array(side, np.int64) for side in np.triu_indices(12, 1))
    scores = np.where(left < 6, 1.0, 6.0) + 0.01 * ((left * 7 + right * 3) % 10)
    scores[(left == 0) & (right == 1)] = 6.5
    scores[(left == 10) & (right == 11)] = 6.5
    found = standing(left, right, scores, 12)
    assert found[(left == 0) & (right == 1)] > 2 * found[(left == 10) & (right == 11)]


def test_standing_does_not_depend_on_order_or_scale() -> None:
    left, right = (np.array(side, np.int64) for side in np.triu_indices(15, 1))
    scores = np.random.default_rng(1).normal(size=len(left))
    found = standing(left, right, scores, 15)
    mixed = np.random.default_rng(2).permutation(len(left))
    np.testing.assert_allclose(standing(right[mixed], left[mixed], scores[mixed], 15), found[mixed])
    np.testing.assert_allclose(standing(left, right, 3 * scores + 7, 15), found)


def test_an_account_with_few_pairs_has_no_standing() -> None:
    assert (standing(np.array([0, 0]), np.array([1, 2]), np.array([9.0, 1.0]), 5) == 0).all()
