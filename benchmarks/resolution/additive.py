"""Additive log-odds with weights that are never negative: the parts add up to the score.

Logistic regression, for it beat boosting at two hundred known pairs (resolution reference, section 5.2). A weight below
zero would say that agreement speaks against one operator, which nobody could defend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RIDGE: Final = 1.0  # penalty on the square of a weight, in standard deviations of its signal
_STEPS: Final = 60
_SETTLED: Final = 1e-8  # relative gain below which the fit ends
_SMALLEST_STEP: Final = 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Additive:
    """Weights of signals.

    Attributes:
        signals: Names, in the order of the columns.
        weights: One per signal, zero or more.
        prior: Log-odds of a pair whose signals are all zero.
        families: Family of each signal.
        caps: Most log-odds that a family's signals give together, either way.
    """

    signals: tuple[str, ...]
    weights: Floats
    prior: float
    families: tuple[str, ...] = ()
    caps: Mapping[str, float] | None = None

    def parts(self, columns: Floats) -> Floats:
        """What each signal adds to the log-odds of each pair; with the prior they add up to the score.

        Args:
            columns: Pairs by signals.
        """
        parts: Floats = columns * self.weights
        for family, cap in (self.caps or {}).items():
            mine = [at for at, other in enumerate(self.families) if other == family]
            total = np.abs(parts[:, mine].sum(axis=1))
            parts[:, mine] *= np.minimum(1.0, cap / np.maximum(total, cap))[:, None]
        return parts

    def log_odds(self, columns: Floats) -> Floats:
        """The score of each pair, natural logarithm."""
        scores: Floats = self.prior + self.parts(columns).sum(axis=1)
        return scores


def fitted(columns: Floats, is_same: NDArray[np.bool_], signals: Sequence[str], ridge: float = RIDGE) -> Additive:
    """Weights that make known pairs likeliest, none below zero.

    Args:
        columns: Known pairs by signals.
        is_same: Whether a pair is one operator; both answers must occur.
        signals: Names of the columns.
        ridge: See ``RIDGE``.
    """
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    spread[spread == 0] = 1
    table = np.column_stack([(columns - middle) / spread, np.ones(len(columns))])
    answers = is_same.astype(float)
    penalty = np.append(np.full(columns.shape[1], ridge), 0.0)

    def loss(weights: Floats) -> float:
        odds = table @ weights
        return float((np.logaddexp(0, odds) - answers * odds).sum() + 0.5 * (penalty * weights**2).sum())

    weights = np.zeros(table.shape[1])
    weights[-1] = np.log(answers.mean() / (1 - answers.mean()))
    now = loss(weights)
    for _ in range(_STEPS):
        nearer = _stepped(table, answers, penalty, weights)
        size = 1.0
        while size > _SMALLEST_STEP:
            tried = weights - size * nearer
            tried[:-1] = np.maximum(tried[:-1], 0)
            if (then := loss(tried)) <= now:
                break
            size /= 2
        else:
            break
        gain, weights, now = now - then, tried, then
        if gain < _SETTLED * abs(now):
            break
    scaled = weights[:-1] / spread
    return Additive(tuple(signals), scaled, float(weights[-1] - scaled @ middle))


def _stepped(table: Floats, answers: Floats, penalty: Floats, weights: Floats) -> Floats:
    """Newton's step over the weights that may move: those at zero that would fall below stay."""
    likely = 1 / (1 + np.exp(-np.clip(table @ weights, -700, 700)))
    slope = table.T @ (likely - answers) + penalty * weights
    is_free = (weights > 0) | (slope < 0)
    is_free[-1] = True
    free = table[:, is_free]
    curve = (free * (likely * (1 - likely))[:, None]).T @ free + np.diag(penalty[is_free] + 1e-9)
    step = np.zeros(len(weights))
    step[is_free] = np.linalg.solve(curve, slope[is_free])
    return step
