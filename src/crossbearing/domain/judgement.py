"""What a named person decided about a pair of things, and what follows from all such decisions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from crossbearing.domain.act import Entry
from crossbearing.domain.canonical import Json

EVERYBODY: Final = "*"
BLIND_ONE_IN: Final = 10  # enough to see a difference between judges, and little work twice
FIRM: Final = Decimal("0.99")  # limit of a proposal

Pair = tuple[str, str]


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


class Standing(StrEnum):
    """What all answers about a pair come to; *disputed*: one person says the same, another different."""

    SAME = "same"
    DIFFERENT = "different"
    DISPUTED = "disputed"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer about one pair, by one person, with what they saw.

    Attributes:
        left: Id of the first thing; less than ``right``, so that a pair has one name.
        right: Id of the second.
        person: Who gave it, or took one back.
        of: Whose answer is taken back, if not the person's own; "*" takes back everybody's.
        seen: What the software showed when the person answered.
        score: Score that the software had then: ``probability``, ``log_odds`` and ``model``, as text; empty if none.
        is_blind: The score was not shown.
        left_state: Digest of what the first thing stated then; empty where things do not change.
        right_state: Likewise of the second.
        position: Place in the log; -1 before it is recorded. So are ``at``, RFC 3339, and ``authority`` empty.
    """

    kind: PairKind
    left: str
    right: str
    person: str
    verdict: Verdict
    reason: str
    of: str = ""
    seen: str = ""
    score: Mapping[str, str] = field(default_factory=dict)
    is_blind: bool = False
    left_state: str = ""
    right_state: str = ""
    position: int = -1
    at: str = ""
    authority: str = ""

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

    @property
    def whose(self) -> str:
        """Whose answer about the pair this is, or takes back."""
        return self.person if self.of in {"", EVERYBODY} else self.of

    @property
    def payload(self) -> dict[str, Json]:
        """What the log keeps of it beside person, authority and time."""
        return {
            "kind": str(self.kind),
            "left": self.left,
            "right": self.right,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "of": self.of,
            "seen": self.seen,
            "score": dict(self.score),
            "blind": self.is_blind,
            "left_state": self.left_state,
            "right_state": self.right_state,
        }


def answers_in(entries: Iterable[Entry], kind: PairKind) -> dict[str, list[Answer]]:
    """Answers about each pair, oldest first, by pair id in order.

    Args:
        entries: Judgements of the log, in order.
        kind: Of the pairs wanted.
    """
    found: dict[str, list[Answer]] = {}
    for entry in entries:
        said: Mapping[str, Any] = entry.payload
        if said["kind"] == kind:
            answer = Answer(
                kind=kind,
                left=said["left"],
                right=said["right"],
                person=entry.person,
                verdict=Verdict(said["verdict"]),
                reason=said["reason"],
                of=said["of"],
                seen=said.get("seen", ""),
                score=said["score"],
                is_blind=said["blind"],
                left_state=said["left_state"],
                right_state=said["right_state"],
                position=entry.position,
                at=entry.at,
                authority=entry.authority,
            )
            found.setdefault(entry.subject, []).append(answer)
    return dict(sorted(found.items()))


def standing_answers(answers: Iterable[Answer]) -> list[Answer]:
    """The newest answer of each person that is not withdrawn, as far as it speaks of what the things state now.

    Args:
        answers: All answers about one pair, oldest first.
    """
    newest: dict[str, Answer] = {}
    for answer in answers:
        if answer.of == EVERYBODY:
            newest.clear()
        newest.pop(answer.whose, None)  # so that the order is that of the newest answers
        newest[answer.whose] = answer
    live = [answer for answer in newest.values() if answer.verdict is not Verdict.WITHDRAWN]
    return [one for one in live if (one.left_state, one.right_state) == (live[-1].left_state, live[-1].right_state)]


def standing_of(live: Iterable[Answer]) -> Standing:
    """What answers that stand come to.

    Args:
        live: One pair's, as ``standing_answers`` gives them.
    """
    said = {answer.verdict for answer in live}
    if {Verdict.SAME, Verdict.DIFFERENT} <= said:
        return Standing.DISPUTED
    for verdict in (Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE):
        if verdict in said:
            return Standing(verdict)
    return Standing.WITHDRAWN


def is_firm(live: Sequence[Answer]) -> bool:
    """Two people say the same, or one does and the software gave it a probability of 0.99 and more."""
    same = [answer for answer in live if answer.verdict is Verdict.SAME]
    return len(same) > 1 or any(Decimal(one.score.get("probability", "0")) >= FIRM for one in same)


def is_in_blind_share(pair_id: str) -> bool:
    """Whether a pair is of the share that is judged by two people who do not see the score; chance decides, once."""
    return int.from_bytes(sha256(f"blind {pair_id}".encode()).digest()[:8]) % BLIND_ONE_IN == 0


@dataclass(frozen=True, slots=True)
class Groups:
    """What the judgements join, and where they contradict each other.

    Attributes:
        members: Group name to its members; the name is the least member. Groups of two or more.
        conflicts: Pairs judged different although other judgements join them.
        held: Weak pairs that alone would join two groups of two or more; they wait for a second person.
    """

    members: Mapping[str, tuple[str, ...]]
    conflicts: tuple[Pair, ...]
    held: tuple[Pair, ...] = ()


def joined_groups(same: Iterable[Pair], different: Iterable[Pair], *, firm: Collection[Pair] | None = None) -> Groups:
    """Join what people judged the same, and leave apart every group that holds a contradiction.

    A contradiction is not solved by software: a group in which some pair was judged different is
    reported and not joined at all, until a person withdraws one of the judgements.

    Args:
        same: Pairs judged the same.
        different: Pairs judged different.
        firm: Pairs of ``same``, in order, that may join two groups alone; None for all.

    Returns:
        Groups, conflicts and held pairs; independent of the order of the arguments.
    """
    links = sorted({(min(pair), max(pair)) for pair in same})
    held = set() if firm is None else _bridges(links) - set(firm)
    groups = components(pair for pair in links if pair not in held)
    group_of = {member: name for name, members in groups.items() for member in members}
    conflicts = sorted(
        {
            (min(one, other), max(one, other))
            for one, other in different
            if one in group_of and group_of[one] == group_of.get(other)
        }
    )
    contradicted = {group_of[one] for one, _ in conflicts}
    return Groups(
        members={name: found for name, found in groups.items() if name not in contradicted},
        conflicts=tuple(conflicts),
        held=tuple(sorted(held)),
    )


def _bridges(links: Iterable[Pair]) -> set[Pair]:
    """Links without which two groups of two or more would be apart. Source: Tarjan 1974."""
    near: dict[str, list[str]] = {}
    for one, other in links:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    found: set[Pair] = set()
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    for root, nearest in near.items():
        path = [] if root in order else [(root, "", iter(nearest))]
        order.setdefault(root, len(order))
        low.setdefault(root, order[root])
        while path:
            item, before, rest = path[-1]
            for after in rest:
                if after not in order:
                    order[after] = low[after] = len(order)
                    path.append((after, item, iter(near[after])))
                    break
                if after != before:
                    low[item] = min(low[item], order[after])
            else:
                path.pop()
                if before:
                    low[before] = min(low[before], low[item])
                    # An end without a further link is a single account, and joins no two groups.
                    if low[item] > order[before] and len(near[item]) > 1 and len(near[before]) > 1:
                        found.add((min(item, before), max(item, before)))
    return found


def components(links: Iterable[Pair]) -> dict[str, tuple[str, ...]]:
    """Least member to all members of what the links join."""
    parent: dict[str, str] = {}

    def find(item: str) -> str:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for one, other in links:
        low, high = sorted((find(one), find(other)))
        parent[high] = low
    members: dict[str, list[str]] = {}
    for item in sorted(parent):
        members.setdefault(find(item), []).append(item)
    return {name: tuple(found) for name, found in members.items()}
