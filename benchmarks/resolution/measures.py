"""What resolution is measured by: retrieval, pairs, clusters, calibration, and intervals over operators.

Protocol: section 3 of the resolution reference. Ties count against the method.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
RUNS = 1_000  # of the bootstrap
BINS = 10  # of the calibration error
Z95 = 1.959964  # normal quantile of a 95 % interval


@dataclass(frozen=True, slots=True)
class Space:
    """All pairs of accounts, and which are one operator.

    Attributes:
        operator: Of each account.
        queries: Accounts that are looked up, and ``targets`` their own other halves.
        candidates: Accounts among which they are looked for.
    """

    operator: Numbers
    queries: Numbers
    targets: Numbers
    candidates: Numbers

    @property
    def pairs(self) -> tuple[Numbers, Numbers]:
        """Left and right account of every pair."""
        left, right = np.triu_indices(len(self.operator), 1)
        return left.astype(np.int64), right.astype(np.int64)

    @property
    def is_same(self) -> Flags:
        """Whether a pair is one operator."""
        left, right = self.pairs
        return self.operator[left] == self.operator[right]

    def square(self, scores: Floats) -> Floats:
        """Scores of pairs as a matrix; an account is not like itself."""
        found = np.full((len(self.operator), len(self.operator)), -np.inf)
        left, right = self.pairs
        found[left, right] = found[right, left] = scores
        return found


def retrieval(space: Space, scores: Floats) -> dict[str, float]:
    """Share of queries whose own half comes first, or among ten; mean reciprocal rank; open set.

    Open set: every query is also asked with its own half taken away, so that half of the searches have no answer. The
    false-alarm rate is the share of those whose best candidate passes; the rate of detection and identification is the
    share of the others whose own half comes first and passes.
    """
    found = space.square(scores)[np.ix_(space.queries, space.candidates)]
    column = {account: at for at, account in enumerate(space.candidates.tolist())}
    at = np.array([column[target] for target in space.targets.tolist()])
    own = found[np.arange(len(at)), at].copy()
    found[np.arange(len(at)), at] = -np.inf
    rank = (found >= own[:, None]).sum(axis=1)
    others = found.max(axis=1)
    open_set = {
        f"DIR@FAR{share:.0%}": float(((rank == 0) & (own > np.quantile(others, 1 - share))).mean())
        for share in (0.01, 0.05)
    }
    return {
        "R@1": float((rank == 0).mean()), "R@10": float((rank < 10).mean()),  # noqa: PLR2004 - as it is called
        "MRR": float((1 / (rank + 1)).mean()), **open_set,
    }  # fmt: skip


def ordered(is_same: Flags, scores: Floats) -> Numbers:
    """Pairs from the best down; of equal scores the false ones first."""
    return np.lexsort((is_same, -scores))


def curve(is_same: Flags, weight: Floats | None = None) -> tuple[Floats, Floats]:
    """Precision and recall down to each of the pairs, which stand in order."""
    weight = np.ones(len(is_same)) if weight is None else weight
    hits, taken = np.cumsum(weight * is_same), np.cumsum(weight)
    return hits / np.maximum(taken, 1e-12), hits / max(hits[-1], 1e-12)


def pair_figures(is_same: Flags, scores: Floats) -> dict[str, float]:
    """Average precision, best F1, and the recall at which precision is still 95 and 99 %."""
    return _figures(is_same[ordered(is_same, scores)])


def _figures(is_same: Flags, weight: Floats | None = None) -> dict[str, float]:
    precision, recall = curve(is_same, weight)
    average = float((np.diff(recall, prepend=0) * precision).sum())
    best = float((2 * precision * recall / np.maximum(precision + recall, 1e-12)).max())
    at = {f"R@P{100 * share:.0f}": float(recall[precision >= share].max(initial=0)) for share in (0.95, 0.99)}
    return {"AP": average, "F1": best, **at}


def threshold(is_same: Flags, scores: Floats, precision: float, weight: Floats, *, is_sure: bool = False) -> float:
    """The score down to which precision holds on known pairs; infinite if it never does.

    Args:
        is_same: The answers.
        scores: Of the same pairs.
        precision: That must hold.
        weight: How many pairs each stands for.
        is_sure: Let the lower end of its 95 % interval hold (Wilson 1927), for few pairs are known.
    """
    order = ordered(is_same, scores)
    found, recall = curve(is_same[order], weight[order])
    if is_sure:
        taken = np.cumsum(weight[order])
        half = Z95 * np.sqrt(found * (1 - found) / taken + Z95**2 / (4 * taken**2))
        found = (found + Z95**2 / (2 * taken) - half) / (1 + Z95**2 / taken)
    holds = np.flatnonzero((found >= precision) & (recall > 0))
    return float(scores[order][holds[-1]]) if len(holds) else float("inf")


def calibration(is_same: Flags, log_odds: Floats) -> dict[str, float]:
    """Log-loss, Brier score, calibration error above p = 0.01, and the cost of the likelihood ratio (Cllr)."""
    likely = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    loss = np.logaddexp(0, np.where(is_same, -log_odds, log_odds))
    share = is_same.mean()
    ratio = log_odds - np.log(share / (1 - share))
    cost = np.logaddexp(0, -ratio[is_same]).mean() + np.logaddexp(0, ratio[~is_same]).mean()
    shown = likely > 0.01  # noqa: PLR2004 - as in the reference
    place = np.minimum((likely[shown] * BINS).astype(int), BINS - 1)
    gap = np.bincount(place, likely[shown] - is_same[shown], BINS)
    return {
        "log-loss": float(loss.mean()), "Brier": float(((likely - is_same) ** 2).mean()),
        "ECE": float(np.abs(gap).sum() / max(shown.sum(), 1)), "Cllr": float(cost / (2 * np.log(2))),
    }  # fmt: skip


def clusters(space: Space, scores: Floats, cut: float, *, is_complete: bool) -> Numbers:
    """Cluster of each account: components of the pairs above a cut, or complete linkage within them."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial.distance import squareform

    square = space.square(scores)
    left, right = np.nonzero(square >= cut)
    size = len(square)
    _, of = connected_components(csr_matrix((np.ones(len(left)), (left, right)), (size, size)), directed=False)
    if not is_complete:
        return of.astype(np.int64)
    found = np.zeros(size, np.int64)
    for component in np.unique(of):
        members = np.flatnonzero(of == component)
        if len(members) > 1:
            top = square[np.isfinite(square)].max()
            apart = np.where(np.eye(len(members), dtype=bool), 0, top - square[np.ix_(members, members)])
            inner = fcluster(linkage(squareform(apart, checks=False), "complete"), top - cut, "distance")
        else:
            inner = np.array([1])
        found[members] = found.max() + inner
    return found


def b_cubed(operator: Numbers, cluster: Numbers, of: Flags | None = None) -> dict[str, float]:
    """B-cubed precision, recall and F1, and the largest cluster, over some accounts."""
    of = np.ones(len(operator), bool) if of is None else of
    same, together = operator[of, None] == operator, cluster[of, None] == cluster
    both = (same & together).sum(axis=1)
    precision, recall = float((both / together.sum(axis=1)).mean()), float((both / same.sum(axis=1)).mean())
    return {
        "P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall),
        "largest": float(together.sum(axis=1).max()),
    }  # fmt: skip


def intervals(
    space: Space, ours: Floats, others: Sequence[Floats], names: Sequence[str], seed: int = 1
) -> dict[str, tuple[float, float]]:
    """95 % intervals of our AP and R@P95, and of their lead over other methods, by bootstrap over operators.

    An operator drawn k times counts k times: its own pair k times, a pair with another k times m.
    """
    left, right = space.pairs
    is_same, size = space.is_same, int(space.operator.max()) + 1
    chance = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {}
    orders = [ordered(is_same, scores) for scores in (ours, *others)]
    for _ in range(RUNS):
        times = np.bincount(chance.integers(0, size, size), minlength=size).astype(float)
        one, other = times[space.operator[left]], times[space.operator[right]]
        weight = np.where(is_same, one, one * other)
        mine, *theirs = (_figures(is_same[order], weight[order]) for order in orders)
        for figure in ("AP", "R@P95"):
            drawn.setdefault(figure, []).append(mine[figure])
            for name, their in zip(names, theirs, strict=True):
                drawn.setdefault(f"{figure} lead over {name}", []).append(mine[figure] - their[figure])
    return {name: (float(np.quantile(all_, 0.025)), float(np.quantile(all_, 0.975))) for name, all_ in drawn.items()}


def shown(figures: dict[str, float]) -> str:
    """Figures in a row."""
    return "  ".join(f"{name} {value:.3f}" if value < 10 else f"{name} {value:.0f}" for name, value in figures.items())  # noqa: PLR2004 - counts and shares
