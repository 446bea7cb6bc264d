"""Invented captures of markets, taken in and derived by the commands in processes of their own."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HEAD: Final = (
    "captured_on", "listing_id", "seller", "title", "description", "category", "price", "currency", "ships_from",
    "ships_to", "seller_key",
)  # fmt: skip
_REF: Final = "BENCHMARK-1"


@dataclass(frozen=True)
class Used:
    """What one command printed, and what it took: seconds, seconds of all cores, megabytes."""

    said: str
    wall: float
    cpu: float
    memory: int


class Room:
    """One operation in a folder of its own, with an authorisation."""

    def __init__(self, home: Path) -> None:
        """Make the operation below ``home``."""
        self.operation = home / "operation"
        self._environment = {
            **os.environ, "CROSSBEARING_KEYS": str(home / "keys"), "CROSSBEARING_PERSON": "benchmark"
        }  # fmt: skip
        self.run("new", self.operation, "--name", "Invented", "--coordinator", "benchmark")
        granted = ("--issued-by", "benchmark", "--basis", "invented data", "--valid-from", "2021-01-01")
        self.run("authority", "add", self.operation, "--ref", _REF, *granted)

    def take_in(self, path: Path, market: str) -> None:
        """Add a capture, delimited text with ``HEAD``."""
        self.run("evidence", "add", self.operation, path, "--market", market, "--authority", _REF)

    def run(self, *words: object) -> Used:
        """Run a command to its end; a failure ends the benchmark, with what the command said of it."""
        began = time.monotonic()
        command = [str(Path(sys.executable).parent / "crossbearing"), *map(str, words)]
        done = subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True)
        said = done.stdout.read() if done.stdout else ""
        _, status, used = os.wait4(done.pid, 0)
        if status:
            raise SystemExit(1)
        return Used(said, time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)
