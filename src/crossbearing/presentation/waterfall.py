"""The parts of a score as steps from its prior to its sum, as SVG without any style: classes give the look.

Each step is a picture of its own on one common scale, so that words and numbers can stand beside it as text. What
speaks for is solid, what speaks against is hatched; the broken line is where both are equally likely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

PATTERN_ID: Final = "against"
# Once on a page that has steps; it takes no room.
PATTERN: Final = Markup(  # noqa: S704 - words of ours only
    '<svg class="defs" width="0" height="0" aria-hidden="true"><defs>'
    f'<pattern id="{PATTERN_ID}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" class="hatch-ground"/><line x1="0" y1="0" x2="0" y2="5" class="hatch-against"/>'
    "</pattern></defs></svg>"
)
_EVEN: Final = Decimal(0)  # log-odds of what is as likely as not
_HUNDRED: Final = Decimal(100)
_MARGIN: Final = Decimal(2)  # percent of the width, at either end


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score, natural logarithms, with its range."""

    value: Decimal
    low: Decimal
    high: Decimal


def waterfall(prior: Decimal, parts: Sequence[Part]) -> tuple[Markup, ...]:
    """One picture for the prior, for each part in order, and for the sum."""
    begins = [prior]
    for part in parts:
        begins.append(begins[-1] + part.value)
    ends = [edge for at, part in zip(begins, parts, strict=False) for edge in (at + part.low, at + part.high)]
    scale = _Scale(min([_EVEN, *begins, *ends]), max([_EVEN, *begins, *ends]))
    steps = [scale.step(at, part) for at, part in zip(begins, parts, strict=False)]
    return (scale.bar(_EVEN, prior, "prior"), *steps, scale.bar(_EVEN, begins[-1], "sum"))


class _Scale:
    def __init__(self, low: Decimal, high: Decimal) -> None:
        self._low = low
        self._width = (high - low) or Decimal(1)

    def step(self, at: Decimal, part: Part) -> Markup:
        middle = f'y1="8" x2="{self._place(at + part.high)}%" y2="8"'
        range_ = f'<line class="range" x1="{self._place(at + part.low)}%" {middle}/>'
        return self.bar(at, at + part.value, "for" if part.value >= 0 else "against", range_)

    def bar(self, begin: Decimal, end: Decimal, kind: str, more: str = "") -> Markup:
        left, right = sorted((self._place(begin), self._place(end)))
        fill = f' fill="url(#{PATTERN_ID})"' if kind == "against" else ""
        zero = self._place(_EVEN)
        return Markup(  # noqa: S704 - numbers and words of ours only
            f'<svg class="step" width="100%" height="16" aria-hidden="true">'
            f'<line class="even" x1="{zero}%" y1="0" x2="{zero}%" y2="16"/>'
            f'<rect class="{kind}" x="{left}%" y="3" width="{max(right - left, Decimal("0.3"))}%" height="10"{fill}/>'
            f"{more}</svg>"
        )

    def _place(self, value: Decimal) -> Decimal:
        inner = _HUNDRED - 2 * _MARGIN
        return (_MARGIN + inner * (value - self._low) / self._width).quantize(Decimal("0.01"))
