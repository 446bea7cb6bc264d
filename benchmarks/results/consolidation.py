"""What it costs to consolidate 100,000 outcome events: ids, corrections, pairs, what counts, cases, queries, totals.

Simulated partners, many times larger than any operation, on the longer form with 12 % double reports. The records
are in memory; everything after that is measured, with the steps and the figures that are shipped.

Bar: under 10 s of wall clock on two cores.

Run: python benchmarks/results/consolidation.py --events 100000
"""

import argparse
import resource
import statistics
import time

from tables import derive, records

from crossbearing.results.campaign import results_of
from crossbearing.simulation.partner_details import forms
from crossbearing.simulation.partners import CAMPAIGN, made_reports
from crossbearing.simulation.scenario import PartnerDials

_EVENTS_AT_ONE = 260  # rows on the longer form at scale 1, about


def main() -> None:
    """Print seconds of CPU and wall clock, best and median, and what came out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    reports = made_reports(PartnerDials(doubled=0.12, silent=0), 1, scale=given.events / _EVENTS_AT_ONE)
    files = forms(reports, 1).files
    rows = 0
    kept = {}
    for name, listed in files.items():
        kept[name] = listed[: max(0, given.events - rows)]
        rows += len(kept[name])
    cpu, wall = [], []
    for _ in range(given.repeats):
        with records(kept, details=True) as engine:
            began, used = time.perf_counter(), time.process_time()
            derive(engine)
            found = results_of(engine, CAMPAIGN, operation="-", position=0, bases=(), simulated=frozenset())
            wall.append(time.perf_counter() - began)
            cpu.append(time.process_time() - used)
            sizes = {name: engine.one(f"SELECT count(*) AS n FROM {name}")["n"] for name in _TABLES}
    print(
        f"{rows} rows in {len(kept)} reports: CPU {min(cpu):.1f} s best, {statistics.median(cpu):.1f} s median; wall "
        f"{min(wall):.1f} s best, {statistics.median(wall):.1f} s median of {given.repeats}; "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )
    print(f"{sizes}; {len(found.lines)} lines")


_TABLES = ("outcome_event", "outcome_candidate", "outcome_pair", "outcome_counted", "outcome_case", "outcome_query")

if __name__ == "__main__":
    main()
