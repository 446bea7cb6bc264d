"""How results, progress and errors look on a terminal, and how they look to a machine."""

import dataclasses
import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from crossbearing.domain.errors import CrossbearingError
from crossbearing.presentation.text import seized

PATIENCE_SECONDS: Final = 1.5  # work that takes longer shows how far it is
_WIDTH: Final = 100
_MOVE: Final = 1000  # characters shown of a next move or a path
_WHOLE: Final = frozenset({"pair", "outcome", "exhibit", "package", "day", "subject", "at", "table", "state"})

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


def as_json(value: Any) -> None:
    """Print a result for machines."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n")


def plain(value: Any) -> Any:  # noqa: PLR0911 - one line per type
    """A result as JSON values: dataclasses as objects, exact numbers and dates as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(plain(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def say(text: str) -> None:
    """Print one line of a result; markup in it is ours, so seized text must be escaped first."""
    out.print(text)


def hostile(text: str | None, limit: int = 60) -> str:
    """Seized text made fit for a terminal."""
    return escape(seized(text, limit=limit))


def shown_path(path: Path) -> str:
    """A path as it is, whatever its name holds."""
    return hostile(str(path), _MOVE)


def table(columns: Iterable[str], rows: Iterable[Sequence[str]], *, right: AbstractSet[str] = frozenset()) -> None:
    """Print a table with rules instead of boxes, numbers on the right; nothing if there is no row."""
    rows = list(rows)
    if not rows:
        return
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        # Ids, days and numbers are copied; they are never broken.
        whole = column in right or column in _WHOLE
        shown.add_column(column, justify="right" if column in right else "left", overflow="fold", no_wrap=whole)
    for row in rows:
        shown.add_row(*row)
    Console(highlight=False, width=None if out.is_terminal else _WIDTH).print(shown)


def next_move(text: str) -> None:
    """The last line: what to do now; printed as it is, so nothing in it is markup or needs to be escaped."""
    out.print(f"[dim]next[/dim]  {escape(seized(text, limit=_MOVE))}")


def show_error(error: CrossbearingError) -> None:
    """Problem, place and next move, in the same three lines everywhere."""
    for name, text, style in (
        ("error", error.problem, "bold red"),
        ("where", error.where, ""),
        ("next ", error.remedy, ""),
    ):
        # Whatever a file put into these words must not steer the terminal.
        shown = escape(seized(text, limit=600))
        err.print(
            f"[bold]{name}[/bold]  [{style}]{shown}[/{style}]" if style else f"[bold]{name}[/bold]  {shown}",
            soft_wrap=True,
        )


class Watched:
    """Progress bars on standard error for work that takes longer than a moment."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """See ``domain.progress.Progress``."""
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=err,
            transient=True,
        )
        task = bar.add_task(escape(seized(name)), total=max(total, 1))
        show = bar.start if err.is_terminal else lambda: err.print(f"{escape(seized(name))} …")
        patience = threading.Timer(PATIENCE_SECONDS, show)
        patience.daemon = True
        patience.start()
        try:
            yield lambda done: bar.advance(task, done)
        finally:
            patience.cancel()
            patience.join()
            if bar.live.is_started:
                bar.stop()
