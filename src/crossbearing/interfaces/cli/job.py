"""Commands on jobs: list, stop."""

from pathlib import Path

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, say, table
from crossbearing.workflows.watch_jobs import list_jobs, stop_job

job = App(name="job", help="Jobs: long work, how far it is, and stopping it.")
app.command(job)


@job.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the jobs that run, and those that did not come to their end.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_jobs(op, shared.context())
    if shared.json:
        as_json(found)
        return
    rows = [
        (
            one.job_id,
            one.work,
            hostile(one.person),
            one.started_at[:19],
            one.state,
            f"{hostile(one.stage)} {_share(one.done, one.total)}",
        )
        for one in found
    ]
    table(("job", "work", "person", "started", "state", "stage"), rows)


@job.command
def stop(op: Path, job: str, *, shared: Shared = DEFAULTS) -> None:
    """Ask a job to stop where nothing is half done; repeating its command goes on.

    Parameters
    ----------
    op
        Operation folder.
    job
        Its id.

    """
    stop_job(op, shared.context(), job)
    if shared.json:
        as_json({"job_id": job})
    else:
        say("asked; it stops at the next moment where nothing is half done")


def _share(done: int, total: int) -> str:
    return f"{100 * done // total} %" if total else ""
