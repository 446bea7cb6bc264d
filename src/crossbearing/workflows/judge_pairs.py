"""People's judgements: whether two accounts are one operator, or two reports one event."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.judgement import Groups, Judgement, PairKind, Verdict
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import groups_of, new_operators, operator_names
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

# Table of pairs, and of what was judged about them.
_TABLES: Final = {
    PairKind.ACCOUNT: ("account_pair", "account_judgement"),
    PairKind.OUTCOME: ("outcome_pair", "outcome_judgement"),
}
# A judgement about reports holds as long as both still state what was judged; a corrected one is judged anew.
_SAME_STATE: Final = {
    PairKind.ACCOUNT: "",
    PairKind.OUTCOME: "AND outcome_pair.left_state = outcome_judgement.left_state "
    "AND outcome_pair.right_state = outcome_judgement.right_state",
}


_BARS: Final = """
    SELECT signal, family, regime, level, spread, log_lr, log_lr_before, log_lr_low, log_lr_high, reason, places
    FROM pair_evidence WHERE pair_id = ? ORDER BY abs(log_lr) DESC, signal
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A recorded judgement and what follows from it.

    Attributes:
        operators: Operator id to its accounts, as all judgements now make them.
        conflicts: Pairs judged different although other judgements join them.
        minted: Operator ids that this judgement brought about.
    """

    pair_id: str
    verdict: Verdict
    operators: Mapping[str, tuple[str, ...]]
    conflicts: tuple[tuple[str, str], ...]
    minted: tuple[str, ...]


def list_pairs(
    folder: Path, context: Context, kind: PairKind, *, tier: str = "", open_only: bool = False
) -> list[dict[str, Any]]:
    """Pairs with what speaks for and against them and how they were judged; proposals first.

    Args:
        folder: Operation folder.
        context: Who looks.
        kind: Accounts or outcomes.
        tier: "proposal", "imitation" or "lead"; empty for all.
        open_only: Leave out pairs judged the same or different.
    """
    table, judged = _TABLES[kind]
    order = "tier = 'proposal' DESC, log_odds DESC, pair_id" if kind is PairKind.ACCOUNT else "pair_id"
    with open_operation(folder, context) as operation:
        require_fresh(operation, STEPS, table)
        with reading(operation, table, judged) as engine:
            pairs = engine.rows(
                f"""SELECT {table}.*, {judged}.verdict, {judged}.judged_by, {judged}.judged_at,
                        {judged}.judgement_reason
                    FROM {table}
                    LEFT JOIN {judged} ON {table}.left_id = {judged}.left_id AND {table}.right_id = {judged}.right_id
                        {_SAME_STATE[kind]}
                    ORDER BY {order}"""
            )
    return [
        pair
        for pair in pairs
        if (not tier or pair["tier"] == tier)
        and not (open_only and pair["verdict"] in {Verdict.SAME, Verdict.DIFFERENT})
    ]


def consult_pair(folder: Path, context: Context, kind: PairKind, pair_id: str) -> Mapping[str, Any]:
    """One pair with all that is known of it; looking at it is an act in the log.

    A pair of accounts has ``bars``: the parts of its score, heaviest first.

    Raises:
        NotFound: No pair has this id.
    """
    pair = _pair(folder, context, kind, pair_id)
    with open_operation(folder, context) as operation:
        if kind is PairKind.ACCOUNT:
            with reading(operation, "pair_evidence") as engine:
                bars = engine.rows(_BARS, [pair_id])
            pair = {**pair, "bars": bars}
        act = Act(kind=ActKind.CONSULTED, subject=pair_id, payload={"kind": str(kind)})
        operation.ledger.record(context, act)
    return pair


def judge(folder: Path, context: Context, kind: PairKind, pair_id: str, verdict: Verdict, *, reason: str) -> Judged:
    """Record one person's answer about one pair.

    Raises:
        NotFound: No pair has this id.
        BadRequest: There is no reason, or nothing stands that could be withdrawn.
    """
    if not reason.strip():
        raise BadRequest("A judgement needs a reason", where=pair_id, remedy="Say in a few words why, with --reason.")
    if verdict is Verdict.WITHDRAWN:
        judgement = _standing_judgement(folder, context, kind, pair_id, reason)
    else:
        pair = _pair(folder, context, kind, pair_id)
        judgement = Judgement(
            kind=kind,
            left=pair["left_id"],
            right=pair["right_id"],
            verdict=verdict,
            reason=reason.strip(),
            seen="; ".join(pair.get("reasons_for") or [pair.get("reason") or ""]),
            left_state=pair.get("left_state", ""),
            right_state=pair.get("right_state", ""),
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, kind, pair_id)
        return _recorded(operation, judgement, pair_id)


def list_operators(folder: Path, context: Context) -> Judged:
    """The operators that all judgements make, without judging anything."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        groups, anchors = _standing(operation.ledger.entries(ActKind.PAIR_JUDGED, ActKind.OPERATOR_MINTED))
        return _view("", Verdict.UNSURE, groups, anchors, ())


def _recorded(operation: Operation, judgement: Judgement, pair_id: str) -> Judged:
    minted: list[str] = []

    def acts(seen: list[Entry]) -> list[Act]:
        act = Act(
            kind=ActKind.PAIR_JUDGED,
            subject=pair_id,
            payload={
                "kind": str(judgement.kind),
                "left": judgement.left,
                "right": judgement.right,
                "verdict": str(judgement.verdict),
                "reason": judgement.reason,
                "seen": judgement.seen,
                "left_state": judgement.left_state,
                "right_state": judgement.right_state,
            },
        )
        groups, anchors = _standing(seen, act)
        new = new_operators(groups, anchors)
        minted.extend(operator_id for operator_id, _ in new)
        return [
            act,
            *(
                Act(kind=ActKind.OPERATOR_MINTED, subject=operator_id, payload={"anchor": anchor})
                for operator_id, anchor in new
            ),
        ]

    kinds = (ActKind.PAIR_JUDGED, ActKind.OPERATOR_MINTED)
    operation.ledger.decide(operation.context, acts, *kinds)
    groups, anchors = _standing(operation.ledger.entries(*kinds))
    return _view(pair_id, judgement.verdict, groups, anchors, tuple(minted))


def _standing(entries: list[Entry], *further: Act) -> tuple[Groups, dict[str, str]]:
    """What all account judgements join, the newest per pair counting, and the operator ids minted."""
    newest: dict[str, Mapping[str, Any]] = {}
    anchors: dict[str, str] = {}
    standing: tuple[Entry | Act, ...] = (*entries, *further)
    for entry in standing:
        if entry.kind is ActKind.OPERATOR_MINTED:
            anchors[entry.subject] = str(entry.payload["anchor"])
        else:
            newest[entry.subject] = entry.payload
    rows = [
        {"left_id": p["left"], "right_id": p["right"], "verdict": p["verdict"]}
        for p in newest.values()
        if p["kind"] == PairKind.ACCOUNT
    ]
    return groups_of(rows), anchors


def _view(pair_id: str, verdict: Verdict, groups: Groups, anchors: dict[str, str], minted: tuple[str, ...]) -> Judged:
    names = operator_names(groups, anchors)
    operators = {names[group]: members for group, members in groups.members.items() if group in names}
    return Judged(pair_id, verdict, dict(sorted(operators.items())), groups.conflicts, minted)


def _standing_judgement(folder: Path, context: Context, kind: PairKind, pair_id: str, reason: str) -> Judgement:
    """The withdrawal of what was judged last, even if no signal shows the pair any more.

    Raises:
        BadRequest: Nothing stands that could be withdrawn.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, kind, pair_id)
        entries = operation.ledger.entries(ActKind.PAIR_JUDGED)
    acts: list[Mapping[str, Any]] = [entry.payload for entry in entries if entry.subject == pair_id]
    if not acts or acts[-1]["verdict"] == Verdict.WITHDRAWN or acts[-1]["kind"] != kind:
        raise BadRequest(
            "There is no judgement to withdraw",
            where=pair_id,
            remedy="`crossbearing log show` lists the judgements.",
        )
    left, right = acts[-1]["left"], acts[-1]["right"]
    return Judgement(kind=kind, left=left, right=right, verdict=Verdict.WITHDRAWN, reason=reason.strip())


def _pair(folder: Path, context: Context, kind: PairKind, pair_id: str) -> Mapping[str, Any]:
    for pair in list_pairs(folder, context, kind):
        if pair["pair_id"] == pair_id:
            return pair
    noun = "operator" if kind is PairKind.ACCOUNT else "outcome"
    raise NotFound(
        f"No pair is called {pair_id!r}",
        where=str(folder),
        remedy=f"`crossbearing {noun} list` shows the pairs; after new evidence, `crossbearing run` first.",
    )
