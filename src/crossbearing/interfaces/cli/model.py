"""Commands on models: add, list."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, say, table
from crossbearing.workflows.keep_models import add_model, list_models

model = App(name="model", help="Models: parameters and calibrations, with what they were trained on.")
app.command(model)


@model.command
def add(
    op: Path,
    file: Path,
    *,
    name: str,
    version: str,
    labels: str,
    trained_on: Annotated[tuple[str, ...], Parameter(help="NAME=SHA256; may be given several times.")] = (),
    tested_on: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Register a file of parameters with what it was trained on.

    Parameters
    ----------
    op
        Operation folder.
    file
        The parameters.
    name
        What it is for.
    version
        Its version.
    labels
        What the labels were: simulation, weak, judged or none.
    tested_on
        Where its error rate was measured, and what it was.

    """
    pairs = [(data, digest) for data, _, digest in (one.partition("=") for one in trained_on)]
    kept = add_model(
        op, shared.context(), file, name=name, version=version, trained_on=pairs, labels=labels, tested_on=tested_on
    )
    if shared.json:
        as_json(kept)
    else:
        say(f"registered as {hostile(kept.path, 200)}")


@model.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the registered models, oldest first; of one name the last counts.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_models(op, shared.context())
    if shared.json:
        as_json(found)
        return
    rows = [
        (
            hostile(m.name),
            hostile(m.version),
            m.labels,
            hostile(", ".join(data for data, _ in m.trained_on)),
            hostile(m.tested_on),
        )
        for m in found
    ]
    table(("model", "version", "labels", "trained on", "tested on"), rows)
