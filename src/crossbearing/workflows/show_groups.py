"""Proposed groups of accounts: what holds each together, what speaks against it, and what waits for people."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.registry import STEPS
from crossbearing.resolution.clustering import Group
from crossbearing.resolution.group_view import TABLES, Bond, Conflict, GroupView, ShownGroup
from crossbearing.store.operation import open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

__all__ = ["Bond", "Conflict", "GroupList", "ShownGroup", "list_groups"]

MOST_PAIRS: Final = 20_000  # of the groups of one page; a group of 200 accounts makes 19,900


@dataclass(frozen=True, slots=True)
class GroupList:
    """Groups that the scores speak for, as one person may see them.

    Attributes:
        count: Of all groups that were asked for.
        groups: Those from ``after`` on: proposed ones first, then those too large, then those that people joined; the
            largest first.
        conflicts: The first hundred of all groups; each is left apart as a whole until a person takes an answer back.
        conflict_count: Of all conflicts.
        accounts: ``market`` and ``handle`` of every account that is named, by id.
        markets: On which any group has an account.
    """

    count: int
    groups: tuple[ShownGroup, ...]
    conflicts: tuple[Conflict, ...]
    conflict_count: int
    accounts: Mapping[str, Mapping[str, Any]]
    markets: tuple[str, ...]


def list_groups(folder: Path, context: Context, *, market: str = "", after: int = 0, most: int = 0) -> GroupList:
    """Groups of accounts that the scores speak for, bound by people's answers as they stand now.

    What this person is still to judge blind counts as even odds without an answer, and is shown as blind.

    Args:
        folder: Operation folder.
        context: Who looks.
        market: Only groups with an account there.
        after: Groups that are left out at the beginning.
        most: Groups that are given, fewer if they make very many pairs; 0 for all.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        require_fresh(operation, STEPS, "account_pair")
        with reading(operation, *TABLES) as engine:
            view = GroupView(engine, context.person)
            home = view.accounts(member for group in view.groups for member in group.members)
            found = [
                group
                for group in view.groups
                if not market or any(home[member]["market"] == market for member in group.members)
            ]
            groups = view.shown(_first(found[after:], most) if most else found[after:])
            conflicts = view.conflicts()
            links = [bond for one in groups for bond in one.outside]
            links += [bond for one in conflicts for bond in (one.different, *one.through)]
            named = [member for one in groups for member in one.accounts]
            accounts = view.accounts([*named, *(end for bond in links for end in (bond.left_id, bond.right_id))])
    markets = sorted({row["market"] for row in home.values() if row["market"]})
    return GroupList(len(found), groups, conflicts, len(view.judged.conflicts), accounts, tuple(markets))


def _first(groups: Sequence[Group], most: int) -> Sequence[Group]:
    """The first groups, one and more, that together make no more pairs than a page can hold."""
    pairs = list(accumulate(len(one.members) * (len(one.members) - 1) // 2 for one in groups[:most]))
    return groups[: max(1, bisect_right(pairs, MOST_PAIRS))]
