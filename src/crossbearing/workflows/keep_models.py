"""Register models with what they were trained on, and list them."""

from collections.abc import Sequence
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.domain.errors import UnreadableSource
from crossbearing.store import models
from crossbearing.store.models import Model
from crossbearing.store.operation import open_operation


def add_model(
    folder: Path,
    context: Context,
    path: Path,
    *,
    name: str,
    version: str,
    trained_on: Sequence[tuple[str, str]],
    labels: str,
    tested_on: str,
) -> Model:
    """Register a file of parameters.

    Raises:
        UnreadableSource: The file cannot be read.
        BadRequest: It does not say what it was trained on.
    """
    try:
        parameters = path.read_bytes()
    except OSError as refused:
        raise UnreadableSource(
            "The file cannot be read", where=str(path), remedy="Check the path and your rights on it."
        ) from refused
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "model", name)
        return models.keep_model(
            operation,
            parameters,
            name=name,
            version=version,
            trained_on=trained_on,
            labels=labels,
            tested_on=tested_on,
        )


def list_models(folder: Path, context: Context) -> list[Model]:
    """Every registered model, oldest first."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return models.models(operation.ledger)
