"""Whether what stands in a file is what a profile is for: pages of all sites have the same columns."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Final

import numpy as np

from crossbearing.domain.errors import UnreadableSource
from crossbearing.domain.exhibit import Gap
from crossbearing.intake.mapping import SourceRows
from crossbearing.intake.pages.page_words import cells_in
from crossbearing.intake.profile import Profile, SourceTable, condition_query
from crossbearing.intake.profile_words import profile_words
from crossbearing.intake.reader import RawBatch, Reader
from crossbearing.intake.sources import Openable, open_part
from crossbearing.store.records import Transformer, transformer

FIRST_ROWS: Final = 1_000
_TOGETHER: Final = 100  # rows; most files show what they are in these


def unmet(
    profile: Profile,
    reader: Reader,
    layout: Mapping[str, Sequence[str]],
    source: Openable,
    engine: Transformer | None = None,
) -> str:
    """Name of the first table whose condition holds for none of its first thousand rows; empty if all are met.

    Args:
        profile: Its tables and columns are those of the file.
        reader: Takes the file.
        layout: Tables of the file.
        source: The file. If it cannot be read so far, nothing is held against the profile: reading it says why.
        engine: Runs the condition; one is opened if none is given and it is needed.
    """
    asked = [table for table in profile.tables if table.fits_when and table.name in layout]
    if not asked:
        return ""
    with nullcontext(engine) if engine else transformer(profile_words()) as engine_here:
        for table in asked:
            # No more is taken out of pages than the condition needs.
            cells = {cell: table.cells[cell] for cell in cells_in(table.fits_when)}
            judged = replace(table, cells=cells)
            try:
                rows = _first_rows(judged, reader, source, profile.encoding)
                if not any(_holds(judged, few, engine_here) for few in rows):
                    return table.name
            except UnreadableSource:
                continue
    return ""


def _first_rows(table: SourceTable, reader: Reader, source: Openable, encoding: str) -> Iterator[RawBatch]:
    """The first rows of a table, some at a time."""
    left = FIRST_ROWS
    gaps: list[Gap] = []
    with open_part(source, gaps.append) as stream:
        for piece in reader.read(stream, encoding):
            if not isinstance(piece, RawBatch) or piece.table != table.name or not table.fits(piece.columns):
                continue
            number = np.arange(len(piece))
            for begin in range(0, min(len(piece), left), _TOGETHER):
                yield piece.kept((begin <= number) & (number < min(begin + _TOGETHER, left)))
            left -= len(piece)
            if left <= 0:
                return


def _holds(table: SourceTable, rows: RawBatch, engine: Transformer) -> bool:
    (found,) = engine.apply(SourceRows(table, {}, [("", rows)]).raw(), condition_query(table))
    return bool(found.num_rows)
