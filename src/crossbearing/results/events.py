"""Outcome events, the double reports among them that a person should look at, and what counts."""

from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.judgement import Verdict, joined_groups
from crossbearing.reference.countries import country_of
from crossbearing.reference.currencies import ended
from crossbearing.reference.offences import common_offence
from crossbearing.reference.units import KILOGRAMS, is_unit
from crossbearing.store.session import Session
from crossbearing.store.steps import PythonStep, SqlStep, Step

_WORD_SCHEMA: Final = pa.schema(
    [
        ("word_kind", pa.string()),
        ("word", pa.string()),
        ("of_country", pa.string()),
        ("code", pa.string()),
        ("factor", pa.decimal128(10, 8)),
        ("ended_on", pa.date32()),
        ("successor", pa.string()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
_DOUBLE_SCHEMA: Final = pa.schema([("outcome_id", pa.string()), ("kept_id", pa.string())])


def _words(engine: Session) -> pa.Table:
    """Each country, unit and offence that reports name, and what it stands for; nothing is guessed."""
    found = engine.rows(
        """SELECT word_kind, word, of_country, list_sort(list(DISTINCT exhibit_id)) AS exhibit_ids
           FROM (
               SELECT 'country' AS word_kind, unnest([place_country, credit_country]) AS word, '' AS of_country,
                   exhibit_id
               FROM outcome
               UNION ALL
               SELECT 'unit', unit, '', exhibit_id FROM outcome
               UNION ALL
               SELECT 'offence', detail.offence, coalesce(outcome.credit_country, ''), outcome.exhibit_id
               FROM outcome INNER JOIN outcome_detail AS detail
                   ON outcome.exhibit_id = detail.exhibit_id AND outcome.part = detail.part
                   AND outcome.source_table = detail.source_table AND outcome.source_row = detail.source_row
           )
           WHERE word IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    )
    return pa.Table.from_pylist([{**one, **_meaning(**one)} for one in found], schema=_WORD_SCHEMA)


def _meaning(word_kind: str, word: str, of_country: str, **_: object) -> dict[str, Any]:
    if word_kind == "country":
        return {"code": country_of(word)}
    if word_kind == "offence":
        offence = common_offence(country_of(of_country), word)
        return {"code": offence.code if offence else None}
    if word in KILOGRAMS:
        return {"code": "kg", "factor": KILOGRAMS[word]}
    over = ended(word)
    return {
        "code": word if is_unit(word) else None,
        "ended_on": over.on if over else None,
        "successor": (over.successor or None) if over else None,
    }


def _counted(engine: Session) -> pa.Table:
    """Which events count: one of each group that a person judged to be the same event, within the counting period."""
    engine.table("outcome_double", _doubles(engine))
    return engine.arrow(_COUNTED)


_COUNTED: Final = """
    WITH period AS (
        SELECT campaign, country, counted_from, counted_until FROM campaign_basis
    ),
    product AS (
        SELECT outcome_event.outcome_id, first_value(outcome_event.outcome_id) OVER (
            PARTITION BY campaign, credit_agency, product_ref, unit ORDER BY amount DESC, item, outcome_event.outcome_id
        ) AS kept_id
        FROM outcome_event LEFT JOIN outcome_double ON outcome_event.outcome_id = outcome_double.outcome_id
        WHERE product_ref IS NOT NULL AND kind = 'seizure' AND NOT is_stated_total AND NOT is_superseded
            AND outcome_double.kept_id IS NULL
    ),
    reasoned AS (
        SELECT
            event.outcome_id, event.place, outcome_double.kept_id AS double_of, product.kept_id AS product_of,
            event.exhibit_ids,
            CASE
                WHEN event.is_withdrawn THEN 'withdrawal'
                WHEN event.is_superseded THEN 'superseded'
                WHEN outcome_double.kept_id IS NOT NULL THEN 'double'
                WHEN product.kept_id <> event.outcome_id THEN 'same product'
                WHEN NOT event.is_stated_total AND (
                    event.happened_on < coalesce(own.counted_from, general.counted_from)
                    OR event.happened_on > coalesce(own.counted_until, general.counted_until)
                ) THEN 'outside the period'
            END AS why_not
        FROM outcome_event AS event
        LEFT JOIN outcome_double ON event.outcome_id = outcome_double.outcome_id AND NOT event.is_superseded
        LEFT JOIN product ON event.outcome_id = product.outcome_id AND NOT event.is_superseded
        LEFT JOIN period AS general ON event.campaign = general.campaign AND general.country = ''
        LEFT JOIN period AS own ON event.campaign = own.campaign AND event.credit_code = own.country
    )
    SELECT outcome_id, place, why_not IS NULL AS counts, why_not,
        CASE why_not WHEN 'double' THEN double_of WHEN 'same product' THEN product_of END AS double_of, exhibit_ids
    FROM reasoned
"""


def _doubles(engine: Session) -> pa.Table:
    """Each event of a group judged the same that does not count, and the one that does."""
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
    groups = joined_groups(pairs[Verdict.SAME], pairs[Verdict.DIFFERENT]).members
    members = pa.table({"outcome_id": pa.array([one for found in groups.values() for one in found], pa.string())})
    engine.table("outcome_member", members)
    by_id = {
        event["outcome_id"]: event
        for event in engine.rows(
            """SELECT outcome_id, place_code, credit_code, happened_on
               FROM outcome_event SEMI JOIN outcome_member USING (outcome_id) WHERE NOT is_superseded"""
        )
    }
    rows = []
    for found in groups.values():
        kept = min(found, key=lambda one: _counting_order(by_id.get(one), one))
        rows += [{"outcome_id": one, "kept_id": kept} for one in found if one != kept]
    return pa.Table.from_pylist(rows, schema=_DOUBLE_SCHEMA)


def _counting_order(event: dict[str, Any] | None, outcome_id: str) -> tuple[bool, bool, str, str]:
    """Of several reports of one event, the one of the country where it happened counts; then the earliest."""
    if event is None:
        return (True, True, "", outcome_id)
    is_abroad = event["place_code"] is None or event["place_code"] != event["credit_code"]
    return (False, is_abroad, str(event["happened_on"]), outcome_id)


STEPS: Final[tuple[Step, ...]] = (
    PythonStep("outcome_word", frozenset({"outcome", "outcome_detail"}), _words),
    SqlStep("crossbearing.results", "outcome_event"),
    SqlStep("crossbearing.results", "outcome_candidate"),
    SqlStep("crossbearing.results", "outcome_pair"),
    PythonStep("outcome_counted", frozenset({"outcome_event", "outcome_judgement", "campaign_basis"}), _counted),
    SqlStep("crossbearing.results", "outcome_case"),
    SqlStep("crossbearing.results", "outcome_query"),
)
