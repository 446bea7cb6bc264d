"""Table contracts as Arrow schemas, and Parquet files that are the same bytes for the same rows."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from crossbearing.domain.columns import Column, RecordTable, Type

ROWS_PER_GROUP: Final = 65_536
_SEEN: Final = 4_096  # rows by which the encoding is chosen
# Bytes of a file depend on the writer, so its version is part of every derived table's identity.
WRITER: Final = f"pyarrow {pa.__version__}, encoding 2"

_TYPES: Final = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.DECIMAL: pa.decimal128(38, 12),
    Type.INSTANT: pa.timestamp("us"),
    Type.DATE: pa.date32(),
    Type.FLAG: pa.bool_(),
}


def schema_of(columns: Iterable[Column]) -> pa.Schema:
    """The contract's columns as an Arrow schema."""
    return pa.schema([pa.field(column.name, _TYPES[column.type]) for column in columns])


def record_schema(table: RecordTable) -> pa.Schema:
    """Schema of a record table, lineage included."""
    return schema_of(table.all_columns)


class RowGroupWriter:
    """Writes rows in groups of one size, however they arrive, so that the bytes do not depend on it."""

    def __init__(self, sink: Path | BinaryIO, schema: pa.Schema, beside: Executor | None = None) -> None:
        """Begin the file, at a path or in something that takes bytes; either is closed at the end.

        Args:
            sink: Where to.
            schema: Of the rows.
            beside: Writes groups beside the caller, one of a file at a time. A failure is raised by the next call.
        """
        self.rows = 0
        self._beside = beside
        self._at_work: Future[None] | None = None
        self._schema = schema
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._sink = sink
        self._writer: parquet.ParquetWriter | None = None

    def add(self, table: pa.Table) -> None:
        """Append the rows of a table in order."""
        self._waiting.extend(table.cast(self._schema).to_batches())
        self._waiting_rows += table.num_rows
        self.rows += table.num_rows
        while self._waiting_rows >= ROWS_PER_GROUP:
            self._flush(ROWS_PER_GROUP)

    def close(self) -> None:
        """Write what is left and end the file."""
        if self._waiting_rows or not self.rows:
            self._flush(self._waiting_rows)
        self._wait()
        if self._writer is not None:
            self._writer.close()
        if not isinstance(self._sink, Path):
            self._sink.close()

    def _flush(self, rows: int) -> None:
        waiting = pa.Table.from_batches(self._waiting, self._schema)
        rest = waiting.slice(rows)
        self._waiting = rest.to_batches()
        self._waiting_rows = rest.num_rows
        # In one piece: pages end elsewhere in a column of several.
        group = waiting.slice(0, rows).combine_chunks()
        self._wait()
        if self._beside:
            self._at_work = self._beside.submit(self._write, group)
        else:
            self._write(group)

    def _wait(self) -> None:
        if self._at_work:
            self._at_work.result()

    def _write(self, group: pa.Table) -> None:
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._sink, self._schema, **_encoding(group))
        self._writer.write_table(group, row_group_size=ROWS_PER_GROUP)


def _encoding(group: pa.Table) -> dict[str, Any]:
    """How the columns of a file are best written, as its first rows show.

    Whole numbers and times as differences; a column whose values come again as a dictionary; of text no least and
    greatest value, which cost a fifth of the writing and help no query of ours.
    """
    counted = [field.name for field in group.schema if _is_counted(field.type)]
    spelled = [field.name for field in group.schema if _is_spelled(field.type)]
    seen = group.slice(0, _SEEN)
    repeating = [name for name in spelled if 2 * len(pc.unique(seen.column(name))) <= seen.num_rows]
    return {
        "compression": "zstd",
        "compression_level": 1,
        "version": "2.6",
        "use_dictionary": repeating,
        "column_encoding": dict.fromkeys(counted, "DELTA_BINARY_PACKED"),
        "write_statistics": counted,
    }


def _is_counted(kind: pa.DataType) -> bool:
    """Whether values of this type lie in a file as whole numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_timestamp(kind) or pa.types.is_date32(kind))


def _is_spelled(kind: pa.DataType) -> bool:
    """Whether values of this type are long enough that a dictionary may save something."""
    return bool(pa.types.is_string(kind) or pa.types.is_decimal(kind))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
