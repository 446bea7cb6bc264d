"""Ranking and routing steps: what stated origins and destinations mean, who is a target, which country gets whom."""

from typing import Any, Final

import pyarrow as pa

from crossbearing.reference.countries import continents_of, country_of, origin_kind
from crossbearing.reference.destinations import read_destination
from crossbearing.store.session import Session
from crossbearing.store.steps import PythonStep, SqlStep, Step

_ORIGIN_SCHEMA: Final = pa.schema(
    [
        ("ships_from", pa.string()),
        ("country", pa.string()),
        ("continents", pa.list_(pa.string())),
        ("origin_kind", pa.string()),
        ("listings", pa.int64()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)
_DESTINATION_SCHEMA: Final = pa.schema(
    [
        ("ships_to", pa.string()),
        ("reach", pa.string()),
        ("destinations", pa.list_(pa.string())),
        ("listings", pa.int64()),
        ("exhibit_ids", pa.list_(pa.string())),
    ]
)


def _origins(engine: Session) -> pa.Table:
    """Each origin as sellers write it, with the one country it names; null where it names none."""
    return pa.Table.from_pylist(
        [
            {
                **row,
                "country": (country := country_of(row["ships_from"])),
                "continents": list(continents_of(country)),
                "origin_kind": str(origin_kind(row["ships_from"])),
            }
            for row in _as_written(engine, "ships_from")
        ],
        schema=_ORIGIN_SCHEMA,
    )


def _destinations(engine: Session) -> pa.Table:
    """Each destination as sellers write it, with what it says: everywhere, all but some places, or those it lists."""
    return pa.Table.from_pylist(
        [
            {**row, "reach": str((read := read_destination(row["ships_to"])).reach), "destinations": list(read.places)}
            for row in _as_written(engine, "ships_to")
        ],
        schema=_DESTINATION_SCHEMA,
    )


def _as_written(engine: Session, column: str) -> list[dict[str, Any]]:
    """What stands in one column of adverts, each once, with how many say it."""
    return engine.rows(
        f"SELECT {column}, count(*) AS listings, list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids "
        f"FROM listing WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"
    )


STEPS: Final[tuple[Step, ...]] = (
    PythonStep("origin", frozenset({"listing"}), _origins),
    PythonStep("destination", frozenset({"listing"}), _destinations),
    SqlStep("crossbearing.packages", "subject"),
    SqlStep("crossbearing.packages", "target"),
    SqlStep("crossbearing.packages", "target_route"),
)
