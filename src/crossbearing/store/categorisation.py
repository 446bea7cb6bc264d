"""Whose clock of categorisation runs, and the acts by which time locks an exhibit and a decision opens it.

Nothing is read "as of now". Time takes effect when an operation is opened: what became due since then is put into the
log as an act, and the register follows from the acts. So a log position says what counted, whenever it is looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.categorisation import DEFAULT_MONTHS, is_categorised, last_day
from crossbearing.domain.context import Context
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.tables import PERSON_TABLES
from crossbearing.store.ledger import Ledger
from crossbearing.store.register import EXHIBIT_ACTS, Register, folded

CLOCK_ACTS: Final = (*EXHIBIT_ACTS, ActKind.CATEGORISATION_LIMITED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long data may be uncategorised in an operation.

    Attributes:
        is_set: A person set it. Otherwise it is the default, which is counted and locks nothing.
    """

    months: int = DEFAULT_MONTHS
    authority: str = ""
    reason: str = ""
    set_at: str = ""
    set_by: str = ""
    is_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How one exhibit stands.

    Attributes:
        received_on: Day on which it came in, ISO date.
        last_day: Last day on which it may be uncategorised.
        rows: Rows that speak of persons, those set aside included.
        accounts: Those of them that state an account.
        is_running: It may speak of persons, and its label does not say of which kinds.
        locked_on: Day on which it was locked; empty if it is open.
    """

    exhibit: Exhibit
    received_on: str
    last_day: str
    rows: int
    accounts: int
    is_running: bool
    locked_on: str

    def is_late(self, today: str) -> bool:
        """Whether its time is over; a clock of a machine that is set back opens nothing."""
        return self.is_running and self.last_day < max(today, self.locked_on)


def limit_of(entries: Iterable[Entry]) -> Limit:
    """The limit that the newest act set, or the default."""
    found = Limit()
    for entry in entries:
        if entry.kind is ActKind.CATEGORISATION_LIMITED:
            said: Any = entry.payload
            found = Limit(
                months=said["months"],
                reason=said["reason"],
                authority=entry.authority,
                set_at=entry.at,
                set_by=entry.person,
                is_set=True,
            )
    return found


def clocks(known: Register, limit: Limit) -> list[Clock]:
    """The clock of every exhibit that is kept, in the order of the register; a withdrawn one has it too."""
    return [
        Clock(
            exhibit=one,
            received_on=known.received[name],
            last_day=last_day(known.received[name], limit.months),
            rows=sum(file.rows for file in one.files if file.table in PERSON_TABLES),
            accounts=sum(file.rows for file in one.files if file.table == "account_sighting"),
            is_running=_may_speak_of_persons(one) and not is_categorised(one.label),
            locked_on=known.locked.get(name, ""),
        )
        for name, one in known.kept.items()
    ]


def follow_clock(ledger: Ledger, context: Context) -> None:
    """Lock what became due, and open what was categorised or got more time; one act for each, none if nothing is."""
    limit = limit_of(ledger.entries(ActKind.CATEGORISATION_LIMITED))
    today = context.now()[:10]
    if limit.is_set and _due(ledger.entries(*CLOCK_ACTS), today):
        by_time = replace(context, authority=limit.authority, purpose="categorisation clock", case="")
        ledger.decide(by_time, lambda seen: _due(seen, today), *CLOCK_ACTS)


def _due(entries: Sequence[Entry], today: str) -> list[Act]:
    limit = limit_of(entries)
    found = []
    for clock in clocks(folded(entries), limit):
        if clock.is_late(today) != bool(clock.locked_on):
            payload: dict[str, Json] = {
                "is_locked": clock.is_late(today),
                "last_day": clock.last_day,
                "months": limit.months,
                "is_categorised": not clock.is_running,
            }
            found.append(Act(kind=ActKind.EXHIBIT_LOCKED, subject=clock.exhibit.exhibit_id, payload=payload))
    return found


def _may_speak_of_persons(exhibit: Exhibit) -> bool:
    """Whether a row speaks of a person, or a file gave no row, so that nobody knows of whom it speaks."""
    containers = {part.parent for part in exhibit.parts}
    is_unread = any(not part.rows_out and part.part not in containers for part in exhibit.parts)
    return is_unread or any(file.rows and file.table in PERSON_TABLES for file in exhibit.files)
