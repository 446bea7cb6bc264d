"""How long it takes to compare 100,000 identifiers of 20 partners with a market as large as AlphaBay's lists.

The lists are taken in as files. The market's tables are made in memory in the shape that `run` leaves them, with as
many accounts and identifiers as asked for: real ones are no part of the project.

Run: python benchmarks/deconfliction/speed.py --identifiers 100000 --accounts 400000 --shown 250000
"""

import argparse
import csv
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests"))

import pyarrow as pa

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.progress import Silent
from crossbearing.exchange.overlaps import shared_identifiers
from crossbearing.store.keyring import KEYS_VARIABLE
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.find_overlaps import check_overlaps
from planted_overlaps import COLUMNS, made_world

PARTNERS = 20
PLANTED = 2_000


def main() -> None:
    """Take in, compare twice, and compare with the market."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--identifiers", type=int, default=100_000)
    parser.add_argument("--accounts", type=int, default=400_000)
    parser.add_argument("--shown", type=int, default=250_000)
    given = parser.parse_args()
    own = (given.identifiers - 3 * PLANTED) // PARTNERS
    began = time.perf_counter()
    world = made_world(7, partners=PARTNERS, cases=5, own=own, planted=PLANTED, on_market=0)
    rows = sum(map(len, world.rows.values()))
    _say(f"{rows:,} identifiers of {PARTNERS} partners made", began)
    with tempfile.TemporaryDirectory() as home:
        os.environ[KEYS_VARIABLE] = f"{home}/keys"
        folder = made_operation(Path(home) / "operation")
        began = time.perf_counter()
        refused = _taken_in(folder, Path(home), world.rows)
        _say(f"taken in and brought to one spelling, {refused} rows refused", began)
        for what in ("compared for the first time", "compared again"):
            began = time.perf_counter()
            found = check_overlaps(folder, fixed_context())
            _say(f"{what}: {len(found.new):,} new overlaps", began)
        with open_operation(folder, fixed_context()) as operation:
            began = time.perf_counter()
            with reading(operation, protected=["submitted_identifier"]) as engine:
                handles = [row[4] for given_ in world.rows.values() for row in given_ if row[3] == "handle"]
                engine.table("account", _accounts(given.accounts, handles))
                engine.table("identifier", _shown(given.shown))
                _say("lists opened, market made", began)
                began = time.perf_counter()
                pairs = shared_identifiers(engine, without=(), cases=(), may_name=lambda _: True).found
                _say(f"compared with {given.accounts:,} accounts, {given.shown:,} identifiers: {len(pairs):,}", began)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")


def _taken_in(folder: Path, home: Path, lists: dict[str, list[tuple[str, ...]]]) -> int:
    submissions = []
    for place, rows in enumerate(lists.values()):
        path = home / f"list-{place}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([COLUMNS, *rows])
        submissions.append(Submission(path=path, authority=REF))
    added = add_evidence(folder, fixed_context(), submissions, Silent())
    return sum(part.rows_refused for one in added for part in one.exhibit.parts)


def _accounts(count: int, handles: list[str]) -> pa.Table:
    chance = random.Random(3)  # noqa: S311 - a seeded world
    known = chance.sample(handles, min(len(handles), 500))
    names = [*known, *(f"account{chance.randrange(10**12)}" for _ in range(count - len(known)))]
    return pa.table({"handle": names, "market": ["Larkspur"] * len(names), "exhibit_ids": [["E-1"]] * len(names)})


def _shown(count: int) -> pa.Table:
    chance = random.Random(4)  # noqa: S311 - a seeded world
    return pa.table(
        {
            "identifier_kind": ["email"] * count,
            "identifier": [f"name{chance.randrange(10**12)}@post.invalid" for _ in range(count)],
            "identifier_state": ["no_checksum"] * count,
            "exhibit_ids": [["E-1"]] * count,
        }
    )


def _say(what: str, began: float) -> None:
    print(f"{time.perf_counter() - began:7.2f} s  {what}", flush=True)


if __name__ == "__main__":
    main()
