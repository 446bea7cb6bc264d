"""Dots where places are, as SVG: the larger the figure, the larger the dot. Only what is a place is drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup, escape

from crossbearing.presentation.text import number

_WIDTH: Final = 640
_TALLEST: Final = 420
_MARGIN: Final = 40
_LARGEST: Final = 18  # radius of the largest dot
_NAMED: Final = 6  # so many of the largest bear their names


@dataclass(frozen=True, slots=True)
class Dot:
    """One place: its name, degrees north and east, and its figure."""

    name: str
    north: Decimal
    east: Decimal
    value: int


def dots(data: Sequence[Dot], *, title: str) -> Markup:
    """Places on a plain ground, as far apart as they are; north is up."""
    if not data:
        return Markup("")
    middle = math.radians(float(sum(dot.north for dot in data)) / len(data))
    across = [float(dot.east) * math.cos(middle) for dot in data]
    up = [float(dot.north) for dot in data]
    wide, tall = max(max(across) - min(across), 0.01), max(max(up) - min(up), 0.01)
    scale = min((_WIDTH - 2 * _MARGIN) / wide, (_TALLEST - 2 * _MARGIN) / tall)
    height = round(tall * scale) + 2 * _MARGIN
    most = max(dot.value for dot in data) or 1
    named = sorted(data, key=lambda dot: (-dot.value, dot.name))[:_NAMED]
    box = f'viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg"'
    parts = [f'<svg class="chart" role="img" {box}><title>{escape(title)}</title>']
    for dot, at_east, at_north in sorted(zip(data, across, up, strict=True), key=lambda one: -one[0].value):
        x, y = _MARGIN + (at_east - min(across)) * scale, _MARGIN + (max(up) - at_north) * scale
        radius = max(2.0, _LARGEST * math.sqrt(dot.value / most))
        parts.append(
            f'<circle class="bar" fill-opacity="0.7" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
            f"<title>{escape(dot.name)}: {number(dot.value)}</title></circle>"
        )
        if dot in named:
            parts.append(
                f'<text class="name" x="{x:.1f}" y="{y - radius - 4:.1f}" text-anchor="middle">'
                f"{escape(dot.name)} {number(dot.value)}</text>"
            )
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - names are escaped above
