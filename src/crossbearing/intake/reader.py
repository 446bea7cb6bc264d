"""What a reader is: it takes rows from one kind of file as they stand, and interprets nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class RawBatch:
    """Consecutive rows of one source table, as columns of one length.

    Attributes:
        table: Name in the source.
        values: A column of text for each source column, names as in the source; null where the source has a null,
            bytes (``pa.binary``) where it holds bytes that are not meant as text.
        ordinals: Row numbers in the source table, from 1.
        offsets: Where each row begins, bytes.
        lengths: Its length, bytes.
    """

    table: str
    values: pa.RecordBatch
    ordinals: NDArray[np.int64]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of_rows(
        cls, table: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]], places: Sequence[Sequence[int]]
    ) -> "RawBatch":
        """A batch from rows, for readers that come by them one at a time.

        Args:
            table: Name in the source.
            columns: Their names.
            rows: Values per row in the order of the columns; None for a null.
            places: Ordinal, offset and length of each row.
        """
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
        arrays = [pa.array(column, pa.string()) for column in cells]
        found = np.asarray(places, np.int64).reshape(len(rows), 3)
        return cls(table, pa.RecordBatch.from_arrays(arrays, names=list(columns)), *found.T)

    def __len__(self) -> int:
        """How many rows."""
        return len(self.ordinals)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the source columns."""
        return tuple(self.values.schema.names)

    def rows(self) -> list[tuple[str | None, ...]]:
        """The values row by row; for looking at a few, not for millions."""
        if not self.values.columns:
            return [()] * len(self)
        return list(zip(*(column.to_pylist() for column in self.values.columns), strict=True))

    def kept(self, wanted: NDArray[np.bool_]) -> "RawBatch":
        """The rows for which ``wanted`` holds."""
        return RawBatch(
            self.table, self.values.filter(pa.array(wanted)), self.ordinals[wanted], self.offsets[wanted],
            self.lengths[wanted],
        )  # fmt: skip


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


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names in order; one that stood before, in whatever case, gets ``_2``, ``_3`` and so on behind it."""
    taken: dict[str, int] = {}
    found = []
    for name in names:
        free, folded = name, name.casefold()
        while free.casefold() in taken:
            taken[folded] = taken.get(folded, 1) + 1
            free = f"{name}_{taken[folded]}"
        taken[free.casefold()] = 1
        found.append(free)
    return tuple(found)


Piece: TypeAlias = RawBatch | Refused
Reading: TypeAlias = Iterator[Piece]


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
