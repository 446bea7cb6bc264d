"""DuckDB in memory, locked down: no file outside the operation, no network, no extension."""

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from crossbearing.domain.errors import BadConfiguration, CrossbearingError, InvariantBroken
from crossbearing.store.allocator import give_back_large_buffers

ENGINE: Final = f"duckdb {duckdb.__version__}"
_LEAST: Final = 600  # megabytes
_BATCH_ROWS: Final = 65_536
_NAME: Final = re.compile(r"[a-z_]\w*")
_MACRO: Final = re.compile(r"^CREATE OR REPLACE MACRO (\w+).*?;$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """A function of ours that queries of a session may use, on columns of text.

    Attributes:
        arguments: How many columns it takes.
        function: Takes a list of texts per column, null where the column has a null, and gives one answer per row.
        gives_list: The answers are lists of texts, not texts.
    """

    name: str
    arguments: int
    function: Callable[..., Sequence[Any]]
    gives_list: bool = False


class Session:
    """One analytical session; its tables are views over registered files and Arrow data."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Wrap a connection that ``session`` has locked down."""
        self._connection = connection
        self._raised: list[CrossbearingError] = []
        self._views: set[str] = set()
        self._tables: set[str] = set()
        self._words: set[str] = set()
        self._macros: set[str] = set()

    def learn(self, word: Word) -> None:
        """Let queries use a word, if they may not yet. Its columns come as Arrow, some thousand rows at a time."""
        if word.name in self._words:
            return
        self._words.add(word.name)
        kind = pa.list_(pa.string()) if word.gives_list else pa.string()

        def called(*columns: pa.ChunkedArray) -> pa.Array:
            try:
                return pa.array(word.function(*(column.to_pylist() for column in columns)), kind)
            except CrossbearingError as ours:
                self._raised.append(ours)  # the engine keeps only its words
                raise

        # The engine counts the parameters.
        names = [f"column_{number}" for number in range(word.arguments)]
        columns: list[Any] = ["VARCHAR"] * word.arguments
        parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        self._connection.create_function(
            word.name, called, columns, "VARCHAR[]" if word.gives_list else "VARCHAR",
            type=PythonUDFType.ARROW, null_handling=FunctionNullHandling.SPECIAL,
        )  # fmt: skip

    def view(self, name: str, paths: Sequence[Path], where: str = "TRUE") -> None:
        """Let a name stand for the rows of these Parquet files."""
        self._connection.unregister(name)
        self._define(where)
        files = ", ".join(_quoted(str(path)) for path in paths)
        self._connection.execute(
            f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM read_parquet([{files}]) WHERE {where}'
        )
        self._views.add(name)

    def table(self, name: str, rows: pa.Table) -> None:
        """Let a name stand for these Arrow rows."""
        self._connection.unregister(name)
        self._connection.execute(f'DROP VIEW IF EXISTS "{name}"')
        self._connection.register(name, rows)
        self._tables.add(name)

    def holds(self, name: str) -> bool:
        """Whether a name stands for rows."""
        return name in self._tables or name in self._views

    def columns(self, name: str) -> list[str]:
        """Columns of the rows that a name stands for."""
        return self.arrow(f'SELECT * FROM "{name}" LIMIT 0').column_names  # type: ignore[no-any-return]  # untyped

    def forget(self) -> None:
        """Let no name stand for rows any more."""
        for name in self._tables:
            self._connection.unregister(name)
        for name in self._views:
            self._connection.execute(f'DROP VIEW IF EXISTS "{name}"')
        self._tables.clear()
        self._views.clear()

    def arrow(self, query: str, values: Sequence[Any] = ()) -> pa.Table:
        """The rows of a query as an Arrow table.

        Raises:
            CrossbearingError: What a word of ours raised, as it is.
        """
        self._define(query)
        try:
            return self._connection.sql(query, params=list(values)).to_arrow_table()
        except duckdb.Error:
            if self._raised:
                raise self._raised.pop() from None
            raise

    def batches(self, query: str, values: Sequence[Any] = ()) -> Iterator[pa.Table]:
        """The rows of a query in pieces, in order, without holding them all; the first piece is empty."""
        self._define(query)
        reader = self._connection.sql(query, params=list(values)).to_arrow_reader(_BATCH_ROWS)
        yield reader.schema.empty_table()
        for batch in reader:
            yield pa.Table.from_batches([batch])

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries, for small results."""
        return self.arrow(query, values).to_pylist()  # type: ignore[no-any-return]  # pyarrow is untyped

    def one(self, query: str, values: Sequence[Any] = ()) -> dict[str, Any]:
        """The single row of a query."""
        return self.rows(query, values)[0]

    def _define(self, text: str) -> None:
        """Let the session know the macros that this names, and what they name: all of them take as long as to start."""
        for name in _NAME.findall(text.lower()):
            if name in _macros() and name not in self._macros:
                self._macros.add(name)
                body = _macros()[name]
                self._define(body)
                self._connection.execute(body)


@contextmanager
def session(
    *, folder: Path | None = None, threads: int | None = None, is_roomy: bool = False, may_spill: bool = True
) -> Iterator[Session]:
    """Open a session.

    Args:
        folder: Operation folder whose files it may read; without it, no file at all.
        threads: Threads to use; by default ``CROSSBEARING_THREADS``, else the engine's choice.
        is_roomy: It may use a quarter of the machine's memory, unless ``CROSSBEARING_MEMORY`` says how much.
        may_spill: Rows that do not fit in memory may lie in the folder for as long as a query runs, in clear.

    Raises:
        BadConfiguration: A query needs more memory than it may use.
        InvariantBroken: The engine refused a query of ours; says which.
    """
    give_back_large_buffers()
    try:
        connection = duckdb.connect(config=_settings(threads, is_roomy=is_roomy))
    except duckdb.Error as refused:
        raise BadConfiguration(
            f"The engine does not start: {str(refused).splitlines()[0]}",
            where="CROSSBEARING_MEMORY or CROSSBEARING_THREADS",
            remedy="Give an amount such as 600MB and a whole number, or unset them.",
        ) from refused
    try:
        connection.execute("SET preserve_insertion_order = true")
        if folder is not None:
            spill = folder / "derived" / ".spill"
            allowed = [str(folder.resolve()) + "/", str(folder) + "/"]
            connection.execute(f"SET temp_directory = {_quoted(str(spill) if may_spill else '')}")
            connection.execute(f"SET allowed_directories = [{', '.join(map(_quoted, allowed))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield Session(connection)
    except duckdb.OutOfMemoryException as refused:
        raise BadConfiguration(
            "A query needs more memory than the engine may use",
            where="CROSSBEARING_MEMORY",
            remedy="Set it to more, such as 4GB, and repeat the command.",
        ) from refused
    except duckdb.Error as refused:
        raise InvariantBroken(
            f"The engine refused a query: {str(refused).splitlines()[0]}",
            where=ENGINE,
            remedy="Report this with the command you ran; no decision or record was changed.",
        ) from refused
    finally:
        connection.close()


def _settings(threads: int | None, *, is_roomy: bool) -> dict[str, str | bool | int | float | list[str]]:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": os.environ.get("CROSSBEARING_MEMORY", f"{_quarter() if is_roomy else _LEAST}MB"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    wanted = _threads_set() if threads is None else threads
    if wanted is not None:
        settings["threads"] = str(wanted)
    return settings


def _quarter() -> int:
    """A quarter of the machine's memory, megabytes; never less than elsewhere."""
    return max(_LEAST, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4_000_000)


def usable_threads() -> int:
    """How many threads work may be spread over: ``CROSSBEARING_THREADS``, else one for each core we may use.

    Raises:
        BadConfiguration: The variable is no whole number from 1.
    """
    return _threads_set() or len(os.sched_getaffinity(0))


def _threads_set() -> int | None:
    """What ``CROSSBEARING_THREADS`` says; None if it is not set."""
    wanted = os.environ.get("CROSSBEARING_THREADS", "")
    if not wanted:
        return None
    if not wanted.isdigit() or int(wanted) < 1:
        raise BadConfiguration(
            f"Number of threads is {wanted!r}, expected a whole number from 1",
            where="CROSSBEARING_THREADS",
            remedy="Give a whole number, or unset it.",
        )
    return int(wanted)


@cache
def _macros() -> Mapping[str, str]:
    """The statements that make our macros, by name."""
    text = (resources.files("crossbearing.store") / "macros.sql").read_text(encoding="utf-8")
    return {made[1]: made[0] for made in _MACRO.finditer(text)}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
