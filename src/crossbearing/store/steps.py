"""Derived tables: each from one step, rebuilt when an input or the step itself has changed.

A step is one SQL file named after its table, or a Python function that declares its inputs. The result
is a Parquet file named by its content; a pointer beside it says which one is current and what it was
made from. All of ``derived/`` may be deleted and made again.
"""

import graphlib
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa

from crossbearing.domain.canonical import digest
from crossbearing.domain.errors import MissingTable
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.progress import Progress
from crossbearing.domain.tables import OPEN_TABLES
from crossbearing.store.arrow import WRITER
from crossbearing.store.derived import current_file, forget_old_files, only_one, publish, read_pointer
from crossbearing.store.operation import Operation
from crossbearing.store.register import exhibits
from crossbearing.store.session import ENGINE, Session, session
from crossbearing.store.snapshot import DECISION_TABLES, Snapshot, snapshot
from crossbearing.store.views import attach_records

# Country names, numbering plans, and how writing is compared.
_UNREAD: Final = re.compile(r"--[^\n]*|'[^']*'")  # comments and texts of a SELECT
_READ: Final = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]\w*)\b(?!\s*[(.])")
_NAMED_HERE: Final = re.compile(r"\b([a-z_]\w*)\s+AS\s+(?:MATERIALIZED\s+)?\(")
_RESTED_ON: Final = ("babel", "phonenumbers", "numba", "rapidfuzz", "scipy", "sparse-dot-topn")


class Step(Protocol):
    """What makes one derived table."""

    @property
    def table(self) -> str:
        """Name of the table it makes."""

    @property
    def inputs(self) -> frozenset[str]:
        """Tables it reads: records, decisions, or other steps' tables."""

    def recall(self, engine: Session, folder: Path, pointer: Mapping[str, Any] | None) -> None:
        """Let the session hold what was made earlier, if rows of it can be taken over."""

    def produce(self, engine: Session) -> Iterator[pa.Table]:
        """The table's rows in a total order, in pieces."""

    def taken_over(self, engine: Session) -> int:
        """How many of the rows just made were taken over from earlier ones."""


class _MakingAll:
    """A step that makes all its rows whenever one of its inputs changes."""

    def recall(self, engine: Session, folder: Path, pointer: Mapping[str, Any] | None) -> None:
        """See ``Step``."""

    def taken_over(self, engine: Session) -> int:  # noqa: ARG002 - the protocol's
        """See ``Step``."""
        return 0


@dataclass(frozen=True)
class SqlStep(_MakingAll):
    """A step that is one SELECT in ``<package>/sql/<table>.sql``."""

    package: str
    table: str

    @cached_property
    def code(self) -> str:
        """The file's text."""
        return (resources.files(self.package) / "sql" / f"{self.table}.sql").read_text(encoding="utf-8")

    @property
    def inputs(self) -> frozenset[str]:
        """See ``Step``."""
        return self.read

    @cached_property
    def read(self) -> frozenset[str]:
        """Tables the SELECT reads, taken from the SQL itself so that they cannot drift.

        Parsing it takes half a second for all steps, which every command would wait for; a parser agrees in the tests.
        """
        code = _UNREAD.sub("", self.code)
        return frozenset(_READ.findall(code)) - frozenset(_NAMED_HERE.findall(code))

    @property
    def statement(self) -> str:
        """The SELECT, to stand within another one."""
        return self.code.rstrip().rstrip(";")

    def produce(self, engine: Session) -> Iterator[pa.Table]:
        """See ``Step``."""
        return engine.batches(f"SELECT * FROM ({self.statement}\n) ORDER BY ALL")


@dataclass(frozen=True)
class PythonStep(_MakingAll):
    """A step that is a function over a session which holds its inputs as views."""

    table: str
    inputs: frozenset[str]
    function: Callable[[Session], pa.Table]

    def produce(self, engine: Session) -> Iterator[pa.Table]:
        """See ``Step``."""
        rows = self.function(engine)
        yield rows.sort_by([(name, "ascending") for name in _sortable(rows.schema)])


@dataclass(frozen=True, slots=True)
class StepReport:
    """How one step stands, or what became of it.

    Attributes:
        state: "fresh", "stale" or "missing" when looked at; "kept" or "built" after a run.
        taken_over: Rows of a built table that were taken over from the earlier one, for nothing they rest on changed.
    """

    table: str
    state: str
    rows: int
    seconds: float = 0.0
    taken_over: int = 0


def run_steps(
    operation: Operation, steps: Sequence[Step], progress: Progress, *, threads: int | None = None
) -> list[StepReport]:
    """Bring every derived table up to date, in the order that their inputs demand.

    Raises:
        MissingTable: A step reads a table that nothing writes.
    """
    reports = []
    ordered = in_order(steps)
    with only_one(operation.folder), progress.stage("Deriving", len(ordered)) as advance, ExitStack() as opened:

        @cache
        def engine() -> Session:
            """One for all steps, opened when the first is built: to open one costs more than most of them."""
            return opened.enter_context(session(folder=operation.folder, threads=threads, is_roomy=True))

        inputs = Inputs(operation)
        for step in ordered:
            reports.append(_brought_up_to_date(operation, step, inputs, engine))
            advance(1)
        forget_old_files(operation.folder)
    return reports


def states(operation: Operation, steps: Sequence[Step]) -> list[StepReport]:
    """How each step stands, without running any; what depends on a stale table is stale."""
    reports = []
    inputs = Inputs(operation)
    stale: set[str] = set()
    for step in in_order(steps):
        pointer = read_pointer(operation.folder, step.table)
        if pointer is None:
            state = "missing"
        elif step.inputs & stale or pointer["made_from"] != inputs.fingerprint(step):
            state = "stale"
        else:
            state = "fresh"
        if state != "fresh":
            stale.add(step.table)
        reports.append(StepReport(step.table, state, 0 if pointer is None else int(pointer["rows"])))
    return reports


def require_fresh(operation: Operation, steps: Sequence[Step], *tables: str) -> None:
    """Refuse to go on from tables that were never made or whose inputs have changed since.

    Args:
        operation: Where.
        steps: The registry.
        tables: Derived tables about to be read; none for all of them.

    Raises:
        MissingTable: At least one is missing or stale.
    """
    wanted = [step for step in states(operation, steps) if not tables or step.table in tables]
    if late := [step for step in wanted if step.state != "fresh"]:
        raise MissingTable(
            f"{len(late)} of the tables this rests on {'is' if len(late) == 1 else 'are'} not up to date: "
            f"{late[0].table!r} is {late[0].state}",
            where=str(operation.folder),
            remedy=f"Run `crossbearing run {operation.folder}`, then repeat the command.",
        )


def making() -> dict[str, str]:
    """What rows are made by, beside their inputs."""
    return {"software": software(), "engine": ENGINE, "writer": WRITER}


@cache
def software() -> str:
    """Hash over all code and reference data of the package, and the libraries whose results or data steps rest on.

    A step may rest on any of it (macros, word lists, codecs), so a changed file makes every table stale.
    """
    home = resources.files("crossbearing")
    files = sorted(_files(home), key=str)
    content = hashlib.sha256("".join(_version(library) for library in _RESTED_ON).encode())
    for file in files:
        content.update(file.name.encode() + b"\x00" + file.read_bytes())
    return content.hexdigest()


def _version(library: str) -> str:
    """Of an installed library; empty if it is an extra that is not there."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in {"__pycache__", "interfaces", "workflows"}:
            yield from _files(entry)
        elif entry.name.endswith((".py", ".sql", ".toml")):
            yield entry


def in_order(steps: Sequence[Step]) -> list[Step]:
    """The steps, inputs before what reads them; equal ranks by name."""
    by_table = {step.table: step for step in steps}
    known = by_table.keys() | OPEN_TABLES | DECISION_TABLES.keys()
    for step in steps:
        if missing := sorted(step.inputs - known):
            raise MissingTable(
                f"Table {missing[0]!r} is written by no step",
                where=f"step {step.table}",
                remedy="Correct the step's inputs or register the step that writes it.",
            )
    sorter = graphlib.TopologicalSorter(
        {name: sorted(by_table[name].inputs & by_table.keys()) for name in sorted(by_table)}
    )
    return [by_table[name] for name in sorter.static_order()]


class Inputs:
    """What the steps of one run read: registered records, decisions at one position, derived tables."""

    def __init__(self, operation: Operation) -> None:
        """Look at the register once, so that every step of a run sees the same state."""
        self._operation = operation
        self.exhibits: dict[str, Exhibit] = exhibits(operation.ledger)
        self.position = operation.ledger.position()
        self._snapshots: dict[str, Snapshot] = {}
        self._made: dict[str, list[str]] = {}

    def snapshot(self, table: str) -> Snapshot:
        """A decision table at this run's position."""
        if table not in self._snapshots:
            self._snapshots[table] = snapshot(self._operation.ledger, table, until=self.position)
        return self._snapshots[table]

    def fingerprint(self, step: Step) -> str:
        """Changes when the step's code, an input's content, the engine or the writer changes."""
        return digest(
            {
                "step": step.table,
                **making(),
                "inputs": {table: self._content(table) for table in sorted(step.inputs)},
            }
        )

    def attach(self, engine: Session, tables: frozenset[str]) -> None:
        """Let the tables' names stand for their rows in a session."""
        attach_records(engine, self._operation.folder, self.exhibits, tables & OPEN_TABLES)
        for table in sorted(tables - OPEN_TABLES):
            if table in DECISION_TABLES:
                engine.table(table, self.snapshot(table).rows)
            else:
                engine.view(table, [current_file(self._operation.folder, table)])

    def files(self, step: Step) -> dict[str, str]:
        """The derived files that a step reads, by table."""
        tables = sorted(step.inputs - OPEN_TABLES - DECISION_TABLES.keys())
        return {table: current_file(self._operation.folder, table).name for table in tables}

    def _content(self, table: str) -> list[str]:
        if table in OPEN_TABLES:
            found = [f.sha256 for e in self.exhibits.values() for f in e.files if f.table == table and not f.protection]
            return sorted(found)
        if table in DECISION_TABLES:
            return [self.snapshot(table).sha256]
        if table not in self._made:  # steps run after what they read, so it does not change any more
            pointer = read_pointer(self._operation.folder, table)
            self._made[table] = [] if pointer is None else [str(pointer["sha256"])]
        return self._made[table]


def _brought_up_to_date(operation: Operation, step: Step, inputs: Inputs, engine: Callable[[], Session]) -> StepReport:
    fingerprint = inputs.fingerprint(step)
    pointer = read_pointer(operation.folder, step.table)
    if pointer is not None and pointer["made_from"] == fingerprint:
        return StepReport(step.table, "kept", int(pointer["rows"]))
    began = time.perf_counter()
    inputs.attach(engine(), step.inputs)
    step.recall(engine(), operation.folder, pointer)
    rows = publish(
        operation.folder,
        step.table,
        step.produce(engine()),
        made_from=fingerprint,
        made_with={**making(), "files": inputs.files(step)},
        position=inputs.position,
    )
    taken_over = step.taken_over(engine())
    engine().forget()  # the next step must see no table that it does not name
    return StepReport(step.table, "built", rows, time.perf_counter() - began, taken_over)


def _sortable(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if not pa.types.is_nested(field.type)]
