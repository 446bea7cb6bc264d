"""People's judgements: whether two accounts are one operator, or two reports one event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.days import last_moment
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.judgement import (
    Answer,
    Pair,
    PairKind,
    Standing,
    Verdict,
    answers_in,
    standing_answers,
    standing_of,
)
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import OPERATOR_ACTS, new_operators, operators_in
from crossbearing.resolution.review import (
    account_pairs,
    as_seen_by,
    bars_of,
    handovers_of,
    in_seen_order,
    is_blind_for,
    queued,
    shared_run_of,
    with_blindness,
    withheld_from,
)
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

# A judgement about reports holds as long as both still state what was judged; a corrected one is judged anew.
_OUTCOME_PAIRS: Final = """
    SELECT outcome_pair.*, outcome_judgement.verdict, outcome_judgement.judged_by, outcome_judgement.judged_at,
        outcome_judgement.judgement_reason, outcome_judgement.judges, outcome_judgement.is_firm
    FROM outcome_pair
    LEFT JOIN outcome_judgement
        ON outcome_pair.left_id = outcome_judgement.left_id AND outcome_pair.right_id = outcome_judgement.right_id
        AND outcome_pair.left_state = outcome_judgement.left_state
        AND outcome_pair.right_state = outcome_judgement.right_state
    WHERE ? IN ('', outcome_pair.pair_id)
    ORDER BY outcome_pair.tier DESC, outcome_pair.one_event_chance DESC, outcome_pair.pair_id
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A recorded judgement and what follows from it.

    Attributes:
        standing: What all answers about this pair come to now.
        operators: Operator id to its accounts, as all judgements now make them; without answers to pairs that the
            person is still to judge blind, which count for nothing in what follows either.
        conflicts: Pairs judged different although other judgements join them.
        held: Pairs that alone would join two groups, and wait for a second person.
        disputed: Pairs that one person judged the same and another different.
        minted: Operator ids that this judgement brought about, or lets the person see.
    """

    pair_id: str
    verdict: Verdict
    standing: Standing
    operators: Mapping[str, tuple[str, ...]]
    conflicts: tuple[Pair, ...]
    held: tuple[Pair, ...]
    disputed: tuple[Pair, ...]
    minted: tuple[str, ...]


def list_pairs(
    folder: Path,
    context: Context,
    kind: PairKind,
    *,
    tier: str = "",
    open_only: bool = False,
    pair_id: str = "",
    as_seen: bool = False,
) -> list[dict[str, Any]]:
    """Pairs with what speaks for and against them and how they were judged; proposals first.

    Args:
        folder: Operation folder.
        context: Who looks.
        kind: Accounts or outcomes.
        tier: "proposal", "imitation" or "lead"; empty for all.
        open_only: Leave out pairs judged the same or different.
        pair_id: Only this one.
        as_seen: Without score, answers and rank of pairs of accounts that this person is to judge blind (``is_blind``),
            which no filter leaves out.
    """
    table = f"{kind}_pair"
    with open_operation(folder, context) as operation:
        require_fresh(operation, STEPS, table)
        with reading(operation, table, f"{kind}_judgement") as engine:
            of_accounts = kind is PairKind.ACCOUNT
            pairs = account_pairs(engine, pair_id) if of_accounts else engine.rows(_OUTCOME_PAIRS, [pair_id])
    found = [
        pair
        for pair in pairs
        # Whether a pair to be judged blind is left out would tell its tier, or the other answer.
        if (as_seen and of_accounts and is_blind_for(pair, context.person))
        or (
            (not tier or pair["tier"] == tier)
            and not (open_only and pair["verdict"] in {Standing.SAME, Standing.DIFFERENT})
        )
    ]
    if not of_accounts:
        return found
    return in_seen_order(found, context.person) if as_seen else [with_blindness(one, context.person) for one in found]


def find_pair(folder: Path, context: Context, kind: PairKind, pair_id: str) -> dict[str, Any]:
    """One pair by its id.

    Raises:
        NotFound: No pair has this id.
    """
    for pair in list_pairs(folder, context, kind, pair_id=pair_id) if pair_id else []:
        return pair
    noun = "operator" if kind is PairKind.ACCOUNT else "outcome"
    raise NotFound(
        f"No pair is called {pair_id!r}",
        where=str(folder),
        remedy=f"`crossbearing {noun} list` shows the pairs; after new evidence, `crossbearing run` first.",
    )


def consult_pair(folder: Path, context: Context, kind: PairKind, pair_id: str) -> dict[str, Any]:
    """One pair with all that this person may see of it; looking at it is an act in the log.

    A pair of accounts has ``bars``: the parts of its score, heaviest first; ``shared_run``: the longest run of words
    that both write, with who was seen with it first, or None; and ``handovers``: when either may have changed hands.

    Raises:
        NotFound: No pair has this id.
    """
    pair = find_pair(folder, context, kind, pair_id)
    with open_operation(folder, context) as operation:
        if kind is PairKind.ACCOUNT:
            with reading(operation, "pair_evidence", "shared_run", "possible_handover") as engine:
                pair["bars"] = bars_of(engine, pair_id)
                pair["shared_run"] = shared_run_of(engine, pair)
                pair["handovers"] = handovers_of(engine, pair)
        act = Act(kind=ActKind.CONSULTED, subject=pair_id, payload={"kind": str(kind)})
        operation.ledger.record(context, act)
    return as_seen_by(pair, context.person) if kind is PairKind.ACCOUNT else pair


def review_queue(folder: Path, context: Context, *, tier: str = "") -> list[dict[str, Any]]:
    """Pairs of accounts that wait for this person: see ``queued``.

    Args:
        folder: Operation folder.
        context: Who is asked.
        tier: "proposal", "imitation" or "lead", with all of the blind share; empty for all.
    """
    pairs = list_pairs(folder, context, PairKind.ACCOUNT)
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, PairKind.ACCOUNT, "queue")
        with reading(operation, "account_judgement") as engine:
            judgements = engine.rows("SELECT * FROM account_judgement")
    return queued(pairs, judgements, context.person, tier=tier)


def judge(
    folder: Path, context: Context, kind: PairKind, pair_id: str, verdict: Verdict, *, reason: str, of: str = ""
) -> Judged:
    """Record one person's answer about one pair; other people's answers stay.

    Args:
        folder: Operation folder.
        context: Who answers.
        kind: Accounts or outcomes.
        pair_id: The pair.
        verdict: The answer.
        reason: Why, in a few words.
        of: Whose answer is withdrawn, if not the person's own.

    Raises:
        NotFound: No pair has this id.
        BadRequest: There is no reason, or nothing stands that could be withdrawn.
    """
    if not reason.strip():
        raise BadRequest("A judgement needs a reason", where=pair_id, remedy="Say in a few words why, with --reason.")
    if verdict is Verdict.WITHDRAWN:
        answer = _withdrawal(folder, context, kind, pair_id, reason.strip(), of)
    else:
        pair = find_pair(folder, context, kind, pair_id)
        score = ("probability", "log_odds", "model") if kind is PairKind.ACCOUNT else ()
        answer = Answer(
            kind=kind,
            left=pair["left_id"],
            right=pair["right_id"],
            person=context.person,
            verdict=verdict,
            reason=reason.strip(),
            seen="; ".join(pair.get("reasons_for") or [pair.get("reason") or ""]),
            score={name: str(pair[name]) for name in score},
            is_blind=pair.get("is_blind", False),
            left_state=pair.get("left_state", ""),
            right_state=pair.get("right_state", ""),
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, kind, pair_id)
        return _recorded(operation, answer, pair_id)


def list_operators(folder: Path, context: Context, *, as_of: str = "") -> Judged:
    """The operators that all judgements make which this person may know of, without judging anything.

    Args:
        folder: Operation folder.
        context: Who looks.
        as_of: Day or time, ISO 8601, UTC if it says nothing; what was judged later does not count.

    Raises:
        BadRequest: The time cannot be read.
    """
    until = last_moment(as_of)
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        entries = operation.ledger.entries(*OPERATOR_ACTS)
    then = [entry for entry in entries if not until or entry.at <= until]
    return _view("", Verdict.UNSURE, then, (), withheld_from(context.person, entries))


def _recorded(operation: Operation, answer: Answer, pair_id: str) -> Judged:
    person = operation.context.person
    before: list[Entry] = []
    made: list[str] = []

    def acts(seen: list[Entry]) -> list[Act]:
        before[:] = seen
        act = Act(kind=ActKind.PAIR_JUDGED, subject=pair_id, payload=answer.payload)
        after = operators_in([*seen, _as_entry(act, operation.context)])
        new = new_operators(after.groups, after.anchors)
        made[:] = [operator_id for operator_id, _ in new]
        return [act, *(Act(kind=ActKind.OPERATOR_MINTED, subject=one, payload={"anchor": at}) for one, at in new)]

    operation.ledger.decide(operation.context, acts, *OPERATOR_ACTS)
    entries = operation.ledger.entries(*OPERATOR_ACTS)
    hidden = operators_in(before).operators.keys() - operators_in(before, withheld_from(person, before)).operators
    shown = operators_in(entries, withheld_from(person, entries)).operators
    minted = tuple(name for name in shown if name in hidden or name in made)
    return _view(pair_id, answer.verdict, entries, minted, withheld_from(person, entries))


def _as_entry(act: Act, context: Context) -> Entry:
    """The act as it will stand, to see what follows from it before it is recorded."""
    return Entry(
        position=-1, kind=act.kind, subject=act.subject, at="", person=context.person, authority="", purpose="",
        case="", version=act.version, payload=act.payload,
    )  # fmt: skip


def _view(
    pair_id: str, verdict: Verdict, entries: Sequence[Entry], minted: tuple[str, ...], withheld: frozenset[str]
) -> Judged:
    found = operators_in(entries, withheld)
    ours = [entry for entry in entries if entry.subject == pair_id and entry.kind is ActKind.PAIR_JUDGED]
    answers = [answer for kind in PairKind for one in answers_in(ours, kind).values() for answer in one]
    return Judged(
        pair_id=pair_id,
        verdict=verdict,
        standing=standing_of(standing_answers(answers)),
        operators=found.operators,
        conflicts=found.groups.conflicts,
        held=found.groups.held,
        disputed=found.disputed,
        minted=minted,
    )


def _withdrawal(folder: Path, context: Context, kind: PairKind, pair_id: str, reason: str, of: str) -> Answer:
    """The withdrawal of an answer that stands, even if no signal shows the pair any more.

    Raises:
        BadRequest: Nothing stands that could be withdrawn, or only others' answers.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, kind, pair_id)
        entries = operation.ledger.entries(ActKind.PAIR_JUDGED)
    ours = [entry for entry in entries if entry.subject == pair_id]
    live = {one.whose: one for one in standing_answers(answers_in(ours, kind).get(pair_id, []))}
    wanted = of or context.person
    if wanted not in live:
        others = ", ".join(sorted(live))
        raise BadRequest(
            f"There is no answer of {wanted} to withdraw" if live else "There is no judgement to withdraw",
            where=pair_id,
            remedy=f"Answers stand of: {others}. --of NAME withdraws one of theirs."
            if live
            else "`crossbearing log show` lists the judgements.",
        )
    return Answer(
        kind=kind,
        left=live[wanted].left,
        right=live[wanted].right,
        person=context.person,
        verdict=Verdict.WITHDRAWN,
        reason=reason,
        of="" if wanted == context.person else wanted,
    )
