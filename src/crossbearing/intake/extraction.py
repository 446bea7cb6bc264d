"""Derived steps that read facts out of seized text, each with its place."""

from typing import Final

import pyarrow as pa

from crossbearing.domain.openpgp import read_keys
from crossbearing.reference.substances import substances_in
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
        [
            {
                "market": block["market"],
                "account_server_id": block["account_server_id"],
                "account_handle": block["account_handle"],
                "key_context": block["context"],
                "fingerprint": reading.fingerprint or None,
                "key_state": str(reading.state),
                "span_start": reading.start,
                "span_end": reading.end,
                "place": block["place"],
                "exhibit_ids": [block["exhibit_id"]],
            }
            for block in blocks
            for reading in read_keys(block["armour"])
        ],
        schema=_KEY_SCHEMA,
    )


_SUBSTANCE_SCHEMA: Final = pa.schema(
    [
        ("listing_id", pa.string()),
        ("substance", pa.string()),
        ("substance_group", pa.string()),
        ("substance_word", pa.string()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)


def _listing_substances(engine: Session) -> pa.Table:
    """Substances that an advert's title names."""
    return pa.Table.from_pylist(
        [
            {
                "listing_id": listing["listing_id"],
                "substance": substance.name,
                "substance_group": substance.group,
                "substance_word": word,
                "exhibit_ids": listing["exhibit_ids"],
            }
            for listing in engine.rows("SELECT listing_id, title, exhibit_ids FROM listing ORDER BY listing_id")
            for substance, word in substances_in(listing["title"])
        ],
        schema=_SUBSTANCE_SCHEMA,
    )


STEPS: Final[tuple[Step, ...]] = (
    SqlStep("crossbearing.intake", "server_account"),
    SqlStep("crossbearing.intake", "account"),
    SqlStep("crossbearing.intake", "listing"),
    SqlStep("crossbearing.intake", "sale_valued"),
    PythonStep("key_reading", frozenset({"key_block"}), _key_readings),
    PythonStep("listing_substance", frozenset({"listing"}), _listing_substances),
)
