"""The step that compares how accounts write: neighbours, and every pair that something else brought together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.resolution.grams import word_amounts
from crossbearing.resolution.writing import View, first_cohort, scores, views_of
from crossbearing.store.session import Session

INPUTS: Final = frozenset({"account_text", "masked_text", "pair_met"})
FEWEST_WORDS: Final = 30  # of an account; with fewer, nothing can be said of its writing
_SCHEMA: Final = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("is_neighbour", pa.bool_()),
        # One decimal: an account that comes later shifts rarities a little, and no pair is weighed anew for that.
        ("score", pa.decimal128(9, 1)),
        ("title_score", pa.decimal128(9, 1)),
        ("left_words", pa.int64()),
        ("right_words", pa.int64()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
_TEXTS: Final = """
    SELECT account_text.account_id, account_text.text_kind, account_text.first_position, account_text.exhibit_ids,
        masked_text.masked_text
    FROM account_text
    INNER JOIN masked_text ON account_text.text_id = masked_text.text_id
    ORDER BY account_text.account_id, account_text.text_id
"""


@dataclass
class _Texts:
    """Masked texts by account, in order of ids; ``positions`` of the first exhibit in the log, ``owners`` of texts."""

    accounts: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    exhibits: list[tuple[str, ...]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    is_title: list[bool] = field(default_factory=list)

    def views(self, cohort: NDArray[np.int64], *, only_titles: bool) -> list[View]:
        """Of all texts, or of the titles alone, beside these accounts."""
        chosen = [at for at, is_title in enumerate(self.is_title) if is_title or not only_titles]
        owners = np.array([self.owners[at] for at in chosen], np.int64)
        return views_of(len(self.accounts), [self.texts[at] for at in chosen], owners, cohort)


def writing_pairs(engine: Session) -> pa.Table:
    """Similarities in writing of neighbours and of pairs met otherwise; each pair once."""
    read = _read(engine.rows(_TEXTS))
    accounts, owners = len(read.accounts), np.array(read.owners, np.int64)
    words = word_amounts(read.texts, owners, accounts)
    has_enough = words >= FEWEST_WORDS
    if has_enough.sum() < 3:  # noqa: PLR2004 - nothing is usual among two
        return _SCHEMA.empty_table()
    cohort = first_cohort(read.accounts, read.positions)
    views = read.views(cohort, only_titles=False)
    if not views:
        return _SCHEMA.empty_table()
    titles = read.views(cohort, only_titles=True)
    near = np.concatenate([np.stack(view.nearest(), axis=1) for view in (*views, *titles)])
    pairs, first = np.unique(np.concatenate([near, _met(engine, read.accounts)]), axis=0, return_index=True)
    is_near = first < len(near)  # of equal pairs the first is named
    compared = has_enough[pairs].all(axis=1)
    (left, right), is_near = pairs[compared].T, is_near[compared]
    has_titles = np.bincount(owners[read.is_title], minlength=accounts) > 0
    is_known = has_titles[left] & has_titles[right] & bool(titles)
    names = np.array(read.accounts)
    columns = [
        names[left], names[right], is_near, _exact(scores(views, left, right)),
        _exact(scores(titles, left, right), is_known), words[left], words[right],
        _of_both(read.exhibits, left, right),
    ]  # fmt: skip
    return pa.table([pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)], _SCHEMA)


def _exact(values: NDArray[np.float64], is_known: NDArray[np.bool_] | None = None) -> pa.Array:
    """One decimal as exact numbers; null where nothing is known."""
    unknown = None if is_known is None else ~is_known
    return pa.array(values.round(1), mask=unknown).cast(_SCHEMA.field("score").type)


def _of_both(exhibits: Sequence[tuple[str, ...]], left: NDArray[np.int64], right: NDArray[np.int64]) -> list[list[str]]:
    """Exhibits of both accounts; pairs of the same exhibits share one list."""
    both: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    found = []
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        key = (exhibits[one], exhibits[other])
        if key not in both:
            both[key] = sorted({*key[0], *key[1]})
        found.append(both[key])
    return found


def _met(engine: Session, accounts: Sequence[str]) -> NDArray[np.int64]:
    """Pairs that something else brought together, as numbers of accounts that wrote something."""
    number = {account: place for place, account in enumerate(accounts)}
    rows = engine.rows("SELECT left_id, right_id FROM pair_met")
    found = [
        (number[row["left_id"]], number[row["right_id"]])
        for row in rows
        if row["left_id"] in number and row["right_id"] in number
    ]
    return np.array(found, np.int64).reshape(-1, 2)


def _read(rows: Iterable[dict[str, Any]]) -> _Texts:
    found = _Texts()
    exhibits: list[set[str]] = []
    for row in rows:
        if not found.accounts or found.accounts[-1] != row["account_id"]:
            found.accounts.append(row["account_id"])
            found.positions.append(row["first_position"])
            exhibits.append(set())
        found.texts.append(row["masked_text"])
        found.owners.append(len(found.accounts) - 1)
        found.is_title.append(row["text_kind"] == "title")
        exhibits[-1].update(row["exhibit_ids"])
    found.exhibits = [tuple(sorted(one)) for one in exhibits]
    return found
