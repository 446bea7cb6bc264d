"""Whatever is flipped, deleted, reordered, cut, rewritten or rolled back is noticed and named."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.act import Act
from crossbearing.domain.context import Context
from crossbearing.domain.errors import Contradiction, CrossbearingError
from crossbearing.domain.progress import Silent
from crossbearing.store.keyring import KEYS_VARIABLE
from crossbearing.store.operation import open_operation
from crossbearing.store.register import Authorisation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.cosign_checkpoint import cosign_checkpoint
from crossbearing.workflows.custody import make_key
from crossbearing.workflows.new_operation import add_authority
from crossbearing.workflows.show_evidence import verify_evidence
from crossbearing.workflows.show_log import accept_cosignature, give_checkpoint, verify_log
from small_market import MARKET, small_market


def me() -> Context:
    return Context(person="analyst", purpose="test")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation with evidence and a log of some length, beside its keys."""
    home = tmp_path_factory.mktemp("tampering")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEYS_VARIABLE, str(home / "keys"))
        folder = made_operation(home / "operation")
        path = small_market(home / "kestrel.sql")
        add_evidence(folder, me(), [Submission(path=path, authority=REF, market=MARKET)], Silent())
        for number in range(6):
            _grant(folder, f"W-{number}")
    return home


def _grant(folder: Path, ref: str) -> None:
    add_authority(
        folder,
        fixed_context(),
        Authorisation(ref=ref, issued_by="Court", basis="order", valid_from="2020-01-01", valid_until=""),
    )


@pytest.fixture
def whole(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(template, tmp_path / "copy")
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "copy" / "keys"))
    return tmp_path / "copy" / "operation"


def faults(folder: Path, **more: object) -> set[str]:
    return {str(finding.what) for finding in verify_log(folder, me(), **more).findings}


def raw(folder: Path, *statements: str) -> None:
    """Somebody with the file, a tool, and time: triggers dropped."""
    connection = apsw.Connection(str(folder / "decisions.sqlite"))
    for (name,) in list(connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_an_untouched_log_has_no_findings(whole: Path) -> None:
    assert faults(whole) == set()


COLUMNS = ("kind", "subject", "at", "person", "authority", "purpose", "case_ref", "version", "payload", "salt")


@given(column=st.sampled_from(COLUMNS), position=st.integers(0, 8))
def test_any_changed_word_of_any_act_is_found(template: Path, tmp_path_factory, column: str, position: int) -> None:
    folder = _copied(template, tmp_path_factory.mktemp("t"))
    changed = "version + 1" if column == "version" else f"{column} || ' '"
    raw(folder, f"UPDATE act SET {column} = {changed} WHERE position = {position}")
    assert "act_changed" in _faults(folder, template)


@given(column=st.sampled_from(("statement", "hash")), position=st.integers(0, 8), at=st.integers(0, 60))
def test_any_flipped_byte_of_any_leaf_is_found(
    template: Path, tmp_path_factory, column: str, position: int, at: int
) -> None:
    folder = _copied(template, tmp_path_factory.mktemp("t"))
    flip = (
        f"UPDATE leaf SET {column} = substr({column}, 1, {at}) || "
        f"CASE substr({column}, {at + 1}, 1) WHEN '0' THEN '1' ELSE '0' END || substr({column}, {at + 2}) "
        f"WHERE position = {position}"
    )
    raw(folder, flip)
    assert _faults(folder, template) & {"act_changed", "leaf_changed", "head_differs"}


def _copied(template: Path, home: Path) -> Path:
    shutil.copytree(template / "operation", home / "operation")
    return home / "operation"


def _faults(folder: Path, template: Path) -> set[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEYS_VARIABLE, str(template / "keys"))
        return faults(folder)


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (("PRAGMA foreign_keys=off", "DELETE FROM act WHERE position = 3"), "act_missing"),
        (("DELETE FROM leaf WHERE position = 3",), "leaf_missing"),
        (
            ("PRAGMA foreign_keys=off", "DELETE FROM leaf WHERE position = 8", "DELETE FROM act WHERE position = 8"),
            "tail_cut",
        ),
        (("UPDATE tree SET checkpoint = ''",), "head_missing"),
        (("UPDATE tree SET checkpoint = replace(checkpoint, '\n9\n', '\n8\n')",), "head_not_signed"),
        (
            (
                "PRAGMA foreign_keys=off",
                "UPDATE act SET position = -1 WHERE position = 2",
                "UPDATE act SET position = 2 WHERE position = 3",
                "UPDATE act SET position = 3 WHERE position = -1",
            ),
            "act_changed",
        ),
        (
            (
                "PRAGMA foreign_keys=off",
                "UPDATE leaf SET position = -1 WHERE position = 2",
                "UPDATE leaf SET position = 2 WHERE position = 3",
                "UPDATE leaf SET position = 3 WHERE position = -1",
            ),
            "head_differs",
        ),
    ],
    ids=["act deleted", "leaf deleted", "tail cut", "head gone", "head altered", "acts swapped", "leaves swapped"],
)
def test_what_is_deleted_reordered_or_cut_is_named(whole: Path, statements: tuple[str, ...], named: str) -> None:
    raw(whole, *statements)
    assert named in faults(whole)


def _flip(path: Path, at: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(at * (len(content) - 1))] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def _cut(path: Path, _: float) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def _delete(path: Path, _: float) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_flip, _cut, _delete])
@pytest.mark.parametrize("home", ["originals", "records", "protected"])
def test_any_original_or_record_file_that_is_damaged_is_named(
    whole: Path, home: str, damage: Callable[[Path, float], None]
) -> None:
    files = sorted(path for path in (whole / home).rglob("*") if path.is_file())
    assert files
    for number, path in enumerate(files):
        kept = path.read_bytes()
        damage(path, number / len(files))
        broken = [check.file for check in verify_evidence(whole, me(), Silent()) if not check.is_whole]
        expected = "original kestrel.sql" if home == "originals" else str(path.relative_to(whole))
        assert broken == [expected]
        path.unlink(missing_ok=True)
        path.write_bytes(kept)
    assert all(check.is_whole for check in verify_evidence(whole, me(), Silent()))


def rewritten(folder: Path) -> None:
    """Somebody who holds the log's own key writes the whole history anew, consistently."""
    with open_operation(folder, me()) as operation:
        entries = operation.ledger.entries()
    for name in ("decisions.sqlite", "decisions.sqlite-wal", "decisions.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    with open_operation(folder, me()) as operation:
        for entry in entries:
            subject = "W-9" if entry.subject == "W-3" else entry.subject
            operation.ledger.record(me(), Act(kind=entry.kind, subject=subject, payload=entry.payload))


def test_a_rewritten_log_holds_by_itself_and_is_noticed_against_an_outside_checkpoint(
    whole: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "paper.txt"
    outside.write_text(give_checkpoint(whole, me()).note)
    assert faults(whole, outside=[outside]) == set()
    rewritten(whole)
    assert faults(whole) == set(), (
        "whoever has the key can make a log that holds by itself; that is why others keep checkpoints"
    )
    assert faults(whole, outside=[outside]) == {"rewritten"}


def test_a_folder_rolled_back_to_yesterday_is_noticed_against_an_outside_checkpoint(
    whole: Path, tmp_path: Path
) -> None:
    yesterday = tmp_path / "yesterday"
    shutil.copytree(whole, yesterday)
    _grant(whole, "W-today")
    outside = tmp_path / "paper.txt"
    outside.write_text(give_checkpoint(whole, me()).note)
    shutil.rmtree(whole)
    shutil.copytree(yesterday, whole)
    assert faults(whole) == set()
    assert faults(whole, outside=[outside]) == {"rolled_back"}


def test_a_witness_cosigns_what_continues_and_refuses_the_rest(whole: Path, tmp_path: Path) -> None:
    make_key("nl-witness", tmp_path / "witness.key")
    yesterday = tmp_path / "yesterday"
    shutil.copytree(whole, yesterday)
    handout, state = tmp_path / "handout.json", tmp_path / "state.json"

    def cosigned(folder: Path, since: int) -> tuple[str, str]:
        given = give_checkpoint(folder, me(), since=since)
        handout.write_text(json.dumps(asdict(given)))
        return cosign_checkpoint(handout, me(), key_file=tmp_path / "witness.key", state=state, log_key=given.key)

    first, witness = cosigned(whole, 0)
    _grant(whole, "W-today")
    note, _ = cosigned(whole, 9)
    (tmp_path / "cosigned.txt").write_text(note)
    kept = accept_cosignature(whole, me(), tmp_path / "cosigned.txt", witness)
    assert (kept.size, kept.name) == (10, "nl-witness")
    assert faults(whole, witnesses=[witness]) == set()
    with pytest.raises(Contradiction):
        cosigned(yesterday, 0)
    rewritten(whole)
    with pytest.raises(Contradiction):
        cosigned(whole, 10)
    assert first != note


def test_a_cosignature_of_somebody_else_is_not_accepted(whole: Path, tmp_path: Path) -> None:
    make_key("nl-witness", tmp_path / "one.key")
    handout = tmp_path / "handout.json"
    given = give_checkpoint(whole, me())
    handout.write_text(json.dumps(asdict(given)))
    note, _ = cosign_checkpoint(handout, me(), key_file=tmp_path / "one.key", state=tmp_path / "s1", log_key=given.key)
    (tmp_path / "note").write_text(note)
    make_key("nl-witness", tmp_path / "two.key")
    _, other = cosign_checkpoint(handout, me(), key_file=tmp_path / "two.key", state=tmp_path / "s2", log_key=given.key)
    with pytest.raises(CrossbearingError):
        accept_cosignature(whole, me(), tmp_path / "note", other)
