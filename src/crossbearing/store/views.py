"""Every read goes through here: the tables of an operation as one person may see them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from crossbearing.domain.access import Action, Resource, decide
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.store.arrow import record_schema
from crossbearing.store.derived import current_file
from crossbearing.store.operation import Operation
from crossbearing.store.register import exhibits
from crossbearing.store.session import Session, session
from crossbearing.store.snapshot import DECISION_TABLES, snapshot


def attach_records(engine: Session, folder: Path, visible: Mapping[str, Exhibit], tables: Iterable[str]) -> None:
    """Let record tables stand for the registered files of the visible exhibits; no file, no row."""
    for table in sorted(tables):
        paths = [folder / file.path for exhibit in visible.values() for file in exhibit.files if file.table == table]
        if paths:
            engine.view(table, paths)
        else:
            engine.table(table, record_schema(RECORD_TABLES[table]).empty_table())


@contextmanager
def reading(operation: Operation, *derived: str) -> Iterator[Session]:
    """A session over the record tables and the named derived and decision tables.

    What the person may not see is subtracted here: whole exhibits from the records, and every derived
    row that names such an exhibit among its sources.

    Raises:
        NotAuthorised: The person may not see the operation.
        MissingTable: A derived table was never made.
    """
    operation.require(Action.SEE, "operation", operation.name)
    known = exhibits(operation.ledger)
    visible = {
        exhibit_id: exhibit
        for exhibit_id, exhibit in known.items()
        if decide(operation.subject, Action.SEE, Resource(kind="exhibit", name=exhibit_id)).is_allowed
    }
    hidden = sorted(known.keys() - visible.keys())
    without_hidden = (
        f"NOT list_has_any(exhibit_ids, [{', '.join(repr(name) for name in hidden)}])" if hidden else "TRUE"
    )
    with session(folder=operation.folder) as engine:
        attach_records(engine, operation.folder, visible, RECORD_TABLES)
        for table in derived:
            if table in DECISION_TABLES:
                engine.table(table, snapshot(operation.ledger, table).rows)
            else:
                engine.view(table, [current_file(operation.folder, table)], where=without_hidden)
        yield engine
