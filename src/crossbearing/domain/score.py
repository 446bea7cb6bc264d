"""How good proposals are, against a known truth: counts, precision, recall and their intervals."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final, TypeAlias

Pair: TypeAlias = tuple[str, str]
_Z95: Final = 1.959964  # normal quantile of a 95 % interval


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % Wilson interval; without trials nothing is known."""

    hits: int
    trials: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.hits / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Low and high end. Source: Wilson 1927."""
        if not self.trials:
            return None
        n, p, z = self.trials, self.hits / self.trials, _Z95
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class Score:
    """How a set of pairs compares with the true pairs."""

    name: str
    pairs: int
    precision: Share
    recall: Share


def score(name: str, found: Iterable[Pair], true: Iterable[Pair]) -> Score:
    """Compare pairs with the truth; a pair is the same in either order."""
    given = {(min(pair), max(pair)) for pair in found}
    wanted = {(min(pair), max(pair)) for pair in true}
    hits = len(given & wanted)
    return Score(name, len(given), Share(hits, len(given)), Share(hits, len(wanted)))
