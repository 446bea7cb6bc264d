"""Open the workbench: whether this person may, and what stands at the head of its pages."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.store.operation import open_operation
from crossbearing.store.register import exhibits


@dataclass(frozen=True, slots=True)
class Masthead:
    """What every page says of the operation.

    Attributes:
        is_simulated: Some of its evidence is invented.
    """

    operation: str
    coordinator: str
    is_simulated: bool


def open_workbench(folder: Path, context: Context) -> Masthead:
    """Look at an operation before pages of it are served.

    Raises:
        NotFound: There is no operation at this place.
        NotAuthorised: The person may not see it.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        if context.authority:
            operation.require_authority(context.authority, where="serve")
        is_simulated = any(exhibit.is_simulated for exhibit in exhibits(operation.ledger).values())
        return Masthead(operation.name, operation.coordinator, is_simulated)
