"""Write a simulated operation to a folder."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.errors import BadRequest, Contradiction, NothingWritten
from crossbearing.domain.progress import Progress
from crossbearing.simulation.generate import SIZES, write_simulation


@dataclass(frozen=True, slots=True)
class Simulated:
    """The files of a simulated operation."""

    folder: Path
    files: tuple[Path, ...]


def simulate_operation(folder: Path, progress: Progress, *, size: str, seed: int) -> Simulated:
    """Write evidence, truth and manifest below the folder.

    Raises:
        BadRequest: The size is not one that can be simulated.
        Contradiction: The folder holds something already.
        NothingWritten: The place cannot be written.
    """
    if size not in SIZES:
        raise BadRequest(f"Size is {size!r}, expected {' or '.join(SIZES)}", where="--size", remedy="Use --size tiny.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Contradiction(
            "There is something at this place already",
            where=str(folder),
            remedy="Name a folder that does not exist yet, or an empty one.",
        )
    try:
        with progress.stage("Simulating", 13) as done:
            return Simulated(folder, tuple(write_simulation(folder, seed=seed, done=done)))
    except OSError as refused:
        raise NothingWritten(
            f"The simulation could not be written: {refused.strerror}",
            where=str(folder),
            remedy="Name a place where you may write; what was begun there can be deleted.",
        ) from refused
