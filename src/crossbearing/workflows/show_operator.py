"""One operator: its accounts, the answers that join them, and what would part if one of them went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound
from crossbearing.domain.judgement import Pair, Standing, components
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import OPERATOR_ACTS, operators_in
from crossbearing.resolution.review import is_blind_for, withheld_from
from crossbearing.store.operation import open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

_TABLES: Final = ("account", "account_pair", "account_judgement")
_ACCOUNTS: Final = "SELECT account_id, market, handle, role FROM account WHERE list_contains(?, account_id)"
_PAIRS: Final = """
    SELECT coalesce(account_judgement.left_id, account_pair.left_id) AS left_id,
        coalesce(account_judgement.right_id, account_pair.right_id) AS right_id,
        account_pair.pair_id, account_pair.probability, account_pair.tier, account_pair.log_odds,
        account_judgement.judges, account_judgement.verdict, account_judgement.judged_by,
        account_judgement.judgement_reason
    FROM account_pair
    FULL JOIN account_judgement
        ON account_pair.left_id = account_judgement.left_id AND account_pair.right_id = account_judgement.right_id
    WHERE list_contains($1, coalesce(account_judgement.left_id, account_pair.left_id))
        AND list_contains($1, coalesce(account_judgement.right_id, account_pair.right_id))
    ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A pair of accounts of one operator.

    Attributes:
        pair_id: None if no signal shows the pair any more.
        probability: Of the software; None if it sees nothing.
        verdict: What people say of this very pair; empty if nobody was asked.
        parts: Groups of accounts that would be apart without it; empty if all would stay together.
        is_blind: This person is to judge it without seeing the score or others' answers, so none of that is here.
    """

    left_id: str
    right_id: str
    pair_id: str | None
    probability: Decimal | None
    verdict: str
    judged_by: str
    reason: str
    parts: tuple[tuple[str, ...], ...]
    is_blind: bool


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator as the judgements make it.

    Attributes:
        accounts: ``account_id``, ``market``, ``handle`` and ``role`` of each.
        links: Every pair of them, judged ones first; then the least likely first.
    """

    operator_id: str
    accounts: tuple[Mapping[str, Any], ...]
    links: tuple[Link, ...]


def show_operator(folder: Path, context: Context, operator_id: str) -> Operator:
    """Look at one operator, as far as answers that this person may know join it; looking is an act in the log.

    Raises:
        NotFound: No operator has this id now, or only answers that are kept from the person join it.
    """
    with open_operation(folder, context) as operation:
        entries = operation.ledger.entries(*OPERATOR_ACTS)
        members = operators_in(entries, withheld_from(context.person, entries)).operators.get(operator_id)
        if members is None:
            raise NotFound(
                f"No operator is called {operator_id!r} now",
                where=str(folder),
                remedy="`crossbearing operator list` shows them; a withdrawn judgement takes an operator apart.",
            )
        require_fresh(operation, STEPS, "account_pair")
        with reading(operation, *_TABLES) as engine:
            accounts = {row["account_id"]: row for row in engine.rows(_ACCOUNTS, [list(members)])}
            known = {(row["left_id"], row["right_id"]): row for row in engine.rows(_PAIRS, [list(members)])}
        operation.ledger.record(context, Act(kind=ActKind.CONSULTED, subject=operator_id, payload={"kind": "operator"}))
    gone = {"market": "", "handle": "", "role": ""}
    return Operator(
        operator_id,
        tuple(accounts.get(member, {"account_id": member, **gone}) for member in members),
        _links(members, known, context.person),
    )


def _links(members: Sequence[str], known: Mapping[Pair, Mapping[str, Any]], person: str) -> tuple[Link, ...]:
    blind = {pair for pair, row in known.items() if row["pair_id"] and is_blind_for(row, person)}
    joins = [pair for pair, row in known.items() if row["verdict"] == Standing.SAME and pair not in blind]
    nothing: Mapping[str, Any] = {}
    links = []
    for pair in combinations(members, 2):
        row, is_blind = known.get(pair, nothing), pair in blind
        parts = _apart(members, [one for one in joins if one != pair]) if pair in joins else ()
        shown = {"pair_id": row["pair_id"]} if is_blind else row
        links.append(
            Link(
                left_id=pair[0],
                right_id=pair[1],
                pair_id=shown.get("pair_id"),
                probability=shown.get("probability"),
                verdict=shown.get("verdict") or "",
                judged_by=shown.get("judged_by") or "",
                reason=shown.get("judgement_reason") or "",
                parts=parts,
                is_blind=is_blind,
            )
        )
    return tuple(sorted(links, key=lambda link: (link.verdict != Standing.SAME, link.probability or Decimal(0))))


def _apart(members: Sequence[str], joins: Sequence[Pair]) -> tuple[tuple[str, ...], ...]:
    """The groups in which the accounts would be; nothing if it is one."""
    groups = components(joins)
    grouped = {member for group in groups.values() for member in group}
    parts = sorted([*groups.values(), *((member,) for member in members if member not in grouped)])
    return tuple(parts) if len(parts) > 1 else ()
