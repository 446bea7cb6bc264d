"""Every real set that a shipped profile takes: rows and bytes accounted for, and how much of what they hold is read.

Prints counts only. Needs CROSSBEARING_DATA. ``tests/real_sets.py`` says how a row is judged to hold a price, an origin,
a date or a quantity, and ``tests/real_keys.py`` who checks the fingerprints.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from real_keys import ALONE, KeyAccount, key_account
from real_sets import Account, Values, accounts, recognised_files

BAR = 0.95
PATIENCE_SECONDS = 2


class Told:
    """Progress as lines on standard error: where a stage begins, and every two seconds how far it is."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """Say that a stage begins, and how far it is."""
        done, told = 0, time.monotonic()
        sys.stderr.write(f"{name}\n")

        def advance(more: int) -> None:
            nonlocal done, told
            done += more
            if time.monotonic() - told > PATIENCE_SECONDS:
                told = time.monotonic()
                sys.stderr.write(f"  {done / max(1, total):.0%}\n")

        yield advance


def show(one: Account) -> None:
    """The table of one set."""
    between = one.bytes_read - one.bytes_in_rows - one.bytes_refused
    print(f"\n{one.profile}: {one.files} files")
    print(f"  rows in {one.rows_in:,} (counted apart: {one.counted:,}), out {one.rows_out:,}")
    refused = "; ".join(f"{count:,} {reason}" for reason, count in one.refused.most_common())
    print(f"  refused {one.refused.total():,}{': ' + refused if refused else ''}")
    print(
        f"  bytes {one.bytes_read:,} = in rows {one.bytes_in_rows:,} + refused {one.bytes_refused:,} "
        f"+ headers and what holds rows together {between:,}"
    )
    for kind, values in one.values.items():
        show_values(kind, values)


def show_values(kind: str, values: Values) -> None:
    """One kind of value: how many rows hold one, how many were read, and the rest by reason."""
    below = "" if values.share >= BAR else "  BELOW THE BAR"
    print(f"  {kind}: {values.held:,} hold one; read {values.read.total():,} ({values.share:.2%}){below}")
    print(f"    read as: {listed(values.read)}")
    print(f"    compared with a look beside: {values.compared:,}, of these otherwise: {values.wrong:,}")
    for what, reasons in (("not read", values.left), ("not counted", values.without)):
        if reasons.total():
            print(f"    {what}: {listed(reasons)}")


def listed(counts: Counter[str]) -> str:
    """Reasons with their counts."""
    return ", ".join(f"{reason} {count:,}" for reason, count in counts.most_common() if count)


def show_keys(keys: KeyAccount) -> None:
    """The table of the key blocks."""
    print(f"\nkey blocks: {keys.blocks}; fingerprinted {keys.named}: {listed(Counter(map_text(keys.states)))}")
    for flaw, count in keys.flaws.most_common():
        print(f"  not: {count:3} {flaw}")
    print("  against others, block by block:")
    for name, verdicts in sorted(keys.oracles.items()):
        print(f"    {name:36} {listed(verdicts)}")
    if any(verdicts[ALONE] for verdicts in keys.oracles.values()):
        print("    Who names a block that is refused here hashes bytes that are no whole key: the packet is cut, or")
        print("    the numbers of the key do not fill it. GnuPG and Sequoia refuse those blocks too.")


def map_text(counts: Counter) -> dict[str, int]:
    """Counts by the text of their key."""
    return {str(key): count for key, count in counts.items()}


def main() -> int:
    """Measure and print."""
    named = os.environ.get("CROSSBEARING_DATA", "")
    if not named or not Path(named).is_dir():
        sys.stderr.write("CROSSBEARING_DATA does not name the folder of real files: nothing was measured\n")
        return 1
    files, without = recognised_files(Path(named), Told())
    with tempfile.TemporaryDirectory() as scratch:
        for one in accounts(files, Path(scratch), Told()):
            show(one)
    print(f"\nfiles that no shipped profile takes, by folder: {listed(without)}")
    blocks = Path(named) / "keys" / "pgp_blocks.csv.gz"
    if blocks.exists():
        show_keys(key_account(blocks, Told()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
