"""The real list of overdose deaths in Connecticut: every row accounted for, and what may be shown of them.

Prints counts only, none of fewer than five. Needs CROSSBEARING_DATA.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from crossbearing.domain.context import Context
from crossbearing.domain.progress import Silent
from crossbearing.store.register import Authorisation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.count_overdoses import Counts, count_overdoses
from crossbearing.workflows.new_operation import add_authority, new_operation

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


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
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
