"""The simulated operation as a whole: repeatable, complete, honest about itself, and its truth out of reach."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from conftest import SEED, fixed_context, made_operation
from crossbearing.domain.errors import BadRequest, NothingWritten, UnreadableSource
from crossbearing.domain.openpgp import read_keys
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.store.operation import POSTGRES_VARIABLE, open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence, read_manifest
from crossbearing.workflows.list_outcomes import PROFILES
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.show_evidence import list_evidence, show_evidence, verify_evidence
from crossbearing.workflows.simulate_operation import simulate_operation


class Watch:
    """What this process opens or lists below a place; nothing while no place is named."""

    def __init__(self) -> None:
        self.place = ""
        self.opened: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.place and event in {"open", "os.scandir", "os.listdir"} and self.place in str(arguments[0]):
            self.opened.append(str(arguments[0]))


@pytest.fixture(scope="session")
def watch() -> Watch:
    """It stays until the process ends."""
    made = Watch()
    sys.addaudithook(made)
    return made


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.long
def test_one_seed_gives_the_same_bytes_with_one_core_and_another_hash_seed_and_two_seeds_do_not(
    simulated: Path, tmp_path: Path
) -> None:
    own = Path(sys.executable).parent / "crossbearing"
    one_core = {**os.environ, "PYTHONHASHSEED": "99", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        ["taskset", "-c", "0", own, "simulate", tmp_path / "again", "--size", "tiny", "--seed", str(SEED)],
        env=one_core, check=False, capture_output=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    first = hashes(simulated)
    assert hashes(tmp_path / "again") == first
    simulate_operation(tmp_path / "other", Silent(), size="tiny", seed=SEED + 1)
    other = hashes(tmp_path / "other")
    alike = {name for name in set(first) & set(other) if first[name] == other[name]}
    small = {"silent", "misprints", "covert", "coinjoins", "services"}  # may be empty, or are the same in every world
    assert alike <= {*(f"truth/{name}.csv" for name in small), "evidence/covert-register.csv"}


@pytest.mark.long
def test_postgres_carries_the_story_too_and_no_command_but_the_evaluation_opens_anything_of_the_truth(
    simulated: Path, tmp_path: Path, postgres_uri: str, watch: Watch, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv(POSTGRES_VARIABLE, postgres_uri)
    monkeypatch.setenv("CROSSBEARING_PERSON", "A. Analyst")
    folder, manifest, truth = tmp_path / "operation", simulated / "manifest.json", simulated / "truth"
    monkeypatch.setattr(watch, "place", str(truth))
    for words in (
        ("new", folder, "--name", "N", "--coordinator", "C", "--postgres"),
        ("evidence", "add", folder, "--manifest", manifest, "--keep-unread"),
        ("outcome", "import", folder, "--manifest", manifest),
        ("run", folder),
        ("operator", "list", folder),
        ("package", "build", folder),
        ("results", "show", folder),
        ("log", "verify", folder),
        ("status", folder),
        ("evidence", "verify", folder),
    ):
        code, said = main([str(word) for word in words]), capsys.readouterr().err
        # Progress shows on anything over two seconds, which on a busy machine is anything.
        assert (code, [line for line in said.splitlines() if not line.endswith(" …")]) == (0, []), words
    assert not (folder / "decisions.sqlite").exists()
    assert not watch.opened
    assert main(["evaluate", str(folder), "--truth", str(truth)]) == 0
    assert watch.opened, "the watch sees what is opened"


def test_the_manifest_names_every_file_of_the_evidence_with_authority_owner_and_label(simulated: Path) -> None:
    content = json.loads((simulated / "manifest.json").read_text())
    refs = {authority["ref"] for authority in content["authorities"]}
    entries = [*content["exhibits"], *content["outcomes"], *content["damaged"]]
    named = {entry["path"] for entry in entries} | {one["path"] for one in content["identifiers"]} | {content["covert"]}
    lying = {f"evidence/{path.name}" for path in (simulated / "evidence").iterdir()}
    assert named == lying
    assert {entry["authority"] for entry in entries} <= refs
    for entry in [*content["exhibits"], *content["outcomes"]]:
        assert entry["label"]["owners"]
        assert entry["label"]["review_on"] > "2026-01-01"
        assert entry["label"]["gradings"]
    assert len(content["canaries"]) == 3
    assert content["simulated"] is True
    assert read_manifest(simulated / "manifest.json")


def test_what_no_reader_takes_is_kept_whole_and_named_as_unread(story: Path, simulated: Path) -> None:
    unread = [one for one in list_evidence(story, fixed_context()) if one.source == "kept unread"]
    assert [one.name for one in unread] == ["chain"]
    for one in unread:
        assert sum(part.rows_in for part in one.parts) == 0
        assert all(row["reason"] for row in show_evidence(story, fixed_context(), one.exhibit_id).refusals)
    sealed = {part.sha256 for one in unread for part in one.parts}
    blocks = (simulated / "evidence" / "chain").glob("*.dat")
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in blocks} == sealed
    assert all(check.is_whole for check in verify_evidence(story, fixed_context(), Silent()))


def test_every_other_exhibit_is_read(story: Path) -> None:
    others = [one for one in list_evidence(story, fixed_context()) if one.name != "chain"]
    assert len(others) >= 22
    assert all(sum(part.rows_out for part in one.parts) for one in others)


def test_tags_of_services_are_records_with_what_their_pack_says(story: Path, simulated: Path) -> None:
    pack = yaml.safe_load((simulated / "evidence" / "services.tagpack.yaml").read_text(encoding="utf-8"))
    stated = [
        (
            tag["address"], tag["label"], said["category"], said["confidence"], said["source"],
            str(said["lastmod"]), str(said["is_cluster_definer"]).lower(), said["currency"], pack["title"],
        )
        for tag in pack["tags"]
        for said in [pack | tag]
    ]  # fmt: skip
    with open_operation(story, fixed_context()) as operation, reading(operation) as engine:
        rows = engine.rows("SELECT * FROM address_tag ORDER BY source_row")
    assert len(stated) > 5
    assert [
        (
            row["address"], row["label"], row["category"], row["confidence"], row["tag_source"],
            str(row["tagged_on"]), str(row["is_cluster_definer"]).lower(), row["currency"], row["pack_title"],
        )
        for row in rows
    ] == stated  # fmt: skip


def test_partners_replies_are_records(story: Path, simulated: Path) -> None:
    with (simulated / "evidence" / "partner-replies.csv").open(encoding="utf-8", newline="") as lines:
        stated = [
            (row["agency"], row["package_ref"], row["answer"], row["replied_on"]) for row in csv.DictReader(lines)
        ]
    with open_operation(story, fixed_context()) as operation, reading(operation) as engine:
        rows = engine.rows("SELECT * FROM partner_reply ORDER BY source_row")
    assert [(r["agency"], r["package_ref"], r["answer"], r["replied_on"].isoformat()) for r in rows] == stated


def test_what_was_kept_unread_is_read_once_a_profile_takes_it(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossbearing.intake import part_reader, profile

    folder = made_operation(tmp_path / "operation")
    every = profile.all_profiles()
    fewer = tuple(one for one in every if one.name != "monero-prices")
    submission = Submission(path=simulated / "evidence" / "monero-prices.csv", authority="WARRANT-1", keep_unread=True)
    with monkeypatch.context() as patch:
        for module in (profile, part_reader.profiles):
            patch.setattr(module, "all_profiles", lambda: fewer)
        patch.setattr("crossbearing.intake.exhibit_reader.all_profiles", lambda: fewer)
        (added,) = add_evidence(folder, fixed_context(), [submission], Silent())
        assert added.exhibit.source == "kept unread"
        assert reread_evidence(folder, fixed_context(), Silent()) == []
    (again,) = reread_evidence(folder, fixed_context(), Silent())
    assert again.after == "monero-prices 1"
    assert again.rows_out > 1_000
    assert reread_evidence(folder, fixed_context(), Silent()) == []


def test_keys_posted_by_several_people_are_as_many_as_on_the_real_forum(tmp_path: Path) -> None:
    """Silk Road forum: 29 of 702 fingerprints, 4.1 %, were posted by more than one author besides quotes."""
    from crossbearing.simulation.forum import write_forum
    from crossbearing.simulation.population import made_population
    from crossbearing.simulation.scenario import SIZES, Scenario

    for seed in (1, 2):
        population = made_population(SIZES["monopoly"], Scenario(), seed)
        path = tmp_path / f"forum-{seed}.jsonl"
        write_forum(path, population, [f"b{n}" for n in range(2000)], Scenario(), count=100, seed=seed)
        posters: dict[str, set[str]] = defaultdict(set)
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.endswith("}"):
                continue  # it breaks off
            post = json.loads(line)
            for key in read_keys(post["body"]):
                posters[key.fingerprint].add(post["author"])
        shared = Counter(len(names) > 1 for names in posters.values())
        assert shared[True] / len(posters) == pytest.approx(29 / 702, abs=0.01)
        assert max(map(len, posters.values())) <= 13


def test_a_scenario_file_changes_what_it_names_and_nothing_else(simulated: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "quiet.toml"
    scenario.write_text("[leads]\nsupplied = 0.0\n[dirt]\ncut = false\n", encoding="utf-8")
    simulate_operation(tmp_path / "made", Silent(), size="tiny", seed=SEED, scenario=scenario)
    changed = hashes(tmp_path / "made")
    before = hashes(simulated)
    assert "evidence/kestrel-cut.sql" not in changed
    assert changed["evidence/kestrel.sql"] == before["evidence/kestrel.sql"]
    assert changed["evidence/overdose-cases.xlsx"] != before["evidence/overdose-cases.xlsx"]
    with (tmp_path / "made" / "truth" / "overdoses.csv").open(encoding="utf-8", newline="") as lines:
        assert {row["sale_server_id"] for row in csv.DictReader(lines)} == {""}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[trade]\ntale = 2.0", BadRequest),
        ("[trade]\nbitcoin = 1.5", BadRequest),
        ("[trade]\nbitcoin = 'much'", BadRequest),
        ("[dirt]\ncut = 1", BadRequest),
        ("[trade]\ntail = 0.0", BadRequest),
        ("[trade]\ntail = inf", BadRequest),
        ("[judges]\njudges = 0", BadRequest),
        ("[dirt]\nclock_minutes = 1000000000000", BadRequest),
        ("trade = 3", BadRequest),
        ("[[[", UnreadableSource),
    ],
)
def test_a_scenario_that_does_not_fit_is_refused_and_nothing_is_written(
    text: str, error: type[Exception], tmp_path: Path
) -> None:
    scenario = tmp_path / "wrong.toml"
    scenario.write_text(text, encoding="utf-8")
    with pytest.raises(error):
        simulate_operation(tmp_path / "made", Silent(), size="tiny", seed=SEED, scenario=scenario)
    assert not (tmp_path / "made").exists()


def test_a_simulation_that_fails_halfway_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crossbearing.simulation import generate

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    (tmp_path / "empty").mkdir()
    for failing, error in ((full, NothingWritten), (broken, RuntimeError)):
        monkeypatch.setattr(generate, "write_uploads", failing)
        for folder in (tmp_path / "new", tmp_path / "empty"):
            with pytest.raises(error):
                simulate_operation(folder, Silent(), size="tiny", seed=SEED)
    assert not (tmp_path / "new").exists()
    assert not list((tmp_path / "empty").iterdir())


def test_a_copy_that_was_cut_is_refused_with_its_place_and_can_be_kept_unread(simulated: Path, tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    path = simulated / "evidence" / "kestrel-cut.sql"
    assert (simulated / "evidence" / "kestrel.sql").read_bytes().startswith(path.read_bytes())
    cut = Submission(path=path, authority="WARRANT-1", market="Kestrel")
    with pytest.raises(UnreadableSource, match="cut off"):
        add_evidence(folder, fixed_context(), [cut], Silent())
    (added,) = add_evidence(folder, fixed_context(), [replace(cut, keep_unread=True)], Silent())
    assert added.exhibit.market == "Kestrel"
    assert added.exhibit.size_bytes == path.stat().st_size


def test_what_can_be_read_of_a_cut_copy_is_read_if_that_is_accepted(simulated: Path, tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    path = simulated / "evidence" / "kestrel-cut.sql"
    cut = Submission(path=path, authority="WARRANT-1", market="Kestrel", accept_damaged=True)
    (added,) = add_evidence(folder, fixed_context(), [cut], Silent())
    (part,) = added.exhibit.parts
    assert added.exhibit.profile.startswith("laravel-market")
    assert part.rows_out > 100
    view = show_evidence(folder, fixed_context(), added.exhibit.exhibit_id)
    assert any("cut off" in row["reason"] or "closing line" in row["reason"] for row in view.refusals)


def test_reports_of_the_simulation_are_reports(story: Path) -> None:
    reports = [one for one in list_evidence(story, fixed_context()) if one.name.startswith("outcomes-")]
    assert len(reports) >= 6
    assert {one.profile.rpartition(" ")[0] for one in reports} <= PROFILES
    # One row of one report cannot be read, and is refused.
    assert sum(part.rows_refused for one in reports for part in one.parts) == 1
