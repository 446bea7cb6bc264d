"""What a run of the tests has derived, mapped or set is kept, and given again where the same would come out.

What is the same, the product's own fingerprint says for a derived table: step, code, engine, and the content of every
input; rows of a source are mapped by queries that see nothing but them; a page on paper is made of its blocks alone.
Most tests derive some thirty tables from evidence that others have too, to look at something that is done with them.
Where the claim is that making again gives the same, ``made_anew`` lets it be done.
"""

import hashlib
import json
import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from crossbearing.packages import build
from crossbearing.registry import STEPS
from crossbearing.store import durable, steps
from crossbearing.store.derived import DERIVED, read_pointer
from crossbearing.store.operation import Operation
from crossbearing.store.records import Transformer
from crossbearing.store.session import Session
from crossbearing.store.steps import Inputs, Step, StepReport

_LARGEST = 1 << 20  # bytes of a table that is kept
_switch = {"is_on": True}


@contextmanager
def made_anew() -> Iterator[None]:
    """Make everything within this block."""
    before = _switch["is_on"]
    _switch["is_on"] = False
    try:
        yield
    finally:
        _switch["is_on"] = before


@contextmanager
def made_once(shared: Path | None = None) -> Iterator[None]:
    """Make everything once within this block; derived tables once among all processes that share the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "_brought_up_to_date", _derived_once(steps._brought_up_to_date, shared))
        patch.setattr(Transformer, "apply", _mapped_once(Transformer.apply))
        patch.setattr(build, "typeset", _set_once(build.typeset))
        yield


def _derived_once(real: Callable[..., StepReport], shared: Path | None) -> Callable[..., StepReport]:
    kept: dict[str, tuple[Mapping[str, Any], bytes]] = {}  # a pointer and its file, by what it was made from

    def brought(operation: Operation, step: Step, inputs: Inputs, engine: Callable[[], Session]) -> StepReport:
        made_from = inputs.fingerprint(step)
        pointer = read_pointer(operation.folder, step.table)
        is_current = pointer is not None and pointer["made_from"] == made_from
        if not _switch["is_on"] or is_current or step not in STEPS:
            return real(operation, step, inputs, engine)
        if shared and made_from not in kept and (shared / made_from).is_file():
            kept[made_from] = pickle.loads((shared / made_from).read_bytes())  # noqa: S301 - our own process's
        if made_from not in kept:
            report = real(operation, step, inputs, engine)
            pointer = read_pointer(operation.folder, step.table) or {}
            content = (operation.folder / DERIVED / pointer["file"]).read_bytes()
            if len(content) <= _LARGEST:
                kept[made_from] = pointer, content
                if shared:
                    unfinished = shared / f"{made_from}-{os.getpid()}"
                    unfinished.write_bytes(pickle.dumps(kept[made_from]))
                    unfinished.rename(shared / made_from)
            return report
        pointer, content = kept[made_from]
        with durable.replacing(operation.folder / DERIVED / pointer["file"]) as file:
            file.write_bytes(content)
        moved = {**pointer, "log_position": inputs.position}
        durable.write_text(operation.folder / DERIVED / f"{step.table}.json", json.dumps(moved, indent=1) + "\n")
        return StepReport(step.table, "built", pointer["rows"])

    return brought


def _mapped_once(real: Callable[..., list[pa.Table]]) -> Callable[..., list[pa.Table]]:
    kept: dict[tuple[str, ...], list[pa.Table]] = {}

    def apply(self: Transformer, raw: pa.Table, *queries: str) -> list[pa.Table]:
        if not _switch["is_on"] or raw.nbytes > _LARGEST:
            return real(self, raw, *queries)
        content = hashlib.sha256()
        for batch in raw.combine_chunks().to_batches():
            content.update(batch.serialize())
        key = (str(raw.schema), content.hexdigest(), *queries)
        if key not in kept:
            kept[key] = real(self, raw, *queries)
        return kept[key]

    return apply


def _set_once(real: Callable[..., bytes]) -> Callable[..., bytes]:
    kept: dict[bytes, bytes] = {}

    def typeset(*said: Any, **named: Any) -> bytes:
        key = hashlib.sha256(repr((said, sorted(named.items()))).encode()).digest()
        if not _switch["is_on"]:
            return real(*said, **named)
        if key not in kept:
            kept[key] = real(*said, **named)
        return kept[key]

    return typeset
