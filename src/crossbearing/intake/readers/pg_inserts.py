"""Rows in the INSERT statements that pg_dump writes with --inserts or --column-inserts."""

import re
from collections.abc import Callable, Generator
from typing import Final

from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.readers.pg_statements import NEXT, Grammar, plain_value

_BATCH_ROWS: Final = 8_192
_BATCH_BYTES: Final = 4 << 20
_AFTER_ROWS: Final = re.compile(rb"\s*(?:ON\s+CONFLICT\s+DO\s+NOTHING\s*)?;", re.IGNORECASE)
_BETWEEN_ROWS: Final = re.compile(rb"\s*,\s*(?=\()")


class Inserts:
    """Rows of one table that wait until there are enough for a batch: most statements hold a single row."""

    def __init__(self) -> None:
        self._table = ""
        self._columns: tuple[str, ...] = ()
        self._rows: list[list[str | None]] = []
        self._places: list[tuple[int, int, int]] = []
        self._size = 0

    def batches(self) -> Reading:
        """What waits, as a batch."""
        if self._rows:
            yield RawBatch.of_rows(self._table, self._columns, self._rows, self._places)
        self._rows, self._places, self._size = [], [], 0

    def into(self, table: str, columns: tuple[str, ...]) -> Reading:
        """Rows of this table follow; gives those of another one."""
        if (self._table, self._columns) != (table, columns):
            yield from self.batches()
            self._table, self._columns = table, columns

    def take(
        self, text: bytes, at: int, offset: int, *, grammar: Grammar, encoding: str, counted: Callable[[], int]
    ) -> Generator[RawBatch | Refused, None, int]:
        """Take the rows of a statement; gives a batch when there are enough, and what cannot be a row.

        Args:
            text: The statement.
            at: Where its first row begins.
            offset: Of the statement in the file, bytes.
            grammar: Of its literals.
            encoding: Of its text.
            counted: Gives the ordinal of each further row.

        Returns:
            How many of the bytes were used. A quote that is not closed makes statements run into each other; then
            the next one begins there.
        """
        while row := _row(text, at, grammar, encoding):
            end, values = row
            ordinal = counted()
            if values is not None and len(values) == len(self._columns):
                self._rows.append(values)
                self._places.append((ordinal, offset + at, end - at))
                self._size += end - at
            else:
                lost = NEXT.search(text, at) if values is None else None
                end = lost.end() if lost else end
                held = "not readable as values" if values is None else f"{len(values)} values"
                reason = f"{held}, expected {len(self._columns)} columns"
                yield from self.batches()
                yield Refused(self._table, ordinal, 1, offset + at, end - at, reason, is_damage=True)
                if lost:
                    return end
            between = _BETWEEN_ROWS.match(text, end)
            at = between.end() if between else end
            if between is None:
                break
        used = len(text)
        if not _AFTER_ROWS.match(text, at):
            lost = NEXT.search(text, at)
            used = lost.end() if lost else used
            yield from self.batches()
            yield Refused(self._table, 0, 0, offset + at, used - at, "not readable as rows", is_damage=True)
        if len(self._rows) >= _BATCH_ROWS or self._size >= _BATCH_BYTES:
            yield from self.batches()
        return used


def _row(text: bytes, at: int, grammar: Grammar, encoding: str) -> tuple[int, list[str | None] | None] | None:
    """End and values of the row that begins here; no values if they are not readable, None if it is no row."""
    values: list[str | None] = []
    place = at + 1
    while value := grammar.value.match(text, place):
        plain = plain_value(value, backslashes=grammar.backslashes)
        values.append(None if plain is None else plain.decode(encoding, "backslashreplace"))
        place = value.end()
        if value[6] == b")":
            return place, values
    row = grammar.row.match(text, at)
    return (row.end(), None) if row else None
