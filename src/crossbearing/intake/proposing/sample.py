"""The first and the last rows of every table of a file, the ids of its tables, and which column holds ids of which."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from crossbearing.intake.proposing.facts import Facts
from crossbearing.intake.reader import RawBatch, Reading

SAMPLE: Final = 500  # rows of a table that are looked at: the first half and the last, for old rows are often emptied
_MOST_ROWS: Final = 20_000_000  # of the file that are read: some minutes
_MOST_IDS: Final = 1_000_000  # of one column that are kept: some 40 MB of UUIDs
_MOST_KEYS: Final = 40  # columns of all tables together whose ids are kept
_KEYS_OF_TABLE: Final = 3
_CONTAINED: Final = 0.95  # of the distinct values must be ids of the other table
_FEWEST_NUMBERS: Final = 5  # distinct: fewer small numbers are ids of any table
_SMALL_NUMBERS: Final = 12  # pieces and stars go so far, and lie within the ids of any table
_SPREAD: Final = 0.2  # of the values are distinct: then even small numbers are rather ids
_RUN: Final = 1.2  # how far the largest of a counted id may lie above the number of rows
_NOT_UTF8: Final = re.compile(r"\\x[89a-f][0-9a-f]")  # how readers write bytes that are none


@dataclass(frozen=True, slots=True)
class Refers:
    """A column whose values are ids of a table.

    Attributes:
        column: Of the other table.
        closeness: 0 to 1; 1 for ids that cannot fit by chance, less for whole numbers that only lie in the range.
    """

    table: str
    column: str
    closeness: float


@dataclass(frozen=True, slots=True)
class SampledTable:
    """One source table.

    Attributes:
        rows: All that were read of it, not only those in the sample.
        columns: Facts by column, in order.
        refers: By column, the ids it holds, the closest first.
    """

    name: str
    rows: int
    columns: Mapping[str, Facts]
    refers: Mapping[str, Sequence[Refers]]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was read of a file.

    Attributes:
        rows: In all tables together.
        is_whole: The end of the file was reached.
        not_utf8: Values in the sample that are no UTF-8.
    """

    tables: Mapping[str, SampledTable]
    rows: int
    is_whole: bool
    not_utf8: int


def sampled(layout: Mapping[str, Sequence[str]], reading: Reading) -> Sample:
    """Read a file once, and keep of it what a proposal is made from.

    Args:
        layout: Source tables with their columns.
        reading: Its rows.

    Returns:
        The sample. Memory: 500 rows of each table, and up to a million ids of at most 40 columns.
    """
    found = {name: _Growing(name, tuple(columns)) for name, columns in layout.items()}
    rows = keys = 0
    is_whole = True
    for piece in reading:
        if not isinstance(piece, RawBatch) or piece.table not in found or not len(piece):
            continue
        rows += len(piece)
        keys += found[piece.table].take(piece, _MOST_KEYS - keys)
        if rows >= _MOST_ROWS:
            is_whole = False
            break
    for one in found.values():
        keys += one.settle(_MOST_KEYS - keys)
    facts = {name: one.facts() for name, one in found.items()}
    ids = {
        (name, column): pa.chunked_array(kept)
        for name, one in found.items()
        for column, kept in (one.keys or {}).items()
    }
    refers = _references(facts, ids)
    tables = {name: SampledTable(name, one.rows, facts[name], refers.get(name, {})) for name, one in found.items()}
    values = (value for columns in facts.values() for column in columns.values() for value in column.values)
    return Sample(tables, rows, is_whole, sum(bool(_NOT_UTF8.search(value)) for value in values))


@dataclass(slots=True)
class _Growing:
    """What is kept of one table while it is read.

    Attributes:
        first: Batches that hold the first rows, as many as a sample has, or a few more.
        last: Pieces of batches that hold the last half of a sample.
        keys: Ids by column, as they come; null until it is known which columns hold ids.
    """

    name: str
    columns: tuple[str, ...]
    rows: int = 0
    first: list[pa.RecordBatch] = field(default_factory=list)
    last: list[pa.RecordBatch] = field(default_factory=list)
    keys: dict[str, list[pa.Array]] | None = None

    def take(self, batch: RawBatch, free: int) -> int:
        """Take a batch; gives how many columns became keys with it."""
        has_sample = self.rows >= SAMPLE
        self.rows += len(batch)
        values = batch.values
        self.last.append(values.slice(max(0, len(values) - SAMPLE // 2)))
        while sum(map(len, self.last[1:])) >= SAMPLE // 2:
            del self.last[0]
        if not has_sample:
            self.first.append(values)
            return self.settle(free) if self.rows >= SAMPLE else 0
        if self.rows <= _MOST_IDS:
            self._keep(values)
        return 0

    def settle(self, free: int) -> int:
        """Choose the columns whose ids are kept, from the first rows; gives how many."""
        if self.keys is not None:
            return 0
        facts = self._facts(self._cells(self.first, slice(SAMPLE)))
        chosen = [one.name for one in facts.values() if one.is_text and one.is_unique and one.is_id]
        self.keys = {column: [] for column in chosen[: max(0, min(_KEYS_OF_TABLE, free))]}
        for batch in self.first:
            self._keep(batch)
        return len(self.keys)

    def facts(self) -> dict[str, Facts]:
        """Facts of each column, from the first rows and the last."""
        if self.rows <= SAMPLE:
            return self._facts(self._cells(self.first, slice(SAMPLE)))
        begun, ended = self._cells(self.first, slice(SAMPLE // 2)), self._cells(self.last, slice(-SAMPLE // 2, None))
        return self._facts({column: cells + ended[column] for column, cells in begun.items()})

    def _facts(self, cells: Mapping[str, list[object]]) -> dict[str, Facts]:
        return {column: Facts.of(self.name, column, place, cells[column]) for place, column in enumerate(self.columns)}

    def _cells(self, batches: Sequence[pa.RecordBatch], rows: slice) -> dict[str, list[object]]:
        found: dict[str, list[object]] = {column: [] for column in self.columns}
        for batch in batches:
            for column in self.columns:
                held = _held(batch, column)
                found[column] += [None] * len(batch) if held is None else held.to_pylist()
        return {column: cells[rows] for column, cells in found.items()}

    def _keep(self, values: pa.RecordBatch) -> None:
        for column, pieces in (self.keys or {}).items():
            if (held := _held(values, column)) is not None:
                pieces.append(held.cast(pa.string()))


def _held(batch: pa.RecordBatch, column: str) -> pa.Array | None:
    names = batch.schema.names
    return batch.column(names.index(column)) if column in names else None


def _references(
    facts: Mapping[str, Mapping[str, Facts]], ids: Mapping[tuple[str, str], pa.ChunkedArray]
) -> dict[str, dict[str, list[Refers]]]:
    """By table and column, whose ids it holds."""
    found: dict[str, dict[str, list[Refers]]] = {}
    asked = [one for columns in facts.values() for one in columns.values() if one.is_id and one.is_text]
    values = pa.array(sorted({value for one in asked for value in one.distinct}), pa.string())
    counted = {place: _is_counted(column) for place, column in ids.items()}
    for (table, column), known in ids.items():
        there = set(values.filter(pc.is_in(values, value_set=known.combine_chunks())).to_pylist())
        target = facts[table][column]
        largest = _largest(known)
        for one in asked:
            if (one.table, one.name) == (table, column) or counted.get((one.table, one.name)):
                continue
            closeness = _closeness(one, target, there, largest)
            if closeness:
                found.setdefault(one.table, {}).setdefault(one.name, []).append(Refers(table, column, closeness))
    for columns in found.values():
        for name, several in columns.items():
            columns[name] = sorted(several, key=lambda one: (-one.closeness, len(ids[one.table, one.column])))
    return found


def _closeness(one: Facts, target: Facts, there: set[str], largest: int) -> float:
    """How surely the values of a column are ids of the target; 0 if they are not."""
    if len(one.distinct & there) < _CONTAINED * len(one.distinct):
        return 0.0
    if target.largest < 0:
        is_long = target.mean_length > 6 or len(one.distinct) >= _FEWEST_NUMBERS  # noqa: PLR2004 - letters of a code
        return 1.0 if is_long else 0.0
    if one.largest < 0 or len(one.distinct) < _FEWEST_NUMBERS:
        return 0.0
    closeness = min(1.0, one.largest / max(largest, 1))
    is_spread = len(one.distinct) >= _SPREAD * one.filled
    if one.largest <= _SMALL_NUMBERS and closeness < _CONTAINED and not is_spread:
        return 0.0
    return max(0.05, closeness)


def _is_counted(known: pa.ChunkedArray) -> bool:
    """Whether the ids of a table count its rows: 1, 2, 3 and so on; then they are in the range of any other's."""
    largest = _largest(known)
    return 0 <= largest <= _RUN * len(known) + SAMPLE / 10


def _largest(known: pa.ChunkedArray) -> int:
    numbers = pc.utf8_is_decimal(known)
    if not pc.all(numbers).as_py() or pc.max(pc.utf8_length(known)).as_py() > 18:  # noqa: PLR2004 - digits of 64 bits
        return -1
    return int(pc.max(known.cast(pa.int64())).as_py())
