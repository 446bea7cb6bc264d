"""How alike accounts write: n-grams of characters and words, normalised on both sides.

The similarity of two accounts is put in standard deviations above that of each with a cohort, and the two are averaged
("S-norm" of speaker recognition). Source: resolution reference, sections 1 and 5, and its measurements.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.domain.errors import BadConfiguration

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

COHORT: Final = 1_000  # accounts against which similarities are normalised; those whose ids hash lowest
NEIGHBOURS: Final = 20  # nearest accounts that become candidates
_FOUND: Final = 100  # nearest by plain similarity among which the normalised nearest are looked for
_PAIRS: Final = 200_000  # pairs whose similarity is computed at a time
_FLOOR: Final = 1e-3  # standard deviation below which an account is like nobody, or like everybody
_KINDS: Final[tuple[dict[str, Any], ...]] = (
    {"analyzer": "char", "ngram_range": (2, 5), "max_features": 200_000},
    {"analyzer": "word", "ngram_range": (1, 2), "max_features": 200_000, "token_pattern": r"(?u)\b\w+\b"},
)

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """Accounts as rows of unit length, and what is usual for each.

    Attributes:
        rows: One per account.
        mean: Of the similarities with the cohort, by account.
        spread: Their standard deviation.
    """

    rows: "csr_matrix"
    mean: Floats
    spread: Floats

    def scores(self, left: Numbers, right: Numbers) -> Floats:
        """Normalised similarity of pairs, in standard deviations."""
        found = np.empty(len(left))
        for at in range(0, len(left), _PAIRS):
            one, other = left[at : at + _PAIRS], right[at : at + _PAIRS]
            found[at : at + _PAIRS] = self._normalised(
                np.asarray(self.rows[one].multiply(self.rows[other]).sum(axis=1)).ravel(), one, other
            )
        return found

    def nearest(self, count: int) -> tuple[Numbers, Numbers]:
        """Pairs of accounts of which one is among the other's nearest, each once, left below right."""
        from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415 - compiled, and not needed for anything else

        found = sp_matmul_topn(self.rows, self.rows.T.tocsr(), top_n=_FOUND, sort=True).tocoo()
        is_pair = found.row != found.col
        one, other = found.row[is_pair].astype(np.int64), found.col[is_pair].astype(np.int64)
        scores = self._normalised(found.data[is_pair], one, other)
        order = np.lexsort((other, -scores, one))
        one, other = one[order], other[order]
        begins = np.searchsorted(one, np.arange(self.rows.shape[0]))
        is_near = np.arange(len(one)) - begins[one] < count
        pairs = np.unique(np.stack([np.minimum(one, other), np.maximum(one, other)])[:, is_near], axis=1)
        return pairs[0], pairs[1]

    def _normalised(self, similarity: Floats, one: Numbers, other: Numbers) -> Floats:
        halves = [(similarity - self.mean[side]) / self.spread[side] for side in (one, other)]
        return (halves[0] + halves[1]) / 2


def views_of(accounts: Sequence[str], texts: Sequence[str], owners: Numbers) -> list[View]:
    """Views of the accounts: characters and words; without one of which no two texts have a part in common.

    Args:
        accounts: Ids.
        texts: Adverts, masked.
        owners: Number of the account of each text.

    Raises:
        BadConfiguration: The libraries are not installed.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - half a second to load
    except ImportError as missing:
        raise BadConfiguration(
            "Comparing how accounts write needs scikit-learn and sparse-dot-topn",
            where="step writing_pair",
            remedy="Install the extra: pip install 'crossbearing[resolution]'.",
        ) from missing
    found = []
    for kind in _KINDS:
        try:
            vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32, **kind).fit_transform(texts)
        except ValueError:  # no part stands in two texts
            continue
        found.append(_view(accounts, vectors, owners))
    return found


def _view(accounts: Sequence[str], vectors: "csr_matrix", owners: Numbers) -> View:
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - as above
    from sklearn.preprocessing import normalize  # noqa: PLC0415 - as above

    ones = np.ones(len(owners), np.float32)
    sums = csr_matrix((ones, (owners, np.arange(len(owners)))), (len(accounts), len(owners)))
    rows = normalize(sums @ vectors).tocsr()
    drawn = sorted(range(len(accounts)), key=lambda number: hashlib.sha256(accounts[number].encode()).digest())
    cohort = np.array(sorted(drawn[:COHORT]))
    with_cohort = (rows @ rows[cohort].T).toarray().astype(np.float64)
    with_cohort[cohort, np.arange(len(cohort))] = np.nan  # an account is not compared with itself
    return View(rows, np.nanmean(with_cohort, axis=1), np.maximum(np.nanstd(with_cohort, axis=1), _FLOOR))
