"""What is read out of whose words, and where each reading stands."""

from typing import Any

import pyarrow as pa

from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake import extraction
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import made_key
from crossbearing.store.arrow import record_schema
from crossbearing.store.session import Session, session

LINEAGE = {
    "exhibit_id": "E-1", "part": "p", "source_table": "t", "source_row": 1,
    "byte_offset": 0, "byte_length": 9, "reader": "r",
}  # fmt: skip
NUMBERS = "Tel: +1 (202) 555-0143 50 usd, Handy: 0152 28817386, sms: +44 7700 900123, or +44 7700 900124"
KEY = made_key(stream(1, "keys"), "simulated", created=1_600_000_000).armour


def records(engine: Session, table: str, *rows: dict[str, Any]) -> None:
    schema = record_schema(RECORD_TABLES[table])
    filled = [dict.fromkeys(schema.names) | LINEAGE | {"market": "Kestrel"} | row for row in rows]
    engine.table(table, pa.Table.from_pylist(filled, schema=schema))


def read(step: str) -> list[dict[str, Any]]:
    """The step's rows over four accounts and one advert that all say much the same."""
    (made,) = (one for one in extraction.STEPS if one.table == step)
    roles = {"A-1": "seller", "A-2": "staff", "A-3": "buyer", "A-4": "unknown"}
    with session() as engine:
        records(
            engine,
            "account_sighting",
            *(
                {"account_server_id": str(n), "about": f"mail one{n}@post.invalid. Formerly salt{n} on Osprey"}
                for n in range(1, 5)
            ),
            {"account_server_id": "1", "about": None},
            {"account_server_id": "1", "about": ""},
        )
        advert = {"listing_server_id": "7", "seller_server_id": "1", "title": "wickr: salt_1", "seller_handle": "salt"}
        words = {"description": "> telegram: salt_2\nhttp://shop.invalid/ I was salt9 on Osprey"}
        nobody = {"listing_server_id": "8", "title": "icq: 123456", "description": NUMBERS}
        records(engine, "listing_sighting", advert | words, advert | words, nobody | {"source_row": 2})
        records(
            engine,
            "key_block",
            {"account_server_id": "1", "context": "own_profile", "armour": f"[quote]{KEY}[/quote]\n{KEY}"},
        )
        engine.table(
            "server_account",
            pa.table(
                {
                    "market": ["Kestrel"] * 4,
                    "account_server_id": [account[2:] for account in roles],
                    "account_id": list(roles),
                }
            ),
        )
        engine.table("account", pa.table({"account_id": list(roles), "role": list(roles.values())}))
        return [row for piece in made.produce(engine) for row in piece.to_pylist()]


def test_words_of_sellers_and_staff_and_adverts_are_read_and_no_others() -> None:
    rows = read("identifier")
    assert {(row["account_id"], row["identifier_kind"], row["identifier"], row["text_name"]) for row in rows} == {
        ("A-1", "email", "one1@post.invalid", "about"),
        ("A-2", "email", "one2@post.invalid", "about"),
        ("A-1", "wickr", "salt_1", "title"),
        ("A-1", "telegram", "salt_2", "description"),
        ("A-1", "host", "shop.invalid", "description"),
        (None, "icq", "123456", "title"),
        (None, "phone", "+12025550143", "description"),
        (None, "phone", "015228817386", "description"),
        (None, "phone", "+447700900123", "description"),
    }
    assert len(rows) == 9, "a row that several records share is there once"
    assert {
        row["identifier"]: row["is_quoted"] for row in rows if row["account_id"] and row["text_name"] == "description"
    } == {
        "salt_2": True,
        "shop.invalid": False,
    }


def test_every_identifier_leads_back_to_its_place_and_its_letters() -> None:
    (found,) = (row for row in read("identifier") if row["identifier"] == "one1@post.invalid")
    assert found["place"] == "E-1|p|t|1|0|9"
    assert found["exhibit_ids"] == ["E-1"]
    assert "mail one1@post.invalid. "[found["span_start"] : found["span_end"]] == found["written"]


def test_telephone_numbers_are_written_in_one_way_and_say_whether_they_may_be_used() -> None:
    found = {row["identifier"]: row for row in read("identifier") if row["identifier_kind"] == "phone"}
    assert {number: row["identifier_state"] for number, row in found.items()} == {
        "+12025550143": "no_checksum",
        "015228817386": "incomplete",  # nobody states its country
        "+447700900123": "damaged",  # kept free for films: no plan holds it
    }
    assert found["+12025550143"]["written"] == "+1 (202) 555-0143"
    for row in found.values():
        assert NUMBERS[row["span_start"] : row["span_end"]] == row["written"]


def test_claims_are_read_of_the_same_words() -> None:
    rows = read("self_claim")
    assert {(row["account_id"], row["claimed_handle"], row["claimed_market"], row["claim_rule"]) for row in rows} == {
        ("A-1", "salt1", "Osprey", "en formerly"),
        ("A-2", "salt2", "Osprey", "en formerly"),
        ("A-1", "salt9", "Osprey", "en I was"),
    }


def test_a_quoted_key_is_told_from_an_own_one() -> None:
    rows = sorted(read("key_reading"), key=lambda row: row["span_start"])
    assert [(row["is_quoted"], row["key_state"], row["self_signature"]) for row in rows] == [
        (True, "verified", "valid"),
        (False, "verified", "valid"),
    ]
