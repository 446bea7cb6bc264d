"""Commands on the log: show, verify."""

from pathlib import Path

from cyclopts import App

from crossbearing.domain.errors import UnreadableSource
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, say, table
from crossbearing.workflows.show_status import show_log, verify_log

log = App(name="log", help="The log of acts: who did what, when, on what authority.")
app.command(log)


@log.command
def show(op: Path, *, last: int = 30, shared: Shared = DEFAULTS) -> None:
    """Show the newest entries, oldest first.

    Parameters
    ----------
    op
        Operation folder.
    last
        How many.

    """
    found = show_log(op, shared.context(), last=last)
    if shared.json:
        as_json(found)
        return
    table(
        ("position", "at", "person", "act", "on", "authority", "purpose"),
        [
            (
                str(e.position),
                e.at[:19],
                hostile(e.person),
                str(e.kind),
                hostile(e.subject),
                hostile(e.authority) if e.authority else "",
                hostile(e.purpose) if e.purpose else "",
            )
            for e in found
        ],
        right={"position"},
    )


@log.command
def verify(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Recompute every commitment and the root over the whole log.

    Parameters
    ----------
    op
        Operation folder.

    """
    report = verify_log(op, shared.context())
    if shared.json:
        as_json(report)
    else:
        say(f"{report.size} entries, root {report.root}")
    if report.problems:
        raise UnreadableSource(
            f"The log does not hold together: {report.problems[0]}",
            where=str(op),
            remedy="Stop work on this operation, keep the folder as it is, and tell the coordinator.",
        )
    if not shared.json:
        say("every act is the one its leaf commits to")
