"""Outcome events, the double reports among them that a person should look at, and what counts."""

import hashlib
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.judgement import PairKind, Verdict, joined_groups
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.reference.countries import country_of
from crossbearing.store.arrow import schema_of
from crossbearing.store.session import Session
from crossbearing.store.steps import PythonStep, SqlStep, Step

_EVENT_SCHEMA: Final = pa.schema(
    [
        pa.field("outcome_id", pa.string()),
        *schema_of(RECORD_TABLES["outcome"].columns),
        pa.field("place_code", pa.string()),
        pa.field("credit_code", pa.string()),
        pa.field("place", pa.string()),
        pa.field("exhibit_ids", pa.list_(pa.string())),
    ]
)
_COUNTED_SCHEMA: Final = pa.schema(
    [
        ("outcome_id", pa.string()),
        ("place", pa.string()),
        ("counts", pa.bool_()),
        ("double_of", pa.string()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)


def _events(engine: Session) -> pa.Table:
    """Reported outcomes with an id and with country codes; what names no country has none."""
    rows = engine.rows(
        "SELECT *, place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS place "
        "FROM outcome ORDER BY exhibit_id, part, source_row"
    )
    return pa.Table.from_pylist(
        [
            {
                **{name: row[name] for name in _EVENT_SCHEMA.names if name in row},
                "outcome_id": _outcome_id(row),
                "place_code": country_of(row["place_country"]),
                "credit_code": country_of(row["credit_country"]),
                "exhibit_ids": [row["exhibit_id"]],
            }
            for row in rows
        ],
        schema=_EVENT_SCHEMA,
    )


def _outcome_id(row: dict[str, Any]) -> str:
    """Named by agency and its own reference where there is one, so that a new export keeps the id."""
    if row["report_ref"] and not row["is_stated_total"] and row["credit_agency"] != "as announced":
        name = ("ref", row["campaign"], row["credit_agency"], row["report_ref"])
    else:
        name = ("row", row["exhibit_id"], row["part"], str(row["source_row"]))
    text = "\x1f".join(part or "" for part in name)
    return "R-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def _counted(engine: Session) -> pa.Table:
    """Which events count: one of each group that a person judged to be the same event."""
    judged = engine.rows("SELECT * FROM judgement")
    pairs = {
        verdict: [
            (row["left_id"], row["right_id"])
            for row in judged
            if row["pair_kind"] == PairKind.OUTCOME and row["verdict"] == verdict
        ]
        for verdict in (Verdict.SAME, Verdict.DIFFERENT)
    }
    groups = joined_groups(pairs[Verdict.SAME], pairs[Verdict.DIFFERENT])
    first = {member: members[0] for members in groups.members.values() for member in members}
    events = engine.rows("SELECT outcome_id, place, exhibit_ids FROM outcome_event ORDER BY outcome_id, place")
    seen: set[str] = set()
    rows = []
    for event in events:
        kept = first.get(event["outcome_id"], event["outcome_id"])
        is_repeat = event["outcome_id"] in seen
        seen.add(event["outcome_id"])
        counts = kept == event["outcome_id"] and not is_repeat
        rows.append(
            {
                "outcome_id": event["outcome_id"],
                "place": event["place"],
                "counts": counts,
                "double_of": None if counts else kept,
                "exhibit_ids": event["exhibit_ids"],
            }
        )
    return pa.Table.from_pylist(rows, schema=_COUNTED_SCHEMA)


STEPS: Final[tuple[Step, ...]] = (
    PythonStep("outcome_event", frozenset({"outcome"}), _events),
    SqlStep("crossbearing.results", "outcome_pair"),
    PythonStep("outcome_counted", frozenset({"outcome_event", "judgement"}), _counted),
)
