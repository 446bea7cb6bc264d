"""Evidence made to break resolution: time, memory, and whether anything is proposed. Invented data.

Each case is one capture of two markets, taken in and derived by the commands in processes of their own.
"""

import argparse
import csv
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from captures import HEAD, Room
from worlds import in_tables

from crossbearing.domain.judgement import joined_groups
from crossbearing.resolution.clustering import proposed_groups
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import made_key

ADVERT = (
    "Finest flowers of the valley, dried in the shade and sealed three times, posted every Tuesday and Friday. " * 3
)
Row = dict[str, object]


def no_text(accounts: int, _copies: int) -> Iterator[Row]:
    """Accounts of which nothing is known but a name."""
    for number in range(accounts):
        yield {"listing_id": number, "seller": f"seller{number:06d}"}


def one_letter(accounts: int, _copies: int) -> Iterator[Row]:
    """Names of one letter, each with adverts like those of many others."""
    for number in range(accounts // 100):
        yield {
            "listing_id": number,
            "seller": chr(97 + number % 26),
            "title": "Flowers",
            "description": "Good flowers.",
        }


def one_advert(_accounts: int, copies: int) -> Iterator[Row]:
    """One advert again and again, by fifty accounts."""
    for number in range(copies):
        yield {"listing_id": number, "seller": f"seller{number % 50:06d}", "title": "Flowers", "description": ADVERT}


def one_key(accounts: int, _copies: int) -> Iterator[Row]:
    """One key on every account's profile."""
    key = made_key(stream(1, "hostile"), "simulated", created=1).armour.replace("\n", " ")
    for number in range(accounts):
        yield {"listing_id": number, "seller": f"seller{number:06d}", "title": f"No {number}", "seller_key": key}


def alike_names(accounts: int, _copies: int) -> Iterator[Row]:
    """One name with as many decorations as there are accounts."""
    for number in range(accounts):
        yield {"listing_id": number, "seller": f"{'x' * (number % 7)}amberquay{number}", "title": "Flowers"}


CASES: dict[str, Callable[[int, int], Iterator[Row]]] = {
    "no text": no_text,
    "one-letter handles": one_letter,
    "one advert": one_advert,
    "one key": one_key,
    "alike names": alike_names,
}


def measure(name: str, accounts: int, copies: int, home: Path) -> None:
    """Take the case in, derive everything, and print what came of it."""
    room = Room(home)
    rows = 0
    for day, market in enumerate(("Alpha", "Beta"), start=1):
        path = home / f"{market}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, HEAD, restval="")
            writer.writeheader()
            for row in CASES[name](accounts, copies):
                writer.writerow({"captured_on": f"2021-01-0{day}", "price": "1", "currency": "EUR", **row})
                rows += 1
        room.take_in(path, market)
    used = room.run("run", room.operation)
    tiers = Counter(row["tier"] for row in in_tables(room.operation, "SELECT tier FROM account_pair", "account_pair"))
    states = Counter(row["group_state"] for row in in_tables(room.operation, "FROM account_group", "account_group"))
    cost = f"run {used.cpu:6.1f} CPU s, {used.wall:6.1f} s, {used.memory:>6,} MB"
    print(f"{name:20}{rows:>10,} adverts  {cost}  pairs {dict(tiers)}  groups {dict(states)}", flush=True)


def contradictory(judgements: int) -> None:
    """Random answers about pairs of few accounts: nearly every group holds a contradiction."""
    chance = stream(2, "contradictory")
    pairs = [
        tuple(sorted((f"A-{a}", f"A-{b}"))) for a, b in chance.integers(0, judgements // 4, (judgements, 2)) if a != b
    ]
    same, different = pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]
    began = time.process_time()
    groups = joined_groups(same, different, firm=set(same[::2]))
    found = proposed_groups(dict.fromkeys(pairs, 0.9), groups, different)
    took, joined = time.process_time() - began, sum(map(len, groups.members.values()))
    print(
        f"{'contradictions':20}{len(pairs):>10,} answers  {took:6.1f} CPU s; {len(groups.conflicts):,} conflicts, "
        f"{joined:,} accounts joined, {len(groups.held):,} pairs held, "
        f"{sum(one.is_too_large for one in found):,} components too large to group"
    )


def main() -> None:
    """Measure every case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=10_000, help="accounts of each market")
    parser.add_argument("--copies", type=int, default=500_000, help="of one advert on each market")
    parser.add_argument("--only", choices=list(CASES), help="one case")
    wanted = parser.parse_args()
    for name in [wanted.only] if wanted.only else CASES:
        with tempfile.TemporaryDirectory() as home:
            measure(name, wanted.accounts, wanted.copies, Path(home))
    contradictory(4 * wanted.accounts)
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")


if __name__ == "__main__":
    main()
