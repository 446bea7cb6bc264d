"""Ranking and routing steps: what a stated origin means, who is a target, which country receives whom."""

from typing import Final

import pyarrow as pa

from crossbearing.reference.countries import continents_of, country_of, origin_kind
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


def _origins(engine: Session) -> pa.Table:
    """Each origin as sellers write it, with the one country it names; null where it names none."""
    rows = engine.rows(
        "SELECT ships_from, count(*) AS listings, "
        "list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids "
        "FROM listing WHERE ships_from IS NOT NULL GROUP BY ships_from ORDER BY ships_from"
    )
    return pa.Table.from_pylist(
        [
            {
                **row,
                "country": (country := country_of(row["ships_from"])),
                "continents": list(continents_of(country)),
                "origin_kind": str(origin_kind(row["ships_from"])),
            }
            for row in rows
        ],
        schema=_ORIGIN_SCHEMA,
    )


STEPS: Final[tuple[Step, ...]] = (
    PythonStep("origin", frozenset({"listing"}), _origins),
    SqlStep("crossbearing.packages", "subject"),
    SqlStep("crossbearing.packages", "target"),
    SqlStep("crossbearing.packages", "target_route"),
)
