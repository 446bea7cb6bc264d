"""The step that compares how accounts write: neighbours, and every pair that something else brought together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.resolution.grams import word_amounts
from crossbearing.resolution.masking import masked
from crossbearing.resolution.writing import View, first_cohort, scores, views_of
from crossbearing.store.session import Session

INPUTS: Final = frozenset({"account", "account_sighting", "exhibit", "listing", "pair_met", "server_account"})
FEWEST_WORDS: Final = 30  # of an account; with fewer, nothing can be said of its writing
_MOST: Final = 20_000  # characters of each kind that are read of one account; a million copies are one advert
_SCHEMA: Final = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("is_neighbour", pa.bool_()),
        ("score", pa.decimal128(9, 4)),
        ("title_score", pa.decimal128(9, 4)),
        ("left_words", pa.int64()),
        ("right_words", pa.int64()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
# Only what sellers and staff wrote; a text that stands on several rows or in several exhibits is read once.
_TEXTS: Final = """
    WITH shown AS (
        SELECT
            coalesce(
                server_account.account_id,
                CASE
                    WHEN coalesce(sighting.account_server_id, sighting.account_handle) IS NOT NULL
                        THEN account_id_of(sighting.market, sighting.account_server_id, sighting.account_handle)
                END
            ) AS account_id, 'about' AS kind, sighting.about AS text, NULL::DATE AS shown_on,
            [sighting.exhibit_id] AS exhibit_ids
        FROM account_sighting AS sighting
        LEFT JOIN server_account
            ON sighting.market = server_account.market
            AND sighting.account_server_id = server_account.account_server_id
        UNION ALL
        SELECT account_id, 'description' AS kind, description AS text, first_seen_on AS shown_on, exhibit_ids
        FROM listing
        UNION ALL
        SELECT account_id, 'title' AS kind, title AS text, first_seen_on AS shown_on, exhibit_ids
        FROM listing
    ),

    on_record AS (
        SELECT named.account_id, min(exhibit.exhibit_position) AS exhibit_position
        FROM (SELECT account_id, unnest(exhibit_ids) AS exhibit_id FROM account) AS named
        INNER JOIN exhibit ON named.exhibit_id = exhibit.exhibit_id
        GROUP BY named.account_id
    )

    SELECT account.account_id, coalesce(account.handle, '') AS handle, shown.kind, shown.text,
        min(on_record.exhibit_position) AS first_position,
        list_sort(list_distinct(flatten(list(shown.exhibit_ids)))) AS exhibit_ids
    FROM shown
    INNER JOIN account ON shown.account_id = account.account_id
    LEFT JOIN on_record ON account.account_id = on_record.account_id
    WHERE account.role IN ('seller', 'staff') AND shown.text <> ''
    GROUP BY account.account_id, account.handle, shown.kind, shown.text
    ORDER BY account.account_id, shown.kind, min(shown.shown_on), shown.text
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

    def views(self, *, only_titles: bool) -> list[View]:
        """Of all texts, or of the titles alone."""
        chosen = [at for at, is_title in enumerate(self.is_title) if is_title or not only_titles]
        owners = np.array([self.owners[at] for at in chosen], np.int64)
        cohort = first_cohort(self.accounts, self.positions)
        return views_of(len(self.accounts), [self.texts[at] for at in chosen], owners, cohort)


def writing_pairs(engine: Session) -> pa.Table:
    """Similarities in writing of neighbours and of pairs met otherwise; each pair once."""
    read = _read(engine.rows(_TEXTS))
    accounts, owners = len(read.accounts), np.array(read.owners, np.int64)
    words = word_amounts(read.texts, owners, accounts)
    has_enough = words >= FEWEST_WORDS
    if has_enough.sum() < 3:  # noqa: PLR2004 - nothing is usual among two
        return _SCHEMA.empty_table()
    views = read.views(only_titles=False)
    if not views:
        return _SCHEMA.empty_table()
    near = np.concatenate([np.stack(view.nearest(), axis=1) for view in views])
    pairs, first = np.unique(np.concatenate([near, _met(engine, read.accounts)]), axis=0, return_index=True)
    is_near = first < len(near)  # of equal pairs the first is named
    compared = has_enough[pairs].all(axis=1)
    (left, right), is_near = pairs[compared].T, is_near[compared]
    titles = read.views(only_titles=True)
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
    """Four decimals as exact numbers; null where nothing is known."""
    unknown = None if is_known is None else ~is_known
    return pa.array(values.round(4), mask=unknown).cast(_SCHEMA.field("score").type)


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
    """Texts without what names their sellers."""
    found = _Texts()
    exhibits: list[set[str]] = []
    taken: Counter[str] = Counter()
    for row in rows:
        if not found.accounts or found.accounts[-1] != row["account_id"]:
            found.accounts.append(row["account_id"])
            found.positions.append(row["first_position"] or 0)
            exhibits.append(set())
            taken.clear()
        kind = row["kind"]
        if taken[kind] < _MOST:
            text = masked(row["handle"], row["text"][: _MOST - taken[kind]])
            found.texts.append(text)
            found.owners.append(len(found.accounts) - 1)
            found.is_title.append(kind == "title")
            exhibits[-1].update(row["exhibit_ids"])
            taken[kind] += max(1, len(text))
    found.exhibits = [tuple(sorted(one)) for one in exhibits]
    return found
