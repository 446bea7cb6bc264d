"""The SQLite reader gives what the database holds, names its bytes, runs nothing of it, and survives broken pages."""

import contextlib
import io
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import apsw
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers import sqlite, sqlite_database
from crossbearing.intake.readers.sqlite import Sqlite

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
values = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | texts | st.binary(max_size=10)
grids = st.lists(st.tuples(values, values, values), max_size=30)


def made(script: str, rows: Sequence[tuple] = (), insert: str = "") -> bytes:
    """A database as the standard library's own SQLite writes it."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        connection.executemany(insert, rows) if rows else None
        connection.commit()
        return connection.serialize()


def read(content: bytes, encoding: str = "utf-8") -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(Sqlite().read(io.BytesIO(content), encoding))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def rows_of(batches: Sequence[RawBatch], table: str = "t") -> list[tuple]:
    return [tuple(row) for batch in batches if batch.table == table for row in batch.rows()]


def spelled(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return f"x'{value.hex()}'" if isinstance(value, bytes) else repr(value)


PAGE = "PRAGMA page_size = {size};"


@given(grids, st.sampled_from([512, 4096, 65536]), st.sampled_from(["UTF-8", "UTF-16le", "UTF-16be"]))
def test_every_kind_of_value_round_trips(grid, size: int, encoding: str) -> None:
    script = PAGE.format(size=size) + f"PRAGMA encoding='{encoding}'; CREATE TABLE t (a, b, c)"
    batches, refused = read(made(script, grid, "INSERT INTO t VALUES (?,?,?)"))
    assert rows_of(batches) == [tuple(map(spelled, row)) for row in grid]
    assert not refused


@given(st.lists(st.tuples(st.integers(), st.floats(allow_nan=False)), max_size=5))
def test_real_numbers_are_the_same_number_again(pairs) -> None:
    batches, _ = read(made("CREATE TABLE t (a REAL)", [(real,) for _, real in pairs], "INSERT INTO t VALUES (?)"))
    assert [float(a) for (a,) in rows_of(batches)] == [real for _, real in pairs]


def test_a_column_declared_as_blob_is_bytes_whatever_it_holds_and_blobs_elsewhere_are_hex_text() -> None:
    script = "CREATE TABLE t (a BLOB, b TEXT); INSERT INTO t VALUES (x'00ff', x'00ff'), ('é', 'é'), (7, 7), (NULL, '')"
    for encoding in ("UTF-8", "UTF-16"):
        batches, _ = read(made(f"PRAGMA encoding='{encoding}';" + script))
        assert batches[0].values.schema.types == [pa.binary(), pa.string()]
        assert rows_of(batches) == [(b"\x00\xff", "x'00ff'"), ("é".encode(), "é"), (b"7", "7"), (None, "")]


def test_text_that_is_not_utf_8_is_decoded_as_the_profile_says_and_stays_visible() -> None:
    content = made("CREATE TABLE t (a); INSERT INTO t VALUES (CAST(x'cae0ff' AS TEXT))")
    assert rows_of(read(content, "cp1251")[0]) == [("Кая",)]
    assert rows_of(read(content)[0]) == [("\\xca\\xe0\\xff",)]


@pytest.mark.parametrize("table", ["t (k INTEGER PRIMARY KEY, v)", "t (k TEXT PRIMARY KEY, v) WITHOUT ROWID",
                                   "t (rowid, v, _rowid_)", "t (rowid, oid, _rowid_)"])  # fmt: skip
@pytest.mark.parametrize("count", [1, 10, 3000])
def test_each_place_is_the_cell_of_its_row(table: str, count: int) -> None:
    """The value's own bytes stand in the cell: unique text, short enough to stay on its page."""
    names = 3 if "_rowid_" in table else 2
    grid = [(str(n * 7919 % 10_007) if "TEXT" in table else n, f"value {n};", None)[:names] for n in range(count)]
    content = made(
        PAGE.format(size=1024) + f"CREATE TABLE {table}", grid, f"INSERT INTO t VALUES ({','.join('?' * names)})"
    )
    batches, refused = read(content)
    assert not refused
    assert sorted(rows_of(batches)) == sorted(tuple(map(spelled, row)) for row in grid)
    seen = set()
    for batch in batches:
        for row, offset, length in zip(batch.rows(), batch.offsets.tolist(), batch.lengths.tolist(), strict=True):
            assert row[1].encode() in content[offset : offset + length]
            assert length < 60
            seen.add(offset)
    assert len(seen) == count


@pytest.mark.parametrize("size", [512, 4096])
@pytest.mark.parametrize("table", ["t (k INTEGER PRIMARY KEY, v)", "t (k PRIMARY KEY, v) WITHOUT ROWID"])
def test_a_long_row_is_placed_at_its_cell_and_given_whole(size: int, table: str) -> None:
    """The cell ends with the number of its first overflow page; from there its text goes on to its end."""
    grid = [(n, f"{n}:" + "x" * (300 + n * 37) + ";") for n in range(1, 300)]
    content = made(PAGE.format(size=size) + f"CREATE TABLE {table}", grid, "INSERT INTO t VALUES (?,?)")
    batches, refused = read(content)
    assert rows_of(batches) == [(str(n), text) for n, text in grid]
    assert not refused
    places = [p for b in batches for p in zip(b.offsets.tolist(), b.lengths.tolist(), strict=True)]
    for (_, text), (offset, length) in zip(grid, places, strict=True):
        held = content[offset : offset + length]
        if text.encode() not in held:
            page, held = int.from_bytes(held[-4:], "big"), held[:-4]
            while page:
                piece = content[(page - 1) * size : page * size]
                page, held = int.from_bytes(piece[:4], "big"), held + piece[4:]
        assert text.encode() in held


def test_a_row_that_breaks_a_rule_of_the_schema_is_a_row_and_no_damage() -> None:
    content = made(
        "PRAGMA ignore_check_constraints = ON; CREATE TABLE t (a CHECK (a > 5), b NOT NULL DEFAULT 1);"
        "INSERT INTO t VALUES (1, 2); PRAGMA writable_schema = ON;"
        "UPDATE sqlite_master SET sql = replace(sql, 'a CHECK', 'a NOT NULL CHECK'); INSERT INTO t VALUES (NULL, 3);"
    )
    batches, refused = read(content)
    assert rows_of(batches) == [("1", "2"), (None, "3")]
    assert not refused


def test_large_tables_come_in_batches_in_the_order_of_their_row_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_BATCH_ROWS", 100)
    content = made("CREATE TABLE t (k INTEGER PRIMARY KEY)", [(n * 3,) for n in range(-500, 500)][::-1],
                   "INSERT INTO t VALUES (?)")  # fmt: skip
    batches, _ = read(content)
    assert [int(k) for (k,) in rows_of(batches)] == [n * 3 for n in range(-500, 500)]
    assert [int(n) for b in batches for n in b.ordinals] == list(range(1, 1001))
    assert len(batches) == 10


def test_views_triggers_and_virtual_tables_are_named_and_never_run() -> None:
    content = made(
        "CREATE TABLE t (a, b AS (a * 2), c AS (a * 3) STORED); INSERT INTO t (a) VALUES (1);"
        "CREATE VIEW v AS SELECT * FROM t; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;"
        "CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('word');"
        "CREATE TABLE f_notes (n); INSERT INTO f_notes VALUES ('mine'); CREATE INDEX i ON t (a);"
    )
    batches, refused = read(content)
    assert rows_of(batches) == [("1", "3")]
    assert rows_of(batches, "f_notes") == [("mine",)]
    assert {b.table for b in batches} == {"t", "f_notes"}
    found = {r.table: r.reason for r in refused if r.table != "t"}
    assert set(found) == {"v", "g", "f", "f_data", "f_idx", "f_content", "f_docsize", "f_config"}
    assert found["v"].startswith("a view")
    assert [r.reason for r in refused if r.table == "t"] == ["column b is computed when it is read, and was not"]
    assert not any(r.is_damage for r in refused)
    for r in refused:
        if r.table in {"v", "g", "f"}:
            assert b"CREATE" in content[r.offset : r.offset + r.length]
    assert dict(Sqlite().layout(io.BytesIO(content))) == {"t": ("a", "c"), "f_notes": ("n",)}


def hostile(sql: str, kind: str = "table", name: str = "t") -> bytes:
    """A database whose schema says what an attacker wrote into it."""
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE TABLE u (a); INSERT INTO u VALUES (2)")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_schema SET sql = ?, type = ? WHERE name = ?", (sql, kind, name))
    return connection.serialize("main")


@pytest.mark.parametrize(
    "content",
    [
        hostile("CREATE VIEW t AS SELECT load_extension('x') AS a"),
        hostile("CREATE TABLE t (a CHECK (length(zeroblob(900000000)) > 0))"),
        hostile("CREATE TABLE t (a, b AS (zeroblob(900000000)) NOT NULL)"),
        hostile("CREATE TABLE t (a DEFAULT (randomblob(9)), b DEFAULT (randomblob(9)))"),
        hostile(
            "CREATE VIEW t AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS a FROM c"
        ),
        hostile("CREATE VIRTUAL TABLE t USING fts3(a, tokenize=x)"),
        hostile("CREATE TABLE t (" + "(" * 5000 + ")"),
        hostile("nonsense"),
        hostile('CREATE TABLE "t\'; DROP TABLE u; --" (a)'),
    ],
)
def test_a_hostile_schema_does_nothing(content: bytes) -> None:
    batches, refused = read(content)
    assert all(set(rows_of([batch], batch.table)) <= {("1",), ("2",), ("1", None)} for batch in batches)
    assert refused or rows_of(batches) == [("1",)] or rows_of(batches) == [("1", None)]


def test_only_reading_ordinary_tables_is_allowed() -> None:
    content = made("CREATE TABLE t (a); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT * FROM t")
    with contextlib.closing(sqlite_database.Database(content)) as database:
        for statement in (
            "INSERT INTO t VALUES (2)", "DELETE FROM t", "DROP TABLE t", "CREATE TABLE x (a)", "SELECT * FROM v",
            "ATTACH ':memory:' AS m", "PRAGMA writable_schema = ON", "PRAGMA query_only = OFF", "VACUUM INTO '/tmp/x'",
            "SELECT load_extension('x')", "SELECT zeroblob(9)", "SELECT * FROM dbstat", "SELECT * FROM sqlite_dbpage",
            "SELECT * FROM pragma_table_list",
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT * FROM c",
        ):  # fmt: skip
            with pytest.raises(apsw.Error):
                list(database._connection.execute(statement))


def test_a_database_in_wal_mode_is_read_and_its_log_is_named_for_what_it_is(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "d.db"))
    list(connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES ('in the file')"))
    list(connection.execute("PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES ('in the log')"))
    assert rows_of(read((tmp_path / "d.db").read_bytes())[0]) == [("in the file",)]
    log = (tmp_path / "d.db-wal").read_bytes()
    assert Sqlite().recognises(log)
    assert not Sqlite().layout(io.BytesIO(log))
    batches, (refused,) = read(log)
    assert not batches
    assert (refused.offset, refused.length, refused.is_damage) == (0, len(log), False)
    assert "write-ahead log" in refused.reason
    connection.close()


def test_a_rollback_journal_is_named_for_what_it_is(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "d.db"))
    connection.execute("PRAGMA cache_size = 1; CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    connection.execute("BEGIN; UPDATE t SET a = 2; INSERT INTO t SELECT zeroblob(50000)")
    journal = (tmp_path / "d.db-journal").read_bytes()
    connection.close(True)
    assert Sqlite().recognises(journal) or journal[:8] == bytes(8)
    assert "rollback journal" in read(bytes.fromhex("d9d505f920a163d7") + journal[8:])[1][0].reason


def big() -> tuple[bytes, list[tuple]]:
    grid = [(n, f"row {n} " + "x" * (n % 90)) for n in range(1, 1501)]
    script = PAGE.format(size=1024) + "CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT); CREATE INDEX i ON t (v)"
    return made(script, grid, "INSERT INTO t VALUES (?,?)"), [tuple(map(spelled, row)) for row in grid]


def test_a_broken_leaf_costs_its_own_rows_and_no_others() -> None:
    content, grid = big()
    batches, _ = read(content)
    offsets = [int(o) for b in batches for o in b.offsets]
    page = offsets[700] // 1024
    lost = {n for n, offset in enumerate(offsets) if offset // 1024 == page}
    broken = content[: page * 1024] + bytes(1024) + content[(page + 1) * 1024 :]
    batches, refused = read(broken)
    assert rows_of(batches) == [row for n, row in enumerate(grid) if n not in lost]
    assert any(r.reason == f"page {page + 1} is not readable" and r.offset == page * 1024 for r in refused)
    assert any(r.reason.startswith("quick_check") and r.is_damage for r in refused)


def test_a_broken_row_header_costs_that_row_and_no_others() -> None:
    content, grid = big()
    batches, _ = read(content)
    offset = int(batches[0].offsets[99])
    changed = bytearray(content)
    changed[offset + 3] = 0x7F  # the length of the row's header, beyond the row
    batches, refused = read(bytes(changed))
    assert [row for row in grid if row not in rows_of(batches)] == [grid[99]]
    assert [(r.offset, r.rows) for r in refused if r.rows] in ([], [(offset, 1)])
    assert any(r.is_damage for r in refused)


def test_a_file_cut_off_gives_the_rows_it_still_holds_and_says_so() -> None:
    content, grid = big()
    batches, refused = read(content[: len(content) * 2 // 3 + 100])
    found = rows_of(batches)
    assert len(found) > 300
    assert set(found) <= set(grid)
    assert any("cut off" in r.reason and r.is_damage for r in refused)


def test_bytes_behind_the_last_page_are_refused_with_their_place() -> None:
    content, grid = big()
    batches, refused = read(content + b"hidden")
    assert rows_of(batches) == grid
    assert [(r.offset, r.length, r.is_damage) for r in refused] == [(len(content), 6, False)]


def test_pages_that_were_shifted_behind_the_last_one_are_damage() -> None:
    """As when a stretch stands twice: other pages may lie where those of a long row lay, and SQLite sees nothing."""
    content, grid = big()
    batches, refused = read(content + bytes(8_192))
    assert rows_of(batches) == grid
    assert not any(r.is_damage for r in refused), "room that is kept is none"
    _, refused = read(content + content[-8_192:])
    assert next((r.offset, r.length) for r in refused if r.is_damage) == (len(content), 8_192)


def test_pages_used_again_and_again_do_not_multiply_rows() -> None:
    """Every child of the root is the same leaf; believed, it would give its rows hundreds of times."""
    content, grid = big()
    root = int.from_bytes(content[1024 + 8 : 1024 + 12], "big")
    changed = bytearray(content)
    assert changed[1024] == 5
    for n in range(int.from_bytes(content[1024 + 3 : 1024 + 5], "big")):
        at = 1024 + int.from_bytes(content[1024 + 12 + 2 * n : 1024 + 14 + 2 * n], "big")
        changed[at : at + 4] = root.to_bytes(4, "big")
    batches, refused = read(bytes(changed))
    assert len(rows_of(batches)) == len(set(rows_of(batches))) < len(grid)
    assert any("do not ascend" in r.reason for r in refused)


def test_values_that_share_overflow_pages_are_stopped_by_the_size_of_the_file() -> None:
    """Every short row claims to be as long as the first and points to its pages."""
    page, more = 512, 10  # pages that each row claims besides its own
    short = 3000
    grid = [("x" * (short + more * (page - 4)),)] + [("y" * short,)] * 300
    content = bytearray(made(PAGE.format(size=page) + "CREATE TABLE t (a)", grid, "INSERT INTO t VALUES (?)"))
    batches, _ = read(bytes(content))
    first, *others = [p for b in batches for p in zip(b.offsets.tolist(), b.lengths.tolist(), strict=True)]
    for number, (offset, length) in enumerate(others, start=2):
        assert length == first[1] + (number > 127)
        header = offset + (3 if number < 128 else 4)
        content[offset : offset + 2] = content[first[0] : first[0] + 2]
        content[header + 1 : header + 3] = content[first[0] + 4 : first[0] + 6]
        content[offset + length - 4 : offset + length] = content[first[0] + first[1] - 4 : first[0] + first[1]]
    batches, refused = read(bytes(content))
    found = rows_of(batches)
    assert len(found) > 10
    assert {len(row[0]) for row in found} == {len(grid[0][0])}
    assert sum(len(row[0]) for row in found) <= len(content)
    assert any("more rows than the file has room for" in r.reason for r in refused)
    assert len(found) + sum(r.rows for r in refused) == len(grid)


def assert_sound(content: bytes) -> None:
    """Places lie in the file; ordinals have no gaps; damage is never silent about a file that does not open."""
    pieces = list(Sqlite().read(io.BytesIO(content), "utf-8"))
    assert pieces or not content or len(content) > 1024
    ordinals: dict[str, list[int]] = {}
    for piece in pieces:
        if isinstance(piece, Refused):
            assert piece.length > 0
            assert 0 <= piece.offset <= piece.offset + piece.length <= len(content)
            if piece.rows:
                ordinals.setdefault(piece.table, []).append(piece.ordinal)
            continue
        assert all(length > 0 for length in piece.lengths)
        assert all(o >= 0 and o + n <= len(content) for o, n in zip(piece.offsets, piece.lengths, strict=True))
        ordinals.setdefault(piece.table, []).extend(piece.ordinals.tolist())
    for found in ordinals.values():
        assert found == list(range(1, len(found) + 1))
    Sqlite().layout(io.BytesIO(content))


def rich() -> bytes:
    """Small pages with every kind of page among them."""
    grid = [(n, "x" * (n % 40) if n % 17 else "long " * 400, bytes([n % 256]) * 9, n / 7) for n in range(400)]
    return made(
        PAGE.format(size=512)
        + "CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT, b BLOB, r REAL);"
        + "CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
        + "CREATE INDEX i ON t (v); CREATE VIEW v AS SELECT * FROM t; CREATE VIRTUAL TABLE f USING fts5(x);"
        + "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 200)"
        + "INSERT INTO w SELECT hex(randomblob(4)) || x, x FROM c;",
        grid,
        "INSERT INTO t VALUES (?,?,?,?)",
    )


@pytest.mark.parametrize("seed", range(120))
def test_no_broken_copy_makes_it_fail(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(RICH)
    pages = len(content) // 512
    kind = seed % 4
    if kind == 0:  # single bytes
        for _ in range(chance.choice([1, 3, 30, 300])):
            content[chance.randrange(len(content))] = chance.randrange(256)
    elif kind == 1:  # pages swapped, copied, emptied
        for _ in range(chance.randrange(1, 8)):
            to, source = chance.randrange(pages) * 512, chance.randrange(pages) * 512
            content[to : to + 512] = chance.choice([content[source : source + 512], bytes(512)])
    elif kind == 2:  # page headers and pointers
        for _ in range(chance.randrange(1, 12)):
            at = chance.randrange(pages) * 512 + chance.randrange(16)
            content[at] = chance.choice([0, 1, 2, 5, 10, 13, 255, chance.randrange(256)])
    else:  # cut or grown
        at = chance.randrange(len(content))
        content = content[:at] if chance.random() < 0.7 else content[:at] + content[at : at + 700] + content[at:]
    assert_sound(bytes(content))


RICH = rich()


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(junk: bytes) -> None:
    for content in (junk, RICH[:100] + junk, RICH[: 512 * 3] + junk, sqlite_database.MAGIC + junk):
        assert_sound(content)


@given(st.data())
def test_no_header_makes_it_fail(data) -> None:
    content = bytearray(RICH)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(16, 110))] = data.draw(st.integers(0, 255))
    assert_sound(bytes(content))


def rows_with_places(content: bytes) -> list[tuple[int, int]]:
    batches, _ = read(content)
    return [place for batch in batches for place in zip(batch.offsets.tolist(), batch.lengths.tolist(), strict=True)]


MANY = made(
    PAGE.format(size=512) + "CREATE TABLE t (a, b); CREATE INDEX i ON t (b)",
    [(n, f"text {n}" * 4) for n in range(60)],
    "INSERT INTO t VALUES (?, ?)",
)


def test_a_broken_row_id_costs_no_rows_on_later_pages() -> None:
    """Although it is larger than all that follow."""
    offset, _ = rows_with_places(MANY)[3]
    content = MANY[: offset + 1] + b"\x7f" + MANY[offset + 2 :]  # the row id stands behind the length of the row
    batches, refused = read(content)
    assert {row[0] for row in rows_of(batches)} >= {str(n) for n in range(20, 60)}
    assert any(r.is_damage for r in refused)


def test_of_a_damaged_file_every_page_is_in_rows_or_refused_or_explained() -> None:
    """A pointer to a page that is lost loses the page, and says so."""
    pages = {
        (offset // 512): MANY[offset // 512 * 512 : offset // 512 * 512 + 512] for offset, _ in rows_with_places(MANY)
    }
    root = next(at for at in range(0, len(MANY), 512) if MANY[at] == 5)
    lost = min(pages)
    pointer = MANY.index((lost + 1).to_bytes(4, "big"), root)
    content = MANY[:pointer] + (1).to_bytes(4, "big") + MANY[pointer + 4 :]
    batches, refused = read(content)
    assert rows_of(batches) != rows_of(read(MANY)[0])
    covered = {at for r in refused if r.is_damage for at in range(r.offset // 512, (r.offset + r.length) // 512)}
    assert lost in covered


def test_of_a_damaged_table_without_row_ids_lost_rows_are_refused_with_their_pages() -> None:
    rows = [(f"{n:03}", f"text {n}" * 4) for n in range(60)]
    script = PAGE.format(size=512) + "CREATE TABLE t (a PRIMARY KEY, b) WITHOUT ROWID"
    whole = made(script, rows, "INSERT INTO t VALUES (?, ?)")
    at = whole.index(b"text 40") // 512 * 512
    content = whole[: at + 4] + b"\x00" + whole[at + 5 :]  # the page says that it holds no row
    batches, refused = read(content)
    assert ("040", "text 40" * 4) not in rows_of(batches)
    assert any(r.is_damage and r.offset <= at < r.offset + r.length for r in refused)


def test_rows_that_only_an_index_leads_to_are_refused_with_their_pages() -> None:
    """As when two pages of a disk changed places: the root of the index is a page of rows now."""
    leaf = next(at for at in range(512, len(MANY), 512) if MANY[at] == 13)
    root = next(at for at in range(512, len(MANY), 512) if MANY[at] == 2)
    content = bytearray(MANY)
    content[root : root + 512], content[leaf : leaf + 512] = MANY[leaf : leaf + 512], MANY[root : root + 512]
    _, refused = read(bytes(content))
    assert any(r.is_damage and r.offset <= root < r.offset + r.length for r in refused)


@pytest.mark.parametrize("missing", [40, 100, 320, 450])
def test_rows_that_were_shifted_into_a_page_of_an_index_are_refused_with_it(missing: int) -> None:
    """As when a piece of the file is missing: the page begins as one of an index, and goes on with what follows it."""
    root = next(at for at in range(512, len(MANY), 512) if MANY[at] == 2)
    _, refused = read(MANY[: root + 60] + MANY[root + 60 + missing :])
    assert any(r.is_damage and r.offset <= root < r.offset + r.length for r in refused)


def test_a_sound_file_has_no_pages_to_report() -> None:
    script = PAGE.format(size=512) + "CREATE TABLE t (a, b); CREATE INDEX i ON t (b); "
    with contextlib.closing(apsw.Connection(":memory:")) as connection:
        connection.execute(script)
        for n in range(60):
            connection.execute("INSERT INTO t VALUES (?, hex(zeroblob(?)))", (n, n * 40))
        connection.execute("DELETE FROM t WHERE a % 7 = 0")
        content = connection.serialize("main")
    _, refused = read(content)
    assert not refused


def test_a_database_beyond_the_limit_is_refused_with_the_next_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LARGEST_DATABASE", 1000)
    with pytest.raises(UnreadableSource, match="would not fit"):
        read(RICH)


def test_the_simulated_customer_list_is_read_completely(simulated: Path) -> None:
    path = simulated / "evidence" / "customer-list.sqlite"
    batches, refused = read(path.read_bytes())
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM customers ORDER BY rowid").fetchall()
    assert rows_of(batches, "customers") == [tuple(map(spelled, row)) for row in rows]
    assert len(rows) > 1
    assert not refused
