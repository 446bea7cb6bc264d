"""The steps of a score stand on one scale, each where the one before ended."""

import re
from decimal import Decimal
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.presentation.text import signed
from crossbearing.presentation.waterfall import Part, waterfall

WEIGHTS = st.decimals(-20, 20, places=4)
ROUNDING = Decimal("0.01")  # percent; places are written with two decimals
LEAST = Decimal("0.3")  # percent; a step of nothing is still seen


def edges(svg: str) -> tuple[Decimal, Decimal, str]:
    found = re.search(r'<rect class="(\w+)" x="([\d.]+)%" y="3" width="([\d.]+)%"', svg)
    assert found, svg
    return Decimal(found[2]), Decimal(found[2]) + Decimal(found[3]), found[1]


@given(WEIGHTS, st.lists(WEIGHTS, max_size=8))
def test_each_step_begins_where_the_one_before_ended(prior: Decimal, weights: list[Decimal]) -> None:
    sums = list(accumulate(weights, initial=prior))
    ranges = [before + weight + one for before, weight in zip(sums, weights, strict=False) for one in (-1, 1)]
    low, high = min([Decimal(0), *sums, *ranges]), max([Decimal(0), *sums, *ranges])
    spans = [(Decimal(0), prior), *pairwise(sums), (Decimal(0), sums[-1])]
    steps = waterfall(prior, [Part(weight, weight - 1, weight + 1) for weight in weights])
    for svg, span in zip(steps, spans, strict=True):
        begin, end = sorted(2 + 96 * (one - low) / ((high - low) or 1) for one in span)
        left, right, _ = edges(svg)
        assert abs(left - begin) <= ROUNDING
        assert abs(right - max(end, left + LEAST)) <= 2 * ROUNDING


def test_what_speaks_against_is_hatched_and_not_only_coloured() -> None:
    _, first, second, _ = waterfall(Decimal(-3), [Part(*map(Decimal, "214")), Part(*map(Decimal, (-2, -3, -1)))])
    assert (edges(first)[2], edges(second)[2]) == ("for", "against")
    assert "url(#" in second
    assert "url(#" not in first
    assert edges(first)[1] == edges(second)[1], "the step down begins at the top of the step up"


@pytest.mark.parametrize(
    ("value", "shown"), [("1.5", "+1.50"), ("-0.25", "\u22120.25"), ("-0.0024", "0.00"), ("0", "0.00")]
)
def test_signed_numbers_have_a_true_minus_and_no_signed_nothing(value: str, shown: str) -> None:
    assert signed(Decimal(value)) == shown
