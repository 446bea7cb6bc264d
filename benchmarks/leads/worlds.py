"""Simulated operations with overdose cases, taken in by our own commands, beside their truth. Simulation only."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.context import Context
from crossbearing.leads import opened
from crossbearing.leads.columns import Case
from crossbearing.leads.opened import Opened
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading

_HERE = Path(__file__).parent
# What matching reads; the rest of a simulation is left out to save time.
_EXHIBITS = (
    "kestrel.sql",
    "osprey.sql",
    "overdose-cases",
    "toxicology",
    "decrypted",
    "parcels",
    "undercover-purchases",
)


@dataclass(frozen=True)
class World:
    """One simulated operation.

    Attributes:
        cases: In comparable form.
        opened: The searched sales.
        truth: What the truth says of each case, by case number; see docs/reference/simulation.md.
        sale_of: Place of each sale by its id on the server.
    """

    cases: list[Case]
    opened: Opened
    truth: dict[str, dict[str, str]]
    sale_of: dict[str, int]

    def true_sale(self, case: Case) -> int | None:
        """Place of the sale that supplied a case, if one did that the server still holds."""
        return self.sale_of.get(self.truth[case.number]["sale_server_id"])


def world(home: Path, seed: int, scenario: str, size: str = "monopoly") -> World:
    """The world of one seed; made if it is not there.

    Args:
        home: Where worlds are kept.
        seed: Of the simulation.
        scenario: Name of a scenario file beside this module.
        size: Of the simulation.
    """
    os.environ.setdefault("CROSSBEARING_KEYS", str(home / "keys"))
    simulated, operation = home / f"sim{seed}-{scenario}", home / f"op{seed}-{scenario}"
    if not operation.exists():
        dials = ("--scenario", _HERE / f"{scenario}.toml")
        _run("simulate", simulated, "--size", size, "--seed", seed, *dials)
        manifest = json.loads((simulated / "manifest.json").read_text(encoding="utf-8"))
        wanted = [one for one in manifest["exhibits"] if any(name in one["path"] for name in _EXHIBITS)]
        (simulated / "leads.json").write_text(json.dumps({**manifest, "exhibits": wanted}), encoding="utf-8")
        _run("new", operation, "--name", f"W{seed}", "--coordinator", "benchmark")
        _run("evidence", "add", operation, "--manifest", simulated / "leads.json")
        _run("run", operation)
    with open_operation(operation, Context(person="benchmark", purpose="benchmark")) as folder:
        with reading(folder, protected=opened.CASES) as engine:
            cases = opened.read_cases(engine, [])
        with reading(folder, *opened.DERIVED, protected=opened.protected_for(cases)) as engine:
            sales = opened.read_sales(engine, cases)
    with (simulated / "truth" / "overdoses.csv").open(encoding="utf-8", newline="") as lines:
        truth = {row["case_number"]: row for row in csv.DictReader(lines)}
    places = {name: place for place, name in enumerate(sales.rows["sale_server_id"].to_pylist())}
    return World(cases, sales, truth, places)


def _run(*words: object) -> None:
    own = str(Path(sys.executable).parent / "crossbearing")
    environment = {**os.environ, "CROSSBEARING_PERSON": "benchmark"}
    subprocess.run([own, *map(str, words)], check=True, env=environment, capture_output=True)
