"""Operators: the reversible view over people's judgements of account pairs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.handle import skeleton
from crossbearing.domain.judgement import Groups, Verdict, joined_groups
from crossbearing.store.session import Session
from crossbearing.store.steps import PythonStep, Step

_MEMBER_SCHEMA: Final = pa.schema(
    [
        ("account_id", pa.string()),
        ("operator_id", pa.string()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
_SKELETON_SCHEMA: Final = pa.schema(
    [("account_id", pa.string()), ("skeleton", pa.string()), ("exhibit_ids", pa.list_(pa.string()))]
)


def groups_of(judgements: Iterable[Mapping[str, Any]]) -> Groups:
    """What judgements join.

    Args:
        judgements: Rows with ``left_id``, ``right_id`` and ``verdict``, the newest per pair.
    """
    standing = list(judgements)

    def pairs(verdict: Verdict) -> list[tuple[str, str]]:
        return [(row["left_id"], row["right_id"]) for row in standing if row["verdict"] == verdict]

    return joined_groups(pairs(Verdict.SAME), pairs(Verdict.DIFFERENT))


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


def _handle_skeletons(engine: Session) -> pa.Table:
    """Handles of seller and staff accounts without their decoration; buyers' names are not compared."""
    rows: Sequence[Mapping[str, Any]] = engine.rows(
        "SELECT account_id, handle, exhibit_ids FROM account "
        "WHERE role IN ('seller', 'staff') AND handle IS NOT NULL ORDER BY account_id"
    )
    found = [(row, skeleton(row["handle"])) for row in rows]
    return pa.Table.from_pylist(
        [
            {"account_id": row["account_id"], "skeleton": left, "exhibit_ids": row["exhibit_ids"]}
            for row, left in found
            if left
        ],
        schema=_SKELETON_SCHEMA,
    )


STEPS: Final[tuple[Step, ...]] = (
    PythonStep("handle_skeleton", frozenset({"account"}), _handle_skeletons),
    PythonStep("operator_member", frozenset({"account_judgement", "operator_mint", "account"}), _operator_members),
)
