"""What holds for every format: nothing but its mapping goes in, everything of it goes in, and the loss is named."""

import importlib.util
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossbearing.export.format import INTELLIGENCE_ONLY, WORKING_COPY, losses
from crossbearing.export.formats import FORMATS
from crossbearing.export.leaving import TABLES
from export_by_hand import QUIET, SECOND, SHOWN, content, hostile, tables, written

ALL = sorted(FORMATS)
# CSV and Parquet carry every column under its own name; test_tables_come_back.py reads every value back.
CARRIED = [(form, table) for form in ALL if form not in {"csv", "parquet"} for table in FORMATS[form].carries]
# What may be one of a few words only.
_CHANGED = {"is_exhibit": False, "handling": "H2", "tlp": "CLEAR"}


@pytest.mark.parametrize("form", ALL)
def test_every_column_that_may_leave_is_carried_or_named_as_lost(form: str) -> None:
    one = FORMATS[form]
    lost = {(loss.table, loss.column) for loss in losses(one) if loss.is_whole}
    carried = {(table, column) for table, columns in one.carries.items() for column in columns}
    assert lost | carried == {(table.name, column) for table in TABLES.values() for column in table.columns}
    assert not lost & carried
    in_part = {f"{loss.table}.{loss.column}": loss.why for loss in losses(one) if not loss.is_whole}
    assert in_part == dict(one.narrowed)


@pytest.mark.parametrize("form", ALL)
def test_what_is_said_of_a_column_is_said_of_one_that_there_is(form: str) -> None:
    one = FORMATS[form]
    names = {f"{table.name}.{column}" for table in TABLES.values() for column in table.columns}
    assert set(one.narrowed) <= {f"{table}.{column}" for table, columns in one.carries.items() for column in columns}
    assert {name for name in one.because if "." in name} <= names
    assert {name for name in one.because if "." not in name} <= set(TABLES)


def changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, list):
        return value[:-1] if len(value) > 1 else [f"{value[0]}9"]
    return f"{value}7"


@pytest.mark.parametrize(("form", "table"), CARRIED)
def test_a_carried_column_is_in_the_files(form: str, table: str, tmp_path: Path) -> None:
    """Its value changes, and so do they: the mapping does not say more than is done."""
    before = content(written(form, tmp_path / "before"))
    for column in FORMATS[form].carries[table]:
        after = tables()
        _change(after, table, column)
        assert content(written(form, tmp_path / column, after)) != before, f"{table}.{column}"


def _change(given: dict[str, list[dict[str, Any]]], table: str, column: str) -> None:
    row = given[table][0]
    if column in {"account_id", "left_id", "right_id"} and table != "account":
        row[column] = "A-2" if row[column] != "A-2" else "A-3"
    elif column in {"account_id", "exhibit_ids", "exhibit_id"}:
        _rename(given, table, column)
    elif column == "identity_kind":
        given[table][2].update(identity_kind="wallet")
    elif column == "kind":
        row[column] = "acquired"
    elif column == "places":
        row[column] = [row[column][0].replace("|40", "|41"), *row[column][1:]]
    else:
        row[column] = _CHANGED.get(column, changed(row[column]))


def _rename(given: dict[str, list[dict[str, Any]]], table: str, column: str) -> None:
    if column == "exhibit_ids":
        given[table][0][column] = [SECOND]
        given[table][0]["places"] = []
    elif column == "exhibit_id" and table == "exhibit":
        text = json.dumps(given, default=_as_is).replace(SHOWN, "E-dddddddddddd")
        given.update(json.loads(text, object_hook=_back))
    elif column == "exhibit_id":
        given[table][0][column] = SECOND
    else:
        text = json.dumps(given, default=_as_is).replace('"A-1"', '"A-9"')
        given.update(json.loads(text, object_hook=_back))


def _as_is(value: Any) -> dict[str, str]:
    return {"kind": type(value).__name__, "text": value.isoformat() if isinstance(value, date) else str(value)}


def _back(value: dict[str, Any]) -> Any:
    if value.keys() != {"kind", "text"}:
        return value
    made = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "Decimal": Decimal}
    return made[value["kind"]](value["text"])


@pytest.mark.parametrize("form", ALL)
def test_the_same_tables_are_the_same_bytes(form: str, tmp_path: Path) -> None:
    one, other = written(form, tmp_path / "one"), written(form, tmp_path / "other")
    assert content(one) == content(other)
    for name in ("EXPORT.json", "EXPORT.md"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


@pytest.mark.parametrize("form", ALL)
def test_it_says_that_it_is_simulated_a_working_copy_and_how_it_is_handled(form: str, tmp_path: Path) -> None:
    text = b"".join(content(written(form, tmp_path / form)).values()).decode("utf-8", "replace")
    for words in ("SIMULATED EVIDENCE", WORKING_COPY, "Handling H1", "AMBER", "NL Police Desk"):
        assert words in text or words.lower() in text, words


@pytest.mark.parametrize("form", ALL)
def test_what_is_for_intelligence_only_is_never_an_exhibit(form: str, tmp_path: Path) -> None:
    """It is named as a source where something rests on it; where only exhibits are, it is not at all."""
    text = b"".join(content(written(form, tmp_path / form)).values()).decode("utf-8", "replace")
    assert f"exhibit {QUIET}" not in text
    if form == "case":
        assert QUIET not in text
    elif form not in {"csv", "parquet"}:  # these have a column that says so
        assert QUIET in text
        assert INTELLIGENCE_ONLY in text


@pytest.mark.parametrize("form", ALL)
def test_an_export_of_nothing_is_an_empty_one(form: str, tmp_path: Path) -> None:
    assert content(written(form, tmp_path / form, {name: [] for name in TABLES}))


@pytest.mark.parametrize("form", ALL)
def test_hostile_texts_break_no_format(form: str, tmp_path: Path) -> None:
    assert content(written(form, tmp_path / form, hostile()))


def test_the_reference_page_is_what_the_mappings_say() -> None:
    root = Path(__file__).parents[3]
    spec = importlib.util.spec_from_file_location("export_tables", root / "tools" / "export_tables.py")
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    text = (root / "docs" / "reference" / "exports.md").read_text(encoding="utf-8")
    assert tool.page(text) == text, "run `make cli-reference`"
    assert all(f"## `{form}`" in text for form in ALL)


@pytest.mark.parametrize("form", ALL)
def test_the_report_names_every_file_and_every_loss(form: str, tmp_path: Path) -> None:
    home = written(form, tmp_path / form)
    said = json.loads((home / "EXPORT.json").read_text(encoding="utf-8"))
    assert {file["name"] for file in said["files"]} == {*content(home), "EXPORT.md"}
    assert len(said["lost"]) == len(losses(FORMATS[form]))
    text = (home / "EXPORT.md").read_text(encoding="utf-8")
    assert all(loss.column in text and loss.why in text for loss in losses(FORMATS[form]))
