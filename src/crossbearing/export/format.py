"""What a format carries of the tables that may leave, and from the same mapping what it cannot say."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import pyarrow as pa

from crossbearing.domain.labels import HANDLING, HANDLING_MEANING, TLP
from crossbearing.export.leaving import TABLES

_NAMESPACE: Final = uuid.UUID("0d3b8b0e-7f0c-5d0a-9a43-3c1f6e1b7a52")  # ours; every id below is of version 5
WORKING_COPY: Final = "Working copy, not released"
_NO_PLACE: Final = "the format has no place for it"
_RECORDS: Final = "rows as exhibits state them are carried by csv and parquet only"
ROWS_AT_ONCE: Final = 8_192  # that are held as objects of the language
INTELLIGENCE_ONLY: Final = "intelligence only, not an exhibit"

Row = Mapping[str, Any]


def ours(name: str) -> str:
    """The id of something of this software, the same in every operation, so that a reader can learn it once."""
    return str(uuid.uuid5(_NAMESPACE, name))


class Source(Protocol):
    """Where the rows that may leave come from."""

    def pieces(self, table: str, columns: tuple[str, ...]) -> Iterator[pa.Table]:
        """These columns of a table in its order, in pieces; the first piece may be empty and has the types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an export says of itself.

    Attributes:
        scope: What of the operation is in it, in words.
        as_of: When the newest of its exhibits came in, RFC 3339; formats that want a date get this one.
        is_released: It is of a package that a second person released.
        not_released: Why it is not, in words.
    """

    operation: str
    operation_id: str
    coordinator: str
    software: str
    scope: str
    handling: str
    tlp: str
    owners: tuple[str, ...]
    as_of: str
    is_simulated: bool
    is_released: bool
    not_released: str = ""

    def uuid(self, kind: str, name: str) -> str:
        """The id of one thing of this operation; the same thing has the same id in every export."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.operation_id}\n{kind}\n{name}"))

    @property
    def markings(self) -> tuple[str, ...]:
        """What must stand on it in words."""
        return (
            *(("SIMULATED EVIDENCE",) if self.is_simulated else ()),
            *(() if self.is_released else (": ".join(filter(None, (WORKING_COPY, self.not_released))),)),
            f"Handling {self.handling}: {HANDLING_MEANING[self.handling]}",
            f"Owners: {', '.join(self.owners) or 'not known'}",
        )


@dataclass(frozen=True, slots=True)
class Carrier:
    """The rows that may leave, with the columns that one format carries and no others."""

    source: Source
    carries: Mapping[str, Mapping[str, str]]

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, one by one."""
        for piece in self.pieces(table):
            for batch in piece.to_batches(max_chunksize=ROWS_AT_ONCE):
                yield from batch.to_pylist()

    def pieces(self, table: str) -> Iterator[pa.Table]:
        """The same, some thousand at a time."""
        return self.source.pieces(table, tuple(self.carries[table]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format: what it carries and what writes it.

    Attributes:
        title: Its name among those who use it.
        carries: Table to column to where the column goes. The writer is given these columns and no others.
        narrowed: ``table.column`` to what of a carried column is lost.
        because: ``table`` or ``table.column`` to why it is not carried, where it is not for want of a place.
        write: Writes the files into a folder.
    """

    name: str
    title: str
    carries: Mapping[str, Mapping[str, str]]
    write: Callable[[Carrier, About, Path], None]
    narrowed: Mapping[str, str] = field(default_factory=dict)
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """One column that a format does not carry, or not wholly."""

    table: str
    column: str
    why: str
    is_whole: bool


def losses(one: Format) -> list[Loss]:
    """What a format does not say of the tables that may leave, column by column, in their order."""
    found = []
    for table in TABLES.values():
        for column in table.columns:
            name = f"{table.name}.{column}"
            if column not in one.carries.get(table.name, {}):
                default = _RECORDS if table.is_record else _NO_PLACE
                why = one.because.get(name) or one.because.get(table.name) or default
                found.append(Loss(table.name, column, why, is_whole=True))
            elif name in one.narrowed:
                found.append(Loss(table.name, column, one.narrowed[name], is_whole=False))
    return found


class Markings:
    """How strictly what rests on some exhibits is marked: as the strictest of them."""

    def __init__(self, exhibits: Iterable[Row]) -> None:
        """Take rows of the table of exhibits."""
        self._marks = {row["exhibit_id"]: (row["handling"], row["tlp"]) for row in exhibits}

    def of(self, exhibit_ids: Iterable[str]) -> tuple[str, str]:
        """Handling code and TLP."""
        marks = [self._marks[one] for one in exhibit_ids]
        return max((h for h, _ in marks), key=HANDLING.index), max((t for _, t in marks), key=TLP.index)


def text_of(value: Any) -> str:
    """A value as one text that is the same everywhere: RFC 3339, UTC; plain decimals; lists with semicolons."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(text_of, value))
    return "" if value is None else str(value)


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def described(row: Row, *columns: str) -> str:
    """Columns of a row as ``name: value`` in one line each; what is not known is left out."""
    return "\n".join(f"{name}: {text}" for name in columns if (text := text_of(row[name])))


def exhibit_words(row: Row) -> str:
    """How an exhibit is named to another tool: an exhibit, or a source that is for intelligence only."""
    return f"exhibit {row['exhibit_id']}" if row["is_exhibit"] else f"source {row['exhibit_id']}, {INTELLIGENCE_ONLY}"
