"""The decision store keeps its promises on SQLite and on PostgreSQL: one suite, run on both."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import apsw
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import fixed_context, signed_ledger, verified
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.errors import NothingWritten, OperationBusy
from crossbearing.domain.judgement import Answer, PairKind, Verdict
from crossbearing.store.ledger import Engine, Ledger, PostgresEngine, SqliteEngine
from crossbearing.store.snapshot import snapshot

Opener = Callable[[], Engine]


@pytest.fixture
def opener(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Opener:
    """Opens one and the same store each time it is called."""
    if engine_name == "sqlite":
        return lambda: SqliteEngine(tmp_path / "decisions.sqlite", timeout_seconds=0.3)
    uri = request.getfixturevalue("postgres_uri")
    schema = f"test_{uuid4().hex}"
    return lambda: PostgresEngine(uri, schema=schema, timeout_seconds=0.3)


@pytest.fixture
def ledger(opener: Opener) -> Iterator[Ledger]:
    found = signed_ledger(opener())
    yield found
    found.close()


def act(subject: str, **payload: object) -> Act:
    return Act(kind=ActKind.CONSULTED, subject=subject, payload=payload)


def test_entries_come_back_as_they_were_recorded(ledger: Ledger) -> None:
    recorded = ledger.record(fixed_context(), act("one", text="a'b\\c\n€\u202e", number=2**60, flag=True), act("two"))
    assert ledger.entries() == recorded
    assert [entry.position for entry in recorded] == [0, 1]
    assert recorded[0].at == "2026-11-23T12:00:00.000000Z"


def test_acts_of_one_call_are_recorded_all_or_none(ledger: Ledger) -> None:
    ledger.record(fixed_context(), act("before"))
    with pytest.raises(TypeError):
        ledger.record(fixed_context(), act("good"), act("bad", amount=1.5))
    assert [entry.subject for entry in ledger.entries()] == ["before"]
    assert verified(ledger).findings == ()


def test_what_was_acknowledged_is_there_for_the_next_process(opener: Opener) -> None:
    first = signed_ledger(opener())
    first.record(fixed_context(), act("kept"))
    first.close()
    second = signed_ledger(opener())
    assert [entry.subject for entry in second.entries()] == ["kept"]
    second.close()


def test_a_second_writer_waits_and_then_says_busy(opener: Opener) -> None:
    holder, other = opener(), signed_ledger(opener())
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with holder.writing():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    try:
        with pytest.raises(OperationBusy):
            other.record(fixed_context(), act("late"))
    finally:
        done.set()
        thread.join()
    other.record(fixed_context(), act("now"))
    assert [entry.subject for entry in other.entries()] == ["now"]
    other.close()
    holder.close()


def test_a_decision_sees_what_stands_with_nobody_writing_in_between(opener: Opener) -> None:
    """Writers that each add one more than they see never add the same number."""
    opener().close()

    def work() -> None:
        mine = signed_ledger(opener())
        left = 5
        while left:
            try:
                mine.decide(fixed_context(), lambda seen: [act(str(len(seen)))], ActKind.CONSULTED)
                left -= 1
            except OperationBusy:
                continue
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = signed_ledger(opener())
    assert sorted(int(entry.subject) for entry in final.entries()) == list(range(15))
    assert verified(final).findings == ()
    final.close()


@pytest.mark.parametrize("statement", ["UPDATE act SET person = 'x'", "DELETE FROM act", "DELETE FROM leaf"])
def test_nothing_that_stands_can_be_changed(opener: Opener, statement: str) -> None:
    engine = opener()
    ledger = signed_ledger(engine)
    ledger.record(fixed_context(), act("one"))
    with pytest.raises(NothingWritten), engine.writing() as transaction:
        transaction.run(statement)
    assert len(ledger.entries()) == 1
    engine.close()


def test_a_changed_act_is_found(tmp_path: Path) -> None:
    """Somebody with the file and a tool: triggers dropped, one word changed."""
    path = tmp_path / "decisions.sqlite"
    ledger = signed_ledger(SqliteEngine(path))
    ledger.record(fixed_context(), act("one", reason="first"), act("two"))
    root = verified(ledger).root
    ledger.close()
    raw = apsw.Connection(str(path))
    raw.execute("DROP TRIGGER act_no_update")
    raw.execute("UPDATE act SET payload = replace(payload, 'first', 'other')")
    raw.close()
    ledger = signed_ledger(SqliteEngine(path))
    report = verified(ledger)
    assert report.findings[0].where == "entry 0"
    assert report.root == root
    ledger.close()


def test_a_changed_act_is_found_on_postgresql(postgres_uri: str) -> None:
    schema = f"test_{uuid4().hex}"
    ledger = signed_ledger(PostgresEngine(postgres_uri, schema=schema))
    ledger.record(fixed_context(), act("one", reason="first"))
    with psycopg.connect(postgres_uri) as raw:
        raw.execute(f'SET search_path TO "{schema}"')
        raw.execute("ALTER TABLE act DISABLE TRIGGER ALL")
        raw.execute("UPDATE act SET person = 'somebody else'")
    assert verified(ledger).findings[0].where == "entry 0"
    ledger.close()


@given(subjects=st.lists(st.sampled_from("abc"), min_size=1, max_size=8), cut=st.integers(0, 8))
def test_a_snapshot_is_what_stood_at_its_position(tmp_path_factory, subjects: list[str], cut: int) -> None:
    """The newest judgement per pair up to the position, whatever came later."""
    ledger = signed_ledger(SqliteEngine(tmp_path_factory.mktemp("ledger") / "decisions.sqlite"))
    for number, subject in enumerate(subjects):
        said = Answer(
            kind=PairKind.ACCOUNT, left=subject, right="z", person="", verdict=Verdict.SAME, reason=str(number)
        )
        ledger.record(fixed_context(), Act(kind=ActKind.PAIR_JUDGED, subject=subject, payload=said.payload))
    until = min(cut, len(subjects) - 1)
    found = snapshot(ledger, "account_judgement", until=until)
    expected: dict[str, str] = {subject: str(number) for number, subject in enumerate(subjects[: until + 1])}
    assert {r["left_id"]: r["judgement_reason"] for r in found.rows.to_pylist()} == expected
    assert found.position == until
    again = snapshot(ledger, "account_judgement", until=until)
    assert again.sha256 == found.sha256
    ledger.close()


def _record_and_die(path: str, ready: object) -> None:
    import os
    import signal

    ledger = signed_ledger(SqliteEngine(Path(path)))
    for number in range(1000):
        ledger.record(fixed_context(), act(str(number)))
        ready.value = number + 1
        if number == 20:
            os.kill(os.getpid(), signal.SIGKILL)


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    """The small version; the long one is a make target of a later issue."""
    path = tmp_path / "decisions.sqlite"
    spawn = multiprocessing.get_context("spawn")
    acknowledged = spawn.Value("i", 0)
    process = spawn.Process(target=_record_and_die, args=(str(path), acknowledged))
    process.start()
    process.join(60)
    ledger = signed_ledger(SqliteEngine(path))
    found: list[Entry] = ledger.entries()
    assert len(found) >= acknowledged.value == 21
    assert verified(ledger).findings == ()
    ledger.close()
