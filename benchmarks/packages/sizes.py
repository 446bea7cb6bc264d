"""Packages of a simulated operation, all countries at once: seconds, sizes, and whether they are the same made again.

Fails if building takes longer or the largest page is larger than the bar. Everything measured here is simulated.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from crossbearing.domain.context import Context
from crossbearing.domain.progress import Silent
from crossbearing.workflows.add_evidence import add_evidence, read_manifest
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import Built, build_packages
from crossbearing.workflows.new_operation import add_authority, authorities_in, new_operation
from crossbearing.workflows.simulate_operation import simulate_operation

MOST_SECONDS, MOST_PAGE_BYTES = 60, 5_000_000  # for all countries; of one page
ME = Context(person="benchmark", purpose="measure")


def prepared(home: Path, size: str, seed: int) -> Path:
    """An operation with the simulated evidence, brought up to date."""
    simulation, folder = home / "simulation", home / "operation"
    simulate_operation(simulation, Silent(), size=size, seed=seed)
    new_operation(folder, ME, name="Measured", coordinator="Desk")
    for authorisation in authorities_in(simulation / "manifest.json"):
        add_authority(folder, ME, authorisation)
    add_evidence(folder, ME, read_manifest(simulation / "manifest.json"), Silent())
    bring_up_to_date(folder, ME, Silent())
    return folder


def timed(folder: Path) -> tuple[list[Built], float, float]:
    """What was built, wall seconds and CPU seconds."""
    began, used = time.perf_counter(), time.process_time()
    built = build_packages(folder, ME, Silent())
    return built, time.perf_counter() - began, time.process_time() - used


def written(folder: Path) -> dict[str, bytes]:
    """Every file under packages, by its path in there."""
    home = folder / "packages"
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def main() -> int:
    """Measure and print; 1 if a bar is not met."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", default="monopoly")
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--operation", type=Path, help="an operation that is up to date, instead of a simulation")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as home:
        if given.operation is None:
            os.environ.setdefault("CROSSBEARING_KEYS", str(Path(home) / "keys"))
        folder = given.operation or prepared(Path(home), given.size, given.seed)
        built, wall, processor = timed(folder)
        pages = sorted(((one.page.stat().st_size, one.country) for one in built), reverse=True)
        documents = sum(one.data.stat().st_size for one in built)
        versions = sum(path.stat().st_size for path in (folder / "packages").glob("*/versions/*"))
        print(
            f"{len(built)} packages, {sum(one.subjects for one in built)} subjects: {wall:.1f} s, CPU {processor:.1f} s"
        )
        print(f"largest page: {pages[0][0]:,} bytes ({pages[0][1]}); all pages {sum(size for size, _ in pages):,}")
        print(f"documents {documents:,} bytes; as kept versions {versions:,}")
        print(f"incomplete: {sum(bool(one.missing) for one in built)}")
        first = written(folder)
        for one in built:
            shutil.rmtree(one.page.parent)
        timed(folder)
        is_same = written(folder).items() <= first.items() and all(one.page.is_file() for one in built)
        print(f"made again byte by byte: {'yes' if is_same else 'no'}")
        return int(wall > MOST_SECONDS or pages[0][0] > MOST_PAGE_BYTES or not is_same)


if __name__ == "__main__":
    sys.exit(main())
