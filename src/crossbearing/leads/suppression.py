"""Which counts may be shown so that no small group can be told from others, nor from differences between them.

Every overdose stands in one cell: one source, one state, one period, one area, one group of substances. Cells do not
overlap, so nothing that is shown overlaps either. Cells of fewer than ``smallest`` are not shown, and an empty one is
among them. What is left of a state's period may be shown as one figure, which is what a total would tell. What is left
of everything is told by the number of rows of the source, which others know. Both must be large enough, and small
enough that each cell in them may still be empty. If they are not, the bar is doubled for all cells alike until they
are, or nothing is shown: what is held back besides must not be chosen by its size, for whoever knows the rule would
reckon backwards from it.

A source is shown once, and so is a state's period: never counted anew, never cut otherwise, for what is decided twice
tells by how it is decided. See ``workflows/count_overdoses``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

SMALLEST: Final = 5  # without a setting; never fewer


class Cell(NamedTuple):
    """Where one count stands within its unit."""

    area: str
    group: str


class Unit(NamedTuple):
    """What is shown once and as a whole: a source, a state, a period by its first day."""

    source: str
    state: str
    period: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of one unit.

    Attributes:
        counts: Cells that are large enough.
        rest: All other cells of the unit together, 0 if there is none; None if even that is not shown.
        size: Size of the smallest cell that was shown then.
    """

    counts: Mapping[Cell, int]
    rest: int | None
    size: int

    @property
    def total(self) -> int:
        """Sum of what is shown."""
        return sum(self.counts.values()) + (self.rest or 0)


def shown(
    units: Mapping[Unit, Mapping[Cell, int]], cells: Mapping[str, Sequence[Cell]], smallest: int, apart: int = 0
) -> dict[Unit, Shown]:
    """What may be shown of one source, which was never shown before and never will be again.

    Args:
        units: Counts by cell; a cell that is not named is empty.
        cells: Every cell that a state has, also those that are empty in every period.
        smallest: Size of the smallest group that may be seen.
        apart: Rows of the source of which nothing is ever shown, such as those of a period that is not over.
    """
    most = max((count for counts in units.values() for count in counts.values()), default=0)
    size = smallest
    while size <= most:
        made = {unit: _alone(counts, cells[unit.state], size) for unit, counts in sorted(units.items())}
        if _is_safe_left(units, made, size, apart):
            return made
        size *= 2
    return {unit: Shown({}, None, size) for unit in sorted(units)}


def _alone(counts: Mapping[Cell, int], cells: Sequence[Cell], size: int) -> Shown:
    """One unit by itself. What is left of it tells of no cell more than that it is small: each may be empty."""
    large = {cell: counts[cell] for cell in cells if counts.get(cell, 0) >= size}
    rest = sum(counts.values()) - sum(large.values())
    hidden = len(cells) - len(large)
    may_be_told = not hidden or size <= rest <= (hidden - 1) * (size - 1)
    return Shown(large, rest if may_be_told else None, size)


def _is_safe_left(units: Mapping[Unit, Mapping[Cell, int]], made: Mapping[Unit, Shown], size: int, apart: int) -> bool:
    """Whether what no figure holds is nothing, or many in several units each of which may be empty, or elsewhere."""
    left = apart + sum(sum(counts.values()) for counts in units.values()) - sum(one.total for one in made.values())
    open_units = sum(one.rest is None for one in made.values())
    return left == 0 or size <= left <= (open_units - 1) * (size - 1) or apart >= size
