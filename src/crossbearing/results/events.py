"""Outcome events, the double reports among them that a person should look at, and what counts."""

import hashlib
from collections import Counter
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.judgement import Verdict, joined_groups
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
        pa.field("is_superseded", pa.bool_()),
        pa.field("event_state", pa.string()),
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

_ANNOUNCED: Final = "as announced"  # figures from press pages have an address, not an agency's reference


def _events(engine: Session) -> pa.Table:
    """Reported outcomes with an id and with country codes; what names no country has none.

    What an agency reports again under its own reference, in an exhibit added later, supersedes all it reported of the
    same kind, item and unit under that reference before.
    """
    rows = engine.rows(
        "SELECT outcome.*, exhibit.exhibit_position, "
        "place_of(outcome.exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS place "
        "FROM outcome INNER JOIN exhibit ON outcome.exhibit_id = exhibit.exhibit_id "
        "ORDER BY exhibit.exhibit_position, part, source_row"
    )
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    newest: dict[tuple[str, ...], str] = {}
    names, events = [], []
    for row in rows:
        name = _name(row)
        seen[row["exhibit_id"], name] += 1  # one report may list several alike events under one reference
        newest[name] = row["exhibit_id"]  # rows come in the order their exhibits were added
        names.append(name)
        events.append(
            {
                **{column: row[column] for column in _EVENT_SCHEMA.names if column in row},
                "outcome_id": _outcome_id(name, seen[row["exhibit_id"], name]),
                "place_code": country_of(row["place_country"]),
                "credit_code": country_of(row["credit_country"]),
                "event_state": _state(row),
                "exhibit_ids": [row["exhibit_id"]],
            }
        )
    for name, event in zip(names, events, strict=True):
        event["is_superseded"] = [newest[name]] != event["exhibit_ids"]
    return pa.Table.from_pylist(events, schema=_EVENT_SCHEMA)


def _name(row: dict[str, Any]) -> tuple[str, ...]:
    """What an outcome is called: by the agency's own reference where there is one, else by its place."""
    if row["report_ref"] and row["credit_agency"] and row["credit_agency"] != _ANNOUNCED:
        parts = (row["campaign"], row["credit_agency"], row["report_ref"], row["kind"], row["item"], row["unit"])
        return ("ref", str(row["is_stated_total"]), *(part or "" for part in parts))
    return ("row", row["exhibit_id"], row["part"], str(row["source_row"]))


def _state(row: dict[str, Any]) -> str:
    """Digest of what an event states; a judgement about it holds only while it stays the same."""
    stated = ("kind", "item", "amount", "unit", "happened_on", "place_country")
    return hashlib.sha256("\x1f".join(str(row[name]) for name in stated).encode()).hexdigest()[:16]


def _outcome_id(name: tuple[str, ...], occurrence: int) -> str:
    text = "\x1f".join((*name, str(occurrence)))
    return "R-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def _counted(engine: Session) -> pa.Table:
    """Which events count: one of each group that a person judged to be the same event."""
    judged = engine.rows(
        """SELECT outcome_judgement.*
           FROM outcome_judgement
           INNER JOIN outcome_event AS one
               ON outcome_judgement.left_id = one.outcome_id AND outcome_judgement.left_state = one.event_state
           INNER JOIN outcome_event AS other
               ON outcome_judgement.right_id = other.outcome_id AND outcome_judgement.right_state = other.event_state
           WHERE NOT one.is_superseded AND NOT other.is_superseded"""
    )
    pairs = {
        verdict: [(row["left_id"], row["right_id"]) for row in judged if row["verdict"] == verdict]
        for verdict in (Verdict.SAME, Verdict.DIFFERENT)
    }
    groups = joined_groups(pairs[Verdict.SAME], pairs[Verdict.DIFFERENT])
    events = engine.rows("SELECT * FROM outcome_event ORDER BY place")
    by_id = {event["outcome_id"]: event for event in events if not event["is_superseded"]}
    first = {
        member: min(members, key=lambda one: _counting_order(by_id.get(one), one))
        for members in groups.members.values()
        for member in members
    }
    rows = []
    for event in events:
        kept = first.get(event["outcome_id"], event["outcome_id"])
        counts = kept == event["outcome_id"] and not event["is_superseded"]
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


def _counting_order(event: dict[str, Any] | None, outcome_id: str) -> tuple[bool, bool, str, str]:
    """Of several reports of one event, the one of the country where it happened counts; then the earliest."""
    if event is None:
        return (True, True, "", outcome_id)
    is_abroad = event["place_code"] is None or event["place_code"] != event["credit_code"]
    return (False, is_abroad, str(event["happened_on"]), outcome_id)


STEPS: Final[tuple[Step, ...]] = (
    PythonStep("outcome_event", frozenset({"outcome", "exhibit"}), _events),
    SqlStep("crossbearing.results", "outcome_pair"),
    PythonStep("outcome_counted", frozenset({"outcome_event", "outcome_judgement"}), _counted),
)
