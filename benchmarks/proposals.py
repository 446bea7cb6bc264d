"""Proposed profiles against those written by hand: the simulated markets under other names, and without names.

Prints, for each set of names, how many record columns of the profile written by hand the proposal maps from the same
source column, how many it proposes in a comment only, and how many it maps otherwise. The names are in
``tests/renamed_schemas.py``; they were written by the author of the lists of words, before these. Many stand in the
lists all the same, for they are the words that everybody uses: those that do are counted apart.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from crossbearing.domain.progress import Silent
from crossbearing.intake.profile import all_profiles
from crossbearing.intake.readers import all_readers
from crossbearing.workflows.simulate_operation import simulate_operation
from renamed_schemas import (
    LISTING,
    OTHER_SERVER,
    SERVER,
    Score,
    compared,
    nameless,
    names_in,
    read_tables,
    write_renamed,
)  # fmt: skip

MARKETS = (
    ("laravel-market", "mysqldump", "kestrel.sql", SERVER), ("member-market", "pg_dump", "osprey.sql", OTHER_SERVER),
    ("capture-listings", "delimited", "plover-listings.csv", LISTING),
)  # fmt: skip


def main() -> None:
    """Simulate, rename, propose, compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", default="tiny")
    options.add_argument("--seed", type=int, default=9)
    options.add_argument("--verbose", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "simulated"
        simulate_operation(folder, Silent(), size=chosen.size, seed=chosen.seed)
        total, alone = Score(), Score()
        for name, score in scores(folder / "evidence", Path(scratch)):
            (alone if name.endswith("no names") else total).add(score)
            show(name, score, verbose=chosen.verbose)
        show("all with names", total, verbose=False)
        show("all without names", alone, verbose=False)


def scores(evidence: Path, scratch: Path) -> list[tuple[str, Score]]:
    """Of each market under each set of names."""
    found = []
    for profile_name, reader_name, file, sets in MARKETS:
        profile = next(one for one in all_profiles() if one.name == profile_name)
        reader = next(one for one in all_readers() if one.name == reader_name)
        tables = read_tables(evidence / file, reader)
        layout = {name: batches[0].columns for name, batches in tables.items()}
        for title, names in [*((t, names_in(text)) for t, text in sets.items()), ("no names", nameless(layout))]:
            # A list's only table is called "rows" by its reader: its file has the name that says something.
            target = scratch / f"{'listings' if title != 'no names' and len(layout) == 1 else 'x'}.sql"
            write_renamed(tables, names, target)
            found.append((f"{profile_name}, {title}", compared(target, profile, layout, names)))
    return found


def show(name: str, score: Score, *, verbose: bool) -> None:
    """One line, and what is missing and otherwise if asked."""
    unlisted, unlisted_found = score.wanted - score.listed, score.found - score.listed_found
    print(
        f"{name:45} wanted {score.wanted:4}  mapped {score.found:4} ({score.found / score.wanted:4.0%})  "
        f"in comments {score.in_comments:3}  otherwise {len(score.other):3}  "
        f"names in the lists {score.listed_found}/{score.listed}, not in them {unlisted_found}/{unlisted}"
    )
    if verbose:
        for text in score.missed:
            print("      missed    ", text)
        for text in score.other:
            print("      otherwise ", text)


if __name__ == "__main__":
    main()
