"""Damage is what was asked for, where it says it is, and the same each time."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.simulation.chance import stream
from crossbearing.simulation.formats.dirt import (
    cut,
    duplicate_lines,
    duplicated,
    misread,
    misread_cells,
    truncate_lines,
)

LINES = [b"id,text\n", *[b"%d,some text of row %d\n" % (n, n) for n in range(2000)]]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(b"".join(LINES))
    return path


def test_misread_text_is_what_programs_show() -> None:
    assert misread("é ß ™") == "Ã© ÃŸ â„¢"
    assert misread("plain") == "plain"
    assert misread("Ý") == "Ã\x9d"  # a byte without a character in Windows 1252


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_misread_text_can_be_repaired(text: str) -> None:
    back = b"".join(c.encode("latin-1") if "\x80" <= c <= "\x9f" else c.encode("cp1252") for c in misread(text))
    assert back.decode() == text


def test_misread_cells_are_those_named() -> None:
    cells = ["é", "plain", None, 5, "ñ"] * 400
    damaged, places = misread_cells(cells, stream(1, "dirt"), 0.25)
    assert [n for n in range(2000) if damaged[n] != cells[n]] == places
    assert 120 < len(places) < 280
    assert all(damaged[n] == misread(cells[n]) for n in places)
    assert misread_cells(cells, stream(1, "dirt"), 0.25) == (damaged, places)


def test_duplicated_rows_follow_their_first_copies() -> None:
    batch = [list(range(1000)), [str(n) for n in range(1000)]]
    doubled, places = duplicated(batch, stream(1, "dirt"), 0.1)
    assert 60 < len(places) < 140
    assert all(column[n] == column[n - 1] for column in doubled for n in places)
    assert [n for place, n in enumerate(doubled[0]) if place not in places] == batch[0]


def test_duplicate_lines_are_those_named(export: Path) -> None:
    places = duplicate_lines(export, stream(1, "dirt"), 0.05)
    found = export.read_bytes().splitlines(keepends=True)
    assert 60 < len(places) < 140
    assert all(found[n - 1] == found[n - 2] for n in places)
    assert [line for n, line in enumerate(found, start=1) if n not in places] == LINES


def test_truncated_lines_are_those_named_and_keep_their_ends(export: Path) -> None:
    places = truncate_lines(export, stream(1, "dirt"), 0.05, begins=b"1")
    found = export.read_bytes().splitlines(keepends=True)
    assert len(found) == len(LINES)
    assert [n for n, (a, b) in enumerate(zip(found, LINES, strict=True), start=1) if a != b] == places
    assert places
    assert all(LINES[n - 1].startswith(found[n - 1].rstrip()) and LINES[n - 1].startswith(b"1") for n in places)
    assert [path.name for path in export.parent.iterdir()] == ["export.csv"]


def test_a_share_of_nothing_changes_nothing(export: Path) -> None:
    assert duplicate_lines(export, stream(1, "dirt"), 0.0) == []
    assert truncate_lines(export, stream(1, "dirt"), 0.0) == []
    assert export.read_bytes() == b"".join(LINES)


def test_a_cut_file_is_a_beginning_of_the_whole(export: Path) -> None:
    whole = export.read_bytes()
    kept = cut(export, stream(1, "dirt"), between=(0.4, 0.6))
    assert export.read_bytes() == whole[:kept]
    assert 0.39 < kept / len(whole) < 0.61
