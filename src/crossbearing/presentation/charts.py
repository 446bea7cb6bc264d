"""Charts as SVG text: zero-based, labelled directly, legible in grey.

The principles stand in docs/explanation/look.md.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from markupsafe import Markup, escape

from crossbearing.presentation.text import number

_EDGE: Final = 24  # units: half of a label of five digits


def amounts(data: Sequence[tuple[str, Decimal, str]], *, title: str) -> Markup:
    """Bars under their names, narrow enough for a telephone: a name, a value, and the value in words."""
    width, row = 360, 36
    longest = max((value for _, value, _ in data), default=Decimal(1)) or Decimal(1)
    parts = [_opening(width, row * len(data) + 4, title).replace('class="chart"', 'class="chart links"')]
    for place, (name, value, says) in enumerate(data):
        top = place * row
        long = max(1, round(width * value / longest)) if value else 0
        parts.append(
            f'<text class="id" x="0" y="{top + 14}">{escape(name)}</text>'
            f'<text class="value" x="{width}" y="{top + 14}" text-anchor="end">{escape(says)}</text>'
            f'<rect class="bar" x="0" y="{top + 20}" width="{long}" height="10"/>'
        )
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - names are escaped above


def columns(data: Sequence[tuple[str, int]], *, title: str) -> Markup:
    """Upright columns over time, one per period, the highest and the last labelled."""
    width, height, base, top = 640, 120, 98, 16
    highest = max((value for _, value in data), default=1) or 1
    step = width / max(len(data), 1)
    parts = [_opening(width, height, title)]
    marked = False
    for place, (name, value) in enumerate(data):
        tall = round((base - top) * value / highest)
        x = round(place * step + step * 0.12, 1)
        wide = round(step * 0.76, 1)
        parts.append(f'<rect class="bar" x="{x}" y="{base - tall}" width="{wide}" height="{tall}"/>')
        is_highest = value == highest and not marked
        if value and (is_highest or place == len(data) - 1):
            marked = marked or is_highest
            at, anchor = x + wide / 2, "middle"
            if not _EDGE <= at <= width - _EDGE:  # else half of it would be cut off
                at, anchor = (x, "start") if at < _EDGE else (x + wide, "end")
            parts.append(
                f'<text class="value" x="{at:g}" y="{base - tall - 4}" text-anchor="{anchor}">{number(value)}</text>'
            )
        if place % max(1, len(data) // 6) == 0 and x < width - 60:
            parts.append(f'<text class="tick" x="{x}" y="{base + 15}">{escape(name)}</text>')
    parts.append(f'<line class="axis" x1="0" y1="{base}" x2="{width}" y2="{base}"/></svg>')
    return Markup("".join(parts))  # noqa: S704 - names are escaped above


def picture(charts: Sequence[tuple[str, Markup]]) -> Markup:
    """Columns one above the other, each under its title, as a file that needs no page around it."""
    width, title, tall = 640, 30, 120
    row = title + tall + 10
    style = "text{font:13px sans-serif}.tick{font-size:12px}.bar{fill:#345}.axis{stroke:#555}rect.paper{fill:#fff}"
    parts = [
        f'<svg viewBox="0 0 {width} {row * len(charts)}" xmlns="http://www.w3.org/2000/svg"><style>{style}</style>',
        f'<rect class="paper" width="{width}" height="{row * len(charts)}"/>',
    ]
    for place, (name, chart) in enumerate(charts):
        top = place * row
        placed = str(chart).replace("<svg ", f'<svg y="{top + title}" width="{width}" height="{tall}" ', 1)
        parts.append(f'<text x="0" y="{top + 20}">{escape(name)}</text>{placed}')
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - names are escaped above


def _opening(width: int, height: int, title: str) -> str:
    box = f'viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg"'
    return f'<svg class="chart" role="img" {box}><title>{escape(title)}</title>'
