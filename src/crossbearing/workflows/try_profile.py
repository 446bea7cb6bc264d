"""Try a profile that is not installed on a file: what it maps, what is left over, and what does not fit."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pyarrow as pa

from crossbearing.domain.errors import InvariantBroken, UnreadableSource, WrongKind
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake.fitting import FIRST_ROWS, unmet
from crossbearing.intake.inventory import inventory
from crossbearing.intake.mapping import SourceRows
from crossbearing.intake.part_reader import PartReader, Recognised, Unrecognised, recognise
from crossbearing.intake.profile import (
    Profile,
    RecordMapping,
    SourceTable,
    condition_query,
    parse_profile,
    record_query,
    refusal_query,
)
from crossbearing.intake.profile_words import profile_words
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.sources import Openable, Source
from crossbearing.store.arrow import record_schema
from crossbearing.store.originals import Member
from crossbearing.store.records import transformer

_MOST_ROWS: Final = 10_000  # of the file that are read: enough to see what a profile refuses, and a matter of seconds
_CONSTANTS: Final = {"exhibit_id": "E-000000000000", "market": "trial"}


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where one record column comes from."""

    table: str
    columns: Sequence[str]  # of the source
    record: str
    record_column: str
    expression: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How a profile fits a file.

    Attributes:
        part: The file, or the one within the archive that was tried.
        does_not_fit: What stands against it, in sentences; empty if it fits.
        tables_left: Source tables that the profile does not name, with their columns.
        columns_left: Columns that it names and maps to nothing, by table.
        rows_in: Source rows that were read, at most 10,000.
        rows_out: Those that gave at least one record.
        records: Records by record table.
        refused: Rows that were refused, by reason.
    """

    profile: str
    reader: str
    part: str
    does_not_fit: Sequence[str]
    mapped: Sequence[Mapped]
    tables_left: Mapping[str, Sequence[str]]
    columns_left: Mapping[str, Sequence[str]]
    rows_in: int
    rows_out: int
    records: Mapping[str, int]
    refused: Mapping[str, int]


def try_profile(path: Path, profile_path: Path) -> Fit:
    """Try the profile on the file; of an archive, on the first file within that it fits, or that its reader takes.

    Raises:
        UnreadableSource: One of the two cannot be read.
        BadConfiguration: The profile is none.
        WrongKind: The reader that the profile names does not take the file.
    """
    try:
        text = profile_path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UnreadableSource(
            f"The profile cannot be read: {wrong}", where=str(profile_path), remedy="Name a TOML file in UTF-8."
        ) from wrong
    profile = parse_profile(text, where=profile_path.name)
    try:
        return _tried(Source.of_file(path), profile, str(path))
    except OSError as refused:
        raise UnreadableSource(
            f"The file cannot be read: {refused.strerror}",
            where=str(path),
            remedy="Check the path and your rights on it.",
        ) from refused


def require_fit(fit: Fit, path: Path) -> None:
    """Say so if the profile does not fit.

    Raises:
        WrongKind: It does not.
    """
    if fit.does_not_fit:
        raise WrongKind(
            f"The profile {fit.profile} does not fit: {fit.does_not_fit[0]}",
            where=str(path),
            remedy="Correct the profile and try it again; see the how-to on writing a profile.",
        )


def _tried(source: Source, profile: Profile, where: str) -> Fit:
    first: Fit | None = None
    other: Recognised | Unrecognised | None = None
    for item in inventory(source):
        found = None if item.is_archive or item.unread else recognise(item.source)
        if not isinstance(found, Recognised) or found.reader.name not in profile.readers:
            other = other or found
        elif first is None or profile.fits(found.layout):
            first = _fit(item.source, profile, found)
            if profile.fits(found.layout):
                break
    if first is not None:
        return first
    if isinstance(other, Recognised):
        meant = " or ".join(map(repr, profile.readers))
        raise WrongKind(
            f"The reader {other.reader.name!r} takes this file, and the profile is for {meant}",
            where=where,
            remedy=f'Write reader = "{other.reader.name}" into the profile, or name another file.',
        )
    raise (other or Unrecognised("")).refusal(where)


def _fit(source: Openable, profile: Profile, found: Recognised) -> Fit:
    problems = list(_misfits(profile, found.layout))
    tables = [table for table in profile.tables if table.name in found.layout]
    problems += [problem for table in tables for problem in _wrong_expressions(table)]
    if not problems and (name := unmet(profile, found.reader, found.layout, source)):
        problems.append(f"the condition fits_when of table {name!r} holds for none of its first {FIRST_ROWS:,} rows")
    count = _Count()
    rows_in = rows_out = 0
    if not problems:
        try:
            with transformer(profile_words()) as engine:
                reader = PartReader(count, engine, _CONSTANTS, accept_damaged=True)
                member = Member(source.part, "", source.size_bytes, source.opened)
                hit = Recognised(_FirstRows(found.reader), profile, found.layout)
                reader.read(member, hit, lambda _: None)
                (account,) = reader.counts()
            rows_in, rows_out = account.rows_in, account.rows_out
        except InvariantBroken as wrong:
            problems.append(wrong.problem)
        if rows_in and not rows_out:
            problems.append(f"none of the first {rows_in:,} rows became a record")
        problems += sorted(count.problems)
    mapped = [one for table in tables for one in _mapped(table, found.layout[table.name])]
    return Fit(
        profile=profile.stamp,
        reader=found.reader.name,
        part=source.part,
        does_not_fit=problems,
        mapped=mapped,
        tables_left={name: columns for name, columns in found.layout.items() if profile.table(name) is None},
        columns_left=_columns_left(tables, found.layout),
        rows_in=rows_in,
        rows_out=rows_out,
        records=count.records,
        refused=dict(count.refused.most_common()),
    )


def _misfits(profile: Profile, layout: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Tables and columns that are missing, or that the profile does not expect."""
    if not any(table.name in layout for table in profile.tables):
        yield "none of its tables is there"
    for table in profile.tables:
        if table.name not in layout:
            if not table.may_be_absent:
                yield f"the table {table.name!r} is missing"
            continue
        for column in table.required:
            if column not in layout[table.name]:
                yield f"the column {column!r} of table {table.name!r} is missing"
        for column in layout[table.name]:
            if not table.names(column):
                yield f"the column {column!r} of table {table.name!r} stands neither in columns nor in optional"


def _wrong_expressions(table: SourceTable) -> Iterator[str]:
    """Expressions that the engine refuses, each with its place in the profile."""
    raw = _no_rows(table)
    if (query := condition_query(table)) and (wrong := _refusal(raw, query)):
        yield f"the condition fits_when of table {table.name!r}: {wrong}"
    if (query := refusal_query(table)) and (wrong := _refusal(raw, query)):
        yield f"a condition under refuse of table {table.name!r}: {wrong}"
        return
    for mapping in table.mappings:
        if not (wrong := _refusal(raw, record_query(table, mapping, _CONSTANTS))):
            continue
        single = {name: RecordMapping(mapping.record, {name: text}, "", "") for name, text in mapping.columns.items()}
        places = {name: _refusal(raw, record_query(table, one, _CONSTANTS)) for name, one in single.items()}
        found = [f"{mapping.record}.{name}, from table {table.name!r}: {text}" for name, text in places.items() if text]
        yield from found or [f"where or keep of {mapping.record}, from table {table.name!r}: {wrong}"]


def _no_rows(table: SourceTable) -> pa.Table:
    """No row of all the columns that a profile names, to try its expressions on."""
    batch = RawBatch.of_rows(table.name, (*table.required, *table.optional), [], [])
    return SourceRows(table, _CONSTANTS, [("", batch)]).raw()


def _refusal(raw: pa.Table, query: str) -> str:
    """What the engine says against a query; empty if it takes it."""
    try:
        with transformer(profile_words()) as engine:
            engine.apply(raw, query)
    except InvariantBroken as wrong:
        return wrong.problem
    return ""


def _mapped(table: SourceTable, columns: Sequence[str]) -> Iterator[Mapped]:
    for mapping in table.mappings:
        for name, expression in mapping.columns.items():
            used = [column for column in columns if _names(expression, column)]
            yield Mapped(table.name, used, mapping.record, name, expression)


def _columns_left(tables: Sequence[SourceTable], layout: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Columns that no expression and no condition names."""
    found = {}
    for table in tables:
        texts = [text for mapping in table.mappings for text in (*mapping.columns.values(), mapping.where)]
        texts += [table.fits_when, *(when for when, _ in table.refuse)]
        left = [column for column in layout[table.name] if not any(_names(text, column) for text in texts)]
        if left:
            found[table.name] = left
    return found


def _names(expression: str, column: str) -> bool:
    """Whether an expression names a column; what stands in single quotes is text."""
    bare = re.sub(r"'(?:[^']|'')*'", "''", expression)
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", bare, re.IGNORECASE) is not None


@dataclass(slots=True)
class _Count:
    """Takes records, and keeps how many there were."""

    records: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    problems: set[str] = field(default_factory=set)

    def add(self, table: str, rows: pa.Table, *, set_aside: bool = False) -> None:  # noqa: ARG002 - as records have it
        """Count them, and see whether they have the types of the record table."""
        if table == "refusal":
            for row in rows.to_pylist():
                self.refused[row["reason"]] += row["source_rows"]
            return
        self.records[table] += rows.num_rows
        for name in rows.column_names:
            kind = record_schema(RECORD_TABLES[table]).field(name).type
            try:
                rows.column(name).cast(kind)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
                self.problems.add(f"{table}.{name} is to be {kind}: {wrong}")


class _FirstRows:
    """A reader that stops after the first rows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.name = reader.name
        self.version = reader.version
        self.format_reference = reader.format_reference

    def recognises(self, head: bytes) -> bool:
        return self._reader.recognises(head)

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        return self._reader.layout(stream)

    def read(self, stream: BinaryIO, encoding: str) -> Iterator[RawBatch | Refused]:
        left = _MOST_ROWS
        for piece in self._reader.read(stream, encoding):
            if isinstance(piece, RawBatch):
                yield piece.kept(np.arange(len(piece)) < left)
                left -= len(piece)
            else:
                yield piece
                left -= piece.rows
            if left <= 0:
                return
