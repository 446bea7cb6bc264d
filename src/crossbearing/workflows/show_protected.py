"""Protected tables: what there is of them, and single rows for a named purpose."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.domain.deconfliction_tables import DECONFLICTION
from crossbearing.domain.errors import BadRequest
from crossbearing.domain.hit_or_no_hit import Side
from crossbearing.domain.tables import PROTECTED_TABLES, RECORD_TABLES
from crossbearing.store import questions
from crossbearing.store.operation import open_operation
from crossbearing.store.register import exhibits, generations
from crossbearing.store.views import reading

_MOST_ROWS: Final = 200
_OF_CASES: Final = "person"  # class of what agencies hand in; the other classes are the market's


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedTable:
    """One protected table: how much there is, not what it says."""

    table: str
    protection: str
    generation: int
    files: int
    rows: int


_PLACED: Final = "place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length)"


def list_protected(folder: Path, context: Context) -> list[ProtectedTable]:
    """The protected tables with their counts."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        newest = generations(operation.ledger)
        files = [file for one in exhibits(operation.ledger).values() for file in one.files]
        found = []
        for table in sorted(PROTECTED_TABLES):
            protection = RECORD_TABLES[table].protection
            here = [file for file in files if (file.table, file.protection) == (table, protection)]
            found.append(
                ProtectedTable(
                    table=table,
                    protection=protection,
                    generation=newest[protection],
                    files=len(here),
                    rows=sum(file.rows for file in here),
                )
            )
        return found


def show_protected(folder: Path, context: Context, table: str, *, where: dict[str, str]) -> list[dict[str, Any]]:
    """Rows of a protected table that have these values; that they were read is in the log before.

    Args:
        folder: Operation folder.
        context: Who reads, and for what purpose.
        table: A protected table.
        where: Value by column; at least one, so that nobody leafs through everybody.

    Raises:
        BadRequest: No purpose, no such table or column, or more rows than one purpose needs.
        NotAuthorised: The person works on a case that was asked for by hit or no hit, and the rows are the market's.
            Or the rows were handed in for deconfliction, and the person does not work on the case that is asked for.
    """
    columns = [column.name for column in RECORD_TABLES[table].columns] if table in PROTECTED_TABLES else []
    if not columns or not where or set(where) - set(columns):
        raise BadRequest(
            f"Rows of {table!r} open one by one, by the value of a column",
            where="protected show",
            remedy=f"Tables: {', '.join(sorted(PROTECTED_TABLES))}. "
            f"Give --where COLUMN=VALUE{'; columns: ' + ', '.join(columns) if columns else ''}.",
        )
    conditions = " AND ".join(f"CAST({name} AS VARCHAR) = ?" for name in where)
    with open_operation(folder, context) as operation:
        hidden = questions.cases_of_others(operation) if "case_number" in columns else []
        if RECORD_TABLES[table].protection == DECONFLICTION:
            # Agencies hand it in to be compared; only who works on the case may read it.
            operation.require_side(Action.SEE, where.get("case_number", ""), Side.CASE)
        elif RECORD_TABLES[table].protection != _OF_CASES:
            questions.refuse_case_side(operation)
        if hidden:
            conditions += " AND NOT list_contains(?, coalesce(case_number, ''))"
        with reading(operation, protected=[table]) as engine:
            query = f"SELECT *, {_PLACED} AS place FROM {table} WHERE {conditions} ORDER BY ALL LIMIT {_MOST_ROWS + 1}"
            rows = engine.rows(query, [*where.values(), *([hidden] if hidden else [])])
    if len(rows) > _MOST_ROWS:
        raise BadRequest(
            f"More than {_MOST_ROWS} rows have that value",
            where="protected show",
            remedy="Narrow it with a further --where.",
        )
    return rows
