"""Commands on protected tables: list, show."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, say, table
from crossbearing.presentation.text import number
from crossbearing.workflows.show_protected import list_protected, show_protected

protected = App(name="protected", help="Protected tables: sealed, and opened row by row for a named purpose.")
app.command(protected)


@protected.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the protected tables with their counts.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_protected(op, shared.context())
    if shared.json:
        as_json(found)
        return
    rows = [(t.table, t.protection, str(t.generation), str(t.files), number(t.rows)) for t in found]
    table(("table", "class", "key", "files", "rows"), rows, right={"key", "files", "rows"})


@protected.command
def show(
    op: Path,
    name: str,
    *,
    where: Annotated[tuple[str, ...], Parameter(help="COLUMN=VALUE; may be given several times.")] = (),
    shared: Shared = DEFAULTS,
) -> None:
    """Show rows of a protected table; needs --purpose, and is in the log before a row is out.

    Parameters
    ----------
    op
        Operation folder.
    name
        The table.

    """
    found = show_protected(op, shared.context(), name, where=dict(one.partition("=")[::2] for one in where))
    if shared.json:
        as_json(found)
        return
    for row in found:
        for column, value in row.items():
            if value is not None:
                say(f"{column:22} {hostile(str(value), 2000)}")
        say("")
    say(f"{number(len(found))} rows")
