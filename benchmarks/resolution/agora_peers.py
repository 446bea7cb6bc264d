"""What others offer for the same pairs: plain TF-IDF, and Splink with its stock comparisons.

Each gives one score for every pair of pseudo-accounts, in the order of ``Space.pairs``.
"""

import re
from collections.abc import Hashable

import numpy as np
from agora_pages import Condition
from measures import Floats, Numbers

TFIDF = {"sublinear_tf": True, "min_df": 2}
KINDS = {"char": {"analyzer": "char", "ngram_range": (2, 5)}, "word": {"analyzer": "word", "ngram_range": (1, 2)}}
_LENGTHS = (2, 1)  # words in common at which Splink's comparison of lists has a level


def members(given: Condition) -> list[Numbers]:
    """Numbers of the adverts of each account."""
    return [np.flatnonzero(given.owners == account) for account in range(len(given.space.operator))]


def cosines(given: Condition) -> dict[str, Floats]:
    """TF-IDF cosines of characters and of words, as squares."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    whole = [" ".join(given.texts[at] for at in mine) for mine in members(given)]
    found = {}
    for name, kind in KINDS.items():
        rows = TfidfVectorizer(**TFIDF, **kind).fit_transform(whole)
        found[name] = (rows @ rows.T).toarray()
    return found


def nine_columns(given: Condition, squares: dict[str, Floats]) -> Floats:
    """The nine columns of the baseline "LR, all 9", by pair."""
    left, right = given.space.pairs
    nine = [square[left, right] for square in squares.values()]
    for square in squares.values():
        alone = np.where(np.eye(len(square), dtype=bool), np.nan, square)
        high = (alone - np.nanmean(alone, 1, keepdims=True)) / (np.nanstd(alone, 1, keepdims=True) + 1e-9)
        nine.append(((high + high.T) / 2)[left, right])
    for values in _sets(given).values():
        table = np.array([[len(a & b) / max(1, len(a | b)) for b in values] for a in values])
        nine.append(table[left, right])
    middle = _middle_price(given)
    return np.column_stack([*nine, -np.abs(middle[left] - middle[right])])


def _sets(given: Condition) -> dict[str, list[set[Hashable]]]:
    of = members(given)
    return {
        "origin": [{given.pages[at].origin.lower() for at in mine} for mine in of],
        "destination": [{given.pages[at].destination.lower() for at in mine} for mine in of],
        "title": [{word for at in mine for word in re.findall(r"\w+", given.titles[at].lower())} for mine in of],
        "quantity": [
            {one for at in mine for one in re.findall(r"\d+(?:\.\d+)?", given.titles[at])} for mine in of
        ],
    }  # fmt: skip


def _middle_price(given: Condition) -> Floats:
    return np.array([np.median([np.log(given.pages[at].price or 1) for at in mine]) for mine in members(given)])


def splink(given: Condition) -> Floats:
    """Match weights of Splink 5, with comparisons out of its library and no labels, over all pairs.

    Columns: the usual origin and destination, words of titles, quantities, words of descriptions, middle price in tens.
    """
    import logging
    import warnings

    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    of, sets, price = members(given), _sets(given), _middle_price(given)
    words = [sorted({word for at in mine for word in re.findall(r"\w{4,}", given.texts[at].lower())}) for mine in of]
    rows = [
        {
            "unique_id": at,
            "origin": _usual([given.pages[one].origin.lower() for one in mine]),
            "destination": _usual([given.pages[one].destination.lower() for one in mine]),
            "title": sorted(map(str, sets["title"][at])),
            "quantity": sorted(map(str, sets["quantity"][at])),
            "words": words[at],
            "price": str(round(float(np.exp(price[at])), -1)),
        }
        for at, mine in enumerate(of)
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ExactMatch("origin").configure(term_frequency_adjustments=True),
            cl.ExactMatch("destination").configure(term_frequency_adjustments=True),
            cl.ArrayIntersectAtSizes("title", [8, 4, *_LENGTHS]),
            cl.ArrayIntersectAtSizes("quantity", [4, *_LENGTHS]),
            cl.ArrayIntersectAtSizes("words", [40, 20, 10, 5]),
            cl.ExactMatch("price"),
        ],
        blocking_rules_to_generate_predictions=["1 = 1"],
        probability_two_random_records_match=2 / len(of),
    )
    linker = Linker(DuckDBAPI().register(pa.Table.from_pylist(rows)), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("origin"), block_on("destination")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict().as_pyarrow_table()
    one, other = (np.array(predicted[f"unique_id_{side}"]) for side in "lr")
    square = np.full((len(of), len(of)), -np.inf)
    square[one, other] = square[other, one] = np.array(predicted["match_weight"])
    return square[given.space.pairs]


def _usual(values: list[str]) -> str | None:
    return max(sorted(set(values)), key=values.count) or None
