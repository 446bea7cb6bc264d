"""An attacker who knows everything that was ever shown, and the rule it was shown by, learns of no small group."""

import itertools
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from crossbearing.leads.suppression import Cell, Shown, Unit, shown

AREAS, GROUPS = ("ALDER", "BRIAR", "CLOVER"), ("lethal opioid", "stimulant")
PERIODS = tuple(f"2021-{month:02}" for month in range(1, 7))
CELLS = tuple(Cell(area, group) for area in AREAS for group in GROUPS)


def tell(made: dict[Unit, Shown]) -> tuple[object, ...]:
    return tuple((unit, tuple(sorted(one.counts.items())), one.rest) for unit, one in sorted(made.items()))


@pytest.mark.parametrize(
    ("periods", "cells", "most", "smallest", "apart"),
    [
        (2, 3, 4, 3, 0),
        (2, 2, 8, 3, 0),
        (1, 3, 12, 4, 0),
        (2, 3, 4, 2, 0),
        (3, 2, 4, 2, 0),
        (2, 2, 7, 3, 7),
        (1, 3, 8, 3, 8),
    ],
)
def test_whoever_knows_the_rule_and_every_figure_and_the_number_of_rows_can_tell_no_small_cell(
    periods: int, cells: int, most: int, smallest: int, apart: int
) -> None:
    """Of every table that there can be: tables that look alike from outside differ in each cell that is small.

    What is hidden is judged where any of its cells could hold all of it; beyond, the end of the tables would tell.
    """
    names = [(Unit("list", "ZZ", period), cell) for period in PERIODS[:periods] for cell in CELLS[:cells]]
    seen = defaultdict(list)
    for *table, besides in itertools.product(*[range(most + 1)] * len(names), range(apart + 1)):
        units: dict[Unit, dict[Cell, int]] = defaultdict(dict)
        for (unit, cell), count in zip(names, table, strict=True):
            units[unit][cell] = count
        made = shown(units, {"ZZ": CELLS[:cells]}, smallest, besides)
        hidden = sum(table) + besides - sum(one.total for one in made.values())
        if hidden <= (min(most, apart) if apart else most):
            seen[tell(made), hidden].append(table)
    told = [
        (what, name)
        for what, tables in seen.items()
        for place, name in enumerate(names)
        if len(values := {table[place] for table in tables}) == 1 and 0 < min(values) < smallest
    ]
    assert not told
    assert len(seen) > 100


def is_determined(equations: list[list[int]], wanted: list[int]) -> bool:
    """Whether a sum of cells follows from the equations: exact elimination."""
    rows = [[Fraction(value) for value in row] for row in [*equations, wanted]]
    rank = [_rank(rows[:-1]), _rank(rows)]
    return rank[0] == rank[1]


def _rank(rows: list[list[Fraction]]) -> int:
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(rank, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for n in range(len(rows)):
            if n != rank and rows[n][column]:
                factor = rows[n][column] / rows[rank][column]
                rows[n] = [one - factor * other for one, other in zip(rows[n], rows[rank], strict=True)]
        rank += 1
    return rank


TABLES = st.lists(
    st.lists(st.integers(0, 9), min_size=len(CELLS), max_size=len(CELLS)), min_size=len(PERIODS), max_size=len(PERIODS)
)


@given(
    tables=TABLES, smallest=st.integers(2, 6), end=st.integers(1, len(PERIODS)), late=st.integers(0, 9),
    open_rows=st.integers(0, 9),
)  # fmt: skip
def test_no_small_group_follows_from_all_that_was_ever_shown_and_every_small_cell_may_be_empty(
    tables: list[list[int]], smallest: int, end: int, late: int, open_rows: int
) -> None:
    """A list and a later copy of it: more periods are over, and some rows came late. The attacker has all figures."""
    names = [(Unit("list", "ZZ", period), cell) for period in PERIODS for cell in CELLS]
    counts = {
        Unit("list", "ZZ", period): dict(zip(CELLS, table, strict=True))
        for period, table in zip(PERIODS, tables, strict=True)
    }
    first = dict(list(counts.items())[:end])
    ever = shown(first, {"ZZ": CELLS}, smallest, open_rows)
    known = sum(sum(one.values()) for one in first.values())
    if end < len(PERIODS):
        second = {unit: one for unit, one in counts.items() if unit not in first}
        ever |= shown(second, {"ZZ": CELLS}, smallest, known + late)
    # Unknown beside the cells: rows of no period of the first list, and rows that came late.
    at = {name: place for place, name in enumerate(names)}
    truth = [count for table in tables for count in table]
    width = len(names) + 2
    in_first = [int(unit in first) for unit, _ in names]
    equations, values = [[*in_first, 1, 0]], [known + open_rows]
    if end < len(PERIODS):
        equations.append([*[1] * len(names), 0, 1])
        values.append(sum(truth) + late)
    for unit, one in ever.items():
        parts = [({at[unit, cell]}, count) for cell, count in one.counts.items()]
        if one.rest:
            parts.append(({at[unit, cell] for cell in CELLS if cell not in one.counts}, one.rest))
        for places, count in parts:
            assert count == sum(truth[place] for place in places) >= smallest
            equations.append([int(place in places) for place in range(width)])
            values.append(count)
    for place, count in enumerate(truth):
        if 0 < count < smallest:
            wanted = [int(other == place) for other in range(width)]
            assert not is_determined(equations, wanted), names[place]
            least = linprog(wanted, A_eq=np.array(equations), b_eq=values, bounds=(0, None)).fun
            assert least < 0.5, "the cell may be empty"
    for unit, one in counts.items():
        if 0 < sum(one.values()) < smallest:
            whole = [int(name[0] == unit) for name in names] + [0, 0]
            assert not is_determined(equations, whole), "nor is a small period told from the others"


def test_a_length_of_the_list_never_gives_away_the_one_cell_that_is_not_shown() -> None:
    """One small cell in a list of which all else is shown: the bar is raised for all, so that what is left is many."""
    unit, cells = Unit("list", "ZZ", "2021-01"), CELLS[:5]
    made = shown({unit: dict(zip(cells, (19, 8, 7, 2, 0), strict=True))}, {"ZZ": cells}, 5)[unit]
    assert (made.counts, made.rest, made.size) == ({cells[0]: 19}, 17, 10)
    few = shown({unit: {cells[0]: 9, cells[1]: 2}}, {"ZZ": cells[:2]}, 5)[unit]
    assert (few.counts, few.rest) == ({}, None), "with nothing to hide among, nothing is shown"


def test_what_is_left_of_a_state_is_shown_where_it_tells_nothing() -> None:
    unit = Unit("list", "ZZ", "2021-01")
    made = shown({unit: dict(zip(CELLS, (9, 2, 2, 2, 0, 0), strict=True))}, {"ZZ": CELLS}, 5)[unit]
    assert (made.counts, made.rest, made.total) == ({CELLS[0]: 9}, 6, 15)


def test_what_is_left_is_not_shown_where_it_would_say_that_every_cell_in_it_is_as_large_as_can_be() -> None:
    """Two cells of at most four each that make eight together are four each."""
    unit, cells = Unit("list", "ZZ", "2021-01"), CELLS[:3]
    made = shown({unit: dict(zip(cells, (9, 4, 4), strict=True))}, {"ZZ": cells}, 5)[unit]
    assert made.rest is None


def test_rows_of_which_nothing_is_ever_shown_hide_a_small_cell_only_if_they_are_many() -> None:
    unit, cells = Unit("list", "ZZ", "2021-01"), CELLS[:2]
    counts = {unit: {cells[0]: 9, cells[1]: 2}}
    assert shown(counts, {"ZZ": cells}, 5, apart=4)[unit].counts == {}
    assert shown(counts, {"ZZ": cells}, 5, apart=5)[unit].counts == {cells[0]: 9}
