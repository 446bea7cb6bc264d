"""Planted overlaps between partners' lists: how many are found, and how many that are none.

Every identifier is written as its owner happens to write it; what is equal is known from how the lists were made. They
go through the whole way: taken in as files, compared, told. Notices are opened and searched for what was handed in.

Run: python benchmarks/deconfliction/planted.py --seeds 11 12 13
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests"))

import pyrage

from conftest import fixed_context, made_operation
from crossbearing.domain.overlap import Overlap
from crossbearing.domain.partner import Partner
from crossbearing.domain.progress import Silent
from crossbearing.reference.identifiers import one_spelling
from crossbearing.store.keyring import KEYS_VARIABLE
from crossbearing.verification.bundle import verify
from crossbearing.verification.notes import parse_key
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.find_overlaps import check_overlaps
from crossbearing.workflows.register_partner import add_partner, exchange_key
from crossbearing.workflows.tell_overlaps import tell_overlaps
from planted_overlaps import World, handed_in, made_world

PARTNERS, OWN, PLANTED, ON_MARKET = 20, 100, 400, 60


def main() -> None:
    """One line for each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    print("seed  rows  refused  expected  found  wrong  recall  precision  notices  with content")
    for seed in parser.parse_args().seeds:
        with tempfile.TemporaryDirectory() as home:
            os.environ[KEYS_VARIABLE] = f"{home}/keys"
            print(measured(Path(home), seed))


def measured(home: Path, seed: int) -> str:
    """What came out for one seed."""
    world = made_world(seed, partners=PARTNERS, own=OWN, planted=PLANTED, on_market=ON_MARKET)
    folder = made_operation(home / "operation")
    added = handed_in(folder, world)
    refused = sum(part.rows_refused for one in added for part in one.exhibit.parts)
    bring_up_to_date(folder, fixed_context(), Silent())
    found = check_overlaps(folder, fixed_context()).new
    expected = Counter(pair for pair, _ in world.expected_by_number())
    shown = Counter(_pair(one) for one in found)
    right = sum((expected & shown).values())
    notices, leaking = told(folder, world)
    rows = sum(map(len, world.rows.values()))
    return (
        f"{seed:4}  {rows:4}  {refused:7}  {expected.total():8}  {right:5}  {len(found) - right:5}  "
        f"{right / expected.total():6.4f}  {right / len(found):9.4f}  {notices:7}  {leaking:12}"
    )


def told(folder: Path, world: World) -> tuple[int, int]:
    """How many notices were written, and how many of them hold an identifier that anybody handed in."""
    key = pyrage.x25519.Identity.generate()
    for agency in world.rows:
        partner = Partner(
            agency=agency, country="NL", seal_to=str(key.to_public()), handling="H1", keys_until="2027-12-31",
            added_at="", added_by="",
        )  # fmt: skip
        add_partner(folder, fixed_context("keeper"), partner, reason="simulated")
    made = tell_overlaps(folder, fixed_context(), folder.parent / "out", call="the desk").made
    canaries = {
        text.casefold()
        for rows in world.rows.values()
        for row in rows
        for text in (row[4].strip(), (one_spelling(row[3], row[4], row[6] or None) or "").split(" ")[-1])
    }
    signer, leaking = parse_key(exchange_key(folder, fixed_context())), 0
    for one in made:
        found = verify(one.path.read_bytes(), identity=str(key), signer=signer, today="2026-11-23")
        whole = b" ".join((*found.files.values(), found.envelope, repr(found.statement).encode())).decode().casefold()
        leaking += any(text in whole for text in canaries)
    return len(made), leaking


def _pair(one: Overlap) -> frozenset[tuple[str, str]]:
    return frozenset((party.agency, party.case_number) for party in one.parties)


if __name__ == "__main__":
    main()
