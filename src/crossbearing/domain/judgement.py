"""What a named person decided about a pair of things, and what follows from all such decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """A person's answer about a pair; *withdrawn* takes an earlier answer back."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


class PairKind(StrEnum):
    """What the two things of a pair are."""

    ACCOUNT = "account"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One answer about one pair, by one person, with what they saw.

    Attributes:
        left: Id of the first thing; less than ``right``, so that a pair has one name.
        right: Id of the second.
        seen: What the software showed when the person answered.
        left_state: Digest of what the first thing stated then; empty where things do not change.
        right_state: Likewise of the second.
    """

    kind: PairKind
    left: str
    right: str
    verdict: Verdict
    reason: str
    seen: str = ""
    left_state: str = ""
    right_state: str = ""

    def __post_init__(self) -> None:
        """Refuse a pair that is not in order, and an answer without a reason.

        Raises:
            ValueError: ``left`` is not less than ``right``, or there is no reason.
        """
        if self.left >= self.right:
            message = f"a pair names two things in order, got {self.left!r} and {self.right!r}"
            raise ValueError(message)
        if not self.reason.strip():
            message = "a judgement needs a reason"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Groups:
    """What the judgements join, and where they contradict each other.

    Attributes:
        members: Group name to its members; the name is the least member. Groups of two or more.
        conflicts: Pairs judged different although other judgements join them.
    """

    members: Mapping[str, tuple[str, ...]]
    conflicts: tuple[tuple[str, str], ...]


def joined_groups(same: Iterable[tuple[str, str]], different: Iterable[tuple[str, str]]) -> Groups:
    """Join what people judged the same, and leave apart every group that holds a contradiction.

    A contradiction is not solved by software: a group in which some pair was judged different is
    reported and not joined at all, until a person withdraws one of the judgements.

    Args:
        same: Pairs judged the same.
        different: Pairs judged different.

    Returns:
        Groups and conflicts; both independent of the order of the arguments.
    """
    parent: dict[str, str] = {}

    def find(item: str) -> str:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for one, other in same:
        low, high = sorted((find(one), find(other)))
        parent[high] = low
    conflicts = sorted(
        {
            (min(one, other), max(one, other))
            for one, other in different
            if one in parent and other in parent and find(one) == find(other)
        }
    )
    contradicted = {find(one) for one, _ in conflicts}
    members: dict[str, list[str]] = {}
    for item in sorted(parent):
        members.setdefault(find(item), []).append(item)
    return Groups(
        members={name: tuple(found) for name, found in members.items() if name not in contradicted},
        conflicts=tuple(conflicts),
    )
