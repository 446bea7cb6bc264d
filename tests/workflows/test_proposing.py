"""Proposing a profile for markets under other names: it fits, is mostly right, and leaves open what it cannot know."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from crossbearing.domain.errors import Contradiction, NothingWritten, UnreadableSource, WrongKind
from crossbearing.intake.profile import all_profiles, parse_profile
from crossbearing.intake.reader import RawBatch
from crossbearing.intake.readers import all_readers
from crossbearing.interfaces.cli import main
from crossbearing.workflows.propose_profile import propose_profile
from crossbearing.workflows.try_profile import require_fit, try_profile
from renamed_schemas import (
    LISTING,
    OTHER_SERVER,
    SERVER,
    Score,
    compared,
    nameless,
    names_in,
    read_tables,
    write_renamed,
)

MARKETS = {
    "kestrel.sql": ("laravel-market", "mysqldump", SERVER),
    "osprey.sql": ("member-market", "pg_dump", OTHER_SERVER),
    "plover-listings.csv": ("capture-listings", "delimited", LISTING),
}
SHOWN = 60  # rows of a table in the property: enough to tell what a column holds


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def call(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def markets(simulated: Path) -> dict[str, dict[str, list[RawBatch]]]:
    """All rows of the simulated markets, by file and table."""
    readers = {reader.name: reader for reader in all_readers()}
    return {file: read_tables(simulated / "evidence" / file, readers[name]) for file, (_, name, _) in MARKETS.items()}


def layout_of(tables: Mapping[str, list[RawBatch]]) -> dict[str, tuple[str, ...]]:
    return {name: batches[0].columns for name, batches in tables.items()}


@pytest.fixture
def renamed(markets, tmp_path: Path) -> Path:
    """The second market under names of another family."""
    path = tmp_path / "market.sql"
    write_renamed(markets["osprey.sql"], names_in(OTHER_SERVER["plain English"]), path)
    return path


@pytest.mark.parametrize("most", [1, pytest.param(9, marks=pytest.mark.long)])
def test_under_other_names_most_is_found_and_hardly_anything_is_wrong(markets, tmp_path: Path, most: int) -> None:
    """Measured in full by benchmarks/proposals.py; here the floor, for one set of names a market or for all."""
    named, alone = Score(), Score()
    for file, (profile_name, _, every) in MARKETS.items():
        sets = dict(list(every.items())[:most])
        profile = next(one for one in all_profiles() if one.name == profile_name)
        layout = layout_of(markets[file])
        for title, names in [*((t, names_in(text)) for t, text in sets.items()), ("", nameless(layout))]:
            path = tmp_path / ("listings.sql" if title and len(layout) == 1 else "x.sql")
            write_renamed(markets[file], names, path)
            (named if title else alone).add(compared(path, profile, layout, names))
    assert named.found >= 0.9 * named.wanted, named.missed
    assert len(named.other) <= 0.02 * named.wanted, named.other
    assert alone.found + alone.in_comments >= 0.6 * alone.wanted, alone.missed
    assert not alone.other


WORDS = sorted({
    word for sets in (SERVER, OTHER_SERVER) for text in sets.values() for word in text.replace(":", " ").split()
})  # fmt: skip


@st.composite
def choices(draw: st.DrawFn) -> tuple[str, dict[str, tuple[str, list[str], list[int]]]]:
    """A market, some of its tables, some of their columns in another order, and names drawn from all."""
    file = draw(st.sampled_from(["kestrel.sql", "osprey.sql"]))
    shapes = {"kestrel.sql": SERVER, "osprey.sql": OTHER_SERVER}[file]
    old = {name: len(columns) for name, (_, columns) in names_in(next(iter(shapes.values()))).items()}
    tables = draw(st.lists(st.sampled_from(sorted(old)), min_size=1, max_size=4, unique=True))
    new = draw(st.lists(st.sampled_from(WORDS), min_size=len(tables), max_size=len(tables), unique_by=str.lower))
    found = {}
    for table, name in zip(tables, new, strict=True):
        places = draw(st.permutations(range(old[table])))
        places = places[: draw(st.integers(1, old[table]))]
        words = draw(st.lists(st.sampled_from(WORDS), min_size=len(places), max_size=len(places), unique_by=str.lower))
        found[table] = (name, words, places)
    return file, found


@settings(max_examples=25, deadline=None)
@hypothesis_given(choice=choices())
def test_whatever_the_schema_the_proposal_passes_its_trial(choice, markets, tmp_path_factory) -> None:
    file, chosen = choice
    folder = tmp_path_factory.mktemp("schema")
    tables = {}
    for table, (_, _, places) in chosen.items():
        batch = markets[file][table][0]
        rows = [[row[place] for place in places] for row in batch.rows()[:SHOWN]]
        columns = [batch.columns[place] for place in places]
        tables[table] = [RawBatch.of_rows(table, columns, rows, [(at + 1, 0, 1) for at in range(len(rows))])]
    path, out = folder / "x.sql", folder / "p.toml"
    write_renamed(tables, {table: (name, words) for table, (name, words, _) in chosen.items()}, path)
    try:
        proposal = propose_profile(path, out=out, anyway=True).proposal
    except WrongKind:
        assert not out.exists()
        return
    assert proposal is not None
    if proposal.is_usable:
        require_fit(try_profile(path, out), path)


def test_the_command_writes_a_profile_that_can_be_tried(renamed: Path, tmp_path: Path, run) -> None:
    out = tmp_path / "market.toml"
    code, printed, err = run("readers", "propose", renamed, "--out", out)
    assert (code, err) == (0, "")
    assert "people account" in " ".join(printed.split())
    assert printed.splitlines()[-1].startswith("next  read and correct it, then: crossbearing readers try")
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# PROPOSAL made by software on 20")
    assert "for market.sql, from at most 500 rows of each table" in text.replace("\n# ", " ")
    assert parse_profile(text, where="proposal").has_market
    code, printed, _ = run("readers", "try", renamed, "--profile", out)
    assert code == 0
    assert "account_sighting:" in printed


def test_without_a_place_the_proposal_is_printed(renamed: Path, run) -> None:
    code, printed, err = run("readers", "propose", renamed)
    assert (code, err) == (0, "")
    parse_profile(printed, where="printed")
    code, printed, _ = run("readers", "propose", renamed, "--json")
    found = json.loads(printed)
    assert found["out"] is None
    assert {"text", "kinds", "columns", "left_out", "is_usable"} <= set(found["proposal"])
    assert found["proposal"]["kinds"]["people"]["kind"] == "account"


def test_what_stands_there_is_never_overwritten(renamed: Path, tmp_path: Path, run) -> None:
    out = tmp_path / "mine.toml"
    out.write_text("mine")
    code, printed, err = run("readers", "propose", renamed, "--out", out)
    assert (code, printed) == (65, "")
    assert "There is something at this place already" in err
    assert out.read_text() == "mine"
    with pytest.raises(Contradiction):
        propose_profile(renamed, out=out)
    with pytest.raises(NothingWritten):
        propose_profile(renamed, out=tmp_path / "absent" / "p.toml")


def test_where_a_profile_fits_nothing_is_proposed_unless_asked(simulated: Path, run) -> None:
    path = simulated / "evidence" / "osprey.sql"
    code, printed, err = run("readers", "propose", path)
    assert (code, err) == (0, "")
    assert printed == "the profile member-market fits already; --anyway proposes all the same\n"
    assert json.loads(run("readers", "propose", path, "--json")[1]) == {
        "fits": "member-market", "proposal": None, "out": None,
    }  # fmt: skip
    assert run("readers", "propose", path, "--anyway")[1].startswith("# PROPOSAL")


def test_of_an_archive_the_first_file_that_no_profile_fits_is_taken(
    renamed: Path, simulated: Path, tmp_path: Path
) -> None:
    import tarfile

    archive = tmp_path / "seized.tar.gz"
    with tarfile.open(archive, "w:gz") as out:
        for path in (simulated / "evidence" / "osprey.sql", renamed):
            out.add(path, path.name)
    proposal = propose_profile(archive).proposal
    assert proposal is not None
    assert proposal.part == "seized.tar.gz/market.sql"
    assert 'name = "market-proposed"' in proposal.text


@pytest.mark.parametrize(
    ("content", "kind"), [(b"", UnreadableSource), (b"%PDF-1.7", WrongKind), (b"a,b\nx y,z w\nu v,s t\n", WrongKind)]
)
def test_a_file_that_gives_no_proposal_is_one_clear_error(content: bytes, kind: type, tmp_path: Path, run) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(kind):
        propose_profile(path)
    code, printed, err = run("readers", "propose", path)
    assert (code, printed) == (65, "")
    assert [line.split()[0] for line in err.splitlines()] == ["error", "where", "next"]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource):
        propose_profile(tmp_path / "absent")
