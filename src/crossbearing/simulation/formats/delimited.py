"""Delimited text (CSV and its relatives) in the dialects that spreadsheets and back ends export."""

import codecs
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal, TextIO

from crossbearing.simulation.formats.table import Batch, pieces, spelled

_QUOTING: Final[Mapping[str, Literal[0, 1, 2]]] = {
    "minimal": csv.QUOTE_MINIMAL,
    "all": csv.QUOTE_ALL,
    "text": csv.QUOTE_NONNUMERIC,
}


_CR_LF: Final = "\r\n"  # with any other end, some versions of csv leave CR or LF inside a cell unquoted


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program exports.

    Attributes:
        delimiter: Between cells.
        quoting: "minimal", "all", or "text" (all but numbers).
        encoding: Characters it lacks are lost to "?", as programs do it.
        has_mark: Whether a byte order mark stands first; UTF encodings only.
        line_end: CR LF, LF, or a bare CR.
        null: How an absent value is written.
    """

    delimiter: str = ","
    quoting: Literal["minimal", "all", "text"] = "minimal"
    encoding: str = "utf-8"
    has_mark: bool = False
    line_end: Literal["\r\n", "\n", "\r"] = "\r\n"
    null: str = ""


PLAIN: Final = Dialect()
EXCEL_GERMAN: Final = Dialect(delimiter=";", encoding="cp1252")
EXCEL_UNICODE: Final = Dialect(delimiter="\t", encoding="utf-16-le", has_mark=True)


def write_delimited(out: BinaryIO, header: Sequence[str], batches: Iterable[Batch], dialect: Dialect = PLAIN) -> None:
    """Write one file.

    Args:
        out: Stream; left open.
        header: Column names; the first line.
        batches: Rows.
        dialect: To write in.

    Raises:
        TypeError: A value is a float or bytes.
        ValueError: A batch does not fit the header.
    """
    if dialect.has_mark:
        out.write("\ufeff".encode(codecs.lookup(dialect.encoding).name))
    text = io.TextIOWrapper(out, dialect.encoding, errors="replace", newline="")
    ended = text if dialect.line_end == _CR_LF else _Ended(text, dialect.line_end)
    writer = csv.writer(ended, delimiter=dialect.delimiter, quoting=_QUOTING[dialect.quoting], lineterminator=_CR_LF)
    writer.writerow(header)
    for piece in pieces(batches, len(header)):
        columns = [spelled(values) for values in piece]
        if dialect.null:
            columns = [[dialect.null if cell is None else cell for cell in cells] for cells in columns]
        writer.writerows(zip(*columns, strict=True))
    text.detach()


class _Ended:
    """Gives each row, of which csv writes one at a time, another end."""

    def __init__(self, text: TextIO, line_end: str) -> None:
        self._text, self._line_end = text, line_end

    def write(self, row: str) -> int:
        return self._text.write(row.removesuffix(_CR_LF) + self._line_end)
