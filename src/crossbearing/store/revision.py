"""New record files in place of old ones: how a row is corrected, set aside, released or erased.

Nothing is changed in a file. A new one is written beside it, and one act says which goes and which comes;
until that act stands, the new file counts for nothing.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.errors import OperationBusy
from crossbearing.domain.exhibit import Exhibit, Place, RecordFile, file_payload
from crossbearing.domain.tables import PRIVILEGED
from crossbearing.store.ledger import Ledger
from crossbearing.store.operation import Operation
from crossbearing.store.records import RecordWriter, Vault
from crossbearing.store.register import EXHIBIT_ACTS, REVISING, folded
from crossbearing.store.session import Session, session
from crossbearing.store.views import unsealed

ROWS = "rows"  # what a file's rows are called in a query


@dataclass(frozen=True, slots=True)
class Revised:
    """Which files of one exhibit go and which come."""

    exhibit_id: str
    removed: tuple[str, ...]
    added: tuple[RecordFile, ...]

    def payload(self) -> Mapping[str, Json]:
        """As it stands in a decision payload."""
        return {
            "exhibit_id": self.exhibit_id,
            "removed": list(self.removed),
            "added": [file_payload(file) for file in self.added],
        }


def record_revision(operation: Operation, looked_at: Exhibit, *acts: Act) -> None:
    """Record acts that put new files in the place of an exhibit's, if those are still the ones that were looked at.

    Args:
        operation: Where.
        looked_at: The exhibit as it stood when the new files were made.
        acts: The revision, and what is recorded with it.

    Raises:
        OperationBusy: Another process has revised the exhibit since; nothing of the acts was kept.
    """

    def unless_revised(seen: list[Entry]) -> Sequence[Act]:
        now = folded(seen)
        stands = {**now.standing, **now.withdrawn}.get(looked_at.exhibit_id)
        if stands is None or stands.files != looked_at.files:
            raise OperationBusy(
                "Another process changed the exhibit meanwhile",
                where=looked_at.exhibit_id,
                remedy="Repeat the command; nothing was changed.",
            )
        return acts

    operation.ledger.decide(operation.context, unless_revised, *EXHIBIT_ACTS)


def rows_taken_out(ledger: Ledger) -> tuple[frozenset[str], dict[str, int]]:
    """Places of rows that do not stand as they were, and by exhibit the position of the newest act that made it so.

    Set aside, corrected or erased; what was set aside and released again stands as it was.
    """
    gone: dict[tuple[Any, ...], bool] = {}
    revised: dict[str, int] = {}
    for entry in ledger.entries(*REVISING):
        said: Any = entry.payload
        is_back = entry.kind is ActKind.ROWS_RELEASED
        for place in said.get("places", ()):
            gone[tuple(place)] = not is_back
            if not is_back:
                revised[str(place[0])] = entry.position
    return frozenset("|".join(map(str, place)) for place, is_gone in gone.items() if is_gone), revised


@dataclass
class Reviser:
    """Writes new files for one exhibit.

    Attributes:
        operation: Where.
        exhibit: Whose files.
        vault: Keys that the new files are sealed with; they may be of a later generation than the old.
        what: What is done, in a word; it stands in the log where protected files are opened.
    """

    operation: Operation
    exhibit: Exhibit
    vault: Vault
    what: str
    _removed: list[str] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Begin; nothing counts until the act that registers the result."""
        self._writer = self._stack.enter_context(RecordWriter(self.vault, self.exhibit.exhibit_id))
        self._engine: Session = self._stack.enter_context(session(folder=self.operation.folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what was not kept."""
        self._stack.close()

    def look(self, file: RecordFile) -> Session:
        """A session in which ``rows`` stands for the rows of a file."""
        if file.protection:
            self._engine.table(ROWS, unsealed(self.operation, file.table, [file], what=self.what))
        else:
            self._engine.view(ROWS, [self.operation.folder / file.path])
        return self._engine

    def places(self, condition: str, values: Sequence[Any]) -> list[Place]:
        """Where the rows stand that a condition names, in the file looked at last."""
        found = self._engine.rows(
            f"SELECT exhibit_id, part, source_table, source_row, byte_offset, byte_length FROM {ROWS} "
            f"WHERE {condition}",
            values,
        )
        return [Place(**row) for row in found]

    def rewrite(
        self, file: RecordFile, query: str, values: Sequence[Any] = (), *, set_aside: bool | None = None
    ) -> None:
        """Put the rows of a query over ``rows`` in the place of the file looked at last.

        Args:
            file: That file.
            query: Has the columns of the table.
            values: For each ``?`` in it.
            set_aside: Whether they go to, or stay in, the privileged file; by default as the old file.
        """
        self._removed.append(file.path)
        aside = file.protection == PRIVILEGED if set_aside is None else set_aside
        for piece in self._engine.batches(query, values):
            self._writer.add(file.table, piece, set_aside=aside)

    def add(self, table: str, rows: pa.Table, *, set_aside: bool = False) -> None:
        """Add rows to the new files."""
        self._writer.add(table, rows, set_aside=set_aside)

    def done(self) -> Revised:
        """Put the new files in their place; the caller registers the result in one act."""
        return Revised(self.exhibit.exhibit_id, tuple(self._removed), self._writer.keep())
