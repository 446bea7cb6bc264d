"""Simulated operations with evidence of persons, taken in by our own commands, beside their truth. Simulation only."""

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.context import Context
from crossbearing.identification import opened
from crossbearing.identification.evidence import Evidence
from crossbearing.identification.persons import name_of
from crossbearing.interfaces.cli import main
from crossbearing.simulation.scenario import SIZES, Size
from crossbearing.store.operation import open_operation
from crossbearing.store.register import register
from crossbearing.store.views import reading

_HERE = Path(__file__).parent
# What linking reads; the rest of a simulation is left out to save time.
_EXHIBITS = (
    "kestrel.sql", "osprey.sql", "plover-listings", "kestrel-forum", "exchange-returns", "parcels", "imports",
    "undercover-purchases", "device-extracts", "further-", "provider-records", "person-statements",
)  # fmt: skip
# Between the sizes that are shipped: enough operators for an interval, little enough to take minutes.
SIZES["district"] = Size(
    sellers=(300, 95, 150), sales=(14_000, 2_800), buyers=(2_200, 400), adverts=4, overdoses=12, customers=60, posts=400
)


@dataclass(frozen=True)
class World:
    """One simulated operation.

    Attributes:
        runs: Of each account, by id: the truth's names of all who ever ran it.
        taken: Accounts that were sold, phished or handed over: the day, who had it until then, and who since.
        names: Comparable name and day of birth by the truth's name of an operator.
        misleading: What misleads, by place of the row that names the person: mule, courier, other owner, borrowed
            address, mischance.
    """

    evidence: Evidence
    runs: dict[str, set[str]]
    taken: dict[str, tuple[str, str, str]]
    names: dict[str, tuple[str, str]]
    misleading: dict[str, str]

    def is_right(self, account_id: str, name: str, born: str) -> bool:
        """Whether a person ever ran an account."""
        mine = [self.names[operator] for operator in self.runs.get(account_id, ())]
        return any(name == own and born in ("", day) for own, day in mine)

    def ran_it_then(self, account_id: str, name: str, since: str, until: str) -> bool:
        """Whether a person ran an account that changed hands throughout these days."""
        day, old, new = self.taken[account_id]
        return (self.names[old][0] == name and until <= day) or (self.names[new][0] == name and since >= day)


def world(home: Path, seed: int) -> World:
    """The world of one seed; made if it is not there."""
    os.environ.setdefault("CROSSBEARING_KEYS", str(home / "keys"))
    os.environ.setdefault("CROSSBEARING_PERSON", "benchmark")
    simulated, operation = home / f"sim{seed}", home / f"op{seed}"
    if not operation.exists():
        dials = ("--scenario", _HERE / "supported.toml")
        _run("simulate", simulated, "--size", "district", "--seed", seed, *dials)
        manifest = json.loads((simulated / "manifest.json").read_text(encoding="utf-8"))
        wanted = [one for one in manifest["exhibits"] if any(name in one["path"] for name in _EXHIBITS)]
        (simulated / "persons.json").write_text(json.dumps({**manifest, "exhibits": wanted}), encoding="utf-8")
        _run("new", operation, "--name", f"W{seed}", "--coordinator", "benchmark")
        _run("evidence", "add", operation, "--manifest", simulated / "persons.json")
        _run("run", operation)
    with (
        open_operation(operation, Context(person="benchmark", purpose="benchmark")) as folder,
        reading(folder, *opened.DERIVED, protected=opened.PROTECTED) as engine,
    ):
        order = {name: number for number, name in enumerate(register(folder.ledger).standing)}
        evidence = opened.read_evidence(engine, order, {})
    return _with_truth(evidence, simulated / "truth")


def _with_truth(evidence: Evidence, truth: Path) -> World:
    runs: dict[str, set[str]] = {}
    taken = {}
    for row in _read(truth / "accounts.csv"):
        account = evidence.account_of(row)
        if account is not None:
            runs[account.account_id] = {row["operator"], *filter(None, row["also_run_by"].split("; "))}
            if row["taken_over_at"]:
                new = row["also_run_by"].split("; ")[-1]
                taken[account.account_id] = (row["taken_over_at"][:10], row["operator"], new)
    misleads = {row["reference"]: row["misleads"] for row in _read(truth / "identities.csv") if row["misleads"]}
    for row in _read(truth / "ties.csv"):
        if row["is_operator"] == "no":
            misleads.setdefault(row["reference"], "mischance")
    misleading = {}
    for rows, column in (
        (evidence.returns, "return_ref"), (evidence.devices, "extract_ref"), (evidence.records, "record_ref"),
        (evidence.statements, "statement_ref"), (evidence.senders, "ref"),
    ):  # fmt: skip
        misleading |= {row["place"]: misleads[row[column]] for row in rows if row[column] in misleads}
    names = {row["operator"]: (name_of(row["name"]), row["born"]) for row in _read(truth / "persons.csv")}
    return World(evidence, runs, taken, names, misleading)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _run(*words: object) -> None:
    if code := main([str(word) for word in words]):
        raise SystemExit(code)
