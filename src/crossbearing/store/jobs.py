"""Jobs: long work that shows how far it is, stops when asked, and goes on where it left off.

One protocol for every long workflow. A running job has a small file in the operation folder; whoever wants it
to stop leaves another beside it. Work is done in pieces that are wholly there or not at all, so going on is
doing the same again: what is done is found done.
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.errors import CrossbearingError, NotFound, Stopped
from crossbearing.domain.progress import Progress
from crossbearing.store.operation import Operation

FOLDER: Final = "jobs"
_SECONDS_BETWEEN_LOOKS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """How one job stands.

    Attributes:
        work: The command that does it.
        state: "running"; "interrupted" if its process is gone, "stopped" or "failed" if it said so.
        stage: What it does now, or did last.
        done: Units of the stage that are done, of ``total``.
    """

    job_id: str
    work: str
    person: str
    started_at: str
    state: str
    stage: str
    done: int
    total: int


@contextmanager
def job(operation: Operation, work: str, progress: Progress) -> Iterator[Progress]:
    """Do long work as a job; the progress given back also looks whether a stop was asked for.

    Args:
        operation: Where.
        work: The command, such as "evidence add".
        progress: Who watches.

    Raises:
        Stopped: Within the block: somebody asked for it. What was finished is kept.
    """
    home = operation.folder / FOLDER
    home.mkdir(exist_ok=True)
    for old in _found(operation.folder):
        if old.work == work and old.state != "running":
            (home / f"{old.job_id}.json").unlink(missing_ok=True)  # this one goes on where that one left off
    watched = _Watched(home, operation, work, progress)
    watched.write("running")
    try:
        yield watched
    except Stopped:
        watched.write("stopped")
        raise
    except CrossbearingError:
        watched.forget()  # it was refused with its reason; there is nothing to go on with
        raise
    except BaseException:
        watched.write("failed")
        raise
    else:
        watched.forget()


def jobs(folder: Path) -> list[JobState]:
    """Jobs that run in an operation, and those that did not come to their end."""
    return _found(folder)


def ask_to_stop(folder: Path, job_id: str) -> None:
    """Ask a running job to stop at the next moment where nothing is half done.

    Raises:
        NotFound: No such job runs.
    """
    if not any(one.job_id == job_id and one.state == "running" for one in _found(folder)):
        raise NotFound(
            f"No job {job_id!r} runs here",
            where=str(folder),
            remedy="`crossbearing job list` shows the jobs.",
        )
    (folder / FOLDER / f"{job_id}.stop").touch()


class _Watched:
    """Progress that is also written down, and that ends the work when a stop was asked for."""

    def __init__(self, home: Path, operation: Operation, work: str, progress: Progress) -> None:
        self._progress = progress
        self._where = str(operation.folder)
        self._facts: dict[str, Any] = {
            "job_id": secrets.token_hex(4),
            "work": work,
            "person": operation.context.person,
            "started_at": operation.context.now(),
            "pid": os.getpid(),
            "stage": "",
            "done": 0,
            "total": 0,
        }
        self._path = home / f"{self._facts['job_id']}.json"
        self._looked = 0.0

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """See ``domain.progress.Progress``."""
        self._facts.update(stage=name, done=0, total=total)
        with self._progress.stage(name, total) as shown:

            def advance(done: int) -> None:
                shown(done)
                self._facts["done"] += done
                if time.monotonic() - self._looked > _SECONDS_BETWEEN_LOOKS:
                    self._look()

            self._look()
            yield advance

    def write(self, state: str) -> None:
        """Write down how it stands; losing this in a crash loses nothing."""
        self._path.parent.mkdir(exist_ok=True)
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(json.dumps({**self._facts, "state": state}), encoding="utf-8")
        unfinished.replace(self._path)

    def forget(self) -> None:
        """The work came to its end."""
        self._path.unlink(missing_ok=True)
        self._path.with_suffix(".stop").unlink(missing_ok=True)
        with suppress(OSError):
            self._path.parent.rmdir()  # if it was the only one

    def _look(self) -> None:
        self._looked = time.monotonic()
        if self._path.with_suffix(".stop").exists():
            self._path.with_suffix(".stop").unlink(missing_ok=True)
            raise Stopped(
                "The work was stopped because somebody asked for it",
                where=f"{self._where}, {self._facts['work']}: {self._facts['stage']}",
                remedy="What was finished is kept. Repeat the command to go on.",
            )
        self.write("running")


def _found(folder: Path) -> list[JobState]:
    found = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # it ended while we looked
        is_gone = facts["state"] == "running" and not _lives(int(facts.pop("pid")))
        facts.pop("pid", None)
        found.append(JobState(**{**facts, "state": "interrupted" if is_gone else facts["state"]}))
    return sorted(found, key=lambda one: one.started_at)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
