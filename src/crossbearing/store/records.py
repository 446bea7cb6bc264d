"""Records: what one exhibit states, as immutable Parquet files, one per exhibit and table.

A table with a class of protection is written sealed, under the newest key of its class.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, ParamSpec, Self, TypeVar

import pyarrow as pa
import pyrage
from pyarrow import parquet

from crossbearing.domain.exhibit import RecordFile
from crossbearing.domain.tables import PRIVILEGED, RECORD_TABLES
from crossbearing.store import durable, sealing
from crossbearing.store.arrow import RowGroupWriter, record_schema, sha256_of
from crossbearing.store.keyring import Keyring
from crossbearing.store.session import Session, Word, session, usable_threads

RECORDS, PROTECTED = "records", "protected"
_Given = ParamSpec("_Given")
_Gives = TypeVar("_Gives")


@dataclass(frozen=True, slots=True)
class Vault:
    """Where record files lie, and with which keys the protected ones are sealed now.

    Attributes:
        folder: The operation folder.
        generations: Number of the newest key of each class.
    """

    folder: Path
    keyring: Keyring
    generations: Mapping[str, int]

    def key_name(self, protection: str) -> str:
        """Name of the key that seals a class now."""
        return f"{protection}-{self.generations[protection]}"

    def recipient(self, protection: str) -> pyrage.x25519.Recipient:
        """What seals a class now; a class that this version added gets its first key when it is first sealed.

        Raises:
            BadConfiguration: The key is lost: something was sealed under it.
        """
        name = self.key_name(protection)
        if not (self.folder / PROTECTED / name).exists():
            self.keyring.make(name)
        return self.keyring.recipient(name)

    def read(self, file: RecordFile) -> pa.Table:
        """All rows of a protected file; whoever calls has logged it.

        Memory: the whole file, unsealed, as Arrow.
        """
        with sealing.opened(self.folder / file.path, self.keyring.identity(file.key_name)) as stream:
            return parquet.read_table(pa.BufferReader(stream.read()))


class RecordWriter:
    """Takes the records of one exhibit in source order; they count only once they are registered."""

    def __init__(self, vault: Vault, exhibit_id: str) -> None:
        """Write into the operation that the vault belongs to."""
        self._vault = vault
        self._exhibit_id = exhibit_id
        self._incoming = vault.folder / RECORDS / f"{durable.TEMPORARY}{exhibit_id}-{secrets.token_hex(4)}"
        self._writers: dict[tuple[str, str], RowGroupWriter] = {}
        self._beside = ThreadPoolExecutor(1) if usable_threads() > 1 else None

    def __enter__(self) -> Self:
        """Make the folder that the files grow in."""
        self._incoming.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop whatever was not kept."""
        for writer in self._writers.values():
            with suppress(Exception):
                writer.close()
        if self._beside:
            self._beside.shutdown()
        shutil.rmtree(self._incoming, ignore_errors=True)

    def add(self, table: str, rows: pa.Table, *, set_aside: bool = False) -> None:
        """Append rows to one record table; columns that are not given are null.

        Args:
            table: Name of the record table.
            rows: Its rows.
            set_aside: They may be privileged: they go to a sealed file of their own that no table shows.
        """
        if rows.num_rows == 0:
            return
        schema = record_schema(RECORD_TABLES[table])
        protection = PRIVILEGED if set_aside else RECORD_TABLES[table].protection
        key = (table, protection)
        if key not in self._writers:
            self._writers[key] = RowGroupWriter(self._opened(*key), schema, self._beside)
        columns = [
            rows.column(field.name) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
            for field in schema
        ]
        self._writers[key].add(pa.table(columns, names=schema.names))

    def keep(self) -> tuple[RecordFile, ...]:
        """Put the files in their place; the caller registers them in the same act as the exhibit."""
        files = []
        for (table, protection), writer in sorted(self._writers.items()):
            writer.close()
            path = self._path(table, protection)
            durable.sync(path)
            sha256 = sha256_of(path)
            # Named by content: another process that reads the same exhibit in another way cannot overwrite it.
            name = f"{table}-{sha256[:12]}.parquet"
            home = f"{RECORDS}/{self._exhibit_id}"
            generation = 0
            if protection:
                home = f"{PROTECTED}/{self._vault.key_name(protection)}/{self._exhibit_id}"
                name += sealing.SUFFIX
                generation = self._vault.generations[protection]
            target = self._vault.folder / home
            durable.make_folder(target, within=self._vault.folder)
            path.replace(target / name)
            durable.sync(target)
            files.append(
                RecordFile(
                    table=table,
                    path=f"{home}/{name}",
                    sha256=sha256,
                    rows=writer.rows,
                    protection=protection,
                    generation=generation,
                )
            )
        return tuple(files)

    def _opened(self, table: str, protection: str) -> Path | BinaryIO:
        path = self._path(table, protection)
        if not protection:
            return path
        return sealing.sealing(path, self._vault.recipient(protection))

    def _path(self, table: str, protection: str) -> Path:
        return self._incoming / f"{table}.{protection or 'plain'}"


class Transformer:
    """Turns raw rows of a source into record rows by SQL; each session of it serves one thread at a time."""

    def __init__(self, opened: Callable[[], Session]) -> None:
        """Use sessions that this opens; they can read no file."""
        self._opened = opened
        self._free: list[Session] = []
        self._pool: ThreadPoolExecutor | None = None

    def apply(self, raw: pa.Table, *queries: str) -> list[pa.Table]:
        """The rows of each query, in which ``raw`` stands for the given rows, in their order."""
        try:
            engine = self._free.pop()
        except IndexError:
            engine = self._opened()
        engine.table("raw", raw)
        found = [engine.arrow(query) for query in queries]
        engine.forget()  # or the rows would stay in memory as long as the session
        self._free.append(engine)
        return found

    def submit(self, work: Callable[_Given, _Gives], *given: _Given.args, **named: _Given.kwargs) -> Future[_Gives]:
        """Do work that uses this transformer beside the caller, on as many threads as may be used."""
        self._pool = self._pool or ThreadPoolExecutor(usable_threads())
        return self._pool.submit(work, *given, **named)

    def stop(self) -> None:
        """Wait for what is at work, and begin nothing more: a session must not close while it is used."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


@contextmanager
def transformer(words: Sequence[Word] = ()) -> Iterator[Transformer]:
    """A transformer; its sessions have one thread, so that rows keep their order.

    Args:
        words: Functions that the profiles' expressions may use beside the macros.
    """
    with ExitStack() as stack:

        def opened() -> Session:
            engine = stack.enter_context(session(threads=1))
            for word in words:
                engine.learn(word)
            return engine

        made = Transformer(opened)
        try:
            yield made
        finally:
            made.stop()
