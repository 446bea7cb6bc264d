"""How far a pair stands above the other pairs of its two accounts.

A score of eight is much for an account whose other pairs score two, and little where many score seven: sellers who
copy from one stock are like each other. It depends on which accounts are compared, so that it is as of a run, and is
shown as a part of its own.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BESIDE: Final = 30  # best pairs of an account that say what is usual for it
_FEWEST: Final = 5  # pairs of an account; with fewer nothing is usual
_LEAST_SPREAD: Final = 0.05  # of the median spread

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


def standing(left: Numbers, right: Numbers, scores: Floats, accounts: int, beside: int = BESIDE) -> Floats:
    """Standard deviations above the best pairs of each account, mean of the two sides.

    Args:
        left: Number of one account of each pair; each pair stands once.
        right: Of the other.
        scores: Log-odds or any score of each pair.
        accounts: How many there are.
        beside: How many of an account's best pairs are looked at.

    Returns:
        One number per pair; a side with fewer than five pairs gives zero.
    """
    sides, both = np.concatenate([left, right]), np.concatenate([scores, scores])
    order = np.lexsort((-both, sides))
    sides, both = sides[order], both[order]
    begins = np.searchsorted(sides, np.arange(accounts))
    is_best = np.arange(len(sides)) - begins[sides] < beside
    who, best = sides[is_best], both[is_best]
    count = np.bincount(who, minlength=accounts)
    mean = np.bincount(who, best, accounts) / np.maximum(count, 1)
    spread = np.sqrt(np.bincount(who, (best - mean[who]) ** 2, accounts) / np.maximum(count, 1))
    has_enough = count >= _FEWEST
    if not has_enough.any():
        return np.zeros(len(scores))
    spread += _LEAST_SPREAD * max(float(np.median(spread[has_enough])), 1e-9)
    above = [np.where(has_enough[side], (scores - mean[side]) / spread[side], 0.0) for side in (left, right)]
    return (above[0] + above[1]) / 2
