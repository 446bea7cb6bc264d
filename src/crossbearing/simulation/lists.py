"""Lists as agencies hand them over: CSV and JSON lines, row by row."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from crossbearing.simulation.formats import delimited, json_lines

_DIALECT: Final = delimited.Dialect(line_end="\n")


def write_list(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file with a header."""
    listed = list(rows)
    with path.open("wb") as out:
        batches = [list(zip(*listed, strict=True))] if listed else []
        delimited.write_delimited(out, columns, batches, _DIALECT)


def write_lines(path: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    """Write one object per line."""
    with path.open("wb") as out:
        json_lines.write_json_lines(out, objects)
