"""Every read goes through here: the tables of an operation as one person may see them.

Protected tables open for a named purpose only, and that they were opened is in the log before a row is out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from crossbearing.domain.access import Action, Resource, decide
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.errors import BadRequest
from crossbearing.domain.exhibit import Exhibit, RecordFile
from crossbearing.domain.tables import OPEN_TABLES, RECORD_TABLES
from crossbearing.store.arrow import record_schema
from crossbearing.store.derived import current_file
from crossbearing.store.operation import Operation
from crossbearing.store.register import register
from crossbearing.store.session import Session, session
from crossbearing.store.snapshot import DECISION_TABLES, snapshot


def attach_records(engine: Session, folder: Path, visible: Mapping[str, Exhibit], tables: Iterable[str]) -> None:
    """Let record tables stand for the registered files of the visible exhibits; no file, no row."""
    for table in sorted(tables):
        paths = [
            folder / file.path
            for exhibit in visible.values()
            for file in exhibit.files
            if file.table == table and not file.protection
        ]
        if paths:
            engine.view(table, paths)
        else:
            engine.table(table, record_schema(RECORD_TABLES[table]).empty_table())


@contextmanager
def reading(operation: Operation, *derived: str, protected: Sequence[str] = ()) -> Iterator[Session]:
    """A session over the open record tables and the named derived, decision and protected tables.

    What the person may not see is subtracted here, and what was withdrawn or locked: whole exhibits from the
    records, and every derived row that names such an exhibit among its sources.

    Args:
        operation: Where.
        derived: Derived and decision tables.
        protected: Protected record tables.

    Raises:
        BadRequest: Protected tables are asked for without a purpose.
        NotAuthorised: The person may not see the operation.
        MissingTable: A derived table was never made.
    """
    operation.require(Action.SEE, "operation", operation.name)
    known = register(operation.ledger)
    visible = {
        exhibit_id: exhibit
        for exhibit_id, exhibit in known.standing.items()
        if decide(operation.subject, Action.SEE, Resource(kind="exhibit", name=exhibit_id)).is_allowed
    }
    hidden = sorted(known.kept.keys() - visible.keys())
    without_hidden = (
        f"NOT list_has_any(exhibit_ids, [{', '.join(repr(name) for name in hidden)}])" if hidden else "TRUE"
    )
    # What is opened for a purpose never lies on the disk in clear, not even for as long as a query runs.
    with session(folder=operation.folder, is_roomy=bool(protected), may_spill=not protected) as engine:
        attach_records(engine, operation.folder, visible, OPEN_TABLES)
        for table in protected:
            engine.table(table, protected_rows(operation, visible.values(), table, what="read"))
        for table in derived:
            if table in DECISION_TABLES:
                engine.table(table, snapshot(operation.ledger, table).rows)
            else:
                engine.view(table, [current_file(operation.folder, table)], where=without_hidden)
        yield engine


def protected_rows(operation: Operation, exhibits_read: Iterable[Exhibit], table: str, *, what: str) -> pa.Table:
    """All rows of a protected table of these exhibits; that they were read is in the log before.

    Args:
        operation: Where.
        exhibits_read: Exhibits whose rows are wanted.
        table: A protected record table.
        what: What is done with them, in a word.

    Raises:
        BadRequest: No purpose is named.
    """
    protection = RECORD_TABLES[table].protection
    files = [file for one in exhibits_read for file in one.files if file.table == table]
    return unsealed(operation, table, [file for file in files if file.protection == protection], what=what)


def unsealed(operation: Operation, table: str, files: Sequence[RecordFile], *, what: str) -> pa.Table:
    """The rows of sealed files of one table; the only place where they are opened.

    Raises:
        BadRequest: No purpose is named.
    """
    if not operation.context.purpose.strip():
        raise BadRequest(
            "Protected data opens for a named purpose only",
            where=f"table {table}",
            remedy="Repeat with --purpose and say in a few words what for; it stands in the log.",
        )
    payload: dict[str, Json] = {
        "table": table,
        "what": what,
        "classes": sorted({file.protection for file in files}),
        "files": len(files),
    }
    operation.ledger.record(operation.context, Act(kind=ActKind.PROTECTED_READ, subject=table, payload=payload))
    schema = record_schema(RECORD_TABLES[table])
    vault = operation.vault
    return pa.concat_tables([schema.empty_table(), *(_as_of_today(vault.read(file), schema) for file in files)])


def _as_of_today(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows with the columns that the table has gained since they were written; nothing was said in these."""
    for field in schema:
        if field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
    return rows.select(schema.names).cast(schema)
