"""Records: what one exhibit states, as immutable Parquet files, one per exhibit and table."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from crossbearing.domain.exhibit import RecordFile
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.store import durable
from crossbearing.store.arrow import RowGroupWriter, record_schema, sha256_of
from crossbearing.store.session import Session, session


class RecordWriter:
    """Takes the records of one exhibit in source order; they count only once they are registered."""

    def __init__(self, folder: Path, exhibit_id: str) -> None:
        """Write below the operation's ``records`` folder."""
        self._folder = folder
        self._exhibit_id = exhibit_id
        self._incoming = folder / f"{durable.TEMPORARY}{exhibit_id}-{secrets.token_hex(4)}"
        self._writers: dict[str, RowGroupWriter] = {}

    def __enter__(self) -> Self:
        """Make the folder that the files grow in."""
        self._incoming.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop whatever was not kept."""
        shutil.rmtree(self._incoming, ignore_errors=True)

    def add(self, table: str, rows: pa.Table) -> None:
        """Append rows to one record table; columns that are not given are null."""
        if rows.num_rows == 0:
            return
        schema = record_schema(RECORD_TABLES[table])
        if table not in self._writers:
            self._writers[table] = RowGroupWriter(self._incoming / f"{table}.parquet", schema)
        columns = [
            rows.column(field.name) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
            for field in schema
        ]
        self._writers[table].add(pa.table(columns, names=schema.names))

    def keep(self) -> tuple[RecordFile, ...]:
        """Put the files in their place; the caller registers them in the same act as the exhibit."""
        target = self._folder / self._exhibit_id
        target.mkdir(exist_ok=True)
        files = []
        for table, writer in sorted(self._writers.items()):
            writer.close()
            path = self._incoming / f"{table}.parquet"
            sha256 = sha256_of(path)
            # Named by content: another process that reads the same exhibit in another way cannot overwrite it.
            name = f"{table}-{sha256[:12]}.parquet"
            durable.sync(path)
            path.replace(target / name)
            record = f"records/{self._exhibit_id}/{name}"
            files.append(RecordFile(table=table, path=record, sha256=sha256, rows=writer.rows))
        durable.sync(target)
        durable.sync(self._folder)
        return tuple(files)


class Transformer:
    """Turns raw rows of a source into record rows by SQL over one batch at a time."""

    def __init__(self, engine: Session) -> None:
        """Use this session, which can read no file."""
        self._engine = engine

    def apply(self, raw: pa.Table, query: str) -> pa.Table:
        """The rows of the query, in which ``raw`` stands for the batch."""
        self._engine.table("raw", raw)
        return self._engine.arrow(query)


@contextmanager
def transformer() -> Iterator[Transformer]:
    """A transformer with a session of its own; one thread, so that rows keep their order."""
    with session(threads=1) as engine:
        yield Transformer(engine)
