"""What a test process has derived, mapped or asked is kept, and given again where the same would come out.

What is the same, the product's own fingerprint says for a derived table: step, code, engine, and the content of every
input; rows of a source are mapped by queries that see nothing but them; a query is the same over the same bytes. Most
tests derive some thirty tables from evidence that others have too, and ask them some hundred questions, to look at
something that is done with the answers; the engine takes 20 ms for a question however few rows there are. Where the
claim is that making or asking again gives the same, ``made_anew`` lets it be done.
"""

import hashlib
import json
import os
import pickle
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
import pytest

from crossbearing.packages import build
from crossbearing.registry import STEPS
from crossbearing.store import durable, steps
from crossbearing.store import session as store_session
from crossbearing.store.derived import DERIVED, read_pointer
from crossbearing.store.operation import Operation
from crossbearing.store.records import Transformer
from crossbearing.store.session import Session
from crossbearing.store.steps import Inputs, Step, StepReport

_LARGEST = 1 << 20  # bytes of a table that is kept
_MOST_ASKED = 8 << 20  # bytes of the tables that a kept answer was asked of
_NAME = re.compile(r"[a-z_]\w*")
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
        patch.setattr(store_session, "Session", _Asking)
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


class _Asking(Session):
    """A session that gives kept answers, and tells the engine what a name stands for when it has to ask."""

    kept: ClassVar[dict[bytes, pa.Table]] = {}

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._stands_for: dict[str, tuple[Any, ...]] = {}
        self._told: dict[str, tuple[Any, ...]] = {}

    def view(self, name: str, paths: Sequence[Path], where: str = "TRUE") -> None:
        self._stands_for[name] = (name, list(paths), where)
        self._views.add(name)

    def table(self, name: str, rows: pa.Table) -> None:
        self._stands_for[name] = (name, rows)
        self._tables.add(name)

    def forget(self) -> None:
        self._stands_for.clear()
        self._told.clear()
        super().forget()

    def arrow(self, query: str, values: Sequence[Any] = ()) -> pa.Table:
        is_ours = _switch["is_on"] and not any(word in query for word in self._words)
        key = _key(self._stands_for, query, values) if is_ours else None
        if key in self.kept:
            return self.kept[key]
        self._tell()
        rows = super().arrow(query, values)
        if key and rows.nbytes <= _LARGEST:
            self.kept[key] = rows
        return rows

    def batches(self, query: str, values: Sequence[Any] = ()) -> Iterator[pa.Table]:
        self._tell()
        return super().batches(query, values)

    def _tell(self) -> None:
        for name, said in self._stands_for.items():
            if self._told.get(name) is not said:
                self._told[name] = said
                (super().table if isinstance(said[1], pa.Table) else super().view)(*said)


def _key(stands_for: Mapping[str, tuple[Any, ...]], query: str, values: Sequence[Any]) -> bytes | None:
    """A query with the bytes of all that it can read; None if it reads nothing, too much, or what is not there."""
    content = hashlib.sha256(repr((query, [(type(value), value) for value in values])).encode())
    left = _MOST_ASKED
    read = sorted(set(_NAME.findall(query.lower())) & stands_for.keys())
    for name in read:
        _, what, *where = stands_for[name]
        content.update(repr((name, where, len(what))).encode())
        if isinstance(what, pa.Table):
            left -= what.nbytes
            pieces = [str(what.schema).encode(), *(one.serialize() for one in what.to_batches())] if left > 0 else []
        else:
            try:
                left -= sum(path.stat().st_size for path in what)
                pieces = [path.read_bytes() for path in what] if left > 0 else []
            except OSError:
                return None
        for piece in pieces:
            content.update(hashlib.sha256(piece).digest())
    return content.digest() if read and left > 0 else None


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
