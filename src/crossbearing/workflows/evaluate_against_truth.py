"""Compare what the operation proposes and what was judged with a simulation's truth.

The only module that reads a truth folder; nothing it reads is written into the operation.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from crossbearing.domain.context import Context
from crossbearing.domain.errors import UnreadableSource
from crossbearing.domain.score import Pair, Score, score
from crossbearing.registry import STEPS
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores by tier, with the condition they hold in.

    Attributes:
        condition: What kind of data this is; a figure without it means nothing.
        accounts: True seller accounts found in the operation, of how many.
        true_pairs: Pairs of accounts with one operator, in truth.
    """

    condition: str
    accounts: int
    accounts_in_truth: int
    true_pairs: int
    scores: tuple[Score, ...]


def evaluate_against_truth(folder: Path, context: Context, truth: Path) -> Evaluation:
    """Precision and recall of proposals, imitation hypotheses, leads, all of them, and judgements.

    Raises:
        UnreadableSource: The truth folder holds no readable ``accounts.csv``.
    """
    tables = ("account", "account_pair", "operator_member")
    with open_operation(folder, context) as operation:
        require_fresh(operation, STEPS, *tables)
        accounts, pairs, members = _rows(operation, tables)
    operators = _truth(truth / "accounts.csv")
    named = {(row["market"], row["handle"]): row["account_id"] for row in accounts}
    found = {named[key]: hands for key, hands in operators.items() if key in named}
    true = _pairs_within(found)

    def of(tier: str) -> set[Pair]:
        return {(pair["left_id"], pair["right_id"]) for pair in pairs if pair["tier"] == tier}

    judged = _pairs_within({row["account_id"]: (row["operator_id"],) for row in members})
    return Evaluation(
        "simulation",
        len(found),
        len(operators),
        len(true),
        (
            score("proposals", of("proposal"), true),
            score("imitation hypotheses", of("imitation"), true),
            score("leads", of("lead"), true),
            score("candidates (all)", of("proposal") | of("imitation") | of("lead"), true),
            score("judged operators", judged, true),
        ),
    )


def _rows(operation: Operation, tables: Sequence[str]) -> tuple[list[dict[str, Any]], ...]:
    with reading(operation, *tables) as engine:
        return (
            engine.rows("SELECT account_id, market, handle FROM account WHERE role IN ('seller', 'staff')"),
            engine.rows("SELECT left_id, right_id, tier FROM account_pair"),
            engine.rows("SELECT account_id, operator_id FROM operator_member"),
        )


def _truth(path: Path) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Who runs each account: one, or several at a time or one after another."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return {
                (row["market"], row["handle"]): (row["operator"], *filter(None, row["also_run_by"].split("; ")))
                for row in csv.DictReader(lines)
            }
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as wrong:
        raise UnreadableSource(
            "The truth cannot be read",
            where=str(path),
            remedy="Name the `truth` folder that `crossbearing simulate` wrote.",
        ) from wrong


def _pairs_within(groups_of: Mapping[str, Sequence[Any]]) -> set[Pair]:
    """All pairs of keys that have a value in common."""
    groups: dict[Any, list[str]] = {}
    for member, values in groups_of.items():
        for value in values:
            groups.setdefault(value, []).append(member)
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}
