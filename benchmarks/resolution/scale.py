"""Cost of resolution against the number of accounts: time, memory, pairs, and a picture. Invented accounts.

Each account writes four adverts of about 40 words in words of its own; one in five has a second account, with another
name, the same habits and, for half of them, a common contact. `run` is the command, everything derived from nothing;
"resolution" are its steps that make accounts, pairs, evidence and groups.
"""

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from captures import HEAD, Room
from worlds import in_tables

from crossbearing.resolution import evidence, operators

MARKETS: Final = ("Alpha", "Beta", "Gamma", "Delta")
WORDS: Final = 6_000  # of the invented language
OWN: Final = 150  # that one writer uses often
ADVERTS: Final = 4
LENGTH: Final = 40
ROUND: Final = 6  # accounts of which the last is a second one of the writer before
OURS: Final = {step.table for step in (*evidence.STEPS, *operators.STEPS)}


def language(chance: np.random.Generator) -> np.ndarray:
    """Invented words of two to four syllables."""
    syllables = np.array([a + b for a in "bdfgklmnprstvz" for b in "aeiou"])
    return np.array(["".join(chance.choice(syllables, size)) for size in chance.integers(2, 5, WORDS)])


def write_captures(accounts: int, home: Path) -> list[Path]:
    """One capture for each market, with these accounts spread over them."""
    chance = np.random.default_rng(accounts)
    words = language(chance)
    shares = 1 / np.arange(1, WORDS + 1)
    paths = [home / f"{market}.csv" for market in MARKETS]
    files = [path.open("w", encoding="utf-8", newline="") for path in paths]
    writers = [csv.writer(file) for file in files]
    for writer in writers:
        writer.writerow(HEAD)
    own, contact = words[:OWN], ""
    for number in range(accounts):
        is_second = number % ROUND == ROUND - 1
        if not is_second:
            own = chance.choice(words, OWN, p=shares / shares.sum())
            has_contact = number % (2 * ROUND) == ROUND - 2  # of every other such writer
            contact = f"{own[0]}{own[1]}{number}@mail.invalid" if has_contact else ""
        handle = "".join(chance.choice(words, 2)) + (str(chance.integers(100)) if number % 3 else "")
        for advert in range(ADVERTS):
            text = " ".join(chance.choice(own, LENGTH)) + (f" write to {contact}" if contact and advert == 0 else "")
            title = " ".join(own[advert : advert + 3])
            row = ("2021-01-01", f"{number}-{advert}", handle, title, text, "", 10, "EUR", "NL", "", "")
            writers[number % len(MARKETS)].writerow(row)
    for file in files:
        file.close()
    return paths


def measure(accounts: int, home: Path) -> dict[str, float]:
    """Take the captures in and derive everything, in processes of their own."""
    room = Room(home)
    for market, path in zip(MARKETS, write_captures(accounts, home), strict=True):
        room.take_in(path, market)
    used = room.run("run", room.operation, "--json")
    steps = json.loads(used.said)["steps"]
    found = in_tables(room.operation, "SELECT count(*) AS n FROM pair_evidence", "pair_evidence")
    made = in_tables(room.operation, "SELECT count(*) AS n FROM account WHERE role = 'seller'", "account")
    return {
        "accounts": made[0]["n"],
        "run, wall s": round(used.wall, 1),
        "run, CPU s": round(used.cpu, 1),
        "resolution, wall s": round(sum(step["seconds"] for step in steps if step["table"] in OURS), 1),
        "memory, MB": used.memory,
        "rows of evidence": found[0]["n"],
    }


def picture(found: list[dict[str, float]], path: Path) -> None:
    """Cost against size, both in logarithms, as an SVG."""
    sizes, costs = ([one[name] for one in found] for name in ("accounts", "run, wall s"))

    def place(size: float, cost: float) -> tuple[float, float]:
        return 60 + 130 * np.log10(size / 1_000), 260 - 75 * np.log10(max(cost, 1))

    marks = [(*place(size, cost), size, cost) for size, cost in zip(sizes, costs, strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in marks)
    body = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#0B5C6B"/><text x="{x - 6:.1f}" y="{y - 8:.1f}" '
        f'text-anchor="end">{size:,.0f}: {cost:,.0f} s</text>'
        for x, y, size, cost in marks
    )
    ticks = "".join(f'<text x="8" y="{place(1, 10**n)[1] + 4:.0f}">{10**n} s</text>' for n in range(4)) + "".join(
        f'<text x="{place(10**n, 1)[0]:.0f}" y="282" text-anchor="middle">{10**n:,}</text>' for n in range(3, 6)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 300" font-family="sans-serif" font-size="11" '
        'fill="#1A1D21"><title>Time of run against accounts</title>'
        '<path d="M60 20V260H350" fill="none" stroke="#565D66"/>'
        f'<polyline points="{line}" fill="none" stroke="#0B5C6B"/>{body}{ticks}</svg>\n',
        encoding="utf-8",
    )


def main() -> None:
    """Measure each size and draw the picture."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, nargs="+", default=[1_000, 5_000, 22_163, 100_000])
    parser.add_argument("--picture", type=Path, default=Path("benchmarks/out/resolution-scale.svg"))
    wanted = parser.parse_args()
    found = []
    for accounts in wanted.accounts:
        with tempfile.TemporaryDirectory() as home:
            found.append(measure(accounts, Path(home)))
        print("  ".join(f"{name}: {value:,}" for name, value in found[-1].items()), flush=True)
    picture(found, wanted.picture)


if __name__ == "__main__":
    main()
