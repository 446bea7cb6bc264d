"""Custody: acquisition, clock, hand-overs signed by both sides, archives as trees."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from conftest import REF
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, UnreadableSource
from crossbearing.domain.progress import Silent
from crossbearing.store.operation import open_operation
from crossbearing.store.snapshot import snapshot
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.custody import (
    Acquisition,
    assert_clock,
    draft_hand_over,
    make_key,
    record_hand_over,
    show_custody,
    sign_hand_over,
    state_acquisition,
)
from crossbearing.workflows.show_evidence import list_evidence, verify_evidence
from small_market import MARKET, small_market


def me() -> Context:
    return Context(person="analyst", purpose="test")


@pytest.fixture
def exhibit(operation: Path) -> str:
    path = small_market(operation.parent / "kestrel.sql")
    step = {"source": "disk image", "source_sha256": "ab" * 32, "tool": "dumper", "version": "1", "by": "J", "at": "x"}
    submission = Submission(path=path, authority=REF, market=MARKET, acquisition=step)
    return add_evidence(operation, me(), [submission], Silent())[0].exhibit.exhibit_id


def test_the_chain_of_custody_tells_every_step_in_its_order(operation: Path, exhibit: str) -> None:
    step = Acquisition(source="server", source_sha256="", tool="imager", version="2.1", by="unit 5", at="2021-02-01")
    state_acquisition(operation, me(), exhibit, step)
    assert_clock(operation, me(), exhibit, clock="+02:00", basis="compared with a time server at the seizure")
    chain = show_custody(operation, me(), exhibit)
    assert [link.what for link in chain] == [
        "exhibit_added", "acquisition_stated", "acquisition_stated", "clock_asserted",
    ]  # fmt: skip
    assert chain[1].says["source"] == "disk image"
    assert chain[2].says["tool"] == "imager"
    (found,) = list_evidence(operation, me())
    assert found.clock == "+02:00"
    with open_operation(operation, me()) as opened:
        assert snapshot(opened.ledger, "exhibit").rows.to_pylist()[0]["clock"] == "+02:00"


@pytest.mark.parametrize("clock", ["", "2h", "+25:00", "+1:00", "02:00", "+02:61"])
def test_a_clock_that_is_no_offset_is_refused(operation: Path, exhibit: str, clock: str) -> None:
    with pytest.raises(BadRequest):
        assert_clock(operation, me(), exhibit, clock=clock, basis="x")


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    names = ("de-unit", "nl-desk", "somebody")
    return {name: (tmp_path / f"{name}.key", make_key(name, tmp_path / f"{name}.key")) for name in names}


def drafted(operation: Path, exhibit: str, receiver: str = "nl-desk") -> Path:
    path = operation.parent / "handover.txt"
    text = draft_hand_over(
        operation, me(), exhibit, giver="de-unit", receiver=receiver, place="The Hague", reason="JIT"
    )
    path.write_text(text, encoding="utf-8")
    return path


def test_a_hand_over_counts_when_both_sides_signed_it(operation: Path, exhibit: str, keys) -> None:
    draft = drafted(operation, exhibit)
    public = [keys["de-unit"][1], keys["nl-desk"][1]]
    sign_hand_over(draft, keys["de-unit"][0])
    with pytest.raises(UnreadableSource, match="not signed by nl-desk"):
        record_hand_over(operation, me(), draft, public)
    sign_hand_over(draft, keys["nl-desk"][0])
    said = record_hand_over(operation, me(), draft, public)
    assert (said["from"], said["to"], said["exhibit"]) == ("de-unit", "nl-desk", exhibit)
    assert show_custody(operation, me(), exhibit)[-1].says["place"] == "The Hague"


def test_a_hand_over_that_was_changed_after_signing_is_refused(operation: Path, exhibit: str, keys) -> None:
    draft = drafted(operation, exhibit)
    for name in ("de-unit", "nl-desk"):
        sign_hand_over(draft, keys[name][0])
    whole = draft.read_text()
    for old, new in (("The Hague", "Elsewhere"), (exhibit, "E-000000000000"), ("JIT", "jit")):
        draft.write_text(whole.replace(old, new))
        with pytest.raises(UnreadableSource):
            record_hand_over(operation, me(), draft, [keys["de-unit"][1], keys["nl-desk"][1]])


def test_a_signature_of_somebody_else_does_not_count(operation: Path, exhibit: str, keys) -> None:
    draft = drafted(operation, exhibit)
    sign_hand_over(draft, keys["de-unit"][0])
    sign_hand_over(draft, keys["somebody"][0])
    with pytest.raises(UnreadableSource, match="nl-desk"):
        record_hand_over(operation, me(), draft, [keys["de-unit"][1], keys["somebody"][1]])


def test_a_hand_over_of_another_operation_is_refused(operation: Path, exhibit: str, keys) -> None:
    draft = drafted(operation, exhibit)
    draft.write_text(draft.read_text().replace("operation: ", "operation: f"))
    for name in ("de-unit", "nl-desk"):
        sign_hand_over(draft, keys[name][0])
    with pytest.raises(Contradiction):
        record_hand_over(operation, me(), draft, [keys["de-unit"][1], keys["nl-desk"][1]])


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as out:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            out.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_and_its_members_are_one_exhibit_and_a_tree(local_operation: Path, pack) -> None:
    dump = small_market(local_operation.parent / "kestrel.sql").read_bytes()
    hostile = {"a/kestrel.sql": dump, "../../escape.txt": b"x", "/etc/absolute": b"y", "notes.bin": b"\x00\x01"}
    archive = pack(local_operation.parent / "seized.archive", hostile)
    submission = Submission(path=archive, authority=REF, market=MARKET)
    (added,) = add_evidence(local_operation, me(), [submission], Silent())
    root, *members = added.exhibit.parts
    assert root.part == "seized.archive"
    assert root.sha256 == added.exhibit.sha256
    assert {member.parent for member in members} == {"seized.archive"}
    assert len(members) == 4
    assert all(check.is_whole for check in verify_evidence(local_operation, me(), Silent()))
    assert not (local_operation.parent / "escape.txt").exists()
    assert not Path("/etc/absolute").exists()


def test_an_archive_that_unpacks_without_end_is_stopped_and_leaves_nothing(local_operation: Path) -> None:
    bomb = zipped(local_operation.parent / "bomb.zip", {"zeros": bytes(200 << 20)})
    with pytest.raises(UnreadableSource, match="far more bytes"):
        add_evidence(local_operation, me(), [Submission(path=bomb, authority=REF)], Silent())
    assert list_evidence(local_operation, me()) == []
    assert list((local_operation / "originals").rglob("*")) == []


def test_a_spreadsheet_is_a_file_and_not_an_archive(local_operation: Path) -> None:
    from crossbearing.domain.errors import WrongKind

    sheet = zipped(local_operation.parent / "book.xlsx", {"[Content_Types].xml": b"<x/>", "xl/a.xml": b"<x/>"})
    with pytest.raises(WrongKind, match="No profile fits"):
        add_evidence(local_operation, me(), [Submission(path=sheet, authority=REF)], Silent())
