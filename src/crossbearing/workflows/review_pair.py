"""Review pairs of accounts one by one: the next that waits for a person, with both accounts beside each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound
from crossbearing.domain.judgement import PairKind
from crossbearing.domain.labels import Label
from crossbearing.registry import STEPS
from crossbearing.resolution import side_by_side
from crossbearing.resolution.comparison import Fact, facts
from crossbearing.resolution.review import account_pairs, as_seen_by, bars_of, handovers_of, queued, shared_run_of
from crossbearing.resolution.side_by_side import Nearest, Side, nearest, sides_of, unseen
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits, label_of
from crossbearing.store.session import Session
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

_TABLES: Final = (
    "account_pair", "account_judgement", "pair_evidence", "shared_run", "possible_handover", *side_by_side.TABLES,
)  # fmt: skip
_JUDGEMENTS: Final = "SELECT * FROM account_judgement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One pair with everything that a person needs to judge it.

    Attributes:
        pair: As ``consult_pair`` gives it, with ``bars``; without score where the person is to judge it blind.
        left: The first account.
        right: The second.
        facts: What is on record about both, row by row.
        nearest: Their two adverts that are the most alike; None if no words are in both.
        label: Of everything that the pair rests on.
        is_simulated: Some of it is invented evidence.
    """

    pair: Mapping[str, Any]
    left: Side
    right: Side
    facts: tuple[Fact, ...]
    nearest: Nearest | None
    label: Label
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a person.

    Attributes:
        waiting: Ids of the pairs in the order of the queue.
        sheet: The first of them that was not passed; None if nothing waits.
        is_second_round: All were passed, so that the first one comes again.
    """

    waiting: tuple[str, ...]
    sheet: Sheet | None
    is_second_round: bool


def review_next(folder: Path, context: Context, *, tier: str = "", passed: Collection[str] = ()) -> Queue:
    """The next pair that waits for this person; looking at it is an act in the log.

    Args:
        folder: Operation folder.
        context: Who is asked.
        tier: "proposal", "imitation" or "lead", with all of the blind share; empty for all.
        passed: Ids of pairs that come after all others.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, PairKind.ACCOUNT, "queue")
        require_fresh(operation, STEPS, "account_pair")
        with reading(operation, *_TABLES) as engine:
            found = queued(account_pairs(engine), engine.rows(_JUDGEMENTS), context.person, tier=tier)
            waiting = tuple(pair["pair_id"] for pair in found)
            first = next((name for name in waiting if name not in passed), waiting[0] if waiting else "")
            sheet = _sheet(operation, engine, first) if first else None
    return Queue(waiting, sheet, is_second_round=bool(waiting) and set(waiting) <= set(passed))


def review_pair(folder: Path, context: Context, pair_id: str) -> Sheet:
    """One pair, whether it waits or not; looking at it is an act in the log.

    Raises:
        NotFound: No pair has this id.
    """
    with open_operation(folder, context) as operation:
        require_fresh(operation, STEPS, "account_pair")
        with reading(operation, *_TABLES) as engine:
            return _sheet(operation, engine, pair_id)


def _sheet(operation: Operation, engine: Session, pair_id: str) -> Sheet:
    pairs: Sequence[dict[str, Any]] = account_pairs(engine, pair_id) if pair_id else []
    if not pairs:
        raise NotFound(
            f"No pair is called {pair_id!r}",
            where=operation.name,
            remedy="The queue and the list of operators lead to pairs; after new evidence, `crossbearing run` first.",
        )
    pair = pairs[0] | {
        "bars": bars_of(engine, pair_id),
        "shared_run": shared_run_of(engine, pairs[0]),
        "handovers": handovers_of(engine, pairs[0]),
    }
    sides = sides_of(engine, pair["left_id"], pair["right_id"])
    left, right = (sides.get(pair[f"{one}_id"]) or unseen(pair, one) for one in ("left", "right"))
    known = exhibits(operation.ledger)
    used = [name for name in pair["exhibit_ids"] if name in known]
    # The same act as of `operator show`: what was looked at is what matters, not with which program.
    act = Act(kind=ActKind.CONSULTED, subject=pair_id, payload={"kind": str(PairKind.ACCOUNT)})
    operation.ledger.record(operation.context, act)
    return Sheet(
        pair=as_seen_by(pair, operation.context.person),
        left=left,
        right=right,
        facts=facts(left, right),
        nearest=nearest(left, right),
        label=label_of(known, used),
        is_simulated=any(known[name].is_simulated for name in used),
    )
