"""A spike is a figure beyond what its own earlier ones let expect; false alarms are as few as the run says."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crossbearing.leads.spikes import ALLOWED, BEFORE, LEAST_BEFORE, chance_of, spikes_in
from crossbearing.leads.suppression import Cell, Shown, Unit

CELL = Cell("THORNMERE", "lethal opioid")


def series(counts: list[int], area: str = CELL.area) -> dict[Unit, Shown]:
    """One area's figures over time; fewer than five are not shown."""
    return {
        Unit("list", area, f"2{month:03}-01-01"): Shown({Cell(area, CELL.group): count} if count >= 5 else {}, None, 5)
        for month, count in enumerate(counts)
    }


def test_a_figure_far_above_its_own_earlier_ones_is_a_spike_and_a_small_rise_is_none() -> None:
    found = spikes_in(series([8, 9, 7, 8, 10, 8, 9, 8, 25]))
    assert [(one.count, str(one.usual)) for one in found.found] == [(25, "8.4")]
    assert not spikes_in(series([8, 9, 7, 8, 10, 8, 9, 8, 12])).found


def test_a_figure_with_too_few_before_it_is_not_compared() -> None:
    assert spikes_in(series([8] * (LEAST_BEFORE - 1) + [90])).comparisons == 0
    assert spikes_in(series([8] * LEAST_BEFORE + [90])).comparisons == 1


def test_a_figure_that_is_not_shown_counts_as_the_largest_it_can_be() -> None:
    (spike,) = spikes_in(series([0] * 8 + [24])).found
    assert str(spike.usual) == "4.0"


def test_only_so_many_earlier_periods_count() -> None:
    """What was usual a year ago is not usual now."""
    last = f"2{30 + BEFORE:03}-01-01"
    assert last not in {one.period for one in spikes_in(series([5] * 30 + [30] * BEFORE + [31])).found}
    assert spikes_in(series([5] * 30 + [30] * BEFORE + [80])).found[-1].period == last


@given(before=st.lists(st.integers(0, 60), min_size=LEAST_BEFORE, max_size=BEFORE), count=st.integers(0, 200))
def test_the_chance_is_the_tail_that_scipy_gives(before: list[int], count: int) -> None:
    size, mean = len(before), (sum(before) + 0.5) / len(before)
    scatter = sum((one - mean) ** 2 for one in before) / (size - 1) / mean
    variance = mean * max(1.0, scatter) * (1 + 1 / size)
    known = stats.nbinom.sf(count - 1, mean * mean / (variance - mean), mean / variance)
    assert chance_of(count, before) == pytest.approx(known, rel=1e-6, abs=1e-9)


@given(before=st.lists(st.integers(0, 60), min_size=LEAST_BEFORE, max_size=BEFORE), count=st.integers(1, 200))
def test_more_is_never_likelier(before: list[int], count: int) -> None:
    assert chance_of(count + 1, before) <= chance_of(count, before)


def draws(kind: str, seed: int) -> Callable[[float], int]:
    chance = np.random.default_rng(seed)
    if kind == "poisson":
        return lambda mean: int(chance.poisson(mean))
    return lambda mean: int(chance.negative_binomial(mean, 0.5))  # scatters twice as much as Poisson's


@pytest.mark.parametrize("kind", ["poisson", "scattered"])
def test_where_nothing_changes_alarms_are_about_as_many_as_the_run_expects(kind: str) -> None:
    """Twenty runs of 8 areas over 48 months in which nothing happens, each with its own chance."""
    alarms, expected = 0, 0.0
    for seed in range(20):
        draw = draws(kind, seed)
        units: dict[Unit, Shown] = {}
        for area in range(8):
            units |= series([draw(8 + 3 * area) for _ in range(48)], f"AREA {area}")
        found = spikes_in(units)
        alarms += len(found.found)
        expected += float(found.expected)
        assert expected <= ALLOWED * (seed + 1)
    assert alarms <= 2.5 * expected + 5
