"""What leaves for other tools: nothing that is buyers', protected, stricter or hidden; and it is in the log."""

import hashlib
import json
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.act import ActKind, Entry, EventClass
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, MissingTable, NotAuthorised
from crossbearing.domain.judgement import PairKind, Verdict, is_in_blind_share
from crossbearing.domain.labels import Label
from crossbearing.domain.progress import Silent
from crossbearing.export import report
from crossbearing.export.formats import FORMATS
from crossbearing.export.released import why_not_released
from crossbearing.interfaces.cli import main
from crossbearing.store.marks import RECALL, mark
from crossbearing.store.operation import open_operation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.enter_covert import enter_covert
from crossbearing.workflows.export_operation import Exported, export_operation
from crossbearing.workflows.judge_pairs import judge, list_pairs
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.send_package import release_package
from small_market import ADDRESS, BUYER, BUYER_ID, MARKET, OTHER, ROWS, SECOND_ID, SELLER, WORDS, small_market

ALL = sorted(FORMATS)
FREE = Label(owners=frozenset({"NL Police Desk"}), handling="H0", tlp="GREEN", nature="fact", review_on="2027-01-01")
CANARIES = {"strict": "strictcanary", "withdrawn": "goneocanary", "unlabelled": "unsaidcanary", "red": "redcanary"}


def with_canary(word: str) -> Any:
    """The small market with other names, words and ids."""
    names = {SELLER: f"{word}seller", OTHER: f"{word}other", BUYER: f"{word}buyer"}
    return {
        table: [
            tuple(names.get(value, f"{word} {value}" if " " in value else value) if isinstance(value, str) else value
                  for value in row)
            for row in rows
        ]
        for table, rows in ROWS.items()
    }  # fmt: skip


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation with one exhibit that may leave, and one of every kind that may not."""
    folder = made_operation(tmp_path_factory.mktemp("exporting") / "operation")
    labels = {
        "strict": replace(FREE, handling="H3"), "red": replace(FREE, tlp="RED"), "unlabelled": Label(),
        "withdrawn": FREE,
    }  # fmt: skip
    paths = [Submission(path=small_market(folder.parent / "plain.sql"), authority=REF, market=MARKET, label=FREE)]
    for name, label in labels.items():
        path = small_market(folder.parent / f"{CANARIES[name]}.sql", with_canary(CANARIES[name]))
        paths.append(Submission(path=path, authority=REF, market=f"M {CANARIES[name]}", label=label))
    *_, gone = add_evidence(folder, fixed_context(), paths, Silent())
    withdraw(folder, fixed_context(), gone.exhibit.exhibit_id, reason="test")
    bring_up_to_date(folder, fixed_context(), Silent())
    return folder


@pytest.fixture
def copy(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "copy"))


def exported(folder: Path, form: str, to: Path, person: str = "analyst", **how: Any) -> Exported:
    return export_operation(folder, fixed_context(person), form, to, **how)


def text_of(home: Path) -> str:
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in sorted(home.rglob("*")) if path.is_file())


def values_of(home: Path) -> str:
    """Everything in the files of an export; Parquet is read, for it is compressed."""
    from pyarrow import parquet

    tables = [json.dumps(parquet.read_table(path).to_pylist(), default=str) for path in home.glob("*.parquet")]
    return "\n".join((text_of(home), *tables))


@pytest.mark.parametrize("form", ALL)
def test_no_canary_of_what_must_stay_is_in_any_format(ready: Path, form: str, tmp_path: Path) -> None:
    exported(ready, form, tmp_path / "out", handling="H2", tlp="AMBER+STRICT")
    text = values_of(tmp_path / "out")
    assert "plain.sql" in text
    if form != "case":
        assert SELLER in text
    for canary in (*CANARIES.values(), BUYER, "secondbuyer", BUYER_ID, SECOND_ID, ADDRESS, "Plain Street", WORDS[:11]):
        assert canary not in text, canary


def test_what_is_relabelled_more_strictly_does_not_leave_any_more(copy: Path, tmp_path: Path) -> None:
    with open_operation(copy, fixed_context()) as operation:
        added = operation.ledger.entries(ActKind.EXHIBIT_ADDED)[0]
    relabel(copy, fixed_context(), added.subject, reason="the owner says so", handling="H1")
    bring_up_to_date(copy, fixed_context(), Silent())
    for form in ("case", "csv", "ftm", "stix"):  # what leaves is chosen before it is written in any format
        exported(copy, form, tmp_path / f"{form}-stricter", handling="H0")
        exported(copy, form, tmp_path / f"{form}-milder", handling="H1")
        assert added.subject not in values_of(tmp_path / f"{form}-stricter")
        # For intelligence only from now on: named as a source, its hash and its custody nowhere.
        text = values_of(tmp_path / f"{form}-milder")
        assert (added.subject in text) is (form != "case")
        assert str(added.payload["sha256"]) not in text


@pytest.mark.parametrize("form", ALL)
def test_the_act_holds_the_digest_that_covers_every_file(ready: Path, form: str, tmp_path: Path) -> None:
    made = exported(ready, form, tmp_path / "out")
    data = (tmp_path / "out" / report.DATA).read_bytes()
    assert hashlib.sha256(data).hexdigest() == made.sha256
    listed = {file["name"]: file["sha256"] for file in json.loads(data)["files"]}
    there = {path.relative_to(tmp_path / "out").as_posix(): path for path in (tmp_path / "out").rglob("*.*")}
    assert listed.keys() | {report.DATA} == {name for name, path in there.items() if path.is_file()}
    assert all(hashlib.sha256(there[name].read_bytes()).hexdigest() == sha256 for name, sha256 in listed.items())
    with open_operation(ready, fixed_context()) as operation:
        entry = operation.ledger.entries(ActKind.EXPORTED)[-1]
    assert (entry.subject, entry.payload["sha256"], entry.purpose) == (form, made.sha256, "test")
    assert entry.event is EventClass.DISCLOSURE


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("form", ALL)
def test_the_same_records_leave_as_the_same_bytes(ready: Path, form: str, tmp_path: Path) -> None:
    one, other = exported(ready, form, tmp_path / "one"), exported(ready, form, tmp_path / "other", "somebody else")
    assert one.sha256 == other.sha256


def test_an_export_without_purpose_place_format_code_or_scope_is_refused(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    refused: list[tuple[str, Callable[[], object]]] = [
        ("needs a purpose", lambda: export_operation(ready, Context(person="a"), "csv", tmp_path / "o")),
        ("no format", lambda: exported(ready, "docx", tmp_path / "o")),
        ("something at this place", lambda: exported(ready, "csv", tmp_path / "taken")),
        ("something at this place", lambda: exported(ready, "csv", tmp_path / "dangling")),
        ("inside the operation", lambda: exported(ready, "csv", ready / "packages" / "o")),
        ("handling code", lambda: exported(ready, "csv", tmp_path / "o", handling="H3")),
        ("handling code", lambda: exported(ready, "csv", tmp_path / "o", handling="unknown")),
        ("TLP", lambda: exported(ready, "csv", tmp_path / "o", tlp="RED")),
        ("no package and no country", lambda: exported(ready, "csv", tmp_path / "o", of="XX-009")),
    ]
    for words, attempt in refused:
        with pytest.raises(BadRequest, match=words):
            attempt()
    assert not (tmp_path / "o").exists()


def test_an_account_of_a_covert_register_withholds_every_format_and_is_not_named(copy: Path, tmp_path: Path) -> None:
    before = acts(copy, ActKind.EXPORTED)
    enter_covert(copy, fixed_context("keeper"), kind="undercover", market=MARKET, account=SELLER)
    for form in ALL:
        with pytest.raises(NotAuthorised) as refused:
            exported(copy, form, tmp_path / "out")
        assert SELLER not in str(refused.value.parts())
        assert not list(tmp_path.glob("*out*"))
    assert acts(copy, ActKind.RELEASE_WITHHELD) == len(ALL)
    assert acts(copy, ActKind.EXPORTED) == before


def acts(folder: Path, kind: ActKind) -> int:
    with open_operation(folder, fixed_context()) as operation:
        return len(operation.ledger.entries(kind))


def test_what_is_decided_while_it_is_written_stops_it_and_leaves_nothing(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = report.write

    def meanwhile(*given: Any) -> str:
        enter_covert(copy, fixed_context("keeper"), kind="source", market=MARKET, account=OTHER)
        return written(*given)

    monkeypatch.setattr(report, "write", meanwhile)
    with pytest.raises(Contradiction, match="meanwhile"):
        exported(copy, "csv", tmp_path / "out")
    assert not [path for path in tmp_path.iterdir() if path.name != "copy"]


def test_a_crash_after_the_act_leaves_the_log_saying_more_and_no_half_export(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    before = acts(copy, ActKind.EXPORTED)
    monkeypatch.setattr(Path, "rename", crash)
    with pytest.raises(KeyboardInterrupt):
        exported(copy, "csv", tmp_path / "out")
    monkeypatch.undo()
    assert not [path for path in tmp_path.iterdir() if path.name != "copy"]
    assert acts(copy, ActKind.EXPORTED) == before + 1


def test_an_empty_operation_exports_nothing_and_says_so(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    with pytest.raises(MissingTable, match="up to date"):
        exported(folder, "stix", tmp_path / "early")
    bring_up_to_date(folder, fixed_context(), Silent())
    for form in ALL:
        assert exported(folder, form, tmp_path / form).files > 0


@pytest.fixture(scope="module")
def told(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated story with one package."""
    folder = Path(shutil.copytree(story, tmp_path_factory.mktemp("told") / "operation"))
    build_packages(folder, fixed_context(), Silent(), only=["NL"])
    return folder


def rows(home: Path, table: str) -> list[dict[str, Any]]:
    from pyarrow import parquet

    return list(parquet.read_table(home / f"{table}.parquet").to_pylist())


def test_a_released_package_leaves_as_released_until_something_is_decided(told: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(told, tmp_path / "operation"))
    assert exported(folder, "parquet", tmp_path / "before", of="NL-001").not_released == "version 1 was not released"
    release_package(folder, fixed_context("second"), "NL-001", reason="read every page")
    made = exported(folder, "parquet", tmp_path / "after", of="NL-001")
    assert (made.is_released, made.not_released) == (True, "")
    assert "Working copy" not in text_of(tmp_path / "after")
    document = json.loads((folder / "packages" / "NL-001" / "package.json").read_text(encoding="utf-8"))
    named = {one["account_id"] for subject in document["subjects"] for one in subject["accounts"]}
    found = rows(tmp_path / "after", "account")
    assert found
    assert {row["account_id"] for row in found} <= named
    places = json.dumps(document)
    assert all(any(place in places for place in row["places"]) for row in rows(tmp_path / "after", "listing"))
    with open_operation(folder, fixed_context()) as operation:
        operation.ledger.record(fixed_context(), mark("NL-001", RECALL, why="an exhibit was destroyed"))
    marked = exported(folder, "parquet", tmp_path / "marked", of="NL-001")
    assert (marked.is_released, "released was version 1; it was marked" in marked.not_released) == (False, True)
    assert f"not released: {marked.not_released}" in text_of(tmp_path / "marked")


def test_a_working_copy_of_a_package_says_which_version_was_released_and_what_came_since() -> None:
    built, released = ActKind.PACKAGE_BUILT, ActKind.PACKAGE_RELEASED
    who: Any = {"at": "", "person": "first", "authority": "", "purpose": "", "case": "", "version": 1}
    for more, why in (
        ([], ""),
        ([("E-1", ActKind.EXHIBIT_ADDED, 0)], "released was version 2; evidence came in or was changed since"),
        ([("P-1", ActKind.PAIR_JUDGED, 0)], "released was version 2; accounts were judged since"),
        ([("NL-001", built, 3)], "version 3 was not released; released was version 2"),
        ([("NL-002", built, 1)], ""),
    ):
        acts = [("E-0", ActKind.EXHIBIT_ADDED, 0), ("NL-001", built, 2), ("NL-001", released, 2), *more]
        seen = [
            Entry(position=at, kind=kind, subject=subject, payload={"version": version}, **who)
            for at, (subject, kind, version) in enumerate(acts)
        ]
        newest = [one for one in seen if one.kind is built and one.subject == "NL-001"][-1]
        assert why_not_released(newest, seen, {ActKind.PAIR_JUDGED}) == why


def test_a_package_whose_files_were_changed_is_not_exported(told: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(told, tmp_path / "operation"))
    path = folder / "packages" / "NL-001" / "package.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"NL"', '"DE"', 1), encoding="utf-8")
    with pytest.raises(Contradiction, match="not what was built"):
        exported(folder, "csv", tmp_path / "out", of="NL-001")


def test_the_how_to_runs(told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "export-to-other-tools.md").read_text(encoding="utf-8")
    shutil.copytree(told, tmp_path / "nightjar")
    # Keys are found by the operation's id; the place may be another.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROSSBEARING_PERSON", "A. Analyst")
    ran = [line for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    assert len(ran) > 2
    for line in ran:
        assert main(shlex.split(line)[2:]) == 0, line
    assert (tmp_path / "for-gephi" / "graph.graphml").is_file()
    assert list((tmp_path / "for-aleph").glob("*.ftm.json"))
    assert all(f"`{form}`" in page for form in ALL)


def test_a_country_holds_the_accounts_routed_to_it_and_no_others(told: Path, tmp_path: Path) -> None:
    exported(told, "parquet", tmp_path / "nl", of="NL")
    exported(told, "parquet", tmp_path / "all")
    some, every = ({row["account_id"] for row in rows(tmp_path / name, "account")} for name in ("nl", "all"))
    assert some
    assert some < every


def test_proposals_leave_as_proposals_and_none_that_the_person_is_to_judge_blind(told: Path, tmp_path: Path) -> None:
    exported(told, "parquet", tmp_path / "out")
    pairs = list_pairs(told, fixed_context(), PairKind.ACCOUNT)
    left = {row["pair_id"] for row in rows(tmp_path / "out", "pair")}
    assert left
    assert left <= {pair["pair_id"] for pair in pairs if pair["tier"] == "proposal"}
    assert not [name for name in left if is_in_blind_share(name)]


def test_an_answer_given_blind_joins_nothing_for_whoever_is_still_to_answer_it(told: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(told, tmp_path / "operation"))
    accounts = {row["account_id"] for row in rows_of_accounts(folder, tmp_path)}
    pairs = [
        pair
        for pair in list_pairs(folder, fixed_context(), PairKind.ACCOUNT)
        if {pair["left_id"], pair["right_id"]} <= accounts and pair["tier"] == "proposal"
    ]
    pair = pairs[0]
    judge(folder, fixed_context("first"), PairKind.ACCOUNT, pair["pair_id"], Verdict.SAME, reason="one key")
    bring_up_to_date(folder, fixed_context(), Silent())
    exported(folder, "parquet", tmp_path / "first", "first")
    exported(folder, "parquet", tmp_path / "other", "other")
    joined = {row["pair_id"]: row["verdict"] for row in rows(tmp_path / "first", "judgement")}
    assert joined == {pair["pair_id"]: "same"}
    assert len([row for row in rows(tmp_path / "first", "account") if row["operator_id"]]) == 2
    seen = [row for row in rows(tmp_path / "other", "account") if row["operator_id"]]
    assert bool(seen) is not is_in_blind_share(pair["pair_id"])


def rows_of_accounts(folder: Path, tmp_path: Path) -> list[dict[str, Any]]:
    exported(folder, "parquet", tmp_path / "accounts")
    return rows(tmp_path / "accounts", "account")
