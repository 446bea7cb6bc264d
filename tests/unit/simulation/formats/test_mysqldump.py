"""What MysqlDump writes is what mysqldump writes: our reader, a real server and the real tool agree."""

import io
import re
import tracemalloc
from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers.mysqldump import Mysqldump
from crossbearing.simulation.formats.mysqldump import MysqlDump
from crossbearing.simulation.formats.table import Batch, Reference, Table

USERS = Table(
    "users",
    (
        ("id", "bigint(20) unsigned NOT NULL AUTO_INCREMENT"), ("number", "int(11) DEFAULT NULL"),
        ("price", "decimal(16,2) DEFAULT NULL"), ("text", "text DEFAULT NULL"), ("made", "datetime DEFAULT NULL"),
        ("image", "blob DEFAULT NULL"),
    ),
    indexes=("number",),
    next_number=1000,
    triggers=(
        "TRIGGER `users_touch` AFTER INSERT ON `users` FOR EACH ROW"
        " BEGIN SET @n = 'INSERT INTO `users` VALUES (1);'; END",
    ),
)  # fmt: skip
ORDERS = Table(
    "orders",
    (("id", "char(36) NOT NULL"), ("user_id", "bigint(20) unsigned NOT NULL"), ("note", "mediumtext NOT NULL")),
    references=(Reference("user_id", "users", on_delete="CASCADE"),),
)
TINY = Table("tiny", (("n", "int(11) DEFAULT NULL"),), key="")  # rows so short that each byte of a limit shows
PAIR = Table("pair", (("a", "text"), ("b", "text"), ("n", "int(11)")), key="")
any_text = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\0\\'\"\n\r\x1a\x1f\t;`"), max_size=20)
cells = st.none() | any_text
any_row = st.tuples(cells, cells, st.none() | st.integers(-(2**31), 2**31 - 1))


def dumped(*tables: tuple[Table, Sequence[Batch]], **options: str) -> bytes:
    out = io.BytesIO()
    with MysqlDump(out, database="kestrel", finished="2021-12-28  3:14:15", **options) as dump:
        for table, batches in tables:
            dump.table(table, batches)
    return out.getvalue()


def read(content: bytes, table: str, encoding: str = "utf-8") -> list[tuple[str | None, ...]]:
    found = list(Mysqldump().read(io.BytesIO(content), encoding))
    # A trigger is reported, and nothing else.
    assert all(piece.rows == 0 and not piece.is_damage for piece in found if isinstance(piece, Refused)), found
    batches = [piece for piece in found if isinstance(piece, RawBatch) and piece.table == table]
    return [tuple(row) for piece in batches for row in piece.rows()]


def inserts(content: bytes) -> list[bytes]:
    return re.findall(rb"^INSERT INTO .*?\);$", content, re.MULTILINE | re.DOTALL)


def as_text(rows: dict[str, list[object]], name: str) -> list[str | None]:
    return [None if value is None else str(value) for value in rows[name]]


def orders(count: int) -> list[list[object]]:
    return [
        [f"{n:08d}-0000-4000-8000-000000000000" for n in range(count)],
        [1 + n % 9 for n in range(count)],
        [("it's é 😀 \\ " * (n % 90)) for n in range(count)],
    ]


def test_the_projects_reader_reads_every_row(rows: dict[str, list[object]]) -> None:
    rows["text"].append("with\0NUL")
    for name in rows.keys() - {"text"}:
        rows[name].append(rows[name][0] if name != "id" else len(rows["id"]) + 1)
    content = dumped((USERS, [list(rows.values())]), (ORDERS, [orders(3000)]))
    found = read(content, "users")
    assert [row[0] for row in found] == as_text(rows, "id")
    assert [row[1] for row in found] == as_text(rows, "number")
    assert [row[3] for row in found] == rows["text"]
    assert [row[4] for row in found] == as_text(rows, "made")
    assert [None if row[2] is None else Decimal(row[2]) for row in found] == rows["price"]
    assert len(read(content, "orders")) == 3000
    assert Mysqldump().recognises(content[:4096])
    assert Mysqldump().layout(io.BytesIO(content))["users"] == tuple(rows)


@given(st.lists(any_row, min_size=1, max_size=6))
def test_any_text_survives_writing_and_reading(rows: list[tuple[str | None, str | None, int | None]]) -> None:
    content = dumped((PAIR, [list(zip(*rows, strict=True))]))
    expected = [(a, b, None if n is None else str(n)) for a, b, n in rows]
    assert read(content, "pair") == expected


@given(st.lists(any_row, min_size=2, max_size=9), st.data())
def test_where_batches_are_cut_does_not_show(rows: list[tuple[object, ...]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(rows) - 1))
    whole = dumped((PAIR, [list(zip(*rows, strict=True))]))
    halves = [list(zip(*part, strict=True)) for part in (rows[:cut], rows[cut:])]
    assert dumped((PAIR, halves)) == whole


def test_statements_end_where_the_tools_buffer_is_full() -> None:
    content = dumped((ORDERS, [orders(4000)]))
    sizes = [len(statement) for statement in inserts(content)]
    assert len(sizes) > 2
    assert max(sizes) < 1_046_528
    assert min(sizes[:-1]) > 1_046_528 - 3000  # no row is longer than 3,000 bytes


def test_numbers_may_come_as_arrays_and_stand_without_quotes() -> None:
    content = dumped((PAIR, [[["x", "y"], ["1", "2"], np.array([5, -6])]]))
    assert b"VALUES\n('x','1',5),\n('y','2',-6);\n" in content


def test_an_empty_table_has_its_frame_and_no_insert() -> None:
    content = dumped((PAIR, []), (ORDERS, [[[], [], []]]))
    assert b"LOCK TABLES `pair` WRITE" in content
    assert not inserts(content)


def test_latin1_tables_are_written_in_windows_1252() -> None:
    content = dumped((PAIR, [[["5 €", "ß"], [None, "é"], [1, 2]]]), charset="latin1")
    assert "('5 €',NULL,1),\n('ß','é',2);".encode("cp1252") in content
    assert b"SET NAMES latin1" in content
    assert read(content, "pair", "cp1252")[0][0] == "5 €"


def test_a_failure_inside_leaves_no_closing_line() -> None:
    out = io.BytesIO()
    with (
        pytest.raises(TypeError, match="Decimal"),
        MysqlDump(out, database="kestrel", finished="2021-12-28  3:14:15") as dump,
    ):
        dump.table(PAIR, [[["a"], ["b"], [0.5]]])
    assert b"Dump completed" not in out.getvalue()


def test_memory_does_not_grow_with_the_table() -> None:
    class Nowhere(io.RawIOBase):
        def write(self, data: bytes) -> int:
            return len(data)

    batch = orders(2000)
    peaks = []
    for count in (2, 20):
        tracemalloc.start()
        with MysqlDump(Nowhere(), database="kestrel", finished="2021-12-28  3:14:15") as dump:
            dump.table(ORDERS, (batch for _ in range(count)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_a_real_server_loads_the_dump_and_holds_every_value(
    mariadb: Callable[..., bytes], rows: dict[str, list[object]]
) -> None:
    rows["text"][1] = "with\0NUL"
    content = dumped((ORDERS, [orders(9)]), (USERS, [list(rows.values())]))
    mariadb("mariadb", "-e", "CREATE DATABASE kestrel")
    mariadb("mariadb", "kestrel", stdin=content)
    columns = ",".join(f"HEX(CONCAT(`{name}`))" for name in rows)
    found = mariadb("mariadb", "-N", "-B", "kestrel", "-e", f"SELECT {columns} FROM users ORDER BY id").decode()
    held = [line.split("\t") for line in found.splitlines()]
    assert held == [[_in_hex(value) for value in row] for row in zip(*rows.values(), strict=True)]
    assert b"users_touch" in mariadb("mariadb", "-N", "kestrel", "-e", "SHOW TRIGGERS")


def test_the_real_tool_writes_the_same_statements(mariadb: Callable[..., bytes], rows: dict[str, list[object]]) -> None:
    content = dumped((ORDERS, [orders(4000)]), (TINY, [[[7] * 211_000]]), (USERS, [list(rows.values())]))
    mariadb("mariadb", "-e", "CREATE DATABASE again")
    mariadb("mariadb", "again", stdin=content)
    theirs = mariadb("mariadb-dump", "again")
    if b"VALUES\n(" not in theirs:
        pytest.skip("this mariadb-dump is older than 10.6.18 and lays rows out otherwise")
    assert inserts(theirs) == inserts(content)
    pattern = re.compile(rb"^CREATE TABLE .*?;$", re.MULTILINE | re.DOTALL)
    assert pattern.findall(theirs) == pattern.findall(content)


def _in_hex(value: object) -> str:
    if value is None:
        return "NULL"
    shown = f"{value:.2f}" if isinstance(value, Decimal) else str(value)
    return (value if isinstance(value, bytes) else shown.encode()).hex().upper()
