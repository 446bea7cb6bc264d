"""Operators: the reversible view over people's judgements of account pairs, and groups that would be proposed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.handle import skeleton
from crossbearing.domain.judgement import Groups, Pair, Standing, joined_groups
from crossbearing.resolution.clustering import proposed_groups
from crossbearing.store.session import Session
from crossbearing.store.snapshot import DECISION_TABLES
from crossbearing.store.steps import PythonStep, Step

OPERATOR_ACTS: Final = (ActKind.PAIR_JUDGED, ActKind.OPERATOR_MINTED)
_MEMBER_SCHEMA: Final = pa.schema(
    [
        ("account_id", pa.string()),
        ("operator_id", pa.string()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
_GROUP_SCHEMA: Final = pa.schema(
    [
        ("account_id", pa.string()),
        ("group_account_id", pa.string()),
        ("group_accounts", pa.int64()),
        ("group_state", pa.string()),
        ("weakest_left_id", pa.string()),
        ("weakest_right_id", pa.string()),
        ("weakest_probability", pa.decimal128(7, 6)),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
_SKELETON_SCHEMA: Final = pa.schema(
    [
        ("account_id", pa.string()),
        ("skeleton", pa.string()),
        ("spread", pa.int64()),  # accounts that carry the name
        ("spread_markets", pa.int64()),  # markets on which they are
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)


def groups_of(judgements: Iterable[Mapping[str, Any]]) -> Groups:
    """What judgements join.

    Args:
        judgements: Rows with ``left_id``, ``right_id``, ``verdict`` and ``is_firm``, one per pair.
    """
    standing = list(judgements)
    same, firm = _pairs(standing, Standing.SAME), {_pair(row) for row in standing if row["is_firm"]}
    return joined_groups(same, set_apart(standing), firm=firm)


def set_apart(judgements: Iterable[Mapping[str, Any]]) -> list[Pair]:
    """Pairs that somebody judged different."""
    return _pairs(judgements, Standing.DIFFERENT, Standing.DISPUTED)


def _pairs(judgements: Iterable[Mapping[str, Any]], *verdicts: Standing) -> list[Pair]:
    return [_pair(row) for row in judgements if row["verdict"] in verdicts]


def _pair(row: Mapping[str, Any]) -> Pair:
    return row["left_id"], row["right_id"]


def operator_names(groups: Groups, anchors: Mapping[str, str]) -> dict[str, str]:
    """Name of each group: the oldest operator id whose anchor account is in it.

    Args:
        groups: What the judgements join.
        anchors: Operator id to the account it was minted for.

    Returns:
        Group to operator id; a group without an anchor is missing and needs a new id.
    """
    home = {account: group for group, members in groups.members.items() for account in members}
    names: dict[str, str] = {}
    for operator_id in sorted(anchors):
        group = home.get(anchors[operator_id])
        if group is not None:
            names.setdefault(group, operator_id)
    return names


def new_operators(groups: Groups, anchors: Mapping[str, str]) -> list[tuple[str, str]]:
    """Ids to mint, each with its anchor account, for groups that have none yet."""
    named = operator_names(groups, anchors)
    unnamed = [members[0] for group, members in sorted(groups.members.items()) if group not in named]
    first = len(anchors) + 1
    return [(f"O-{number:04d}", anchor) for number, anchor in enumerate(unnamed, start=first)]


@dataclass(frozen=True, slots=True)
class StandingOperators:
    """What account judgements make.

    Attributes:
        operators: Operator id to its accounts, by id.
        groups: What the judgements join, with conflicts and held pairs.
        disputed: Pairs that one person judged the same and another different.
        anchors: Operator id to the account it was minted for.
    """

    operators: Mapping[str, tuple[str, ...]]
    groups: Groups
    disputed: tuple[Pair, ...]
    anchors: Mapping[str, str]


def home_of(operators: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The operator of each account."""
    return {account: name for name, members in operators.items() for account in members}


def operators_in(entries: Sequence[Entry], withheld: Collection[str] = ()) -> StandingOperators:
    """The operators that these acts make.

    Args:
        entries: Acts of ``OPERATOR_ACTS``, in order; up to an earlier one for an earlier day.
        withheld: Ids of pairs whose answers count for nothing, because whoever looks is to answer them blind.
    """
    judged = [one for one in entries if one.kind is ActKind.PAIR_JUDGED]
    told = [one for one in judged if one.subject not in withheld]
    rows = DECISION_TABLES["account_judgement"].rows(told)
    anchors = {one.subject: str(one.payload["anchor"]) for one in entries if one.kind is ActKind.OPERATOR_MINTED}
    groups = groups_of(rows)
    names = operator_names(groups, anchors)
    if len(told) < len(judged):
        # Without its anchor a group keeps the id that it has for everybody else, if that is not taken.
        whole = operators_in(entries).operators
        home = {account: name for name, members in whole.items() for account in members}
        for group in sorted(groups.members):
            if group not in names and group in home and home[group] not in names.values():
                names[group] = home[group]
    operators = {names[group]: members for group, members in groups.members.items() if group in names}
    return StandingOperators(dict(sorted(operators.items())), groups, tuple(_pairs(rows, Standing.DISPUTED)), anchors)


def _operator_members(engine: Session) -> pa.Table:
    """Accounts that judgements join, with their operator."""
    groups = groups_of(engine.rows("SELECT * FROM account_judgement"))
    mints = engine.rows("SELECT * FROM operator_mint")
    names = operator_names(groups, {row["operator_id"]: row["anchor_account_id"] for row in mints})
    accounts = {
        row["account_id"]: row["exhibit_ids"] for row in engine.rows("SELECT account_id, exhibit_ids FROM account")
    }
    return pa.Table.from_pylist(
        [
            {"account_id": account, "operator_id": names[group], "exhibit_ids": accounts[account]}
            for group, members in groups.members.items()
            for account in members
            if group in names and account in accounts
        ],
        schema=_MEMBER_SCHEMA,
    )


def _account_groups(engine: Session) -> pa.Table:
    """Accounts of each group that the scores speak for; a possible imitation speaks for none."""
    pairs = engine.rows("SELECT left_id, right_id, probability FROM account_pair WHERE tier <> 'imitation'")
    judgements = engine.rows("SELECT * FROM account_judgement")
    accounts = {
        row["account_id"]: row["exhibit_ids"] for row in engine.rows("SELECT account_id, exhibit_ids FROM account")
    }
    probabilities = {_pair(row): float(row["probability"]) for row in pairs}
    groups = proposed_groups(probabilities, groups_of(judgements), set_apart(judgements))
    return pa.Table.from_pylist(
        [
            {
                "account_id": account,
                "group_account_id": group.members[0],
                "group_accounts": len(group.members),
                "group_state": group.state,
                "weakest_left_id": group.weakest and group.weakest[0],
                "weakest_right_id": group.weakest and group.weakest[1],
                "weakest_probability": None if group.probability is None else Decimal(f"{group.probability:.6f}"),
                "exhibit_ids": accounts.get(account, []),
            }
            for group in groups
            for account in group.members
        ],
        schema=_GROUP_SCHEMA,
    )


def _handle_skeletons(engine: Session) -> pa.Table:
    """Handles of seller and staff accounts without their decoration; buyers' names are not compared."""
    rows: Sequence[Mapping[str, Any]] = engine.rows(
        "SELECT account_id, market, handle, exhibit_ids FROM account "
        "WHERE role IN ('seller', 'staff') AND handle IS NOT NULL ORDER BY account_id"
    )
    found = [(row, left) for row in rows if (left := skeleton(row["handle"]))]
    spread = Counter(left for _, left in found)
    markets = Counter(left for left, _ in {(left, row["market"]) for row, left in found})
    return pa.Table.from_pylist(
        [
            {
                "account_id": row["account_id"],
                "skeleton": left,
                "spread": spread[left],
                "spread_markets": markets[left],
                "exhibit_ids": row["exhibit_ids"],
            }
            for row, left in found
        ],
        schema=_SKELETON_SCHEMA,
    )


STEPS: Final[tuple[Step, ...]] = (
    PythonStep("handle_skeleton", frozenset({"account"}), _handle_skeletons),
    PythonStep("account_group", frozenset({"account_pair", "account_judgement", "account"}), _account_groups),
    PythonStep("operator_member", frozenset({"account_judgement", "operator_mint", "account"}), _operator_members),
)
