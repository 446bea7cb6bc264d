"""Say what a file is, which reader and profile would take it, and show its first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.domain.errors import UnreadableSource
from crossbearing.domain.exhibit import Gap
from crossbearing.intake.inventory import inventory, looks_like
from crossbearing.intake.part_reader import Recognised, Unrecognised, recognise
from crossbearing.intake.profile import all_profiles
from crossbearing.intake.profile_words import profile_words
from crossbearing.intake.reader import RawBatch
from crossbearing.intake.readers import all_readers
from crossbearing.intake.sources import Openable, Source, damaged, open_part
from crossbearing.presentation.text import seized
from crossbearing.store.records import Transformer, transformer

_SHOWN_ROWS: Final = 3
_SHOWN_CELL: Final = 40


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that can be read: a reader, or a profile over one."""

    name: str
    version: str
    title: str
    reader: str


@dataclass(frozen=True, slots=True)
class Content:
    """One file of an archive, and what would become of it.

    Attributes:
        looks_like: What it is by its first bytes; empty if nobody knows.
        reader: Name of the reader that takes it, or empty.
        profile: Name of the profile that fits, or empty.
        problem: Why it is not read, or what of it is broken; empty if there is nothing to say.
    """

    part: str
    size_bytes: int
    looks_like: str
    reader: str
    profile: str
    problem: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a file turned out to be.

    Attributes:
        looks_like: What it is by its first bytes; empty if nobody knows.
        reader: Name of the reader that takes it; of an archive, that of the file named by ``part``.
        profile: Name of the profile that fits, or empty.
        part: What tables and rows are of: the file, or the first within the archive that has a profile or a reader.
        tables: Source tables with their columns.
        first_rows: The first rows of the first table that has any, made visible.
        problem: What of it is broken, or gave nothing.
        members: The files of an archive.
    """

    looks_like: str
    reader: str
    profile: str
    part: str
    tables: Mapping[str, Sequence[str]]
    first_table: str
    first_rows: Sequence[Sequence[str]]
    problem: str = ""
    members: Sequence[Content] = ()


def list_readers() -> list[Kind]:
    """Readers, then the profiles that come with the package."""
    readers = [Kind(r.name, r.version, r.format_reference, r.name) for r in all_readers()]
    return readers + [Kind(p.name, p.version, p.title, ", ".join(p.readers)) for p in all_profiles()]


def try_reader(path: Path) -> Trial:
    """What would happen to the file; nothing is added anywhere.

    Raises:
        UnreadableSource: It is empty, cannot be opened, holds nothing whole, or is beyond the limits of unpacking.
        WrongKind: No reader takes it, and it is no archive; says what it looks like.
    """
    try:
        if path.stat().st_size == 0:
            raise UnreadableSource("The file is empty", where=str(path), remedy="Ask for the file again.")
        with transformer(profile_words()) as engine:
            return _tried(Source.of_file(path), str(path), engine)
    except OSError as refused:
        raise UnreadableSource(
            f"The file cannot be read: {refused.strerror}",
            where=str(path),
            remedy="Check the path and your rights on it.",
        ) from refused


def _tried(source: Source, where: str, engine: Transformer) -> Trial:
    trial: Trial | None = None
    found: list[tuple[Content, list[Gap]]] = []
    for item in inventory(source):
        kind = looks_like(item.source)
        hit = None if item.is_archive or item.unread else recognise(item.source, engine)
        reader, profile = _names(hit)
        found.append((Content(item.source.part, item.source.size_bytes, kind, reader, profile, item.unread), item.gaps))
        if isinstance(hit, Recognised) and (trial is None or (profile and not trial.profile)):
            table, rows = _first_rows(item.source, hit, item.gaps)
            trial = Trial(kind, reader, profile, item.source.part, hit.layout, table, rows)
        elif isinstance(hit, Unrecognised) and item.source is source:
            broken = next((gap for gap in item.gaps if gap.is_damage), None)
            raise damaged(where, broken) if broken else hit.refusal(where)
    whole, *members = [replace(one, problem=one.problem or _in_words(gaps)) for one, gaps in found]
    trial = trial or Trial("", "", "", source.part, {}, "", [])
    return replace(trial, looks_like=whole.looks_like, problem=whole.problem, members=members)


def _names(hit: Recognised | Unrecognised | None) -> tuple[str, str]:
    """Names of reader and profile; empty where there is none."""
    if not isinstance(hit, Recognised):
        return "", ""
    return hit.reader.name, hit.profile.name if hit.profile else ""


def _first_rows(source: Openable, hit: Recognised, gaps: list[Gap]) -> tuple[str, list[list[str]]]:
    """Name of the first table that has rows, and its first rows."""
    encoding = hit.profile.encoding if hit.profile else "utf-8"
    with open_part(source, gaps.append) as stream:
        for piece in hit.reader.read(stream, encoding):
            if isinstance(piece, RawBatch):
                rows = piece.kept(np.arange(len(piece)) < _SHOWN_ROWS).rows()
                return piece.table, [[seized(value, limit=_SHOWN_CELL) for value in row] for row in rows]
    return "", []


def _in_words(gaps: list[Gap]) -> str:
    """What the gaps say, damage first."""
    ordered = sorted(gaps, key=lambda gap: not gap.is_damage)
    if not ordered:
        return ""
    more = f", and {len(ordered) - 1:,} more" if len(ordered) > 1 else ""
    return f"byte {ordered[0].offset:,}: {ordered[0].reason}{more}"
