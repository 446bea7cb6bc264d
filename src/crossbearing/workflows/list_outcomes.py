"""Outcomes come back: partner reports are evidence like any other; what they report is listed here."""

from pathlib import Path
from typing import Any, Final

from crossbearing.domain.context import Context
from crossbearing.registry import STEPS
from crossbearing.store.operation import open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

# Profiles that hold outcomes; `outcome import` takes nothing else.
PROFILES: Final = frozenset({"outcome-report", "outcome-form", "published-operations"})


def list_outcomes(folder: Path, context: Context, *, campaign: str = "") -> list[dict[str, Any]]:
    """The events and stated totals on record, with whether each counts."""
    tables = ("outcome_event", "outcome_counted")
    with open_operation(folder, context) as operation:
        require_fresh(operation, STEPS, *tables)
        with reading(operation, *tables) as engine:
            return engine.rows(
                """SELECT outcome_event.* EXCLUDE (is_case_sealed), outcome_counted.counts, outcome_counted.double_of,
                   outcome_counted.why_not
               FROM outcome_event
               INNER JOIN outcome_counted
                   ON outcome_event.outcome_id = outcome_counted.outcome_id
                   AND outcome_event.place = outcome_counted.place
               WHERE ? = '' OR outcome_event.campaign = ?
               ORDER BY outcome_event.campaign, outcome_event.happened_on, outcome_event.place""",
                [campaign, campaign],
            )
