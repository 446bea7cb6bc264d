"""``python -m fuzz [--only TARGET] [--runs N] [--seconds S]``: a line for each target, each in a process of its own."""

import argparse
import importlib
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# The library counts seconds of the clock, which pass on a busy machine too; LONGEST is of processor time.
_OPTIONS = ("-timeout=600", "-rss_limit_mb=3000", "-print_final_stats=1")
_KEPT = Path("build/fuzz/found")


def main() -> int:
    """0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--only", default="", help="one target")
    parser.add_argument("--runs", type=int, default=1_000_000, help="inputs for each")
    parser.add_argument("--seconds", type=int, default=0, help="end earlier; 0 for never")
    parser.add_argument("--inside", help=argparse.SUPPRESS)  # the folder of inputs, in the process that fuzzes
    wanted = parser.parse_args()
    if wanted.inside:
        return _fuzz(wanted.only, Path(wanted.inside), wanted.runs, wanted.seconds)
    from fuzz.targets import targets

    _KEPT.mkdir(parents=True, exist_ok=True)
    names = [wanted.only] if wanted.only else list(targets())
    return max([_outside(name, wanted.runs, wanted.seconds) for name in names], default=0)


def _outside(name: str, runs: int, seconds: int) -> int:
    """Start a process that fuzzes, and print what became of it; 1 if it found something."""
    from fuzz.targets import inputs

    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(inputs(name)):
            (Path(folder) / f"seed{number}").write_bytes(content)
        call = [sys.executable, "-m", "fuzz", "--only", name, "--runs", str(runs), "--seconds", str(seconds)]
        with (_KEPT / f"{name}.log").open("w+b") as log:
            begins, used = time.monotonic(), _used()
            code = subprocess.run([*call, "--inside", folder], stdout=log, stderr=log, check=False).returncode
            log.seek(0)
            said = log.read().decode("utf-8", "replace")
        kept = len(list(Path(folder).iterdir()))
    units = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    count, took, work = int(units[1]) if units else 0, time.monotonic() - begins, max(_used() - used, 1)
    verdict = "nothing found" if code == 0 else f"FOUND SOMETHING, see {_KEPT}/{name}.log"
    sys.stdout.write(
        f"{name:<18} {count:10,} runs in {took:6,.0f} s, {work:6,.0f} s of processor: {count / work:7,.0f} a second; "
        f"{kept:5,} inputs kept; {verdict}\n"
    )
    sys.stdout.flush()
    return int(code != 0)


def _used() -> float:
    """Processor time of the processes that have ended, seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _fuzz(name: str, folder: Path, runs: int, seconds: int) -> int:
    """Fuzz one target until so many runs are done; the library ends the process."""
    import os

    import atheris

    os.environ["CROSSBEARING_THREADS"] = "1"  # one input at a time; a pool for each would be most of the work
    # What numba compiles cannot be instrumented.
    with atheris.instrument_imports(include=["crossbearing"], exclude=["crossbearing.intake.readers.value_lists"]):
        from damage.account import LONGEST
        from fuzz.targets import largest, targets

        importlib.import_module("crossbearing.intake.readers.statements")  # else loaded later, and not instrumented
    options = [
        *_OPTIONS,
        f"-max_len={largest(name)}",
        f"-runs={runs}",
        f"-max_total_time={seconds}",
        f"-artifact_prefix={_KEPT}/{name}-",
    ]
    target = targets()[name]

    def timed(content: bytes) -> None:
        begins = time.process_time()
        target(content)
        took = time.process_time() - begins
        assert took < LONGEST, f"{took:.1f} s for {len(content)} bytes"

    atheris.Setup([sys.argv[0], *options, str(folder)], timed)
    atheris.Fuzz()
    return 0


sys.exit(main())
