"""Runs of characters and of words of accounts, counted by compiled code.

Each run is known by a hash of 64 bits, folded into a table; two runs that share a place in it are counted as one. The
same text gives the same numbers on every machine. numba is used because the standard vectorisers take minutes for the
text of twenty thousand accounts (see docs/decisions/0018 on numba).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.store.session import usable_threads

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Numbers = NDArray[np.int64]
CHARACTERS, WORDS = "characters", "words"
_BITS: Final = 22  # places of the table as a power of two: collisions cost nothing measurable below a million runs
_PIECE: Final = 2_000_000  # characters that one thread counts at a time
_LONGEST: Final = 5  # characters of a run; the shortest has two
_RUN_OF_WORDS: Final = 3
_SPACE, _LETTER, _MARK = 0, 1, 2


def counts(texts: Sequence[str], owners: Numbers, accounts: int, kind: str, most: float) -> "csr_matrix":
    """How often each run stands in the texts of each account.

    Runs of characters have two to five, runs of words one to three; a row of marks is a word. Case and marks are kept,
    white space is one space, and no run crosses from one text into the next.

    Args:
        texts: Adverts, masked.
        owners: Number of the account of each text, never falling.
        accounts: How many there are.
        kind: ``CHARACTERS`` or ``WORDS``.
        most: Share of the accounts above which a run tells nothing and is dropped; so is one of a single account.

    Returns:
        Accounts by runs; only runs that are kept have a column.
    """
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - half a second to load

    if not len(texts):
        return csr_matrix((accounts, 0), dtype=np.float32)
    kernel = _kernels()[kind]
    lengths = _LONGEST - 1 if kind == CHARACTERS else _RUN_OF_WORDS
    seen = np.zeros(1 << _BITS, np.int64)  # in how many accounts
    pieces = []

    def counted(codes: NDArray[np.uint32], begins: Numbers) -> Any:
        return kernel(codes, _kinds()[codes], begins, np.zeros(1 << _BITS, np.int32), lengths)

    for found, times, sizes in beside_each_other(counted, _pieces(texts, owners, accounts)):
        seen += np.bincount(found, minlength=len(seen))
        pieces.append((found, times, sizes))
    is_kept = (seen >= 2) & (seen <= max(2.0, most * accounts))  # noqa: PLR2004 - a run of one account compares nothing
    columns = (np.cumsum(is_kept) - 1).astype(np.int32)
    starts = np.zeros(accounts + 1, np.int64)
    indices, data, account = [], [], 0
    while pieces:  # each piece is let go when its part is taken
        found, times, sizes = pieces.pop(0)
        stays = is_kept[found]
        row = np.repeat(np.arange(len(sizes)), sizes)
        starts[account + 1 : account + 1 + len(sizes)] = np.bincount(row[stays], minlength=len(sizes))
        account += len(sizes)
        indices.append(columns[found[stays]])
        data.append(times[stays].astype(np.float32))
    return csr_matrix(
        (np.concatenate(data), np.concatenate(indices), np.cumsum(starts)), shape=(accounts, int(is_kept.sum()))
    )


def word_amounts(texts: Sequence[str], owners: Numbers, accounts: int) -> Numbers:
    """Words of each account, by white space."""
    return np.bincount(owners, [len(text.split()) for text in texts], accounts).astype(np.int64)


def beside_each_other(function: Callable[..., Any], given: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """What the function makes of each of these, in order; as many at a time as threads may be used.

    Args:
        function: Compiled code that lets other threads run.
        given: Its arguments, taken as they are needed.
    """
    threads, waiting = usable_threads(), deque[Future[Any]]()
    with ThreadPoolExecutor(threads) as pool:
        for arguments in given:
            waiting.append(pool.submit(function, *arguments))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _pieces(texts: Sequence[str], owners: Numbers, accounts: int) -> Iterator[tuple[NDArray[np.uint32], Numbers]]:
    """Code points of whole accounts, and where each account begins."""
    bounds = np.searchsorted(owners, np.arange(accounts + 1))
    parts: list[str] = []
    begins = [0]
    for account in range(accounts):
        joined = "".join(" ".join(text.split()) + "\n" for text in texts[bounds[account] : bounds[account + 1]])
        parts.append(joined)
        begins.append(begins[-1] + len(joined))
        if begins[-1] >= _PIECE or account == accounts - 1:
            codes = np.frombuffer("".join(parts).encode("utf-32-le", "surrogatepass"), np.uint32)
            yield codes, np.array(begins, np.int64)
            parts, begins = [], [0]


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code point is."""
    return np.fromiter(
        (_SPACE if chr(code).isspace() else _LETTER if chr(code).isalnum() or code == ord("_") else _MARK
         for code in range(0x110000)), np.uint8, 0x110000,
    )  # fmt: skip


@cache
def _kernels() -> dict[str, Callable[..., Any]]:
    from crossbearing.resolution import gram_kernels  # noqa: PLC0415 - numba takes a third of a second to load

    return {CHARACTERS: gram_kernels.characters, WORDS: gram_kernels.words}
