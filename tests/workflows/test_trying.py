"""Trying a file says what it is and what would become of it; trying a profile says how it fits."""

import bz2
import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from crossbearing.domain.errors import BadConfiguration, UnreadableSource, WrongKind
from crossbearing.intake import inventory
from crossbearing.interfaces.cli import main
from crossbearing.workflows.try_profile import require_fit, try_profile
from crossbearing.workflows.try_readers import try_reader

PAGES = b"day,vendor,title,price,from\n" + b"2021-01-02,amberquay,Haze,10,NL\n" * 4 + b"2021-01-03,,Haze,10,NL\n"
DUMP = (
    b"-- MySQL dump 10.13\nCREATE TABLE `rows` (\n  `a` int\n);\nINSERT INTO `rows` VALUES (1),(2);\n"
    b"CREATE TABLE `other` (\n  `b` int,\n  `c` int\n);\nINSERT INTO `other` VALUES (1,2);\n"
    b"-- Dump completed on 2026-01-01\n"
)
PROFILE = """
name = "plover-trial"
version = "1"
title = "Plover listing pages, CSV"
reader = "delimited"
encoding = "utf-8"
has_market = true
source = "pages captured from outside"

[table.rows]
columns = ["day", "vendor", "title", "price", "from"]
optional = ["to"]
refuse = [{ when = "folded(vendor) IS NULL", reason = "an advert without a seller" }]

[table.rows.record.listing_sighting]
seller_handle = "folded(vendor)"
title = "folded(title)"
price_currency = "'price'"
ships_from = "folded(\\"from\\")"
seen_on = "date_in(day)"
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def given(tmp_path: Path):
    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_of_an_archive_each_file_is_named_with_what_it_is(given, run) -> None:
    inner = zipped({"dump.sql": DUMP, "x.7z": b"7z\xbc\xaf\x27\x1c"})
    path = given("outer.zip", zipped({"a.pdf": b"%PDF-1.7", "inner.zip": inner, "pages.csv.gz": gzip.compress(PAGES)}))
    trial = try_reader(path)
    assert trial.looks_like == "a zip archive"
    assert [(one.part, one.looks_like, one.reader) for one in trial.members] == [
        ("outer.zip/a.pdf", "a PDF document", ""),
        ("outer.zip/inner.zip", "a zip archive", ""),
        ("outer.zip/inner.zip/dump.sql", "text", "mysqldump"),
        ("outer.zip/inner.zip/x.7z", "a 7z archive", ""),
        ("outer.zip/pages.csv.gz", "a gzip file that holds text", "delimited"),
    ]
    assert (trial.part, trial.reader, trial.first_table) == ("outer.zip/inner.zip/dump.sql", "mysqldump", "rows")
    assert trial.first_rows == [["1"], ["2"]]
    code, out, err = run("readers", "try", path)
    assert (code, err) == (0, "")
    assert "a 7z archive" in out
    assert "outer.zip/inner.zip/dump.sql: reader mysqldump" in " ".join(out.split())


@pytest.mark.parametrize("pack", [lambda content: content, bz2.compress])
def test_members_too_large_to_be_held_are_unpacked_again(given, monkeypatch: pytest.MonkeyPatch, pack) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in (("first.txt", b"words " * 99), ("in.zip", zipped({"pages.csv": PAGES})), ("last", DUMP)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    path = given("a.tar", pack(out.getvalue()))
    held = try_reader(path)
    monkeypatch.setattr(inventory, "_HELD", 3)
    assert try_reader(path) == held
    assert [one.reader for one in held.members] == ["", "", "delimited", "mysqldump"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 x", "a PDF document"), (b"\x7fELF\x02\x01", "an ELF program"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    ],
)  # fmt: skip
def test_what_no_reader_takes_is_named_by_its_likely_kind(given, run, content: bytes, kind: str) -> None:
    code, out, err = run("readers", "try", given("unknown", content))
    assert (code, out) == (65, "")
    assert kind in err.splitlines()[0]


def test_damage_and_what_is_unread_is_said(given) -> None:
    content = bytearray(zipped({"a": PAGES, "b": PAGES}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    trial = try_reader(given("a.zip", bytes(content) + b"hidden"))
    assert "after the end" in trial.problem
    assert "encrypted" in trial.members[0].problem
    cut = try_reader(given("cut.zip", zipped({"a": PAGES})[:-40]))
    assert "cut off" in cut.problem
    assert cut.first_rows
    with pytest.raises(UnreadableSource, match="directory"):
        try_reader(given("none.zip", b"PK\x03\x04"))


def test_a_profile_that_fits_says_what_it_maps_and_what_is_left_over(given, run) -> None:
    path, profile = given("pages.csv", PAGES), given("plover.toml", PROFILE)
    fit = try_profile(path, profile)
    require_fit(fit, path)
    assert {(one.record_column, tuple(one.columns)) for one in fit.mapped} == {
        ("seller_handle", ("vendor",)), ("title", ("title",)), ("price_currency", ()), ("ships_from", ("from",)),
        ("seen_on", ("day",)),
    }  # fmt: skip
    assert fit.columns_left == {"rows": ["price"]}
    assert (fit.rows_in, fit.rows_out, fit.records) == (5, 4, {"listing_sighting": 4})
    assert fit.refused == {"an advert without a seller": 1}
    code, out, err = run("readers", "try", path, "--profile", profile)
    assert (code, err) == (0, "")
    assert "refused 1: an advert without a seller" in out
    code, out, _ = run("readers", "try", path, "--profile", profile, "--json")
    assert json.loads(out)["does_not_fit"] == []


MISFITS = {
    "a missing column": (PROFILE.replace('"from"]', '"from", "stars"]'), "'stars' of table 'rows' is missing"),
    "a column nobody named": (PROFILE.replace('"price", ', ""), "'price' of table 'rows' stands neither"),
    "a missing table": (PROFILE.replace("table.rows", "table.offers"), "the table 'offers' is missing"),
    "a wrong expression": (
        PROFILE.replace("date_in(day)", "date_of(day)"),
        "listing_sighting.seen_on, from table 'rows'",
    ),
    "an unknown column": (PROFILE.replace("folded(title)", "folded(titel)"), "titel"),
    "a wrong condition": (PROFILE.replace("IS NULL", "IS NIL"), "a condition under refuse"),
    "a value that cannot be": (PROFILE.replace("date_in(day)", "CAST(title AS DATE)"), "Haze"),
    "a wrong type": (PROFILE.replace("date_in(day)", "[day]"), "seen_on is to be"),
    "no row left": (PROFILE.replace("folded(vendor) IS NULL", "true"), "none of the first 5 rows"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_a_profile_that_does_not_fit_is_shown_and_then_an_error(given, run, case: str) -> None:
    text, words = MISFITS[case]
    path, profile = given("pages.csv", PAGES), given("plover.toml", text)
    code, out, err = run("readers", "try", path, "--profile", profile)
    assert code == 65
    assert words in " ".join(out.split())
    assert [line.split()[0] for line in err.splitlines()] == ["error", "where", "next"]
    assert err.startswith("error  The profile plover-trial 1 does not fit")


def test_a_profile_for_another_reader_is_said(given) -> None:
    with pytest.raises(WrongKind, match="'mysqldump' takes this file, and the profile is for 'delimited'"):
        try_profile(given("d.sql", DUMP), given("plover.toml", PROFILE))
    with pytest.raises(WrongKind, match="a PDF document"):
        try_profile(given("d.pdf", b"%PDF-1.7"), given("plover.toml", PROFILE))


def test_tables_that_nobody_maps_are_named(given) -> None:
    text = PROFILE.replace('"delimited"', '"mysqldump"').split("[table.rows]")[0]
    text += '[table.rows]\ncolumns = ["a"]\n[table.rows.record.listing_sighting]\ntitle = "a"\n'
    fit = try_profile(given("d.sql", DUMP), given("p.toml", text))
    assert not fit.does_not_fit
    assert fit.tables_left == {"other": ("b", "c")}
    assert fit.refused == {"table 'other' is not mapped by the profile": 1}


def test_the_words_for_pages_and_numbers_are_known_while_trying(given) -> None:
    words = PROFILE.replace('"price"', '"price", "phone"').replace(
        'title = "folded(title)"', 'title = "phone_in(phone, NULL)"\ndescription = "css_text(title, \'p\')"'
    )
    fit = try_profile(
        given("p.csv", b"day,vendor,title,price,phone,from\n2021-01-02,a,<p>x,1,+12025550143,NL\n"),
        given("p.toml", words),
    )
    assert not fit.does_not_fit
    assert fit.rows_out == 1


def test_columns_are_passed_over_by_pattern_and_no_others(given) -> None:
    profile = given("p.toml", PROFILE.replace("refuse =", 'passed_over = ["Picture #*"]\nrefuse ='))
    header = b"day,vendor,title,price,from,Picture #1,Picture #20"
    row = b"2021-01-02,a,b,1,NL,x,y"
    assert not try_profile(given("p.csv", header + b"\n" + row + b"\n"), profile).does_not_fit
    wrong = try_profile(given("q.csv", header + b",Picture\n" + row + b",z\n"), profile)
    assert [problem for problem in wrong.does_not_fit if "'Picture'" in problem]


def test_a_profile_whose_tables_may_all_be_missing_needs_one_of_them(given) -> None:
    absent = PROFILE.replace("[table.rows]", "[table.others]\nmay_be_absent = true").replace(
        "[table.rows.", "[table.others."
    )
    fit = try_profile(given("p.csv", PAGES), given("p.toml", absent))
    assert "none of its tables is there" in fit.does_not_fit


def test_a_profile_is_tried_on_the_file_of_an_archive_that_it_fits(given) -> None:
    path = given("a.zip", zipped({"1.csv": b"x,y\n1,2\n", "2.csv": PAGES, "3.pdf": b"%PDF-1.7"}))
    fit = try_profile(path, given("plover.toml", PROFILE))
    assert fit.part == "a.zip/2.csv"
    assert fit.rows_out == 4


def test_only_the_first_rows_are_read(given, monkeypatch: pytest.MonkeyPatch) -> None:
    from crossbearing.workflows import try_profile as workflow

    monkeypatch.setattr(workflow, "_MOST_ROWS", 3)
    fit = try_profile(given("pages.csv", PAGES), given("plover.toml", PROFILE))
    assert (fit.rows_in, fit.rows_out) == (3, 3)


@pytest.mark.parametrize("text", ["", "][", "table = 3", 'name = "x"', PROFILE.replace("[table.rows]", "[table]")])
def test_a_file_that_is_no_profile_is_one_clear_error(given, text: str) -> None:
    with pytest.raises(BadConfiguration):
        try_profile(given("pages.csv", PAGES), given("p.toml", text))


def test_a_profile_that_cannot_be_opened_is_said(given, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="profile"):
        try_profile(given("pages.csv", PAGES), tmp_path / "absent.toml")
    with pytest.raises(UnreadableSource, match="profile"):
        try_profile(given("pages.csv", PAGES), given("latin.toml", b"\xff\xfe"))


def test_a_condition_on_the_first_rows_is_tried_too(given) -> None:
    def problems(condition: str) -> list[str]:
        text = PROFILE.replace("refuse =", f'fits_when = "{condition}"\nrefuse =')
        return list(try_profile(given("p.csv", PAGES), given("p.toml", text)).does_not_fit)

    assert problems("vendor IS NOT NULL") == []
    assert problems("vendor = 'nobody'") == [
        "the condition fits_when of table 'rows' holds for none of its first 1,000 rows"
    ]
    (wrong,) = problems("no_such_column = 'x'")
    assert wrong.startswith("the condition fits_when of table 'rows': ")
