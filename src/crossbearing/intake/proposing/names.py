"""How well the name of a column fits a slot, and the name of a table a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossbearing.intake.proposing.facts import is_code
from crossbearing.intake.proposing.kinds import REFERENCES, Kind
from crossbearing.intake.proposing.sample import Sample
from crossbearing.intake.proposing.words import (
    CUT,
    LAST,
    WHOLE,
    WITHIN,
    Words,
    column_words,
    fit,
    fit_column,
    fit_other,
    fit_secret,
    fit_things,
    fit_time,
    lists,
    table_words,
    without_id,
    words_of,
)  # fmt: skip

_ALSO = 0.8  # of the fit: a word that may name the thing too
_TIME = 0.85  # of the fit: a word that names any time


@dataclass(frozen=True, slots=True)
class Names:
    """The words of all names of a file."""

    tables: Mapping[str, Words]
    columns: Mapping[str, Mapping[str, Words]]

    @staticmethod
    def of(sample: Sample, file: str) -> "Names":
        """The words of these tables and columns; the file's own name stands for the name of its only table."""
        every = list(sample.tables)
        tables = {name: table_words(name, every) for name in every}
        if len(every) == 1:
            tables[every[0]] = words_of(file.partition(".")[0])
        return Names(tables, {name: column_words(list(table.columns)) for name, table in sample.tables.items()})

    def of_kind(self, table: str, kind: Kind) -> float:
        """How well the table's name fits the kind, 0 to 1."""
        words = self.tables[table]
        return max(fit_things(words, kind.words), fit(words, [words_of(kind.record)]))

    def of_slot(self, table: str, column: str, slot: str, kind: Kind, targets: Sequence[str]) -> float:
        """How well the column's name fits the slot, 0 to 1.

        Args:
            table: Source table.
            column: One of its columns.
            slot: Record column.
            kind: Of the table, as far as is known; it says what the slot holds.
            targets: Tables that the column points at.
        """
        words, looks = self.columns[table][column], kind.slots[slot]
        if looks in {"own id", "shared id"}:
            return self._own(table, words, kind)
        if looks == "reference":
            return self._reference(words, slot, targets)
        if looks == "number":
            words = tuple(word for word in words if not is_code(word)) or words
        found = fit_column(words, slot)
        if looks == "foreign handle":
            found = max(found, _ALSO * fit_things(words, ("account",)))
        if looks in {"first time", "time"}:
            found = max(found, _TIME * fit_time(words))
        return found

    def is_secret(self, table: str, column: str) -> bool:
        """Whether the name says that what stands here is never mapped."""
        return fit_secret(self.columns[table][column]) >= WITHIN

    def feeds_nothing(self, table: str, column: str, kind: Kind | None = None) -> bool:
        """Whether the name is that of a column that no record takes, or none of this kind."""
        words = self.columns[table][column]
        if kind is not None and "address_text" not in kind.slots and fit_column(words, "address_text") >= LAST:
            return True  # where somebody lives belongs into a sealed table, or into none
        return fit_other(words) >= LAST

    def is_other_table(self, table: str) -> bool:
        """Whether the table's name is that of one that no record takes."""
        return fit(self.tables[table], lists().other_table) >= LAST

    def currency_in(self, table: str, column: str) -> str:
        """The currency that a column's name states, such as USD in ``price_usd``; empty if none."""
        return next((word.upper() for word in self.columns[table][column] if is_code(word)), "")

    def _own(self, table: str, words: Words, kind: Kind) -> float:
        rest = without_id(words)
        if not rest:
            return WHOLE
        if len(rest) == len(words):  # no word says that it is an id, but "kid" may be the id of keys
            is_initial = len(words) == 1 and len(words[0]) in {2, 3} and words[0][-2:] == "id"
            return CUT if is_initial else 0.0
        return max(fit(rest, [self.tables[table], self.tables[table][-1:]]), fit_things(rest, kind.words))

    def _reference(self, words: Words, slot: str, targets: Sequence[str]) -> float:
        rest = without_id(words)
        if not rest:
            return WITHIN if words == ("uid",) and "account" in REFERENCES[slot].words else 0.0
        wanted = REFERENCES[slot]
        found, also = fit_things(rest, wanted.words), fit_things(rest, wanted.also)
        pointed = fit(rest, [self.tables[table] for table in targets])
        return max(found, _ALSO * also, _ALSO * pointed)
