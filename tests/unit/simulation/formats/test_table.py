"""Batches become pieces of bounded size; values are spelled exactly or refused."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.simulation.formats.table import escaped, pieces, spelled

ESCAPES = (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"))


@given(st.lists(st.text(st.sampled_from("a'\\\n\x1fé😀"), max_size=5), max_size=8))
def test_escaping_a_column_at_once_is_escaping_each_text(texts: list[str]) -> None:
    one_by_one = [t.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") for t in texts]
    assert escaped(texts, ESCAPES) == one_by_one


def test_large_batches_are_cut_and_arrays_become_plain_numbers() -> None:
    batch = [np.arange(20_000), [str(n) for n in range(20_000)]]
    cut = list(pieces([batch], 2))
    assert max(len(piece[0]) for piece in cut) < 10_000
    assert [n for piece in cut for n in piece[0]] == list(range(20_000))
    assert {type(n) for piece in cut for n in piece[0]} == {int}


@pytest.mark.parametrize("batch", [[[1, 2]], [[1, 2], [1]], []])
def test_a_batch_that_does_not_fit_its_table_is_refused(batch: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="expected 2 columns"):
        list(pieces([batch], 2))


def test_decimals_are_spelled_without_exponent_and_with_the_places_of_the_column() -> None:
    values = [Decimal("1E+3"), Decimal("-0.5"), 7, np.int64(8), None, "9.1"]
    assert spelled(values, places=2) == ["1000.00", "-0.50", "7.00", "8.00", None, "9.1"]
    assert spelled([Decimal("1E+3"), Decimal("-0.5"), None]) == ["1000", "-0.5", None]
    assert spelled([2**60 + 1, Decimal(2**70)], places=0) == [str(2**60 + 1), str(2**70)]


@pytest.mark.parametrize("value", [0.1, np.float64(0.1), b"x"])
def test_what_cannot_be_written_exactly_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        spelled(["a", value])


def test_truth_is_spelled_as_the_database_spells_it() -> None:
    assert spelled([True, False, None], true="t", false="f") == ["t", "f", None]
    assert spelled([True, np.bool(False)]) == ["1", "0"]
