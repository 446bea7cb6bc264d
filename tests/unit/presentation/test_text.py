"""How much of something is shown: to the gram, never as nothing, and with all digits where a sentence needs them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.presentation.text import amount, number, quantity, told_apart

LEAST = {"kg": Decimal("0.001"), "t": Decimal("0.000001"), "oz": Decimal("0.001")}


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("395.68411610597", "kg", "395.684"), ("57.56005039768", "kg", "57.56"), ("1234.5", "kg", "1\u2009234.5"),
        ("0.0004", "kg", "0.0004"), ("0", "kg", "0"), ("2.0000019", "t", "2.000002"), ("0.33333", "oz", "0.333"),
        ("591045", "pills", "591\u2009045"), ("0.00012345", "BTC", "0.00012345"), ("7.25", "USD", "7.25"),
    ],
)  # fmt: skip
def test_a_mass_is_shown_to_the_gram_and_everything_else_as_it_is(value: str, unit: str, shown: str) -> None:
    assert amount(Decimal(value), unit) == shown
    assert quantity(Decimal(value), unit) == f"{shown}\u00a0{unit}"


@given(value=st.decimals("1e-12", "1e20", places=12), unit=st.sampled_from(sorted(LEAST)))
def test_what_is_not_nothing_is_shown_within_half_of_the_last_digit_and_never_as_nothing(
    value: Decimal, unit: str
) -> None:
    shown = Decimal(amount(value, unit).replace("\u2009", ""))
    assert shown > 0
    assert abs(shown - value) <= LEAST[unit] / 2


def test_different_amounts_of_one_sentence_never_look_alike() -> None:
    one, other = Decimal("10.00041"), Decimal("10.00042")
    assert amount(one, "kg") == amount(other, "kg")
    assert told_apart([one, other], "kg") == [number(one), number(other)]
    assert told_apart([one, Decimal("10.002")], "kg") == ["10", "10.002"]
