"""The command that writes a simulated operation."""

from pathlib import Path

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, next_move, say
from crossbearing.workflows.simulate_operation import simulate_operation


@app.command
def simulate(folder: Path, *, size: str = "tiny", seed: int = 7, shared: Shared = DEFAULTS) -> None:
    """Write what agencies would hold, and apart from it the truth; everything in it is invented.

    Parameters
    ----------
    folder
        Folder to write to; it must not exist yet, or be empty.
    size
        How much of it; "tiny" is what there is so far.
    seed
        Any whole number; the same seed gives the same bytes.

    """
    made = simulate_operation(folder, Watched(), size=size, seed=seed)
    if shared.json:
        as_json(made)
        return
    for path in made.files:
        say(f"{path.relative_to(folder)}  {path.stat().st_size:,} bytes")
    next_move(f"crossbearing evidence add OP --manifest {folder}/manifest.json")
