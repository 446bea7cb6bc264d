"""Bring everything derived up to date, and say how the operation stands."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.domain.progress import Progress
from crossbearing.registry import STEPS
from crossbearing.store.jobs import job
from crossbearing.store.operation import open_operation
from crossbearing.store.steps import StepReport, run_steps


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, table by table in the order of the work."""

    steps: tuple[StepReport, ...]

    @property
    def built(self) -> int:
        """How many tables were made anew."""
        return sum(step.state == "built" for step in self.steps)


def bring_up_to_date(folder: Path, context: Context, progress: Progress, *, threads: int | None = None) -> RunReport:
    """Rebuild every derived table whose inputs or step changed; the others are kept."""
    with open_operation(folder, context) as operation, job(operation, "run", progress) as work:
        operation.require(Action.BUILD, "operation", operation.name)
        return RunReport(tuple(run_steps(operation, STEPS, work, threads=threads)))
