"""Forked children: run something, be told what it has finished, kill it; and the command line of the drivers."""

import contextlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

KILLED = -signal.SIGKILL
_PATIENCE = 120.0  # seconds after which a child that should have ended counts as hanging
_BLOCK = 1 << 16

Say = Callable[[str], None]


def count_wanted() -> int:
    """How many faults the tests make; see the package."""
    return int(os.environ.get("CROSSBEARING_FAULTS", "5"))


def is_thorough() -> bool:
    """Whether nothing is sampled."""
    return count_wanted() >= 1000


class Child:
    """A forked child that says, line by line, what has returned to it."""

    def __init__(self, work: Callable[[Say], object]) -> None:
        """Fork; the child does the work and ends. Whatever it raises is in ``failure`` afterwards."""
        said_to_us, say = os.pipe()
        self.said: list[str] = []
        self.failure = ""
        self.result: Any = None
        self._rest = b""
        self.pid = os.fork()
        if self.pid == 0:
            os.close(said_to_us)
            _live(work, say)
        os.close(say)
        self._pipe = said_to_us
        self._status: int | None = None

    def listen(self, seconds: float) -> bool:
        """Listen for so long; whether it has not ended before that."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self._pipe], [], [], left)[0] and not self._take():
                return False
        return True

    def kill(self) -> None:
        """Kill it, unless it has ended by itself."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Hear what it said last, and wait for its end; gives its exit code, or the signal's number below zero."""
        if self._status is None:
            if self.listen(_PATIENCE):
                self.kill()
                self.failure = f"it hung for {_PATIENCE:g} s"
                while self._take():
                    pass
            os.close(self._pipe)
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._status

    def _take(self) -> bool:
        block = os.read(self._pipe, _BLOCK)
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            word, _, rest = line.partition(b" ")
            if word == b"said":
                self.said.append(rest.decode())
            elif word == b"result":
                self.result = pickle.loads(bytes.fromhex(rest.decode()))  # noqa: S301 - our own child's
            else:
                self.failure = json.loads(rest)
        return bool(block)


def _live(work: Callable[[Say], object], pipe: int) -> None:
    """The child's life; does not return."""

    def say(line: str) -> None:
        os.write(pipe, f"said {line}\n".encode())

    code = 1
    try:
        result = pickle.dumps(work(say)).hex()
        _write(pipe, f"result {result}\n")
        code = 0
    except BaseException:  # noqa: BLE001 - told to whoever waits
        _write(pipe, f"failure {json.dumps(traceback.format_exc())}\n")
    finally:
        os._exit(code)


def _write(pipe: int, text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(pipe, data) :]


def in_child(work: Callable[[], Any]) -> Any:
    """What the work gives, done in a child of its own.

    Raises:
        ChildFailed: It raised, hung or died.
    """
    child = Child(lambda _: work())
    status = child.wait()
    if status or child.failure:
        raise ChildFailed(child.failure or f"it ended with {status}")
    return child.result


class ChildFailed(Exception):
    """A child raised, hung or died although nobody killed it."""


def require_alone() -> None:
    """Refuse to fork from a process with threads of Python's own: the child would miss them."""
    if threading.active_count() != 1:
        message = "the process that forks has threads"
        raise RuntimeError(message)


def report(driver: str, folder: Path, **wanted: object) -> dict[str, Any]:
    """Run a driver in a process of its own and give its report; its words go to our output.

    Args:
        driver: Module in this package; its ``main`` takes the folder and what is wanted.
        folder: An empty folder that it may fill.
        wanted: Arguments for it.
    """
    here = Path(__file__).parent.parent
    path = os.pathsep.join([str(here), *filter(None, [os.environ.get("PYTHONPATH")])])
    work = json.dumps({"driver": driver, "folder": str(folder), **wanted})
    environment = {**os.environ, "PYTHONPATH": path, "CROSSBEARING_THREADS": "1"}
    began = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "faults", work], env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise ChildFailed(run.stderr)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    shown = {name: value for name, value in found.items() if name != "wrong"}
    sys.stdout.write(f"{driver}: {shown}, {time.monotonic() - began:.1f} s\n")
    return found


@contextlib.contextmanager
def as_wrong(wrong: list[str], where: str) -> Iterator[None]:
    """Keep what fails within the block, with the place, and go on."""
    try:
        yield
    except Exception as failed:  # noqa: BLE001 - it is the finding
        wrong.append(f"{where}: {failed}")
