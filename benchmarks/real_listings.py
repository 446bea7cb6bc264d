"""Real listing pages of two markets: from the files to listed pairs, beside the csv module reading the same bytes.

Prints aggregates only. Needs CROSSBEARING_DATA. Each measurement runs in a process of its own, five times; CPU
seconds, best and median; memory is the process's own peak.
"""

import csv
import gzip
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
FOLDERS = {"one market, 2017": "markets/alphabay-2017", "another, 2014": "markets/agora-2014"}


def whole_story(data: Path) -> dict[str, float]:
    """Add both folders, derive everything, list the pairs; gives counts."""
    from crossbearing.domain.context import Context
    from crossbearing.domain.judgement import PairKind
    from crossbearing.domain.progress import Silent
    from crossbearing.store.register import Authorisation
    from crossbearing.workflows.add_evidence import Submission, add_evidence
    from crossbearing.workflows.bring_up_to_date import bring_up_to_date
    from crossbearing.workflows.judge_pairs import list_pairs
    from crossbearing.workflows.new_operation import add_authority, new_operation

    context = Context(person="benchmark")
    with tempfile.TemporaryDirectory() as scratch:
        op = Path(scratch) / "operation"
        new_operation(op, context, name="benchmark", coordinator="benchmark")
        add_authority(
            op, context, Authorisation(ref="B", issued_by="b", basis="b", valid_from="2020-01-01", valid_until="")
        )
        submissions = [Submission(path=data / path, market=name, authority="B") for name, path in FOLDERS.items()]
        added = add_evidence(op, context, submissions, Silent())
        began = time.perf_counter()
        bring_up_to_date(op, context, Silent())
        derived = time.perf_counter() - began
        pairs = list_pairs(op, context, PairKind.ACCOUNT)
        parts = [part for one in added for part in one.exhibit.parts]
        return {
            "files": len(parts),
            "rows_in": sum(part.rows_in for part in parts),
            "rows_out": sum(part.rows_out for part in parts),
            "rows_refused": sum(part.rows_refused for part in parts),
            "files_that_add_up": sum(part.rows_in == part.rows_out + part.rows_refused for part in parts),
            "cross_market_candidates": sum(pair["left_market"] != pair["right_market"] for pair in pairs),
            "run_seconds": round(derived, 2),
        }


def csv_only(data: Path) -> dict[str, float]:
    """The peer: the standard library reads the same rows and does nothing with them."""
    rows = 0
    for folder in FOLDERS.values():
        for path in sorted((data / folder).iterdir()):
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="latin-1", newline="") as lines:
                rows += sum(1 for _ in csv.reader(lines)) - 1
    return {"rows_in": rows}


def in_a_process(name: str, data: Path) -> dict[str, float]:
    """One run of a measurement in a fresh process."""
    began = time.perf_counter()
    run = subprocess.run([sys.executable, __file__, name, str(data)], capture_output=True, text=True, check=True)
    return {**json.loads(run.stdout), "wall": time.perf_counter() - began}


def measured(name: str) -> None:
    """Run a measurement here and print it."""
    result = {"story": whole_story, "csv": csv_only}[name](Path(sys.argv[2]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({**result, "cpu": usage.ru_utime + usage.ru_stime, "megabytes": usage.ru_maxrss / 1024}))


def main() -> int:
    """Measure both and print a table."""
    named = os.environ.get("CROSSBEARING_DATA", "")
    if not named or not Path(named).is_dir():
        sys.stderr.write("CROSSBEARING_DATA does not name the folder of real files: nothing was measured\n")
        return 1
    print(
        f"machine: {os.cpu_count()} cores, Python {platform.python_version()}; {RUNS} runs each, process start included"
    )
    best: dict[str, float] = {}
    for name in ("csv", "story"):
        runs = [in_a_process(name, Path(named)) for _ in range(RUNS)]
        cpu, wall = sorted(run["cpu"] for run in runs), sorted(run["wall"] for run in runs)
        best[name] = cpu[0]
        print(
            f"{name:6} CPU s best {cpu[0]:.2f} median {statistics.median(cpu):.2f}; "
            f"wall s best {wall[0]:.2f} median {statistics.median(wall):.2f}; "
            f"peak {max(run['megabytes'] for run in runs):.0f} MB"
        )
        counts = {key: value for key, value in runs[-1].items() if key not in {"cpu", "wall", "megabytes"}}
        print(f"       {counts}")
    print(f"ratio  story / csv module: {best['story'] / best['csv']:.1f}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 3:  # noqa: PLR2004 - a measurement and its data
        measured(sys.argv[1])
    else:
        sys.exit(main())
