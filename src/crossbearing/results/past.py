"""Results as of an earlier day: what was reported, judged and decided by then, less what may not be seen now."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa

from crossbearing.domain.exhibit import Exhibit
from crossbearing.results.events import STEPS
from crossbearing.results.totals import TABLES
from crossbearing.store.operation import Operation
from crossbearing.store.register import EXHIBIT_ACTS, exhibits, folded
from crossbearing.store.session import Session, session
from crossbearing.store.snapshot import DECISION_TABLES, snapshot
from crossbearing.store.steps import in_order
from crossbearing.store.views import attach_records, reading

_RECORDS = ("outcome", "outcome_detail", "rate", "refusal")


def position_at(operation: Operation, until: str) -> int:
    """Position of the last act by a moment; -1 if there is none.

    Args:
        operation: Where.
        until: As the log writes times.
    """
    return max((entry.position for entry in operation.ledger.entries() if entry.at <= until), default=-1)


@contextmanager
def reading_then(operation: Operation, position: int) -> Iterator[Session]:
    """A session over the outcome tables as they would have been made after the entry at ``position``.

    What is sealed, locked or withdrawn now is not shown as of then either: else an old day would open it.
    """
    with reading(operation, *TABLES) as now:
        seen = now.arrow("SELECT DISTINCT place FROM outcome_event")
    with session(folder=operation.folder) as engine:
        attach_records(engine, operation.folder, _exhibits_then(operation, position), _RECORDS)
        for table in sorted({name for step in STEPS for name in step.inputs} & DECISION_TABLES.keys()):
            engine.table(table, snapshot(operation.ledger, table, until=position).rows)
        engine.table("seen_now", seen)
        for step in in_order(STEPS):
            engine.table(step.table, pa.concat_tables(step.produce(engine)))
            if step.table == "outcome_event":
                rows = engine.arrow("SELECT * FROM outcome_event SEMI JOIN seen_now USING (place) ORDER BY ALL")
                engine.table(step.table, rows)
        yield engine


def _exhibits_then(operation: Operation, position: int) -> dict[str, Exhibit]:
    """Exhibits that stood then and still do; with the files of then, or of now where these are gone."""
    entries = [one for one in operation.ledger.entries(*EXHIBIT_ACTS) if one.position <= position]
    now = exhibits(operation.ledger)
    return {
        name: exhibit
        if all((operation.folder / file.path).exists() for file in exhibit.files)
        else replace(exhibit, files=now[name].files)
        for name, exhibit in folded(entries).standing.items()
        if name in now
    }
