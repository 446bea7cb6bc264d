"""A backup is everything but the keys, sealed; a restore drill ends with the operation as it was."""

import os
import shutil
from pathlib import Path

import pytest

from conftest import REF
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration, Contradiction, UnreadableSource
from crossbearing.domain.progress import Silent
from crossbearing.store.backup import header_of
from crossbearing.store.keyring import KEYS_VARIABLE, home_of_keys
from crossbearing.store.operation import POSTGRES_VARIABLE, open_operation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.backup import check_backup, make_backup, restore_backup
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.show_evidence import show_bytes, verify_evidence
from crossbearing.workflows.show_log import give_checkpoint, verify_log
from crossbearing.workflows.show_protected import show_protected
from small_market import ADDRESS, MARKET, small_market


def me() -> Context:
    return Context(person="analyst", purpose="drill")


def worked_in(folder: Path) -> str:
    path = small_market(folder.parent / "kestrel.sql")
    (added,) = add_evidence(folder, me(), [Submission(path=path, authority=REF, market=MARKET)], Silent())
    bring_up_to_date(folder, me(), Silent())
    build_packages(folder, me(), Silent())
    return added.exhibit.exhibit_id


def derived(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "derived").glob("*.parquet")}


def drop(folder: Path, uri: str | None) -> None:
    """The disk and the server are lost."""
    if uri is not None:
        import psycopg

        from crossbearing.store.operation import read_settings

        with psycopg.connect(uri) as server:
            server.execute(f'DROP SCHEMA "op_{read_settings(folder)["id"]}" CASCADE')
    shutil.rmtree(folder)


@pytest.mark.usefixtures("anew")
def test_the_restore_drill_brings_everything_back(operation: Path, tmp_path: Path, engine_name: str) -> None:
    """Make, lose, restore, verify against an outside checkpoint, run, and compare."""
    exhibit = worked_in(operation)
    before, pages = derived(operation), sorted((operation / "packages").rglob("*.json"))
    documents = [path.read_bytes() for path in pages]
    made = make_backup(operation, me(), tmp_path / "a.backup", Silent())
    outside = tmp_path / "checkpoint.txt"
    outside.write_text(give_checkpoint(operation, me()).note)
    with open_operation(operation, me()) as opened:
        acts = opened.ledger.stored().acts
    drop(operation, os.environ.get(POSTGRES_VARIABLE) if engine_name == "postgresql" else None)
    assert check_backup(made.path, Silent()).files == made.files
    restore_backup(made.path, operation, Silent())
    # The backup itself was recorded after it was made, so the restored log is one entry short of the checkpoint.
    with open_operation(operation, me()) as opened:
        assert opened.ledger.stored().acts == acts[: made.entries]
    assert {str(f.what) for f in verify_log(operation, me(), outside=[outside]).findings} == {"rolled_back"}
    assert verify_log(operation, me()).findings == ()
    assert all(check.is_whole for check in verify_evidence(operation, me(), Silent()))
    bring_up_to_date(operation, me(), Silent())
    assert derived(operation) == before
    assert [path.read_bytes() for path in sorted((operation / "packages").rglob("*.json"))] == documents
    assert show_protected(operation, me(), "delivery", where={"sale_server_id": "s-1"})[0]["address_text"] == ADDRESS
    assert ADDRESS in show_bytes(operation, me(), exhibit, offset=0, length=60_000)


def test_a_backup_shows_nothing_and_holds_no_key(local_operation: Path, tmp_path: Path) -> None:
    worked_in(local_operation)
    made = make_backup(local_operation, me(), tmp_path / "a.backup", Silent())
    content = made.path.read_bytes()
    assert b"Nowhereton" not in content
    assert b"kestrel" not in content.lower()
    with open_operation(local_operation, me()) as operation:
        (entry,) = operation.ledger.entries(ActKind.BACKUP_MADE)
    assert entry.payload["sha256"] == made.sha256


def test_without_the_keys_a_backup_does_not_open(
    local_operation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_backup(local_operation, me(), tmp_path / "a.backup", Silent())
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "elsewhere"))
    with pytest.raises(BadConfiguration, match="backup-1"):
        restore_backup(made.path, tmp_path / "restored", Silent())
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize("damage", ["flipped", "cut", "cut short", "no backup", "empty"])
def test_a_damaged_backup_restores_nothing(local_operation: Path, tmp_path: Path, damage: str) -> None:
    worked_in(local_operation)
    path = make_backup(local_operation, me(), tmp_path / "a.backup", Silent()).path
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    cut = {"cut": len(content) // 2, "cut short": len(content) - 1, "empty": 0}.get(damage, len(content))
    path.write_bytes(b"PK\x03\x04" if damage == "no backup" else content[:cut])
    for act in (lambda: check_backup(path, Silent()), lambda: restore_backup(path, tmp_path / "restored", Silent())):
        with pytest.raises(UnreadableSource):
            act()
    assert not (tmp_path / "restored").exists()


def test_a_backup_is_not_made_into_the_folder_it_backs_up_nor_over_a_file(
    local_operation: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").write_text("x")
    for place in (tmp_path / "there", local_operation / "inside.backup"):
        with pytest.raises(Contradiction):
            make_backup(local_operation, me(), place, Silent())
    with pytest.raises(Contradiction):
        restore_backup(tmp_path / "there", local_operation, Silent())


def test_a_restore_over_living_decisions_on_a_server_is_refused(
    tmp_path: Path, postgres_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conftest import made_operation

    monkeypatch.setenv(POSTGRES_VARIABLE, postgres_uri)
    folder = made_operation(tmp_path / "operation", on_postgres=True)
    made = make_backup(folder, me(), tmp_path / "a.backup", Silent())
    with pytest.raises(Contradiction, match="holds decisions"):
        restore_backup(made.path, tmp_path / "restored", Silent())
    assert not (tmp_path / "restored").exists()


def test_the_key_of_a_backup_is_named_in_its_first_line(local_operation: Path, tmp_path: Path) -> None:
    path = make_backup(local_operation, me(), tmp_path / "a.backup", Silent()).path
    header = header_of(path)
    assert (home_of_keys() / header.operation_id / f"{header.key_name}.key").is_file()
