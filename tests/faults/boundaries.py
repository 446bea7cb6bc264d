"""SIGKILL just before and just after every call that changes the disk: one trial per call and side."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from conftest import fixed_context
from crossbearing.domain.act import ActKind
from crossbearing.domain.errors import NotFound
from crossbearing.domain.progress import Silent
from crossbearing.store.operation import open_operation
from crossbearing.workflows.erase import erase_person
from faults import hooks
from faults.harness import KILLED, Child, Say, as_wrong, in_child
from faults.scenario import (
    ERASED,
    ERASED_ID,
    Act,
    Bench,
    differences,
    do_all,
    make_empty,
    picture,
    spoil_leftovers,
    standing,
)

_FORGIVEN = 10  # wrong trials after which no more are made


def main(folder: Path, *, part: str, every: int) -> dict[str, Any]:
    """Kill at the calls of one part of the work.

    Args:
        folder: Empty.
        part: "add", "run", "judge", "erase", or "everything".
        every: Take every n-th call only; 1 for all.
    """
    bench = Bench(folder)
    before, acts = _parts(bench)[part]
    in_child(partial(_prepared, bench.ready, before))
    calls: Counter[str] = Counter()
    boundaries = _count(bench, acts, calls)
    expected = in_child(partial(_end, bench.copied("undisturbed"), acts))
    found: dict[str, Any] = {"part": part, "boundaries": boundaries, "kills": 0, "undecided": 0, "wrong": []}
    for number in range(0, boundaries, every):
        if len(found["wrong"]) >= _FORGIVEN:
            break
        trial = bench.copied(f"trial-{number}")
        _one(trial, bench, acts, number, expected, found)
        if not found["wrong"]:
            shutil.rmtree(trial)
    return {**found, "calls": dict(calls)}


def _parts(bench: Bench) -> dict[str, tuple[list[Act], list[Act]]]:
    """What is there already, and what is done, by the name of the part."""
    everything, small = bench.everything(), bench.small()
    erase = [Act("erase", _erase)]
    return {
        "everything": ([], everything),
        "add": ([], everything[:1]),
        "run": ([*everything, *small[:1]], small[1:2]),
        "judge": ([*everything, *small[:2]], small[2:]),
        "erase": ([*everything[:2], everything[4]], erase),
    }


def _prepared(trial: Path, acts: Sequence[Act]) -> None:
    make_empty(trial)
    do_all(trial, acts)


def _count(bench: Bench, acts: Sequence[Act], calls: Counter[str]) -> int:
    """How many boundaries there are: two per call."""
    counted = Child(partial(_counting, bench.copied("counted"), acts))
    if counted.wait():
        raise RuntimeError(counted.failure)
    calls.update(counted.result)
    return 2 * sum(calls.values())


def _counting(trial: Path, acts: Sequence[Act], say: Say) -> dict[str, int]:
    calls: Counter[str] = Counter()
    hooks.watch(lambda side, name, _: calls.update([name] if side == "after" else []))
    do_all(trial, acts, say)
    return dict(calls)


def _dying(trial: Path, acts: Sequence[Act], at: int, say: Say) -> None:
    """Do the acts and die at a boundary."""
    passed = 0

    def count(_side: str, _name: str, _arguments: tuple[Any, ...]) -> None:
        nonlocal passed
        if passed == at:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    hooks.watch(count)
    do_all(trial, acts, say)


def _one(
    trial: Path, bench: Bench, acts: Sequence[Act], number: int, expected: dict[str, Any], found: dict[str, Any]
) -> None:
    where = f"{found['part']}, boundary {number}"
    child = Child(partial(_dying, trial, acts, number))
    if child.wait() != KILLED:
        # Two threads write a sealed file, so one run may have a call fewer than the one that was counted.
        if child.failure:
            found["wrong"].append(f"{where}: {child.failure}")
        found["undecided"] += 1
        return
    found["kills"] += 1
    spoil_leftovers(trial)
    with as_wrong(found["wrong"], where):
        check: Callable[[], list[str]] = partial(standing, trial, child.said, bench.exhibit_of)
        found["wrong"] += [f"{where}: {one}" for one in in_child(check)]
        if acts[0].name == "erase":
            found["wrong"] += [f"{where}: {one}" for one in in_child(partial(_half_erased, trial))]
        found["wrong"] += [
            f"{where}, repeated: {one}" for one in differences(in_child(partial(_end, trial, acts)), expected)
        ]


def _end(trial: Path, acts: Sequence[Act]) -> dict[str, Any]:
    do_all(trial, acts)
    found = picture(trial)
    if acts[0].name == "erase":
        do_all(trial, [Act("run", lambda _: None)])
        found = {**found, "plain": sorted(found["plain"]), "remains": remains(trial)}
    return found


def _erase(folder: Path) -> None:
    """Erase one buyer; if it was done already, carrying it out to its end is what is left."""
    try:
        erase_person(folder, fixed_context(), Silent(), market="Kestrel", account=ERASED, reason="order 1")
    except NotFound:
        if not _receipts(folder):
            raise


def _receipts(folder: Path) -> list[str]:
    with open_operation(folder, fixed_context()) as operation:
        return [str(entry.payload["receipt"]) for entry in operation.ledger.entries(ActKind.PERSON_ERASED)]


def _half_erased(trial: Path) -> list[str]:
    """What must not be after a kill in an erasure: no receipt and rows gone, or a receipt and a row that counts."""
    found = picture(trial)
    rows = [name for name, rows in found["sealed"].items() if ERASED_ID in rows]
    receipts = _receipts(trial / "operation")
    if len(receipts) > 1:
        return [f"there are {len(receipts)} receipts"]
    if receipts and rows:
        return [f"there is a receipt, and rows stand in {rows}"]
    if not receipts and len(rows) != 2:
        return ["there is no receipt, and rows are gone"]
    return []


def remains(trial: Path) -> list[str]:
    """Files of an operation, and keys, in which an erased person still is, or could be opened."""
    import pyrage
    from pyarrow import parquet

    names = (ERASED.encode(), b"'b-1'", b'"b-1"')
    keys = [
        pyrage.x25519.Identity.from_str(path.read_text().strip())
        for path in (trial / "keys").rglob("*.key")
        if path.stem not in {"log", "originals"}
    ]
    found = []
    for path in sorted(p for p in (trial / "operation").rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.suffix == ".age" and path.parent.parent.name != "originals":
            with_keys = []
            for key in keys:
                try:
                    with_keys.append(pyrage.decrypt(content, [key]))
                except pyrage.DecryptError:
                    continue
            content = with_keys[0] if with_keys else b""
        if ".parquet" in path.suffixes and content:
            import pyarrow as pa

            content = str(parquet.read_table(pa.BufferReader(content)).to_pylist()).encode()
        if any(name in content for name in names):
            found.append(path.name)
    return found
