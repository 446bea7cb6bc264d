"""Rectify a row: a superseding row beside the exhibit's own, and a mark on everything built from the old one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.columns import LINEAGE, Type
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.exhibit import Exhibit, Place
from crossbearing.domain.tables import PRIVILEGED, RECORD_TABLES
from crossbearing.store.marks import CORRECTION, mark, packages_resting_on
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import require_exhibit
from crossbearing.store.revision import ROWS, Revised, Reviser, record_revision
from crossbearing.store.session import Session

_SQL_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.DECIMAL: "DECIMAL(38, 12)",
    Type.INSTANT: "TIMESTAMP",
    Type.DATE: "DATE",
    Type.FLAG: "BOOLEAN",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction did.

    Attributes:
        packages: Packages that rest on the old row; whoever holds one must be told.
    """

    exhibit_id: str
    table: str
    rows: int
    columns: tuple[str, ...]
    packages: tuple[str, ...]


def correct_row(
    folder: Path,
    context: Context,
    exhibit_id: str,
    *,
    table: str,
    offset: int,
    part: str = "",
    values: Mapping[str, str],
    reason: str,
) -> Corrected:
    """Put a superseding row in the place of what an exhibit states; the exhibit's bytes stay as they are.

    Args:
        folder: Operation folder.
        context: Who corrects, and for what purpose.
        exhibit_id: The exhibit.
        table: Record table of the row.
        offset: Byte at which the row begins, as its place says.
        part: File within the exhibit, if it has several.
        values: New value by column, as text; empty for null.
        reason: Why; it stands in the log and must not repeat personal data.

    Raises:
        NotFound: No row of the table stands there.
        BadRequest: A column does not exist, a value does not fit it, or no reason is given.
    """
    if not reason.strip() or not values:
        raise BadRequest(
            "A correction needs a reason and at least one value",
            where="retention correct",
            remedy="Give --reason and --set COLUMN=VALUE.",
        )
    columns = _columns(table, values)
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "exhibit", exhibit_id)
        exhibit = require_exhibit(operation.ledger, exhibit_id)
        places, revised = _revised(operation, exhibit, table, columns, values, (offset, part, part))
        packages = packages_resting_on(operation, places)
        payload: dict[str, Json] = {
            "table": table,
            "columns": sorted(values),
            "reason": reason.strip(),
            "places": [place.payload() for place in places],
            "files": [revised.payload()],
        }
        act = Act(kind=ActKind.ROWS_CORRECTED, subject=exhibit_id, payload=payload)
        marks = [mark(package_id, CORRECTION, why=reason.strip()) for package_id in packages]
        record_revision(operation, exhibit, act, *marks)
        return Corrected(
            exhibit_id=exhibit_id,
            table=table,
            rows=len(places),
            columns=tuple(sorted(values)),
            packages=tuple(packages),
        )


def _revised(
    operation: Operation,
    exhibit: Exhibit,
    table: str,
    columns: Mapping[str, Type],
    values: Mapping[str, str],
    at: tuple[int, str, str],
) -> tuple[list[Place], Revised]:
    """The places of the rows that begin there, and the files in which they are superseded.

    Raises:
        NotFound: There is no such row.
    """
    condition, places = "byte_offset = ? AND (? = '' OR part = ?)", []
    with Reviser(operation, exhibit, operation.vault, "correct") as reviser:
        for file in exhibit.files:
            if file.table == table and file.protection != PRIVILEGED:
                _check_values(reviser.look(file), columns, values)
                if found := reviser.places(condition, at):
                    places += found
                    reviser.rewrite(file, *_superseding(columns, values, condition, at))
        if places:
            return places, reviser.done()
    raise NotFound(
        f"No row of {table!r} begins at byte {at[0]:,} there",
        where=f"{exhibit.exhibit_id} {at[1]}".strip(),
        remedy="Take exhibit, part and byte from the place that a package or `evidence show` names.",
    )


def _columns(table: str, values: Mapping[str, str]) -> dict[str, Type]:
    if table not in RECORD_TABLES:
        raise BadRequest(
            f"There is no record table {table!r}",
            where="--table",
            remedy=f"One of: {', '.join(sorted(RECORD_TABLES))}.",
        )
    lineage = {column.name for column in LINEAGE}
    known = {column.name: column.type for column in RECORD_TABLES[table].columns}
    for name in values:
        if name not in known:
            what = "says where the row stands and cannot be corrected" if name in lineage else "does not exist"
            raise BadRequest(
                f"Column {name!r} of {table!r} {what}", where="--set", remedy=f"One of: {', '.join(known)}."
            )
    return {name: known[name] for name in values}


def _check_values(engine: Session, columns: Mapping[str, Type], values: Mapping[str, str]) -> None:
    for name, kind in columns.items():
        query = f"SELECT ? <> '' AND try_cast(? AS {_SQL_TYPES[kind]}) IS NULL AS wrong"
        if engine.one(query, [values[name], values[name]])["wrong"]:
            raise BadRequest(
                f"{values[name]!r} does not fit column {name!r}, which holds: {kind}",
                where="--set",
                remedy="Write numbers with a point, days as YYYY-MM-DD, times as YYYY-MM-DD HH:MM:SS.",
            )


def _superseding(
    columns: Mapping[str, Type], values: Mapping[str, str], condition: str, given: Sequence[Any]
) -> tuple[str, list[Any]]:
    replaced: list[str] = []
    filled: list[Any] = []
    for name, kind in columns.items():
        replaced.append(
            f"CASE WHEN {condition} THEN CAST(nullif(?, '') AS {_SQL_TYPES[kind]}) ELSE {name} END AS {name}"
        )
        filled += [*given, values[name]]
    return f"SELECT * REPLACE ({', '.join(replaced)}) FROM {ROWS}", filled
