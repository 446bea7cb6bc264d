"""Copying everything from one decision store into another that is empty, of either kind."""

from typing import Final

from crossbearing.store.ledger.engine import Transaction

_TABLES: Final = {
    "act": "position, kind, subject, at, person, authority, purpose, case_ref, version, payload, salt",
    "leaf": "position, statement, hash",
    "tree": "size, frontier, checkpoint",
    "attestation": "size, kind, name, note, token",
}
_ROWS_AT_ONCE: Final = 10_000


def copy_rows(source: Transaction, sink: Transaction) -> None:
    """Copy every row; the order of acts and leaves is their position."""
    for table, columns in _TABLES.items():
        places = ", ".join("?" for _ in columns.split(", "))
        insert = f"INSERT INTO {table} ({columns}) VALUES ({places})"
        if "position" not in columns:
            if rows := source.run(f"SELECT {columns} FROM {table}"):
                sink.run_many(insert, rows)
            continue
        last = -1
        while rows := source.run(
            f"SELECT {columns} FROM {table} WHERE position > ? ORDER BY position LIMIT {_ROWS_AT_ONCE}", [last]
        ):
            sink.run_many(insert, rows)
            last = int(rows[-1][0] or 0)
