"""Reading a dump that a real MariaDB wrote: bytes to Arrow rows and to Parquet, beside the reader with patterns.

The simulated market is loaded into a MariaDB of this run and grown there; mysqldump writes it. Rates are megabytes
of dump per CPU second, one core, from memory; places of rows included. Hashing and the bare scan stand beside it.
Behind them, per second by the clock, one core beside two; and what a process of its own takes in memory for files of
several sizes, one of them a single insert and one a single row of 60 MB, both without a line end.
Needs mariadbd and mariadb-install-db. Everything measured here is simulated.
"""

import argparse
import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import BinaryIO

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from crossbearing.domain.progress import Silent
from crossbearing.intake.reader import RawBatch
from crossbearing.intake.readers.mysqldump import Mysqldump
from crossbearing.store.arrow import RowGroupWriter
from crossbearing.store.session import usable_threads
from crossbearing.workflows.simulate_operation import simulate_operation
from slow_mysqldump import SlowMysqldump

RUNS = 5
LONG = 60_000_000  # bytes of the longest line
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


def batches(reader: object, stream: BinaryIO) -> Iterator[RawBatch]:
    """Every batch; a refusal ends the measurement, for the dump is whole."""
    for piece in reader.read(stream, "utf-8"):  # type: ignore[attr-defined]
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


def to_parquet(reader: object, stream: BinaryIO, folder: Path) -> None:
    """One file per table as the product writes them: zstd level 1, groups of 65,536 rows."""
    writers: dict[str, RowGroupWriter] = {}
    with ThreadPoolExecutor(1) as pool:
        beside = pool if usable_threads() > 1 else None
        for batch in batches(reader, stream):
            rows = typed(batch)
            if batch.table not in writers:
                writers[batch.table] = RowGroupWriter(folder / f"{batch.table}.parquet", rows.schema, beside)
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


def by_the_clock(work: Callable[[], object], size: int) -> list[tuple[float, float]]:
    """Best and median, megabytes per second that passes, with one thread and with two, in turn."""
    found: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(RUNS):
        for threads, rates_found in found.items():
            os.environ["CROSSBEARING_THREADS"] = str(threads)
            pa.set_cpu_count(threads)
            began = time.perf_counter()
            work()
            rates_found.append(size / 1e6 / (time.perf_counter() - began))
    os.environ["CROSSBEARING_THREADS"] = "1"
    pa.set_cpu_count(1)
    return [(max(one), median(one)) for one in found.values()]


def long_lines() -> dict[str, bytes]:
    """A dump that is one insert of many rows, and one that is one row."""
    head = b"-- MariaDB dump\nCREATE TABLE `t` (\n  `a` int(11),\n  `b` longtext\n);\nINSERT INTO `t` VALUES "
    row = b"(1,'" + b"a word, " * 12 + b"')"
    rows = b",".join([row] * (LONG // (len(row) + 1)))
    tail = b";\n-- Dump completed\n"
    return {"one insert": head + rows + tail, "one row": head + b"(1,'" + b"a word, " * (LONG // 8) + b"')" + tail}


def peak_of(content: bytes) -> int:
    """Peak memory of a process that reads this from a file and writes Parquet, two threads, MB."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        environment = {**os.environ, "CROSSBEARING_THREADS": "2"}
        command = [sys.executable, __file__, "--only-read", file.name]
        return int(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)


def only_read(file: Path) -> None:
    """Read one file to Parquet and print the peak memory, MB."""
    with file.open("rb") as stream, tempfile.TemporaryDirectory() as scratch:
        to_parquet(Mysqldump(), stream, Path(scratch))
    # Not ru_maxrss, which a new program inherits from the process that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(status.split("VmHWM:")[1].split()[0]) // 1024)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--dump", type=Path, help="one that mysqldump wrote of this schema, instead of making one")
    parser.add_argument("--only-read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only_read:
        only_read(given.only_read)
        return 0
    pa.set_cpu_count(1)
    os.environ["CROSSBEARING_THREADS"] = "1"
    content = given.dump.read_bytes() if given.dump else written_by_mariadb(given.megabytes)
    cpu(content)
    with tempfile.TemporaryDirectory() as scratch:
        print(f"by the clock, MB per second, {RUNS} runs in turn")
        for name, work in works(content, Path(scratch)).items():
            (one, one_middle), (two, two_middle) = by_the_clock(work, len(content))
            print(
                f"  {name:34} one core best {one:5.0f} median {one_middle:5.0f}   two best {two:5.0f} "
                f"median {two_middle:5.0f}   ratio of medians {two_middle / one_middle:.2f}"
            )
    cut = content[: content.rindex(b"\nINSERT INTO", 0, LONG)] + b"\n-- Dump completed\n"
    print("peak memory of a process that reads a file to Parquet, two threads")
    for name, one_file in {"the dump's beginning": cut, "the dump": content, **long_lines()}.items():
        print(f"  {name:34} {len(one_file):>13,} bytes {peak_of(one_file):6,} MB")
    return 0


def works(content: bytes, scratch: Path) -> dict[str, Callable[[], object]]:
    """What is measured of the reader."""
    return {
        "bytes to text rows": lambda: sum(len(one) for one in batches(Mysqldump(), io.BytesIO(content))),
        "bytes to typed rows": lambda: sum(typed(one).num_rows for one in batches(Mysqldump(), io.BytesIO(content))),
        "bytes to Parquet": lambda: to_parquet(Mysqldump(), io.BytesIO(content), scratch),
    }


def cpu(content: bytes) -> None:
    """Print rates per CPU second, beside the peer and the limit."""
    rows = sum(len(batch) for batch in batches(Mysqldump(), io.BytesIO(content)))
    print(
        f"dump of a real MariaDB, simulated market, {len(content):,} bytes, {rows:,} rows; MB per CPU second, "
        f"{RUNS} runs"
    )
    view, slow = np.frombuffer(content, np.uint8), content[:LONG]
    scan(view[:100])
    cut = slow[: slow.rindex(b"\nINSERT INTO")] + b"\n-- Dump completed\n"
    with tempfile.TemporaryDirectory() as scratch:
        measured = {name: rates(work, len(content)) for name, work in works(content, Path(scratch)).items()}
    measured["bare scan (limit)"] = rates(lambda: scan(view), len(content))
    measured["SHA-256 (apart)"] = rates(lambda: hashlib.sha256(content).digest(), len(content))
    peer = rates(lambda: sum(len(one) for one in batches(SlowMysqldump(), io.BytesIO(cut))), len(cut), 3)
    for name, (best, middle) in measured.items():
        print(f"  {name:34} best {best:7.0f}   median {middle:7.0f}")
    print(f"  {'patterns over a stream (peer)':34} best {peer[0]:7.1f}   median {peer[1]:7.1f}   ({len(cut):,} bytes)")
    print(f"  ratio to the peer, text rows: {measured['bytes to text rows'][1] / peer[1]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
