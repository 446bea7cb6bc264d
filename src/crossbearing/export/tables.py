"""The tables themselves, as CSV or Parquet: derived ones, and records as the exhibits state them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa

from crossbearing.export.delimited import write_row, write_rows
from crossbearing.export.format import About, Carrier, Format
from crossbearing.export.leaving import TABLES
from crossbearing.store.arrow import RowGroupWriter

_ALL: Final[Mapping[str, Mapping[str, str]]] = {
    table.name: {column: f"{table.name}.{column}" for column in table.columns} for table in TABLES.values()
}
_VERSION: Final = "crossbearing/export/1"


def _csv(given: Carrier, about: About, home: Path) -> None:
    for table, columns in _ALL.items():
        with (home / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
            write_row(out, columns)
            for piece in given.pieces(table):
                write_rows(out, piece)
    (home / "MARKING.txt").write_text("\n".join((*about.markings, "")), encoding="utf-8", newline="\n")


def _parquet(given: Carrier, about: About, home: Path) -> None:
    hashes = {row["exhibit_id"]: row["sha256"] for row in given.rows("exhibit")}
    says = {
        "schema": _VERSION, "operation": about.operation, "originator": about.coordinator, "scope": about.scope,
        "handling": about.handling, "tlp": about.tlp, "marking": list(about.markings), "exhibits": hashes,
    }  # fmt: skip
    metadata = {"crossbearing": json.dumps(says, ensure_ascii=False, sort_keys=True)}
    for table in _ALL:
        writer: RowGroupWriter | None = None
        for piece in given.pieces(table):
            found = piece.cast(_in_utc(piece.schema).with_metadata(metadata))
            if writer is None:
                writer = RowGroupWriter(home / f"{table}.parquet", found.schema)
            writer.add(found)
        if writer is not None:
            writer.close()


def _in_utc(schema: pa.Schema) -> pa.Schema:
    return pa.schema(
        [field.with_type(pa.timestamp("us", "UTC")) if pa.types.is_timestamp(field.type) else field for field in schema]
    )


CSV: Final = Format(
    name="csv",
    title="CSV, one file for each table",
    carries=_ALL,
    write=_csv,
    narrowed={
        f"{table}.{column}": "as JSON in one cell"
        for table, columns in _ALL.items()
        for column in columns
        if column in {"places", "exhibit_ids", "reasons_for", "reasons_against", "may_also_be"}
    },
)
PARQUET: Final = Format(
    name="parquet", title="Parquet, one file for each table (DuckDB, pandas, R)", carries=_ALL, write=_parquet
)
