"""Write a simulated operation to a folder."""

import importlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from crossbearing.domain.errors import BadConfiguration, BadRequest, Contradiction, NothingWritten
from crossbearing.domain.progress import Progress


@dataclass(frozen=True, slots=True)
class Simulated:
    """The files of a simulated operation."""

    folder: Path
    files: tuple[Path, ...]


def simulate_operation(
    folder: Path, progress: Progress, *, size: str, seed: int, scenario: Path | None = None
) -> Simulated:
    """Write evidence, truth and manifest below the folder.

    Args:
        folder: Must not exist, or be empty.
        progress: Shows how far it is.
        size: "tiny", "monopoly" or "alphabay".
        seed: Any whole number; the same seed, size and scenario give the same bytes.
        scenario: TOML file with dials; without it every dial has its default.

    Raises:
        BadConfiguration: The extra "simulation" is not installed.
        BadRequest: The size, or a dial of the scenario, is not one that there is.
        UnreadableSource: The scenario file cannot be read.
        Contradiction: The folder holds something already.
        NothingWritten: The place cannot be written.
    """
    simulation = _simulation()
    if size not in simulation.SIZES:
        raise BadRequest(
            f"Size is {size!r}, expected {' or '.join(simulation.SIZES)}", where="--size", remedy="Use --size tiny."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Contradiction(
            "There is something at this place already",
            where=str(folder),
            remedy="Name a folder that does not exist yet, or an empty one.",
        )
    dials = simulation.read_scenario(scenario)
    stood_before = folder.exists()
    try:
        with progress.stage(f"Simulating {size}", simulation.STAGES) as done:
            files = simulation.write_simulation(folder, size=size, seed=seed, scenario=dials, done=done)
            return Simulated(folder, tuple(files))
    except BaseException as failed:
        _clear(folder, stood_before=stood_before)
        if not isinstance(failed, OSError):
            raise
        raise NothingWritten(
            f"The simulation could not be written: {failed.strerror}",
            where=str(folder),
            remedy="Name a place where you may write, with room enough; nothing is left there.",
        ) from failed


def _clear(folder: Path, *, stood_before: bool) -> None:
    """Take away what was begun: half a simulation looks like a whole one."""
    for begun in folder.iterdir() if stood_before else [folder]:
        if begun.is_dir():
            shutil.rmtree(begun, ignore_errors=True)
        else:
            begun.unlink(missing_ok=True)


def _simulation() -> ModuleType:
    """The simulation's entrance, loaded when it is wanted: what it writes with is an extra, and slow to load."""
    try:
        return importlib.import_module("crossbearing.simulation.generate")
    except ModuleNotFoundError as missing:
        raise BadConfiguration(
            f"Simulating needs {missing.name}, which is not installed",
            where="crossbearing simulate",
            remedy="Install the extra: pip install 'crossbearing[simulation]'.",
        ) from missing
