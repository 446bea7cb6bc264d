"""Single draws from a stream, taken from it by the thousand: asking a generator for one number is slow."""

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

_AT_ONCE = 2048
_Item = TypeVar("_Item")


class Draws:
    """Numbers of one stream, one after the other."""

    __slots__ = ("_chance", "_left")

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self._left: list[float] = []

    def unit(self) -> float:
        """From 0 up to but not including 1."""
        if not self._left:
            self._left = self._chance.random(_AT_ONCE).tolist()
        return self._left.pop()

    def happens(self, share: float) -> bool:
        """True in that share of the draws."""
        return self.unit() < share

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return int(self.unit() * count)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def one(self, items: Sequence[_Item]) -> _Item:
        """One of the items."""
        return items[int(self.unit() * len(items))]

    def shuffle(self, items: list[Any]) -> None:
        """Put the items into another order, in place."""
        for last in range(len(items) - 1, 0, -1):
            other = int(self.unit() * (last + 1))
            items[last], items[other] = items[other], items[last]

    def wait(self, mean: float) -> int:
        """A waiting time without memory, in the unit of the mean."""
        return int(-mean * math.log1p(-self.unit()))
