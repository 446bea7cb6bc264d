"""Retrieval and pair measures over sides of accounts, with bootstrap intervals over authors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEVELS = (0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one method.

    Attributes:
        closed: R@1 among the second sides of the authors only.
        first: R@1 among these and the accounts standing by.
        tenth: R@10, likewise.
        reciprocal: MRR, likewise.
        precision: Average precision over all pairs of sides.
        best_f1: Over all pairs, threshold chosen afterwards.
        at95: Greatest recall at a precision of 0.95 or more over all pairs.
        cross95: The same over pairs of a first side with a second side only.
    """

    closed: float
    first: float
    tenth: float
    reciprocal: float
    precision: float
    best_f1: float
    at95: float
    cross95: float


def curve(scores: Floats, is_true: NDArray[np.bool_], weights: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Precision and recall after each pair, the best first, and the scores in that order."""
    order = np.argsort(-scores, kind="stable")
    weight = np.ones(len(scores)) if weights is None else weights[order]
    hit = np.cumsum(is_true[order] * weight)
    taken = np.maximum(np.cumsum(weight), 1e-12)
    return hit / taken, hit / max(hit[-1], 1e-12), scores[order]


def recall_at(precision: Floats, recall: Floats, level: float) -> float:
    """Greatest recall at a precision of the level or more; 0 if there is none."""
    reached = np.flatnonzero(precision >= level)
    return float(recall[reached[-1]]) if len(reached) else 0.0


def measured(
    scores: Floats,
    authors: int,
    chosen: NDArray[np.int64],
    ignored: NDArray[np.bool_] | None = None,
    candidates: NDArray[np.int64] | None = None,
) -> Measured:
    """Figures over the chosen authors and everybody standing by.

    Args:
        scores: Symmetric; first sides, second sides in the same order, then those standing by.
        authors: How many authors.
        chosen: Numbers of authors; one that is there twice counts twice.
        ignored: Pairs that count neither way, like ``scores``.
        candidates: Authors whose second sides are candidates; by default the chosen ones. With draws it is all of them:
            a draw holds fewer different authors, which would make retrieval look easier.
    """
    others = np.arange(2 * authors, len(scores))
    weight = np.bincount(chosen, minlength=authors).astype(float)
    kept = np.flatnonzero(weight)
    among = kept if candidates is None else candidates
    usable = scores if ignored is None else np.where(ignored, -np.inf, scores)
    queries = usable[np.ix_(kept, np.concatenate([authors + among, others]))]
    true = scores[kept, authors + kept][:, None]
    rank = (queries > true).sum(axis=1) + 1
    rank_closed = (queries[:, : len(among)] > true).sum(axis=1) + 1

    def mean(values: NDArray[np.bool_] | Floats) -> float:
        return float(np.average(values, weights=weight[kept]))

    side_weight = np.concatenate([weight, weight, np.ones(len(others))])
    one, other = np.triu_indices(len(scores), 1)
    counts = side_weight[one] * side_weight[other]
    is_true = (other == one + authors) & (one < authors)
    counts[is_true] = weight[one[is_true]]
    if ignored is not None:
        counts[ignored[one, other]] = 0
    is_used = counts > 0
    one, other, counts, is_true = one[is_used], other[is_used], counts[is_used], is_true[is_used]
    precision, recall, _ = curve(scores[one, other], is_true, counts)
    gained = np.diff(recall, prepend=0)
    harmonic = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    is_cross = (one < authors) & (other >= authors) & (other < 2 * authors)
    cross = curve(scores[one, other][is_cross], is_true[is_cross], counts[is_cross])
    return Measured(
        mean(rank_closed == 1), mean(rank == 1), mean(rank <= 10), mean(1 / rank), float((precision * gained).sum()),  # noqa: PLR2004
        float(harmonic.max()), recall_at(precision, recall, _LEVELS[0]), recall_at(*cross[:2], _LEVELS[0]),
    )  # fmt: skip


def normalised(scores: Floats) -> Floats:
    """Two-sided z-normalisation over the candidates themselves, as the reference had it."""
    plain = scores.copy()
    np.fill_diagonal(plain, np.nan)
    mean, spread = np.nanmean(plain, axis=1), np.nanstd(plain, axis=1)
    found = ((plain - mean[:, None]) / spread[:, None] + (plain - mean) / spread) / 2
    np.fill_diagonal(found, -np.inf)
    return np.asarray(found)


def mutual(scores: Floats) -> Floats:
    """Scores of pairs of which each is the other's best; all others go below every score."""
    plain = scores.copy()
    np.fill_diagonal(plain, -np.inf)
    best = plain.max(axis=1)
    is_best = (plain == best[:, None]) & (plain == best)
    return np.where(is_best, plain, plain - 1e3)
