"""pg_dump archives in the custom form (-Fc): the rows of their tables; everything else in them is left alone.

The file is read forward. Rows that are not compressed have the bytes of their own place; of a compressed
table, the place of a row is from the table's first byte to the last one read for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.readers.pg_archive import MAGIC, ROWS, Archive, Broken, Entry, Pieces, Unpacked
from crossbearing.intake.readers.pg_script import Script

# Entries whose statements say how rows are to be read.
_TELLING: Final = {b"ENCODING", b"STDSTRINGS", b"TABLE"}
_TABLE_DATA: Final = b"TABLE DATA"


class PgCustom:
    """Reader for archives that pg_dump wrote with --format=custom."""

    name = "pg_custom"
    version = "1"
    format_reference = "PostgreSQL source, src/bin/pg_dump/pg_backup_archiver.c and pg_backup_custom.c"

    def recognises(self, head: bytes) -> bool:
        """The mark of an archive."""
        return head.startswith(MAGIC)

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:
        """Tables with the columns of their rows; the rows are looked at only if they are INSERT statements."""
        archive, script = Archive(stream), Script("utf-8", wants_rows=False)
        expected = {}
        try:
            for entry in _contents(archive, script):
                script.learn(entry.copy, _schema(entry))
                if entry.kind == _TABLE_DATA:
                    expected[entry.number] = entry
        except Broken:
            return script.columns  # reading will say so
        if not all(entry.copy for entry in expected.values()):
            for _ in _blocks(archive, script, expected):
                pass
        return script.columns

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` counts only where the archive does not name that of its own text."""
        archive, script = Archive(stream), Script(encoding)
        expected = {}
        try:
            for entry in _contents(archive, script):
                if entry.has_data and entry.kind == _TABLE_DATA:
                    expected[entry.number] = entry
        except Broken as broken:
            yield _rest(archive, 0, f"the table of contents cannot be read: {broken}", expected)
        yield from _blocks(archive, script, expected)
        for entry in expected.values():
            table = entry.tag.decode(encoding, "backslashreplace")
            reason = f"the rows of table {table!r} are missing"
            yield Refused("", 0, 0, archive.window.offset, 0, reason, is_damage=True)


def _schema(entry: Entry) -> str:
    return entry.schema.decode("utf-8", "backslashreplace")


def _contents(archive: Archive, script: Script) -> Iterator[Entry]:
    """The entries of the table of contents; the script learns from them."""
    archive.header()
    for _ in range(archive.entry_count()):
        entry = archive.entry()
        if entry.kind in _TELLING:
            script.learn(entry.definition, _schema(entry))
        yield replace(entry, definition=b"")


def _rest(archive: Archive, begins: int, reason: str, expected: Mapping[int, Entry]) -> Refused:
    """What cannot be read, up to the next block that is expected or to the end of the file."""
    places = [entry.place for entry in expected.values() if entry.place > archive.window.offset]
    if places:
        archive.window.skip(min(places) - archive.window.offset)
    else:
        archive.skip_to_block(expected)
    return Refused("", 0, 0, begins, archive.window.offset - begins, reason, is_damage=True)


def _blocks(archive: Archive, script: Script, expected: dict[int, Entry]) -> Reading:
    """The rows of all blocks; entries whose block was found are no longer expected."""
    while archive.window.have(1):
        begins = archive.window.offset
        try:
            yield from _block(archive, script, expected)
        except Broken as broken:
            archive.window.skip(1 if archive.window.offset == begins else 0)
            yield _rest(archive, begins, f"the archive is damaged here: {broken}", expected)


def _block(archive: Archive, script: Script, expected: dict[int, Entry]) -> Reading:
    """The rows of the block that begins here.

    Raises:
        Broken: What follows cannot be told apart.
    """
    begins = archive.window.offset
    kind, number = archive.block()
    if kind != ROWS:
        archive.skip_large_objects()
        yield Refused("", 0, 0, begins, archive.window.offset - begins, "large objects, which are no rows")
        return
    entry = expected.pop(number, None)
    pieces = Pieces(archive)
    if entry is None:
        pieces.skip()
        reason = "data that belongs to no table of the archive"
        yield Refused("", 0, 0, begins, archive.window.offset - begins, reason, is_damage=True)
        return
    script.schema = _schema(entry)
    unpacked = Unpacked(pieces, archive.compression)
    places = _Places(archive, pieces, begins, len(entry.copy))
    for piece in script.pieces(_Behind(entry.copy, unpacked)):  # type: ignore[arg-type]
        yield places.of(piece)
    pieces.skip()
    if unpacked.problem:
        yield Refused("", 0, 0, begins, archive.window.offset - begins, unpacked.problem, is_damage=True)


@dataclass(slots=True)
class _Behind:
    """A statement, and behind it the bytes it speaks of."""

    statement: bytes
    rows: Unpacked

    def read(self, size: int) -> bytes:
        """Some of the next bytes."""
        statement, self.statement = self.statement, b""
        return statement or self.rows.read(size)


@dataclass(slots=True)
class _Places:
    """Finds for a row of a block its bytes in the file.

    Attributes:
        begins: Where the block begins in the file.
        statement: Length of the statement before its rows, which stands elsewhere.
    """

    archive: Archive
    pieces: Pieces
    begins: int
    statement: int

    def of(self, piece: RawBatch | Refused) -> RawBatch | Refused:
        """The piece with its place in the file."""
        if isinstance(piece, Refused):
            begin, end = self._in_file(np.array([piece.offset]), np.array([piece.offset + piece.length]))
            length = max(0, int(end[0] - begin[0])) if piece.length else 0  # of something that is missing
            return replace(piece, offset=int(begin[0]), length=length)
        begin, end = self._in_file(piece.offsets, piece.offsets + piece.lengths)
        if self.archive.compression == 0:
            self._forget(int(piece.offsets[-1]) - self.statement)
        return RawBatch(piece.table, piece.values, piece.ordinals, begin, end - begin)

    def _in_file(
        self, begins: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if self.archive.compression or not self.pieces.places:
            return np.full(len(begins), self.begins), np.full(len(begins), self.archive.window.offset)
        within, in_file = np.array(self.pieces.places, np.int64).T
        # Bytes within the block: that of the beginning, and the last one.
        first, last = np.maximum(begins - self.statement, 0), np.maximum(ends - 1 - self.statement, 0)
        first_piece, last_piece = (np.searchsorted(within, at, "right") - 1 for at in (first, last))
        return in_file[first_piece] + first - within[first_piece], in_file[last_piece] + last - within[last_piece] + 1

    def _forget(self, before: int) -> None:
        """Drop the places of pieces that lie before the last row given."""
        places = self.pieces.places
        keep = next((at for at, (begin, _) in enumerate(places) if begin > before), len(places)) - 1
        del places[: max(keep, 0)]
