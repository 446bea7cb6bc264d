"""Proposed groups of accounts as one person may see them: what holds each together, and what speaks against it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from crossbearing.domain.judgement import Groups, Pair, Standing
from crossbearing.resolution.clustering import JOINED, LINKED, Group, proposed_groups
from crossbearing.resolution.operators import groups_of, set_apart
from crossbearing.resolution.review import is_blind_for, waits_for_two
from crossbearing.store.session import Session

Row = Mapping[str, Any]

TABLES: Final = ("account", "account_pair", "account_judgement", "pair_evidence")
MOST_CONFLICTS: Final = 100  # that are shown with the answers behind them
_AGAINST: Final = frozenset({Standing.DIFFERENT, Standing.DISPUTED})
_STATES: Final = ("proposed", "too large", "judged")  # in the order in which they are shown
# Of all pairs only those that can join or part something.
_PAIRS: Final = """
    SELECT account_pair.pair_id, account_pair.left_id, account_pair.right_id, account_pair.tier, account_pair.log_odds,
        account_pair.probability, account_judgement.judges
    FROM account_pair
    LEFT JOIN account_judgement
        ON account_pair.left_id = account_judgement.left_id AND account_pair.right_id = account_judgement.right_id
    WHERE account_pair.tier <> 'lead' OR account_pair.probability >= $1
"""
# Pairs inside a group, and judged ones that lead out of it. 1.0986: three times as likely, as in account_pair.
_BONDS: Final = """
    WITH member AS (SELECT unnest($1::VARCHAR[]) AS account_id, unnest($2::VARCHAR[]) AS group_id),
    own AS (
        SELECT DISTINCT pair_id FROM pair_evidence
        WHERE family = 'identity' AND signal <> 'pasted key' AND log_lr >= 1.0986
    ),
    known AS (
        SELECT coalesce(account_pair.left_id, account_judgement.left_id) AS left_id,
            coalesce(account_pair.right_id, account_judgement.right_id) AS right_id,
            account_pair.pair_id, account_pair.tier, account_pair.log_odds, account_pair.probability,
            account_pair.places, account_judgement.verdict, account_judgement.judged_by, account_judgement.judges
        FROM account_pair
        FULL JOIN account_judgement
            ON account_pair.left_id = account_judgement.left_id AND account_pair.right_id = account_judgement.right_id
    )
    SELECT known.*, one.group_id AS left_group, other.group_id AS right_group, own.pair_id IS NOT NULL AS is_identity
    FROM known
    LEFT JOIN member AS one ON known.left_id = one.account_id
    LEFT JOIN member AS other ON known.right_id = other.account_id
    LEFT JOIN own ON known.pair_id = own.pair_id
    WHERE coalesce(one.group_id, other.group_id) IS NOT NULL
        AND (one.group_id = other.group_id OR known.verdict IS NOT NULL)
    ORDER BY known.left_id, known.right_id
"""
_ACCOUNTS: Final = "SELECT account_id, market, handle FROM account WHERE list_contains(?, account_id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """Two accounts of a group, or one of them and another that people spoke of.

    Attributes:
        pair_id: None if no signal shows the pair any more.
        tier: "proposal", "imitation" or "lead"; "blind" if the person is still to judge it without seeing the score,
            and then neither score nor answer nor evidence stands here.
        probability: Of the software; None if it is not shown, or the software sees nothing.
        is_identity: Both show a key, contact or wallet as their own, and it speaks for them.
        verdict: What people's answers come to; empty if there is none.
        judged_by: Whose answers.
        waits: A second person is to judge it: it is of the blind share, or alone would join two groups.
        places: Rows that it rests on.
    """

    pair_id: str | None
    left_id: str
    right_id: str
    tier: str
    probability: Decimal | None
    is_identity: bool
    verdict: str
    judged_by: str
    waits: bool
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """Accounts that may be one operator. A group joins nothing.

    Attributes:
        group_id: Its least account.
        state: "proposed", "judged" if people joined all of it, or "too large" to be grouped by software.
        accounts: Their ids, in order.
        pairs: How many pairs its accounts make.
        weakest: The bond, not joined by people, that the least speaks for; blind ones left out. None if there is none.
        identity_bonds: How many bonds rest on a key, contact or wallet of both; blind ones left out.
        blind: How many pairs this person is still to judge blind.
        bonds: Pairs of its accounts that anything is known of: those that need people first, then the least likely.
        outside: Pairs of one of its accounts with another, which people judged different, dispute, or have to look at.
    """

    group_id: str
    state: str
    accounts: tuple[str, ...]
    pairs: int
    weakest: Bond | None
    identity_bonds: int
    blind: int
    bonds: tuple[Bond, ...]
    outside: tuple[Bond, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two accounts that a person judged different, although other answers join them.

    Attributes:
        different: The pair.
        through: The fewest answers that join them; one of all these is wrong.
    """

    different: Bond
    through: tuple[Bond, ...]


class GroupView:
    """All groups, as one person may see them.

    A pair that the person is still to judge blind is taken as even odds, which is the least that such a pair has, and
    its answers as not given. So the groups tell neither its score nor what others said.
    """

    def __init__(self, engine: Session, person: str) -> None:
        """Group the accounts.

        Args:
            engine: Over ``TABLES``; open as long as groups are asked for.
            person: Who looks.
        """
        pairs = engine.rows(_PAIRS, [LINKED])
        blind = {_sides(pair) for pair in pairs if is_blind_for(pair, person)}
        told = [row for row in engine.rows("SELECT * FROM account_judgement") if _sides(row) not in blind]
        probabilities = {_sides(pair): float(pair["probability"]) for pair in pairs if pair["tier"] != "imitation"}
        self._engine, self._person, self._blind = engine, person, blind
        self.judged: Groups = groups_of(told)
        self._same = [_sides(row) for row in told if row["verdict"] == Standing.SAME]
        found = proposed_groups({**probabilities, **dict.fromkeys(blind, JOINED)}, self.judged, set_apart(told))
        self.groups: tuple[Group, ...] = tuple(
            sorted(found, key=lambda one: (_STATES.index(one.state), -len(one.members), one.members))
        )

    def accounts(self, accounts: Iterable[str]) -> dict[str, Row]:
        """Market and handle of accounts, by id; of one that is on record no more, neither."""
        ids = sorted(set(accounts))
        known = {row["account_id"]: row for row in self._engine.rows(_ACCOUNTS, [ids])}
        return {
            name: {"market": known[name]["market"], "handle": known[name]["handle"]}
            if name in known
            else {"market": None, "handle": None}
            for name in ids
        }

    def shown(self, groups: Sequence[Group]) -> tuple[ShownGroup, ...]:
        """These groups with their bonds; of one that is too large its accounts alone."""
        group_of = {member: one.members[0] for one in groups if not one.is_too_large for member in one.members}
        inside: dict[str, list[Bond]] = {}
        outside: dict[str, list[Bond]] = {}
        for row in self._engine.rows(_BONDS, [list(group_of), list(group_of.values())]):
            bond = self._bond(row)
            if row["left_group"] == row["right_group"]:
                inside.setdefault(row["left_group"], []).append(bond)
            elif bond.waits or bond.verdict in _AGAINST:
                for group_id in filter(None, (row["left_group"], row["right_group"])):
                    outside.setdefault(group_id, []).append(bond)
        return tuple(
            self._shown(group, inside.get(group.members[0], []), outside.get(group.members[0], [])) for group in groups
        )

    def conflicts(self) -> tuple[Conflict, ...]:
        """Pairs that a person judged different although other answers join them, with those answers.

        At most ``MOST_CONFLICTS``, so that answers at random do not take for ever; ``judged.conflicts`` has all.
        """
        near: dict[str, list[Pair]] = {}
        held = frozenset(self.judged.held)
        for link in self._same:
            for end in () if link in held else link:
                near.setdefault(end, []).append(link)
        chains = {pair: _chain(pair, near) for pair in self.judged.conflicts[:MOST_CONFLICTS]}
        ends = {end for pair, links in chains.items() for one in (pair, *links) for end in one}
        rows = self._engine.rows(_BONDS, [sorted(ends), [""] * len(ends)])  # as if they were one group
        bonds = {_sides(row): self._bond(row) for row in rows}
        return tuple(Conflict(bonds[pair], tuple(bonds[link] for link in links)) for pair, links in chains.items())

    def _shown(self, group: Group, inside: Collection[Bond], outside: Collection[Bond]) -> ShownGroup:
        told = [bond for bond in inside if bond.tier != "blind"]
        together = {member: name for name, members in self.judged.members.items() for member in members}
        by_software = [
            bond
            for bond in told
            if bond.probability is not None and together.get(bond.left_id, "") != together.get(bond.right_id)
        ]
        return ShownGroup(
            group_id=group.members[0],
            state=group.state,
            accounts=group.members,
            pairs=len(group.members) * (len(group.members) - 1) // 2,
            weakest=min(by_software, key=lambda bond: bond.probability or Decimal(0), default=None),
            identity_bonds=sum(bond.is_identity for bond in told),
            blind=len(inside) - len(told),
            bonds=tuple(sorted(inside, key=_urgency)),
            outside=tuple(outside),
        )

    def _bond(self, row: Row) -> Bond:
        is_blind = _sides(row) in self._blind
        needs_two = row["pair_id"] is not None and bool(row["judges"]) and waits_for_two(row)
        return Bond(
            pair_id=row["pair_id"],
            left_id=row["left_id"],
            right_id=row["right_id"],
            tier="blind" if is_blind else row["tier"] or "",
            probability=None if is_blind else row["probability"],
            is_identity=row["is_identity"] and not is_blind,
            verdict="" if is_blind else row["verdict"] or "",
            judged_by="" if is_blind else row["judged_by"] or "",
            waits=not is_blind and (needs_two or _sides(row) in self.judged.held),
            places=tuple(row["places"] or ()),
        )


def _chain(pair: Pair, near: Mapping[str, Sequence[Pair]]) -> tuple[Pair, ...]:
    """The fewest links through which two accounts hang together; nothing if they do not."""
    before: dict[str, Pair] = {pair[0]: pair}
    edge = [pair[0]]
    while edge and pair[1] not in before:
        steps = [(link, end) for at in edge for link in near.get(at, ()) for end in link if end not in before]
        edge = list(dict.fromkeys(end for _, end in steps))
        before = {**{end: link for link, end in reversed(steps)}, **before}
    links: list[Pair] = []
    at = pair[1]
    while at in before and at != pair[0]:
        links.append(before[at])
        at = before[at][0] if before[at][1] == at else before[at][1]
    return tuple(reversed(links))


def _sides(row: Row) -> Pair:
    return row["left_id"], row["right_id"]


def _urgency(bond: Bond) -> tuple[object, ...]:
    """What people have to do first; then the least likely."""
    return (
        bond.verdict not in _AGAINST,
        not bond.waits,
        bond.tier != "blind",
        bond.probability or Decimal(0),
        bond.left_id,
        bond.right_id,
    )
