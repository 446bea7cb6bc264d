"""Cells and characters that could do harm: made harmless, and given back as they were."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from crossbearing.export.delimited import cell_of, guarded, unguarded
from crossbearing.export.escaping import FTM, MISP, XML, escaped, unescaped
from crossbearing.export.format import text_of
from crossbearing.export.leaving import TABLES
from export_by_hand import HOSTILE, hostile, tables, written


@given(st.text())
@example("'")
@example("'=1")
def test_a_guarded_text_comes_back_and_is_no_formula(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert not cell or ord(cell[0]) >= 32


@pytest.mark.parametrize(
    "text", [text for text in HOSTILE if text.strip()[:1] in {"=", "+", "-", "@"} or text[:1] < " "]
)
def test_hostile_beginnings_are_guarded(text: str) -> None:
    assert cell_of(text).startswith('"') and (not text or cell_of(text)[1] == "'")  # noqa: PT018


@pytest.mark.parametrize("unfit", [XML, FTM, MISP], ids=["xml", "ftm", "misp"])
@given(text=st.text() | st.text("\\u0aF\x00\t "))
def test_an_escaped_text_fits_and_comes_back(unfit: Any, text: str) -> None:
    written_ = escaped(text, unfit)
    assert unescaped(written_) == text
    assert all(found[0] == "\\" for found in unfit.finditer(written_))


def test_every_value_of_a_parquet_file_comes_back_with_its_type(tmp_path: Path) -> None:
    rows = hostile()
    home = written("parquet", tmp_path / "out", rows)
    for name, table in TABLES.items():
        read = parquet.read_table(home / f"{name}.parquet")
        found = [{key: _plain(value) for key, value in row.items()} for row in read.to_pylist()]
        assert found == [{key: _plain(row.get(key)) for key in table.columns} for row in rows[name]], name
        said = json.loads(read.schema.metadata[b"crossbearing"])
        assert said["exhibits"]["E-aaaaaaaaaaaa"] == "a" * 64
        assert said["exhibits"]["E-cccccccccccc"] is None


def _plain(value: Any) -> str | None:
    return None if value is None else text_of(value)


def test_every_value_of_a_csv_file_comes_back_to_another_reader(tmp_path: Path) -> None:
    """DuckDB reads it; unknown is unknown, and an empty text is an empty text."""
    rows = hostile()
    home = written("csv", tmp_path / "out", rows)
    for name, table in TABLES.items():
        read = duckdb.sql(
            f"SELECT * FROM read_csv('{home}/{name}.csv', header=true, quote='\"', escape='\"', "
            "delim=',', auto_detect=false, strict_mode=true, allow_quoted_nulls=false, "
            f"columns={dict.fromkeys(table.columns, 'VARCHAR')})"
        ).fetchall()
        wanted = [tuple(_cell(row.get(column)) for column in table.columns) for row in rows[name]]
        assert [tuple(None if c is None else unguarded(c) for c in row) for row in read] == wanted, name


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else text_of(value)


def test_no_float_is_in_any_table(tmp_path: Path) -> None:
    home = written("parquet", tmp_path / "out", tables())
    kinds = {str(field.type) for path in home.glob("*.parquet") for field in parquet.read_schema(path)}
    assert "decimal128(38, 12)" in kinds
    assert "timestamp[us, tz=UTC]" in kinds
    assert not [kind for kind in kinds if "float" in kind or "double" in kind]
