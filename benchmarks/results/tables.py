"""Outcome tables in memory, made from rows of reports by the shipped steps; for measures and tests of these."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.results.events import STEPS
from crossbearing.store.arrow import record_schema
from crossbearing.store.session import Session, session
from crossbearing.store.snapshot import DECISION_TABLES
from crossbearing.store.steps import in_order

_DETAILS = (
    "case_ref", "other_ref", "place_name", "offence", "product_ref", "contained", "lab_state",
)  # fmt: skip


@contextmanager
def records(files: Mapping[str, Sequence[Mapping[str, str]]], *, details: bool) -> Iterator[Session]:
    """A session with the records of reports and no decision.

    Args:
        files: Rows by file, in the order in which they came in; each file is an exhibit.
        details: With what stands on the longer form only.
    """
    raw, exhibits = [], []
    for number, (name, rows) in enumerate(files.items()):
        exhibits.append({"exhibit_id": f"E-{number}", "exhibit_position": number, "exhibit_name": name})
        for line, row in enumerate(rows, start=1):
            place = {
                "exhibit_id": f"E-{number}", "part": name, "source_table": "rows", "source_row": str(line),
                "byte_offset": str(line * 100), "byte_length": "99", "reader": "test",
            }  # fmt: skip
            raw.append({**{key: value or None for key, value in row.items()}, **place})
    names = sorted({name for row in raw for name in row} | set(_DETAILS))
    table = pa.table({name: pa.array([row.get(name) for row in raw], pa.string()) for name in names})
    with session(is_roomy=True) as engine:
        engine.table("raw", table)
        outcome = engine.arrow(
            """SELECT campaign, report_ref, statement = 'total' AS is_stated_total, kind,
                   date_in(happened_on) AS happened_on,
                   date_in(reported_on) AS reported_on, place_country, credit_country, credit_agency, item, part_of,
                   number_in(amount) AS amount, unit, coalesce(bound, 'exact') AS bound, package_ref, note,
                   exhibit_id, part,
                   source_table, source_row::BIGINT AS source_row, byte_offset::BIGINT AS byte_offset,
                   byte_length::BIGINT AS byte_length, reader
               FROM raw WHERE number_in(amount) IS NOT NULL"""
        )
        detail = engine.arrow(
            f"""SELECT statement = 'withdrawal' AS is_withdrawn, false AS is_sealed, {", ".join(_DETAILS)},
                    NULL::VARCHAR AS worth_in, NULL::DECIMAL(38, 12) AS stated_rate, NULL::DATE AS rate_on,
                    NULL::VARCHAR AS rate_source, exhibit_id, part, source_table, source_row::BIGINT AS source_row,
                    byte_offset::BIGINT AS byte_offset, byte_length::BIGINT AS byte_length, reader
                FROM raw WHERE {details} AND number_in(amount) IS NOT NULL"""
        )
        for name, rows in (("outcome", outcome), ("outcome_detail", detail)):
            engine.table(name, rows.select(record_schema(RECORD_TABLES[name]).names))
        for name in ("rate", "refusal"):
            engine.table(name, record_schema(RECORD_TABLES[name]).empty_table())
        for name, decision in DECISION_TABLES.items():
            engine.table(name, decision.schema.empty_table())
        empty: dict[str, Any] = {"exhibit_market": "", "clock": "", "handling": ""}
        engine.table("exhibit", pa.Table.from_pylist([{**one, **empty} for one in exhibits]))
        yield engine


def derive(engine: Session) -> None:
    """Run the steps of results, each over the tables that stand."""
    for step in in_order(STEPS):
        engine.table(step.table, pa.concat_tables(step.produce(engine)))
