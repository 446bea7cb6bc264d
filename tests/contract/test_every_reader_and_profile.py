"""What every reader and every profile promises; a new one is tested as soon as it is listed."""

import csv
import io
import re
from pathlib import Path

import pytest

from crossbearing.domain.errors import BadConfiguration
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake import profile as profiles
from crossbearing.intake.profile import Profile, all_profiles, parse_profile
from crossbearing.intake.profile_words import profile_words
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.readers import BUILT_IN, all_readers
from crossbearing.store.records import transformer
from samples import ROWS, SAMPLES

# Formats in which nobody can see that the end of the last row is missing.
CUT_UNSEEN = {"delimited", "web_page", "mail", "tagpack"}
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
        assert set(profile.readers) <= {reader.name for reader in BUILT_IN}
        assert profile.title
        assert profile.version
        assert "".encode(profile.encoding) == b""

    def test_every_expression_runs_and_gives_the_contract_types(self, profile: Profile) -> None:
        """Each mapping runs over one row of each awkward text and casts to the record table's schema."""
        from crossbearing.intake.mapping import SourceRows, mapped
        from crossbearing.store.arrow import record_schema

        constants = {"exhibit_id": "E-1", "market": "M", "reader": "r"}
        cells = ("", " 12,345.60 ", "a'b\"c", "2021-02-03 04:05:06", None)
        with transformer(profile_words()) as engine:
            for table in profile.tables:
                same = [[cell for _ in table.required] for cell in cells]
                batch = RawBatch.of_rows(table.name, table.required, same, [(n, 0, 9) for n, _ in enumerate(same, 1)])
                rows = SourceRows(table, constants, [("listing_-_20210203.csv", batch)])
                mapped(rows, engine)
                queries = [profiles.record_query(table, mapping, constants) for mapping in table.mappings]
                for mapping, found in zip(table.mappings, engine.apply(rows.raw(), *queries), strict=True):
                    schema = record_schema(RECORD_TABLES[mapping.record])
                    for field in schema:
                        if field.name in found.column_names:
                            found.column(field.name).cast(field.type)

    def test_no_other_profile_takes_its_files(self, profile: Profile) -> None:
        """By its tables and columns; two that have the same must both say what stands in them."""
        layout = {table.name: table.required + table.optional for table in profile.tables}
        fitting = [p for p in all_profiles() if set(p.readers) & set(profile.readers) and p.fits(layout)]
        assert profile in fitting
        assert len(fitting) == 1 or all(table.fits_when for one in fitting for table in one.tables)

    def test_a_condition_on_the_first_rows_runs(self, profile: Profile) -> None:
        from crossbearing.intake.mapping import SourceRows

        for table in filter(lambda table: table.fits_when, profile.tables):
            rows = [[cell for _ in table.required] for cell in ("", "<h1>a", None)]
            batch = RawBatch.of_rows(table.name, table.required, rows, [(n, 0, 9) for n in (1, 2, 3)])
            with transformer(profile_words()) as engine:
                (found,) = engine.apply(SourceRows(table, {}, [("", batch)]).raw(), profiles.condition_query(table))
            assert not found.num_rows

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
                    # The addresses of tags are those of coin, on lists that are public.
                    is_open = mapping.record in {"key_block", "address_tag"}
                    assert RECORD_TABLES[mapping.record].protection or is_open


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
