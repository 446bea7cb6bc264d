"""SQLite files that the standard library's SQLite finds sound, byte for byte the same each time."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from crossbearing.simulation.formats.sqlite import SqliteFile
from crossbearing.simulation.formats.table import Batch, Reference, Table

USERS = Table(
    "users",
    (
        ("id", "INTEGER NOT NULL"), ("number", "INTEGER"), ("price", "VARCHAR(40)"), ("text", "TEXT"),
        ("made", "DATETIME"), ("image", "BLOB"),
    ),
    indexes=("number",),
)  # fmt: skip
ORDERS = Table(
    "order",
    (("id", "VARCHAR(36) NOT NULL"), ('a "name"', "TEXT"), ("user_id", "INTEGER")),
    unique=('a "name"',),
    references=(Reference("user_id", "users", on_delete="CASCADE"),),
)


def orders(start: int, stop: int) -> Batch:
    """Keys come in no order, so that pages split everywhere."""
    numbers = np.arange(start, stop)
    return [[f"{n * 7919 % 100_003:08d}" for n in range(start, stop)], [f"é {n}" for n in range(start, stop)], numbers]


def made(path: Path, *, cuts: tuple[int, ...] = (0, 9000)) -> bytes:
    with SqliteFile(path) as file:
        file.table(ORDERS, (orders(a, b) for a, b in pairwise(cuts)))
    return path.read_bytes()


def test_the_standard_librarys_sqlite_finds_every_value_and_no_fault(
    tmp_path: Path, rows: dict[str, list[object]]
) -> None:
    with SqliteFile(tmp_path / "seized.db") as file:
        file.table(USERS, [list(rows.values())])
        file.table(ORDERS, [orders(0, 9000)])
    assert [path.name for path in tmp_path.iterdir()] == ["seized.db"]
    with closing(sqlite3.connect(tmp_path / "seized.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = database.execute("SELECT * FROM users ORDER BY id").fetchall()
        expected = [
            tuple(format(value, "f") if isinstance(value, Decimal) else value for value in row)
            for row in zip(*rows.values(), strict=True)
        ]
        assert found == expected
        assert database.execute('SELECT count(*), sum(user_id) FROM "order"').fetchone() == (9000, 9000 * 8999 // 2)
        assert database.execute("PRAGMA page_size").fetchone() == (4096,)


def test_equal_rows_give_equal_bytes_wherever_batches_are_cut(tmp_path: Path) -> None:
    first = made(tmp_path / "one.db")
    assert made(tmp_path / "two.db", cuts=(0, 1, 4000, 9000)) == first
    assert first[18:20] == b"\x01\x01"  # no write-ahead log
    assert first[96:100] == (3_040_001).to_bytes(4, "big")


def test_a_failure_inside_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="Decimal"), SqliteFile(tmp_path / "seized.db") as file:
        file.table(ORDERS, [[["a"], ["b"], [0.5]]])
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(tmp_path: Path) -> None:
    made(tmp_path / "one.db")
    with pytest.raises(FileExistsError, match=r"one\.db"), SqliteFile(tmp_path / "one.db"):
        pass
