"""Profiles: which source columns become which record columns, as data an analyst can read.

A profile is a TOML file. Each record column is a source column or an expression over source columns in
the engine's SQL, run over one batch at a time in a session that can read no file.
"""

import re
import tomllib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any, Final

from crossbearing.domain.columns import LINEAGE
from crossbearing.domain.errors import BadConfiguration
from crossbearing.domain.privilege import PrivilegeRule, pattern
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake.pages.page_words import PageCell, cells_in, spelled

# Columns beside the source's own: the number of a row among those that are mapped together, and its place.
INDEX, ROW, OFFSET, LENGTH, PART = "_mapped_row", "_row", "_offset", "_length", "_part"
_CONDITIONS: Final = {"where", "keep"}
_LINEAGE_NAMES: Final = {column.name for column in LINEAGE}


@dataclass(frozen=True, slots=True)
class RecordMapping:
    """How rows of one source table become rows of one record table."""

    record: str
    columns: Mapping[str, str]
    where: str  # on the source row
    keep: str  # on the record row


@dataclass(frozen=True, slots=True)
class SourceTable:
    """What a profile knows of one source table.

    Attributes:
        required: Columns that must be there.
        optional: Columns that may be absent; then they are null.
        passed_over: Patterns of further columns that may be there and are not read, such as "Attachment #*".
        refuse: Condition and reason, in order; the first that holds refuses the row.
        fits_when: Condition that must hold for one of the first thousand rows at least; empty if columns say enough.
        cells: What the expressions take out of saved pages, with the name of the column that holds it for them.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    refuse: Sequence[tuple[str, str]]
    mappings: Sequence[RecordMapping]
    may_be_absent: bool = False
    passed_over: tuple[str, ...] = ()
    fits_when: str = ""
    cells: Mapping[PageCell, str] = field(default_factory=dict)

    def fits(self, columns: Sequence[str]) -> bool:
        """Whether a source table with these columns is the one meant."""
        return set(self.required) <= set(columns) and all(map(self.names, columns))

    def names(self, column: str) -> bool:
        """Whether the profile knows of a column, by its name or by a pattern."""
        known = column in self.required or column in self.optional
        return known or any(fnmatchcase(column, pattern) for pattern in self.passed_over)


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of source, and the records it gives."""

    name: str
    version: str
    title: str
    readers: tuple[str, ...]
    encoding: str
    has_market: bool
    source: str  # what such a file is, in words: "a seized server", "pages captured from outside"
    tables: Sequence[SourceTable]
    notes: Sequence[str] = field(default=())

    def fits(self, layout: Mapping[str, Sequence[str]]) -> bool:
        """Whether the source's tables and columns are those of this profile; it may hold further tables.

        At least one of the profile's tables must be there. See ``fitting`` for the conditions that its tables state.
        """
        return any(table.name in layout for table in self.tables) and all(
            table.fits(layout[table.name]) if table.name in layout else table.may_be_absent for table in self.tables
        )

    def fits_beginning(self, layout: Mapping[str, Sequence[str]]) -> bool:
        """Whether these may be the first tables of such a source that was cut off: it knows every one of them."""
        known = [(self.table(name), columns) for name, columns in layout.items()]
        return bool(known) and all(table is not None and table.fits(columns) for table, columns in known)

    def table(self, name: str) -> SourceTable | None:
        """The source table of that name, if the profile maps it."""
        return next((table for table in self.tables if table.name == name), None)

    @property
    def stamp(self) -> str:
        """Name and version, as they stand in each record."""
        return f"{self.name} {self.version}"


@cache
def all_profiles() -> tuple[Profile, ...]:
    """The profiles that come with the package, by name."""
    folder = resources.files("crossbearing.intake") / "profiles"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return tuple(parse_profile(entry.read_text(encoding="utf-8"), where=entry.name) for entry in files)


def parse_profile(text: str, *, where: str) -> Profile:
    """The profile that a TOML text describes.

    Raises:
        BadConfiguration: It is not TOML, lacks a key, or names a record column that does not exist.
    """
    try:
        content = tomllib.loads(text)
        return Profile(
            name=content["name"],
            version=content["version"],
            title=content["title"],
            readers=_readers(content["reader"]),
            encoding=content["encoding"],
            has_market=content["has_market"],
            source=content["source"],
            tables=[_table(name, table, where) for name, table in content["table"].items()],
            notes=tuple(content.get("notes", ())),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as wrong:
        raise BadConfiguration(
            f"The profile cannot be used: {wrong}",
            where=where,
            remedy="Compare it with a profile that comes with Crossbearing.",
        ) from wrong


def _readers(given: Any) -> tuple[str, ...]:
    """One reader by its name, or a list of those whose files have the same tables and columns."""
    names = [given] if isinstance(given, str) else given
    if not names or not all(isinstance(name, str) for name in names):
        message = "reader is neither a name nor a list of names"
        raise TypeError(message)
    return tuple(names)


def condition_query(table: SourceTable) -> str:
    """SQL that gives a row if the table's condition holds for one of the raw rows; empty if it states none."""
    return f"SELECT {INDEX} FROM raw WHERE {spelled(table.fits_when, table.cells)} LIMIT 1" if table.fits_when else ""


def refusal_query(table: SourceTable) -> str:
    """SQL that gives number and reason of each raw row the profile refuses; empty if it refuses none."""
    if not table.refuse:
        return ""
    rules = [(spelled(when, table.cells), reason) for when, reason in table.refuse]
    cases = " ".join(f"WHEN ({when}) THEN {_literal(reason)}" for when, reason in rules)
    return f"SELECT {INDEX}, reason FROM (SELECT {INDEX}, CASE {cases} END AS reason FROM raw) WHERE reason IS NOT NULL"


def privilege_query(rules: Sequence[PrivilegeRule]) -> str:
    """SQL that gives the number of each raw row in which a rule's words stand; empty without rules."""
    if not (spelled := pattern(rules)):
        return ""
    return (
        f"SELECT {INDEX} FROM raw WHERE regexp_matches("
        f"lower(concat_ws(' ', *COLUMNS(* EXCLUDE ({INDEX}, {ROW}, {OFFSET}, {LENGTH}, {PART})))), {_literal(spelled)})"
    )


def record_query(table: SourceTable, mapping: RecordMapping, constants: Mapping[str, str]) -> str:
    """SQL that turns raw rows that are not refused into rows of one record table, with the number of the raw row.

    Args:
        table: The source table.
        mapping: One of its mappings.
        constants: Values that every row gets, such as the exhibit and the market.
    """
    columns = RECORD_TABLES[mapping.record].all_columns
    given = {name: f"({spelled(expression, table.cells)})" for name, expression in mapping.columns.items()}
    fixed = {name: _literal(value) for name, value in constants.items()}
    place = {"part": PART, "source_row": ROW, "byte_offset": OFFSET, "byte_length": LENGTH}
    chosen = {**fixed, **place, "source_table": _literal(table.name), **given}
    select = ", ".join(f'{chosen[c.name]} AS "{c.name}"' for c in columns if c.name in chosen)
    where = f"WHERE {spelled(mapping.where, table.cells)}" if mapping.where else ""
    keep = f"WHERE {mapping.keep}" if mapping.keep else ""
    return f"SELECT * FROM (SELECT {INDEX}, {select} FROM raw {where}) {keep}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _table(name: str, content: Mapping[str, Any], where: str) -> SourceTable:
    mappings = []
    for record, columns in content["record"].items():
        base = re.sub(r"_\d$", "", record)  # a record table may be filled twice: key_block, key_block_2
        unknown = set(columns) - _CONDITIONS - {column.name for column in RECORD_TABLES[base].columns}
        if unknown or set(columns) & _LINEAGE_NAMES:
            raise BadConfiguration(
                f"Record table {base!r} has no column {min(unknown or _LINEAGE_NAMES)!r}",
                where=f"{where}, table {name}",
                remedy="See docs/reference/records.md for the columns.",
            )
        expressions = {column: text for column, text in columns.items() if column not in _CONDITIONS}
        mappings.append(RecordMapping(base, expressions, columns.get("where", ""), columns.get("keep", "")))
    refuse = [(rule["when"], rule["reason"]) for rule in content.get("refuse", ())]
    required, optional = tuple(content["columns"]), tuple(content.get("optional", ()))
    fits_when = content.get("fits_when", "")
    asked = [fits_when, *(when for when, _ in refuse)]
    asked += [text for mapping in mappings for text in (*mapping.columns.values(), mapping.where)]
    return SourceTable(
        name=name,
        required=required,
        optional=optional,
        refuse=refuse,
        mappings=mappings,
        may_be_absent=content.get("may_be_absent", False),
        passed_over=tuple(content.get("passed_over", ())),
        fits_when=fits_when,
        cells=_cells(asked, {*required, *optional}, f"{where}, table {name}"),
    )


def _cells(expressions: Iterable[str], columns: Container[str], where: str) -> dict[PageCell, str]:
    """What expressions take out of pages, each once, with a name for it."""
    found: dict[PageCell, str] = {}
    for cell in (cell for expression in expressions for cell in cells_in(expression)):
        if cell.column not in columns:
            raise BadConfiguration(
                f"{cell.word} is to look into {cell.column!r}, which is no column that the profile names",
                where=where,
                remedy="Name the column that holds the pages, as it stands in `columns` or `optional`.",
            )
        found.setdefault(cell, f"_cell_{len(found)}")
    return found
