"""The categorisation clock: its limit, and how every exhibit stands against it, now and over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.categorisation import LONGEST_MONTHS, days_left
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest
from crossbearing.presentation.charts import columns, picture
from crossbearing.store import durable
from crossbearing.store.categorisation import CLOCK_ACTS, Limit, clocks, follow_clock, limit_of
from crossbearing.store.operation import open_operation
from crossbearing.store.register import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One exhibit against the limit.

    Attributes:
        is_running: It may speak of persons, and nobody said of which kinds.
        rows: Rows that speak of persons; not categorised as long as the clock runs.
        accounts: Those of them that state an account.
        days_left: Negative if its time is over; None if its clock does not run.
        locked_on: Day on which it was locked; empty if it is open.
    """

    exhibit_id: str
    name: str
    categories: tuple[str, ...]
    received_on: str
    last_day: str
    is_running: bool
    rows: int
    accounts: int
    days_left: int | None
    locked_on: str


@dataclass(frozen=True, slots=True)
class Month:
    """What was not categorised at the end of a month, or now: exhibits, and their rows that speak of persons."""

    month: str
    exhibits: int
    rows: int


@dataclass(frozen=True, slots=True)
class Categorisation:
    """How an operation stands against its limit; those whose time ends first come first."""

    limit: Limit
    exhibits: tuple[Counted, ...]
    burn_down: tuple[Month, ...]


def limit_time(folder: Path, context: Context, *, months: int, reason: str) -> Categorisation:
    """Set, extend or shorten the time in which exhibits must be categorised; gives how they stand under it.

    Args:
        folder: Operation folder.
        context: Who decides it, and on what authority.
        months: Counted from the day on which an exhibit came in.
        reason: Why.

    Raises:
        BadRequest: No reason is given, or there is no such limit.
        NotAuthorised: The authorisation is not registered or does not hold.
    """
    if not reason.strip() or not 1 <= months <= LONGEST_MONTHS:
        raise BadRequest(
            f"A limit of {months} months with the reason {reason!r} cannot be set",
            where="categorise limit",
            remedy=f"Give --months from 1 to {LONGEST_MONTHS}, and say why with --reason.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "operation", operation.name)
        operation.require_authority(context.authority, where="categorise limit")
        before = limit_of(operation.ledger.entries(ActKind.CATEGORISATION_LIMITED))
        payload: dict[str, Json] = {
            "months": months,
            "before": before.months if before.is_set else None,
            "reason": reason.strip(),
        }
        act = Act(kind=ActKind.CATEGORISATION_LIMITED, subject=operation.name, payload=payload)
        operation.ledger.record(operation.context, act)
        follow_clock(operation.ledger, operation.context)
        return _stands(operation.ledger.entries(*CLOCK_ACTS), context.now())


def show_categorisation(folder: Path, context: Context) -> Categorisation:
    """How every exhibit that is kept stands, and what was not categorised at the end of each month."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return _stands(operation.ledger.entries(*CLOCK_ACTS), context.now())


def write_burn_down(found: Categorisation, target: Path) -> Path:
    """The burn-down as an SVG file."""
    by_exhibit = [(month.month, month.exhibits) for month in found.burn_down]
    by_row = [(month.month, month.rows) for month in found.burn_down]
    svg = picture(
        [
            (title, columns(data, title=title))
            for title, data in (
                ("Exhibits not categorised, at the end of each month", by_exhibit),
                ("Their rows that speak of persons", by_row),
            )
        ]
    )
    durable.write_text(target, str(svg))
    return target


def _stands(entries: Sequence[Entry], now: str) -> Categorisation:
    limit = limit_of(entries)
    counted = [
        Counted(
            exhibit_id=clock.exhibit.exhibit_id,
            name=clock.exhibit.name,
            categories=tuple(sorted(clock.exhibit.label.categories)),
            received_on=clock.received_on,
            last_day=clock.last_day,
            is_running=clock.is_running,
            rows=clock.rows,
            accounts=clock.accounts,
            days_left=days_left(clock.last_day, now[:10]) if clock.is_running else None,
            locked_on=clock.locked_on,
        )
        for clock in clocks(folded(entries), limit)
    ]
    counted.sort(key=lambda one: (not one.is_running, one.last_day, one.exhibit_id))
    return Categorisation(limit, tuple(counted), tuple(_burn_down(entries, limit, now[:7])))


def _burn_down(entries: Sequence[Entry], limit: Limit, last: str) -> list[Month]:
    """One count for each month from the first exhibit on, from the acts up to its end."""
    days = folded(entries).received.values()
    found: list[Month] = []
    month = min(days, default="9999")[:7]
    while month <= last:
        running = [one for one in clocks(folded(e for e in entries if e.at[:7] <= month), limit) if one.is_running]
        found.append(Month(month, len(running), sum(one.rows for one in running)))
        year, number = int(month[:4]), int(month[5:])
        month = f"{year + number // 12:04}-{number % 12 + 1:02}"
    return found
