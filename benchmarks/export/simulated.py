"""Export a simulated operation in every format: seconds, memory, bytes, and what of it is the rows and what the format.

The operation is made once and kept. Each export runs in a process of its own, three times; best and median.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from crossbearing.domain.context import Context
from crossbearing.domain.progress import Silent
from crossbearing.export.formats import FORMATS
from crossbearing.workflows.add_evidence import add_evidence, read_manifest
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.export_operation import export_operation
from crossbearing.workflows.new_operation import add_authority, authorities_in, new_operation
from crossbearing.workflows.simulate_operation import simulate_operation

RUNS = 3
CONTEXT = Context(person="analyst", purpose="measurement")


def made(home: Path, size: str) -> Path:
    """A simulated operation with everything up to date; made once."""
    folder, world = home / f"operation-{size}", home / f"world-{size}"
    if not folder.exists():
        shutil.rmtree(world, ignore_errors=True)
        simulate_operation(world, Silent(), size=size, seed=21)
        new_operation(folder, CONTEXT, name="Kingfisher", coordinator="Desk")
        for authorisation in authorities_in(world / "manifest.json"):
            add_authority(folder, CONTEXT, authorisation)
        handed_in = [replace(one, keep_unread=True) for one in read_manifest(world / "manifest.json")]
        add_evidence(folder, CONTEXT, handed_in, Silent())
    bring_up_to_date(folder, CONTEXT, Silent())
    return folder


def once(folder: Path, form: str) -> None:
    """Export and print what it took; in a process of its own, so that the peak of memory is this export's."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as home:
        before = resource.getrusage(resource.RUSAGE_SELF)
        began = time.perf_counter()
        result = export_operation(folder, CONTEXT, form, Path(home) / "out")
        wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        json.dumps(
            {"wall": wall, "cpu": cpu, "peak": after.ru_maxrss, "idle": before.ru_maxrss, "bytes": result.size_bytes}
        )
    )


def main() -> None:
    """Measure, or keep the exports for `make formats`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="monopoly")
    parser.add_argument("--home", type=Path, default=Path("build/export"))
    parser.add_argument("--operation", type=Path, help="an operation that is there already")
    parser.add_argument("--keep", type=Path, help="only write the exports there")
    parser.add_argument("--once", help="this format, in this process")
    given = parser.parse_args()
    folder = given.operation or made(given.home, given.size)
    if given.once:
        once(folder, given.once)
        return
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        for form in FORMATS:
            export_operation(folder, CONTEXT, form, given.keep / form)
        return
    print("| format | wall best | wall median | CPU best | peak memory | of it before | bytes |")
    print("|---|---|---|---|---|---|---|")
    for form in FORMATS:
        command = [sys.executable, __file__, "--operation", str(folder), "--once", form]
        runs = [
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(RUNS)
        ]
        walls = [run["wall"] for run in runs]
        print(
            f"| {form} | {min(walls):.2f} s | {statistics.median(walls):.2f} s "
            f"| {min(run['cpu'] for run in runs):.2f} s "
            f"| {max(run['peak'] for run in runs) // 1024} MB | {max(run['idle'] for run in runs) // 1024} MB "
            f"| {runs[0]['bytes']:,} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
