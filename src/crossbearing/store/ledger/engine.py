"""What the ledger needs of a database; one class per database provides it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

Value: TypeAlias = "str | int | None"


class Transaction(Protocol):
    """One transaction: all of it happens or none."""

    def run(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Value, ...]]:
        """Run one statement with ``?`` for each value and give its rows."""


class Engine(Protocol):
    """A database that keeps acts. Text and whole numbers only, so that both engines hold the same."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction that alone may write until it ends; durable when the block ends well.

        Raises:
            OperationBusy: Another process held the store for longer than the time-out.
            NothingWritten: The database refused; nothing of the transaction was kept.
        """

    def reading(self) -> AbstractContextManager[Transaction]:
        """A transaction that sees one state of the store."""

    def close(self) -> None:
        """Give the connection back."""
