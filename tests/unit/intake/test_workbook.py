"""The workbook reader gives what the sheets show as exact text, and survives what is broken or hostile."""

import datetime as dt
import io
import random
import re
import resource
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers import workbook
from crossbearing.intake.readers.workbook import Workbook
from crossbearing.intake.readers.workbook_cells import Shown, moment_text, number_text, shown

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes) -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(Workbook().read(io.BytesIO(content), "utf-8"))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def layout(content: bytes) -> dict[str, tuple[str, ...]]:
    return dict(Workbook().layout(io.BytesIO(content)))


def rows_of(batches: Sequence[RawBatch], table: str = "t") -> list[tuple]:
    return [tuple(row) for batch in batches if batch.table == table for row in batch.rows()]


def by_openpyxl(rows: Sequence[Sequence], **sheets: Sequence[Sequence]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, content in {"t": rows, **sheets}.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(content, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(rows: Sequence[Sequence], **options: object) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet("t")
        day, moment = (book.add_format({"num_format": f"yyyy-mm-dd{t}"}) for t in ("", " hh:mm:ss"))
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, column, value, moment if isinstance(value, dt.datetime) else day)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write(number, column, value)
    return out.getvalue()


def replaced(content: bytes, changed: dict[str, bytes]) -> bytes:
    """The workbook with these parts put in place of others, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {name: source.read(name) for name in source.namelist()} | changed
        for name, held in parts.items():
            target.writestr(name, held)
    return out.getvalue()


def with_sheet(inside: str, base: bytes | None = None) -> bytes:
    """A workbook whose first sheet's rows are this XML."""
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'
    return replaced(base or PLAIN, {SHEET: xml.encode()})


PLAIN = by_xlsxwriter([("a", "b"), (1, "x"), (2, "y")])
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=9
)
numbers = st.integers(-(10**15), 10**15) | st.floats(-1e300, 1e300)
moments = st.datetimes(dt.datetime.fromordinal(693_655)).map(lambda m: m.replace(microsecond=0))  # from March 1900
days = st.dates(dt.date(1900, 3, 1))
cells = st.none() | st.booleans() | numbers | texts | moments | days
HEADER = ("a", "b", "c")


def spelled(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        return value.isoformat()
    # Both libraries write numbers with 16 digits, so they are compared as they round them.
    return repr(float(f"{value:.16G}")).removesuffix(".0") if isinstance(value, float) else str(value)


def expected(grid: Sequence[Sequence]) -> list[tuple]:
    """Rows without the empty ones and without the columns that nothing is in."""
    rows = [tuple(map(spelled, row)) for row in grid]
    return [row for row in rows if any(value is not None for value in row)]


@given(st.lists(st.tuples(cells, cells, cells), max_size=12))
def test_what_openpyxl_writes_round_trips(grid) -> None:
    batches, refused = read(by_openpyxl([HEADER, *grid]))
    assert rows_of(batches) == expected(grid)
    assert not refused


@given(st.lists(st.tuples(cells, cells, cells), max_size=12), st.booleans())
def test_what_xlsxwriter_writes_round_trips(grid, is_1904: bool) -> None:
    grid = [tuple(None if is_1904 and isinstance(v, dt.date) and v.year < 1905 else v for v in row) for row in grid]
    batches, refused = read(by_xlsxwriter([HEADER, *grid], date_1904=is_1904))
    assert rows_of(batches) == expected(grid)
    assert not refused


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8))
def test_calamine_sees_the_same_cells(grid) -> None:
    calamine = pytest.importorskip("python_calamine")
    content = by_xlsxwriter([HEADER, *grid])
    sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    seen = [tuple(None if value == "" else spelled(value) for value in row) for row in sheet.to_python()[1:]]
    found = rows_of(read(content)[0])
    assert len(found) == len([row for row in seen if any(value is not None for value in row)])
    for ours, theirs in zip(found, [row for row in seen if any(value is not None for value in row)], strict=True):
        # It gives whole numbers as floats, and midnight as a day.
        assert [str(v).removesuffix("T00:00:00") for v in ours] == [str(v).removesuffix("T00:00:00") for v in theirs]


@pytest.mark.parametrize(
    ("written", "found"),
    [("1", "1"), ("1.0", "1"), ("0.30000000000000004", "0.30000000000000004"), ("0.1000000000000000056", "0.1"),
     ("12345678901234567890", "12345678901234567890"), ("1E-07", "1e-07"), ("1E+2", "100"), ("1e999", "1e999"),
     ("-0.5", "-0.5"), ("1_000", "1_000"), ("0x10", "0x10"), ("nan", "nan"), ("", ""), ("9" * 500, "9" * 500)],
)  # fmt: skip
def test_numbers_are_exact(written: str, found: str) -> None:
    assert number_text(written) == found


@pytest.mark.parametrize(
    ("serial", "code", "found"),
    [("44230", "yyyy-mm-dd", "2021-02-03"), ("44230.5", "yyyy-mm-dd", "2021-02-03T12:00:00"),
     ("44230", "d/m/yy h:mm", "2021-02-03T00:00:00"), ("0.25", "h:mm AM/PM", "06:00:00"),
     ("59", "d.m.yy", "1900-02-28"),
     ("61", "d.m.yy", "1900-03-01"), ("60", "d.m.yy", "60"), ("0", "d.m.yy", "0"), ("-5", "d.m.yy", "-5"),
     ("2958465", "d.m.yy", "9999-12-31"), ("2958466", "d.m.yy", "2958466"), ("1e300", "d.m.yy", "1e+300"),
     ("1.25", "[h]:mm:ss", "PT30H0M0S"), ("0.0000057870370", "[ss].000", "PT0H0M0.500S"),
     ("44230.17020975694", "yyyy-mm-dd hh:mm:ss", "2021-02-03T04:05:06.123"), ("5", '0.0"days"', "5"),
     ("5", "[Red]0", "5"), ("5", "General", "5"), ("5", "0.00E+00", "5"), ("44230", '[$-409]d"."m', "2021-02-03"),
     ("x", "d.m.yy", "x"), ("Infinity", "d.m.yy", "Infinity"), ("NaN", "[h]", "NaN")],
)  # fmt: skip
def test_dates_are_what_their_format_shows(serial: str, code: str, found: str) -> None:
    kind = shown(200, {200: code})
    text = number_text(serial) if kind is Shown.NUMBER else moment_text(serial, kind, since_1904=False)
    assert text == found


def test_booleans_errors_and_formulas_give_what_the_file_holds() -> None:
    content = with_sheet(
        '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="inlineStr"><is><r><t>b</t></r><r><t> c</t></r>'
        "<rPh><t>reading</t></rPh></is></c></row>"
        '<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2" t="e"><f>NA()</f><v>#N/A</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f><v>3</v></c><c r="B3" t="str"><f>HYPERLINK("http://x.invalid")</f>'
        "<v>=1+1_x000D__xD800_</v></c></row>"
        '<row r="4"><c r="A4"><f>1+1</f></c><c r="B4" t="d"><v>2021-02-03T04:05:06Z</v></c></row>'
    )
    batches, refused = read(content)
    assert batches[0].columns == ("a", "b c")
    assert rows_of(batches) == [
        ("true", "#N/A"), ("3", "=1+1\r_xD800_"), (None, "2021-02-03T04:05:06Z"),
    ]  # fmt: skip
    assert not refused


def test_the_first_row_that_is_not_empty_names_the_columns() -> None:
    rows = [
        (),
        (),
        (None, "name", None, "Name", "name_2"),
        (None, 1, 2, 3, 4, 5),
        (),
        (None, None, None, None, None, 9),
    ]
    batches, _ = read(by_openpyxl(rows))
    assert batches[0].columns == ("name", "column_3", "Name_2", "name_2_2", "column_6")
    assert rows_of(batches) == [("1", "2", "3", "4", "5"), (None, None, None, None, "9")]
    assert batches[0].ordinals.tolist() == [1, 2]
    assert layout(by_openpyxl(rows)) == {"t": batches[0].columns}


def test_a_title_above_the_columns_is_no_header_and_is_refused() -> None:
    rows = [("Calls (2)",), ("#", "Party", "Time"), (1, "a", "b"), (2, None, None)]
    batches, refused = read(by_openpyxl(rows))
    assert batches[0].columns == ("#", "Party", "Time")
    assert rows_of(batches) == [("1", "a", "b"), ("2", None, None)]
    assert batches[0].ordinals.tolist() == [1, 2]
    assert [(r.rows, r.reason) for r in refused] == [(0, "a title above the columns is not read")]
    assert layout(by_openpyxl(rows)) == {"t": ("#", "Party", "Time")}


@pytest.mark.parametrize("rows", [[("a",), (1,)], [("a",), (1, 2)], [("a", "b"), (1, 2, 3)], [("a",)]])
def test_a_row_that_may_name_the_columns_is_no_title(rows) -> None:
    batches, refused = read(by_openpyxl(rows))
    assert not refused
    assert layout(by_openpyxl(rows))["t"][0] == "a"
    assert len(rows_of(batches)) == len(rows) - 1


def test_every_sheet_with_cells_is_a_table_hidden_ones_too() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name in ("shown", "hidden", "very", "empty", "header only"):
            sheet = book.add_worksheet(name)
            if name != "empty":
                sheet.write_row(0, 0, ["a"])
            if name not in {"empty", "header only"}:
                sheet.write_row(1, 0, [name])
        book.get_worksheet_by_name("hidden").hide()
        book.get_worksheet_by_name("very").very_hidden()
        book.add_chartsheet("chart")
    batches, refused = read(out.getvalue())
    assert [(b.table, b.rows()) for b in batches] == [(n, [(n,)]) for n in ("shown", "hidden", "very")]
    assert layout(out.getvalue()) == dict.fromkeys(("shown", "hidden", "very", "header only"), ("a",))
    assert not refused


def test_a_row_is_placed_at_its_sheets_part_of_the_archive() -> None:
    content = by_openpyxl([("a",), ("x",)], other=[("b",), ("y",)])
    batches, _ = read(content)
    places = [(int(b.offsets[0]), int(b.lengths[0])) for b in batches]
    assert len(set(places)) == 2
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for number, (offset, length) in enumerate(places, start=1):
            entry = archive.getinfo(f"xl/worksheets/sheet{number}.xml")
            assert offset == entry.header_offset
            assert content[offset + length - entry.compress_size : offset + length]
            assert f"sheet{number}.xml".encode() in content[offset : offset + length]


def test_pictures_notes_and_macros_are_refused_by_name() -> None:
    content = replaced(PLAIN, {"xl/media/image1.png": b"png", "xl/vbaProject.bin": b"macro"})
    batches, refused = read(content)
    assert len(rows_of(batches)) == 2
    assert [r.table for r in refused] == ["xl/media/image1.png", "xl/vbaProject.bin"]
    assert all(r.table.encode() in content[r.offset : r.offset + r.length] for r in refused)
    assert not any(r.is_damage for r in refused)


def test_a_part_whose_own_header_gives_its_name_no_length_keeps_its_place() -> None:
    at = PLAIN.index(SHEET.encode()) - 30
    before = {place for b in read(PLAIN)[0] for place in zip(b.offsets.tolist(), b.lengths.tolist(), strict=True)}
    _, refused = read(PLAIN[: at + 26] + bytes(2) + PLAIN[at + 28 :])
    assert before <= {(r.offset, r.length) for r in refused}


def test_a_part_that_is_not_where_the_directory_says_is_damage_although_nobody_reads_it() -> None:
    at = PLAIN.index(b"docProps/core.xml") - 30
    content = PLAIN[:at] + b"\x00" + PLAIN[at + 1 :]
    batches, (refused,) = read(content)
    assert batches[0].rows() == read(PLAIN)[0][0].rows()
    assert (refused.table, refused.offset, refused.is_damage) == ("docProps/core.xml", at, True)


def test_bytes_between_the_parts_are_refused_with_their_place() -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        size = archive.infolist()[0].header_offset
    hidden = b"hidden" * 100
    batches, refused = read(hidden + PLAIN)
    assert len(rows_of(batches)) == 2
    assert [(r.offset, r.length) for r in refused] == [(0, len(hidden) + size)]


# What attackers write. Memory is limited, so that a bomb would fail the test and not the machine.


@pytest.fixture
def little_memory():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (800 << 20), hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_a_claim_of_a_huge_sheet_costs_nothing(little_memory) -> None:
    content = with_sheet(
        '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="XFD1" t="str"><v>z</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="99999999999999"><c r="A1"><v>2</v></c></row>'
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        claims = b'<dimension ref="A1:XFD1048576"/><cols><col min="1" max="999999999"/></cols><sheetData>'
        content = replaced(content, {SHEET: archive.read(SHEET).replace(b"<sheetData>", claims)})
    batches, _ = read(content)
    assert batches[0].columns == ("a", "z")
    assert rows_of(batches) == [(None, "1"), ("2", None)]


def test_cells_beyond_the_last_column_cost_their_own_row() -> None:
    content = with_sheet(
        '<row><c t="str"><v>a</v></c></row><row><c r="ZZZ1"><v>1</v></c></row>'
        f"<row>{'<c><v>1</v></c>' * 16_385}</row><row><c><v>2</v></c></row>"
    )
    batches, refused = read(content)
    assert rows_of(batches)[-1][0] == "2"
    assert [(r.ordinal, r.rows) for r in refused] == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://x.invalid/'> %p;]>",
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_document_type_is_refused_and_its_entities_are_not_read(before: str, part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        held = re.sub(rb"<\?xml[^>]*>", b"", archive.read(part)).replace(b">a<", b">&a;<").replace(b">1<", b">&a;<")
    batches, refused = read(replaced(PLAIN, {part: before.encode() + held}))
    assert not any("root" in str(row) or "aaaa" in str(row) for row in rows_of(batches))
    assert any(r.is_damage for r in refused)


def test_a_part_that_unpacks_to_far_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch, little_memory) -> None:
    monkeypatch.setattr(workbook, "_FREE_OF_RATIO", 1 << 18)
    monkeypatch.setattr(workbook, "LARGEST_RATIO", 50)
    row = "<row><c><v>1</v></c></row>"
    batches, refused = read(with_sheet('<row><c t="str"><v>a</v></c></row>' + row * 20_000))
    assert not batches or len(rows_of(batches)) < 20_000
    assert any("far more bytes" in r.reason and r.is_damage for r in refused)
    layout(with_sheet(row * 20_000))


def test_a_part_that_lies_about_its_size_is_damage() -> None:
    content = bytearray(PLAIN)
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        real = archive.getinfo(SHEET).file_size
    for at in [m.start() for m in re.finditer(re.escape(real.to_bytes(4, "little")), PLAIN)]:
        content[at : at + 4] = (10).to_bytes(4, "little")
    _, refused = read(bytes(content))
    assert any(r.is_damage for r in refused)


def test_one_long_text_in_many_cells_is_stopped(monkeypatch: pytest.MonkeyPatch, little_memory) -> None:
    monkeypatch.setattr(workbook, "LARGEST_TEXT", 100 << 20)
    shared = f'<sst xmlns="{MAIN}"><si><t>a</t></si><si><t>{"x" * (1 << 20)}</t></si></sst>'
    content = with_sheet('<row><c t="s"><v>0</v></c></row>' + '<row><c t="s"><v>1</v></c></row>' * 100_000)
    batches, refused = read(replaced(content, {"xl/sharedStrings.xml": shared.encode()}))
    assert sum(map(len, batches)) == 100
    assert any("hold more than" in r.reason for r in refused)


@pytest.mark.parametrize("target", ["../../../../../../etc/passwd", "file:///etc/passwd", "/etc/passwd", "\\\\x\\y", "",
                                    "http://x.invalid/sheet.xml", "worksheets/../worksheets/none.xml"])  # fmt: skip
def test_a_link_is_looked_up_in_the_archive_and_nowhere_else(target: str) -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        links = archive.read("xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", target.encode())
    batches, refused = read(replaced(PLAIN, {"xl/_rels/workbook.xml.rels": links}))
    assert not batches
    assert "is listed and not there" in refused[0].reason


def test_a_sheet_cut_in_the_middle_keeps_the_rows_before_the_cut() -> None:
    rows = "".join(f"<row><c><v>{n}</v></c></row>" for n in range(5000))
    batches, refused = read(with_sheet('<row><c t="str"><v>a</v></c></row>' + rows + "<row><c><v>1</v></row>"))
    assert rows_of(batches) == [(str(n),) for n in range(5000)]
    assert [r.is_damage for r in refused] == [True]


def test_a_text_that_is_not_there_costs_its_row() -> None:
    cells = "".join(f'<row><c t="s"><v>{v}</v></c></row>' for v in ("0", "1", "99999999999", "-1", "x", "2"))
    batches, refused = read(with_sheet(cells))
    assert rows_of(batches) == [("b",), ("x",)]
    assert [r.ordinal for r in refused] == [2, 3, 4]


def assert_sound(content: bytes) -> None:
    pieces = list(Workbook().read(io.BytesIO(content), "utf-8"))
    assert pieces or not content
    ordinals: dict[str, list[int]] = {}
    for piece in pieces:
        runs = [(piece.offset, piece.length)] if isinstance(piece, Refused) else zip(
            piece.offsets.tolist(), piece.lengths.tolist(), strict=True
        )  # fmt: skip
        assert all(n > 0 and o >= 0 and o + n <= len(content) for o, n in runs)
        if not isinstance(piece, Refused):
            ordinals.setdefault(piece.table, []).extend(piece.ordinals.tolist())
        elif piece.rows:
            ordinals.setdefault(piece.table, []).append(piece.ordinal)
    for found in ordinals.values():
        assert found == list(range(1, len(found) + 1))
    layout(content)


@pytest.mark.parametrize("seed", range(80))
def test_no_broken_archive_makes_it_fail(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(PLAIN)
    if seed % 3 == 0:
        content = content[: chance.randrange(len(content))]
    elif seed % 3 == 1:
        at = chance.randrange(len(content))
        content[at:at] = content[at : at + chance.randrange(300)]
    else:
        for _ in range(chance.choice([1, 5, 50])):
            content[chance.randrange(len(content))] = chance.randrange(256)
    assert_sound(bytes(content))


@given(st.sampled_from([SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml",
                        "xl/_rels/workbook.xml.rels", "_rels/.rels"]), st.randoms(use_true_random=False))  # fmt: skip
def test_no_broken_part_makes_it_fail(part: str, chance: random.Random) -> None:
    with zipfile.ZipFile(io.BytesIO(RICH)) as archive:
        held = bytearray(archive.read(part))
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(held))
        kind = chance.randrange(3)
        if kind == 0:
            held[at] = chance.choice(b'<>/"=&;0129aZ \x00\xff')
        elif kind == 1:
            held[at : at + chance.randrange(9)] = b""
        else:
            held[at:at] = held[at : at + chance.randrange(40)]
    assert_sound(replaced(RICH, {part: bytes(held)}))


RICH = by_xlsxwriter(
    [HEADER, (1, "x", dt.date(2021, 2, 3)), (True, 2.5, None), (None, "y", dt.datetime.fromordinal(737_824))]
)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(junk: bytes) -> None:
    for content in (junk, b"PK\x03\x04" + junk, PLAIN + junk, PLAIN[:-60] + junk):
        assert_sound(content)


def test_a_workbook_beyond_the_limit_is_refused_with_the_next_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_WORKBOOK", 1000)
    with pytest.raises(UnreadableSource, match="would not fit"):
        read(PLAIN)


def test_another_archive_is_not_taken_for_a_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    assert not Workbook().recognises(out.getvalue())
    assert Workbook().recognises(PLAIN)
    assert Workbook().recognises(by_openpyxl([("a",)]))


def test_the_simulated_overdose_cases_are_read_completely(simulated: Path) -> None:
    path = simulated / "evidence" / "overdose-cases.xlsx"
    batches, refused = read(path.read_bytes())
    (sheet,) = openpyxl.load_workbook(path)
    header, *rows = sheet.iter_rows(values_only=True)
    assert layout(path.read_bytes()) == {sheet.title: header}
    assert len(rows) == sum(map(len, batches)) > 1
    for ours, theirs in zip(rows_of(batches, sheet.title), rows, strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            whole = other.isoformat() if isinstance(other, dt.date) else other or None
            assert mine in {whole, str(whole).removesuffix("T00:00:00")}
    assert not refused
