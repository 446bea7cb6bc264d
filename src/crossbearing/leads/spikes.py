"""Where more was counted than the same area's own earlier periods let expect. A spike says that, and nothing of why.

It is reckoned from the figures that are shown and from nothing else, so that it tells no more than they do. A figure
that is not shown counts as the largest it can be. The expected count of false alarms is stated for each run.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

from crossbearing.leads.suppression import Cell, Shown, Unit

BEFORE: Final = 12  # earlier periods that a figure is held against
LEAST_BEFORE: Final = 6
ALLOWED: Final = 0.5  # false alarms in a run, over all its comparisons
RAREST: Final = 0.001  # of one comparison, however few there are
_PLACES: Final = Decimal("0.0001")
_NEVER: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """One area, group and period in which more was counted than its earlier periods let expect.

    Attributes:
        count: As shown.
        usual: Mean of the earlier periods, those that are not shown taken as large as they can be.
        chance: How often as many or more would be counted if nothing had changed.
    """

    state: str
    period: str
    area: str
    group: str
    count: int
    usual: Decimal
    chance: Decimal


@dataclass(frozen=True, slots=True)
class Spikes:
    """What a run found.

    Attributes:
        comparisons: Figures that had earlier ones enough.
        threshold: Chance below which a figure is a spike: the allowed false alarms, shared among the comparisons.
        expected: False alarms to expect in the run if nothing had changed anywhere.
    """

    found: tuple[Spike, ...]
    comparisons: int
    threshold: Decimal
    expected: Decimal


def spikes_in(units: Mapping[Unit, Shown]) -> Spikes:
    """Every figure held against the figures of the same area and group in the periods before it."""
    series: dict[str, list[tuple[str, Shown]]] = defaultdict(list)
    for unit, one in sorted(units.items(), key=lambda pair: (pair[0].state, pair[0].period)):
        series[unit.state].append((unit.period, one))
    compared = [
        (state, period, cell, count, before)
        for state, periods in sorted(series.items())
        for at, (period, one) in enumerate(periods)
        for cell, count in sorted(one.counts.items())
        if len(before := _earlier(periods[max(0, at - BEFORE) : at], cell)) >= LEAST_BEFORE
    ]
    threshold = min(RAREST, ALLOWED / max(1, len(compared)))
    # A dozen counts tell badly how much one series scatters; none is taken to scatter less than half of them do.
    scatter = median([scatter_of(before) for *_, before in compared] or [1.0])
    found, expected = [], 0.0
    for state, period, cell, count, before in compared:
        least = _least_spike(before, threshold, scatter)
        expected += chance_of(least, before, scatter)
        if count >= least:
            found.append(
                Spike(
                    state=state, period=period, area=cell.area, group=cell.group, count=count,
                    usual=(Decimal(sum(before)) / len(before)).quantize(Decimal("0.1")),
                    chance=_exact(chance_of(count, before, scatter)),
                )
            )  # fmt: skip
    return Spikes(tuple(found), len(compared), _exact(threshold), _exact(expected))


def chance_of(count: int, before: Sequence[int], scatter: float = 1.0) -> float:
    """How often so many or more are counted where nothing changed: the tail of a negative binomial.

    Its mean is that of the earlier counts. Its spread is Poisson's, or that of the earlier counts where they scatter
    more, widened for what so few of them leave open. Source: Noufaily and others, Statistics in Medicine 32 (2013).

    Args:
        count: So many or more.
        before: The earlier counts.
        scatter: Least scatter that is taken for true; 1 is Poisson's.
    """
    if count <= 0:
        return 1.0
    mean = _mean(before)
    variance = mean * max(1.0, scatter, scatter_of(before)) * (1 + 1 / len(before))
    shape = mean * mean / (variance - mean)
    odds = mean / variance
    below, term = 0.0, shape * math.log(odds)
    for value in range(count):
        below += math.exp(term)
        term += math.log(shape + value) - math.log(value + 1) + math.log1p(-odds)
    return max(_NEVER, 1 - below)


def scatter_of(before: Sequence[int]) -> float:
    """How many times as much as Poisson's these counts scatter."""
    mean = _mean(before)
    return sum((one - mean) ** 2 for one in before) / (len(before) - 1) / mean


def _mean(before: Sequence[int]) -> float:
    return (sum(before) + 0.5) / len(before)  # half a count, so that none is nothing


def _least_spike(before: Sequence[int], threshold: float, scatter: float) -> int:
    """The smallest count whose chance is below the threshold."""
    low, high = 0, max(8, 2 * max(before))
    while chance_of(high, before, scatter) > threshold:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if chance_of(middle, before, scatter) > threshold else (low, middle)
    return high


def _earlier(periods: Sequence[tuple[str, Shown]], cell: Cell) -> list[int]:
    return [one.counts.get(cell, one.size - 1) for _, one in periods]


def _exact(value: float) -> Decimal:
    """Four places; of what is smaller two digits."""
    exact = Decimal(repr(value))
    return exact.quantize(_PLACES) if exact >= _PLACES else Decimal(f"{value:.1e}")
