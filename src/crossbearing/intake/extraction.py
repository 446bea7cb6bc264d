"""Derived steps that read facts out of seized text, each with its place."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.openpgp import KeyReading, KeyState, read_keys
from crossbearing.domain.quotation import is_within, quoted_spans
from crossbearing.domain.scan import Findings, in_small, scan
from crossbearing.intake import title_readings
from crossbearing.intake.signatures import SelfSignature, self_signature
from crossbearing.reference.telephones import checked
from crossbearing.store.session import Session
from crossbearing.store.steps import PythonStep, SqlStep, Step

_KEY_SCHEMA: Final = pa.schema(
    [
        ("market", pa.string()),
        ("account_server_id", pa.string()),
        ("account_handle", pa.string()),
        ("key_context", pa.string()),
        ("fingerprint", pa.string()),
        ("key_state", pa.string()),
        ("key_flaw", pa.string()),
        ("self_signature", pa.string()),
        ("is_quoted", pa.bool_()),
        ("span_start", pa.int64()),
        ("span_end", pa.int64()),
        ("place", pa.string()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)


def _key_readings(engine: Session) -> pa.Table:
    """Every public key block in the records, with its fingerprint and how far it could be read."""
    blocks = engine.rows(
        "SELECT *, place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS place "
        "FROM key_block ORDER BY ALL"
    )
    return pa.Table.from_pylist(
        [_key_row(block, reading) for block in blocks for reading in read_keys(block["armour"])], schema=_KEY_SCHEMA
    )


def _key_row(block: dict[str, Any], reading: KeyReading) -> dict[str, Any]:
    checked = self_signature(reading.packets) if reading.fingerprint else SelfSignature.ABSENT
    quoted = quoted_spans(block["armour"], in_small(block["armour"]))
    return {
        "market": block["market"],
        "account_server_id": block["account_server_id"],
        "account_handle": block["account_handle"],
        "key_context": block["context"],
        "fingerprint": reading.fingerprint or None,
        "key_state": str(KeyState.VERIFIED if checked is SelfSignature.VALID else reading.state),
        "key_flaw": str(reading.flaw) or None,
        "self_signature": str(checked) if reading.fingerprint else None,
        "is_quoted": is_within(quoted, reading.start),
        "span_start": reading.start,
        "span_end": reading.end,
        "place": block["place"],
        "exhibit_ids": [block["exhibit_id"]],
    }


# Whose words are read: sellers and staff, on their pages and in their adverts. What buyers write of themselves is
# protected; it stands in no open table but may stand in "about" of a buyer's account, which is left out here.
_OPEN_TEXTS: Final = """
    WITH shown AS (
        SELECT market, account_server_id AS server_id, account_handle AS handle, 'about' AS text_name,
            about AS words, exhibit_id, part, source_table, source_row, byte_offset, byte_length
        FROM account_sighting
        UNION ALL BY NAME
        SELECT market, seller_server_id AS server_id, seller_handle AS handle,
            unnest(['title', 'description']) AS text_name, unnest([title, description]) AS words,
            exhibit_id, part, source_table, source_row, byte_offset, byte_length
        FROM listing_sighting
    ),

    placed AS (
        SELECT shown.market, shown.text_name, shown.words, shown.exhibit_id,
            coalesce(
                server_account.account_id,
                CASE
                    WHEN coalesce(shown.server_id, shown.handle) IS NOT NULL
                        THEN account_id_of(shown.market, shown.server_id, shown.handle)
                END
            ) AS account_id,
            place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS place
        FROM shown
        LEFT JOIN server_account
            ON shown.market = server_account.market AND shown.server_id = server_account.account_server_id
        WHERE words <> ''
    )

    SELECT DISTINCT placed.*
    FROM placed
    LEFT JOIN account USING (account_id)
    WHERE placed.text_name <> 'about' OR account.role IN ('seller', 'staff')
    ORDER BY ALL
"""
_TEXT_INPUTS: Final = frozenset({"account_sighting", "listing_sighting", "server_account", "account"})
_WHERE_IT_STANDS: Final = (
    ("is_quoted", pa.bool_()),
    ("span_start", pa.int64()),
    ("span_end", pa.int64()),
    ("text_name", pa.string()),
    ("place", pa.string()),
    ("exhibit_ids", pa.list_(pa.string())),
)
_IDENTIFIER_SCHEMA: Final = pa.schema(
    [
        ("market", pa.string()),
        ("account_id", pa.string()),
        ("identifier_kind", pa.string()),
        ("network", pa.string()),
        ("identifier", pa.string()),
        ("written", pa.string()),
        ("identifier_state", pa.string()),
        ("identifier_rule", pa.string()),
        *_WHERE_IT_STANDS,
    ]
)
_CLAIM_SCHEMA: Final = pa.schema(
    [
        ("market", pa.string()),
        ("account_id", pa.string()),
        ("claimed_handle", pa.string()),
        ("claimed_market", pa.string()),
        ("claim_rule", pa.string()),
        *_WHERE_IT_STANDS,
    ]
)


def _identifiers(engine: Session) -> pa.Table:
    """Wallets, contacts, onion names and hosts in the words of sellers and staff, each with its place."""
    return _read_texts(engine, _identifier_rows, _IDENTIFIER_SCHEMA)


def _self_claims(engine: Session) -> pa.Table:
    """Sellers' and staff's words that they are known by another handle on another market."""
    return _read_texts(engine, _claim_rows, _CLAIM_SCHEMA)


def _read_texts(
    engine: Session, rows_of: Callable[[Findings], Iterator[dict[str, Any]]], schema: pa.Schema
) -> pa.Table:
    pieces = [schema.empty_table()]
    for batch in engine.batches(_OPEN_TEXTS):
        rows = [
            row
            | {name: text[name] for name in ("market", "account_id", "text_name", "place")}
            | {"exhibit_ids": [text["exhibit_id"]]}
            for text in batch.to_pylist()
            for row in rows_of(scan(text["words"]))
        ]
        pieces.append(pa.Table.from_pylist(rows, schema=schema))
    return pa.concat_tables(pieces)


def _identifier_rows(findings: Findings) -> Iterator[dict[str, Any]]:
    for hit in checked(findings.identifiers):
        yield {
            "identifier_kind": str(hit.kind),
            "network": hit.network or None,
            "identifier": hit.value,
            "written": hit.written,
            "identifier_state": str(hit.state),
            "identifier_rule": hit.rule,
            "is_quoted": hit.is_quoted,
            "span_start": hit.start,
            "span_end": hit.end,
        }


def _claim_rows(findings: Findings) -> Iterator[dict[str, Any]]:
    for claim in findings.claims:
        yield {
            "claimed_handle": claim.handle,
            "claimed_market": claim.market,
            "claim_rule": claim.rule,
            "is_quoted": claim.is_quoted,
            "span_start": claim.start,
            "span_end": claim.end,
        }


STEPS: Final[tuple[Step, ...]] = (
    SqlStep("crossbearing.intake", "server_account"),
    SqlStep("crossbearing.intake", "account"),
    SqlStep("crossbearing.intake", "listing"),
    SqlStep("crossbearing.intake", "sale_valued"),
    PythonStep("key_reading", frozenset({"key_block"}), _key_readings),
    PythonStep("identifier", _TEXT_INPUTS, _identifiers),
    PythonStep("self_claim", _TEXT_INPUTS, _self_claims),
    *title_readings.STEPS,
)
