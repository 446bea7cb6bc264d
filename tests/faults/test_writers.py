"""Eight processes write one log and are killed at random, on SQLite and on PostgreSQL: acknowledged is there, once."""

import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from conftest import fixed_context, signed_ledger, verified
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.errors import CrossbearingError
from crossbearing.store.ledger import Engine, PostgresEngine, SqliteEngine
from faults.harness import is_thorough

WRITERS = 8
SECONDS = 60 if is_thorough() else 2


def write(opener: Callable[[], Engine], name: str, acknowledged: str) -> None:
    """Write without end: acts of one's own, and every fifth time one more than stands."""
    ledger = signed_ledger(opener())
    # Appending a line in one call is the acknowledgement; it comes after the record has returned.
    out = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = 0
    while True:
        number += 1
        try:
            if number % 5:
                subject = f"{name}-{number}"
                ledger.record(fixed_context(), Act(kind=ActKind.CONSULTED, subject=subject, payload={}))
            else:
                seen: list[int] = []

                def one_more(entries: list[object], seen: list[int] = seen) -> list[Act]:
                    seen[:] = [len(entries)]
                    return [Act(kind=ActKind.OPERATOR_MINTED, subject=f"count-{len(entries)}", payload={})]

                ledger.decide(fixed_context(), one_more, ActKind.OPERATOR_MINTED)
                subject = f"count-{seen[0]}"
        except CrossbearingError:
            continue  # busy: nothing was acknowledged
        os.write(out, f"{subject}\n".encode())


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_eight_writers_that_are_killed_at_random_lose_and_double_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    if database == "sqlite":
        opener: Callable[[], Engine] = partial(SqliteEngine, tmp_path / "decisions.sqlite")
    else:
        uri, schema = request.getfixturevalue("postgres_uri"), f"test_{uuid4().hex}"
        opener = partial(PostgresEngine, uri, schema=schema)
    opener().close()
    chance, spawn = random.Random(1), multiprocessing.get_context("spawn")
    acknowledged = tmp_path / "acknowledged"

    def started(number: int) -> multiprocessing.process.BaseProcess:
        process = spawn.Process(target=write, args=(opener, f"w{number}", str(acknowledged)), daemon=True)
        process.start()
        return process

    names = iter(range(10_000))
    processes = [started(next(names)) for _ in range(WRITERS)]
    while not acknowledged.exists():
        time.sleep(0.05)
    kills, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.05, 0.3))
        victim = chance.randrange(WRITERS)
        os.kill(processes[victim].pid or 0, signal.SIGKILL)
        processes[victim].join()
        processes[victim] = started(next(names))
        kills += 1
    for process in processes:
        process.kill()
        process.join()
    ledger = signed_ledger(opener())
    entries = ledger.entries()
    found = Counter(entry.subject for entry in entries)
    said = acknowledged.read_text().split()
    assert [subject for subject in said if found[subject] != 1] == [], "acknowledged, and not there exactly once"
    assert max(found.values()) == 1
    assert [entry.position for entry in entries] == list(range(len(entries)))
    counts = [int(entry.subject.split("-")[1]) for entry in entries if entry.kind is ActKind.OPERATOR_MINTED]
    assert counts == list(range(len(counts))), "each decision saw everything before it"
    assert verified(ledger).findings == ()
    ledger.close()
    sys.stdout.write(f"{database}: {kills} kills, {len(said)} acknowledged, {len(entries)} stand\n")
    assert kills
