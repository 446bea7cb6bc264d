"""What the ledger needs of a database; one class per database provides it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeAlias

Value: TypeAlias = "str | int | None"
# An act as it waits for its place: every column of ``act`` but the position.
Waiting: TypeAlias = tuple[str, str, str, str, str, str, str, int, str, str]
Placed: TypeAlias = "tuple[int, Waiting]"


class Transaction(Protocol):
    """One transaction: all of it happens or none."""

    def run(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Value, ...]]:
        """Run one statement with ``?`` for each value and give its rows."""

    def run_many(self, statement: str, rows: Sequence[Sequence[Value]]) -> None:
        """Run one statement once for each row of values."""


Sequencer: TypeAlias = "Callable[[Transaction, Sequence[Waiting]], int]"


class Engine(Protocol):
    """A database that keeps acts. Text and whole numbers only, so that both engines hold the same."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction that alone may write until it ends; durable when the block ends well.

        Raises:
            OperationBusy: Another process held the store for longer than the time-out.
            NothingWritten: The database refused; nothing of the transaction was kept.
        """

    def append(self, batch: Sequence[Waiting], sequence: Sequencer) -> int:
        """Give a batch its place at the end, whole and in order; durable when it returns.

        Args:
            batch: Acts that depend on nothing that stands.
            sequence: Places acts within a transaction and answers with the first position.

        Returns:
            The position of the batch's first act.

        Raises:
            OperationBusy, NothingWritten: As for ``writing``.
        """

    def reading(self) -> AbstractContextManager[Transaction]:
        """A transaction that sees one state of the store."""

    def erasing(self) -> AbstractContextManager[Transaction]:
        """As ``writing``, and what it overwrites is gone from the store's own files when it ends."""

    def copy_to(self, target: Path) -> None:
        """Write everything, as it stands at one moment, into a new SQLite file."""

    def close(self) -> None:
        """Give the connection back."""
