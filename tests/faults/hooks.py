"""Every call by which our code changes the disk, seen from within the process: counted, or told to somebody."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from crossbearing.store import arrow

# Called with "before" or "after", the name of the call, and its arguments.
Watcher = Callable[[str, str, tuple[Any, ...]], None]
_CALLS = ("fsync", "replace", "rename", "link", "unlink", "remove", "mkdir", "rmdir", "chmod", "truncate")


def watch(watcher: Watcher) -> None:
    """Tell the watcher before and after each call, in this process from now on."""
    for name in _CALLS:
        setattr(os, name, _watched(watcher, name, getattr(os, name)))
    os_open, io_open = os.open, io.open

    def opened(path: Any, flags: int, *further: Any, **named: Any) -> int:
        if not flags & os.O_CREAT:
            return os_open(path, flags, *further, **named)
        return _told(watcher, "create", lambda: os_open(path, flags, *further, **named), (path,))

    def file_opened(path: Any, mode: str = "r", *further: Any, **named: Any) -> Any:
        if not isinstance(path, str | Path) or not set(mode) & set("wxa+"):
            return io_open(path, mode, *further, **named)
        raw = _told(watcher, "create", lambda: io.FileIO(path, mode.replace("b", "").replace("t", "")), (path,))
        if "+" in mode:
            raw.close()
            return io_open(path, mode, *further, **named)
        buffer = _Buffer(raw, watcher)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding="utf-8", write_through=True)

    os.open = opened
    io.open = file_opened
    apsw.Connection = _connection(watcher)
    for name in ("_flush", "close"):  # the library writes Parquet files past Python
        setattr(arrow.RowGroupWriter, name, _watched(watcher, f"parquet{name}", getattr(arrow.RowGroupWriter, name)))


def _told(watcher: Watcher, name: str, call: Callable[[], Any], arguments: tuple[Any, ...]) -> Any:
    watcher("before", name, arguments)
    result = call()
    watcher("after", name, arguments)
    return result


def _watched(watcher: Watcher, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def watched(*arguments: Any, **named: Any) -> Any:
        return _told(watcher, name, lambda: call(*arguments, **named), arguments)

    return watched


class _Buffer(io.BufferedWriter):
    """A file whose writes are seen, whoever writes."""

    def __init__(self, raw: io.FileIO, watcher: Watcher) -> None:
        super().__init__(raw)
        self._watcher = watcher

    def write(self, data: Any, /) -> int:
        return int(_told(self._watcher, "write", lambda: super(_Buffer, self).write(data), (self.name,)))


def _connection(watcher: Watcher) -> type[apsw.Connection]:
    class Watched(apsw.Connection):
        """A connection to SQLite whose transactions are seen."""

        def execute(self, statements: str, *further: Any, **named: Any) -> Any:
            verb = statements.split(maxsplit=1)[0]
            if verb not in {"COMMIT", "BEGIN"}:
                return super().execute(statements, *further, **named)
            call = super().execute
            return _told(watcher, verb, lambda: call(statements, *further, **named), (self.filename,))

        def wal_checkpoint(self, *further: Any, **named: Any) -> Any:
            call = super().wal_checkpoint
            return _told(watcher, "checkpoint", lambda: call(*further, **named), (self.filename,))

        def close(self, *further: Any) -> None:
            name, call = self.filename, super().close
            _told(watcher, "close", lambda: call(*further), (name,))

    return Watched
