"""A table to be written and the rows that go into it, column by column.

Rows arrive in batches so that memory does not grow with a table; where the batches are cut never shows in a file.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = "Sequence[object] | npt.NDArray[Any]"
Batch: TypeAlias = "Sequence[Values]"  # one per column, all of one length
Cell: TypeAlias = "str | int | None"

_ROWS_AT_ONCE: Final = 8192  # bounds what is in memory whatever size the batches have
_BETWEEN: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key.

    Attributes:
        column: That points.
        table: It points at.
        key: Column it points at.
        on_delete: What follows ON DELETE, such as "CASCADE"; empty for nothing.
    """

    column: str
    table: str
    key: str = "id"
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table, in the words of the database that holds it.

    Attributes:
        name: Of the table.
        columns: Name and SQL type, e.g. ("id", "char(36) NOT NULL").
        key: Primary key column; empty for none.
        unique: Columns with a unique key of their own.
        indexes: Columns with an index of their own.
        references: Foreign keys.
        triggers: Each what follows CREATE, e.g. "TRIGGER `t` AFTER INSERT ON `users` FOR EACH ROW BEGIN … END";
            only mysqldump writes them.
        next_number: What the key counts to next, where the database counts it; 0 where it does not.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    key: str = "id"
    unique: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    triggers: tuple[str, ...] = ()
    next_number: int = 0


def pieces(batches: Iterable[Batch], width: int) -> Iterator[list[list[Any]]]:
    """The rows again, in pieces of bounded size, with arrays as plain lists.

    Args:
        batches: Rows.
        width: Number of columns each batch must have.

    Raises:
        ValueError: A batch has another number of columns, or columns of several lengths.
    """
    for batch in batches:
        lengths = {len(values) for values in batch}
        if len(batch) != width or len(lengths) > 1:
            raise ValueError(f"a batch of {len(batch)} columns with {sorted(lengths)} rows; expected {width} columns")
        for start in range(0, lengths.pop() if lengths else 0, _ROWS_AT_ONCE):
            yield [_listed(values[start : start + _ROWS_AT_ONCE]) for values in batch]


def spelled(values: list[Any], *, places: int | None = None, true: str = "1", false: str = "0") -> list[Cell]:
    """Values as text, whole numbers and None; text and whole numbers are left alone.

    Args:
        values: Of one column.
        places: Decimal places of the column, which whole numbers are then given too; None to keep what is there.
        true: How the database writes it.
        false: Likewise.

    Raises:
        TypeError: A value is a float, which would not be written exactly, or bytes.
    """
    kinds = set(map(type, values))
    if kinds <= {str, type(None)} or (places is None and kinds <= {str, int, type(None)}):
        return values
    if any(issubclass(kind, (float, bytes)) for kind in kinds):
        raise TypeError(f"a column of {sorted(kind.__name__ for kind in kinds)}; floats are not exact: give a Decimal")
    form = "f" if places is None else f".{places}f"

    def one(value: Any) -> Cell:
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, (bool, np.bool)):
            return true if value else false
        if isinstance(value, Decimal) or (places is not None and isinstance(value, (int, np.integer))):
            return format(Decimal(int(value)) if not isinstance(value, Decimal) else value, form)
        return str(value)

    return [one(value) for value in values]


def escaped(texts: list[str], escapes: Sequence[tuple[str, str]]) -> list[str]:
    """Texts with characters replaced, the whole column in one go: most columns hold nothing to replace."""
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) != max(len(texts) - 1, 0):
        return [_replaced(text, escapes) for text in texts]
    changed = _replaced(joined, escapes)
    return texts if changed == joined else changed.split(_BETWEEN)


def _listed(values: Values) -> list[Any]:
    listed: list[Any] = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return listed


def _replaced(text: str, escapes: Sequence[tuple[str, str]]) -> str:
    for plain, written in escapes:
        text = text.replace(plain, written)
    return text
