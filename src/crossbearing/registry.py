"""The one list of derived steps; ``run`` and ``status`` go by it, and nobody lists an order by hand."""

from typing import Final

from crossbearing.intake import extraction
from crossbearing.packages import routing
from crossbearing.resolution import evidence, operators
from crossbearing.results import events
from crossbearing.store.steps import Step

STEPS: Final[tuple[Step, ...]] = (
    *extraction.STEPS,
    *evidence.STEPS,
    *operators.STEPS,
    *routing.STEPS,
    *events.STEPS,
)
