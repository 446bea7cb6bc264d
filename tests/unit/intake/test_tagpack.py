"""Tags come back as another parser reads them, with what the header says; what cannot be read costs one tag."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import RawBatch
from crossbearing.intake.readers import tagpack as module
from crossbearing.intake.readers.tagpack import COLUMNS, TagPack
from reading import broken, ordinals_are_whole, read, rows_of, spoiled, unaccounted

HEAD = "title: Invented services\ncreator: nobody\nlabel: Fennel Exchange\ncurrency: BTC\n"
VALID = (
    HEAD
    + "# who holds what\ntags:\n"
    + "".join(f"- address: one{n}\n  label: shop {n}\n  concepts: [exchange, hosting]\n" for n in range(5))
    + "lastmod: 2021-08-14\n"
).encode()
Row = dict[str, str | None]


def said(batches: list[RawBatch]) -> list[Row]:
    return [{name: cell for name, cell in row.items() if cell is not None} for row in rows_of(batches)]


def tags(text: str) -> list[Row]:
    batches, refused = read(TagPack(), text.encode())
    assert not refused
    return [{name: cell for name, cell in row.items() if not name.startswith("pack.")} for row in said(batches)]


def reasons(text: str) -> list[tuple[int, str]]:
    return [(one.rows, one.reason) for one in read(TagPack(), text.encode())[1]]


def test_each_row_holds_what_the_tag_says_and_what_the_pack_says_before_and_behind_the_tags() -> None:
    batches, refused = read(TagPack(), VALID)
    assert not refused
    assert said(batches)[2] == {
        "address": "one2", "label": "shop 2", "concepts": '["exchange", "hosting"]', "pack.title": "Invented services",
        "pack.creator": "nobody", "pack.label": "Fennel Exchange", "pack.currency": "BTC", "pack.lastmod": "2021-08-14",
    }  # fmt: skip
    (batch,) = batches
    assert VALID[batch.offsets[2] :][: batch.lengths[2]].startswith(b"- address: one2\n")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"), ("2021-08-14", "2021-08-14"), ("0x1F", "0x1F"), ("1e3", "1e3"), ('"null"', "null"), ("''", ""),
        ("", None), ("~", None), ("null", None), ('"a\\u00e9\\n"', "aé\n"), ("a # b", "a"), ("a#b", "a#b"),
        ("|\n    two\n    lines\n", "two\nlines\n"), (">-\n    two\n    lines\n", "two lines"),
        ("[a, {b: c}]", '["a", {"b": "c"}]'),
        ("{é: [null, ~, 1]}", '{"é": [null, null, "1"]}'), ("AT & T * 2", "AT & T * 2"),
    ],
)  # fmt: skip
def test_values_are_text_as_they_stand(written: str, value: str | None) -> None:
    assert tags(f"title: x\ntags:\n- address: a\n  context: {written}\n- address: b\n") == [
        {"address": "a"} | ({"context": value} if value is not None else {}), {"address": "b"},
    ]  # fmt: skip


def test_tags_may_be_set_in_and_fields_of_no_known_name_are_kept_together() -> None:
    text = "---\ntitle: x\nmood: bad\ntags:\n  - label: a\n    address: b\n    mood: [good]\n  - address: c\n"
    batches, refused = read(TagPack(), text.encode())
    assert not refused
    assert said(batches) == [
        {
            "label": "a",
            "address": "b",
            "other": '{"mood": ["good"]}',
            "pack.title": "x",
            "pack.other": '{"mood": "bad"}',
        },
        {"address": "c", "pack.title": "x", "pack.other": '{"mood": "bad"}'},
    ]


def test_a_pack_without_tags_has_no_rows() -> None:
    assert tags("title: x\ntags: []\n") == []
    assert TagPack().recognises(b"title: x\ntags: []\n")


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("*a", "it refers to another place of the file"),
        ("&a x", "it refers to another place of the file"),
        ("!!python/object:os.system x", "it has a type of its own: tag:yaml.org,2002:python/object:os.system"),
        ("!include other.yaml", "it has a type of its own: !include"),
        ("[" * 30 + "]" * 30, "lists and mappings lie too deep in one another"),
        ("'open", "found unexpected end of stream"),
        ("a: b", "mapping values are not allowed in this context"),
        ("x\n  context: y", "a name stands twice"),
    ],
)
def test_a_tag_that_cannot_be_read_is_refused_alone(field: str, reason: str) -> None:
    text = f"title: x\ntags:\n- address: a\n- address: b\n  context: {field}\n- address: c\n"
    batches, refused = read(TagPack(), text.encode())
    assert [row["address"] for row in said(batches)] == ["a", "c"]
    assert [(one.ordinal, one.rows, one.reason) for one in refused] == [(2, 1, f"the tag cannot be read: {reason}")]


def test_lists_that_refer_to_themselves_many_times_do_nothing() -> None:
    """Ten names of ten references each would be ten thousand million texts."""
    lines = ["  a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    begins = time.perf_counter()
    assert reasons("title: x\ntags:\n- address: b\n" + "\n".join(lines) + "\n")[0][0] == 1
    assert time.perf_counter() - begins < 5


def test_a_header_that_cannot_be_read_is_damage_and_the_tags_are_still_read() -> None:
    batches, refused = read(TagPack(), b"title: 'open\ntags:\n- address: a\n")
    assert [row["address"] for row in said(batches)] == ["a"]
    assert [(one.rows, one.offset, one.length, one.is_damage) for one in refused] == [(0, 0, 13, True)]


def test_what_stands_in_the_list_before_the_first_tag_is_reported() -> None:
    assert reasons("title: x\ntags:\n  junk\n- address: a\n") == [(0, "no tag can be read here")]
    assert reasons("title: x\ntags:\n\n  # a word\n- address: a\n") == []


def test_other_yaml_is_not_taken() -> None:
    assert TagPack().recognises(VALID)
    for content in (
        b"tags:\n- a\n",
        b"title: x\nactors:\n- id: y\n",
        b"Subject: x\n\ntags:\n",
        b'{"tags": []}',
        b"title,tags\n",
    ):
        assert not TagPack().recognises(content)


def test_a_file_too_large_to_be_read_whole_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", len(VALID) - 1)
    with pytest.raises(UnreadableSource):
        read(TagPack(), VALID)


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=30)
_TAGS = st.lists(
    st.fixed_dictionaries({"address": _TEXT}, optional=dict.fromkeys(("label", "context", "source", "mood"), _TEXT)),
    min_size=1, max_size=5,
)  # fmt: skip


@given(_TAGS, st.booleans(), st.integers(20, 100))
def test_what_another_program_writes_comes_back(made: list[Row], is_plain: bool, width: int) -> None:
    style = None if is_plain else '"'
    text = yaml.safe_dump({"title": "x", "tags": made}, allow_unicode=is_plain, width=width, default_style=style)
    batches, refused = read(TagPack(), text.replace('"title":', "title:").replace('"tags":', "tags:").encode())
    assert not refused
    own = [
        {**row, **({"other": yaml.safe_load(row["other"] or "")} if "other" in row else {})} for row in said(batches)
    ]
    assert [{k: v for k, v in row.items() if not k.startswith("pack.")} for row in own] == [
        {k: v for k, v in row.items() if k != "mood"} | ({"other": {"mood": row["mood"]}} if "mood" in row else {})
        for row in made
    ]


@given(
    spoiled(VALID)
    | broken(st.just(VALID))
    | st.binary(max_size=300).map(lambda junk: HEAD.encode() + b"tags:\n" + junk)
)
def test_no_bytes_make_it_fail_and_every_byte_of_the_list_is_told(content: bytes) -> None:
    TagPack().recognises(content)
    batches, refused = read(TagPack(), content)
    assert all(batch.columns == COLUMNS for batch in batches)
    assert ordinals_are_whole(batches, refused, "tags")
    rest = unaccounted(content, batches, refused)
    assert b"- address" not in rest or b"tags" not in rest
    assert all(one.reason for one in refused)
