"""The steps over titles: one row per reading, every listing accounted for, equal titles read once."""

from decimal import Decimal

import pyarrow as pa
import pytest

from crossbearing.intake import title_readings
from crossbearing.store.session import session

LISTINGS = pa.Table.from_pylist(
    [
        {"listing_id": "L-1", "title": "50 x 200ug LSD blotters", "category": "Psychedelics", "exhibit_ids": ["E-1"]},
        {"listing_id": "L-2", "title": "50 x 200ug LSD blotters", "category": "Psychedelics", "exhibit_ids": ["E-2"]},
        {"listing_id": "L-3", "title": "finest flowers", "category": None, "exhibit_ids": ["E-1"]},
        {"listing_id": "L-4", "title": None, "category": None, "exhibit_ids": ["E-1", "E-2"]},
        {"listing_id": "L-5", "title": "china white 1/4 oz or 100 mg", "category": "Opioids", "exhibit_ids": ["E-1"]},
        {"listing_id": "L-6", "title": "passport", "category": "Fraud", "exhibit_ids": ["E-1"]},
    ],
    schema=pa.schema(
        [
            ("listing_id", pa.string()),
            ("title", pa.string()),
            ("category", pa.string()),
            ("exhibit_ids", pa.list_(pa.string())),
        ]
    ),
)


def made(table: str, listings: pa.Table = LISTINGS) -> pa.Table:
    (step,) = [step for step in title_readings.STEPS if step.table == table]
    with session() as engine:
        engine.table("listing", listings)
        return pa.concat_tables(step.produce(engine))


def test_every_listing_has_a_quantity_row_with_a_reading_or_a_reason() -> None:
    rows = made("listing_quantity").to_pylist()
    assert {row["listing_id"] for row in rows} == {f"L-{number}" for number in range(1, 7)}
    for row in rows:
        assert (row["reading_number"] == 0) == (row["unread_reason"] is not None) == (row["quantity_low"] is None)
    reasons = {row["listing_id"]: row["unread_reason"] for row in rows if row["unread_reason"]}
    assert reasons == {"L-3": "no number", "L-4": "no text", "L-6": "no number"}


def test_equal_titles_get_equal_readings_and_keep_their_own_exhibits() -> None:
    first, second = (row for row in made("listing_quantity").to_pylist() if row["listing_id"] in {"L-1", "L-2"})
    assert (first.pop("listing_id"), first.pop("exhibit_ids")) == ("L-1", ["E-1"])
    assert (second.pop("listing_id"), second.pop("exhibit_ids")) == ("L-2", ["E-2"])
    assert first == second
    assert (first["quantity_low"], first["quantity_unit"], first["each_low"], first["each_unit"]) == (
        50,
        "blotter",
        200,
        "ug",
    ) or (first["quantity_unit"] == "piece")
    assert first["grams_low"] is None
    assert first["offer_rule"] == "only amount"


def test_masses_are_given_in_grams_beside_what_was_written() -> None:
    rows = [row for row in made("listing_quantity").to_pylist() if row["listing_id"] == "L-5"]
    grams = [(row["quantity_role"], row["quantity_low"], row["quantity_unit"], row["grams_low"]) for row in rows]
    assert grams == [
        ("amount", Decimal("7.087380781250"), "g", Decimal("7.087380781250")),
        ("amount", 100, "mg", Decimal("0.1")),
        ("strength", 100, "mg", Decimal("0.1")),
    ]
    assert [row["offer_rule"] for row in rows] == ["only amount that is not ambiguous", None, None]


def test_substances_and_goods_have_a_row_per_reading() -> None:
    substances = [
        (row["listing_id"], row["substance"], row["is_ambiguous"]) for row in made("listing_substance").to_pylist()
    ]
    assert substances == [
        ("L-1", "lsd", False), ("L-1", "lsd", False), ("L-2", "lsd", False), ("L-2", "lsd", False),
        ("L-5", "fentanyl", True), ("L-5", "heroin", True),
    ]  # fmt: skip
    assert [(row["listing_id"], row["goods"]) for row in made("listing_goods").to_pylist()] == [("L-6", "documents")]


@pytest.mark.parametrize("step", title_readings.STEPS, ids=lambda step: step.table)
def test_an_empty_table_has_the_same_columns(step) -> None:
    assert made(step.table, LISTINGS.slice(0, 0)).schema == made(step.table).schema
