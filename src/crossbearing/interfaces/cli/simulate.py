"""The command that writes a simulated operation."""

from pathlib import Path

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, next_move, say
from crossbearing.workflows.simulate_operation import simulate_operation


@app.command
def simulate(
    folder: Path, *, size: str = "tiny", seed: int = 7, scenario: Path | None = None, shared: Shared = DEFAULTS
) -> None:
    """Write what agencies would hold, and apart from it the truth; everything in it is invented.

    Parameters
    ----------
    folder
        Folder to write to; it must not exist yet, or be empty.
    size
        How much of it: tiny (a second), monopoly (130,000 sales) or alphabay (5,000,000 sales).
    seed
        Any whole number; the same seed, size and scenario give the same bytes.
    scenario
        TOML file that turns difficulties up or down; docs/reference/simulation.md lists the dials.

    """
    made = simulate_operation(folder, Watched(), size=size, seed=seed, scenario=scenario)
    if shared.json:
        as_json(made)
        return
    for path in made.files:
        if path.parent.name != "kestrel-applications":
            say(f"{path.relative_to(folder)}  {path.stat().st_size:,} bytes")
    next_move(f"crossbearing evidence add OP --manifest {folder}/manifest.json --keep-unread")
