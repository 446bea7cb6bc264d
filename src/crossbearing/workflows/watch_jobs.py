"""Look at jobs, and ask one to stop."""

from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.store.jobs import JobState, ask_to_stop, jobs
from crossbearing.store.operation import open_operation


def list_jobs(folder: Path, context: Context) -> list[JobState]:
    """Jobs that run in an operation, and those that did not come to their end."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return jobs(folder)


def stop_job(folder: Path, context: Context, job_id: str) -> None:
    """Ask a job to stop; repeating its command goes on where it left off.

    Raises:
        NotFound: No such job runs.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "operation", operation.name)
        ask_to_stop(folder, job_id)
