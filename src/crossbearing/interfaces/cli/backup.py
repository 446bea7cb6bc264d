"""Commands on backups: make, check, restore."""

from pathlib import Path

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, next_move, say, shown_path
from crossbearing.presentation.text import number, plural
from crossbearing.workflows.backup import Backup, check_backup, make_backup, restore_backup

backup = App(name="backup", help="Backups: everything but the keys, in one sealed file.")
app.command(backup)


@backup.command
def make(op: Path, to: Path, *, shared: Shared = DEFAULTS) -> None:
    """Write a backup; others may go on working meanwhile.

    Parameters
    ----------
    op
        Operation folder.
    to
        File to write, outside the operation folder.

    """
    made = make_backup(op, shared.context(), to, Watched())
    _print(
        made,
        shared,
        f"{shown_path(to)}: {plural(made.files, 'file')}, {number(made.size_bytes)} bytes, log of {made.entries}",
    )
    if not shared.json:
        say("the keys are not in it: keep a copy of the keys elsewhere")


@backup.command
def check(file: Path, *, shared: Shared = DEFAULTS) -> None:
    """Open a backup and hash every file in it.

    Parameters
    ----------
    file
        The backup.

    """
    found = check_backup(file, Watched())
    _print(found, shared, f"{plural(found.files, 'file')}, {number(found.size_bytes)} bytes, all as listed")


@backup.command
def restore(file: Path, op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Restore a backup into an empty folder.

    Parameters
    ----------
    file
        The backup.
    op
        Folder to restore to; new or empty.

    """
    found = restore_backup(file, op, Watched())
    _print(found, shared, f"{plural(found.files, 'file')} restored to {shown_path(op)}")
    if not shared.json:
        next_move(f"crossbearing log verify {op} --checkpoint FILE; evidence verify; then run")


def _print(found: Backup, shared: Shared, said: str) -> None:
    if shared.json:
        as_json(found)
    else:
        say(said)
