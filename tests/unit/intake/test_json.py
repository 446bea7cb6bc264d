"""The JSON reader gives back what was written, names the bytes, and goes on behind what is broken."""

import io
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers import BUILT_IN, json_records, json_values
from crossbearing.intake.readers.json_records import JsonRecords
from crossbearing.simulation.formats.dirt import truncate_lines

texts = st.text(max_size=8)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="."), max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
objects = st.dictionaries(names, anything, min_size=1, max_size=4)


def read(content: bytes, encoding: str = "utf-8") -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(JsonRecords().read(io.BytesIO(content), encoding))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def layout(content: bytes) -> dict[str, tuple[str, ...]]:
    return dict(JsonRecords().layout(io.BytesIO(content)))


def objects_of(batches: Sequence[RawBatch], table: str = "rows") -> list[dict[str, str]]:
    """Rows of a table without their nulls."""
    return [
        {name: value for name, value in zip(batch.columns, row, strict=True) if value is not None}
        for batch in batches
        if batch.table == table
        for row in batch.rows()
    ]


def expected(value: dict, prefix: str = "", level: int = 1) -> dict[str, str]:
    """What the standard library's own parser makes of it, flattened in another way."""
    found = {}
    for key, item in value.items():
        if isinstance(item, dict) and item and level < json_values.MOST_LEVELS:
            found |= expected(item, f"{prefix}{key}.", level + 1)
        elif item is not None:
            plain = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False, separators=(",", ":"))
            found[prefix + key] = plain.encode("utf-8", "backslashreplace").decode()
    return found


def written(rows: Sequence[dict], form: str, *, is_ascii: bool) -> bytes:
    dumped = [json.dumps(row, ensure_ascii=is_ascii) for row in rows]
    text = {
        "lines": "\n".join([*dumped, ""]),
        "windows": "\ufeff" + "\r\n\r\n".join(dumped),
        "array": "[" + ", ".join(dumped) + "]",
        "pretty": json.dumps(rows, ensure_ascii=is_ascii, indent=2),
        "in an object": json.dumps({"rows": rows}, ensure_ascii=is_ascii, indent=1),
        "one behind the other": "".join(json.dumps(row, ensure_ascii=is_ascii, indent=2) for row in rows),
    }[form]
    return text.encode("utf-8", "backslashreplace")


FORMS = ["lines", "windows", "array", "pretty", "in an object", "one behind the other"]


@given(st.lists(objects, min_size=2, max_size=6), st.sampled_from(FORMS), st.booleans())
def test_objects_round_trip_in_every_form(rows, form: str, is_ascii: bool) -> None:
    content = written(rows, form, is_ascii=is_ascii)
    batches, refused = read(content)
    # What is lost of a surrogate is lost in writing: as an escape in JSON text, as text of six characters here.
    clean = json.loads(json.dumps(rows).encode() if is_ascii else written(rows, "array", is_ascii=False))
    assert objects_of(batches) == [expected(row) for row in clean]
    assert not any(r.rows or r.is_damage for r in refused)
    assert layout(content).get("rows", ()) == tuple(dict.fromkeys(n for b in batches for n in b.columns))


@given(st.lists(objects, min_size=2, max_size=6), st.sampled_from(FORMS))
def test_each_place_holds_the_object_of_its_row(rows, form: str) -> None:
    content = written(rows, form, is_ascii=False)
    for batch in read(content)[0]:
        for row, offset, length in zip(batch.rows(), batch.offsets, batch.lengths, strict=True):
            own = json.loads(content[offset : offset + length])
            found = {name: value for name, value in zip(batch.columns, row, strict=True) if value is not None}
            assert found == expected(own)


@pytest.mark.parametrize(
    "number", ["12345678901234567890", "0.1000000000000000055511151231257827", "1E+400", "-0", "NaN", "-Infinity",
               "9" * 5000]
)  # fmt: skip
def test_numbers_stay_as_they_were_written_on_their_own_and_inside_arrays(number: str) -> None:
    content = b'{"a": %s, "b": [%s, "%s"]}\n{"a": 1}\n' % ((number.encode(),) * 3)
    assert objects_of(read(content)[0])[0] == {"a": number, "b": f'[{number},"{number}"]'}


def test_null_empty_text_and_empty_containers_are_told_apart() -> None:
    batches, _ = read(b'{"a":null,"b":"","c":[],"d":{},"e":{"f":null},"g":true}\n{"a":"null"}\n')
    assert batches[0].columns == ("a", "b", "c", "d", "e.f", "g")
    assert batches[0].rows() == [(None, "", "[]", "{}", None, "true"), ("null", None, None, None, None, None)]


def test_a_broken_line_is_refused_with_its_place_and_reading_goes_on() -> None:
    content = b'{"a":1}\n{"a":"cut\n\n[1]\n{"a":2} x\n{"a":3}\r\n'
    batches, refused = read(content)
    assert objects_of(batches) == [{"a": "1"}, {"a": "3"}]
    assert [int(n) for b in batches for n in b.ordinals] == [1, 5]
    assert [(r.ordinal, content[r.offset : r.offset + r.length]) for r in refused] == [
        (2, b'{"a":"cut'), (3, b"[1]"), (4, b'{"a":2} x'),
    ]  # fmt: skip
    assert not any(r.is_damage for r in refused)


def test_a_file_of_lines_that_begins_with_a_broken_one_is_still_one_of_lines() -> None:
    batches, refused = read(b'{"a":"cut\n{"a":2}\n{"a":3}\n')
    assert objects_of(batches) == [{"a": "2"}, {"a": "3"}]
    assert [r.ordinal for r in refused] == [1]


def test_a_file_that_ends_inside_a_line_is_damage() -> None:
    batches, refused = read(b'{"a":1}\n{"a":2}\n{"a":')
    assert objects_of(batches) == [{"a": "1"}, {"a": "2"}]
    assert [(r.rows, r.is_damage) for r in refused] == [(1, True)]


def test_the_last_of_several_values_under_one_name_counts_and_that_is_reported() -> None:
    batches, refused = read(b'{"a":1,"a":2}\n{"b.c":1,"b":{"c":2}}\n{"d":[{"e":1,"e":2}]}\n')
    assert objects_of(batches) == [{"a": "2"}, {"b.c": "2"}, {"d": '[{"e":2}]'}]
    assert [(r.ordinal, r.rows, "last value" in r.reason) for r in refused] == [(n, 0, True) for n in (1, 2, 3)]


def test_lone_surrogates_and_bytes_that_are_no_text_stay_visible_as_escapes() -> None:
    batches, _ = read(b'{"a":"\\ud800x","b":["\\udfff"]}\n{"a":"\xff\\u00e9","\\ud801":"k"}\n')
    assert objects_of(batches) == [{"a": "\\ud800x", "b": '["\\udfff"]'}, {"a": "\\xff\u00e9", "\\ud801": "k"}]


def test_another_encoding_is_taken_from_the_profile() -> None:
    content = '{"a":"Ключ"}\n{"a":"x"}\n'.encode("cp1251")
    assert objects_of(read(content, "cp1251")[0])[0] == {"a": "Ключ"}


@pytest.mark.parametrize("bomb", [b"[" * 100_000, b'{"a":' * 100_000, b'{"a":[' + b"[" * 300 + b"]" * 300 + b"]}"])
def test_a_depth_bomb_costs_its_own_line_and_nothing_else(bomb: bytes) -> None:
    batches, refused = read(b'{"a":1}\n' + bomb + b'\n{"a":2}\n')
    assert objects_of(batches) == [{"a": "1"}, {"a": "2"}]
    assert len(refused) == 1
    for content in (bomb, b"[" + bomb + b"]", b'[{"a":1},' + bomb + b"]"):
        read(content)
        layout(content)


def test_arrays_of_objects_within_two_levels_are_tables_and_the_rest_is_one_row() -> None:
    """The shape of a phone export."""
    export = {
        "tool": "PhoneReader",
        "device": {"model": "X", "contacts": [{"name": "a"}, {"name": "b", "tags": [1]}], "numbers": [1, 2]},
        "messages": [{"from": {"id": 1}, "parts": [{"t": "x"}]}, 5],
        "empty": [],
        "deep": {"er": {"still": [{"a": 1}]}},
    }
    content = json.dumps(export, indent=2).encode()
    batches, refused = read(content)
    assert [b.table for b in batches] == ["document", "device.contacts", "messages"]
    assert objects_of(batches, "document") == [
        {
            "tool": "PhoneReader", "device.model": "X", "device.numbers": "[1,2]", "empty": "[]",
            "deep.er.still": '[{"a":1}]',
        }
    ]  # fmt: skip
    assert objects_of(batches, "device.contacts") == [{"name": "a"}, {"name": "b", "tags": "[1]"}]
    assert objects_of(batches, "messages") == [{"from.id": "1", "parts": '[{"t":"x"}]'}]
    assert [(r.table, r.ordinal, r.rows, r.reason) for r in refused] == [("messages", 2, 1, "not an object")]
    assert layout(content) == {b.table: b.columns for b in batches}


def test_tables_that_would_have_one_name_get_two() -> None:
    batches, _ = read(b'{"document":[{"a":1}],"a":{"b":[{"c":1}]},"a.b":[{"d":1}],"x":1}')
    assert [b.table for b in batches] == ["document", "document_2", "a.b", "a.b_2"]


def test_a_single_object_is_one_row_however_it_is_laid_out() -> None:
    for content in (b'{"a":1,"b":[2]}', b'{"a":1,"b":[2]}\n', b'{\n  "a": 1,\n  "b": [2]\n}\n'):
        assert objects_of(read(content)[0]) == [{"a": "1", "b": "[2]"}]


def test_a_document_cut_inside_an_array_keeps_the_rows_before_the_cut() -> None:
    content = json.dumps({"x": 1, "m": [{"a": n, "b": "é" * n} for n in range(20)]}, ensure_ascii=False).encode()
    batches, refused = read(content[:-40])
    assert objects_of(batches, "m") == [{"a": str(n), "b": "é" * n} for n in range(19)]
    assert any(r.is_damage for r in refused)


def test_reading_goes_on_behind_a_broken_object_of_an_array() -> None:
    content = b'[{"a":1},{"a":2 "b":{},{"a":3},\n{"a":4}]'
    batches, refused = read(content)
    assert objects_of(batches) == [{"a": "1"}, {"a": "3"}, {"a": "4"}]
    assert [content[r.offset : r.offset + r.length] for r in refused] == [b'{"a":2 "b":{},']
    assert refused[0].is_damage


def test_reading_goes_on_behind_a_first_object_that_is_broken() -> None:
    """Nothing is known of the columns then but the name with which the broken one begins."""
    batches, refused = read(b'[{"a": 1, "b" 7}, {"a": 2, "b": 8}, {"a": 3}]')
    assert objects_of(batches) == [{"a": "2", "b": "8"}, {"a": "3"}]
    assert [(r.offset, r.length, r.is_damage) for r in refused] == [(1, 17, True)]
    batches, refused = read(b'[{"a": [{"c": 1, "d" 7}, {"c": 2}]}, {"a": 3}]')
    assert objects_of(batches) == [{"a": "3"}], "what stands inside the broken object is no row"
    assert sum(r.length for r in refused) == len(b'{"a": [{"c": 1, "d" 7}, {"c": 2}]}, ')


@pytest.mark.parametrize("first", [b'"\x017 "in": {"b": ["}"]}', b'"i" 1, "in": {"b": ["{"]}', b'\xf07": 1, "c": 1'])
def test_reading_goes_on_behind_a_first_object_whose_first_name_is_broken(first: bytes) -> None:
    """By the other names the next one is known."""
    batches, refused = read(b'{"t": [{' + first + b'}, {"id": 2, "in": {"b": 3}, "c": 4}, {"id": 3}]}')
    assert objects_of(batches, "t") == [{"id": "2", "in.b": "3", "c": "4"}, {"id": "3"}]
    assert [(r.offset, r.length, r.is_damage) for r in refused] == [(7, len(first) + 4, True)]
    batches, refused = read(b'[{"\x017 "c": [{"c": 1}, {"c": 2}]}, {"d": 3}, {"c": 4}]')
    assert objects_of(batches) == [{"c": "4"}], "neither an object inside the broken one, nor one of other names"


def test_a_table_ends_where_the_next_begins_although_its_last_object_is_broken() -> None:
    whole = b'{"x": [{"a": 1}, {"a" 2}], "y": {"z": [{"a": 3}, {"a": 4}]}}'
    batches, refused = read(whole)
    assert [(batch.table, batch.rows()) for batch in batches] == [("x", [("1",)]), ("y.z", [("3",), ("4",)])]
    assert [whole[r.offset : r.offset + r.length] for r in refused] == [b'{"a" 2}']


def test_rows_behind_a_break_are_not_taken_for_rows_of_the_wrong_table() -> None:
    batches, refused = read(b'{"m":[{"a":1},{"a":2 "b":3,"people":[{"name":"x"},{"name":"y"}]}')
    assert objects_of(batches, "m") == [{"a": "1"}]
    assert len(batches) == 1
    assert refused[-1].reason == "not readable after the break before it"


def test_names_beyond_the_limit_go_into_one_column_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_values, "MOST_COLUMNS", 3)
    content = b'{"a":1,"b":2}\n{"c":3,"d":4,"e":null}\n{"_rest":"own"}\n'
    (batch,), _ = read(content)
    assert batch.columns == ("a", "b", "c", "_rest") == layout(content)["rows"]
    assert [row[-1] for row in batch.rows()] == [None, '{"d":"4","e":null}', '{"_rest":"own"}']


def test_columns_of_the_first_batch_are_those_of_the_layout_even_if_one_comes_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_records, "_BATCH_ROWS", 2)
    content = b'{"a":1}\n' * 9 + b'{"late":1}\n'
    batches, _ = read(content)
    assert [b.columns for b in batches] == [("a", "late")] * 5
    assert [int(n) for b in batches for n in b.ordinals] == list(range(1, 11))


def test_long_files_and_long_lines_are_read_in_bounded_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in {"_LOOKED_AHEAD": 64, "_BLOCK": 16, "LARGEST_LINE": 100, "LARGEST_DOCUMENT": 300}.items():
        monkeypatch.setattr(json_records, name, size)
    content = b'{"a":1}\n' * 20 + b'{"a":"' + b"x" * 500 + b'"}\n' + b'{"b":2}\n' * 20
    batches, refused = read(content)
    assert objects_of(batches) == [{"a": "1"}] * 20 + [{"b": "2"}] * 20
    assert [(r.ordinal, r.length, r.rows) for r in refused] == [(21, 508, 1)]
    assert [int(n) for b in batches for n in b.ordinals] == [n for n in range(1, 42) if n != 21]


def test_a_document_beyond_the_limit_is_refused_with_the_next_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "LARGEST_DOCUMENT", 300)
    content = json.dumps([{"a": "x" * 50}] * 20, indent=1).encode()
    with pytest.raises(UnreadableSource, match="would not fit"):
        read(content)


NOT_OURS = [
    b"a,b\n{},1\n", b'"{""a"":1}",x\n', b"{a,b\n1,2\n", b"[a],[b]\n1,2\n", b"{rtf1 text}", b"[section]\nkey=1\n",
    b"-- dump\nINSERT INTO `t` VALUES ('{\"a\":1}');\n", b"[1,2,3]", b'"text"', b"5\n6\n", b"{'a': 1}", b"{}", b"[]",
    b"[[{}]]", b"WARC/1.0\r\n", b"---\n- {a: 1}\n", b'["a","b"]\n', b'{"a","b"}\n', b"SQLite format 3\x00",
]  # fmt: skip


@pytest.mark.parametrize("content", NOT_OURS)
def test_other_text_is_not_taken_for_json(content: bytes) -> None:
    assert not JsonRecords().recognises(content)


@pytest.mark.parametrize("form", FORMS)
def test_the_first_reader_that_takes_a_json_file_is_this_one(form: str) -> None:
    head = written([{"a": 1, "b": "x,y"}, {"a": 2}], form, is_ascii=True)
    assert next(reader.name for reader in BUILT_IN if reader.recognises(head)) == "json"


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Cut, doubled, or with a few bytes changed."""
    at, size = chance.randrange(len(content) + 1), chance.randrange(40)
    kind = chance.randrange(4)
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + content[at : at + size] * 2 + content[at + size :]
    if kind == 2:
        return content[:at] + content[at + size :]
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.choice(b'{}[]",:\\\n\x00\xff1a')
    return bytes(changed)


def assert_accounted(content: bytes) -> None:
    """Every byte is in a row, in a refusal, or plain structure; ordinals have no gaps."""
    pieces = list(JsonRecords().read(io.BytesIO(content), "utf-8"))
    covered = bytearray(len(content))
    tables: dict[str, list[int]] = {}
    for piece in pieces:
        runs = [(piece.offset, piece.length)] if isinstance(piece, Refused) else zip(
            piece.offsets.tolist(), piece.lengths.tolist(), strict=True
        )  # fmt: skip
        for offset, length in runs:
            assert length > 0
            assert offset >= 0
            assert offset + length <= len(content)
            if piece.table != "document":
                covered[offset : offset + length] = b"\x01" * length
        if isinstance(piece, Refused):
            tables.setdefault(piece.table, []).extend(range(piece.ordinal, piece.ordinal + piece.rows))
        else:
            tables.setdefault(piece.table, []).extend(piece.ordinals.tolist())
    for ordinals in tables.values():
        assert ordinals == list(range(1, len(ordinals) + 1))
    if not any(piece.table == "document" for piece in pieces):
        left = bytes(byte for byte, is_covered in zip(content, covered, strict=True) if not is_covered)
        structure = re.sub(
            rb'"(?:[^"\\]|\\.)*"\s*:', b"", left.removeprefix(b"\xef\xbb\xbf")
        )  # keys that lead to tables
        assert not structure.strip(b" \t\r\n[]{},:")


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(junk: bytes) -> None:
    for content in (junk, b'{"a":1}\n' + junk, b'{"a":1}\n' + junk + b'\n{"a":2}\n', b'[{"a":1},' + junk, b"[" + junk):
        if content:
            assert_accounted(content)
            layout(content)
        JsonRecords().recognises(content)


@given(st.lists(objects, min_size=2, max_size=5), st.sampled_from(FORMS), st.randoms(use_true_random=False))
def test_no_mutation_makes_it_fail_or_lose_bytes_unnoticed(rows, form: str, chance: random.Random) -> None:
    content = mutated(written(rows, form, is_ascii=False), chance)
    if content:
        assert_accounted(content)
        layout(content)


@pytest.mark.parametrize("name", ["device-extracts.jsonl", "decrypted.jsonl", "kestrel-forum.jsonl"])
def test_simulated_lines_are_read_completely(simulated: Path, name: str) -> None:
    content = (simulated / "evidence" / name).read_bytes()
    batches, refused = read(content)
    whole = []
    for line in content.splitlines():
        try:
            whole.append(expected(json.loads(line)))
        except ValueError:
            whole.append({})
    assert objects_of(batches) == [row for row in whole if row]
    assert [r.ordinal for r in refused] == [n for n, row in enumerate(whole, 1) if not row]
    assert len(whole) > 1


def test_a_simulated_forum_with_broken_lines_loses_only_those(simulated: Path, tmp_path: Path) -> None:
    import numpy as np

    path = tmp_path / "forum.jsonl"
    path.write_bytes((simulated / "evidence" / "kestrel-forum.jsonl").read_bytes())
    before = objects_of(read(path.read_bytes())[0])
    truncate_lines(path, np.random.default_rng(1), 0.1, skip=0)
    batches, refused = read(path.read_bytes())
    assert refused
    assert len(objects_of(batches)) + len(refused) == len(before)
    assert all(row in before for row in objects_of(batches))


def test_objects_without_a_name_are_rows_too() -> None:
    content = b"{}\n{}\n"
    assert JsonRecords().recognises(content)
    ((batch,), refused) = read(content)
    assert (len(batch), batch.rows(), refused) == (2, [(), ()], [])
    ((document, table), _) = read(b'{"b":1,"a":[{},{}]}')
    assert (document.rows(), table.rows()) == ([("1",)], [(), ()])
