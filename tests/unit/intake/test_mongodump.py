"""Documents give back what the driver's own encoder wrote; damage is named, and reading goes on behind it."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from bson import (
    Binary,
    Code,
    DatetimeMS,
    DBRef,
    Decimal128,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Timestamp,
    json_util,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers import BUILT_IN
from crossbearing.intake.readers import mongodump as module
from crossbearing.intake.readers.mongodump import MOST_COLUMNS, OTHER_FIELDS, Mongodump
from reading import broken

OID = ObjectId("65a1b2c3d4e5f60718293a4b")


def read(content: bytes) -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(Mongodump().read(io.BytesIO(content), "utf-8"))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def dumped(*documents: dict[str, Any]) -> bytes:
    return b"".join(bson.encode(document) for document in documents)


def rows_of(batches: Sequence[RawBatch]) -> list[dict[str, str | None]]:
    """Rows with the cells that are not null."""
    return [
        {name: cell for name, cell in zip(batch.columns, row, strict=True) if cell is not None}
        for batch in batches
        for row in batch.rows()
    ]


VALUES = {
    "text": ("é\n\t🦊", "é\n\t🦊"),
    "empty text": ("", ""),
    "null": (None, None),
    "truth": (True, "true"),
    "object id": (OID, "65a1b2c3d4e5f60718293a4b"),
    "small number": (-7, "-7"),
    "largest number": (Int64(2**63 - 1), "9223372036854775807"),
    "fraction": (0.1, "0.1"),
    "large fraction": (1e300, "1e+300"),
    "no number": (float("nan"), "nan"),
    "decimal": (Decimal128("1234567890123456789012345678.901234"), "1234567890123456789012345678.901234"),
    "decimal with zeros": (Decimal128("0.100"), "0.100"),
    "time": (datetime(2020, 2, 29, 23, 59, 59, 7_000, UTC), "2020-02-29T23:59:59.007Z"),
    "time before 1970": (DatetimeMS(-1), "1969-12-31T23:59:59.999Z"),
    "early time": (DatetimeMS(-62_135_596_800_000), "0001-01-01T00:00:00.000Z"),
    "impossible time": (DatetimeMS(2**62), '{"$date": {"$numberLong": "4611686018427387904"}}'),
    "bytes": (b"\x00\xff", "00ff"),
    "bytes of a kind": (Binary(b"\x01\x02", 5), "0102"),
    "array": ([1, "é", None], '[{"$numberInt": "1"}, "é", null]'),
    "no fields": ({}, "{}"),
    "pattern": (Regex("^a", "i"), '{"$regularExpression": {"pattern": "^a", "options": "i"}}'),
    "script": (Code("f()"), '{"$code": "f()"}'),
    "stamp": (Timestamp(5, 6), '{"$timestamp": {"t": 5, "i": 6}}'),
    "least": (MinKey(), '{"$minKey": 1}'),
    "most": (MaxKey(), '{"$maxKey": 1}'),
    "reference": (DBRef("sellers", OID), f'{{"$ref": "sellers", "$id": {{"$oid": "{OID}"}}}}'),
}


@pytest.mark.parametrize("kind", VALUES)
def test_every_kind_of_value_is_exact_text(kind: str) -> None:
    value, text = VALUES[kind]
    batches, refused = read(dumped({"_id": 1, "v": value}))
    assert [batch.rows() for batch in batches] == [[("1", text)]]
    assert not refused


def test_fields_within_fields_are_columns_with_dots() -> None:
    document = {"_id": 1, "a": {"b": {"c": 2}, "d.e": 3, "f\\": 4}, "g.h": 5, "g": {"h": 6}}
    batches, _ = read(dumped(document))
    assert rows_of(batches) == [
        {"_id": "1", "a.b.c": "2", "a.d\\.e": "3", "a.f\\\\": "4", "g\\.h": "5", "g.h": "6"},
    ]


def test_fields_that_lie_deep_are_json() -> None:
    deep: Any = 1
    for _ in range(12):
        deep = {"x": deep}
    (row,) = rows_of(read(dumped({"_id": 1, "d": deep}))[0])
    (name,) = set(row) - {"_id"}
    assert json.loads(str(row[name])) == {"x": {"x": {"x": {"x": {"x": {"$numberInt": "1"}}}}}}


def test_columns_grow_and_the_layout_names_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH_ROWS", 1)
    content = dumped({"_id": 1, "a": "x"}, {"_id": 2, "b": "y"}, {"_id": 3})
    batches, _ = read(content)
    assert [batch.columns for batch in batches] == [("_id", "a"), ("_id", "a", "b"), ("_id", "a", "b")]
    assert rows_of(batches) == [{"_id": "1", "a": "x"}, {"_id": "2", "b": "y"}, {"_id": "3"}]
    assert Mongodump().layout(io.BytesIO(content)) == {"documents": ("_id", "a", "b")}


def test_fields_beyond_the_most_columns_are_kept_in_one() -> None:
    content = dumped(*({"_id": n, f"user{n}": "x", OTHER_FIELDS: "own"} for n in range(MOST_COLUMNS + 3)))
    batches, _ = read(content)
    rows = rows_of(batches)
    assert json.loads(str(rows[0][OTHER_FIELDS])) == {OTHER_FIELDS: "own"}
    assert json.loads(str(rows[-1][OTHER_FIELDS])) == {f"user{MOST_COLUMNS + 2}": "x", OTHER_FIELDS: "own"}
    assert len(batches[-1].columns) == len(Mongodump().layout(io.BytesIO(content))["documents"]) <= MOST_COLUMNS + 1


def test_a_field_that_stands_twice_does_not_hide_the_first() -> None:
    twice = dumped({"_id": 1, "a": 1, "b": 2}).replace(b"b\x00", b"a\x00")
    batches, refused = read(twice + dumped({"_id": 2}))
    assert rows_of(batches) == [{"_id": "2"}]
    assert [(r.ordinal, r.rows, r.offset, r.length, "twice" in r.reason) for r in refused] == [
        (1, 1, 0, len(twice), True)
    ]


def test_bytes_that_are_no_text_stay_visible() -> None:
    content = dumped({"_id": 1, "a": "xyz"}).replace(b"xyz", b"x\xff\xfe")
    assert rows_of(read(content)[0]) == [{"_id": "1", "a": "x\\xff\\xfe"}]


def test_a_document_without_fields_is_refused_and_no_damage() -> None:
    batches, refused = read(dumped({"_id": 1}, {}, {"_id": 2}))
    assert [batch.ordinals.tolist() for batch in batches] == [[1], [3]]
    assert [(r.ordinal, r.rows, r.length, r.is_damage) for r in refused] == [(2, 1, 5, False)]


def test_each_place_holds_the_bytes_of_its_document() -> None:
    documents = [{"_id": n, "t": "x" * n} for n in range(50)]
    content = dumped(*documents)
    batches, _ = read(content)
    places = [place for b in batches for place in zip(b.offsets, b.lengths, strict=True)]
    assert [bson.decode(content[o : o + n]) for o, n in places] == documents


def test_reading_goes_on_behind_a_broken_length() -> None:
    documents = [{"_id": OID, "n": n, "inside": [{"_id": OID, "n": -1}], "last": True} for n in range(5)]
    whole = [bson.encode(one) for one in documents]
    for size in (b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x40\x00\x00\x00", b"\xff\xff\x0f\x00"):
        content = b"".join([*whole[:2], size + whole[2][4:], *whole[3:]])
        batches, refused = read(content)
        assert [row["n"] for row in rows_of(batches)] == ["0", "1", "3", "4"]
        assert [(r.offset, r.length, r.is_damage) for r in refused] == [(2 * len(whole[0]), len(whole[2]), True)]


def test_a_cut_document_is_damage() -> None:
    content = dumped({"_id": 1, "a": "x"}, {"_id": 2, "a": "y"})
    batches, refused = read(content[:-3])
    assert rows_of(batches) == [{"_id": "1", "a": "x"}]
    assert [(r.ordinal, r.rows, r.offset + r.length, r.is_damage) for r in refused] == [(2, 1, len(content) - 3, True)]


@pytest.mark.parametrize("size", [1 << 20, 16 << 20])
def test_hostile_lengths_take_no_quadratic_time(size: int) -> None:
    """Every few bytes a document seems to begin that is a million bytes long, or longer than the file."""
    head = size.to_bytes(4, "little") + b"\x07_id\x00"
    content = b"\x00" + (head + b"\x00" * 3) * 200_000
    batches, refused = read(content)
    assert not batches
    assert [(r.offset, r.length) for r in refused] == [(0, len(content))]


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    inner = b"\x05\x00\x00\x00\x00"
    for _ in range(5_000):
        body = b"\x03a\x00" + inner + b"\x00"
        inner = (len(body) + 4).to_bytes(4, "little") + body
    batches, refused = read(inner + dumped({"_id": 1}))
    assert rows_of(batches)[-1:] == [{"_id": "1"}]
    assert len(batches) + len(refused) == 2


def test_its_files_are_taken_by_it_and_by_no_other() -> None:
    content = dumped({"_id": OID, "t": "a,b;c\td"})
    assert [reader.name for reader in BUILT_IN if reader.recognises(content)] == ["mongodump"]
    big = dumped({"_id": 1, "t": "x" * 100_000})
    assert Mongodump().recognises(big[:65_536])


scalars = (
    st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.integers(-(2**63), 2**63 - 1).map(Int64)
    | st.floats() | st.text(max_size=8) | st.binary(max_size=8)
    | st.decimals(allow_nan=False, allow_infinity=False, places=6).filter(lambda d: abs(d) < 10**28).map(Decimal128)
    | st.binary(min_size=12, max_size=12).map(ObjectId)
    | st.integers(-62_135_596_800_000, 253_402_300_799_999).map(DatetimeMS)
)  # fmt: skip
names = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6).filter(
    lambda n: not n.startswith("$")
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)
documents = st.lists(st.dictionaries(names, values, min_size=1, max_size=5), min_size=1, max_size=6)


def back(text: str, value: Any) -> Any:
    """The value that a cell states, by the library's own reading."""
    if isinstance(value, list | dict):
        return json_util.loads(text, json_options=json_util.CANONICAL_JSON_OPTIONS)
    readings = {bool: lambda t: t == "true", bytes: bytes.fromhex, DatetimeMS: lambda t: t}
    return readings.get(type(value), type(value))(text)


@given(documents)
def test_documents_round_trip_from_the_drivers_encoder(written) -> None:
    batches, refused = read(dumped(*written))
    assert not refused
    found = rows_of(batches)
    for document, row in zip(written, found, strict=True):
        for name, value in document.items():
            column = name.replace("\\", "\\\\").replace(".", "\\.")
            if value is None or (isinstance(value, dict) and value):
                assert column not in row
            elif isinstance(value, list | dict):
                options = json_util.CANONICAL_JSON_OPTIONS
                wanted = json_util.dumps(bson.decode(bson.encode({"v": value}))["v"], json_options=options)
                assert json.loads(str(row[column])) == json.loads(wanted)
            elif isinstance(value, DatetimeMS):
                moment = datetime.fromisoformat(str(row[column]))
                assert DatetimeMS(moment) == value
            else:
                assert repr(back(str(row[column]), value)) == repr(value)


DOCUMENTS = dumped(*({"_id": n, "t": f"row{n:04}", "in": {"a": [n, {"_id": n}]}} for n in range(12)))


@given(
    broken(st.just(DOCUMENTS))
    | st.binary(max_size=200)
    | st.binary(max_size=60).map(lambda junk: (len(junk) + 4).to_bytes(4, "little") + junk)
)
def test_whatever_the_bytes_rows_and_refusals_together_are_the_file(content: bytes) -> None:
    pieces = list(Mongodump().read(io.BytesIO(content), "utf-8"))
    Mongodump().layout(io.BytesIO(content))
    places, ordinals = [], []
    for piece in pieces:
        if isinstance(piece, RawBatch):
            places += zip(piece.offsets.tolist(), piece.lengths.tolist(), strict=True)
            ordinals += piece.ordinals.tolist()
        else:
            places.append((piece.offset, piece.length))
            ordinals += range(piece.ordinal, piece.ordinal + piece.rows)
    assert all(length > 0 for _, length in places)
    assert ordinals == list(range(1, len(ordinals) + 1))
    ends = [offset + length for offset, length in places]
    assert [offset for offset, _ in places] == [0, *ends[:-1]][: len(places)]
    assert (ends or [0])[-1] == len(content)
