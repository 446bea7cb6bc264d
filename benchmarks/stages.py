"""The simulated operation, stage by stage: what simulating, taking in, deriving and building packages cost.

Each stage is our own command in a process of its own; CPU seconds, best and median of the runs; memory is the
process's own peak. The peer is SHA-256 over the same evidence: the least that custody asks of every byte.
Everything measured here is simulated.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SEED = 7


def in_a_process(command: Sequence[str], environment: dict[str, str], log: Path) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak megabytes of one command.

    Raises:
        RuntimeError: The command failed.
    """
    import time

    began = time.perf_counter()
    with log.open("wb") as out:
        pid = os.posix_spawn(
            command[0], list(command), environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, out.fileno(), 2)],
        )  # fmt: skip
        _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(log.read_text())
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024


def run_once(size: str, folder: Path, *, only_simulate: bool) -> dict[str, tuple[float, float, float]]:
    """Every stage once, in a fresh folder."""
    own = str(Path(sys.executable).parent / "crossbearing")
    environment = {**os.environ, "CROSSBEARING_KEYS": str(folder / "keys"), "CROSSBEARING_PERSON": "benchmark"}
    sim, op, log = folder / "sim", folder / "op", folder / "log"

    def stage(*command: object) -> tuple[float, float, float]:
        return in_a_process([own, *map(str, command)], environment, log)

    found = {"simulate": stage("simulate", sim, "--size", size, "--seed", SEED)}
    stage("new", op, "--name", "B", "--coordinator", "B")
    manifest = sim / "manifest.json"
    files = sorted(str(path) for path in (sim / "evidence").rglob("*") if path.is_file())
    found["sha256sum (peer)"] = in_a_process(["/usr/bin/sha256sum", *files], environment, log)
    if only_simulate:
        return found
    found["evidence add"] = stage("evidence", "add", op, "--manifest", manifest, "--keep-unread")
    found["outcome import"] = stage("outcome", "import", op, "--manifest", manifest)
    found["run"] = stage("run", op)
    found["package build"] = stage("package", "build", op)
    return found


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="monopoly")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=["simulate"])
    given = parser.parse_args()
    runs = []
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory() as scratch:
            runs.append(run_once(given.size, Path(scratch), only_simulate=given.only == "simulate"))
    print(f"machine: {os.cpu_count()} cores, Python {platform.python_version()}; {given.size}, {given.runs} runs")
    print(
        f"{'stage':18} {'CPU s best':>10} {'median':>8} {'wall s best':>11} {'median':>8} {'peak MB':>8} {'ratio':>7}"
    )
    peer = min(run["sha256sum (peer)"][0] for run in runs)
    for name in runs[0]:
        cpu, wall = (sorted(run[name][which] for run in runs) for which in (0, 1))
        print(
            f"{name:18} {cpu[0]:10.2f} {statistics.median(cpu):8.2f} {wall[0]:11.2f} {statistics.median(wall):8.2f} "
            f"{max(run[name][2] for run in runs):8.0f} {cpu[0] / peer:7.1f}"
        )
    after = [sum(run[name][1] for name in run if name not in {"simulate", "sha256sum (peer)"}) for run in runs]
    if not given.only:
        print(f"evidence to packages: wall {min(after):.1f} s best, {statistics.median(after):.1f} s median")
    return 0


if __name__ == "__main__":
    sys.exit(main())
