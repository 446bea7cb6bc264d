"""What a reader is: it takes rows from one kind of file as they stand, and interprets nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Consecutive rows of one source table, values as text.

    Attributes:
        rows: Values per row in the order of ``columns``; None where the source has a null.
        ordinals: Row numbers in the source table, from 1.
        offsets: Where each row begins, bytes.
        lengths: Its length, bytes.
    """

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str | None]]
    ordinals: Sequence[int]
    offsets: Sequence[int]
    lengths: Sequence[int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A run of source rows, or of bytes, that gave no row, with the reason.

    Attributes:
        rows: How many rows the run holds; 0 if the bytes hold no countable row.
        is_damage: The source itself is broken here, so rows may be missing.
    """

    table: str
    ordinal: int
    rows: int
    offset: int
    length: int
    reason: str
    is_damage: bool = False


Reading: TypeAlias = "Iterator[RawBatch | Refused]"


class Reader(Protocol):
    """One module per kind of file; listed in ``readers/__init__.py`` or as an entry point."""

    name: str
    version: str
    format_reference: str  # where the format is written down

    def recognises(self, head: bytes) -> bool:
        """Whether the first bytes of a file are of this kind."""

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Source tables and their columns; empty if the file has none."""

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """Yield the rows in source order; what cannot be a row is refused with its place."""
