"""How an operation stands: what is there, what is stale, what waits for a person."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.dissemination import DISSEMINATION_ACTS, sent_in
from crossbearing.domain.tables import PRIVILEGED
from crossbearing.intake.exhibit_reader import outdated
from crossbearing.registry import STEPS
from crossbearing.resolution.review import is_blind_for, withheld_from
from crossbearing.store import erasure
from crossbearing.store.categorisation import CLOCK_ACTS, clocks, limit_of
from crossbearing.store.marks import standing_marks
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import folded
from crossbearing.store.steps import StepReport, states
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One operation at a glance.

    Attributes:
        open_proposals: Proposals that nobody judged; None while the tables are not up to date.
        too_common: Keys, contacts and wallets on more than 20 accounts, which bring nobody together; None likewise.
        too_large: Groups of likely pairs that are too large to be grouped by software; None likewise.
        unroutable: Subjects that no rule sends anywhere; None likewise.
        outcome_questions: What reports are to be asked about, as they contradict themselves; None likewise.
        answers_due: Packages that a partner was to answer before today.
        notices_pending: Recalls and corrections that a partner has not acknowledged.
        set_aside: Records that only a reviewer outside the case sees.
        outdated: Exhibits that were read with an earlier version of their profile.
        unfinished_erasures: Erasures that were decided and are carried out by the next command of retention.
        marked_packages: Packages to be recalled or corrected, as they were built last.
        not_categorised: Exhibits that may speak of persons, and nobody said of which kinds.
        locked: Those of them whose time is over; nothing of them is read.
        categorise_by: Last day of the next one that is open; empty if there is none.
        has_limit: A limit of time is set; otherwise the default is counted, and nothing is locked.
    """

    name: str
    coordinator: str
    exhibits: int
    rows_in: int
    rows_out: int
    rows_refused: int
    steps: tuple[StepReport, ...]
    judgements: int
    packages: int
    open_proposals: int | None
    too_common: int | None
    too_large: int | None
    unroutable: int | None
    outcome_questions: int | None
    answers_due: int
    notices_pending: int
    log_position: int
    set_aside: int
    outdated: tuple[str, ...]
    unfinished_erasures: int
    marked_packages: tuple[str, ...]
    not_categorised: int
    locked: tuple[str, ...]
    categorise_by: str
    has_limit: bool

    @property
    def stale(self) -> tuple[str, ...]:
        """Tables that a run would make anew."""
        return tuple(step.table for step in self.steps if step.state != "fresh")


def show_status(folder: Path, context: Context) -> Status:
    """Look at an operation without changing it."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        entries = operation.ledger.entries(*CLOCK_ACTS)
        everything, limit = folded(entries), limit_of(entries)
        running = [clock for clock in clocks(everything, limit) if clock.is_running]
        known = list(everything.standing.values())
        parts = [part for exhibit in known for part in exhibit.parts]
        steps = tuple(states(operation, STEPS))
        is_fresh = all(step.state == "fresh" for step in steps)
        judgements = operation.ledger.entries(ActKind.PAIR_JUDGED)
        judged = {entry.subject for entry in judgements} - withheld_from(context.person, judgements)
        sent, today = sent_in(operation.ledger.entries(*DISSEMINATION_ACTS)), context.now()[:10]
        packages = {entry.subject for entry in operation.ledger.entries(ActKind.PACKAGE_BUILT)}
        return Status(
            name=operation.name,
            coordinator=operation.coordinator,
            exhibits=len(known),
            rows_in=sum(part.rows_in for part in parts),
            rows_out=sum(part.rows_out for part in parts),
            rows_refused=sum(part.rows_refused for part in parts),
            steps=steps,
            judgements=len(judged),
            packages=len(packages),
            open_proposals=_open_proposals(operation) if is_fresh else None,
            too_common=_count(operation, "account_identity", "spread > 20", "identity") if is_fresh else None,
            too_large=_count(operation, "account_group", "group_state = 'too large'", "group_account_id")
            if is_fresh
            else None,
            unroutable=_count(operation, "target_route", "country IS NULL") if is_fresh else None,
            outcome_questions=_count(operation, "outcome_query", "TRUE") if is_fresh else None,
            answers_due=sum(one.waits and "" < one.reply_by < today for one in sent),
            notices_pending=sum(not notice.acknowledged_on for one in sent for notice in one.notices),
            log_position=operation.ledger.position(),
            set_aside=sum(file.rows for one in known for file in one.files if file.protection == PRIVILEGED),
            outdated=tuple(outdated(known)),
            unfinished_erasures=len(erasure.unfinished(operation)),
            marked_packages=tuple(sorted({mark.package_id for mark in standing_marks(operation.ledger)})),
            not_categorised=len(running),
            locked=tuple(sorted(everything.locked)),
            categorise_by=min((clock.last_day for clock in running if not clock.locked_on), default=""),
            has_limit=limit.is_set,
        )


def _open_proposals(operation: Operation) -> int:
    with reading(operation, "account_pair", "account_judgement") as engine:
        rows = engine.rows(
            """SELECT account_pair.pair_id, account_pair.tier, account_pair.log_odds, account_judgement.judges,
                   coalesce(account_judgement.verdict, 'unsure') IN ('unsure', 'withdrawn', 'disputed') AS is_open
               FROM account_pair
               LEFT JOIN account_judgement ON account_pair.left_id = account_judgement.left_id
                   AND account_pair.right_id = account_judgement.right_id
               WHERE account_pair.tier = 'proposal'"""
        )
    # Whether somebody else has answered what this person is to judge blind must not show.
    return sum(row["is_open"] or is_blind_for(row, operation.context.person) for row in rows)


def _count(operation: Operation, table: str, where: str, of: str = "*") -> int:
    counted = of if of == "*" else f"DISTINCT {of}"
    with reading(operation, table) as engine:
        return int(engine.one(f"SELECT count({counted}) AS found FROM {table} WHERE {where}")["found"])
