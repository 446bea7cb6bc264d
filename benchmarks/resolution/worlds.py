"""Simulated operations to learn from and to test on, taken in by our own commands. Simulation only."""

import csv
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from crossbearing.simulation.generate import read_scenario
from crossbearing.simulation.truth import write_scenario

Pair = tuple[str, str]


@dataclass(frozen=True)
class World:
    """One simulated operation, derived, beside its truth.

    Attributes:
        true: Pairs of accounts that one operator runs, alone or with others.
        kinds: Account to how it came to be.
    """

    folder: Path
    kinds: dict[str, str]
    true: frozenset[Pair]

    def rows(self, query: str, *tables: str) -> list[dict[str, Any]]:
        """Rows of a query over derived tables."""
        return in_tables(self.folder, query, *tables)


def in_tables(folder: Path, query: str, *tables: str) -> list[dict[str, Any]]:
    """Rows of a query over derived tables of an operation."""
    engine = duckdb.connect()
    for table in tables:
        files = sorted((folder / "derived").glob(f"{table}-*.parquet"), key=lambda path: path.stat().st_mtime)
        engine.execute(f"CREATE VIEW {table} AS FROM read_parquet('{files[-1]}')")
    return engine.sql(query).to_arrow_table().to_pylist()


def world(home: Path, seed: int, *scenario: str) -> World:
    """The world of one seed; made if it is not there or was made with other dials, brought up to date if it is.

    Args:
        home: Where worlds are kept.
        seed: Of the simulation.
        scenario: Path of a scenario file, if any.
    """
    name = f"{seed}-{Path(scenario[0]).stem}" if scenario else str(seed)
    operation, simulated = home / f"op{name}", home / f"sim{name}"
    environment = {**os.environ, "CROSSBEARING_KEYS": str(home / "keys"), "CROSSBEARING_PERSON": "benchmark"}

    def run(*words: object) -> None:
        own = str(Path(sys.executable).parent / "crossbearing")
        subprocess.run([own, *map(str, words)], check=True, env=environment, capture_output=True)

    if not _has_dials(simulated, seed, *scenario):
        shutil.rmtree(operation, ignore_errors=True)
        shutil.rmtree(simulated, ignore_errors=True)
        dials = ["--scenario", scenario[0]] if scenario else []
        run("simulate", simulated, "--size", "monopoly", "--seed", seed, *dials)
        run("new", operation, "--name", f"W{seed}", "--coordinator", "benchmark")
        run("evidence", "add", operation, "--manifest", simulated / "manifest.json", "--keep-unread")
    run("run", operation)
    return _with_truth(operation, simulated / "truth" / "accounts.csv")


def _has_dials(simulated: Path, seed: int, scenario: str | None = None) -> bool:
    """Whether a simulation is there that was made with the dials of now."""
    said = simulated / "truth" / "scenario.json"
    with TemporaryDirectory() as folder:
        write_scenario(Path(folder), read_scenario(Path(scenario) if scenario else None), "monopoly", seed)
        return said.exists() and said.read_bytes() == (Path(folder) / said.name).read_bytes()


def _with_truth(operation: Path, truth: Path) -> World:
    sellers = "SELECT account_id, market, handle FROM account WHERE role IN ('seller', 'staff')"
    found = in_tables(operation, sellers, "account")
    accounts = {(row["market"], row["handle"]): row["account_id"] for row in found}
    kinds, by_operator = {}, defaultdict(set)
    with truth.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            account = accounts.get((row["market"], row["handle"]))
            if account is None:
                continue
            kinds[account] = row["kind"]
            for operator in (row["operator"], *filter(None, row["also_run_by"].split("; "))):
                by_operator[operator].add(account)
    true = {pair for members in by_operator.values() for pair in combinations(sorted(members), 2)}
    return World(operation, kinds, frozenset(true))
