"""A profile proposed for the tables of one file, for a person to correct."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crossbearing.intake.part_reader import Recognised
from crossbearing.intake.proposing.checking import check
from crossbearing.intake.proposing.drafting import Drafting, DraftTable
from crossbearing.intake.proposing.matching import Found, matched
from crossbearing.intake.proposing.names import Names
from crossbearing.intake.proposing.sample import Sample, sampled
from crossbearing.intake.proposing.writing import DATABASES, Head, written
from crossbearing.intake.sources import Openable, open_part

_NAME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ProposedColumn:
    """One record column of a proposal.

    Attributes:
        source: Column of the source; empty for a constant.
        grounds: Why, in words.
        is_mapped: It stands as a mapping; otherwise it is proposed in a comment.
    """

    table: str
    source: str
    record: str
    column: str
    expression: str
    grounds: str
    is_mapped: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What a table was taken for.

    Attributes:
        score: How sure that is, 0 to 100.
    """

    kind: str
    score: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed profile.

    Attributes:
        text: As TOML.
        reader: That takes the file.
        part: The file, or the one within the archive.
        rows: Read in all tables together.
        kinds: What each table was taken for.
        columns: All record columns, whether mapped or proposed in a comment.
        left_out: Tables in which nothing was recognised, with their columns.
        is_usable: At least one table is mapped: the text is a profile that can be tried.
    """

    text: str
    reader: str
    part: str
    rows: int
    kinds: Mapping[str, Taken]
    columns: Sequence[ProposedColumn]
    left_out: Mapping[str, Sequence[str]]
    is_usable: bool


def propose(source: Openable, found: Recognised, day: str) -> Proposal:
    """Propose a profile. The file is read once, whole.

    Args:
        source: The file.
        found: Its reader and layout.
        day: Of the proposal, ISO.
    """
    with open_part(source, lambda _: None) as stream:
        sample = sampled(found.layout, found.reader.read(stream, "utf-8"))
    file = source.part.rpartition("/")[2]
    names = Names.of(sample, file)
    tables = matched(sample, names)
    drafting = Drafting(names, {name: one.kind.name for name, one in tables.items()}, found.reader.name in DATABASES)
    every = {name: drafting.table(one) for name, one in tables.items()}
    drafts = {name: table for name, table in every.items() if table.states_anything}
    check(drafts.values())
    name = _NAME.sub("-", file.lower().partition(".")[0]).strip("-")
    head = Head(f"{name or 'file'}-proposed", file, found.reader.name, day)
    return Proposal(
        text=written(head, sample, drafts, _secrets(sample, names)),
        reader=found.reader.name,
        part=source.part,
        rows=sample.rows,
        kinds={name: Taken(one.kind.name, round(100 * one.score)) for name, one in tables.items() if name in drafts},
        columns=[line for table in drafts.values() for line in _lines(table)],
        left_out={name: list(one.columns) for name, one in sample.tables.items() if name not in drafts},
        is_usable=any(table.is_sure for table in drafts.values()),
    )


def _secrets(sample: Sample, names: Names) -> dict[str, list[str]]:
    """Columns that are never mapped, by table."""
    found = {
        name: [c.name for c in table.columns.values() if c.is_secret or names.is_secret(name, c.name)]
        for name, table in sample.tables.items()
    }
    return {name: columns for name, columns in found.items() if columns}


def _lines(table: DraftTable) -> list[ProposedColumn]:
    found: Found = table.found
    return [
        ProposedColumn(
            found.table.name, line.source.name if line.source else "", draft.record, line.column, line.expression,
            line.grounds, table.is_sure and draft.is_sure and line.is_sure,
        )
        for draft in table.drafts
        for line in draft.lines
    ]  # fmt: skip
