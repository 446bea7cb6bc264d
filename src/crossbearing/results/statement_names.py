"""Names in statements: those of agencies and operations that may stand, and those of persons that may not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.reference.operations import operations
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


def names_to_say(
    engine: Session, own: Mapping[str, str], is_public: Callable[[Sequence[str]], bool]
) -> dict[str, Sequence[str]]:
    """What may be said as a name, by the figure it is bound to.

    Args:
        engine: A session over the outcomes.
        own: Names of the campaign, the operation and its coordinator.
        is_public: Whether exhibits with these ids may be told to everybody; an agency is named from such a one only.
    """
    rows = engine.rows("SELECT DISTINCT credit_agency, exhibit_ids FROM outcome_event")
    agencies = {row["credit_agency"] for row in rows if row["credit_agency"] and is_public(row["exhibit_ids"])}
    said: dict[str, Sequence[str]] = {name: [text] for name, text in own.items()}
    return {**said, "agency": sorted(agencies), "earlier": [one.name for one in operations()]}
