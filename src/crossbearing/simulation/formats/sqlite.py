"""SQLite files, the same bytes for the same rows whatever the settings of the machine."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import apsw
import numpy as np

from crossbearing.simulation.formats.table import Batch, Table, pieces

_WRITTEN_BY: Final = 3_040_001  # SQLite 3.40.1 of Debian 12; else the header would name the build that is installed
_WRITTEN_BY_AT: Final = 96  # byte, SQLite file format section 1.3
# Deleted content is overwritten, as in Debian's build, so that no page keeps what stood in memory before.
_SETTINGS: Final = """
PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON; PRAGMA cache_size = -16000;
"""


class SqliteFile:
    """A new SQLite file; a context manager. If something fails inside it, no file is left."""

    def __init__(self, path: Path) -> None:
        """Prepare a file.

        Args:
            path: Where it will be; nothing may be there.
        """
        self._path = path

    def __enter__(self) -> Self:
        if self._path.exists():
            raise FileExistsError(f"{self._path} is there already; give another name")
        self._connection = apsw.Connection(str(self._path))
        self._connection.execute(_SETTINGS)
        self._connection.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._connection.close(force=True)
            self._path.unlink(missing_ok=True)
            return
        self._connection.execute("COMMIT")
        self._connection.close()
        with self._path.open("r+b") as file:
            file.seek(_WRITTEN_BY_AT)
            file.write(_WRITTEN_BY.to_bytes(4, "big"))

    def table(self, table: Table, batches: Iterable[Batch]) -> None:
        """Write one table with its indexes.

        Args:
            table: Its definition, types as SQLite takes them.
            batches: Its rows; decimals are handed over as text, which the column's affinity then decides upon.

        Raises:
            TypeError: A value is a float.
            ValueError: A batch does not fit the columns.
        """
        self._connection.execute(_definition(table))
        marks = ",".join("?" * len(table.columns))
        insert = f"INSERT INTO {_named(table.name)} VALUES ({marks})"
        for piece in pieces(batches, len(table.columns)):
            columns = [_bound(values) for values in piece]
            self._connection.executemany(insert, zip(*columns, strict=True))
        for column in table.indexes:
            name = _named(f"ix_{table.name}_{column}")
            self._connection.execute(f"CREATE INDEX {name} ON {_named(table.name)} ({_named(column)})")


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _definition(table: Table) -> str:
    lines = [f"{_named(name)} {kind}" for name, kind in table.columns]
    lines += [f"PRIMARY KEY ({_named(table.key)})"] if table.key else []
    lines += [f"UNIQUE ({_named(name)})" for name in table.unique]
    for reference in table.references:
        end = f" ON DELETE {reference.on_delete}" if reference.on_delete else ""
        lines.append(
            f"FOREIGN KEY({_named(reference.column)})"
            f" REFERENCES {_named(reference.table)} ({_named(reference.key)}){end}"
        )
    body = ",\n\t".join(lines)
    return f"CREATE TABLE {_named(table.name)} (\n\t{body}\n)"


def _bound(values: list[Any]) -> list[Any]:
    kinds = set(map(type, values))
    if kinds <= {str, int, bytes, type(None)}:
        return values
    if any(issubclass(kind, float) for kind in kinds):
        raise TypeError("floats are not exact: give a Decimal")
    return [_bindable(value) for value in values]


def _bindable(value: Any) -> str | int | bytes | None:
    if value is None or isinstance(value, (str, bytes)):
        return value
    if isinstance(value, (int, np.integer, np.bool)):
        return int(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
