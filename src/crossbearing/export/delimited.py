"""CSV as RFC 4180 has it, with texts that no spreadsheet takes for a formula.

Every text is quoted; a cell without quotes is a number, a date, a flag, or, if it is empty, unknown. A text that begins
as a formula would, or with an apostrophe, gets an apostrophe in front; to read it, drop one apostrophe from every text
that begins with one. Source of the signs: OWASP, CSV injection, with their full-width twins.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final, TextIO

import pyarrow as pa

from crossbearing.export.format import ROWS_AT_ONCE, text_of

# Blanks of any kind in front of a sign are skipped by some programs, so they count as one too.
_FORMULA: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\x00-\x1f\x7f-\x9f']")


def guarded(text: str) -> str:
    """The text as a cell: no formula, and ``unguarded`` gives it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """What ``guarded`` was given."""
    return cell.removeprefix("'")


def cell_of(value: Any) -> str:
    """One value as it stands between the commas."""
    if isinstance(value, str):
        text = guarded(value)
    elif isinstance(value, list):
        text = json.dumps(value, ensure_ascii=False)
    else:
        return text_of(value)  # unknown is an empty text
    return '"' + text.replace('"', '""') + '"'


def write_rows(out: TextIO, rows: pa.Table) -> None:
    """Write the rows of a table, column by column, which is the quicker way."""
    for batch in rows.to_batches(max_chunksize=ROWS_AT_ONCE):
        columns = [list(map(cell_of, column.to_pylist())) for column in batch.columns]
        out.writelines(",".join(cells) + "\r\n" for cells in zip(*columns, strict=True))


def write_row(out: TextIO, values: Iterable[Any]) -> None:
    """Write one line."""
    out.write(",".join(map(cell_of, values)) + "\r\n")
