"""Derived files and their pointers: which file is current for a table, and what it was made from."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.errors import MissingTable
from crossbearing.store import durable
from crossbearing.store.arrow import RowGroupWriter, sha256_of

DERIVED: Final = "derived"


def read_pointer(folder: Path, table: str) -> Mapping[str, Any] | None:
    """What is current for a derived table; None if it was never made or its file is gone."""
    pointer = folder / DERIVED / f"{table}.json"
    if not pointer.is_file():
        return None
    content: Mapping[str, Any] = json.loads(pointer.read_text(encoding="utf-8"))
    return content if (folder / DERIVED / str(content["file"])).is_file() else None


def current_file(folder: Path, table: str) -> Path:
    """The current file of a derived table.

    Raises:
        MissingTable: It was never made.
    """
    pointer = read_pointer(folder, table)
    if pointer is None:
        raise MissingTable(
            f"Table {table!r} does not exist yet",
            where=str(folder),
            remedy="Run `crossbearing run` on the operation.",
        )
    return folder / DERIVED / str(pointer["file"])


def publish(
    folder: Path,
    table: str,
    pieces: Iterator[pa.Table],
    *,
    made_from: str,
    made_with: Mapping[str, Any],
    position: int,
) -> int:
    """Write a derived table under the name of its content and point at it; gives its row count.

    Args:
        folder: Of the operation.
        table: Its name.
        pieces: Its rows.
        made_from: Fingerprint of the step and of everything it read.
        made_with: Software, and names of the derived files that were read.
        position: In the log, up to which decisions were read.
    """
    home = folder / DERIVED
    with durable.replacing(home / f"{table}.json") as pointer:
        unfinished = pointer.with_suffix(".parquet")
        try:
            rows = _written(pieces, unfinished)
            sha256 = sha256_of(unfinished)
            durable.sync(unfinished)
            target = unfinished.replace(home / f"{table}-{sha256[:16]}.parquet")
        finally:
            unfinished.unlink(missing_ok=True)
        content = {
            "file": target.name,
            "sha256": sha256,
            "rows": rows,
            "made_from": made_from,
            "made_with": made_with,
            "log_position": position,
        }
        pointer.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return rows


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time write derived tables.

    Raises:
        OperationBusy: Another one does.
    """
    home = folder / DERIVED
    home.mkdir(exist_ok=True)
    with durable.locked(home / ".lock", alone=True):
        yield


def forget_old_files(folder: Path) -> None:
    """Delete derived files that no pointer names, and what a crash left half written."""
    home = folder / DERIVED
    for leftover in home.glob(f"{durable.TEMPORARY}*"):
        leftover.unlink(missing_ok=True)
    current = {json.loads(pointer.read_text(encoding="utf-8"))["file"] for pointer in home.glob("[!.]*.json")}
    for path in home.glob("[!.]*.parquet"):
        if path.name not in current:
            path.unlink(missing_ok=True)


def _written(pieces: Iterator[pa.Table], target: Path) -> int:
    first = next(pieces)
    writer = RowGroupWriter(target, first.schema)
    writer.add(first)
    for piece in pieces:
        writer.add(piece)
    writer.close()
    return writer.rows
