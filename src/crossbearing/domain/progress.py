"""How long work tells whoever watches it; the interfaces decide what is shown."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Shows how far a piece of work is, and ends it when that is asked for."""

    def stage(self, name: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Begin a stage of ``total`` units; the function given back is told of each further unit done.

        Raises:
            Stopped: When a stage begins or the function is called: the work was asked to stop. So it is called
                only where nothing is half done.
        """


class Silent:
    """Progress that nobody watches."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG002 - protocol
        """Take the units and say nothing."""
        yield lambda _: None
