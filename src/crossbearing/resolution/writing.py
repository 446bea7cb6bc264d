"""How alike accounts write: one score, of runs of characters and of words as written, normalised on both sides.

The similarity of two accounts is put in standard deviations above those accounts of a cohort that are most like each,
and the two are averaged ("adaptive S-norm" of speaker recognition). Source: resolution reference, sections 1 and 5;
measured in benchmarks/resolution/agora.py.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.domain.errors import BadConfiguration
from crossbearing.resolution.grams import CHARACTERS, WORDS, beside_each_other, counts
from crossbearing.store.session import usable_threads

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COHORT: Final = 500  # accounts against which similarities are normalised; see decision 0025
ALIKE: Final = 100  # of the cohort that are most like an account, and say what is usual for it
NEIGHBOURS: Final = 5  # nearest accounts of each view that become candidates; 25 found 1 % more of the true pairs
_PAIRS: Final = 1 << 15  # that one thread multiplies at a time
_TELLING: Final = 300  # accounts; a run of more is left out of the search for neighbours, not out of the score
_COMMON: Final = {CHARACTERS: 0.2, WORDS: 0.5}  # share of the accounts above which a run is left out of the score too
_ROUNDING: Final = 1e-6  # the same product of two rows is summed in another order by another library
_FLOOR: Final = 1e-3  # standard deviation below which an account is like nobody, or like everybody

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Usual:
    """An account's greatest similarities with a cohort: what a similarity is measured by.

    Attributes:
        count: How many they are, by account.
        total: Their sum.
        squares: Sum of their squares.
        least: The smallest of them.
        in_cohort: Whether an account is in the cohort.
    """

    count: Numbers
    total: Floats
    squares: Floats
    least: Floats
    in_cohort: NDArray[np.bool_]

    def above(self, accounts: Numbers, others: Numbers, similarity: Floats) -> Floats:
        """Standard deviations above what is usual for the accounts, each without the other of its pair.

        Whether that other happens to be in the cohort must not change how remarkable it is.
        """
        is_counted = self.in_cohort[others] & (similarity >= self.least[accounts])
        taken = np.where(is_counted, similarity, 0.0)
        count = np.maximum(self.count[accounts] - is_counted, 1)
        mean = np.maximum(self.total[accounts] - taken, 0) / count
        square = np.maximum(self.squares[accounts] - taken**2, 0) / count
        spread: Floats = np.sqrt(np.maximum(square - mean**2, 0))
        above: Floats = (similarity - mean) / np.maximum(spread, _FLOOR)
        return above


@dataclass(frozen=True, slots=True)
class View:
    """Accounts as rows of unit length, and what is usual for each.

    Attributes:
        rows: One per account; float32.
        usual: What is usual for each.
    """

    rows: "csr_matrix"
    usual: "Usual"

    def similarities(self, left: Numbers, right: Numbers) -> Floats:
        """Cosine of pairs of accounts."""
        from crossbearing.resolution.gram_kernels import products  # noqa: PLC0415 - numba is slow to load

        starts = self.rows.indptr.astype(np.int64)

        def of_some(left: Numbers, right: Numbers) -> Floats:
            return products(starts, self.rows.indices, self.rows.data, left, right)

        pieces = range(0, len(left), _PAIRS)
        given = ((left[at : at + _PAIRS], right[at : at + _PAIRS]) for at in pieces)
        return np.concatenate([*beside_each_other(of_some, given), np.zeros(0)])

    def scores(self, left: Numbers, right: Numbers) -> Floats:
        """Normalised similarity of pairs, in standard deviations."""
        similarity = self.similarities(left, right)
        return (self.usual.above(left, right, similarity) + self.usual.above(right, left, similarity)) / 2

    def nearest(self, count: int = NEIGHBOURS) -> tuple[Numbers, Numbers]:
        """Pairs of accounts of which one is among the other's nearest, each once, left below right.

        They are looked for by runs of at most 300 accounts: what more accounts share brings nobody together.
        """
        from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415 - compiled, and not needed for anything else

        accounts = np.bincount(self.rows.indices, minlength=self.rows.shape[1])
        telling = self.rows[:, np.flatnonzero(accounts <= _TELLING)]
        found = sp_matmul_topn(
            telling, telling.T.tocsr(), top_n=count + 1, sort=True, n_threads=usable_threads()
        ).tocoo()
        is_pair = found.row != found.col
        one, other = found.row[is_pair].astype(np.int64), found.col[is_pair].astype(np.int64)
        key = np.unique(np.minimum(one, other) * self.rows.shape[0] + np.maximum(one, other))
        return key // self.rows.shape[0], key % self.rows.shape[0]


def views_of(accounts: int, texts: Sequence[str], owners: Numbers, cohort: Numbers) -> list[View]:
    """Views of the accounts: words, and characters; without one of which no two accounts have a part in common.

    Args:
        accounts: How many there are.
        texts: Adverts, masked.
        owners: Number of the account of each text, never falling.
        cohort: Numbers of the accounts that similarities are normalised against. Nothing is known of who is whose.

    Raises:
        BadConfiguration: The libraries are not installed.
    """
    try:
        import sparse_dot_topn  # noqa: F401, PLC0415 - compiled, and not needed for anything else
    except ImportError as missing:
        raise BadConfiguration(
            "Comparing how accounts write needs scipy and sparse-dot-topn",
            where="step writing_pair",
            remedy="Install the extra: pip install 'crossbearing[resolution]'.",
        ) from missing
    found = []
    for kind in (WORDS, CHARACTERS):
        table = counts(texts, owners, accounts, kind, _COMMON[kind])
        if table.nnz:
            rows = weighted(table)
            found.append(View(rows, usual(rows, cohort)))
    return found


def scores(views: Sequence[View], left: Numbers, right: Numbers) -> Floats:
    """The writing score of pairs: the mean over the views; 0 where there is no view."""
    return np.mean([view.scores(left, right) for view in views], axis=0) if views else np.zeros(len(left))


def first_cohort(accounts: Sequence[str], positions: Sequence[int]) -> Numbers:
    """Numbers of the accounts that came on record first, rising; of one exhibit, those whose ids hash lowest.

    What comes on record later leaves the cohort as it is, and with it what is usual for an account.

    Args:
        accounts: Ids.
        positions: In the log, of the first exhibit that shows each.
    """
    hashes = [hashlib.sha256(account.encode()).digest() for account in accounts]
    by_time = sorted(range(len(accounts)), key=lambda number: (positions[number], hashes[number]))
    return np.array(sorted(by_time[:COHORT]), np.int64)


def weighted(table: "csr_matrix") -> "csr_matrix":
    """Counts as TF-IDF rows of unit length: logarithm of the count, times rarity among the accounts."""
    accounts = np.bincount(table.indices, minlength=table.shape[1])
    rarity = (np.log((1 + table.shape[0]) / (1 + accounts)) + 1).astype(np.float32)
    table.data = (1 + np.log(table.data)) * rarity[table.indices]
    length = np.sqrt(np.add.reduceat(np.append(table.data**2, 0.0), table.indptr[:-1]))
    length[np.diff(table.indptr) == 0] = 1
    table.data /= np.repeat(length, np.diff(table.indptr)).astype(np.float32)
    return table


def usual(rows: "csr_matrix", cohort: Numbers, alike: int = ALIKE) -> Usual:
    """Each account's greatest similarities with a cohort, itself left out."""
    from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415 - as above

    best: Any = sp_matmul_topn(
        rows, rows[cohort].T.tocsr(), top_n=min(alike + 1, len(cohort)), sort=True, n_threads=usable_threads()
    ).tocoo()
    is_other = best.row != cohort[best.col]
    row, value = best.row[is_other], best.data[is_other].astype(np.float64)
    order = np.lexsort((-value, row))
    row, value = row[order], value[order]
    begins = np.searchsorted(row, np.arange(rows.shape[0]))
    is_near = np.arange(len(row)) - begins[row] < alike
    row, value = row[is_near], value[is_near]
    # Those of the cohort with which nothing is shared have similarity zero, and count.
    in_cohort = np.zeros(rows.shape[0], bool)
    in_cohort[cohort] = True
    count = np.clip(len(cohort) - in_cohort, 1, alike)
    least = np.where(np.bincount(row, minlength=len(count)) < count, 0.0, np.inf)
    np.minimum.at(least, row, value)
    total, squares = (np.bincount(row, one, len(count)).astype(np.float64) for one in (value, value**2))
    return Usual(count, total, squares, least - _ROUNDING, in_cohort)
