"""What is still to happen, in the order of time."""

import heapq
from collections.abc import Callable

from crossbearing.simulation.chain.network import Network

Act = Callable[[], None]


class Agenda:
    """Acts at their times; what falls after the end never happens."""

    def __init__(self, network: Network, ends_at: int) -> None:
        self._network = network
        self._ends_at = ends_at
        self._acts: list[tuple[int, int, Act]] = []
        self._planned = 0

    def plan(self, at: int, act: Act) -> None:
        """Do something at that time; among equal times, what was planned first comes first."""
        if at <= self._ends_at:
            self._planned += 1
            heapq.heappush(self._acts, (at, self._planned, act))

    def advance(self, at: int) -> None:
        """Do everything that is due by then."""
        while self._acts and self._acts[0][0] <= at:
            due, _, act = heapq.heappop(self._acts)
            self._network.advance(due)
            act()
        self._network.advance(at)
