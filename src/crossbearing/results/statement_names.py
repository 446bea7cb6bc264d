"""Names that no statement may hold: handles, and persons of every table that names some."""

from typing import Final

from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.store.session import Session

_COLUMNS: Final = {name: {column.name for column in table.all_columns} for name, table in RECORD_TABLES.items()}
# Protected tables that name persons; they are opened for a purpose, and that is in the log.
PERSONS: Final = tuple(
    sorted(
        name
        for name, columns in _COLUMNS.items()
        if RECORD_TABLES[name].protection and columns & {"given_name", "full_name"}
    )
)


def names_in(engine: Session) -> list[str]:
    """Every such name, of persons in both orders.

    Args:
        engine: A session over the table of accounts and ``PERSONS``.
    """
    queries = ["SELECT DISTINCT handle AS name FROM account WHERE handle IS NOT NULL"]
    for table in PERSONS:
        if "full_name" in _COLUMNS[table]:
            queries.append(f"SELECT DISTINCT full_name FROM {table}")
        if "given_name" in _COLUMNS[table]:
            queries.append(f"SELECT DISTINCT given_name || ' ' || family_name FROM {table}")
            queries.append(f"SELECT DISTINCT family_name || ' ' || given_name FROM {table}")
    return [row["name"] for row in engine.rows(" UNION ".join(queries)) if row["name"]]
