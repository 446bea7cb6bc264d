"""Building batches on other threads while the next rows are found; what comes out keeps its order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from crossbearing.intake.reader import RawBatch, Reading, Refused


def built_ahead(pieces: Iterator[Refused | Callable[[], RawBatch]], threads: int) -> Reading:
    """The pieces in order, with batches built.

    Args:
        pieces: Refusals, and calls that build a batch; a call may run beside others and beside the iterator.
        threads: How many work at it; with one, everything is done in turn.
    """
    if threads == 1:
        for piece in pieces:
            yield piece() if callable(piece) else piece
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Refused | Future[RawBatch]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(piece) if callable(piece) else piece)
            if len(waiting) > threads:  # so many batches at most are in memory
                yield _result(waiting.popleft())
        for last in waiting:
            yield _result(last)


def _result(piece: Refused | Future[RawBatch]) -> RawBatch | Refused:
    return piece.result() if isinstance(piece, Future) else piece
