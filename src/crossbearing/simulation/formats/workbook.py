"""XLSX workbooks as a spreadsheet program saves them; text is never taken for a formula, a number or a link.

A workbook is made in memory, about 1 kB per row of ten cells; market-size tables do not belong into one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from crossbearing.simulation.formats.table import Batch, pieces


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes:
        name: On its tab, at most 31 characters.
        header: Its first row, in bold; empty for none.
        batches: Rows of text, whole numbers, decimals, dates, times without an offset, and None for an empty cell.
    """

    name: str
    header: tuple[str, ...]
    batches: Iterable[Batch]


def write_workbook(out: BinaryIO, sheets: Iterable[Sheet], *, created: datetime, author: str = "") -> None:
    """Write one workbook.

    Args:
        out: Stream.
        sheets: In the order of their tabs.
        created: Time in its properties.
        author: Likewise.

    Raises:
        TypeError: A value is of another type.
        ValueError: A text or a sheet is too large for the format, or a batch does not fit.
    """
    # In memory: temporary files would bring permissions and times of the machine into the archive.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": created, "author": author})
        styles = _Styles(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for column, title in enumerate(sheet.header):
                page.write_string(0, column, title, styles.bold)
            line = 1 if sheet.header else 0
            for batch in sheet.batches:
                for piece in pieces([batch], len(sheet.header) or len(batch)):
                    for row in zip(*piece, strict=True):
                        for column, value in enumerate(row):
                            _write(page, line, column, value, styles)
                        line += 1


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._decimals: dict[int, Format] = {}
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def places(self, value: Decimal) -> Format:
        """Show as many places as the value has, since the file keeps a number without them."""
        exponent = value.as_tuple().exponent
        places = max(-exponent, 0) if isinstance(exponent, int) else 0
        if places not in self._decimals:
            self._decimals[places] = self._book.add_format({"num_format": "0." + "0" * places if places else "0"})
        return self._decimals[places]


def _write(page: Worksheet, line: int, column: int, value: Any, styles: _Styles) -> None:
    place = f"{page.name}, row {line + 1}"
    code: int = 0
    if isinstance(value, str):
        if value.startswith("<r>") and value.endswith("</r>"):
            raise ValueError(f"{place}: xlsxwriter takes this text for markup of its own")
        code = page.write_string(line, column, value)
    elif isinstance(value, bool):
        code = page.write_boolean(line, column, value)
    elif isinstance(value, int):
        code = page.write_number(line, column, value)
    elif isinstance(value, Decimal):
        code = page.write_number(line, column, value, styles.places(value))
    elif isinstance(value, datetime):
        code = page.write_datetime(line, column, value, styles.moment)
    elif isinstance(value, date):
        code = page.write_datetime(line, column, value, styles.day)
    elif value is not None:
        raise TypeError(f"{place}: a {type(value).__name__}; floats are not exact: give a Decimal")
    if code:
        raise ValueError(f"{place}: more than a sheet or a cell can take (32,767 characters, 1,048,576 rows)")
