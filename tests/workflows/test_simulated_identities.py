"""Further evidence of persons in simulations: off it leaves no trace, on it changes nothing else and says the truth."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

from crossbearing.domain.progress import Silent
from crossbearing.workflows.simulate_operation import simulate_operation

SCENARIO = "[population]\nno_trace = 0.2\ncontact = 0.7\nhanded_over = 0.3\n"
ON = f"{SCENARIO}[identities]\nanswered = 1.0\nmules = 0.3\ncouriers = 0.3\n"
REFERENCE = {
    "further-returns.csv": "return_ref", "provider-records.csv": "record_ref", "person-statements.csv": "statement_ref",
    "further-parcels.csv": "parcel_ref",
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One world without further evidence, and the same with it."""
    home = tmp_path_factory.mktemp("worlds")
    made = []
    for name, text in (("off", SCENARIO), ("on", ON)):
        scenario = home / name / "same.toml"
        scenario.parent.mkdir()
        scenario.write_text(text, encoding="utf-8")
        simulate_operation(home / name / "world", Silent(), size="tiny", seed=71, scenario=scenario)
        made.append(home / name / "world")
    return made[0], made[1]


def test_off_it_leaves_no_file_and_no_word(worlds: tuple[Path, Path]) -> None:
    off, _ = worlds
    assert not [name for name in hashes(off) if "further" in name or "identities" in name or "provider" in name]
    assert "identities" not in json.loads((off / "truth" / "scenario.json").read_text(encoding="utf-8"))
    assert "provider-records" not in (off / "manifest.json").read_text(encoding="utf-8")


def test_on_it_changes_no_file_that_was_there_before_but_the_lists_of_files_and_dials(
    worlds: tuple[Path, Path],
) -> None:
    off, on = (hashes(world) for world in worlds)
    assert {name for name in off if off[name] != on[name]} == {"manifest.json", "truth/scenario.json"}
    handed = {one["path"] for one in json.loads((worlds[1] / "manifest.json").read_text(encoding="utf-8"))["exhibits"]}
    further = {name for name in set(on) - set(off) if name.startswith("evidence/")}
    assert len(further) == 6
    assert further <= handed


def test_the_truth_says_whom_each_row_names_and_why_it_misleads(worlds: tuple[Path, Path]) -> None:
    on = worlds[1]
    own = {row["operator"]: row["name"] for row in rows(on / "truth" / "persons.csv")}
    named = {}
    for name, column in REFERENCE.items():
        for row in rows(on / "evidence" / name):
            said = f"{row.get('given_name', '')} {row.get('family_name', '')}".strip()
            named[row[column]] = said or row.get("return_name", "")
    for line in (on / "evidence" / "further-devices.jsonl").read_text(encoding="utf-8").splitlines():
        owner = json.loads(line)["owner_as_stated"]
        named[json.loads(line)["extract"]] = f"{owner['given']} {owner['family']}"
    told = rows(on / "truth" / "identities.csv")
    assert {row["kind"] for row in told} >= {"device", "exchange return", "mail", "postage", "label", "surveillance"}
    for row in told:
        if row["names"]:
            assert named[row["reference"]] == row["names"]
        assert (row["names"] == own[row["operator"]]) == (not row["misleads"]), row
    assert {row["misleads"] for row in told} >= {"", "mule", "courier", "borrowed address"}


def test_a_sale_of_an_account_that_is_told_names_its_day_and_nobody(worlds: tuple[Path, Path]) -> None:
    taken = {
        (row["market"], row["handle"]): row["taken_over_at"][:10] for row in rows(worlds[1] / "truth/accounts.csv")
    }
    told = [row for row in rows(worlds[1] / "evidence" / "person-statements.csv") if row["kind"] == "handover"]
    assert told
    for row in told:
        assert row["since"] == taken[row["market"], row["handle"]] != ""
        assert not row["family_name"]
