"""Acts in one SQLite file: write-ahead log, full sync, one writer at a time.

The build is the one inside ``apsw``, for versions of SQLite up to 3.51.2 can lose commits when two
connections reset the write-ahead log at once (sqlite.org/wal.html).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from crossbearing.domain.errors import BadConfiguration, NothingWritten, OperationBusy, UnreadableSource
from crossbearing.store.ledger.engine import Sequencer, Transaction, Value, Waiting

_FIRST_SAFE_VERSION: Final = (3, 51, 3)
_STATEMENTS: Final = (
    """CREATE TABLE IF NOT EXISTS act (
        position INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL,
        person TEXT NOT NULL, authority TEXT NOT NULL, purpose TEXT NOT NULL, case_ref TEXT NOT NULL,
        version INTEGER NOT NULL, payload TEXT NOT NULL, salt TEXT NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS leaf (
        position INTEGER PRIMARY KEY REFERENCES act (position),
        statement TEXT NOT NULL, hash TEXT NOT NULL) STRICT""",
    "CREATE INDEX IF NOT EXISTS act_by_kind ON act (kind, subject, position)",
    """CREATE TABLE IF NOT EXISTS tree (size INTEGER NOT NULL, frontier TEXT NOT NULL, checkpoint TEXT NOT NULL)
        STRICT""",
    """CREATE TABLE IF NOT EXISTS attestation (
        size INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL, token TEXT NOT NULL)
        STRICT""",
    "DROP TRIGGER IF EXISTS act_no_update",  # format 1 had a stricter one
    # An act may only lose its words, and only after the erasure that says so.
    """CREATE TRIGGER IF NOT EXISTS act_no_update BEFORE UPDATE ON act
        WHEN NOT (
            NEW.position = OLD.position AND NEW.kind = OLD.kind AND NEW.at = OLD.at AND NEW.person = OLD.person
            AND NEW.version = OLD.version AND NEW.subject = '' AND NEW.authority = '' AND NEW.purpose = ''
            AND NEW.case_ref = '' AND NEW.payload = '' AND NEW.salt = ''
            AND EXISTS (
                SELECT 1 FROM act AS erasure
                WHERE erasure.kind IN ('person_erased', 'exhibit_destroyed') AND erasure.position > OLD.position))
        BEGIN SELECT raise(ABORT, 'the log is append-only'); END""",
    "CREATE TRIGGER IF NOT EXISTS act_no_delete BEFORE DELETE ON act "
    "BEGIN SELECT raise(ABORT, 'the log is append-only'); END",
    *(
        f"CREATE TRIGGER IF NOT EXISTS leaf_no_{verb} BEFORE {verb} ON leaf "
        f"BEGIN SELECT raise(ABORT, 'the log is append-only'); END"
        for verb in ("update", "delete")
    ),
)


class SqliteEngine:
    """The decision store of an operation folder on one host."""

    def __init__(self, path: Path, *, timeout_seconds: float = 30) -> None:
        """Open the file, or make it.

        Raises:
            BadConfiguration: The SQLite build has the known defect.
            UnreadableSource: The file is not a decision store.
        """
        version = tuple(int(number) for number in apsw.sqlite_lib_version().split("."))
        if version < _FIRST_SAFE_VERSION:
            raise BadConfiguration(
                f"SQLite {apsw.sqlite_lib_version()} can lose commits",
                where="the apsw package",
                remedy="Install apsw 3.53 or newer.",
            )
        self._path = path
        self._timeout_seconds = timeout_seconds
        try:
            self._connection = apsw.Connection(str(path))
            self._connection.set_busy_timeout(int(timeout_seconds * 1000))
            self._connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            self._connection.pragma("journal_mode", "wal")
            self._connection.pragma("synchronous", "full")
            self._connection.pragma("foreign_keys", value=True)
            self._connection.pragma("secure_delete", value=True)
            if not list(self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'tree'")):
                with self.writing() as transaction:
                    for statement in _STATEMENTS:
                        transaction.run(statement)
        except apsw.BusyError as busy:
            raise self._busy() from busy
        except (apsw.NotADBError, apsw.CantOpenError, apsw.CorruptError) as damaged:
            raise UnreadableSource(
                "The decision store cannot be read",
                where=str(path),
                remedy="Restore it from a backup; nothing was changed.",
            ) from damaged

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """See ``Engine``."""
        with self._within("BEGIN IMMEDIATE") as transaction:
            yield transaction

    def append(self, batch: Sequence[Waiting], sequence: Sequencer) -> int:
        """See ``Engine``."""
        with self.writing() as transaction:
            return sequence(transaction, batch)

    @contextmanager
    def erasing(self) -> Iterator[Transaction]:
        """See ``Engine``: overwritten pages are zeroed, and the write-ahead log is emptied."""
        with self.writing() as transaction:
            yield transaction
        # Another process may hold a reader; then the next erasure or the last to close empties it.
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """See ``Engine``."""
        with self._within("BEGIN") as transaction:
            yield transaction

    def copy_to(self, target: Path) -> None:
        """See ``Engine``."""
        try:
            self._connection.execute("VACUUM INTO ?", (str(target),))
        except (apsw.FullError, apsw.IOError, apsw.SQLError) as refused:
            raise self._refused(refused) from refused

    def close(self) -> None:
        """See ``Engine``; a disk that fails now loses nothing, for every act is in the write-ahead log."""
        try:
            self._connection.close()
        except (apsw.FullError, apsw.IOError):
            self._connection.close(True)

    @contextmanager
    def _within(self, begin: str) -> Iterator[Transaction]:
        try:
            self._connection.execute(begin)
            try:
                yield _SqliteTransaction(self._connection)
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        except apsw.BusyError as busy:
            raise self._busy() from busy
        except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.ConstraintError) as refused:
            raise self._refused(refused) from refused

    def _refused(self, refused: Exception) -> NothingWritten:
        return NothingWritten(
            f"The decision store refused the act: {refused}",
            where=str(self._path),
            remedy="Check free space and rights on the operation folder, then repeat the command.",
        )

    def _busy(self) -> OperationBusy:
        return OperationBusy(
            f"Another process has held the decision store for {self._timeout_seconds:g} s",
            where=str(self._path),
            remedy="Wait for it to end and repeat the command; nothing was changed.",
        )


class _SqliteTransaction:
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Value, ...]]:
        return list(self._connection.execute(statement, tuple(values)))

    def run_many(self, statement: str, rows: Sequence[Sequence[Value]]) -> None:
        self._connection.executemany(statement, [tuple(row) for row in rows])
