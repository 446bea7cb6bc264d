"""Which pairs wait for whom, and what of them a person may see before answering."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.judgement import (
    Groups,
    PairKind,
    Standing,
    answers_in,
    is_in_blind_share,
    standing_answers,
)
from crossbearing.resolution.operators import groups_of, set_apart
from crossbearing.store.session import Session

Row = Mapping[str, Any]

# What tells how sure the software or another person is.
_HIDDEN: Final = (
    "probability", "log_odds", "prior", "families_for", "verdict", "judged_by", "judged_at", "judgement_reason",
    "is_firm",
)  # fmt: skip
_HIDDEN_OF_BAR: Final = ("log_lr", "log_lr_before", "log_lr_low", "log_lr_high")
ENOUGH_JUDGES: Final = 2  # for a pair of the blind share
_PAIRS: Final = """
    SELECT account_pair.*, account_judgement.verdict, account_judgement.judged_by, account_judgement.judged_at,
        account_judgement.judgement_reason, account_judgement.judges, account_judgement.is_firm
    FROM account_pair
    LEFT JOIN account_judgement
        ON account_pair.left_id = account_judgement.left_id AND account_pair.right_id = account_judgement.right_id
    WHERE ? IN ('', account_pair.pair_id)
    ORDER BY account_pair.tier = 'proposal' DESC, account_pair.log_odds DESC, account_pair.pair_id
"""
_BARS: Final = """
    SELECT signal, family, regime, level, spread, log_lr, log_lr_before, log_lr_low, log_lr_high, reason, places
    FROM pair_evidence WHERE pair_id = ? ORDER BY abs(log_lr) DESC, signal
"""

_SHARED_RUN: Final = """
    SELECT shared_words, shared_text, left_seen_on, right_seen_on, seen_first_id, places
    FROM shared_run WHERE left_id = ? AND right_id = ?
"""
_HANDOVER: Final = """
    SELECT account_id, old_until_on, new_from_on, traits, reason, places
    FROM possible_handover WHERE account_id IN (?, ?) ORDER BY account_id
"""


def account_pairs(engine: Session, pair_id: str = "") -> list[dict[str, Any]]:
    """Pairs of accounts with what was judged, proposals first, then the likeliest.

    Args:
        engine: Over ``account_pair`` and ``account_judgement``.
        pair_id: Only this one.
    """
    return engine.rows(_PAIRS, [pair_id])


def bars_of(engine: Session, pair_id: str) -> list[dict[str, Any]]:
    """The parts of a pair's score, heaviest first.

    Args:
        engine: Over ``pair_evidence``.
        pair_id: The pair.
    """
    return engine.rows(_BARS, [pair_id])


def shared_run_of(engine: Session, pair: Row) -> dict[str, Any] | None:
    """The longest run of words that adverts of both accounts have; None if there is none on record.

    Args:
        engine: Over ``shared_run``.
        pair: Row of ``account_pair``.
    """
    found = engine.rows(_SHARED_RUN, [pair["left_id"], pair["right_id"]])
    return found[0] if found else None


def handovers_of(engine: Session, pair: Row) -> list[dict[str, Any]]:
    """When either account of a pair may have changed hands, so that it may be two people's.

    Args:
        engine: Over ``possible_handover``.
        pair: Row of ``account_pair``.
    """
    return engine.rows(_HANDOVER, [pair["left_id"], pair["right_id"]])


def is_blind_for(pair: Row, person: str) -> bool:
    """Whether a pair of accounts is of the blind share and this person has still to answer it."""
    return waits_for_two(pair) and person not in (pair["judges"] or [])


def waits_for_two(pair: Row) -> bool:
    """Whether a pair of accounts is of the blind share and fewer than two people answered it."""
    return (
        is_in_blind_share(pair["pair_id"])
        and (pair["tier"] != "lead" or pair["log_odds"] >= 0)
        and len(pair["judges"] or []) < ENOUGH_JUDGES
    )


def withheld_from(person: str, judgements: Sequence[Entry]) -> frozenset[str]:
    """Ids of pairs of accounts whose answers are kept from this person, who is still to answer them blind.

    What such an answer joins, or sets apart, would tell it; so it counts for nothing in what the person is shown.

    Args:
        person: Who looks.
        judgements: Acts of the log; others than judgements are passed over.
    """
    judged = answers_in([one for one in judgements if one.kind is ActKind.PAIR_JUDGED], PairKind.ACCOUNT)
    standing = {pair_id: standing_answers(answers) for pair_id, answers in judged.items()}
    return frozenset(
        pair_id
        for pair_id, live in standing.items()
        if is_in_blind_share(pair_id)
        and len(live) < ENOUGH_JUDGES
        and any(one.is_blind for one in live)
        and person not in {one.person for one in live}
    )


def with_blindness(pair: Row, person: str) -> dict[str, Any]:
    """The pair of accounts in full, and whether this person is to judge it blind."""
    return {**pair, "is_blind": is_blind_for(pair, person)}


def as_seen_by(pair: Row, person: str) -> dict[str, Any]:
    """The pair of accounts, without score and others' answers where this person is to judge it blind."""
    seen = with_blindness(pair, person)
    if not seen["is_blind"]:
        return seen
    seen |= {**dict.fromkeys(_HIDDEN), "tier": "blind", "judges": []}
    seen["reasons_for"], seen["reasons_against"] = sorted(pair["reasons_for"]), sorted(pair["reasons_against"])
    if "bars" in pair:
        bars = sorted(pair["bars"], key=lambda bar: (bar["signal"], bar["reason"]))
        seen["bars"] = [{**bar, **dict.fromkeys(_HIDDEN_OF_BAR)} for bar in bars]
    return seen


def queued(pairs: Sequence[Row], judgements: Sequence[Row], person: str, *, tier: str = "") -> list[dict[str, Any]]:
    """Pairs that wait for this person, each as the person may see it.

    The likeliest come first. Pairs of the blind share lie between them at places that chance gave, so that
    the place tells nothing. What follows from other answers is not asked: a pair inside an operator, and a pair
    between two that somebody judged different; an answer that is kept from the person leaves nothing out, for that
    would tell it. A pair that alone joins two groups waits for a second person.

    Args:
        pairs: Rows of ``account_pair`` with what was judged, the likeliest first.
        judgements: Rows of ``account_judgement``.
        person: Who is asked.
        tier: "proposal", "imitation" or "lead", with all of the blind share; empty for all.
    """
    blind = [pair for pair in pairs if is_blind_for(pair, person)]
    withheld = {(pair["left_id"], pair["right_id"]) for pair in blind}
    told = [one for one in judgements if (one["left_id"], one["right_id"]) not in withheld]
    follows = Follows(groups_of(told), told)
    shown = [
        pair
        for pair in pairs
        if pair["tier"] == (tier or pair["tier"])
        and not is_blind_for(pair, person)
        and follows.leaves_open(pair, person)
    ]
    return in_seen_order([*shown, *blind], person)


def in_seen_order(pairs: Sequence[Row], person: str) -> list[dict[str, Any]]:
    """Pairs as this person may see them, in an order that tells nothing of those that the person is to judge blind.

    These lie between the others at places that chance gave.

    Args:
        pairs: Rows of ``account_pair`` with what was judged, the likeliest first.
        person: Who looks.
    """
    shown = [pair for pair in pairs if not is_blind_for(pair, person)]
    placed = [(place / len(shown), pair["pair_id"], pair) for place, pair in enumerate(shown)]
    placed += [(_chance(pair["pair_id"]), pair["pair_id"], pair) for pair in pairs if is_blind_for(pair, person)]
    return [as_seen_by(pair, person) for _, _, pair in sorted(placed, key=lambda one: one[:2])]


class Follows:
    """What follows from the answers that stand, so that nobody is asked for it."""

    def __init__(self, groups: Groups, judgements: Sequence[Row]) -> None:
        """Take the groups that the judgements make.

        Args:
            groups: What they join.
            judgements: Rows of ``account_judgement``.
        """
        self._held = frozenset(groups.held)
        self._group = {member: name for name, members in groups.members.items() for member in members}
        self._apart = {self._groups_of(*pair) for pair in set_apart(judgements)}

    def leaves_open(self, pair: Row, person: str) -> bool:
        """Whether this person is to be asked about the pair."""
        sides = (pair["left_id"], pair["right_id"])
        has_answered = person in (pair["judges"] or [])
        if sides in self._held:
            return not has_answered
        if pair["verdict"] in {Standing.SAME, Standing.DIFFERENT, Standing.DISPUTED}:
            return False
        left, right = self._groups_of(*sides)
        return not has_answered and left != right and (left, right) not in self._apart

    def _groups_of(self, left: str, right: str) -> tuple[str, str]:
        one, other = sorted((self._group.get(left, left), self._group.get(right, right)))
        return one, other


def _chance(pair_id: str) -> float:
    """A place in the queue, 0 to 1, that has nothing to do with the score."""
    return int.from_bytes(sha256(f"place {pair_id}".encode()).digest()[:8]) / 2**64
