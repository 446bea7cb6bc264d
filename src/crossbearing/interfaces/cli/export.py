"""Command that writes the operation for another tool: export."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say
from crossbearing.presentation.text import number, plural
from crossbearing.workflows.export_operation import export_operation


@app.command
def export(
    op: Path,
    *,
    form: Annotated[str, Parameter(name="--format")],
    to: Path,
    of: str = "",
    handling: str = "H1",
    tlp: str = "AMBER",
    shared: Shared = DEFAULTS,
) -> None:
    """Write what may leave for another tool, and beside it every column that the format cannot say. Needs a purpose.

    Parameters
    ----------
    op
        Operation folder.
    form
        ftm, stix, misp, case, graphml, i2, csv or parquet.
    to
        Folder to be made.
    of
        A package id such as NL-001, or a country code such as NL; the whole operation if it is left out.
    handling
        Strictest handling code of an exhibit that may be in it: H0, H1 or H2.
    tlp
        Strictest TLP of an exhibit that may be in it: CLEAR, GREEN, AMBER or AMBER+STRICT.

    """
    made = export_operation(op, shared.context(), form, to, of=of, handling=handling, tlp=tlp)
    if shared.json:
        as_json(made)
        return
    state = "as released" if made.is_released else f"working copy, not released: {made.not_released}"
    say(f"[bold]{made.format}[/bold]: {hostile(made.scope)}; {state}; {made.handling} TLP:{made.tlp}")
    say(f"  {plural(made.files, 'file')}, {number(made.size_bytes)} bytes; in the log as {made.sha256}")
    say(f"  {plural(made.lost, 'column')} not carried or not wholly")
    next_move(f"read {made.path / 'EXPORT.md'} before you rely on it")
