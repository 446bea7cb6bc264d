"""A disk that is full or fails at any call by which SQLite writes: what was acknowledged is there, once.

A shim between SQLite and the system (apsw's VFS) counts the writes, syncs and truncations of some acts and lets one of
them fail. The shim cannot share memory, so the connection holds the file alone; SQLite writes the same files then.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from conftest import fixed_context, signed_ledger, verified
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.errors import CrossbearingError
from crossbearing.store.ledger import SqliteEngine
from crossbearing.store.ledger import sqlite as engine_module
from faults.harness import is_thorough

ACTS = 200 if is_thorough() else 80
STRIDE = 1 if is_thorough() else 41
NAME = "faulty"


class Disk:
    """Counts the calls that write, and lets one of them fail."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails_at = 0
        self.failure: type[Exception] = apsw.IOError
        self.is_short = False

    def called(self) -> bool:
        """Count one call; whether it writes half of its bytes before it fails.

        Raises:
            FullError, IOError: It is this one's turn.
        """
        self.calls += 1
        if self.calls == self.fails_at:
            if self.is_short:
                return True
            raise self.failure
        return False


DISK = Disk()


class File(apsw.VFSFile):
    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        if DISK.called():
            super().xWrite(data[: len(data) // 2], offset)
            raise apsw.FullError
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        DISK.called()
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        DISK.called()
        super().xTruncate(size)


class Shim(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(NAME, "")

    def xOpen(self, name: object, flags: list[int]) -> File:  # noqa: N802
        return File("", name, flags)


def through_the_shim(path: str) -> apsw.Connection:
    connection = apsw.Connection(path, vfs=NAME)
    connection.pragma("locking_mode", "exclusive")
    return connection


@contextmanager
def shimmed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shim = Shim()
    with monkeypatch.context() as patch:

        class Apsw:
            """The module as the engine sees it, with another way to connect."""

            Connection = staticmethod(through_the_shim)

            def __getattr__(self, name: str) -> object:
                return getattr(apsw, name)

        patch.setattr(engine_module, "apsw", Apsw())
        yield
    shim.unregister()


def scenario(path: Path) -> tuple[list[str], int]:
    """Record the acts one by one, each until it is acknowledged; gives them, and how many errors there were."""
    acknowledged: list[str] = []
    errors = 0
    ledger = None
    while len(acknowledged) < ACTS:
        try:
            ledger = ledger or signed_ledger(SqliteEngine(path))
            subject = f"act-{len(acknowledged)}"
            if len(acknowledged) % 10 == 9:
                act = Act(kind=ActKind.PAIR_JUDGED, subject=subject, payload={"kind": "account"})
                ledger.decide(fixed_context(), lambda _, act=act: [act], ActKind.PAIR_JUDGED)
            else:
                ledger.record(fixed_context(), Act(kind=ActKind.CONSULTED, subject=subject, payload={"n": 1}))
            acknowledged.append(subject)
        except CrossbearingError:
            errors += 1
            assert errors < 5, "one failure of the disk is one failed act, and then it goes on"
    ledger.close()
    return acknowledged, errors


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    SqliteEngine(folder / "decisions.sqlite").close()
    return folder


@pytest.mark.parametrize("failure", ["full", "error", "short write"])
def test_a_disk_that_fails_at_any_write_loses_and_doubles_nothing(
    empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    DISK.failure = apsw.IOError if failure == "error" else apsw.FullError
    DISK.is_short = failure == "short write"

    def trial(fails_at: int) -> int:
        home = tmp_path / f"trial-{fails_at}"
        shutil.copytree(empty, home)
        DISK.calls, DISK.fails_at = 0, fails_at
        with shimmed(monkeypatch):
            acknowledged, errors = scenario(home / "decisions.sqlite")
        DISK.fails_at = 0
        ledger = signed_ledger(SqliteEngine(home / "decisions.sqlite"))
        assert [entry.subject for entry in ledger.entries()] == acknowledged, f"call {fails_at}"
        assert verified(ledger).findings == (), f"call {fails_at}"
        ledger.close()
        shutil.rmtree(home)
        return errors

    assert trial(0) == 0
    calls = DISK.calls
    assert calls > ACTS * 3, "the shim sees the writes"
    failed = sum(trial(number) > 0 for number in range(1, calls + 1, STRIDE))
    in_turn = len(range(1, calls + 1, STRIDE))
    sys.stdout.write(f"{failure}: {calls} calls that write, {in_turn} failed in turn, {failed} were noticed\n")
    assert failed
