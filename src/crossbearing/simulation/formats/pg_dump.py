"""Dumps as pg_dump 15 writes them in its plain format: definitions, rows as COPY text, then keys and indexes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from crossbearing.simulation.formats.table import Batch, Table, escaped, pieces, spelled

# Words PostgreSQL quotes as names: all of pg_get_keywords() that are not unreserved.
_KEYWORDS: Final = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
    char character check coalesce collate collation column concurrently constraint create cross current_catalog
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable
    desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group
    grouping having ilike in initially inner inout int integer intersect interval into is isnull join lateral leading
    least left like limit localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric
    offset on only or order out outer overlaps overlay placing position precision primary real references returning
    right row select session_user setof similar smallint some substring symmetric table tablesample then time timestamp
    to trailing treat trim true union unique user using values varchar variadic verbose when where window with
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split()  # noqa: SIM905 - a hundred words read best as a paragraph
)
_PLAIN_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*\Z")
_ESCAPES: Final = (
    ("\\", "\\\\"), ("\b", "\\b"), ("\f", "\\f"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\v", "\\v"),
)  # fmt: skip
_NUMERIC: Final = re.compile(r"(?:numeric|decimal)\(\d+(?:,(\d+))?\)", re.IGNORECASE)
_SETTINGS: Final = """\
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

"""
_SEQUENCE: Final = """\
CREATE SEQUENCE {name}{kind}
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;"""


class PgDump:
    """One database dumped into a stream; a context manager.

    Entering it writes the definitions of all tables, leaving it writes keys, indexes and the closing lines.
    """

    def __init__(
        self, out: BinaryIO, tables: Sequence[Table], *, owner: str, server: str = "15.4 (Debian 15.4-1.pgdg120+1)"
    ) -> None:
        """Prepare a dump.

        Args:
            out: Stream.
            tables: All tables of the database.
            owner: Role that owns them.
            server: Version of server and tool; from 15.14 on the real tool adds a random word, this one does not.
        """
        self._out = out
        self._tables = sorted(tables, key=lambda table: table.name)
        self._waiting = list(self._tables)
        self._owner, self._server = owner, server

    def __enter__(self) -> Self:
        self._write("--\n-- PostgreSQL database dump\n--\n\n")
        self._write(f"-- Dumped from database version {self._server}\n-- Dumped by pg_dump version {self._server}\n\n")
        self._write(_SETTINGS)
        for table in self._tables:
            self._define(table)
        for table in self._tables:
            if table.next_number:
                default = f"nextval('{_full(_sequence(table))}'::regclass)"
                change = f"ALTER TABLE ONLY {_full(table.name)} ALTER COLUMN {named(table.key)} SET DEFAULT {default};"
                self._entry(f"{table.name} {table.key}", "DEFAULT", change)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        while self._waiting:
            self._copy(self._waiting.pop(0), ())
        for table in self._tables:
            if table.next_number:
                last = f"{max(table.next_number - 1, 1)}, {'true' if table.next_number > 1 else 'false'}"
                name = _sequence(table)
                self._entry(name, "SEQUENCE SET", f"SELECT pg_catalog.setval('{_full(name)}', {last});")
        for entries in (_constraints, _indexes, _references):
            for name, what, statement in sorted(entry for table in self._tables for entry in entries(table)):
                self._entry(name.partition("\t")[2], what, statement)
        self._write("--\n-- PostgreSQL database dump complete\n--\n\n")

    def table(self, table: Table, batches: Iterable[Batch]) -> None:
        """Write the rows of one table; tables come in the order of their names, those left out are empty.

        Args:
            table: One of the dump's.
            batches: Its rows; bytes for bytea columns only.

        Raises:
            TypeError: A value is a float.
            ValueError: The table is out of order or unknown, a batch does not fit it, or a text holds a NUL.
        """
        if table not in self._waiting:
            raise ValueError(f"table {table.name} is unknown or out of order: give rows in the order of table names")
        while (waiting := self._waiting.pop(0)) != table:
            self._copy(waiting, ())
        self._copy(table, batches)

    def _write(self, text: str) -> None:
        self._out.write(text.encode())

    def _entry(self, name: str, what: str, statement: str, *, end: str = "\n\n\n") -> None:
        self._write(f"--\n-- Name: {name}; Type: {what}; Schema: public; Owner: {self._owner}\n--\n\n{statement}{end}")

    def _define(self, table: Table) -> None:
        columns = ",\n".join(f"    {named(name)} {kind}" for name, kind in table.columns)
        self._owned(table.name, "TABLE", f"CREATE TABLE {_full(table.name)} (\n{columns}\n);")
        if table.next_number:
            name = _sequence(table)
            kind = "\n    AS integer" if dict(table.columns)[table.key].startswith("integer") else ""
            self._owned(name, "SEQUENCE", _SEQUENCE.format(name=_full(name), kind=kind))
            owner = f"ALTER SEQUENCE {_full(name)} OWNED BY {_full(table.name)}.{named(table.key)};"
            self._entry(name, "SEQUENCE OWNED BY", owner)

    def _owned(self, name: str, what: str, statement: str) -> None:
        # Sequences too are altered as tables up to version 15.
        change = f"ALTER TABLE {_full(name)} OWNER TO {named(self._owner)};"
        self._entry(name, what, f"{statement}\n\n\n{change}", end="\n\n")

    def _copy(self, table: Table, batches: Iterable[Batch]) -> None:
        columns = ", ".join(named(name) for name, _ in table.columns)
        self._write(
            f"--\n-- Data for Name: {table.name}; Type: TABLE DATA; Schema: public; Owner: {self._owner}\n--\n\n"
            f"COPY {_full(table.name)} ({columns}) FROM stdin;\n"
        )
        places = [_places(kind) for _, kind in table.columns]
        pattern = "\t".join(["%s"] * len(places)) + "\n"
        for piece in pieces(batches, len(places)):
            cells = [_cells(values, each) for values, each in zip(piece, places, strict=True)]
            rows = "".join([pattern % row for row in zip(*cells, strict=True)])
            if "\0" in rows:
                raise ValueError(f"a text of table {table.name} holds a NUL, which PostgreSQL cannot store")
            self._write(rows)
        self._write("\\.\n\n\n")


def named(name: str) -> str:
    """A name as PostgreSQL writes it: in quotes where it must be."""
    if _PLAIN_NAME.match(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def _full(name: str) -> str:
    return f"public.{named(name)}"


def _sequence(table: Table) -> str:
    return f"{table.name}_{table.key}_seq"


def _places(kind: str) -> int | None:
    numeric = _NUMERIC.match(kind)
    return int(numeric[1] or 0) if numeric else None


def _cells(values: list[Any], places: int | None) -> list[Any]:
    """Values of one column as they stand between tabs."""
    if any(kind is bytes for kind in set(map(type, values))):
        return ["\\N" if value is None else f"\\\\x{value.hex()}" for value in values]
    cells = spelled(values, places=places, true="t", false="f")
    if None in cells:
        texts = escaped(["" if cell is None else str(cell) for cell in cells], _ESCAPES)
        return ["\\N" if cell is None else text for cell, text in zip(cells, texts, strict=True)]
    if set(map(type, cells)) <= {int}:
        return cells
    return escaped(list(map(str, cells)), _ESCAPES)


def _constraints(table: Table) -> Iterator[tuple[str, str, str]]:
    keys = [(f"{table.name}_pkey", "PRIMARY KEY", table.key)] if table.key else []
    for name, what, column in keys + [(f"{table.name}_{each}_key", "UNIQUE", each) for each in table.unique]:
        change = f"ADD CONSTRAINT {named(name)} {what} ({named(column)});"
        yield f"{name}\t{table.name} {name}", "CONSTRAINT", f"ALTER TABLE ONLY {_full(table.name)}\n    {change}"


def _indexes(table: Table) -> Iterator[tuple[str, str, str]]:
    for column in table.indexes:
        name = f"{table.name}_{column}_index"
        index = f"CREATE INDEX {named(name)} ON {_full(table.name)} USING btree ({named(column)});"
        yield f"{name}\t{name}", "INDEX", index


def _references(table: Table) -> Iterator[tuple[str, str, str]]:
    for reference in table.references:
        name = f"{table.name}_{reference.column}_fkey"
        end = f" ON DELETE {reference.on_delete}" if reference.on_delete else ""
        change = (
            f"ADD CONSTRAINT {named(name)} FOREIGN KEY ({named(reference.column)})"
            f" REFERENCES {_full(reference.table)}({named(reference.key)}){end};"
        )
        yield f"{name}\t{table.name} {name}", "FK CONSTRAINT", f"ALTER TABLE ONLY {_full(table.name)}\n    {change}"
