"""Readers give back what was written, name the bytes, and say where a file is broken."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers.delimited import Delimited
from crossbearing.intake.readers.mysqldump import Mysqldump

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
grids = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=12)


def read(reader: object, content: bytes, encoding: str = "utf-8") -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(reader.read(io.BytesIO(content), encoding))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def rows_of(batches: Sequence[RawBatch]) -> list[tuple[str | None, ...]]:
    return [tuple(row) for batch in batches for row in batch.rows()]


def written(rows: Sequence[Sequence[str]], line_end: str, delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL, delimiter=delimiter)
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    return out.getvalue()


@given(grids, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([",", ";", "\t"]))
def test_delimited_text_round_trips_with_any_line_end(rows, line_end: str, delimiter: str) -> None:
    batches, refused = read(Delimited(), written(rows, line_end, delimiter).encode())
    assert rows_of(batches) == rows
    assert not refused


@given(grids, st.sampled_from(["\n", "\r\n", "\r"]))
def test_each_place_holds_the_bytes_of_its_row(rows, line_end: str) -> None:
    content = written(rows, line_end).encode()
    batches, _ = read(Delimited(), content)
    for batch in batches:
        for row, offset, length in zip(batch.rows(), batch.offsets, batch.lengths, strict=True):
            piece = content[offset : offset + length].decode()
            assert next(csv.reader(io.StringIO(piece, newline=""))) == list(row)


def test_a_row_with_another_number_of_cells_is_refused_with_its_place() -> None:
    content = b"a,b\n1,2\n3\n4,5,6\n7,8\n"
    batches, refused = read(Delimited(), content)
    assert rows_of(batches) == [("1", "2"), ("7", "8")]
    assert [(r.ordinal, content[r.offset : r.offset + r.length]) for r in refused] == [(2, b"3\n"), (3, b"4,5,6\n")]
    assert not any(r.is_damage for r in refused)


@pytest.mark.parametrize("content", [b'a,b\n1,2\n3,"open', b"a,b\n1,2\n3", b'a,b\n1,2\n"x'])
def test_a_cut_file_is_damage(content: bytes) -> None:
    batches, refused = read(Delimited(), content)
    assert rows_of(batches) == [("1", "2")]
    assert [r.is_damage for r in refused] == [True]


@pytest.mark.parametrize(
    ("content", "is_damage"), [(b'a,"b\n1,2\n3,4\n', True), (b'a,"b\n1,2\n3,4', True), (b'a,"b\nc"\n1,2\n', False)]
)
def test_names_of_columns_that_run_over_lines_are_on_record(content: bytes, is_damage: bool) -> None:
    """A quote that nobody closes makes one name of all rows."""
    batches, (refused,) = read(Delimited(), content)
    assert bool(batches) is not is_damage
    names = content if is_damage else content[: -len(b"1,2\n")]
    assert (refused.rows, refused.offset, refused.length, refused.is_damage) == (0, 0, len(names), is_damage)


def test_bytes_that_do_not_fit_the_encoding_stay_visible() -> None:
    batches, _ = read(Delimited(), b"a,b\n\xff\x80,x\n")
    assert rows_of(batches) == [("\\xff\\x80", "x")]


def test_mac_roman_reads_every_byte() -> None:
    everything = bytes(b for b in range(1, 256) if b not in b'",\r\n')
    batches, refused = read(Delimited(), b"a,b\r" + everything + b",x\r", "mac_roman")
    assert len(rows_of(batches)[0][0]) == len(everything)
    assert not refused


def sql_literal(value: str | None) -> str:
    if value is None:
        return "NULL"
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\x1a", "\\Z")):
        value = value.replace(plain, escaped)
    return f"'{value}'"


def dump_of(rows: Sequence[Sequence[str | None]], per_statement: int = 3) -> str:
    text = "-- MySQL dump 10.13\nCREATE TABLE `t` (\n  `a` text,\n  `b` text,\n  `c` text\n);\n"
    for start in range(0, len(rows), per_statement):
        tuples = ",".join(f"({','.join(map(sql_literal, row))})" for row in rows[start : start + per_statement])
        text += f"INSERT INTO `t` VALUES {tuples};\n"
    return text + "-- Dump completed on 2026-01-01\n"


@given(st.lists(st.tuples(cells, st.none() | cells, cells), min_size=1, max_size=12))
def test_a_dump_round_trips_whatever_its_strings_hold(rows) -> None:
    batches, refused = read(Mysqldump(), dump_of(rows).encode())
    assert rows_of(batches) == rows
    assert not refused


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8))
def test_each_place_in_a_dump_is_one_tuple(rows) -> None:
    content = dump_of(rows).encode()
    batches, _ = read(Mysqldump(), content)
    for batch in batches:
        for row, offset, length in zip(batch.rows(), batch.offsets, batch.lengths, strict=True):
            wanted = f"({','.join(map(sql_literal, row))})".encode()
            assert content[offset : offset + length] == wanted


TRICKS = {
    "column list": "INSERT INTO `t` (`c`,`a`) VALUES ('3','1');",
    "replace": "REPLACE INTO `t` VALUES ('1','2','3');",
    "hex and bits": "INSERT INTO `t` VALUES (0xFF,b'101',-1.5e3);",
    "binary": "INSERT INTO `t` VALUES (_binary 'x','it''s',NULL);",
    "statement end in a string": "INSERT INTO `t` VALUES ('a;b','(c),(d)','-- e /* f');",
    "comment inside": "INSERT INTO `t` VALUES ('1','2','3'); -- done; really\n/*!40000 ALTER TABLE `t` ENABLE KEYS */;",
}
EXPECTED = {
    "column list": [("3", "1")],
    "replace": [("1", "2", "3")],
    "hex and bits": [("0xFF", "5", "-1.5e3")],
    "binary": [("x", "it's", None)],
    "statement end in a string": [("a;b", "(c),(d)", "-- e /* f")],
    "comment inside": [("1", "2", "3")],
}


@pytest.mark.parametrize("trick", TRICKS)
def test_dump_syntax_is_read_as_mysqldump_means_it(trick: str) -> None:
    content = dump_of([]).replace("-- Dump completed", TRICKS[trick] + "\n-- Dump completed")
    batches, refused = read(Mysqldump(), content.encode())
    assert rows_of(batches) == EXPECTED[trick]
    assert not refused


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.98])
def test_a_cut_dump_is_damage_and_keeps_the_rows_before_it(keep: float) -> None:
    rows = [(str(n), "x" * 20, "y") for n in range(60)]
    content = dump_of(rows).encode()
    batches, refused = read(Mysqldump(), content[: int(len(content) * keep)])
    found = rows_of(batches)
    assert found == rows[: len(found)]
    assert any(r.is_damage for r in refused)


def test_reading_goes_on_after_a_broken_statement() -> None:
    """A string that never ends loses its own statement; the next one is found again, and the gap is named."""
    broken = "INSERT INTO `t` VALUES ('1','2','never closed);\nINSERT INTO `t` VALUES (4,5,6);\n"
    content = dump_of([("0", "0", "0")]).replace("-- Dump completed", broken + "-- Dump completed").encode()
    batches, refused = read(Mysqldump(), content)
    assert rows_of(batches) == [("0", "0", "0"), ("4", "5", "6")]
    (gap,) = refused
    assert gap.is_damage
    assert content[gap.offset : gap.offset + gap.length].startswith(b"('1','2','never closed")


def test_an_unterminated_string_is_refused_in_linear_time() -> None:
    """The usual pattern for quoted strings takes exponential time on this."""
    content = dump_of([]).replace("-- Dump completed", "INSERT INTO `t` VALUES ('" + "a\\\\" * 200_000)
    batches, refused = read(Mysqldump(), content.encode())
    assert not rows_of(batches)
    assert any(r.is_damage for r in refused)


@given(st.binary(max_size=400))
def test_no_bytes_make_a_reader_fail(junk: bytes) -> None:
    for reader in (Mysqldump(), Delimited()):
        for content in (junk, dump_of([("1", "2", "3")]).encode() + junk, b"a,b\n" + junk):
            batches, refused = read(reader, content)
            for batch in batches:
                assert all(length > 0 for length in batch.lengths)
                assert all(o + n <= len(content) for o, n in zip(batch.offsets, batch.lengths, strict=True))
            assert all(0 <= r.offset <= len(content) for r in refused)
