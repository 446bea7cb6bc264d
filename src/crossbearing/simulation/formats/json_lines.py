"""JSON lines: one object per line, as message exports and interfaces hand them out."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from crossbearing.simulation.formats.table import Batch, pieces


def write_json_lines(out: BinaryIO, objects: Iterable[Mapping[str, Any]], *, is_ascii: bool = False) -> None:
    r"""Write one object per line.

    Args:
        out: Stream; left open.
        objects: May be nested. Decimals become text, dates and times ISO 8601.
        is_ascii: Whether other characters are written as \u escapes.

    Raises:
        TypeError: A value has no place in JSON, or is a float, which would not be written exactly.
    """
    encoder = json.JSONEncoder(ensure_ascii=is_ascii, separators=(",", ":"), default=_spelled)
    out.writelines(encoder.encode(each).encode() + b"\n" for each in objects)


def objects(names: Sequence[str], batches: Iterable[Batch]) -> Iterator[dict[str, Any]]:
    """Rows as objects."""
    for piece in pieces(batches, len(names)):
        for row in zip(*piece, strict=True):
            yield dict(zip(names, row, strict=True))


def _spelled(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON; give text, a whole number or a Decimal")
