"""Commands on readers: list, try."""

from pathlib import Path

from cyclopts import App

from crossbearing.domain.errors import WrongKind
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, say, table
from crossbearing.workflows.try_readers import list_readers, try_reader

readers = App(name="readers", help="What kinds of file can be read.")
app.command(readers)


@readers.command(name="list")
def list_(*, shared: Shared = DEFAULTS) -> None:
    """List readers and the profiles that come with the package."""
    found = list_readers()
    if shared.json:
        as_json(found)
        return
    table(("name", "version", "reads", "through"), [(k.name, k.version, k.title, k.reader) for k in found])


@readers.command(name="try")
def try_(path: Path, *, shared: Shared = DEFAULTS) -> None:
    """Say what a file is and show its first rows; nothing is added anywhere.

    Parameters
    ----------
    path
        A file.

    """
    trial = try_reader(path)
    if trial is None:
        raise WrongKind(
            "No reader takes a file of this kind",
            where=str(path),
            remedy="`crossbearing readers list` names the kinds that can be read.",
        )
    if shared.json:
        as_json(trial)
        return
    say(f"reader {trial.reader}; profile {trial.profile or 'none fits: its tables are not known'}")
    for name, columns in trial.tables.items():
        say(f"table {hostile(name)}: {hostile(', '.join(columns), 300)}")
    for row in trial.first_rows:
        say("  " + hostile(" | ".join(row), 400))
