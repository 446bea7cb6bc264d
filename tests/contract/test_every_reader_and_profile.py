"""What every reader and every profile promises; a new one is tested as soon as it is listed."""

import csv
import io
import re
import struct
from pathlib import Path

import apsw
import pytest
import xlsxwriter

from crossbearing.domain.errors import BadConfiguration
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake import profile as profiles
from crossbearing.intake.profile import Profile, all_profiles, parse_profile
from crossbearing.intake.profile_words import profile_words
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.readers import BUILT_IN, all_readers
from crossbearing.store.records import transformer
from pg_archive_writer import pg_archive


def _sqlite_file() -> bytes:
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA page_size = 512; CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
    return connection.serialize("main")


def _workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("t")
        for number, row in enumerate([("a", "b"), (1, "x"), (2, "y")]):
            sheet.write_row(number, 0, row)
    return out.getvalue()


SAMPLES = {
    "workbook": _workbook(),
    "sqlite": _sqlite_file(),
    "json": b'{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n',
    "mysqldump": b"-- MySQL dump 10.13\nCREATE TABLE `t` (\n  `a` int\n);\nINSERT INTO `t` VALUES ('1'),('2');\n"
    b"-- Dump completed on 2026-01-01\n",
    "delimited": b"a,b\n1,2\n3,4\n",
    "mongodump": b"\x11\x00\x00\x00\x10_id\x00\x01\x00\x00\x00\x0a\x62\x00\x00"
    b"\x0e\x00\x00\x00\x10_id\x00\x02\x00\x00\x00\x00",
    "pg_dump": b"--\n-- PostgreSQL database dump\n--\n\nCOPY public.t (a, b) FROM stdin;\n1\tx\n2\t\\N\n\\.\n\n"
    b"--\n-- PostgreSQL database dump complete\n--\n",
    "pg_custom": pg_archive({"t": (("a", "b"), b"1\tx\n2\t\\N\n\\.\n\n\n")}),
    "warc": b"\r\n\r\n".join(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://one.invalid/%d\r\n"
        b"Content-Type: application/http\r\nContent-Length: 47\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>" % number
        for number in (1, 2)
    ),
    "web_page": b"<!DOCTYPE html><title>a</title><p>b",
    "mail": b"From x\nTo: a\nSubject: b\n\nc\n\nFrom y\nTo: d\nSubject: e\n\nf\n",
    "picture": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 58, 0, 0, 54, 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + bytes(4),
}
ROWS = {"web_page": 1, "picture": 1}  # of their samples; the others hold two
# Formats in which nobody can see that the end of the last row is missing.
CUT_UNSEEN = {"delimited", "web_page", "mail"}
NOT_EVIDENCE = [b"", b"\x00" * 100, b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"just words\n"]


@pytest.mark.parametrize("reader", BUILT_IN, ids=lambda reader: reader.name)
class TestReader:
    def test_it_says_what_it_reads(self, reader: Reader) -> None:
        assert reader.name.islower()
        assert reader.version
        assert len(reader.format_reference) > 10
        assert type(reader).__doc__

    def test_it_recognises_its_own_and_nothing_else(self, reader: Reader) -> None:
        assert reader.recognises(SAMPLES[reader.name])
        assert not any(reader.recognises(content) for content in NOT_EVIDENCE)

    def test_it_is_deterministic_and_numbers_rows_without_gaps(self, reader: Reader) -> None:
        def read() -> list[RawBatch | Refused]:
            return list(reader.read(io.BytesIO(SAMPLES[reader.name]), "utf-8"))

        def plain(piece: RawBatch | Refused) -> object:
            if isinstance(piece, Refused):
                return piece
            places = (piece.ordinals.tolist(), piece.offsets.tolist(), piece.lengths.tolist())
            return piece.table, piece.columns, piece.rows(), places

        assert [plain(piece) for piece in read()] == [plain(piece) for piece in read()]
        ordinals = [n for piece in read() if isinstance(piece, RawBatch) for n in piece.ordinals]
        assert ordinals == list(range(1, len(ordinals) + 1))
        assert len(ordinals) == ROWS.get(reader.name, 2)

    def test_a_file_cut_anywhere_gives_rows_that_the_whole_file_has(self, reader: Reader) -> None:
        """All rows but the last are as in the whole file; the last may be cut within its last cell, unnoticed."""

        def rows_of(content: bytes) -> list[tuple[str | None, ...]]:
            pieces = reader.read(io.BytesIO(content), "utf-8")
            return [tuple(row) for piece in pieces if isinstance(piece, RawBatch) for row in piece.rows()]

        whole = SAMPLES[reader.name]
        every = rows_of(whole)
        for end in range(len(whole)):
            rows = rows_of(whole[:end])
            assert rows[:-1] == every[: max(len(rows) - 1, 0)]
            assert len(rows) <= len(every)
            is_seen = reader.name not in CUT_UNSEEN or (reader.name == "delimited" and whole[end - 1 : end] == b"\n")
            if rows and is_seen:
                assert rows[-1] == every[len(rows) - 1]


def test_readers_are_listed_once_each() -> None:
    names = [reader.name for reader in all_readers()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.name)
class TestProfile:
    def test_it_names_a_reader_and_says_what_it_is(self, profile: Profile) -> None:
        assert profile.reader in {reader.name for reader in BUILT_IN}
        assert profile.title
        assert profile.version
        assert "".encode(profile.encoding) == b""

    def test_every_expression_runs_and_gives_the_contract_types(self, profile: Profile) -> None:
        """Each mapping runs over one row of awkward text and casts to the record table's schema."""
        from crossbearing.intake.mapping import SourceRows, mapped
        from crossbearing.store.arrow import record_schema

        constants = {"exhibit_id": "E-1", "market": "M", "reader": "r"}
        for table in profile.tables:
            for cell in ("", " 12,345.60 ", "a'b\"c", "2021-02-03 04:05:06", None):
                row = [cell for _ in table.required]
                batch = RawBatch.of_rows(table.name, table.required, [row], [(1, 0, 9)])
                rows = SourceRows(table, constants, [("listing_-_20210203.csv", batch)])
                with transformer(profile_words()) as engine:
                    mapped(rows, engine)
                    for mapping in table.mappings:
                        (found,) = engine.apply(rows.raw(), profiles.record_query(table, mapping, constants))
                        schema = record_schema(RECORD_TABLES[mapping.record])
                        for field in schema:
                            if field.name in found.column_names:
                                found.column(field.name).cast(field.type)

    def test_no_other_profile_takes_its_files(self, profile: Profile) -> None:
        layout = {table.name: table.required + table.optional for table in profile.tables}
        assert [p.name for p in all_profiles() if p.reader == profile.reader and p.fits(layout)] == [profile.name]

    def test_secrets_are_never_mapped_and_personal_texts_only_into_protected_tables(self, profile: Profile) -> None:
        """Passwords and private keys stay in the original; addresses and messages are sealed."""
        secret = {"password", "mnemonic", "private_key", "msg_private_key"}
        personal = {"address", "content"}
        for table in profile.tables:
            for mapping in table.mappings:
                # A flag or a length says something of a text and does not hold it.
                held = [text for name, text in mapping.columns.items() if name not in {"is_encrypted", "body_length"}]
                words = {word for text in held for word in re.findall(r"\w+", text)}
                assert not secret & words
                if personal & words:
                    assert RECORD_TABLES[mapping.record].protection or mapping.record == "key_block"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml ][",
        'name = "x"',
        'name="x"\nversion="1"\ntitle="t"\nreader="delimited"\nencoding="utf-8"\nhas_market=false\n'
        '[table.rows]\ncolumns=["a"]\n[table.rows.record.sale]\nno_such_column="a"',
        'name="x"\nversion="1"\ntitle="t"\nreader="delimited"\nencoding="utf-8"\nhas_market=false\n'
        '[table.rows]\ncolumns=["a"]\n[table.rows.record.no_such_table]\na="a"',
    ],
)
def test_a_profile_that_cannot_be_used_is_one_clear_error(text: str) -> None:
    with pytest.raises(BadConfiguration):
        parse_profile(text, where="test")


def test_a_gzip_file_reads_as_what_is_in_it(tmp_path: Path) -> None:
    import gzip

    from crossbearing.intake.part_reader import recognise
    from crossbearing.intake.sources import Source, open_part

    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(SAMPLES["delimited"]))
    found = recognise(Source.of_file(path))
    assert found is not None
    with open_part(Source.of_file(path)) as stream:
        (batch,) = found.reader.read(stream, "utf-8")
    assert [list(row) for row in batch.rows()] == list(csv.reader(["1,2", "3,4"]))
