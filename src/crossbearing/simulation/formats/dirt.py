"""Damage as real exports have it: misread characters, rows cut short, rows twice, a file that ends in the middle.

Every function says which places it damaged, so that the truth can hold them.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from crossbearing.simulation.formats.table import Batch

# Windows 1252 as programs read it: the five bytes without a character become control characters.
_WINDOWS: Final = [bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in range(256)]
_LINES_AT_ONCE: Final = 1 << 16


def misread(text: str) -> str:
    """UTF-8 read as Windows 1252 and saved again: "é" becomes "Ã©"."""
    return text if text.isascii() else text.encode().decode("latin-1").translate(_WINDOWS)


def misread_cells(cells: Sequence[Any], chance: np.random.Generator, share: float) -> tuple[list[Any], list[int]]:
    """A column in which some texts were misread.

    Args:
        cells: Of any type; only texts that hold more than ASCII can change.
        chance: Decides which.
        share: Of all cells, 0 to 1.

    Returns:
        The column, and the positions whose cell changed.
    """
    damaged = list(cells)
    places = []
    for place in np.flatnonzero(chance.random(len(cells)) < share).tolist():
        cell = cells[place]
        if isinstance(cell, str) and (text := misread(cell)) != cell:
            damaged[place] = text
            places.append(place)
    return damaged, places


def duplicated(batch: Batch, chance: np.random.Generator, share: float) -> tuple[list[list[Any]], list[int]]:
    """Rows of which some stand twice, one after the other.

    Args:
        batch: Columns.
        chance: Decides which.
        share: Of all rows, 0 to 1.

    Returns:
        Columns, and the positions in them of the second copies.
    """
    twice = chance.random(len(batch[0]) if batch else 0) < share
    order = np.repeat(np.arange(len(twice)), 1 + twice)
    places = np.flatnonzero(np.diff(order, prepend=-1) == 0).tolist()
    rows = order.tolist()
    return [[values[row] for row in rows] for values in batch], places


def duplicate_lines(
    path: Path, chance: np.random.Generator, share: float, *, begins: bytes = b"", skip: int = 1
) -> list[int]:
    """Have some lines of a file twice, one after the other.

    Args:
        path: Changed in place; lines end with LF.
        chance: Decides which.
        share: Of the lines that may be hit, 0 to 1.
        begins: Only lines that begin so may be hit.
        skip: Lines at the top that are left alone.

    Returns:
        Numbers, from 1, of the second copies in the changed file.
    """
    places = []
    with _Rewriting(path) as (lines, out):
        written = 0
        for line, is_hit in _hit(lines, chance, share, begins, skip):
            out.write(line)
            written += 1
            if is_hit:
                out.write(line)
                written += 1
                places.append(written)
    return places


def truncate_lines(
    path: Path, chance: np.random.Generator, share: float, *, begins: bytes = b"", skip: int = 1
) -> list[int]:
    """Cut some lines of a file short; each loses between a tenth and nine tenths and keeps its line end.

    Args:
        path: Changed in place; lines end with LF.
        chance: Decides which and where.
        share: Of the lines that may be hit, 0 to 1.
        begins: Only lines that begin so may be hit.
        skip: Lines at the top that are left alone.

    Returns:
        Numbers of the lines that were cut, from 1.
    """
    places = []
    with _Rewriting(path) as (lines, out):
        for number, (line, is_hit) in enumerate(_hit(lines, chance, share, begins, skip), start=1):
            body = line.rstrip(b"\r\n")
            kept = int(len(body) * chance.uniform(0.1, 0.9)) if is_hit else len(body)
            if kept < len(body):
                places.append(number)
            out.write(body[:kept] + line[len(body) :])
    return places


def cut(path: Path, chance: np.random.Generator, *, between: tuple[float, float] = (0.5, 0.95)) -> int:
    """End a file in the middle, as when a disk is full or a transfer breaks off.

    Args:
        path: Changed in place.
        chance: Decides where.
        between: Shares of the size.

    Returns:
        Its new size, bytes.
    """
    size = path.stat().st_size
    kept = int(chance.integers(int(size * between[0]), int(size * between[1]) + 1))
    os.truncate(path, kept)
    return kept


def _hit(
    lines: BinaryIO, chance: np.random.Generator, share: float, begins: bytes, skip: int
) -> Iterator[tuple[bytes, bool]]:
    draws: Iterator[bool] = iter(())
    for number, line in enumerate(lines):
        if number < skip or not line.startswith(begins):
            yield line, False
            continue
        drawn = next(draws, None)
        if drawn is None:
            draws = iter((chance.random(_LINES_AT_ONCE) < share).tolist())
            drawn = next(draws)
        yield line, drawn


class _Rewriting:
    """A file read and written anew beside itself, then put in its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(path.name + ".damaged")

    def __enter__(self) -> tuple[BinaryIO, BinaryIO]:
        self._lines, self._out = self._path.open("rb"), self._beside.open("wb")
        return self._lines, self._out

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._lines.close()
        self._out.close()
        if kind is None:
            shutil.copymode(self._path, self._beside)
            self._beside.replace(self._path)
        else:
            self._beside.unlink()
