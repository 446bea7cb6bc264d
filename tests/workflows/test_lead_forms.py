"""Forms and the page for the scene: their fields are those that are read, and what is filled in arrives unchanged."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from conftest import REF, made_operation
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction
from crossbearing.domain.tables import PROTECTED_TABLES
from crossbearing.intake.profile import all_profiles
from crossbearing.interfaces.cli import main
from crossbearing.leads.forms import FORMS
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.write_lead_form import form_fields, write_form, write_scene_page

ME = Context(person="desk", purpose="test", clock=lambda: datetime(2026, 11, 26, tzinfo=UTC))
# What is written into a field by its name; every other field gets words of its own.
SAID = {
    "is_fatal": "no", "is_presumptive": "yes", "amount": "3.25", "grams": "12.5", "owner_phone": "+12025550143",
    "logins": '["a"]', "private_keys": '["b"]', "addresses_seen": '["c"]',
    "phone": "+12025550144", "country": "US",
}  # fmt: skip


def filled(kind: str) -> dict[str, str]:
    """Every field of a form with a value of its own."""
    return {
        field.name: SAID.get(field.name)
        or ("2026-03-04" if field.how.startswith("2026-12-31") else f"{field.name} of {kind}")
        for field in form_fields(kind)
    }


def as_csv(path: Path, row: Mapping[str, str]) -> None:
    with path.open(newline="", encoding="utf-8") as lines:
        (names,) = csv.reader(lines)
    with path.open("a", newline="", encoding="utf-8") as out:
        csv.DictWriter(out, names).writerow(row)


def as_json(path: Path, row: Mapping[str, str]) -> None:
    (empty,) = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([{name: row[name] for name in empty}]), encoding="utf-8")


def as_xlsx(path: Path, row: Mapping[str, str]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.append([row[cell.value] for cell in sheet[1]])
    book.save(path)


FILL: Mapping[str, Callable[[Path, Mapping[str, str]], None]] = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}


def records(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row that was read, by table, without its place."""
    place = {"exhibit_id", "part", "source_table", "source_row", "byte_offset", "byte_length", "reader"}
    with open_operation(folder, ME) as operation, reading(operation, protected=sorted(PROTECTED_TABLES)) as engine:
        tables = {"toxicology", "laboratory_result", "parcel", "purchase", "refusal", *PROTECTED_TABLES}
        rows = {table: engine.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in tables}
    return {
        table: [{name: str(value) for name, value in row.items() if name not in place} for row in found]
        for table, found in rows.items()
        if found
    }


@pytest.mark.parametrize("kind", FORMS)
def test_a_filled_form_of_every_kind_arrives_whole_by_every_way(kind: str, tmp_path: Path) -> None:
    row, arrived = filled(kind), []
    for ending, fill in FILL.items():
        path = tmp_path / f"form.{ending}"
        write_form(path, kind, ME)
        fill(path, row)
        folder = made_operation(tmp_path / ending)
        assert main(["lead", "add", str(folder), str(path), "--authority", REF]) == 0
        arrived.append(records(folder))
    folder = made_operation(tmp_path / "typed")
    typed = [f"--field={name}={value}" for name, value in row.items() if name != "case_number"]
    words = ["--authority", REF, "--kind", kind, "--case", row["case_number"], *typed]
    assert main(["lead", "add", str(folder), *words]) == 0
    arrived.append(records(folder))
    assert arrived == [arrived[0]] * 4
    assert "refusal" not in arrived[0]
    said = {value for rows in arrived[0].values() for one in rows for value in one.values()}
    for name, value in row.items():
        is_there = any(value in one for one in said) or value in {"yes", "no"} or name in {"amount", "grams"}
        assert is_there, f"{name} was lost"
    grounds = {"case_number", "agency", "legal_basis", "asked"}
    table = "overdose_case" if kind == "overdose" else "referral"
    (asks,) = arrived[0][table]
    assert {asks[name] for name in grounds} == {row[name] for name in grounds}
    assert asks["reply_by"] == "2026-03-04"


@pytest.mark.parametrize("kind", FORMS)
def test_the_fields_of_a_form_are_those_its_profile_reads_and_each_has_a_meaning(kind: str) -> None:
    (profile,) = (one for one in all_profiles() if one.name == FORMS[kind])
    (table,) = profile.tables
    fields = form_fields(kind)
    assert {field.name for field in fields} == {*table.required, *table.optional}
    assert len(fields) == len({field.name for field in fields})
    assert not [field.name for field in fields if not field.says]
    assert {"case_number", "agency", "legal_basis"} <= {field.name for field in fields if field.is_needed}
    assert [field.says for field in fields].count("the agency's own reference of the thing") <= 1


def test_each_field_of_the_form_for_identifiers_says_something_of_its_own_and_what_is_needed() -> None:
    fields = form_fields("identifier")
    assert len({field.says for field in fields}) == len(fields)
    assert {field.name for field in fields if not field.is_needed} == {"market", "country"}
    (exchange,) = (field for field in form_fields("exchange") if field.name == "exchange")
    assert "laboratory" not in exchange.says, "a word in a constant of the profile is no field"


def test_a_form_names_the_words_of_which_a_cell_may_hold_one_and_what_may_be_empty_where() -> None:
    fields = {field.name: field for field in form_fields("outcome")}
    assert (fields["statement"].how, fields["statement"].is_needed) == ("event, total, withdrawal", True)
    assert (fields["bound"].says, fields["bound"].how, fields["bound"].is_needed) == (
        "exact, more than, about",
        "",
        False,
    )
    assert (fields["amount"].how, fields["amount"].is_needed) == ("may be empty in a withdrawal", True)
    assert fields["sealed"].how == "yes or no"
    assert all(field.says for field in fields.values())


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("missing", ["case_number", "agency", "legal_basis"])
def test_without_its_ground_nothing_of_any_kind_is_taken_in(
    kind: str, missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_operation(tmp_path / "operation")
    path = tmp_path / "form.json"
    write_form(path, kind, ME)
    as_json(path, {**filled(kind), missing: ""})
    assert main(["lead", "add", str(folder), str(path), "--authority", REF]) != 0
    assert "nothing of the file was taken in" in capsys.readouterr().err
    assert records(folder) == {}


def test_a_form_of_another_kind_or_file_is_answered_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no form for 'cattle'"):
        write_form(tmp_path / "x.csv", "cattle", ME)
    with pytest.raises(BadRequest, match=r"no file of kind '\.pdf'"):
        write_form(tmp_path / "x.pdf", "parcel", ME)
    write_form(tmp_path / "x.csv", "parcel", ME)
    with pytest.raises(Contradiction, match="something at this place"):
        write_form(tmp_path / "x.csv", "parcel", ME)
    with pytest.raises(BadRequest, match="HTML"):
        write_scene_page(tmp_path / "x.txt")


def test_a_field_that_a_form_does_not_have_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_operation(tmp_path / "operation")
    words = ["--kind", "parcel", "--case", "X-1", "--field", "handle_found=x", "--authority", REF]
    assert main(["lead", "add", str(folder), *words]) == 64
    assert "no field 'handle_found'" in capsys.readouterr().err


def test_the_page_for_the_scene_ends_in_the_very_fields_that_are_read(tmp_path: Path) -> None:
    write_scene_page(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert re.findall(r"<b>(\w+)</b>", text) == [field.name for field in form_fields("overdose")]
    needed = re.findall(r'class="field needed[^"]*"><b>(\w+)', text)
    assert needed == ["case_number", "agency", "legal_basis"]
    shown = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert "://" not in shown
    assert "log in anywhere" in shown
    assert "the third is a physician" in shown
