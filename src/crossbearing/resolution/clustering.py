"""Groups of accounts that the scores speak for, bound by what people judged: complete linkage inside components.

Every pair of a group speaks for it, or a person joined it; so no group hangs on one link, as it would where
whatever is connected is joined. Source of the choice: connected components made groups of 8 to 10 of true pairs.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.domain.judgement import Groups, Pair, components

LINKED: Final = 0.3  # probability from which a pair may bring accounts into one component
JOINED: Final = 0.5  # and which every pair of a group has
LARGEST: Final = 200  # accounts of a component; above, people look first, and nothing is grouped
_NEVER: Final = 2.0  # distance of accounts that are not one operator; more than any probability leaves


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts that may be one operator.

    Attributes:
        members: In order, two and more.
        weakest: The pair of them, not joined by a person, that the least speaks for; None if people joined all.
        probability: Of the weakest pair.
        is_too_large: A component with too many accounts to be grouped by software.
    """

    members: tuple[str, ...]
    weakest: Pair | None
    probability: float | None
    is_too_large: bool = False

    @property
    def state(self) -> str:
        """What it is: "proposed"; "judged" if people joined all of it; "too large" to be grouped."""
        return "too large" if self.is_too_large else "judged" if self.weakest is None else "proposed"


def proposed_groups(probabilities: Mapping[Pair, float], judged: Groups, different: Collection[Pair]) -> list[Group]:
    """Group accounts so that every pair speaks for it, keeping what people joined together and what they set apart.

    Args:
        probabilities: Pair, in order, to its probability; a pair that is missing has none.
        judged: What people's judgements join.
        different: Pairs that a person judged different, in order.

    Returns:
        Groups by their least member; the same for the same pairs in any order.
    """
    joined = [(members[0], member) for members in judged.members.values() for member in members[1:]]
    likely = [pair for pair, probability in probabilities.items() if probability >= LINKED]
    together = {member: members for members in judged.members.values() for member in members}
    apart = frozenset(different)
    found = []
    for members in components([*likely, *joined]).values():
        if len(members) > LARGEST:
            found.append(Group(members, None, None, is_too_large=True))
            continue
        units = sorted({together.get(member, (member,)) for member in members})
        groups = _complete_linkage(units, probabilities, apart)
        found += [Group(one, *_weakest(one, probabilities, together)) for one in groups if len(one) > 1]
    return sorted(found, key=lambda group: group.members)


def _complete_linkage(
    units: list[tuple[str, ...]], probabilities: Mapping[Pair, float], apart: Collection[Pair]
) -> list[tuple[str, ...]]:
    """Join the nearest two, again and again, while the least likely pair between them is likely enough."""
    far = _distances(units, probabilities, apart)
    alive = list(range(len(units)))
    while len(alive) > 1:
        place = int(far.argmin())
        one, other = sorted(divmod(place, len(units)))
        if far[one, other] > 1 - JOINED:
            break
        units[one] += units[other]
        far[one] = far[:, one] = np.maximum(far[one], far[other])
        far[other] = far[:, other] = far[one, one] = _NEVER
        alive.remove(other)
    return [tuple(sorted(units[place])) for place in alive]


def _distances(
    units: list[tuple[str, ...]], probabilities: Mapping[Pair, float], apart: Collection[Pair]
) -> NDArray[np.float64]:
    """Of each two units the distance of their least likely pair, ``(units, units)``; 1 where nothing is known."""
    far = np.full((len(units), len(units)), _NEVER)
    for one, left in enumerate(units):
        for other, right in enumerate(units[:one]):
            pairs = [(min(a, b), max(a, b)) for a in left for b in right]
            if not any(pair in apart for pair in pairs):
                far[one, other] = far[other, one] = 1 - min(probabilities.get(pair, 0.0) for pair in pairs)
    return far


def _weakest(
    group: tuple[str, ...], probabilities: Mapping[Pair, float], together: Mapping[str, tuple[str, ...]]
) -> tuple[Pair | None, float | None]:
    pairs: Iterable[Pair] = ((a, b) for place, a in enumerate(group) for b in group[place + 1 :])
    by_software = [(probabilities.get(p, 0.0), p) for p in pairs if p[0] not in together or p[1] not in together[p[0]]]
    if not by_software:
        return None, None
    probability, pair = min(by_software)
    return pair, probability
