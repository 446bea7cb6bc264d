"""Rows of a source table under a profile: the records they give, which are refused, and which are set aside.

Rows of several files are mapped together, for a query costs as much for one row as for thousands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crossbearing.intake.pages.page_words import taken
from crossbearing.intake.profile import INDEX, LENGTH, OFFSET, PART, ROW, SourceTable, record_query, refusal_query
from crossbearing.intake.reader import RawBatch
from crossbearing.store.records import Transformer

NOTHING_STATED: Final = "the row states nothing that the profile maps"
_NONE: Final = pa.table({INDEX: pa.array([], pa.int64()), "reason": pa.array([], pa.string())})


@dataclass(frozen=True, slots=True)
class SourceRows:
    """Rows of one source table of one or several files, all with the same columns.

    Attributes:
        constants: Column values that each of their records gets.
        pieces: The rows, each with the part that they stand in.
    """

    table: SourceTable
    constants: Mapping[str, str]
    pieces: Sequence[tuple[str, RawBatch]]

    def raw(self) -> pa.Table:
        """The rows with the place of each beside it; optional columns that are absent are null.

        After them stands what the profile takes out of saved pages.
        """
        batches = [batch for _, batch in self.pieces]
        rows = pa.Table.from_batches([batch.values for batch in batches]).combine_chunks()
        columns = dict(zip(rows.column_names, rows.columns, strict=True))
        for name in self.table.optional:
            columns.setdefault(name, pa.nulls(rows.num_rows, pa.string()))
        columns[INDEX] = pa.array(np.arange(rows.num_rows))
        for name, of_batch in ((ROW, "ordinals"), (OFFSET, "offsets"), (LENGTH, "lengths")):
            columns[name] = pa.array(np.concatenate([getattr(batch, of_batch) for batch in batches]))
        columns[PART] = pa.chunked_array([pa.repeat(part, len(batch)) for part, batch in self.pieces], pa.string())
        return pa.table({**columns, **self._cells(columns)})

    def _cells(self, columns: Mapping[str, pa.ChunkedArray]) -> Mapping[str, pa.Array]:
        """What the profile takes out of pages, by the name that its expressions have for it."""
        cells = self.table.cells
        found: dict[str, pa.Array] = {}
        for column in {cell.column for cell in cells}:
            asked = [cell for cell in cells if cell.column == column]
            pages = (page.as_py() for page in columns[column])  # each is text only while it is looked at
            found |= {cells[cell]: given for cell, given in zip(asked, taken(pages, asked), strict=True)}
        return found


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of some rows; every one of them gave a record or is refused.

    Attributes:
        records: Record table, its rows, and whether they may be privileged and are set aside.
        refused: Reason by number of the row, from 0.
        set_aside: Numbers of the rows that are set aside.
    """

    rows: SourceRows
    records: Sequence[tuple[str, pa.Table, bool]]
    refused: Mapping[int, str]
    set_aside: Sequence[int]


def mapped(rows: SourceRows, engine: Transformer, privilege_query: str = "") -> Mapped:
    """Map the rows.

    Args:
        rows: The rows.
        engine: Runs the profile's expressions.
        privilege_query: Gives the rows that may be privileged; empty if no rule stands.

    Raises:
        InvariantBroken: The engine refuses an expression.
    """
    raw = rows.raw()
    source = raw.drop_columns(list(rows.table.cells.values()))  # a rule's words are looked for in what the source says
    asked = ((raw, refusal_query(rows.table)), (source, privilege_query))
    told, aside = (engine.apply(of, query)[0] if query else _NONE for of, query in asked)
    refused = dict(zip(told.column(INDEX).to_pylist(), told.column("reason").to_pylist(), strict=True))
    left = raw.filter(~np.isin(np.arange(raw.num_rows), list(refused))) if refused else raw
    queries = [record_query(rows.table, mapping, rows.constants) for mapping in rows.table.mappings]
    records: list[tuple[str, pa.Table, bool]] = []
    has_given = np.zeros(raw.num_rows, bool)
    for mapping, found in zip(rows.table.mappings, engine.apply(left, *queries), strict=True):
        index = found.column(INDEX)
        has_given[index.to_numpy()] = True
        records += [(mapping.record, part, is_aside) for part, is_aside in _parted(found, index, aside.column(INDEX))]
    for number in np.flatnonzero(~has_given).tolist():
        refused.setdefault(number, NOTHING_STATED)
    return Mapped(rows, records, refused, aside.column(INDEX).to_pylist())


def _parted(found: pa.Table, index: pa.ChunkedArray, aside: pa.ChunkedArray) -> list[tuple[pa.Table, bool]]:
    """Records that everybody may read, and those of rows that are set aside."""
    records = found.drop_columns([INDEX])
    if not len(aside):
        return [(records, False)]
    is_aside: NDArray[np.bool_] = pc.is_in(index, aside)
    return [(records.filter(pc.invert(is_aside)), False), (records.filter(is_aside), True)]
