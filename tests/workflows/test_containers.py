"""Archives as evidence: their members are parts with a parent, and what could not be taken is on record."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from conftest import REF, fixed_context
from crossbearing.domain.errors import UnreadableSource, WrongKind
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.progress import Silent
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.show_evidence import list_evidence, show_bytes, verify_evidence

HEADER = b"captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"
PAGES = HEADER + b"2021-01-02,1,amberquay,Haze,,Cannabis,10,EUR,NL,EU,\n"
LINE = b"2021-01-02,%d,amberquay,Haze,,,1,EUR,NL,,\n"
Files = dict[str, bytes]


def zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def locked(content: bytes) -> bytes:
    """The zip file with its first member marked as encrypted."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def added(operation: Path, name: str, content: bytes, **more: object) -> Exhibit:
    path = operation.parent / name
    path.write_bytes(content)
    submission = Submission(path=path, authority=REF, market="Plover", **more)
    return add_evidence(operation, fixed_context(), [submission], Silent())[0].exhibit


def refusals(operation: Path) -> list[tuple[str, str, int, int]]:
    with open_operation(operation, fixed_context()) as opened, reading(opened) as engine:
        rows = engine.rows("SELECT part, reason, byte_offset, byte_length FROM refusal ORDER BY ALL")
    return [tuple(row.values()) for row in rows]


def test_archives_in_archives_are_parts_with_the_archive_they_came_from(local_operation: Path) -> None:
    inner = gzip.compress(tarred({"file.csv": PAGES, "note.txt": b"words"}))
    outer = zipped({"inner.tar.gz": inner, "more/pages.csv.xz": lzma.compress(PAGES.replace(b"amber", b"slate"))})
    exhibit = added(local_operation, "outer.zip", outer)
    assert [(part.part, part.parent, part.rows_out) for part in exhibit.parts] == [
        ("outer.zip", "", 0),
        ("outer.zip/inner.tar.gz", "outer.zip", 0),
        ("outer.zip/inner.tar.gz/file.csv", "outer.zip/inner.tar.gz", 1),
        ("outer.zip/inner.tar.gz/note.txt", "outer.zip/inner.tar.gz", 0),
        ("outer.zip/more/pages.csv.xz", "outer.zip", 1),
    ]
    assert exhibit.size_bytes == len(outer)
    assert all(check.is_whole for check in verify_evidence(local_operation, fixed_context(), Silent()))
    offset = len(HEADER)
    for part in ("outer.zip/inner.tar.gz/file.csv", "outer.zip/more/pages.csv.xz"):
        shown = show_bytes(
            local_operation, fixed_context(), exhibit.exhibit_id, part=part, offset=offset, length=len(PAGES) - offset
        )
        assert shown.startswith("2021-01-02,1,")
    assert refusals(local_operation) == [
        ("outer.zip/inner.tar.gz/note.txt", "no reader takes this file: it looks like text", 0, 5)
    ]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstandard.compress])
def test_a_compressed_file_is_read_as_what_is_in_it(local_operation: Path, pack) -> None:
    (part,) = added(local_operation, "pages.csv.packed", pack(PAGES)).parts
    assert part.rows_out == 1


def test_an_encrypted_member_is_a_refused_part_and_stays_one_when_it_is_read_again(local_operation: Path) -> None:
    exhibit = added(local_operation, "seized.zip", locked(zipped({"secret.csv": PAGES, "pages.csv": PAGES})))
    for _ in range(2):
        parts = {part.part: part for part in list_evidence(local_operation, fixed_context())[0].parts}
        assert parts["seized.zip/pages.csv"].rows_out == 1
        assert "encrypted" in parts["seized.zip/secret.csv"].unread
        ((part, reason, _, length),) = refusals(local_operation)
        assert (part, length) == ("seized.zip/secret.csv", parts[part].size_bytes)
        assert "encrypted" in reason
        reread_evidence(local_operation, fixed_context(), Silent(), exhibit_ids=[exhibit.exhibit_id])


def test_an_archive_of_which_all_is_encrypted_is_said_and_can_be_kept(local_operation: Path) -> None:
    content = locked(zipped({"secret.csv": PAGES}))
    with pytest.raises(WrongKind, match="encrypted"):
        added(local_operation, "seized.zip", content)
    assert len(added(local_operation, "seized.zip", content, keep_unread=True).parts) == 2


CUT = {
    "zip": zipped({"pages.csv": PAGES, "later.csv": PAGES * 9})[:-60],
    "tar": tarred({"pages.csv": PAGES, "later.csv": PAGES * 90})[:4_000],
    "tar.gz": gzip.compress(tarred({"pages.csv": PAGES, "noise": os.urandom(9_000)}))[:4_000],
    "gz": gzip.compress(PAGES + b"".join(b"2021-01-02,%d,amberquay,Haze,,,1,EUR,NL,,\n" % n for n in range(999)))[
        :-900
    ],
}


@pytest.mark.parametrize("kind", CUT)
def test_of_a_cut_file_what_is_whole_is_taken_if_damage_is_accepted(local_operation: Path, kind: str) -> None:
    with pytest.raises(UnreadableSource, match="cut off or damaged"):
        added(local_operation, f"cut.{kind}", CUT[kind])
    assert list_evidence(local_operation, fixed_context()) == []
    exhibit = added(local_operation, f"cut.{kind}", CUT[kind], accept_damaged=True)
    assert sum(part.rows_out for part in exhibit.parts) >= 1
    before = refusals(local_operation)
    assert before, "the gap is on record"
    reread_evidence(local_operation, fixed_context(), Silent(), exhibit_ids=[exhibit.exhibit_id])
    assert refusals(local_operation) == before, "and stays there"


def test_a_compressed_file_with_a_wrong_checksum_is_damage_although_every_row_is_whole(local_operation: Path) -> None:
    content = bytearray(gzip.compress(PAGES))
    content[-8] ^= 1
    with pytest.raises(UnreadableSource, match="incorrect data check"):
        added(local_operation, "pages.csv.gz", bytes(content))
    (part,) = added(local_operation, "pages.csv.gz", bytes(content), accept_damaged=True).parts
    assert part.rows_out == 1
    ((name, _, offset, _),) = refusals(local_operation)
    assert (name, offset) == ("pages.csv.gz", len(PAGES))


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, zstandard.compress])
def test_a_compressed_file_that_breaks_at_once_is_damaged_and_not_of_an_unknown_kind(
    local_operation: Path, pack
) -> None:
    content = pack(PAGES)[:-20]
    with pytest.raises(UnreadableSource, match="cut off or damaged"):
        added(local_operation, "pages.csv.packed", content)
    with pytest.raises(UnreadableSource, match="cut off or damaged"):
        added(local_operation, "folder.zip", zipped({"a.csv": PAGES, "b.packed": content}))
    parts = added(local_operation, "folder.zip", zipped({"a.csv": PAGES, "b": content}), accept_damaged=True).parts
    assert [part.rows_out for part in parts][1:2] == [1]
    assert any("too early" in reason for _, reason, _, _ in refusals(local_operation))


def test_an_archive_without_anything_whole_is_damaged_and_not_of_an_unknown_kind(local_operation: Path) -> None:
    with pytest.raises(UnreadableSource, match="directory"):
        added(local_operation, "seized.zip", b"PK\x03\x04 and nothing else")


def test_bytes_behind_an_archive_stop_nothing_and_are_on_record(local_operation: Path) -> None:
    content = zipped({"pages.csv": PAGES})
    exhibit = added(local_operation, "seized.zip", content + b"hidden")
    assert [(gap.offset, gap.length) for gap in exhibit.parts[0].gaps] == [(len(content), 6)]
    assert refusals(local_operation) == [("seized.zip", "bytes after the end of the archive", len(content), 6)]


def test_of_two_members_with_one_name_both_are_kept(local_operation: Path) -> None:
    files = [("a.csv", PAGES), ("a.csv", PAGES + PAGES[len(HEADER) :]), ("a.csv#2", b"x"), ("a.csv", b"y")]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    parts = added(local_operation, "twice.tar", out.getvalue()).parts
    names = ["twice.tar", "twice.tar/a.csv", "twice.tar/a.csv#2", "twice.tar/a.csv#2#2", "twice.tar/a.csv#3"]
    assert [part.part for part in parts] == names
    assert [part.rows_out for part in parts] == [0, 1, 2, 0, 0]


def test_hostile_members_are_written_nowhere_but_among_the_originals(local_operation: Path) -> None:
    before = {path for path in local_operation.parent.rglob("*") if local_operation not in path.parents}
    names = [
        "../../up.csv",
        "/etc/absolute",
        "C:\\drive",
        "a\x00b",
        "\u202egpj.exe",
        "..",
        "x/../../../y",
        "-",
        "~/.ssh/k",
    ]
    exhibit = added(local_operation, "bad.tar", tarred({"pages.csv": PAGES, **dict.fromkeys(names, b"x")}))
    after = {path for path in local_operation.parent.rglob("*") if local_operation not in path.parents}
    assert after - before == {local_operation.parent / "bad.tar"}
    assert len(exhibit.parts) == len(names) + 2
    for part in exhibit.parts[1:]:
        assert part.part.startswith("bad.tar/")
        assert not {"..", ""} & set(part.part.split("/"))
        assert part.part.isprintable()


def test_unpacked_bytes_are_on_no_disk_unsealed(local_operation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file that is written while archives within archives are opened, looked at when it is synced."""
    seen: list[bytes] = []
    real = os.fsync

    def look(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").is_file():
            seen.append(Path(f"/proc/self/fd/{handle}").read_bytes())
        real(handle)

    monkeypatch.setattr(os, "fsync", look)
    secret = b"words-that-must-be-sealed " * 9
    added(local_operation, "deep.zip", zipped({"in.zip": zipped({"x.tar": tarred({"s": secret, "pages.csv": PAGES})})}))
    assert len(seen) > 5
    assert not [content for content in seen if secret[:20] in content]


def test_a_file_that_changes_while_it_is_read_is_refused(
    local_operation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossbearing.store import originals

    real = originals._state
    states = iter([(1,)])
    monkeypatch.setattr(originals, "_state", lambda file: next(states, None) or real(file))
    with pytest.raises(UnreadableSource, match="changed while it was read"):
        added(local_operation, "seized.zip", zipped({"pages.csv": PAGES}))
    assert not list((local_operation / "originals").rglob("*"))


def test_how_far_archives_are_opened_does_not_change_which_exhibit_a_folder_is(
    local_operation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossbearing.intake.containers import archives

    folder = local_operation.parent / "folder"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zipped({"b.zip": zipped({"c.csv": PAGES})}))
    (folder / "pages.csv").write_bytes(PAGES)
    submission = Submission(path=folder, authority=REF, market="Plover")
    (first,) = add_evidence(local_operation, fixed_context(), [submission], Silent())
    monkeypatch.setattr(archives, "DEEPEST", 0)
    (again,) = add_evidence(local_operation, fixed_context(), [submission], Silent())
    assert first.is_new
    assert not again.is_new


@pytest.mark.parametrize(
    ("mark", "kind"), [(b"7z\xbc\xaf\x27\x1c", "7z archive"), (b"Rar!\x1a\x07\x01", "RAR archive")]
)
def test_an_archive_that_is_not_opened_here_is_named_with_the_next_move(
    local_operation: Path, mark: bytes, kind: str
) -> None:
    with pytest.raises(WrongKind, match=kind) as refused:
        added(local_operation, "seized.bin", mark + b"\x00" * 60)
    assert "sandbox" in refused.value.remedy
    exhibit = added(local_operation, "seized.zip", zipped({"pages.csv": PAGES, "inner": mark + b"\x00" * 60}))
    assert len(exhibit.parts) == 3
    assert kind in refusals(local_operation)[0][1]
