"""Reading pieces of a file on other threads while the next ones are found; what comes out keeps its order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from crossbearing.intake.reader import Piece, Reading


def built_ahead(pieces: Iterator[Piece | Callable[[], list[Piece]]], threads: int) -> Reading:
    """The pieces in order.

    Args:
        pieces: Pieces, and calls that give some; a call may run beside others and beside the iterator.
        threads: How many work at it; with one, everything is done in turn.
    """
    if threads == 1:
        for piece in pieces:
            yield from piece() if callable(piece) else [piece]
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[list[Piece]] | list[Piece]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(piece) if callable(piece) else [piece])
            if len(waiting) > threads:  # so many inserts at most are in memory
                yield from _result(waiting.popleft())
        for last in waiting:
            yield from _result(last)


def _result(given: Future[list[Piece]] | list[Piece]) -> Iterable[Piece]:
    return given.result() if isinstance(given, Future) else given
