"""Decisions as Arrow tables at a named log position: an input of steps like any other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.canonical import Json, digest
from crossbearing.domain.judgement import PairKind, answers_in, is_firm, standing_answers, standing_of
from crossbearing.domain.outcomes import OUTCOME_ACTS, bases_in, releases_in, seals_in
from crossbearing.domain.routing import standing_in
from crossbearing.store.ledger import Ledger
from crossbearing.store.register import EXHIBIT_ACTS, folded


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One decision table as it stands after the entry at ``position``."""

    table: str
    position: int
    rows: pa.Table
    sha256: str


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """How acts of some kinds become rows of a table, in the order of the acts."""

    name: str
    kinds: tuple[ActKind, ...]
    schema: pa.Schema
    rows: Callable[[Sequence[Entry]], list[Row]]


def _judged(kind: PairKind, entries: Sequence[Entry]) -> list[Row]:
    """One row per pair: what all answers that stand come to."""
    rows: list[Row] = []
    for answers in answers_in(entries, kind).values():
        live = standing_answers(answers)
        newest = live[-1] if live else answers[-1]
        rows.append(
            {
                "judgement_position": newest.position,
                "left_id": newest.left,
                "right_id": newest.right,
                "verdict": str(standing_of(live)),
                "judgement_reason": "; ".join(dict.fromkeys(one.reason for one in live or [newest])),
                "judged_by": "; ".join(one.person for one in live or [newest]),
                "judged_at": newest.at,
                "judged_under": newest.authority,
                "left_state": newest.left_state,
                "right_state": newest.right_state,
                "judges": [one.person for one in live],
                "is_firm": is_firm(live),
            }
        )
    return rows


def _minted(entries: Sequence[Entry]) -> list[Row]:
    anchors = {entry.subject: entry.payload["anchor"] for entry in entries}
    return [{"operator_id": name, "anchor_account_id": anchors[name]} for name in sorted(anchors)]


def _exhibits(entries: Sequence[Entry]) -> list[Row]:
    """Exhibits that stand, as everything decided about them since makes them."""
    came = {entry.subject: entry.position for entry in entries if entry.kind is ActKind.EXHIBIT_ADDED}
    standing = folded(entries).standing
    return [
        {
            "exhibit_id": name,
            "exhibit_position": came[name],
            "exhibit_name": standing[name].name,
            "exhibit_market": standing[name].market,
            "clock": standing[name].clock,
            "handling": standing[name].label.handling,
        }
        for name in sorted(standing)
    ]


def _routed(entries: Sequence[Entry]) -> list[Row]:
    """One row for each account and country: what people decided, and who disputes it since."""
    return [
        {
            "routing_position": one.position,
            "account_id": one.account_id,
            "country": one.country,
            "routing": None if one.decision is None else str(one.decision.routing),
            "routing_reason": None if one.decision is None else one.decision.reason,
            "routed_by": None if one.decision is None else one.decision.person,
            "routed_at": None if one.decision is None else one.decision.at,
            "disputed_by": None if one.dispute is None else one.dispute.by,
            "dispute_reason": None if one.dispute is None else one.dispute.reason,
        }
        for one in standing_in(entries)
    ]


def _bases(entries: Sequence[Entry]) -> list[Row]:
    return [
        {
            "campaign": campaign,
            "country": country,
            "counted_from": basis.counted_from,
            "counted_until": basis.counted_until,
        }
        for (campaign, country), basis in sorted(bases_in(entries).items())
    ]


def _seals(entries: Sequence[Entry]) -> list[Row]:
    return [
        {
            "campaign": seal.campaign,
            "credit_agency": seal.agency,
            "case_ref": seal.case_ref,
            "sealed_at": seal.sealed_at,
            "unsealed_at": seal.unsealed_at,
        }
        for _, seal in sorted(seals_in(entries).items())
    ]


def _releases(entries: Sequence[Entry]) -> list[Row]:
    return [{"campaign": one.campaign, "release_position": one.position} for one in releases_in(entries)]


def _texts(*names: str) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


_JUDGEMENT: Final = pa.schema(
    [
        ("judgement_position", pa.int64()),
        *_texts(
            "left_id",
            "right_id",
            "verdict",
            "judgement_reason",
            "judged_by",
            "judged_at",
            "judged_under",
            "left_state",
            "right_state",
        ),
        ("judges", pa.list_(pa.string())),
        ("is_firm", pa.bool_()),
    ]
)
DECISION_TABLES: Final[dict[str, DecisionTable]] = {
    table.name: table
    for table in (
        DecisionTable(
            "account_judgement",
            (ActKind.PAIR_JUDGED,),
            _JUDGEMENT,
            partial(_judged, PairKind.ACCOUNT),
        ),
        DecisionTable(
            "outcome_judgement",
            (ActKind.PAIR_JUDGED,),
            _JUDGEMENT,
            partial(_judged, PairKind.OUTCOME),
        ),
        DecisionTable(
            "operator_mint",
            (ActKind.OPERATOR_MINTED,),
            _texts("operator_id", "anchor_account_id"),
            _minted,
        ),
        DecisionTable(
            "account_routing",
            (ActKind.SUBJECT_ROUTED,),
            pa.schema(
                [
                    ("routing_position", pa.int64()),
                    *_texts("account_id", "country", "routing", "routing_reason", "routed_by", "routed_at"),
                    *_texts("disputed_by", "dispute_reason"),
                ]
            ),
            _routed,
        ),
        DecisionTable(
            "campaign_basis",
            OUTCOME_ACTS,
            pa.schema([*_texts("campaign", "country"), ("counted_from", pa.date32()), ("counted_until", pa.date32())]),
            _bases,
        ),
        DecisionTable(
            "case_seal",
            OUTCOME_ACTS,
            pa.schema(
                [
                    *_texts("campaign", "credit_agency", "case_ref"),
                    ("sealed_at", pa.int64()),
                    ("unsealed_at", pa.int64()),
                ]
            ),
            _seals,
        ),
        DecisionTable(
            "outcome_release",
            OUTCOME_ACTS,
            pa.schema([*_texts("campaign"), ("release_position", pa.int64())]),
            _releases,
        ),
        DecisionTable(
            "exhibit",
            EXHIBIT_ACTS,
            pa.schema(
                [
                    ("exhibit_position", pa.int64()),
                    *_texts("exhibit_id", "exhibit_name", "exhibit_market", "clock", "handling"),
                ]
            ),
            _exhibits,
        ),
    )
}


def _plain(value: Any) -> Json:
    return value.isoformat() if isinstance(value, date) else value


def snapshot(ledger: Ledger, name: str, *, until: int | None = None) -> Snapshot:
    """One decision table as it stands, or as it stood after an earlier entry.

    Args:
        ledger: The decisions.
        name: One of ``DECISION_TABLES``.
        until: Position of the last entry to count; by default all count.
    """
    table = DECISION_TABLES[name]
    position = ledger.position() if until is None else until
    rows = table.rows([entry for entry in ledger.entries(*table.kinds) if entry.position <= position])
    content: Json = [table.schema.names, [[_plain(row[name]) for name in table.schema.names] for row in rows]]
    return Snapshot(name, position, pa.Table.from_pylist(rows, schema=table.schema), digest(content))
