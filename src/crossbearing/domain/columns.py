"""What a record table is made of: columns with type and unit, and the persons that its rows speak of."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Type(StrEnum):
    """Types a column may have; each means the same in every store and engine."""

    TEXT = "text"
    INTEGER = "integer"  # 64 bits
    DECIMAL = "decimal"  # exact, 26 digits before and 12 after the point
    INSTANT = "instant"  # UTC, microseconds
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type and what it says, with the unit."""

    name: str
    type: Type
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person that a row speaks of, and what of the row goes when that person is erased.

    Attributes:
        server_id: Column that names the person by server id; empty if there is none.
        handle: Column that names the person by handle; empty if there is none.
        also: Further columns that say something of the person.
        takes_row: The row is about this person: all of it goes. Otherwise the columns become null.
    """

    server_id: str
    handle: str = ""
    also: tuple[str, ...] = ()
    takes_row: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that become null."""
        return tuple(name for name in (self.server_id, self.handle, *self.also) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTable:
    """One record table: its grain and its own columns, without the lineage.

    Attributes:
        protection: Class of protected data; its files are sealed and read for a named purpose only.
        parties: Whom its rows speak of.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    protection: str = ""
    parties: tuple[Party, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Own columns, then the lineage."""
        return self.columns + LINEAGE


def text(name: str, says: str) -> Column:
    """A column of text."""
    return Column(name, Type.TEXT, says)


LINEAGE: Final = (
    text("exhibit_id", "exhibit the row was read from"),
    text("part", "file within the exhibit; the exhibit's own name if it is one file"),
    text("source_table", "table, sheet or list in that file"),
    Column("source_row", Type.INTEGER, "row in that table, from 1"),
    Column("byte_offset", Type.INTEGER, "where the row begins in the part, bytes, after decompression"),
    Column("byte_length", Type.INTEGER, "its length, bytes"),
    text("reader", "reader and profile with their versions"),
)
