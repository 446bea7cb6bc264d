"""Workbooks, delimited text and JSON lines: other people's readers find what was written."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.simulation.formats.delimited import EXCEL_GERMAN, EXCEL_UNICODE, Dialect, write_delimited
from crossbearing.simulation.formats.json_lines import objects, write_json_lines
from crossbearing.simulation.formats.workbook import Sheet, write_workbook

CREATED = datetime(2022, 3, 4, 5, 6, 7)  # noqa: DTZ001 - a workbook holds times without an offset
TEXTS = ["=1+1", "+4", "-x", "@SUM(A1)", "00123", "https://kestrel.invalid/", "é 😀", " spaces ", "two\nlines", "<b>&"]
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


def workbook() -> bytes:
    out = io.BytesIO()
    count = len(TEXTS)
    batch = [
        TEXTS, list(range(count)), [Decimal("12.50"), None, *[Decimal("0.125")] * (count - 2)],
        [date(2021, 2, 3)] * count, [datetime(2021, 2, 3, 4, 5, 6)] * count,  # noqa: DTZ001 - likewise
    ]  # fmt: skip
    sheets = [Sheet("Arrests", ("text", "n", "price", "day", "at"), [batch, batch]), Sheet("Notes", (), [[["a"]]])]
    write_workbook(out, sheets, created=CREATED, author="Northmark")
    return out.getvalue()


def test_openpyxl_finds_every_cell_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    assert book.sheetnames == ["Arrests", "Notes"]
    lines = list(book["Arrests"].iter_rows())
    assert [cell.value for cell in lines[0]] == ["text", "n", "price", "day", "at"]
    assert len(lines) == 1 + 2 * len(TEXTS)
    assert [line[0].value for line in lines[1:]] == TEXTS * 2
    assert {line[0].data_type for line in lines} == {"s"}
    assert (lines[1][2].value, lines[1][2].number_format, lines[2][2].value) == (12.5, "0.00", None)
    assert [cell.value for cell in lines[3][3:]] == [datetime(2021, 2, 3), datetime(2021, 2, 3, 4, 5, 6)]  # noqa: DTZ001
    assert not any(cell.hyperlink for line in lines for cell in line)
    assert (book.properties.created, book.properties.creator) == (CREATED, "Northmark")


def test_equal_sheets_give_equal_bytes_and_no_time_of_their_own() -> None:
    first = workbook()
    assert workbook() == first
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("value", "error"), [(0.5, TypeError), ("x" * 32_768, ValueError), ("<r>bold</r>", ValueError), (b"x", TypeError)]
)
def test_a_workbook_refuses_what_it_would_change(value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="Arrests, row 1"):
        write_workbook(io.BytesIO(), [Sheet("Arrests", (), [[[value]]])], created=CREATED)


def delimited(rows: list[tuple[object, ...]], dialect: Dialect) -> bytes:
    out = io.BytesIO()
    write_delimited(out, ("a", "b"), [list(zip(*rows, strict=True))], dialect)
    return out.getvalue()


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=6), st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\r\n", "\n", "\r"]), st.sampled_from(["minimal", "all", "text"]),
)  # fmt: skip
def test_any_text_survives_every_dialect(rows, delimiter: str, line_end: str, quoting: str) -> None:
    content = delimited(rows, Dialect(delimiter, quoting, line_end=line_end))
    found = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))
    assert found == [["a", "b"], *map(list, rows)]


def test_dialects_write_the_bytes_their_programs_write() -> None:
    rows = [("5 €; ß", 7), (None, Decimal("-0.50")), ("日", None)]
    assert delimited(rows, EXCEL_GERMAN) == 'a;b\r\n"5 €; ß";7\r\n;-0.50\r\n?;\r\n'.encode("cp1252")
    assert delimited(rows[:1], EXCEL_UNICODE) == "\ufeffa\tb\r\n5 €; ß\t7\r\n".encode("utf-16-le")
    marked = Dialect(quoting="all", has_mark=True, line_end="\r", null="NULL")
    assert delimited(rows[1:2], marked) == b'\xef\xbb\xbf"a","b"\r"NULL","-0.50"\r'


def test_an_excel_file_in_unicode_opens_in_python() -> None:
    content = delimited([("é 😀", "x\ty")], EXCEL_UNICODE)
    assert list(csv.reader(io.StringIO(content.decode("utf-16"), newline=""), delimiter="\t")) == [
        ["a", "b"], ["é 😀", "x\ty"],
    ]  # fmt: skip


def test_json_lines_hold_one_object_each_and_exact_values() -> None:
    out = io.BytesIO()
    nested = {"to": ["a", "b"], "sum": Decimal("0.10"), "at": CREATED, "text": "é\n\u2028😀", "none": None}
    write_json_lines(out, [nested, *objects(("id", "name"), [[[1, 2], ["x", "y"]]])])
    lines = out.getvalue().decode().split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [
        {**nested, "sum": "0.10", "at": "2022-03-04T05:06:07"}, {"id": 1, "name": "x"}, {"id": 2, "name": "y"},
    ]  # fmt: skip
    assert lines[-1] == ""
    escaped = io.BytesIO()
    write_json_lines(escaped, [{"a": "é😀"}], is_ascii=True)
    assert escaped.getvalue() == b'{"a":"\\u00e9\\ud83d\\ude00"}\n'


def test_json_lines_refuse_what_json_has_no_place_for() -> None:
    with pytest.raises(TypeError, match="bytes"):
        write_json_lines(io.BytesIO(), [{"a": b"x"}])
