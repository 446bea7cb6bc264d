"""What a reader made of a broken file, byte by byte and row by row, and what is wrong with it."""

import io
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crossbearing.domain.errors import CrossbearingError
from crossbearing.intake.reader import RawBatch, Reader, Refused
from damage.harm import JUNK, Harmed

LONGEST = 10.0  # seconds for one file
# Readers that resume at the next row, and the bytes by which a row of theirs is grouped: an open quote in delimited
# text may close at any later one, so what a changed quote costs nobody can bound.
RESUMES = {
    "mysqldump": b"", "pg_dump": b"", "mongodump": b"", "mail": b"", "warc": b"", "sqlite": b"", "json": b"",
    "delimited": b'"',
}  # fmt: skip
# Bytes that say nothing where they stand alone: white space, and what separates rows.
PLAIN = {
    "delimited": b"\r\n", "json": b" \t\r\n,:[]{}\xef\xbb\xbf", "mysqldump": b" \t\r\n\x0b\x0c,;", "mail": b"\r\n",
    "pg_dump": b" \t\r\n\x0b\x0c,;", "warc": b"\r\n", "tagpack": b" \t\r\n",
}  # fmt: skip
# Bytes of a row that ran into a comment or a name, where nobody can tell them from it; or that read as the end of a
# block of an archive, or lie where a page calls itself free.
UNTOLD = {"mysqldump": 16, "pg_dump": 16, "pg_custom": 16, "sqlite": 64}
# Rows of the others have no bytes that are theirs alone.
_OWN_BYTES = {"delimited", "mysqldump", "pg_dump", "mongodump", "mail", "warc"}
WITHOUT_ROWID = "without_rowid"  # name of such a table in the seeds
_HEADER = re.compile(rb"[\r\n]*(?:\xef\xbb\xbf)?[^\r\n]*[\r\n]*")  # the first line names the columns, whatever it says

_Row: TypeAlias = tuple[str, frozenset[tuple[str, str | bytes]]]
_Flags: TypeAlias = NDArray[np.bool_]


class Hangs(BaseException):
    """A file took longer than the limit; no ``except Exception`` takes it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """End what takes longer."""

    def stop(_: int, frame: FrameType | None) -> NoReturn:
        raise Hangs(f"longer than {seconds:g} s, in {frame.f_code.co_qualname if frame else '?'}")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass(slots=True)
class Found:
    """What a reader made of a file.

    Attributes:
        rows: Table and values, nulls left out, by place: offset and length.
        refused: What gave no row.
    """

    rows: list[tuple[tuple[int, int], _Row]] = field(default_factory=list)
    ordinals: dict[str, list[int]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    def in_rows(self, size: int) -> _Flags:
        """Which bytes of the file are in a row."""
        return _covered((place for place, _ in self.rows), size)

    def in_gaps(self, size: int) -> _Flags:
        """Which bytes of the file are in a reported stretch."""
        return _covered(((run.offset, run.length) for run in self.refused), size)


def found_by(reader: Reader, content: bytes) -> Found:
    """Read a file, and ask for its layout."""
    found = Found()
    reader.layout(io.BytesIO(content))
    for piece in reader.read(io.BytesIO(content), "utf-8"):
        if isinstance(piece, Refused):
            found.refused.append(piece)
            numbers: Sequence[int] = range(piece.ordinal, piece.ordinal + piece.rows)
        else:
            places = zip(piece.offsets.tolist(), piece.lengths.tolist(), strict=True)
            found.rows += zip(places, _rows(piece), strict=True)
            numbers = piece.ordinals.tolist()
        found.ordinals.setdefault(piece.table, []).extend(numbers)
    return found


def _rows(batch: RawBatch) -> list[_Row]:
    names = batch.columns
    return [
        (batch.table, frozenset((name, value) for name, value in zip(names, row, strict=True) if value is not None))
        for row in batch.rows()
    ]


def _covered(places: Iterator[tuple[int, int]], size: int) -> _Flags:
    covered = np.zeros(size, np.bool_)
    for offset, length in places:
        covered[offset : offset + length] = True
    return covered


@dataclass(slots=True)
class Account:
    """Of many files of one reader."""

    files: int = 0
    errors: int = 0  # files that ended with a CrossbearingError
    rows: int = 0
    refused: int = 0
    size: int = 0  # bytes
    in_rows: int = 0
    in_gaps: int = 0  # and in no row
    spared: Counter[int] = field(default_factory=Counter)  # files by how many rows a change in one row cost
    slowest: float = 0.0  # seconds
    wrong: list[str] = field(default_factory=list)

    counts_bytes: bool = True

    def __str__(self) -> str:
        structure = self.size - self.in_rows - self.in_gaps
        lost = ", ".join(f"{rows}: {files:,}" for rows, files in sorted(self.spared.items()))
        parts = f" = {self.in_rows:,} in rows + {self.in_gaps:,} in gaps + {structure:,} structure"
        return (
            f"{self.files:6,} files {self.errors:5,} errors {self.rows:8,} rows {self.refused:7,} refusals; "
            f"{self.size:,} bytes{parts if self.counts_bytes else ''}; slowest {self.slowest * 1000:.0f} ms"
            + (f"; rows lost beside the one that was changed, and in how many files: {lost}" if lost else "")
        )


class Valid:
    """A valid file, read once."""

    def __init__(self, reader: Reader, content: bytes) -> None:
        self.content = content
        self.reader = reader
        self.found = found_by(reader, content)
        self.was_row = self.found.in_rows(len(content))
        own = [(place, row) for place, row in self.found.rows if place[1] < len(content)]
        # Rows of an SQLite table without row ids cannot be asked for one by one.
        own = [(place, row) for place, row in own if row[0] != WITHOUT_ROWID]
        self.rows = sorted(own, key=lambda one: one[0]) if len({place for place, _ in own}) == len(own) else []

    def check(self, harmed: Harmed, account: Account, row: int | None = None) -> None:
        """Read the broken file, and note what is wrong.

        Args:
            harmed: This file, broken.
            account: Takes the sums and what is wrong.
            row: The one in which the damage is, if it is in one.
        """
        begins = time.perf_counter()
        account.files += 1
        try:
            with limited(LONGEST):
                self.reader.recognises(harmed.content[:65_536])
                found = found_by(self.reader, harmed.content)
        except CrossbearingError:
            account.errors += 1
            return
        except (Exception, Hangs) as failure:  # noqa: BLE001 - whatever it is, it is what we look for
            account.wrong.append(f"{type(failure).__name__}: {failure}")
            return
        finally:
            account.slowest = max(account.slowest, time.perf_counter() - begins)
        size = len(harmed.content)
        account.wrong += places_wrong(found, size, has_own_bytes=self.reader.name in _OWN_BYTES)
        in_rows, in_gaps = found.in_rows(size), found.in_gaps(size)
        account.size += size
        account.in_rows += int(in_rows.sum())
        account.in_gaps += int((in_gaps & ~in_rows).sum())
        account.rows += len(found.rows)
        account.refused += len(found.refused)
        account.wrong += self._lost_bytes(harmed, in_rows | in_gaps)
        if row is not None:
            account.wrong += self._lost_rows(found, row, account)

    def _lost_bytes(self, harmed: Harmed, covered: _Flags) -> list[str]:
        """Bytes of rows, and junk between them, that are neither in rows nor in gaps."""
        text, origins = np.frombuffer(harmed.content, np.uint8), harmed.origins
        was_row = np.append(self.was_row, False)[origins]  # junk is the last: none
        of_file = np.flatnonzero(origins != JUNK)
        if not len(of_file):
            return []
        before = np.searchsorted(of_file, np.arange(len(text)), "right") - 1
        behind = np.searchsorted(of_file, np.arange(len(text)), "left")
        is_between = (before >= 0) & (behind < len(of_file))
        is_between &= was_row[of_file[before]] & was_row[of_file[np.minimum(behind, len(of_file) - 1)]]
        is_junk = (origins == JUNK) & ("interleave" not in harmed.kind)  # the other file brings structure of its own
        lost = (was_row | (is_between & is_junk)) & ~covered
        lost &= ~np.isin(text, np.frombuffer(PLAIN.get(self.reader.name, b""), np.uint8))
        if self.reader.name == "delimited" and (header := _HEADER.match(harmed.content)):
            lost[: header.end()] = False
        if lost.sum() <= UNTOLD.get(self.reader.name, 0):
            return []
        first = int(np.flatnonzero(lost)[0])
        around = harmed.content[max(0, first - 40) : first + 60]
        return [f"{int(lost.sum())} bytes are in no row and no gap, from byte {first} on: {around!r}"]

    def _lost_rows(self, found: Found, row: int, account: Account) -> list[str]:
        """Rows that did not come back although the damage is in another one, and not in a neighbour."""
        left = Counter(one for _, one in found.rows)
        near, far = [], []
        for number, (_, one) in enumerate(self.rows):
            left[one] -= 1
            if left[one] < 0 and number != row:
                (near if self._is_near(number, row) else far).append(number)
        account.spared[len(near) + len(far)] += 1
        return [f"damage in row {row} cost the rows {far} of {len(self.rows)}"] if far else []

    def _is_near(self, number: int, row: int) -> bool:
        """Whether a row may be lost with another one: a neighbour, or one on the same page, which SQLite searches."""
        if self.reader.name != "sqlite":
            return abs(number - row) == 1
        size = int.from_bytes(self.content[16:18], "big")
        return self.rows[number][0][0] // size == self.rows[row][0][0] // size


def places_wrong(found: Found, size: int, *, has_own_bytes: bool) -> list[str]:
    """What is wrong with places and ordinals."""
    wrong: list[str] = []
    places: list[Any] = [(place, "row") for place, _ in found.rows]
    places += [((run.offset, run.length), "gap") for run in found.refused]
    for (offset, length), kind in places:
        if not (0 <= offset <= offset + length <= size) or (kind == "row" and not length):
            wrong.append(f"a {kind} at {offset}, {length} bytes, in a file of {size}")
    wrong += [f"a gap without a reason at {run.offset}" for run in found.refused if not run.reason]
    for table, numbers in found.ordinals.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            wrong.append(f"ordinals of {table!r} are not whole: {numbers[:20]}")
    if has_own_bytes:
        own = sorted([place for place, _ in found.rows] + [(r.offset, r.length) for r in found.refused if r.rows])
        ends = 0
        for offset, length in own:
            if offset < ends:
                wrong.append(f"bytes from {offset} on are in two rows")
            ends = max(ends, offset + length)
    return wrong[:3]
