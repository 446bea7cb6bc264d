"""Dots stand where places are, the larger the more, and north is up."""

import re
from decimal import Decimal

from crossbearing.presentation.dots import Dot, dots

PLACES = [
    Dot("Northby", Decimal("10.9"), Decimal("-20.5"), 100),
    Dot("Eastby", Decimal("10.5"), Decimal("-20.1"), 25),
    Dot("<b>", Decimal("10.1"), Decimal("-20.5"), 1),
]


def circles(svg: str) -> dict[str, tuple[float, float, float]]:
    found = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"><title>([^:]+):', svg)
    return {name: (float(x), float(y), float(r)) for x, y, r, name in found}


def test_north_is_up_east_is_right_and_four_times_as_many_are_twice_as_wide() -> None:
    drawn = circles(str(dots(PLACES, title="places")))
    assert drawn["Northby"][1] < drawn["Eastby"][1] < drawn["&lt;b&gt;"][1]
    assert drawn["Eastby"][0] > drawn["Northby"][0]
    assert drawn["Northby"][2] == 2 * drawn["Eastby"][2]


def test_names_are_text_and_nothing_is_drawn_of_nothing() -> None:
    assert "<b>" not in str(dots(PLACES, title="<b>"))
    assert str(dots([], title="places")) == ""


def test_one_place_alone_is_drawn() -> None:
    assert len(circles(str(dots(PLACES[:1], title="place")))) == 1
