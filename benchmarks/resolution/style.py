"""How alike two accounts write free text: habits that stay when the subject changes.

Words that are not among the most common ones are replaced by their shape, so that subjects do not count. Counts enter
as square roots, so that habits weigh more than rare words. How far one writer strays from himself is learned from the
two halves of other accounts, and directions in which everybody strays weigh less ("within-class covariance
normalisation" of speaker recognition; source: Hatch, Kajarekar, Stolcke 2006). Hiding words by frequency: Stamatatos
2017. Measured in benchmarks/resolution/forum.py; what a score is good for: docs/explanation/why-style-is-no-proof.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

COMMON_WORDS: Final = 400  # are left as written: function words and what everybody on a forum says
_FEWEST: Final = 0.02  # of the halves, at least two, that must show a run; what fewer show is mostly subject or chance
_SHRINKAGE: Final = 0.5  # of the mean variance, added to each direction: there are fewer accounts than directions
_SMALLEST: Final = 1e-6  # share of the greatest variance below which a direction is rounding
_ROUNDING: Final = 1e-9  # variance of rows of unit length below which halves are equal
_TIMES: Final = 3  # posts that must end in the same line before it is a sign-off
_LAST: Final = 3  # lines at the end of a post that may be a sign-off
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_GAP: Final = re.compile(r"\n+| {2,}")
_NO_LETTER: Final = re.compile(r"\W+")


def common_words(texts: Iterable[str], count: int = COMMON_WORDS) -> frozenset[str]:
    """Words that most of the texts use, in small letters; of equally frequent ones the first by alphabet.

    Args:
        texts: One per account, of accounts that are not compared.
        count: How many.
    """
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update({word.casefold() for word in _WORD.findall(text)})
    return frozenset(sorted(seen, key=lambda word: (-seen[word], word))[:count])


def shaped(text: str, common: frozenset[str]) -> str:
    """The text with each word that is not common replaced by a sign for its shape.

    ``*`` is a word in small letters, ``^`` one with a capital, ``X`` one in capitals, ``#`` a number; line ends and
    double spaces, which are habits too, become ``¶`` and ``~``.
    """

    def shape(found: re.Match[str]) -> str:
        word = found[0]
        if word.casefold() in common:
            return word
        if word[0].isdigit():
            return "#"
        if len(word) > 1 and word.isupper():
            return "X"
        return "^" if word[0].isupper() else "*"

    return spaced(_WORD.sub(shape, text))


def spaced(text: str) -> str:
    """The text with line ends and double spaces as signs that a count of runs keeps."""
    return _GAP.sub(lambda found: " ¶ " if found[0][0] == "\n" else " ~ ", text)


def without_sign_offs(posts: Sequence[str]) -> list[str]:
    """Posts of one account without the last lines that three or more of them share; a post keeps its first line."""
    lines = [[line for line in post.split("\n") if line.strip()] for post in posts]
    keys = [[_NO_LETTER.sub(" ", line.casefold()).strip() for line in one] for one in lines]
    seen = Counter(key for one in keys if len(one) > 1 for key in set(one[-_LAST:]))
    kept = []
    for one, names in zip(lines, keys, strict=True):
        end = len(one)
        while end > 1 and (not names[end - 1] or seen[names[end - 1]] >= _TIMES):
            end -= 1
        kept.append("\n".join(one[:end]))
    return kept


def rows_of(table: "csr_matrix") -> "csr_matrix":
    """Counts of runs as rows of unit length: the square root of each run's share."""
    from scipy.sparse import diags

    total = np.asarray(table.sum(axis=1), np.float64).ravel()
    root = table.sqrt()
    return (diags(1 / np.sqrt(np.maximum(total, 1))) @ root).tocsr()


@dataclass(frozen=True, slots=True)
class Variation:
    """What other accounts teach of how one writer varies; frozen, so that a score stays what it is.

    Attributes:
        columns: Numbers of the runs that count.
        halves: First halves, then second halves of the accounts learned from: rows of unit length.
        usual: Mean similarity of each half with all.
        turn: Similarities to coordinates in which every direction strays alike: halves by directions.
        cohort: The halves in these coordinates, rows of unit length.
    """

    columns: NDArray[np.int64]
    halves: "csr_matrix"
    usual: Floats
    turn: Floats
    cohort: Floats

    def places(self, table: "csr_matrix") -> Floats:
        """Accounts as rows of unit length: what of their writing is their own.

        Args:
            table: Counts of all runs, by account; the columns are those that were learned from.
        """
        return _placed(self.halves, self.usual, self.turn, rows_of(table[:, self.columns]))

    def scores(self, places: Floats) -> Floats:
        """Likeness of each account with each, in standard deviations above what is usual for the two; symmetric."""
        against = places @ self.cohort.T
        mean, spread = against.mean(axis=1), np.maximum(against.std(axis=1), _SMALLEST)
        alike = places @ places.T
        return np.asarray(((alike - mean[:, None]) / spread[:, None] + (alike - mean) / spread) / 2)


def learned(first: "csr_matrix", second: "csr_matrix") -> Variation:
    """Learn from accounts of which nothing is known but that each half has one writer.

    Args:
        first: Counts of runs in the first half of each account.
        second: In the second half, accounts in the same order. None of them may be compared later.

    Raises:
        ValueError: Fewer than two accounts.
    """
    from scipy.sparse import vstack

    accounts = first.shape[0]
    if accounts < 2:  # noqa: PLR2004 - one account does not say how accounts differ
        message = f"{accounts} accounts to learn from, expected two or more"
        raise ValueError(message)
    both = vstack([first, second]).tocsr()
    columns = np.flatnonzero(np.bincount(both.indices, minlength=both.shape[1]) >= max(2, _FEWEST * 2 * accounts))
    halves = rows_of(both[:, columns])
    alike = np.asarray((halves @ halves.T).todense(), np.float64)
    usual = alike.mean(axis=0)
    centred = alike - usual - usual[:, None] + usual.mean()
    variance, directions = np.linalg.eigh(centred)
    is_real = variance > max(variance[-1] * _SMALLEST, _ROUNDING)
    turn = directions[:, is_real] / np.sqrt(variance[is_real])
    spread = centred @ turn
    apart = (spread[:accounts] - spread[accounts:]) / np.sqrt(2)
    within = apart.T @ apart / accounts
    within += (_SHRINKAGE * np.trace(within) / max(1, len(within)) + _ROUNDING) * np.eye(len(within))
    turn = turn @ np.linalg.cholesky(np.linalg.inv(within))
    return Variation(columns, halves, usual, turn, _placed(halves, usual, turn, halves))


def _placed(halves: "csr_matrix", usual: Floats, turn: Floats, rows: "csr_matrix") -> Floats:
    alike = np.asarray((rows @ halves.T).todense(), np.float64)
    place = (alike - alike.mean(axis=1, keepdims=True) - usual + usual.mean()) @ turn
    length = np.linalg.norm(place, axis=1, keepdims=True)
    return np.asarray(place / np.where(length > 0, length, 1))
