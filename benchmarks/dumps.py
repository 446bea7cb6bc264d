"""Reading a dump that a real MariaDB wrote: bytes to Arrow rows and to Parquet, beside the reader with patterns.

The simulated market is loaded into a MariaDB of this run and grown there; mysqldump writes it. Rates are megabytes
of dump per CPU second, one core, from memory; places of rows included. Hashing and the bare scan stand beside it.
Needs mariadbd and mariadb-install-db. Everything measured here is simulated.
"""

import argparse
import contextlib
import hashlib
import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from crossbearing.domain.progress import Silent
from crossbearing.intake.reader import RawBatch
from crossbearing.intake.readers.mysqldump import Mysqldump
from crossbearing.store.arrow import RowGroupWriter
from crossbearing.workflows.simulate_operation import simulate_operation
from slow_mysqldump import SlowMysqldump

RUNS = 5
QUOTE, BACKSLASH = 39, 92
GROWN = {"purchases": "id", "messages": "id", "feedback": "id"}  # tables that are copied onto themselves, with new ids
# Types of the columns that are not text, as the schema declares them.
TYPED = {
    **dict.fromkeys(("quantity", "quality_rate", "vendor_level", "min_quantity", "first"), pa.int64()),
    **dict.fromkeys(("created_at", "updated_at", "last_seen"), pa.timestamp("s")),
    **dict.fromkeys(("price", "amount"), pa.decimal128(16, 2)),
    "to_pay": pa.decimal128(24, 12),
}


@contextlib.contextmanager
def server(folder: Path) -> Iterator[list[str]]:
    """A MariaDB for this run; gives the options that reach it."""
    path = os.environ["PATH"] + ":/usr/sbin"
    data, socket = folder / "data", folder / "s"
    root = ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run(
        [shutil.which("mariadb-install-db", path=path) or "mariadb-install-db", "--no-defaults", f"--datadir={data}",
         "--auth-root-authentication-method=normal", "--skip-test-db", *root], check=True, capture_output=True,
    )  # fmt: skip
    process = subprocess.Popen(
        [shutil.which("mariadbd", path=path) or "mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}",
         "--skip-networking", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=1G",
         "--character-set-server=utf8mb4", *root],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not socket.exists() and process.poll() is None:
            time.sleep(0.2)
        yield ["--no-defaults", f"--socket={socket}", "--user=root"]
    finally:
        process.terminate()
        process.wait()


def written_by_mariadb(megabytes: int) -> bytes:
    """A dump of at least so many megabytes."""
    with tempfile.TemporaryDirectory() as scratch:
        simulated = Path(scratch) / "simulated"
        simulate_operation(simulated, Silent(), size="monopoly", seed=7)
        with server(Path(scratch)) as options:

            def run(program: str, *arguments: str, stdin: bytes = b"") -> bytes:
                return subprocess.run(
                    [program, *options, *arguments], input=stdin, check=True, capture_output=True
                ).stdout

            run("mariadb", "-e", "CREATE DATABASE seized")
            run("mariadb", "seized", stdin=(simulated / "evidence" / "kestrel.sql").read_bytes())
            shutil.rmtree(simulated)
            while len(dump := run("mariadb-dump", "seized")) < megabytes * 1_000_000:
                for table in GROWN:
                    names = run("mariadb", "-N", "seized", "-e", f"SHOW COLUMNS FROM {table}").decode().splitlines()
                    columns = [line.split("\t")[0] for line in names]
                    copied = ", ".join("uuid()" if name == "id" else f"`{name}`" for name in columns)
                    run("mariadb", "seized", "-e", f"INSERT INTO {table} SELECT {copied} FROM {table}")
            return dump


def batches(reader: object, content: bytes) -> Iterator[RawBatch]:
    """Every batch; a refusal ends the measurement, for the dump is whole."""
    for piece in reader.read(io.BytesIO(content), "utf-8"):  # type: ignore[attr-defined]
        if not isinstance(piece, RawBatch):
            raise TypeError(piece)
        yield piece


def typed(batch: RawBatch) -> pa.Table:
    """The batch with numbers, amounts and times as such, and the place of each row."""
    columns = {
        name: pc.cast(column, TYPED[name]) if name in TYPED else column
        for name, column in zip(batch.columns, batch.values.columns, strict=True)
    }
    return pa.table({**columns, "_row": batch.ordinals, "_offset": batch.offsets, "_length": batch.lengths})


def to_parquet(reader: object, content: bytes, folder: Path) -> None:
    """One file per table as the product writes them: zstd level 1, groups of 65,536 rows."""
    writers: dict[str, RowGroupWriter] = {}
    for batch in batches(reader, content):
        rows = typed(batch)
        if batch.table not in writers:
            writers[batch.table] = RowGroupWriter(folder / f"{batch.table}.parquet", rows.schema)
        writers[batch.table].add(rows)
    for writer in writers.values():
        writer.close()


@numba.njit  # type: ignore[untyped-decorator]
def scan(content: np.ndarray) -> int:
    """The limit: one look at every byte, stopping at quotes and backslashes."""
    found, at = 0, 0
    while at < len(content):
        while at < len(content) and content[at] != QUOTE and content[at] != BACKSLASH:
            at += 1
        at += 1
        found += 1
    return found


def rates(work: Callable[[], object], size: int, runs: int = RUNS) -> tuple[float, float]:
    """Best and median, megabytes per CPU second."""
    found = []
    for _ in range(runs):
        began = time.process_time()
        work()
        found.append(size / 1e6 / (time.process_time() - began))
    return max(found), median(found)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    given = parser.parse_args()
    pa.set_cpu_count(1)
    os.environ["CROSSBEARING_THREADS"] = "1"
    content = written_by_mariadb(given.megabytes)
    rows = sum(len(batch) for batch in batches(Mysqldump(), content))
    print(
        f"dump of a real MariaDB, simulated market, {len(content):,} bytes, {rows:,} rows; MB per CPU second, "
        f"{RUNS} runs"
    )
    view, slow = np.frombuffer(content, np.uint8), content[:60_000_000]
    scan(view[:100])
    cut = slow[: slow.rindex(b"\nINSERT INTO")] + b"\n-- Dump completed\n"
    with tempfile.TemporaryDirectory() as scratch:
        ours = [
            ("bytes to text rows", lambda: sum(len(one) for one in batches(Mysqldump(), content))),
            ("bytes to typed rows", lambda: sum(typed(one).num_rows for one in batches(Mysqldump(), content))),
            ("bytes to Parquet", lambda: to_parquet(Mysqldump(), content, Path(scratch))),
            ("bare scan (limit)", lambda: scan(view)),
            ("SHA-256 (apart)", lambda: hashlib.sha256(content).digest()),
        ]
        measured = {name: rates(work, len(content)) for name, work in ours}
        peer = rates(lambda: sum(len(one) for one in batches(SlowMysqldump(), cut)), len(cut), 3)
    for name, (best, middle) in measured.items():
        print(f"  {name:34} best {best:7.0f}   median {middle:7.0f}")
    print(f"  {'patterns over a stream (peer)':34} best {peer[0]:7.1f}   median {peer[1]:7.1f}   ({len(cut):,} bytes)")
    print(f"  ratio to the peer, text rows: {measured['bytes to text rows'][1] / peer[1]:.1f}")
    print(
        f"  peak memory with the dump itself in it: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
