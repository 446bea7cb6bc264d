"""Originals, sessions, steps and views: what comes in is kept, what is made can be made again."""

import errno
import hashlib
import io
import os
import platform
import subprocess
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.access import Subject
from crossbearing.domain.act import ActKind
from crossbearing.domain.errors import (
    BadConfiguration,
    Contradiction,
    InvariantBroken,
    MissingTable,
    NotAuthorised,
    NotFound,
    NothingWritten,
    UnreadableSource,
)
from crossbearing.domain.progress import Silent
from crossbearing.intake.containers.archives import unpacked
from crossbearing.registry import STEPS
from crossbearing.store import durable
from crossbearing.store.arrow import ROWS_PER_GROUP, RowGroupWriter, sha256_of
from crossbearing.store.keyring import ORIGINALS, Keyring
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.originals import Originals
from crossbearing.store.records import transformer
from crossbearing.store.session import session
from crossbearing.store.steps import PythonStep, in_order, run_steps, states
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence

LISTINGS = (
    b"captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"
    b"2021-01-02,1,amberquay,Haze,,Cannabis,10,EUR,NL,EU,\n"
)


def added(folder: Path, content: bytes = LISTINGS, name: str = "pages.csv") -> str:
    path = folder.parent / name
    path.write_bytes(content)
    (one,) = add_evidence(folder, fixed_context(), [Submission(path=path, authority=REF, market="Plover")], Silent())
    return one.exhibit.exhibit_id


def test_a_file_is_wholly_replaced_or_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "file"
    durable.write_text(target, "old")

    def fail_half_way() -> None:
        with durable.replacing(target) as unfinished:
            unfinished.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NothingWritten), durable.replacing(tmp_path / "file"):
        raise OSError(28, "No space left on device")


def sealed_originals(home: Path) -> Originals:
    keyring = Keyring(home / "keys")
    keyring.make(ORIGINALS)
    return Originals(home / "originals", keyring)


@given(content=st.binary(min_size=1, max_size=5000))
def test_originals_keep_the_bytes_under_their_hash(tmp_path_factory, content: bytes) -> None:
    home = tmp_path_factory.mktemp("originals")
    source = home / "source"
    source.write_bytes(content)
    originals = sealed_originals(home)
    with originals.staged(source, lambda _: None, lambda _: iter(())) as staged:
        originals.keep(staged)
    assert staged.sha256 == hashlib.sha256(content).hexdigest()
    with originals.opened(staged.sha256) as stream:
        assert stream.read() == content
    assert originals.is_whole(staged.sha256)
    assert len(content) < 16 or content not in originals.path_of(staged.sha256).read_bytes(), "it is sealed"
    assert not originals.path_of(staged.sha256).stat().st_mode & 0o222


def test_what_is_not_kept_leaves_no_trace(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    originals = sealed_originals(tmp_path)
    with originals.staged(source, lambda _: None, unpacked):
        pass
    assert list((tmp_path / "originals").iterdir()) == []


def test_links_pipes_and_empty_folders_are_refused(tmp_path: Path) -> None:
    originals = sealed_originals(tmp_path)
    (tmp_path / "target").write_bytes(b"secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    for wrong in (folder, tmp_path / "pipe", tmp_path / "empty", tmp_path / "absent"):
        with pytest.raises(UnreadableSource), originals.staged(wrong, lambda _: None, unpacked):
            pass


def test_a_session_reads_nothing_outside_the_operation(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    (tmp_path / "inside").mkdir()
    for query in (
        f"SELECT * FROM read_csv('{secret}')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/other.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ):
        with pytest.raises(InvariantBroken), session(folder=tmp_path / "inside") as engine:
            engine.rows(query)


LARGE = """
    SELECT max(r) AS n FROM (
        SELECT row_number() OVER (ORDER BY i || repeat(md5(i::VARCHAR), 4) DESC) AS r FROM range(1500000) t(i)
    )
"""


def test_what_does_not_fit_in_memory_spills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSBEARING_MEMORY", "120MB")
    (tmp_path / "derived").mkdir()
    with session(folder=tmp_path) as engine:
        assert engine.rows(LARGE) == [{"n": 1_500_000}]


def test_what_may_not_spill_and_does_not_fit_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSBEARING_MEMORY", "120MB")
    (tmp_path / "derived").mkdir()
    with pytest.raises(BadConfiguration, match="memory"), session(folder=tmp_path, may_spill=False) as engine:
        engine.rows(LARGE)
    assert list((tmp_path / "derived").iterdir()) == []


@pytest.mark.parametrize("threads", ["0", "-1", "many"])
def test_a_wrong_number_of_threads_is_said(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSBEARING_THREADS", threads)
    with pytest.raises(BadConfiguration), session():
        pass


@given(pieces=st.lists(st.integers(0, 70_000), min_size=1, max_size=4))
@example(pieces=[1_001, 70_000])
def test_parquet_bytes_do_not_depend_on_how_rows_arrive_or_who_writes_them(tmp_path_factory, pieces: list[int]) -> None:
    folder = tmp_path_factory.mktemp("parquet")
    numbers = pa.array(range(sum(pieces)), pa.int64())
    text = pc.utf8_lpad(numbers.cast(pa.string()), 60)  # some pages in a group
    rows = pa.table({"n": numbers, "text": pc.if_else(pc.equal(pc.bit_wise_and(numbers, 7), 3), None, text)})

    def file(name: str, sizes: list[int], beside: Executor | None = None) -> str:
        writer = RowGroupWriter(folder / name, rows.schema, beside)
        start = 0
        for size in sizes:
            writer.add(rows.slice(start, size))
            start += size
        writer.close()
        return sha256_of(folder / name)

    with ThreadPoolExecutor(1) as pool:
        assert file("pieces", pieces) == file("whole", [sum(pieces)]) == file("beside", pieces, pool)
    assert parquet.read_table(folder / "pieces").equals(rows)


def test_a_group_that_cannot_be_written_beside_the_caller_fails_the_file() -> None:
    class Full(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, _data: object, /) -> int:
            raise OSError(errno.ENOSPC, "no space")

    with ThreadPoolExecutor(1) as pool:
        writer = RowGroupWriter(Full(), pa.schema([("n", pa.int64())]), pool)
        writer.add(pa.table({"n": pa.array(range(ROWS_PER_GROUP))}))
        with pytest.raises(OSError, match="no space"):
            writer.close()


def test_a_step_that_reads_an_unknown_table_is_refused() -> None:
    with pytest.raises(MissingTable):
        in_order([PythonStep("x", frozenset({"nowhere"}), lambda _: pa.table({}))])


@pytest.mark.usefixtures("anew")
def test_only_what_changed_is_made_again(local_operation: Path) -> None:
    added(local_operation)
    with open_operation(local_operation, fixed_context()) as operation:
        first = run_steps(operation, STEPS, Silent())
        assert {step.state for step in first} == {"built"}
        assert {step.state for step in run_steps(operation, STEPS, Silent())} == {"kept"}
    added(local_operation, LISTINGS.replace(b"amberquay", b"bluntferry"), "more.csv")
    with open_operation(local_operation, fixed_context()) as operation:
        stale = {step.table for step in states(operation, STEPS) if step.state == "stale"}
        assert {"account", "listing", "target"} <= stale
        rebuilt = {step.table for step in run_steps(operation, STEPS, Silent()) if step.state == "built"}
    assert rebuilt <= stale
    assert "account" in rebuilt
    assert "outcome_pair" not in rebuilt, "an input that came out the same does not spread"


@pytest.mark.usefixtures("anew")
def test_derived_may_be_deleted_and_comes_back_the_same(local_operation: Path) -> None:
    added(local_operation)

    def files() -> dict[str, str]:
        return {p.name: sha256_of(p) for p in (local_operation / "derived").glob("*.parquet")}

    with open_operation(local_operation, fixed_context()) as operation:
        run_steps(operation, STEPS, Silent())
        before = files()
        for path in (local_operation / "derived").iterdir():
            path.unlink()
        run_steps(operation, STEPS, Silent())
    assert files() == before


def with_subject(operation: Operation, subject: Subject) -> Operation:
    return replace(operation, subject=subject)


def test_somebody_else_sees_nothing_and_the_attempt_is_logged(operation: Path) -> None:
    added(operation)
    with open_operation(operation, fixed_context("stranger")) as opened:
        stranger = with_subject(opened, Subject(person="stranger", owns_folder=False))
        with pytest.raises(NotAuthorised), reading(stranger):
            pass
        denied = opened.ledger.entries(ActKind.ACCESS_DENIED)
    assert [(entry.person, entry.payload["action"]) for entry in denied] == [("stranger", "see")]


def test_views_hold_only_registered_files(local_operation: Path) -> None:
    """A record file that nobody registered, as a crash may leave it, is not read."""
    exhibit = added(local_operation)
    orphan = local_operation / "records" / "E-orphan"
    orphan.mkdir()
    (file,) = (local_operation / "records" / exhibit).glob("listing_sighting-*.parquet")
    (orphan / file.name).write_bytes(file.read_bytes())
    with open_operation(local_operation, fixed_context()) as operation, reading(operation) as engine:
        assert engine.one("SELECT count(*) AS n FROM listing_sighting")["n"] == 1
        assert engine.one("SELECT count(*) AS n FROM sale")["n"] == 0


def test_an_operation_is_not_made_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "thing").write_text("x")
    for place in (tmp_path, tmp_path / "thing"):
        with pytest.raises(Contradiction):
            made_operation(place)


def test_a_folder_without_settings_is_no_operation(tmp_path: Path) -> None:
    with pytest.raises(NotFound), open_operation(tmp_path, fixed_context()):
        pass


@pytest.mark.parametrize(
    "text", ["format = 1\n", "format = 99\nid='a'\nname='b'\ncoordinator='c'\n[decisions]\n", "]["]
)
def test_settings_that_make_no_sense_are_said(local_operation: Path, text: str) -> None:
    (local_operation / "operation.toml").write_text(text)
    with pytest.raises(BadConfiguration), open_operation(local_operation, fixed_context()):
        pass


def test_a_damaged_decision_store_is_said_and_not_touched(local_operation: Path) -> None:
    for name in ("decisions.sqlite-wal", "decisions.sqlite-shm"):
        (local_operation / name).unlink(missing_ok=True)
    path = local_operation / "decisions.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(UnreadableSource), open_operation(local_operation, fixed_context()):
        pass
    assert path.read_bytes() == b"not a database" * 100


def test_postgres_without_its_variable_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CROSSBEARING_POSTGRES", raising=False)
    with pytest.raises(BadConfiguration):
        made_operation(tmp_path / "op", on_postgres=True)


def test_an_error_while_rows_are_being_mapped_is_said_as_it_is() -> None:
    rows = pa.table({"x": list(range(300_000))})

    def broken() -> None:
        with transformer() as engine:
            engine.submit(engine.apply, rows, "SELECT max(sha256(x::VARCHAR)) FROM raw")
            raise KeyError

    with pytest.raises(KeyError):
        broken()


def test_rows_that_are_mapped_beside_each_other_keep_their_order() -> None:
    with transformer() as engine:
        tables = [pa.table({"x": list(range(first, first + 70_000))}) for first in range(0, 700_000, 70_000)]
        work = [engine.submit(engine.apply, table, "SELECT x FROM raw WHERE x % 3 = 0") for table in tables]
        found = [x for one in work for x in one.result()[0].column("x").to_pylist()]
    assert found == list(range(0, 700_000, 3))


# Gives up twenty large buffers between which small ones are kept, and prints how much memory the process still has
# more than before, kB.
GIVES_UP = """
import re
from pathlib import Path
from crossbearing.store.session import session

def has():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

with session() as engine:
    engine.rows("SELECT 1")
bytearray(b"x") * (8 << 20)  # after this, the allocator by itself would keep buffers of up to 8 MB
before, large, small = has(), [], []
for _ in range(20):
    large.append(bytearray(b"x") * (4 << 20))
    small.append(bytearray(200_000))
del large
print(has() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators keep to their own rules")
def test_large_buffers_go_back_to_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", GIVES_UP], capture_output=True, check=True)
    assert int(run.stdout) < 8_000
