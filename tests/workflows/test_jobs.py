"""Long work can be watched and stopped, and goes on where it left off, to the same bytes."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import REF, made_operation
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound, Stopped
from crossbearing.domain.progress import Silent
from crossbearing.store.keyring import KEYS_VARIABLE
from crossbearing.store.operation import open_operation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.erase import erase_person
from crossbearing.workflows.show_log import verify_log
from crossbearing.workflows.watch_jobs import list_jobs, stop_job
from small_market import BUYER, MARKET, ROWS, SELLER_ID, small_market


def me() -> Context:
    return Context(person="analyst", purpose="test")


class StopsAt:
    """Progress that asks for a stop at its n-th word."""

    def __init__(self, number: int) -> None:
        self.left = number

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG002 - protocol
        def advance(_: int) -> None:
            self.left -= 1
            if self.left == 0:
                raise Stopped("stopped by the test", where=name, remedy="go on")

        advance(0)
        yield advance


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("jobs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEYS_VARIABLE, str(home / "keys"))
        made_operation(home / "operation")
    small_market(home / "kestrel.sql")
    rows = {name: [] for name in ROWS} | {"users": [(f"v{SELLER_ID}", "elsewhere", None, None, None)]}
    small_market(home / "plover.sql", rows)
    return home


def content(folder: Path) -> dict[str, object]:
    """What counts in an operation, unsealed: registered rows and derived files."""
    from crossbearing.store.arrow import sha256_of
    from crossbearing.store.register import exhibits

    with open_operation(folder, me()) as operation:
        found: dict[str, object] = {}
        for one in exhibits(operation.ledger).values():
            for file in one.files:
                if file.protection:
                    rows = repr(operation.vault.read(file).to_pylist()).encode()
                    found[f"{one.exhibit_id}/{file.table}"] = hashlib.sha256(rows).hexdigest()
                else:
                    found[f"{one.exhibit_id}/{file.table}"] = sha256_of(folder / file.path)
    for pointer in sorted((folder / "derived").glob("[!.]*.json")):
        found[pointer.name] = json.loads(pointer.read_text())["sha256"]
    for package in sorted((folder / "packages").glob("*/package.json")):
        found[package.parent.name] = {**json.loads(package.read_text()), "built_on": "", "last_active": ""}
    return found


def everything(home: Path, progress: object) -> None:
    folder = home / "operation"
    submissions = [
        Submission(path=home / "kestrel.sql", authority=REF, market=MARKET),
        Submission(path=home / "plover.sql", authority=REF, market="Plover"),
    ]
    add_evidence(folder, me(), submissions, progress)
    bring_up_to_date(folder, me(), progress)
    build_packages(folder, me(), progress)


@pytest.mark.usefixtures("anew")
def test_work_that_is_stopped_anywhere_goes_on_to_the_same_bytes(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fresh(name: str) -> Path:
        shutil.copytree(template, tmp_path / name)
        monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / name / "keys"))
        return tmp_path / name

    undisturbed = fresh("undisturbed")
    everything(undisturbed, Silent())
    expected = content(undisturbed / "operation")
    stops = 0
    # Each of these is stopped again and again while it goes on.
    for numbers in ((1, 9, 28, 40),):
        home = fresh(f"stopped-{numbers[0]}")
        for number in numbers:
            try:
                everything(home, StopsAt(number))
            except Stopped:
                stops += 1
                assert {job.state for job in list_jobs(home / "operation", me())} == {"stopped"}
        everything(home, Silent())
        assert content(home / "operation") == expected
        assert verify_log(home / "operation", me()).findings == ()
        assert list_jobs(home / "operation", me()) == []
    assert stops >= 3


def test_an_erasure_that_is_stopped_leaves_the_person_wholly_there_or_wholly_gone(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    shutil.copytree(template, ready)
    monkeypatch.setenv(KEYS_VARIABLE, str(ready / "keys"))
    everything(ready, Silent())
    before = content(ready / "operation")
    for number in (1, 2, 3):
        home = tmp_path / str(number)
        shutil.copytree(ready, home)
        monkeypatch.setenv(KEYS_VARIABLE, str(home / "keys"))
        with pytest.raises(Stopped):
            erase_person(home / "operation", me(), StopsAt(number), market=MARKET, account=BUYER, reason="order")
        assert content(home / "operation") == before
        erase_person(home / "operation", me(), Silent(), market=MARKET, account=BUYER, reason="order")
        with pytest.raises(NotFound):
            erase_person(home / "operation", me(), Silent(), market=MARKET, account=BUYER, reason="order")


def test_a_running_job_is_seen_and_stopped_by_another_process(local_operation: Path, tmp_path: Path) -> None:
    """The one who stops it never meets the one who runs it, but in the folder."""
    path = small_market(tmp_path / "kestrel.sql")

    class Meddler:
        seen: list[tuple[str, str]] = []  # noqa: RUF012

        @contextmanager
        def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG002 - protocol
            (job,) = list_jobs(local_operation, me())
            self.seen.append((job.state, job.work))
            if name.startswith("Reading"):
                done = subprocess.run(
                    [Path(sys.executable).with_name("crossbearing"), "job", "stop", str(local_operation), job.job_id],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                assert "asked" in done.stdout
            yield lambda _: None

    with pytest.raises(Stopped):
        add_evidence(local_operation, me(), [Submission(path=path, authority=REF, market=MARKET)], Meddler())
    assert ("running", "evidence add") in Meddler.seen
    assert [job.state for job in list_jobs(local_operation, me())] == ["stopped"]
    add_evidence(local_operation, me(), [Submission(path=path, authority=REF, market=MARKET)], Silent())
    assert list_jobs(local_operation, me()) == []


def test_a_job_whose_process_is_gone_is_interrupted(local_operation: Path) -> None:
    facts = {
        "job_id": "abcd", "work": "run", "person": "x", "started_at": "2026", "state": "running", "stage": "s",
        "done": 1, "total": 2, "pid": 2**22 + 1,
    }  # fmt: skip
    (local_operation / "jobs").mkdir(exist_ok=True)
    (local_operation / "jobs" / "abcd.json").write_text(json.dumps(facts))
    assert [job.state for job in list_jobs(local_operation, me())] == ["interrupted"]
    with pytest.raises(NotFound):
        stop_job(local_operation, me(), "abcd")
    bring_up_to_date(local_operation, me(), Silent())
    assert list_jobs(local_operation, me()) == []
