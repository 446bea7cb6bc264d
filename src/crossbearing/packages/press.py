"""Packages on paper, set while the next one is built: typst computes without Python's lock."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crossbearing.packages import build
from crossbearing.store import durable
from crossbearing.store.session import usable_threads


class Press:
    """Pages that are being set; as long as there are any, it is true."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        """Set pages with the threads of a pool."""
        self._pool = pool
        self._waiting: deque[Future[None]] = deque()

    def __len__(self) -> int:
        """How many are not known to be done."""
        return len(self._waiting)

    def give(self, home: Path, document: Mapping[str, Any]) -> None:
        """Set a package's pages into its folder; waits while there is work enough, for each page holds its document."""
        for name, language in build.papers(document).items():
            if len(self) > usable_threads():
                self.take()
            self._waiting.append(self._pool.submit(_set, home / name, document, language))

    def take(self) -> None:
        """Wait for the page that waits longest; raises what setting it raised."""
        self._waiting.popleft().result()


@contextmanager
def setting() -> Iterator[Press]:
    """A press; what has not begun when the block ends is not set."""
    pool = ThreadPoolExecutor(usable_threads())
    try:
        yield Press(pool)
    finally:
        pool.shutdown(cancel_futures=True)


def _set(path: Path, document: Mapping[str, Any], language: str) -> None:
    durable.write_bytes(path, build.as_pdf(document, language))
