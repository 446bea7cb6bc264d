"""The reader of mysqldump files: exact, whatever the window, and back on its feet after damage."""

import io
import re
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.readers import statements, window
from crossbearing.intake.readers.insert_rows import InsertRows
from crossbearing.intake.readers.mysqldump import Mysqldump
from crossbearing.intake.readers.window import Window
from crossbearing.simulation.formats.mysqldump import MysqlDump
from crossbearing.simulation.formats.table import Table
from crossbearing.store.session import usable_threads
from slow_mysqldump import SlowMysqldump

TABLE = Table("t", (("a", "varchar(99) DEFAULT NULL"), ("b", "int(11) DEFAULT NULL"), ("c", "blob DEFAULT NULL")))
ROWS = st.lists(
    st.tuples(
        st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=12),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.binary(max_size=9),
    ),
    min_size=1,
    max_size=8,
)
# What may stand outside rows and reported stretches: comments, statements without values, beginnings of inserts.
STRUCTURE = re.compile(
    rb"(?:\s+|--[^\n]*|/\*.*?\*/;?|INSERT INTO `t` VALUES\s*|[,;]|(?:DROP|LOCK|UNLOCK|SET) [^;]*;"
    rb"|CREATE TABLE `t` [^;]*;)*",
    re.DOTALL,
)


def dump_of(rows: Sequence[tuple[object, ...]]) -> bytes:
    """As the tool writes it."""
    out = io.BytesIO()
    with MysqlDump(out, database="d", finished="2021-12-28  3:14:15") as dump:
        dump.table(TABLE, iter([[list(column) for column in zip(*rows, strict=True)]]))
    return out.getvalue()


def pieces_of(content: bytes, reader: Reader | None = None) -> list[RawBatch | Refused]:
    return list((reader or Mysqldump()).read(io.BytesIO(content), "utf-8"))


def cells_of(pieces: Sequence[RawBatch | Refused]) -> list[tuple[object, ...]]:
    return [row for piece in pieces if isinstance(piece, RawBatch) for row in piece.rows()]


def places_of(pieces: Sequence[RawBatch | Refused]) -> Iterator[tuple[int, int]]:
    """Where each row and each reported stretch begins and ends, in order."""
    for piece in pieces:
        if isinstance(piece, Refused):
            yield piece.offset, piece.offset + piece.length
        else:
            yield from zip(piece.offsets.tolist(), (piece.offsets + piece.lengths).tolist(), strict=True)


def account(content: bytes, pieces: Sequence[RawBatch | Refused]) -> None:
    """Every byte is in one row, in one reported stretch, or is structure."""
    at, between = 0, []
    for begin, end in places_of(pieces):
        assert at <= begin <= end <= len(content)
        between.append(content[at:begin])
        at = end
    between.append(content[at:])
    left = b" ".join(between)
    found = STRUCTURE.match(left)
    assert found
    assert found.end() == len(left), left[found.end() : found.end() + 80]


@pytest.fixture(params=["1", "2"], ids=["in turn", "beside each other"], autouse=True, scope="module")
def threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Inserts read one after another, and beside each other: all that is claimed here holds for both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CROSSBEARING_THREADS", request.param)
        yield


@pytest.fixture(params=[1 << 22, 64, 3])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Windows of a few bytes, so that every place is once the end of one."""
    monkeypatch.setattr(window, "BLOCK", request.param)
    monkeypatch.setattr(statements, "_HEADER", min(1 << 16, 16 * request.param))
    return int(request.param)


@given(ROWS)
def test_what_the_tool_writes_comes_back_cell_by_cell(rows: list[tuple[str | None, int | None, bytes | None]]) -> None:
    content = dump_of(rows)
    expected = [(text, None if number is None else str(number), blob) for text, number, blob in rows]
    found = pieces_of(content)
    assert cells_of(found) == expected
    assert not [piece for piece in found if isinstance(piece, Refused)]
    account(content, found)
    for begin, end in places_of(found):
        assert content[begin : begin + 1] + content[end - 1 : end] == b"()"


def test_no_window_is_too_small(block: int) -> None:
    rows = [("it's \\ 'quoted'\n),(", 1, b"\x00\xff'"), (None, -5, None), ("", None, b""), ("é€😀", 2**63 - 1, b"\\")]
    content = dump_of(rows * 3)
    assert cells_of(pieces_of(content)) == [(a, None if b is None else str(b), c) for a, b, c in rows * 3]
    broken = content.replace(b"-5", b"-5'", 1)
    found = pieces_of(broken)
    (gap,) = [piece for piece in found if isinstance(piece, Refused)]
    assert (gap.rows, gap.ordinal, gap.is_damage) == (1, 2, True)
    assert len(cells_of(found)) == 11, "reading goes on at the row after it"
    assert block


@given(ROWS)
def test_it_agrees_with_the_slow_reader(rows: list[tuple[str | None, int | None, bytes | None]]) -> None:
    content = dump_of([(a, b, None) for a, b, _ in rows])
    fast, slow = pieces_of(content), pieces_of(content, SlowMysqldump())
    assert cells_of(fast) == cells_of(slow)
    assert list(places_of(fast)) == list(places_of(slow))


def mangled(content: bytes, kind: str, place: int, other: int) -> bytes:
    """Damaged in one way."""
    at = place % (len(content) + 1)
    to = other % (len(content) + 1)
    if kind == "cut":
        return content[:at]
    if kind == "flip":
        at = min(at, len(content) - 1)
        return content[:at] + bytes([content[at] ^ (1 << other % 8)]) + content[at + 1 :]
    if kind == "lost":
        return content[: min(at, to)] + content[max(at, to) :]
    if kind == "doubled":
        return content[: max(at, to)] + content[min(at, to) :]
    return content[:at] + content[to : to + 64] + content[at:]  # interleaved


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(["cut", "flip", "lost", "doubled", "interleaved"]), st.integers(0, 1 << 20), st.integers(0, 1 << 20)
)
def test_damage_costs_what_it_hits_and_every_byte_is_accounted_for(kind: str, place: int, other: int) -> None:
    whole = dump_of([(f"row {n}", n, bytes([n])) for n in range(12)])
    content = mangled(whole, kind, place, other)
    found = pieces_of(content)
    at = 0
    for begin, end in places_of(found):
        assert at <= begin <= end <= len(content), "rows and gaps are in order and apart"
        at = end
    values = range(whole.index(b"('row 0'"), whole.index(b";\n/*!40000 ALTER", whole.index(b"('row 0'")))
    if kind == "flip" and place % (len(whole) + 1) in values:
        assert len(set(cells_of(found)) & set(cells_of(pieces_of(whole)))) >= 12 - 3
    if kind in {"cut", "flip"}:
        account_of_damage(content, found)


def account_of_damage(content: bytes, found: Sequence[RawBatch | Refused]) -> None:
    """Every bracket of a row that was there is in a row or in a reported stretch."""
    covered = bytearray(content)
    for begin, end in places_of(found):
        covered[begin:end] = b" " * (end - begin)
    # The same flipped or cut text may also break structure; then that too is reported, up to the next statement.
    assert not re.search(rb"\('row \d+',\d+,", bytes(covered))


RUN_INTO = [
    b"-- Dumping data for tabl", b"-- Dump completed on 2021-", b"/*!40111 SET @OLD_SQL_NO", b"SET @saved_cs_cli",
    b"DROP TABLE IF EXI", b"/* a comment that lo", b"CREATE TABLE `u` (\n  `a` int(11) NOT NU",
]  # fmt: skip
LOST = [b",'x'),(8,'alder',NULL),(9,'birch',NULL);\n", b",'x'),\n(8,'alder',NULL);\n", b"7,NULL);\n"]


# Of the last pair nobody can tell that 7 and NULL are no columns.
@pytest.mark.parametrize(("before", "lost"), [(one, lost) for one in RUN_INTO for lost in LOST][:-1])
def test_rows_that_ran_into_a_statement_or_a_comment_are_refused_as_damage(before: bytes, lost: bytes) -> None:
    """As when a sector between them is lost; nobody knows of which table they were."""
    whole = dump_of([("x", 1, None)])
    at = whole.index(b"-- Dump completed")
    content = whole[:at] + before + lost + whole[at:]
    pieces = pieces_of(content)
    assert cells_of(pieces) == [("x", "1", None)]
    damaged = [range(p.offset, p.offset + p.length) for p in pieces if isinstance(p, Refused) and p.is_damage]
    assert any(at + len(before) in stretch for stretch in damaged)


@pytest.mark.parametrize("end", [b") ENGINE=InnoDB DEFA", b") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COL"])
@pytest.mark.parametrize("lost", [b"7','alder ginkgo;\n", b",\n(30,'alder',NULL);\n", b"('alder');\n"])
def test_a_row_that_ran_into_the_options_of_a_table_is_refused_and_the_table_is_known(end: bytes, lost: bytes) -> None:
    whole = dump_of([("x", 1, None)])
    at = whole.index(b"-- Dump completed")
    made = b"CREATE TABLE `u` (\n  `a` int(11) NOT NULL\n" + end
    content = whole[:at] + made + lost + b"INSERT INTO `u` VALUES (5);\n" + whole[at:]
    pieces = pieces_of(content)
    assert cells_of(pieces) == [("x", "1", None), ("5",)]
    damaged = [(p.offset, p.length) for p in pieces if isinstance(p, Refused) and p.is_damage]
    begins = at + made.rindex(b"\n)") + 2
    assert damaged == [(begins, at + len(made) + lost.index(b";") + 1 - begins)]


@pytest.mark.parametrize("made", [b"'x);", b");\\"])
@pytest.mark.parametrize("between", [b",", b",\n"])
def test_a_semicolon_that_damage_made_within_a_row_ends_no_insert(made: bytes, between: bytes) -> None:
    rows = [(f"row {n}", n, None) for n in range(6)]
    content = dump_of(rows).replace(b"),(", b")" + between + b"(").replace(b"('row 2'", b"(" + made)
    pieces = pieces_of(content)
    assert cells_of(pieces) == [(text, str(number), None) for text, number, _ in rows if number != 2]
    (refused,) = [p for p in pieces if isinstance(p, Refused)]
    assert content[refused.offset :].startswith(b"(" + made)
    assert content[refused.offset + refused.length :].startswith(b"('row 3'")


def test_an_insert_whose_last_row_is_broken_ends_before_the_next_one() -> None:
    content = dump_of([("x", 1, None)]).replace(b"('x',1,NULL);", b"('x,1,NULL);a\nINSERT INTO `u` VALUES (7),(8);")
    content = content.replace(b"CREATE TABLE", b"CREATE TABLE `u` (\n  `a` int\n);\nCREATE TABLE", 1)
    assert {batch.table for batch in pieces_of(content) if isinstance(batch, RawBatch)} == {"u"}


def test_comments_and_statements_of_other_kinds_are_no_damage() -> None:
    whole = dump_of([("x", 1, None)])
    at = whole.index(b"-- Dump completed")
    others = (
        b"-- Dumping routines for database 'd'\n-- Current Database: `d`\n-- (a remark)\n/* one (more) */\n"
        b"CREATE TABLE `p` (\n  `a` int\n)\n/*!50100 PARTITION BY LIST (`a`)\n(PARTITION p0 VALUES IN ((1),(2))) */;\n"
        b"CREATE TABLE `q` (\n  `a` int COMMENT 'x)'\n) ENGINE=InnoDB AUTO_INCREMENT=5 ROW_FORMAT=DYNAMIC "
        b"UNION=(`a`,`b`) DATA DIRECTORY='/x-y/' `PAGE_CHECKSUM`=1 COMMENT='it''s (a); \\' and' "
        b"/*!80016 DEFAULT ENCRYPTION='Y' */ WITH SYSTEM VERSIONING;\n"
        b"/*!50001 CREATE VIEW `v` AS SELECT 1 AS `a` FROM `t` WHERE (`a`,`b`) IN ((1),(2)) */;\n"
    )
    assert not [p for p in pieces_of(whole[:at] + others + whole[at:]) if isinstance(p, Refused)]
    (noted,) = [p for p in pieces_of(whole[:at] + b"-- it's new\n" + whole[at:]) if isinstance(p, Refused)]
    assert (noted.offset, noted.length, noted.is_damage) == (at, 11, False)


@given(st.binary(max_size=300))
def test_no_bytes_behind_an_insert_make_it_fail(junk: bytes) -> None:
    content = dump_of([("x", 1, None)]).split(b"VALUES")[0] + b"VALUES (" + junk
    found = pieces_of(content)
    assert any(isinstance(piece, Refused) and piece.is_damage for piece in found)


def test_a_line_of_many_megabytes_takes_little_memory_and_an_open_string_costs_its_row_only() -> None:
    row = "('" + "x" * 500 + "',1,NULL)"
    line = "INSERT INTO `t` VALUES " + ",".join([row] * 40_000) + ";\n"
    content = dump_of([("a", 1, None)]).replace(b"UNLOCK TABLES", line.encode() + b"UNLOCK TABLES", 1)
    assert len(content) > 20_000_000
    batches = [piece for piece in pieces_of(content) if isinstance(piece, RawBatch)]
    assert sum(map(len, batches)) == 40_001
    assert max(piece.values.nbytes for piece in batches) < 8 * window.BLOCK
    opened = content.replace(b"xxx',1,NULL)", b"xxx,1,NULL)", 1)
    found = pieces_of(opened)
    assert sum(len(piece) for piece in found if isinstance(piece, RawBatch)) == 40_000
    (gap,) = [piece for piece in found if isinstance(piece, Refused)]
    assert gap.length < 2 * len(row) + 8


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("_binary 'a\\\\0'", b"a\\0"), ("0x00FFab", b"\x00\xff\xab"), ("x'0f'", b"\x0f"), ("X'F'", b"\x0f"),
        ("NULL", None), ("null", None), ("''", b""), ("b'1'", b"\x01"), ("b'100000001'", b"\x01\x01"),
    ],
)  # fmt: skip
def test_bytes_are_bytes_however_they_are_written(literal: str, value: bytes | None) -> None:
    content = dump_of([("a", 1, None)]).replace(b"('a',1,NULL)", f"('a',1,{literal})".encode(), 1)
    assert cells_of(pieces_of(content)) == [("a", "1", value)]


@given(st.integers(0, 2**64 - 1))
def test_a_bit_literal_is_its_number(number: int) -> None:
    content = dump_of([("a", 1, None)]).replace(b",1,NULL)", f",b'{number:b}',NULL)".encode(), 1)
    assert cells_of(pieces_of(content)) == [("a", str(Decimal(number)), None)]


@pytest.mark.parametrize(
    "value", ["1e", "--1", "1-1", "TRUE", "b'12'", "x'0g'", "0x", "now()", "a'b'", "b'" + "1" * 65 + "'"]
)
def test_what_is_no_literal_of_a_dump_is_refused_with_its_row(value: str) -> None:
    content = dump_of([("a", 1, None), ("b", 2, None)]).replace(b"('a',1,", f"('a',{value},".encode(), 1)
    found = pieces_of(content)
    is_number = value == "1e"  # a server never writes it, and nothing is lost by keeping it as text
    assert cells_of(found)[-1] == ("b", "2", None)
    assert len(cells_of(found)) == 1 + is_number


def test_triggers_are_reported_and_never_taken_for_rows() -> None:
    trigger = (
        b"DELIMITER ;;\nCREATE TRIGGER x BEFORE INSERT ON `t` FOR EACH ROW INSERT INTO `t` VALUES (9,9,9);;\n"
        b"DELIMITER ;\n"
    )
    content = dump_of([("a", 1, None)]).replace(b"UNLOCK TABLES", trigger + b"UNLOCK TABLES", 1)
    found = pieces_of(content)
    assert cells_of(found) == [("a", "1", None)]
    (refused,) = [piece for piece in found if isinstance(piece, Refused)]
    assert (refused.rows, refused.is_damage) == (0, False)
    assert content[refused.offset :].startswith(b"DELIMITER ;;")


HEAD = b"-- MariaDB dump\nCREATE TABLE `t` (\n  `a` varchar(99),\n  `b` int(11)\n);\n"
INSERT, TAIL = b"INSERT INTO `t` VALUES", b"-- Dump completed\n"
SOUND = b"('x',1),\n('y;\\n',2);\n"
ODD = [
    INSERT + b"('x',1),('y,2),('z',3);\n",
    INSERT + b"('x',1,2),('y',2);\n",
    INSERT + b"('x',1),\n",
    INSERT + b" ('x',1) ;\n",
    INSERT + b"('x',1);?",
    INSERT + b"('open;\n",
    INSERT + b"('a value;\n" + INSERT + b"',5);\n",
    INSERT.replace(b"`t`", b"`u`") + b"('x');\n",
    b"-- a word;\n",
    b"CREATE TABLE `u` (\n  `a` varchar(99)\n);\n",
    b"USE `second`;\n",
]
INSERTS = st.lists(st.just(INSERT + SOUND) | st.sampled_from(ODD), min_size=6, max_size=24)


@given(inserts=INSERTS, stretch=st.integers(32, 400))
def test_stretches_read_beside_each_other_give_what_reading_in_turn_gives(inserts: list[bytes], stretch: int) -> None:
    content = HEAD + b"".join(inserts) + TAIL
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statements, "_STRETCH", stretch)
        found = pieces_of(content)
        patch.setenv("CROSSBEARING_THREADS", "1")
        in_turn = pieces_of(content)
    assert cells_of(found) == cells_of(in_turn)
    assert list(places_of(found)) == list(places_of(in_turn))
    assert numbers_of(found) == numbers_of(in_turn)
    assert refusals_of(found) == refusals_of(in_turn)


def test_a_stretch_with_a_broken_row_does_not_stand_by_itself() -> None:
    rows = InsertRows("t", statements.Table(("a", "b"), frozenset()), "utf-8")
    for values, stands in ((SOUND, True), (b"('x',1),('y,2),('z',3);\n", False), (b"('x',1),('y',2,3);\n", True)):
        window = Window(io.BytesIO(INSERT + SOUND + INSERT + values))
        window.fill()
        assert (rows.whole(window, window.ahead, INSERT) is not None) == stands


def test_a_stretch_that_ends_within_a_value_does_not_stand_by_itself() -> None:
    rows = InsertRows("t", statements.Table(("a", "b"), frozenset()), "utf-8")
    content = INSERT + b"('x',';\n" + INSERT + b"');\n"
    window = Window(io.BytesIO(content))
    window.fill()
    assert rows.whole(window.here(), content.rindex(INSERT), INSERT) is None
    assert rows.whole(window, len(content), INSERT) is not None


def test_whole_inserts_are_read_beside_the_one_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "_STRETCH", 100)
    readers = set()
    read = InsertRows.whole

    def watched(*given: Any) -> Any:
        readers.add(threading.current_thread())
        return read(*given)

    monkeypatch.setattr(InsertRows, "whole", watched)
    found = pieces_of(HEAD + (INSERT + SOUND) * 20 + TAIL)
    assert numbers_of(found) == list(range(1, 41))
    assert bool(readers) == (usable_threads() > 1)
    assert threading.current_thread() not in readers


def numbers_of(pieces: Sequence[RawBatch | Refused]) -> list[int]:
    return [number for piece in pieces if isinstance(piece, RawBatch) for number in piece.ordinals.tolist()]


def refusals_of(pieces: Sequence[RawBatch | Refused]) -> list[Refused]:
    return [piece for piece in pieces if isinstance(piece, Refused)]
