"""The real list of overdose deaths in Connecticut: every row accounted for, and what may be shown of them.

Prints counts only, none of fewer than five. Needs CROSSBEARING_DATA. Beside it, without any file: false alarms on
invented series in which nothing happens, beside those that each run says to expect.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from crossbearing.domain.context import Context
from crossbearing.domain.progress import Silent
from crossbearing.leads.spikes import spikes_in
from crossbearing.leads.suppression import SMALLEST, Cell, Shown, Unit
from crossbearing.store.register import Authorisation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.count_overdoses import Counts, count_overdoses
from crossbearing.workflows.new_operation import add_authority, new_operation

RUNS, AREAS, MONTHS = 60, 8, 48
CUTS = (("month", "state"), ("month", "county"), ("month", "town"), ("week", "state"), ("week", "county"))


def show(found: Counts, seconds: float) -> None:
    """One cut."""
    figures = sum(len(one.counts) for one in found.overdoses.values())
    whole = sum(one.rest is not None for one in found.overdoses.values())
    (one,) = found.lists
    least = min(count for shown in found.overdoses.values() for count in shown.counts.values())
    print(
        f"  by {found.cut.area} and {found.cut.period}: {figures:,} figures of {len(found.overdoses)} states' periods, "
        f"{whole} of these whole; {one.in_figures:,} overdoses in figures ({one.in_figures / one.account.rows:.1%}), "
        f"{one.not_shown:,} in none; smallest figure {least}; {seconds:.1f} s"
    )
    spikes = found.spikes
    print(f"    {len(spikes.found)} spikes in {spikes.comparisons:,} comparisons; {spikes.expected} expected by chance")
    print(f"    towns that are drawn: {len(found.places)}")


def quiet_run(seed: int, *, is_scattered: bool) -> tuple[int, float]:
    """False alarms and how many the run expects: 8 areas over 48 months, Poisson's scatter or twice as much."""
    chance, units = np.random.default_rng(seed), {}
    for area in range(AREAS):
        mean = 8 + 3 * area
        for month in range(MONTHS):
            count = int(chance.negative_binomial(mean, 0.5) if is_scattered else chance.poisson(mean))
            cell = Cell(f"AREA {area}", "lethal opioid")
            shown = {cell: count} if count >= SMALLEST else {}
            units[Unit("list", cell.area, f"{month:03}")] = Shown(shown, None, SMALLEST)
    found = spikes_in(units)
    return len(found.found), float(found.expected)


def show_false_alarms() -> None:
    """Both kinds of scatter, over many runs."""
    for is_scattered in (False, True):
        runs = [quiet_run(1000 + n, is_scattered=is_scattered) for n in range(RUNS)]
        name = "twice Poisson's scatter" if is_scattered else "Poisson's scatter"
        alarms, expected = (sum(column) for column in zip(*runs, strict=True))
        print(f"{RUNS} quiet runs, {name}: {alarms} alarms, {expected:.1f} expected")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    show_false_alarms()
    files = sorted(Path(os.environ.get("CROSSBEARING_DATA", "nowhere")).glob("overdose/*.csv"))
    if not files:
        sys.stderr.write("CROSSBEARING_DATA does not name the folder of real files: nothing was measured\n")
        return 1
    context = Context(person="measurement", purpose="measurement")
    for number, (period, area) in enumerate(CUTS):
        with tempfile.TemporaryDirectory() as scratch:
            op = Path(scratch) / "operation"
            new_operation(op, context, name="measurement", coordinator="measurement")
            authority = Authorisation(ref="B", issued_by="b", basis="b", valid_from="2020-01-01", valid_until="")
            add_authority(op, context, authority)
            begin = time.monotonic()
            (added,) = add_evidence(op, context, [Submission(path=files[0], authority="B")], Silent())
            taken = time.monotonic() - begin
            bring_up_to_date(op, context, Silent())
            begin = time.monotonic()
            found = count_overdoses(op, context, period=period, area=area)
            if not number:
                (part,) = added.exhibit.parts
                print(f"rows in {part.rows_in:,}, out {part.rows_out:,}, refused {part.rows_refused:,}; {taken:.1f} s")
                for name in ("precision", "date_means", "unread_cells"):
                    print(f"  {name}: {getattr(found.lists[0].account, name)}")
                print(f"  names that no list of ours has: {found.lists[0].account.unknown_names:,}")
            show(found, time.monotonic() - begin)
    return 0


if __name__ == "__main__":
    sys.exit(main())
