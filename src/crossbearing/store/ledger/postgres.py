"""Acts in PostgreSQL, for an operation that several hosts work on.

Each operation has a schema of its own. The driver is an extra: ``pip install crossbearing[postgres]``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from crossbearing.domain.errors import BadConfiguration, NothingWritten, OperationBusy
from crossbearing.store.ledger.engine import Transaction, Value

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
    """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the log is append-only' USING ERRCODE = '23514'; END $$""",
    *(
        f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("act", "leaf")
    ),
)


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
            if self._connection.execute("SELECT to_regclass('leaf')").fetchone() == (None,):
                # Two processes may open a new operation at once: only one makes the schema.
                with self._connection.transaction():
                    self._connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (schema,))
                    for statement in (f'CREATE SCHEMA IF NOT EXISTS "{schema}"', *_STATEMENTS):
                        self._connection.execute(statement)
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

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """See ``Engine``."""
        with self._within("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY") as transaction:
            yield transaction

    def close(self) -> None:
        """See ``Engine``."""
        self._connection.close()

    @contextmanager
    def _within(self, first: str) -> Iterator[Transaction]:
        try:
            with self._connection.transaction():
                self._connection.execute(first)
                yield _PostgresTransaction(self._connection)
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
