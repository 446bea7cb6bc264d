"""The step that compares how accounts write: neighbours, and every pair that something else brought together."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.resolution.masking import masked
from crossbearing.resolution.writing import NEIGHBOURS, views_of
from crossbearing.store.session import Session

FEWEST_WORDS: Final = 30  # of an account; with fewer, nothing can be said of its writing
_MOST: Final = 20_000  # characters of one account that are read; a million copies of one advert are one advert
_SCHEMA: Final = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("is_neighbour", pa.bool_()),
        ("score", pa.decimal128(9, 4)),
        ("left_words", pa.int64()),
        ("right_words", pa.int64()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
_ADVERTS: Final = """
    SELECT listing.account_id, coalesce(account.handle, '') AS handle, listing.description AS text,
        list_sort(list_distinct(flatten(list(listing.exhibit_ids)))) AS exhibit_ids
    FROM listing
    INNER JOIN account ON listing.account_id = account.account_id
    WHERE account.role IN ('seller', 'staff') AND listing.description IS NOT NULL
    GROUP BY listing.account_id, account.handle, listing.description
    ORDER BY listing.account_id, min(listing.first_seen_on), listing.description
"""


def writing_pairs(engine: Session) -> pa.Table:
    """Similarities in writing of neighbours and of pairs met otherwise; each pair once."""
    texts, owners, accounts, exhibits = _texts(engine)
    words = np.bincount(owners, [text.count(" ") + 1 for text in texts], len(accounts)).astype(np.int64)
    has_enough = words >= FEWEST_WORDS
    if has_enough.sum() < 3:  # noqa: PLR2004 - nothing is usual among two
        return _SCHEMA.empty_table()
    views = views_of(accounts, texts, owners)
    if not views:
        return _SCHEMA.empty_table()
    near = np.concatenate([np.stack(view.nearest(NEIGHBOURS), axis=1) for view in views])
    pairs, first = np.unique(np.concatenate([near, _met(engine, accounts)]), axis=0, return_index=True)
    is_near = first < len(near)  # of equal pairs the first is named
    compared = has_enough[pairs].all(axis=1)
    (left, right), is_near = pairs[compared].T, is_near[compared]
    scores = np.mean([view.scores(left, right) for view in views], axis=0)
    names = np.array(accounts)
    both: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        both.setdefault((exhibits[one], exhibits[other]), sorted({*exhibits[one], *exhibits[other]}))
    found = [both[exhibits[one], exhibits[other]] for one, other in zip(left.tolist(), right.tolist(), strict=True)]
    exact = pa.array(scores.round(4)).cast(_SCHEMA.field("score").type)
    columns = [names[left], names[right], is_near, exact, words[left], words[right], found]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)], _SCHEMA)


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


def _texts(engine: Session) -> tuple[list[str], NDArray[np.int64], list[str], list[tuple[str, ...]]]:
    """Masked adverts, the number of the account of each, the accounts by id, and the exhibits of each."""
    texts: list[str] = []
    owners: list[int] = []
    accounts: list[str] = []
    exhibits: list[set[str]] = []
    read = 0
    for row in engine.rows(_ADVERTS):
        if not accounts or accounts[-1] != row["account_id"]:
            accounts.append(row["account_id"])
            exhibits.append(set())
            read = 0
        if read < _MOST:
            text = masked(row["handle"], row["text"][: _MOST - read])
            texts.append(text)
            owners.append(len(accounts) - 1)
            exhibits[-1].update(row["exhibit_ids"])
            read += len(text)
    return texts, np.array(owners, np.int64), accounts, [tuple(sorted(found)) for found in exhibits]
