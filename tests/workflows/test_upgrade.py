"""Every earlier format of the folder comes up to today's: one folder per format, made by its own version."""

import shutil
import tarfile
from pathlib import Path

import apsw
import pytest

from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration
from crossbearing.domain.payloads import NEWEST, lifted
from crossbearing.domain.progress import Silent
from crossbearing.intake.exhibit_reader import outdated
from crossbearing.store import durable, migrations
from crossbearing.store.operation import FORMAT, open_operation, read_settings
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.judge_pairs import list_operators
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.show_evidence import list_evidence, verify_evidence
from crossbearing.workflows.show_log import verify_log
from crossbearing.workflows.show_protected import show_protected
from crossbearing.workflows.upgrade import upgrade_operation
from small_market import ADDRESS

FOLDERS = Path(__file__).parents[1] / "folders"
EARLIER = range(1, FORMAT)


def me() -> Context:
    return Context(person="analyst", purpose="test")


@pytest.fixture(params=EARLIER, ids=lambda number: f"format {number}")
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder as an earlier version left it."""
    with tarfile.open(FOLDERS / f"format-{request.param}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "operation"


def test_there_is_a_folder_of_every_earlier_format() -> None:
    assert {path.name for path in FOLDERS.iterdir()} == {f"format-{number}.tar.gz" for number in EARLIER}
    assert set(migrations.MIGRATIONS) == set(range(2, FORMAT + 1))


def test_an_earlier_format_is_not_opened_and_the_next_move_is_said(old: Path) -> None:
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    with pytest.raises(BadConfiguration) as refused, open_operation(old, me()):
        pass
    assert "crossbearing upgrade" in refused.value.remedy
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before


def test_an_upgraded_folder_says_what_it_said_and_holds(old: Path) -> None:
    raw = apsw.Connection(str(old / "decisions.sqlite"))
    acts, leaves = list(raw.execute("SELECT * FROM act")), list(raw.execute("SELECT * FROM leaf"))
    raw.close()
    done = upgrade_operation(old, me(), Silent())
    assert done.after == FORMAT == read_settings(old)["format"]
    with open_operation(old, me()) as operation:
        stored = operation.ledger.stored()
        assert stored.acts[: len(acts)] == acts
        assert stored.leaves[: len(leaves)] == leaves
        assert [e.payload["to"] for e in operation.ledger.entries(ActKind.OPERATION_UPGRADED)] == list(
            range(done.before + 1, FORMAT + 1)
        )
    assert verify_log(old, me()).findings == ()
    assert all(check.is_whole for check in verify_evidence(old, me(), Silent()))
    assert not [path for path in (old / "originals").glob("??/*") if path.suffix != ".age"]
    bring_up_to_date(old, me(), Silent())
    assert len(list_operators(old, me()).operators) == 1, "the judgement still joins its two accounts"
    assert build_packages(old, me(), Silent())
    assert upgrade_operation(old, me(), Silent()).before == FORMAT


def test_after_an_upgrade_a_new_reading_fills_the_protected_tables(old: Path) -> None:
    upgrade_operation(old, me(), Silent())
    exhibits = list_evidence(old, me())
    assert show_protected(old, me(), "delivery", where={"sale_server_id": "s-1"}) == []
    late = outdated(exhibits)
    assert late
    reread_evidence(old, me(), Silent())
    assert outdated(list_evidence(old, me())) == []
    (row,) = show_protected(old, me(), "delivery", where={"sale_server_id": "s-1"})
    assert row["address_text"] == ADDRESS
    assert all(check.is_whole for check in verify_evidence(old, me(), Silent()))


def test_an_upgrade_that_was_cut_off_anywhere_is_finished_by_repeating_it(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at every sync: what a sync was asked for is where work may end."""

    class Cut(Exception):
        pass

    pristine = tmp_path / "pristine"
    shutil.copytree(old, pristine)
    real, cuts = durable.sync, 0
    for number in range(1, 200):
        shutil.rmtree(old)
        shutil.copytree(pristine, old)
        left = number

        def cutting(path: Path) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Cut
            real(path)

        with monkeypatch.context() as patch:
            patch.setattr(durable, "sync", cutting)
            try:
                upgrade_operation(old, me(), Silent())
            except Cut:
                cuts += 1
            else:
                break
        upgrade_operation(old, me(), Silent())
        assert verify_log(old, me()).findings == ()
        assert all(check.is_whole for check in verify_evidence(old, me(), Silent()))
    assert cuts >= 5


def test_a_payload_of_a_newer_version_is_refused_and_of_an_earlier_one_lifted() -> None:
    with pytest.raises(BadConfiguration, match="payload version"):
        lifted(ActKind.EXHIBIT_ADDED, NEWEST[ActKind.EXHIBIT_ADDED] + 1, {})
    old = {"label": {"handling": "H0"}, "parts": [{"part": "a"}], "files": [{"table": "sale"}]}
    new = lifted(ActKind.EXHIBIT_ADDED, 1, old)
    assert new["files"] == [{"protection": "", "generation": 0, "table": "sale"}]
    assert new["parts"][0] == {"part": "a", "parent": "", "unread": "", "gaps": []}
    assert new["label"]["nature"] == "unknown"
    assert "gradings" not in old["label"], "what stands in the log is not changed"
