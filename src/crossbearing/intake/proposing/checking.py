"""Trying the lines of a draft on the rows of the sample: an expression that does not read its values is not mapped."""

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from crossbearing.domain.errors import InvariantBroken
from crossbearing.intake.proposing.drafting import DraftTable, Line
from crossbearing.intake.proposing.facts import Facts
from crossbearing.store.records import Transformer, transformer

_READ: Final = 0.9  # of the values must give something


def check(tables: Iterable[DraftTable]) -> None:
    """Take back, in place, the lines whose expressions give null for many values, or that the engine refuses."""
    lines = [line for table in tables for draft in table.drafts for line in draft.lines if line.reads]
    left = [(line, line.source) for line in lines if line.source is not None and line.source.filled]
    while left:
        try:
            with transformer() as engine:
                while left:
                    _judge(*left[-1], _count(engine, *left[-1]))
                    left.pop()
        except InvariantBroken:  # the session ended with it; the others go on in a new one
            _judge(*left.pop(), 0)


def _count(engine: Transformer, line: Line, source: Facts) -> int:
    """How many values the expression reads."""
    raw = pa.table({source.name: pa.array(source.cells, pa.string())})
    return int(engine.apply(raw, f"SELECT count({line.expression}) FROM raw")[0].column(0)[0].as_py())


def _judge(line: Line, source: Facts, count: int) -> None:
    if count < _READ * source.filled:
        line.is_sure = False
        line.grounds += f"; but only {count:,} of {source.filled:,} values are read"
