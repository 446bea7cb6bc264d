"""Plain TF-IDF on real adverts and on simulated ones, by the same measure (tests/text_realism.py).

Prints aggregates only. The real file is found through CROSSBEARING_DATA; without it only the simulation is measured.
"""

import collections
import csv
import gzip
import os
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from text_realism import CHARACTERS, WORDS, measure, simulated_sellers

SEEDS = range(101, 111)  # none of them was looked at when the dials were set
METHODS = (("characters 2-5, masked", CHARACTERS, False), ("characters 2-5, template-free", CHARACTERS, True),
           ("words 1-2, masked", WORDS, False), ("words 1-2, template-free", WORDS, True))  # fmt: skip


def real_sellers(path: Path) -> dict[str, list[str]]:
    """Descriptions by seller, each advert once, by first sighting."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as lines:
        first = {}
        for row in csv.DictReader(lines):
            first.setdefault((row["vendor"], row["product"]), row)
    sellers = collections.defaultdict(list)
    for row in sorted(first.values(), key=lambda row: (row["date"], row["product"])):
        sellers[row["vendor"]].append(row["description"])
    return sellers


def main() -> int:
    """Print a table."""
    data = os.environ.get("CROSSBEARING_DATA", "")
    path = Path(data) / "markets/agora-2014/vendorall_0114.csv.gz"
    real = real_sellers(path) if data and path.is_file() else None
    if real is None:
        sys.stderr.write("CROSSBEARING_DATA does not name the folder of real files: the simulation only\n")
    worlds = [simulated_sellers(seed, 262) for seed in SEEDS]
    print("method                          real AP  R@1     simulated AP mean (lowest to highest)   R@1 mean")
    for name, settings, is_free in METHODS:
        shown = "   -      -  "
        if real is not None:
            found = measure(real, settings, is_free=is_free)
            shown = f"{found.pair_ap:7.3f} {found.first:6.3f}"
        runs = [measure(world, settings, is_free=is_free) for world in worlds]
        aps = [run.pair_ap for run in runs]
        print(
            f"{name:30} {shown}   {statistics.mean(aps):9.3f} ({min(aps):.3f} to {max(aps):.3f})"
            f"{statistics.mean(run.first for run in runs):25.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
