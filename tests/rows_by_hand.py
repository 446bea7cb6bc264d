"""Tables written by hand, for steps that are tested alone."""

import atexit
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any

import pyarrow as pa

from crossbearing.registry import STEPS
from crossbearing.store.session import Session, session
from crossbearing.store.steps import SqlStep

TEXTS = pa.list_(pa.string())


def result(table: str, **inputs: pa.Table) -> list[dict[str, Any]]:
    """Rows of one SQL step over these inputs."""
    return results((table,), **inputs)[table]


def results(names: Sequence[str], **inputs: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """Rows of SQL steps, each over these inputs and the steps before it."""
    return {name: made.to_pylist() for name, made in tables(names, **inputs).items()}


def tables(names: Sequence[str], **inputs: pa.Table) -> dict[str, pa.Table]:
    """What SQL steps make, each over these inputs and the steps before it."""
    steps = {step.table: step for step in STEPS}
    found: dict[str, pa.Table] = {}
    engine = _engine()
    try:
        for name, given in inputs.items():
            engine.table(name, given)
        for table in names:
            step = steps[table]
            assert isinstance(step, SqlStep)
            assert step.read & step.inputs <= inputs.keys() | found.keys()
            found[table] = pa.concat_tables(step.produce(engine))
            engine.table(table, found[table])
    finally:
        engine.forget()
    return found


def python_step(table: str, **inputs: pa.Table) -> pa.Table:
    """Rows of one step in Python over these inputs."""
    step = next(step for step in STEPS if step.table == table)
    assert step.inputs <= inputs.keys()
    engine = _engine()
    try:
        for name, given in inputs.items():
            engine.table(name, given)
        return pa.concat_tables(step.produce(engine))
    finally:
        engine.forget()


@cache
def _engine() -> Session:
    """One for all, as in a run: to open one costs more than most steps."""
    opened = ExitStack()
    atexit.register(opened.close)
    return opened.enter_context(session(threads=1))


def rows(types: dict[str, pa.DataType], *values: tuple[Any, ...]) -> pa.Table:
    """A table of these columns."""
    schema = pa.schema(list(types.items()))
    return pa.Table.from_pylist([dict(zip(types, value, strict=True)) for value in values], schema=schema)
