"""Write a simulated operation: the evidence, apart from it the truth, and a manifest."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from crossbearing.simulation import reports
from crossbearing.simulation.dump import MarketServer
from crossbearing.simulation.world import CAPTURED, DUMPED, World, made_world

SIZES: Final = ("tiny",)  # "monopoly" and "alphabay" have their place here when the full simulation comes
EVIDENCE, TRUTH, MANIFEST = "evidence", "truth", "manifest.json"
_WARRANT: Final = "SIM-2021-017"
_MUTUAL: Final = "SIM-2022-004"


def write_simulation(folder: Path, *, seed: int, done: Callable[[int], None]) -> list[Path]:
    """Write the tiny operation; the same seed and version give the same bytes.

    Args:
        folder: An empty folder.
        seed: Any whole number.
        done: Is told of each further file written.

    Returns:
        The files, evidence first.
    """
    random = Random(seed)  # noqa: S311 - a reproducible world, not a secret
    evidence, truth = folder / EVIDENCE, folder / TRUTH
    evidence.mkdir(parents=True)
    truth.mkdir()
    world = made_world(random)
    prices = reports.bitcoin_prices(random)
    with (evidence / "kestrel.sql").open("w", encoding="utf-8", newline="\n") as out:
        MarketServer(world, random, {day: usd for day, (usd, _) in prices.items()}).write(out)
    done(1)
    reports.write_captured_listings(evidence / "plover-listings.csv", world, random)
    reports.write_bitcoin_prices(evidence / "bitcoin-prices.csv", prices)
    reports.write_euro_rates(evidence / "euro-rates.csv", random)
    done(3)
    made = reports.made_reports(random)
    names = reports.write_reports(evidence, made)
    _write_truth(truth, world, made)
    _write_manifest(folder / MANIFEST, names)
    done(len(names) + 3)
    return [*sorted(evidence.iterdir()), *sorted(truth.iterdir()), folder / MANIFEST]


def _write_truth(folder: Path, world: World, made: reports.Reports) -> None:
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("operator", "market", "handle"))
        writer.writerows((seller.operator, seller.market, seller.handle) for seller in world.sellers)
    with (folder / "double_reports.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("report_ref", "same_event_as"))
        writer.writerows(made.doubles)


def _write_manifest(path: Path, outcome_files: list[str]) -> None:
    seized = {"owners": ["DE Cyber Unit"], "handling": "H1", "tlp": "AMBER", "review_on": "2026-12-31"}
    captured = {"owners": ["NL Police Desk"], "handling": "H0", "tlp": "GREEN", "review_on": "2026-12-31"}
    public = {"owners": ["coordinator"], "handling": "H0", "tlp": "CLEAR", "review_on": "2031-12-31"}
    reported = {"owners": ["coordinator"], "handling": "H2", "tlp": "AMBER", "review_on": "2027-06-30"}

    def exhibit(name: str, authority: str, label: dict[str, object], **more: str) -> dict[str, object]:
        return {"path": f"{EVIDENCE}/{name}", "authority": authority, "label": label, **more}

    content = {
        "simulated": True,
        "authorities": [
            {
                "ref": _WARRANT,
                "issued_by": "DE Cyber Unit",
                "basis": "simulated search and seizure order",
                "valid_from": "2021-11-30",
                "valid_until": "",
            },
            {
                "ref": _MUTUAL,
                "issued_by": "coordinator",
                "basis": "simulated exchange agreement",
                "valid_from": "2022-01-10",
                "valid_until": "",
            },
        ],
        "exhibits": [
            exhibit("kestrel.sql", _WARRANT, dict(seized), market=DUMPED, clock="+00:00"),
            exhibit("plover-listings.csv", _MUTUAL, dict(captured), market=CAPTURED),
            exhibit("bitcoin-prices.csv", _MUTUAL, dict(public)),
            exhibit("euro-rates.csv", _MUTUAL, dict(public)),
        ],
        "outcomes": [exhibit(name, _MUTUAL, dict(reported)) for name in outcome_files],
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
