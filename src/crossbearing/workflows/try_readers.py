"""Say what a file is, which reader and profile would take it, and show its first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbearing.domain.errors import UnreadableSource
from crossbearing.intake.part_reader import recognise
from crossbearing.intake.profile import all_profiles
from crossbearing.intake.reader import RawBatch
from crossbearing.intake.readers import all_readers
from crossbearing.intake.sources import Source, open_part
from crossbearing.presentation.text import seized

_SHOWN_ROWS = 3
_SHOWN_CELL = 40


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that can be read: a reader, or a profile over one."""

    name: str
    version: str
    title: str
    reader: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a file turned out to be.

    Attributes:
        profile: Name of the profile that fits, or empty.
        tables: Source tables with their columns.
        first_rows: The first rows of the first table that has any, made visible.
    """

    reader: str
    profile: str
    tables: Mapping[str, Sequence[str]]
    first_table: str
    first_rows: Sequence[Sequence[str]]


def list_readers() -> list[Kind]:
    """Readers, then the profiles that come with the package."""
    readers = [Kind(r.name, r.version, r.format_reference, r.name) for r in all_readers()]
    return readers + [Kind(p.name, p.version, p.title, p.reader) for p in all_profiles()]


def try_reader(path: Path) -> Trial | None:
    """What would happen to the file; None if no reader takes it.

    Raises:
        UnreadableSource: It is empty or cannot be opened.
    """
    try:
        if path.stat().st_size == 0:
            raise UnreadableSource("The file is empty", where=str(path), remedy="Ask for the file again.")
        source = Source.of_file(path)
        found = recognise(source)
    except OSError as refused:
        raise UnreadableSource(
            f"The file cannot be read: {refused.strerror}",
            where=str(path),
            remedy="Check the path and your rights on it.",
        ) from refused
    if found is None:
        return None
    encoding = found.profile.encoding if found.profile else "utf-8"
    first: RawBatch | None = None
    with open_part(source) as stream:
        for piece in found.reader.read(stream, encoding):
            if isinstance(piece, RawBatch):
                first = piece
                break
    rows = [] if first is None else first.kept(np.arange(len(first)) < _SHOWN_ROWS).rows()
    return Trial(
        found.reader.name,
        found.profile.name if found.profile else "",
        found.layout,
        first.table if first else "",
        [[seized(value, limit=_SHOWN_CELL) for value in row] for row in rows],
    )
