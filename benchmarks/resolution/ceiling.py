"""What scores of pairs could reach with the same signals: gradient boosting over their raw values. Simulation only.

Trees know interactions and steps as fine as they like, and no part of their score can be read by itself; they are the
ceiling beside which the model that comes with the package is measured. Pairs: all that any rule brings together.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, precision_recall_curve

sys.path.insert(0, str(Path(__file__).parent))
from train import RATIOS, SCALE
from worlds import World, world

UNKNOWN = -9.0  # below every value there is
PRECISIONS = (0.97, 0.95, 0.9)
TABLES = (
    "pair_candidate", "writing_pair", "account", "handle_skeleton", "account_trade", "signal_identity", "signal_hours",
    "signal_closing", "signal_continent", "signal_dealing", "signal_first_seen", "shared_run", "signal_pasted_key",
    "signal_picture", "signal_claim", "account_pair",
)  # fmt: skip
VALUES = """
    WITH own AS (
        SELECT pair_id,
            max(CASE level WHEN 'all' THEN 4 WHEN 'some, one adds' THEN 3 WHEN 'some, both add' THEN 2
                WHEN 'none' THEN -1 ELSE 1 END) FILTER (signal = 'key') AS key,
            max(CASE WHEN level IN ('none', 'anybody''s') THEN -1 ELSE 2 END) FILTER (signal = 'contact') AS contact,
            max(CASE WHEN level IN ('none', 'anybody''s') THEN -1 ELSE 2 END) FILTER (signal = 'wallet') AS wallet
        FROM signal_identity GROUP BY pair_id
    ),
    counted AS (
        SELECT pair_id, 'pasted' AS kind FROM signal_pasted_key UNION ALL SELECT pair_id, 'picture' FROM signal_picture
        UNION ALL SELECT pair_id, 'claim' FROM signal_claim UNION ALL SELECT pair_id, 'closing' FROM signal_closing
        UNION ALL SELECT pair_id, 'continent' FROM signal_continent
    ),
    others AS (
        SELECT pair_id, count(*) FILTER (kind = 'pasted') AS pasted, count(*) FILTER (kind = 'picture') AS pictures,
            count(*) FILTER (kind = 'claim') AS claims, count(*) FILTER (kind = 'closing') AS closing,
            count(*) FILTER (kind = 'continent') AS continents
        FROM counted GROUP BY pair_id
    )
    SELECT
        pair.left_id, pair.right_id, account_pair.log_odds,
        writing.score, writing.title_score, writing.left_words, writing.right_words, a.market = b.market AS is_same,
        jaro_winkler_similarity(c.skeleton, d.skeleton) AS name, c.skeleton = d.skeleton AS is_one_name,
        len(list_intersect(one.named_goods, other.named_goods)) AS goods,
        len(list_distinct(list_concat(one.named_goods, other.named_goods))) AS all_goods,
        len(list_intersect(one.countries, other.countries)) AS countries,
        least(len(one.countries), len(other.countries)) AS least_countries,
        len(list_intersect(one.prices, other.prices)) AS prices,
        least(len(one.prices), len(other.prices)) AS least_prices,
        date_diff('day', least(one.ends_at, other.ends_at), greatest(one.begins_at, other.begins_at)) AS gap,
        one.adverts AS left_adverts, other.adverts AS right_adverts,
        one.sales AS left_sales, other.sales AS right_sales,
        CASE hours.level[1:4] WHEN 'alik' THEN 2 WHEN 'half' THEN 1 WHEN 'apar' THEN 0 END AS hours,
        CASE dealing.level WHEN 'dispute' THEN -1 WHEN 'one order' THEN 1 WHEN 'several orders' THEN 2 END AS dealing,
        CASE WHEN words.pair_id IS NOT NULL THEN shared_run.shared_words END AS words,
        contains(words.level, 'another key') AS is_beside_other_key,
        own.key, own.contact, own.wallet, others.* EXCLUDE (pair_id)
    FROM pair_candidate AS pair
    INNER JOIN account AS a ON pair.left_id = a.account_id
    INNER JOIN account AS b ON pair.right_id = b.account_id
    LEFT JOIN writing_pair AS writing ON pair.left_id = writing.left_id AND pair.right_id = writing.right_id
    LEFT JOIN handle_skeleton AS c ON pair.left_id = c.account_id
    LEFT JOIN handle_skeleton AS d ON pair.right_id = d.account_id
    LEFT JOIN account_trade AS one ON pair.left_id = one.account_id
    LEFT JOIN account_trade AS other ON pair.right_id = other.account_id
    LEFT JOIN signal_hours AS hours ON pair.pair_id = hours.pair_id
    LEFT JOIN signal_dealing AS dealing ON pair.pair_id = dealing.pair_id
    LEFT JOIN signal_first_seen AS words ON pair.pair_id = words.pair_id
    LEFT JOIN shared_run ON pair.left_id = shared_run.left_id AND pair.right_id = shared_run.right_id
    LEFT JOIN own ON pair.pair_id = own.pair_id
    LEFT JOIN others ON pair.pair_id = others.pair_id
    LEFT JOIN account_pair ON pair.pair_id = account_pair.pair_id
"""


def values_of(worlds: Sequence[World]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Raw values, answers, and log-odds of the model; what it does not show has the least of all."""
    rows, answers, odds = [], [], []
    for one in worlds:
        for row in one.rows(VALUES, *TABLES):
            answers.append((row.pop("left_id"), row.pop("right_id")) in one.true)
            shown = row.pop("log_odds")
            odds.append(-99.0 if shown is None else float(shown))
            rows.append([UNKNOWN if value is None else float(value) for value in row.values()])
    return np.array(rows), np.array(answers), np.array(odds)


def tell(name: str, answers: np.ndarray, scores: np.ndarray) -> None:
    """Print what a score is worth."""
    precision, recall, _ = precision_recall_curve(answers, scores)
    best = "  ".join(f"{least}: {recall[precision >= least].max():.3f}" for least in PRECISIONS)
    print(f"{name:28} average precision {average_precision_score(answers, scores):.4f}; recall at precision {best}")


def main() -> None:
    """Learn on some seeds and print what is reached on others."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True, help="folder in which simulated operations are kept")
    parser.add_argument("--learn", type=int, nargs="+", default=[*RATIOS, *SCALE])
    parser.add_argument("--seeds", type=int, nargs="+", required=True, help="of development only")
    given = parser.parse_args()
    x, y, _ = values_of([world(given.home, seed) for seed in given.learn])
    unseen, answers, odds = values_of([world(given.home, seed) for seed in given.seeds])
    print(f"{len(answers):,} pairs, {answers.sum():,} of one operator; simulated, seeds {given.seeds}")
    tell("the model", answers, odds)
    for name, limits in {"trees without interactions": "no_interactions", "trees": None}.items():
        trees = HistGradientBoostingClassifier(
            max_iter=400, learning_rate=0.05, l2_regularization=1.0, interaction_cst=limits, random_state=1
        )
        tell(name, answers, trees.fit(x, y).decision_function(unseen))


if __name__ == "__main__":
    main()
