"""Which rows of a record table an erasure changes, and the table without them.

Conditions and queries over ``rows``, with a value for each ``?``; see ``store.revision``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from crossbearing.domain.columns import Party
from crossbearing.domain.exhibit import Exhibit, Place, RecordFile
from crossbearing.domain.identity import AccountNames
from crossbearing.domain.tables import PROTECTED_TABLES, RECORD_TABLES
from crossbearing.store.operation import Operation
from crossbearing.store.revision import ROWS, Reviser

_TEXTS: Final = ("about", "title", "description", "comment", "body", "address_text", "note", "armour")
_NAMES: Final = ("full_name", "phone", "mail")
_SHORTEST: Final = 6  # signs of what is looked for in texts
_CASES: Final = "overdose_case"
_PLACE: Final = ("part", "source_table", "source_row", "byte_offset", "byte_length")

Query = tuple[str, list[Any]]  # with its values


class Concerned(Protocol):
    """Whom an erasure takes out."""

    def rows(self, table: str) -> Query:
        """Condition for the rows that it changes; empty if it can change none."""

    def without(self, table: str) -> Query:
        """Query for all rows, without what goes."""


@dataclass(frozen=True, slots=True)
class OfAccount:
    """An account, and with it the person behind it.

    Attributes:
        blank_mentions: Blank its names in other people's texts too.
    """

    names: AccountNames
    blank_mentions: bool = False

    def rows(self, table: str) -> Query:
        """As ``Concerned.rows``."""
        clauses, values = [], []
        for party in RECORD_TABLES[table].parties:
            clause, given = _party(party, self.names)
            clauses.append(clause)
            values += given
        if self.blank_mentions and self.names.words:
            for column in texts_of(table):
                clauses.append(f"coalesce(regexp_matches({column}, ?, 'i'), false)")
                values.append(pattern(self.names))
        return " OR ".join(f"({clause})" for clause in clauses), values

    def without(self, table: str) -> Query:
        """As ``Concerned.without``."""
        gone: list[str] = []
        gone_values: list[Any] = []
        blanked: dict[str, Query] = {}
        for party in RECORD_TABLES[table].parties:
            clause, given = _party(party, self.names)
            if party.takes_row:
                gone.append(clause)
                gone_values += given
            else:
                for column in party.columns:
                    blanked[column] = (f"CASE WHEN {clause} THEN NULL ELSE {column} END", given)
        if self.blank_mentions:
            for column in texts_of(table):
                inner, given = blanked.get(column, (column, []))
                blanked[column] = (f"regexp_replace({inner}, ?, '\\1[erased]\\3', 'gi')", [*given, pattern(self.names)])
        replaced = ", ".join(f"{expression} AS {column}" for column, (expression, _) in blanked.items())
        select = f"SELECT * REPLACE ({replaced})" if blanked else "SELECT *"
        keep = f"NOT ({' OR '.join(gone)})" if gone else "TRUE"
        values = [value for _, given in blanked.values() for value in given]
        return f"{select} FROM {ROWS} WHERE {keep}", [*values, *gone_values]


@dataclass(frozen=True, slots=True)
class AtPlaces:
    """Whoever some rows of protected tables name: these rows go, and what stands there in open tables stays."""

    places: frozenset[Place]

    def rows(self, table: str) -> Query:
        """As ``Concerned.rows``."""
        if table not in PROTECTED_TABLES:
            return "", []
        wanted = sorted(self.places)
        one = f"(exhibit_id = ? AND {' AND '.join(f'{name} = ?' for name in _PLACE)})"
        return " OR ".join([one] * len(wanted)), [value for place in wanted for value in place.payload()]

    def without(self, table: str) -> Query:
        """As ``Concerned.without``."""
        condition, values = self.rows(table)
        return f"SELECT * FROM {ROWS} WHERE NOT ({condition or 'false'})", values


def texts_of(table: str) -> list[str]:
    """Columns of a table in which people write."""
    return [column.name for column in RECORD_TABLES[table].columns if column.name in _TEXTS]


def pattern(names: AccountNames) -> str:
    """The names as whole words, for the engine's regular expressions."""
    spelled = "|".join(
        "".join(letter if letter.isalnum() else f"\\x{{{ord(letter):x}}}" for letter in word)
        for word in sorted(names.words)
    )
    return rf"(^|[^\pL\pN])({spelled})([^\pL\pN]|$)"


def read_places(texts: Iterable[str]) -> frozenset[Place]:
    """Places as they are shown: exhibit, part, table, row, offset and length with bars between.

    Raises:
        ValueError: One is none.
    """
    found = set()
    for text in texts:
        exhibit_id, _, rest = text.strip().partition("|")
        part, table, *numbers = rest.rsplit("|", 4)
        row, offset, length = map(int, numbers)
        found.add(Place(exhibit_id, part, table, row, offset, length))
    return frozenset(found)


def text_of(place: Place) -> str:
    """A place as it is shown."""
    return "|".join(map(str, place.payload()))


def files_with(operation: Operation, exhibits: Iterable[Exhibit], whom: Concerned) -> list[tuple[Exhibit, RecordFile]]:
    """The record files with rows that change."""
    found = []
    for exhibit in exhibits:
        with Reviser(operation, exhibit, operation.vault, "erase") as reviser:
            for file in exhibit.files:
                condition, values = whom.rows(file.table)
                if (
                    condition
                    and reviser.look(file).one(f"SELECT count(*) AS n FROM {ROWS} WHERE {condition}", values)["n"]
                ):
                    found.append((exhibit, file))
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that stand at some places.

    Attributes:
        cases: Numbers of the referred cases among them.
        names: Whom they name, by the whole name and by number and address, lower case; for texts of the log.
    """

    places: frozenset[Place]
    cases: frozenset[str]
    names: frozenset[str]


def rows_at(operation: Operation, touched: Iterable[tuple[Exhibit, RecordFile]], whom: AtPlaces) -> Found:
    """The rows at these places, as far as there are any."""
    places: set[Place] = set()
    cases: set[str] = set()
    names: set[str] = set()
    for exhibit, file in touched:
        with Reviser(operation, exhibit, operation.vault, "erase") as reviser:
            engine = reviser.look(file)
            condition, values = whom.rows(file.table)
            places.update(reviser.places(condition, values))
            for row in engine.rows(f"SELECT * FROM {ROWS} WHERE {condition}", values):
                names.update(_names(row))
                if file.table == _CASES and row["case_number"]:
                    cases.add(row["case_number"])
    return Found(frozenset(places), frozenset(cases), frozenset(names))


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    given, family = (" ".join(str(row.get(name) or "").lower().split()) for name in ("given_name", "family_name"))
    if given and family:
        yield from (f"{given} {family}", f"{family} {given}", f"{family}, {given}")
    for name in _NAMES:
        if len(text := " ".join(str(row.get(name) or "").lower().split())) >= _SHORTEST:
            yield text


def _party(party: Party, names: AccountNames) -> Query:
    clauses, values = [], []
    for column, wanted in ((party.server_id, names.server_ids), (party.handle, names.handles)):
        if column and wanted:
            clauses.append(f"coalesce(list_contains(?, lower({column})), false)")
            values.append(sorted(name.lower() for name in wanted))
    if not clauses:
        return "false", []
    return f"lower(market) = ? AND ({' OR '.join(clauses)})", [names.market.lower(), *values]
