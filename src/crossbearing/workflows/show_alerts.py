"""Batch alerts as they stand, and each as a page to print."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound
from crossbearing.domain.labels import TLP_MEANING
from crossbearing.leads.alerts import Alert, alerts_in
from crossbearing.presentation.page import render
from crossbearing.store import durable
from crossbearing.store.operation import open_operation
from crossbearing.store.register import register

_ACTS: Final = (ActKind.ALERT_DRAFTED, ActKind.ALERT_ISSUED, ActKind.ALERT_WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlert:
    """One alert.

    Attributes:
        stands: What it rests on still stands.
        is_simulated: Some of it is invented.
    """

    alert: Alert
    stands: bool
    is_simulated: bool


def list_alerts(folder: Path, context: Context) -> list[ShownAlert]:
    """All alerts, the newest first; a withdrawn one is among them, as withdrawn."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        known = register(operation.ledger)
        kept = {**known.withdrawn, **known.standing}
        return [
            ShownAlert(
                alert=one,
                stands=set(one.exhibit_ids) <= known.standing.keys(),
                is_simulated=any(name in kept and kept[name].is_simulated for name in one.exhibit_ids),
            )
            for one in reversed(alerts_in(operation.ledger.entries(*_ACTS)).values())
        ]


def show_alert(folder: Path, context: Context, alert_id: str) -> ShownAlert:
    """One alert.

    Raises:
        NotFound: There is no such alert.
    """
    for one in list_alerts(folder, context):
        if one.alert.alert_id == alert_id:
            return one
    raise NotFound("There is no such alert", where=alert_id, remedy="`crossbearing alert list` shows all.")


def write_alert_page(shown: ShownAlert, target: Path) -> Path:
    """The alert as one page to print; it says at the top if it is a draft or was withdrawn."""
    page = render(
        "leads",
        "alert.html.j2",
        shown=shown,
        a=shown.alert.document,
        tlp_meaning=TLP_MEANING[shown.alert.document["tlp"]],
    )
    durable.write_text(target, page)
    return target
