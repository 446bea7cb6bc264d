"""Excel workbooks (XLSX): a table for each sheet, its first row that is not empty names the columns.

A row of one cell above a row of three or more is a title, as reports put it above their tables; then the next row
names the columns. Sheets are streamed out of the archive, hidden ones too. Formulas give the value that was
last computed and are never evaluated; nothing is unpacked to disk, no link is followed, no size that the file states is
believed.
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final
from xml.parsers import expat

from crossbearing.intake.reader import RawBatch, Reading, Refused, distinct
from crossbearing.intake.readers.workbook_cells import Meaning, Row, Shown, local, parsed, rows, shown, texts, whole
from crossbearing.intake.sources import read_whole

LARGEST_WORKBOOK: Final = 256 << 20  # bytes, packed; the largest that spreadsheet programs still open
LARGEST_PART: Final = 4 << 30  # bytes, unpacked; a million rows of a hundred cells have about as many
LARGEST_TEXT: Final = 4 << 30  # characters of all cells; one shared text may be named by a million cells
LARGEST_RATIO: Final = 400  # as for archives: a bomb is stopped early
_FREE_OF_RATIO: Final = 64 << 20  # bytes; small parts may pack well
MOST_PARTS: Final = 10_000
_BLOCK: Final = 1 << 16
_LOOKED_AT: Final = 2  # rows, to tell a title from names of columns
_FEWEST_BELOW_A_TITLE: Final = 3  # cells
_BATCH_ROWS: Final = 8_192
_BATCH_CHARACTERS: Final = 32 << 20
_BATCH_CELLS: Final = 2 << 20
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, NotImplementedError, RuntimeError, OSError, ValueError,
    LookupError, OverflowError, struct.error,
)  # fmt: skip
_HEADER: Final = b"PK\x03\x04"
_PART: Final = re.compile(rb"PK\x03\x04.{26}xl/", re.DOTALL)
_WORKBOOK: Final = "xl/workbook.xml"
_HELD: Final = re.compile(
    r"xl/(?:media|comments|threadedcomments|persons|embeddings|externallinks|pivotcache|vbaproject|activex|richdata"
    r"|macrosheets|dialogsheets)|customxml/",
    re.IGNORECASE,
)
_LONGEST_DESCRIPTOR: Final = 24  # bytes behind a part that repeat its sizes


class Workbook:
    """Reader for XLSX workbooks; every sheet with cells is a table."""

    name = "workbook"
    version = "2"
    format_reference = "ECMA-376 part 1, SpreadsheetML"

    def recognises(self, head: bytes) -> bool:
        """A ZIP archive whose first parts include one of a workbook."""
        return head.startswith(b"PK\x03\x04") and _PART.search(head) is not None

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Sheets with the names in their first row; ``column_4`` where column D has no name but values."""
        content = read_whole(stream, LARGEST_WORKBOOK, "A workbook")
        try:
            book = _Book(content)
            return {sheet.name: named for sheet in book.sheets if (named := book.columns(sheet)[0])}
        except _BROKEN:
            return {}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:  # noqa: ARG002 - XML states its own encoding
        """See ``Reader``. A row's place is its sheet's part of the archive, for rows have no bytes of their own there.

        Raises:
            UnreadableSource: The file is larger than what is read whole.
        """
        content = read_whole(stream, LARGEST_WORKBOOK, "A workbook")
        if not content:
            return
        try:
            book = _Book(content)
        except _BROKEN as broken:
            reason = f"the workbook cannot be opened: {_said(broken)}"
            yield Refused("", 0, 0, 0, len(content), reason, is_damage=True)
            return
        yield from book.refused()
        for sheet in book.sheets:
            yield from book.read(sheet)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet: its name, its part of the archive, and where that lies."""

    name: str
    part: str
    place: tuple[int, int]


class _Book:
    """A workbook opened in memory."""

    def __init__(self, content: bytes) -> None:
        self._size = len(content)
        self._content = content
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._parts = {entry.filename: entry for entry in self._archive.infolist()}
        if len(self._parts) > MOST_PARTS:
            raise ValueError(f"more than {MOST_PARTS:,} parts")
        self._left = LARGEST_TEXT
        self._damage: list[str] = []
        self._meaning = Meaning()
        self.sheets = self._listed()

    def columns(self, sheet: _Sheet) -> tuple[tuple[str, ...], list[int], bool]:
        """Names of the columns that hold anything, their positions from 0, and whether a title stands above them."""
        first: list[dict[int, str]] = []
        used: set[int] = set()
        try:
            for row in self._rows(sheet):
                if isinstance(row, dict):
                    if len(first) < _LOOKED_AT:
                        first.append(row)
                    used |= row.keys()
        except _BROKEN:
            pass  # the second time through, it is reported behind the rows before it
        has_title = len(first) == _LOOKED_AT and len(first[0]) == 1 and len(first[1]) >= _FEWEST_BELOW_A_TITLE
        header = first[has_title] if first else {}
        positions = sorted(used)
        names = [(header.get(at) or "").strip() or f"column_{at + 1}" for at in positions]
        return distinct(names), positions, has_title

    def read(self, sheet: _Sheet) -> Reading:
        """Rows below the one that names the columns."""
        columns, positions, has_title = self.columns(sheet)
        batch = _Batch(sheet, columns)
        if has_title:
            yield Refused(sheet.name, 0, 0, *sheet.place, "a title above the columns is not read")
        above = 1 + has_title
        try:
            for row in self._rows(sheet):
                if isinstance(row, str):
                    yield from batch.given()
                    yield batch.refused(row)
                elif above:
                    above -= 1
                else:
                    self._left -= sum(map(len, row.values()))
                    if self._left < 0:
                        raise ValueError(f"its cells hold more than {LARGEST_TEXT:,} characters")
                    if batch.add([row.get(at) for at in positions]):
                        yield from batch.given()
        except _BROKEN as broken:
            yield from batch.given()
            yield Refused(sheet.name, 0, 0, *sheet.place, f"the sheet ends here: {_said(broken)}", is_damage=True)
        yield from batch.given()

    def refused(self) -> Iterator[Refused]:
        """Sheets that are not there, parts that hold something else than cells, and bytes between the parts."""
        for said in self._damage:
            yield Refused("", 0, 0, 0, self._size, said, is_damage=True)
        for name, entry in self._parts.items():
            if not self._content.startswith(_HEADER, max(entry.header_offset, 0)):
                reason = "a part of the workbook that is not where its directory says"
                yield Refused(_shown(name), 0, 0, *self._place(name), reason, is_damage=True)
            elif _HELD.match(name):
                yield Refused(_shown(name), 0, 0, *self._place(name), "pictures, notes, macros or links are not read")
        ends = 0
        for offset, length in sorted(self._place(name) for name in self._parts):
            if offset - ends > _LONGEST_DESCRIPTOR:
                yield Refused("", 0, 0, ends, offset - ends, "bytes that belong to no part of the workbook")
            ends = max(ends, offset + length)

    def _rows(self, sheet: _Sheet) -> Iterator[Row]:
        return rows(self._chunks(sheet.part), self._meaning)

    def _listed(self) -> list[_Sheet]:
        """The sheets with cells, in the order of their tabs, with names that differ."""
        home = self._target_of("", "officeDocument") or _WORKBOOK
        stated: list[tuple[str, str]] = []

        def begin(name: str, attributes: dict[str, str]) -> None:
            name = local(name)
            if name == "workbookPr":
                self._meaning.since_1904 = attributes.get("date1904", "") in {"1", "true"}
            elif name == "sheet":
                linked = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                stated.append((attributes.get("name", ""), linked))

        self._parse(home, begin)
        linked = self._relations(home)
        self._meaning.texts = self._shared_texts(self._kind_of(linked, "sharedStrings"))
        self._meaning.styles = self._styles(self._kind_of(linked, "styles"))
        names = distinct(name for name, _ in stated)
        found = []
        for name, (_, link) in zip(names, stated, strict=True):
            part, kind = linked.get(link, ("", ""))
            if part not in self._parts:
                self._damage.append(f"sheet {name!r} is listed and not there")
            elif kind == "worksheet":
                found.append(_Sheet(name, part, self._place(part)))
        return found

    def _shared_texts(self, part: str) -> list[str]:
        found: list[str] = []
        if part in self._parts:
            try:
                found.extend(texts(self._chunks(part)))
            except _BROKEN as broken:
                self._damage.append(f"the texts of the cells end early: {_said(broken)}")
        return found

    def _styles(self, part: str) -> list[Shown]:
        codes: dict[int, str] = {}
        numbers: list[int] = []
        is_inside = [False]  # cellXfs, not the styles that these build upon

        def begin(name: str, attributes: dict[str, str]) -> None:
            name = local(name)
            if name == "numFmt":
                codes[whole(attributes.get("numFmtId", "")) or 0] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                is_inside[0] = True
            elif name == "xf" and is_inside[0]:
                numbers.append(whole(attributes.get("numFmtId", "")) or 0)

        def end(name: str) -> None:
            if local(name) == "cellXfs":
                is_inside[0] = False

        if part in self._parts:
            try:
                for _ in parsed(self._chunks(part), begin, end, lambda _: None):
                    pass
            except _BROKEN as broken:
                self._damage.append(f"the styles end early, so dates may be plain numbers: {_said(broken)}")
        return [shown(number, codes) for number in numbers]

    def _target_of(self, part: str, kind: str) -> str:
        return self._kind_of(self._relations(part), kind)

    @staticmethod
    def _kind_of(linked: Mapping[str, tuple[str, str]], kind: str) -> str:
        return next((target for target, each in linked.values() if each == kind), "")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Part and kind by the id of each link inside the workbook; those that lead outside are left out."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def begin(element: str, attributes: dict[str, str]) -> None:
            if local(element) == "Relationship" and attributes.get("TargetMode") != "External":
                # A name to look up among the parts, never a path on this machine.
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
                found[attributes.get("Id", "")] = (target, attributes.get("Type", "").rpartition("/")[2])

        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if listing in self._parts:
            self._parse(listing, begin)
        return found

    def _parse(self, part: str, begin: Callable[[str, dict[str, str]], None]) -> None:
        for _ in parsed(self._chunks(part), begin, lambda _: None, lambda _: None):
            pass

    def _chunks(self, part: str) -> Iterator[bytes]:
        """A part's bytes, unpacked within limits."""
        entry = self._parts[part]
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ValueError(f"{_shown(part)} is packed in a way that workbooks do not use")
        limit = min(LARGEST_PART, max(entry.compress_size * LARGEST_RATIO, _FREE_OF_RATIO))
        with self._archive.open(entry) as stream:
            while block := stream.read(_BLOCK):
                limit -= len(block)
                if limit < 0:
                    raise ValueError(f"{_shown(part)} unpacks to far more bytes than a part of its size should")
                yield block

    def _place(self, part: str) -> tuple[int, int]:
        """Where a part lies in the file, with its header."""
        entry = self._parts[part]
        offset = min(max(entry.header_offset, 0), self._size - 1)
        names = struct.unpack("<HH", self._content[offset + 26 : offset + 30].ljust(4, b"\x00"))
        # The header before a part may be damaged and give its name no length.
        length = 30 + max(sum(names), len(entry.orig_filename.encode())) + entry.compress_size
        return offset, max(1, min(length, self._size - offset))


class _Batch:
    """Rows of one sheet that wait to be given."""

    def __init__(self, sheet: _Sheet, columns: tuple[str, ...]) -> None:
        self._sheet = sheet
        self._columns = columns
        self._ordinal = 0
        self._rows: list[list[str | None]] = []
        self._places: list[tuple[int, int, int]] = []
        self._characters = 0

    def add(self, row: list[str | None]) -> bool:
        """Take a row; whether there are enough of them."""
        self._ordinal += 1
        self._rows.append(row)
        self._places.append((self._ordinal, *self._sheet.place))
        self._characters += sum(len(value) for value in row if value)
        is_long = len(self._rows) >= _BATCH_ROWS or self._characters >= _BATCH_CHARACTERS
        return is_long or len(self._rows) * len(row) >= _BATCH_CELLS

    def refused(self, reason: str) -> Refused:
        self._ordinal += 1
        return Refused(self._sheet.name, self._ordinal, 1, *self._sheet.place, reason, is_damage=True)

    def given(self) -> Reading:
        if self._rows:
            yield RawBatch.of_rows(self._sheet.name, self._columns, self._rows, self._places)
            self._rows, self._places, self._characters = [], [], 0


def _shown(name: str) -> str:
    """A part's name as text that can be kept."""
    return name.encode("utf-8", "backslashreplace").decode()


def _said(broken: BaseException) -> str:
    return _shown(str(broken).partition("\n")[0]) or type(broken).__name__
