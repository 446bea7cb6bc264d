"""Acts in PostgreSQL, for an operation that several hosts work on.

Each operation has a schema of its own. The driver is an extra: ``pip install crossbearing[postgres]``.

Many writers share one sync of the disk: each puts its acts into a waiting room that costs no sync, and
whoever gets the lock first places everything that waits, in one transaction. A writer is answered only when
the transaction that placed its acts has been synced.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crossbearing.domain.errors import BadConfiguration, NothingWritten, OperationBusy
from crossbearing.store.ledger.copying import copy_rows
from crossbearing.store.ledger.engine import Sequencer, Transaction, Value, Waiting
from crossbearing.store.ledger.sqlite import SqliteEngine

if TYPE_CHECKING:
    import psycopg

_STATEMENTS: Final = (
    """CREATE TABLE IF NOT EXISTS act (
        position BIGINT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL,
        person TEXT NOT NULL, authority TEXT NOT NULL, purpose TEXT NOT NULL, case_ref TEXT NOT NULL,
        version BIGINT NOT NULL, payload TEXT NOT NULL, salt TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS leaf (
        position BIGINT PRIMARY KEY REFERENCES act (position),
        statement TEXT NOT NULL, hash TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS act_by_kind ON act (kind, subject, position)",
    "CREATE TABLE IF NOT EXISTS tree (size BIGINT NOT NULL, frontier TEXT NOT NULL, checkpoint TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS attestation (
        size BIGINT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL, token TEXT NOT NULL)""",
    # Unlogged: what waits was not acknowledged to anybody; a crash of the server empties it.
    """CREATE UNLOGGED TABLE IF NOT EXISTS waiting (
        batch TEXT PRIMARY KEY, acts TEXT NOT NULL, first_position BIGINT,
        came_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())""",
    """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the log is append-only' USING ERRCODE = '23514'; END $$""",
    # An act may only lose its words, and only after the erasure that says so.
    """CREATE OR REPLACE FUNCTION refuse_other_than_erasure() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF NEW.position = OLD.position AND NEW.kind = OLD.kind AND NEW.at = OLD.at AND NEW.person = OLD.person
                AND NEW.version = OLD.version AND NEW.subject = '' AND NEW.authority = '' AND NEW.purpose = ''
                AND NEW.case_ref = '' AND NEW.payload = '' AND NEW.salt = ''
                AND EXISTS (SELECT 1 FROM act AS erasure
                    WHERE erasure.kind IN ('person_erased', 'exhibit_destroyed') AND erasure.position > OLD.position)
            THEN RETURN NEW; END IF;
            RAISE EXCEPTION 'the log is append-only' USING ERRCODE = '23514';
        END $$""",
    "CREATE OR REPLACE TRIGGER act_append_only BEFORE DELETE OR TRUNCATE ON act "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE OR REPLACE TRIGGER act_only_erased BEFORE UPDATE ON act "
    "FOR EACH ROW EXECUTE FUNCTION refuse_other_than_erasure()",
    "CREATE OR REPLACE TRIGGER leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON leaf "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)

_ROWS_AT_ONCE: Final = 200


class PostgresEngine:
    """The decision store of an operation on a server."""

    def __init__(self, connection_uri: str, *, schema: str, timeout_seconds: float = 30) -> None:
        """Connect, and make the operation's schema if it is new.

        Raises:
            BadConfiguration: The driver is not installed or the server does not answer.
        """
        try:
            import psycopg  # noqa: PLC0415 - an extra, absent in most installations
        except ImportError as absent:
            raise BadConfiguration(
                "The PostgreSQL driver is not installed",
                where="operation.toml, decisions.engine",
                remedy="Install it with `pip install crossbearing[postgres]`.",
            ) from absent
        self._driver = psycopg
        self._timeout_seconds = timeout_seconds
        self._where = f"PostgreSQL schema {schema}"
        try:
            self._connection: psycopg.Connection[Any] = psycopg.connect(connection_uri, autocommit=True)
            self._connection.execute(f"SET lock_timeout TO {int(timeout_seconds * 1000)}")
            self._connection.execute(f'SET search_path TO "{schema}"')
            if self._connection.execute("SELECT to_regclass('tree')").fetchone() == (None,):
                # Two processes may open a new operation at once: only one makes the schema.
                with self._connection.transaction():
                    self._connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (schema,))
                    for statement in (f'CREATE SCHEMA IF NOT EXISTS "{schema}"', *_STATEMENTS):
                        self._connection.execute(statement)
            # Whoever asked so long ago has had its answer, or is gone.
            self._connection.execute(
                "DELETE FROM waiting WHERE first_position IS NOT NULL AND came_at < now() - INTERVAL '1 hour'"
            )
        except psycopg.OperationalError as refused:
            raise BadConfiguration(
                "The PostgreSQL server does not answer",
                where=self._where,
                remedy="Check the connection in the environment variable named in operation.toml.",
            ) from refused

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """See ``Engine``."""
        with self._within("LOCK TABLE act IN EXCLUSIVE MODE") as transaction:
            yield transaction

    def append(self, batch: Sequence[Waiting], sequence: Sequencer) -> int:
        """See ``Engine``; batches of several writers are placed together, each whole."""
        name = uuid.uuid4().hex
        with self._guarded():
            try:
                placed = self._lined_up(name, json.dumps(batch))
                if placed is None:
                    placed = self._place_all(_PostgresTransaction(self._connection), sequence, name)
                self._connection.execute("COMMIT")
            except self._driver.errors.LockNotAvailable:
                self._connection.rollback()
                # Whoever holds the lock may just be placing it: then it stands, and is no failure.
                placed = self._taken_back(name)
                if placed is None:
                    raise
            finally:
                if self._connection.info.transaction_status:
                    self._connection.rollback()
        return placed

    def _taken_back(self, name: str) -> int | None:
        """Take a batch out of the waiting room; its first position, if it was placed before that."""
        gone = self._connection.execute("DELETE FROM waiting WHERE batch = %s AND first_position IS NULL", (name,))
        if gone.rowcount:
            return None
        found = self._connection.execute("SELECT first_position FROM waiting WHERE batch = %s", (name,)).fetchone()
        return None if found is None else int(found[0])

    def _lined_up(self, name: str, acts: str) -> int | None:
        """Put a batch into the waiting room and get the lock; its first position, if somebody placed it meanwhile."""
        # No sync: an unlogged table writes nothing that could be synced.
        self._connection.execute("INSERT INTO waiting (batch, acts) VALUES (%s, %s)", (name, acts))
        # One round to the server; the batch's name is our own hexadecimal text.
        cursor = self._connection.execute(
            f"BEGIN; LOCK TABLE act IN EXCLUSIVE MODE; SELECT first_position FROM waiting WHERE batch = '{name}'"
        )
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        return None if row is None or row[0] is None else int(row[0])

    @contextmanager
    def erasing(self) -> Iterator[Transaction]:
        """See ``Engine``: the table is written anew, so that old rows are gone from its file."""
        with self.writing() as transaction:
            yield transaction
        with self._guarded():
            self._connection.execute("VACUUM FULL act")

    def _place_all(self, transaction: Transaction, sequence: Sequencer, name: str) -> int:
        """Place every batch that waits, in the order they came; gives the first position of one of them."""
        rows = transaction.run(
            "SELECT batch, acts FROM waiting WHERE first_position IS NULL ORDER BY came_at, batch FOR UPDATE"
        )
        batches: list[tuple[str, list[Waiting]]] = [
            (str(batch), [tuple(act) for act in json.loads(str(acts))]) for batch, acts in rows
        ]
        position = sequence(transaction, [act for _, batch in batches for act in batch])
        answers = []
        for batch, acts in batches:
            answers.append((position, batch))
            position += len(acts)
        transaction.run(
            "UPDATE waiting SET first_position = answer.first_position "
            f"FROM (VALUES {', '.join(['(?::bigint, ?)'] * len(answers))}) AS answer (first_position, batch) "
            "WHERE waiting.batch = answer.batch",
            [value for answer in answers for value in answer],
        )
        return next(first for first, batch in answers if batch == name)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """See ``Engine``."""
        with self._within("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY") as transaction:
            yield transaction

    def copy_to(self, target: Path) -> None:
        """See ``Engine``; one repeatable read, table by table."""
        copy = SqliteEngine(target)
        with self.reading() as source, copy.writing() as sink:
            copy_rows(source, sink)
        copy.close()

    def close(self) -> None:
        """See ``Engine``."""
        self._connection.close()

    @contextmanager
    def _within(self, first: str) -> Iterator[Transaction]:
        with self._guarded(), self._connection.transaction():
            self._connection.execute(first)
            yield _PostgresTransaction(self._connection)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except self._driver.errors.LockNotAvailable as busy:
            raise OperationBusy(
                f"Another process has held the decision store for {self._timeout_seconds:g} s",
                where=self._where,
                remedy="Wait for it to end and repeat the command; nothing was changed.",
            ) from busy
        except (self._driver.OperationalError, self._driver.IntegrityError) as refused:
            raise NothingWritten(
                f"The decision store refused the act: {str(refused).splitlines()[0]}",
                where=self._where,
                remedy="Check the server, then repeat the command; nothing was changed.",
            ) from refused


class _PostgresTransaction:
    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

    def run(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Value, ...]]:
        cursor = self._connection.execute(statement.replace("?", "%s"), tuple(values))
        return cursor.fetchall() if cursor.description else []

    def run_many(self, statement: str, rows: Sequence[Sequence[Value]]) -> None:
        if statement.startswith("INSERT") and len(rows) <= _ROWS_AT_ONCE:
            # One statement for all rows costs one round; the driver's own way costs more for few rows.
            head, _, row = statement.partition(" VALUES ")
            values = [value for one in rows for value in one]
            self.run(f"{head} VALUES {', '.join([row] * len(rows))}", values)
        else:
            self._connection.cursor().executemany(statement.replace("?", "%s"), [tuple(row) for row in rows])
