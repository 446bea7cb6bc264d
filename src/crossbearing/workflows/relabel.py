"""Change what the register says of an exhibit: its label, and whether it counts at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest
from crossbearing.domain.exhibit import label_payload
from crossbearing.domain.grading import Grading
from crossbearing.domain.labels import Label
from crossbearing.store.categorisation import follow_clock
from crossbearing.store.operation import open_operation
from crossbearing.store.register import require_exhibit


def relabel(folder: Path, context: Context, exhibit_id: str, *, reason: str, **changes: Any) -> Label:
    """Give an exhibit another label; everything made from it inherits it from now on.

    Args:
        folder: Operation folder.
        context: Who decides it.
        exhibit_id: The exhibit.
        reason: Why.
        changes: New values by field of ``Label``; gradings as text such as "4x4:B2".

    Raises:
        NotFound: There is no such exhibit.
        BadRequest: A code does not exist, nothing is changed, or no reason is given.
    """
    if not reason.strip() or not changes:
        raise BadRequest(
            "A new label needs a reason and at least one change",
            where="evidence label",
            remedy="Give --reason and what changes, such as --handling H1.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "exhibit", exhibit_id)
        label = require_exhibit(operation.ledger, exhibit_id, withdrawn=True).label
        try:
            if "gradings" in changes:
                changes["gradings"] = frozenset(Grading.read(text) for text in changes["gradings"])
            new = replace(label, **changes)
        except ValueError as wrong:
            raise BadRequest(str(wrong), where="the label", remedy="Use one of the values listed.") from wrong
        payload: dict[str, Json] = {
            "label": label_payload(new),
            "before": label_payload(label),
            "reason": reason.strip(),
        }
        act = Act(kind=ActKind.EXHIBIT_RELABELLED, subject=exhibit_id, payload=payload)
        operation.ledger.record(operation.context, act)
        follow_clock(operation.ledger, operation.context)
        return new


def withdraw(folder: Path, context: Context, exhibit_id: str, *, reason: str, is_withdrawn: bool = True) -> None:
    """Take an exhibit out of everything that is read, or put it back; its bytes stay.

    Raises:
        NotFound: There is no such exhibit.
        BadRequest: No reason is given.
    """
    if not reason.strip():
        raise BadRequest("This needs a reason", where=exhibit_id, remedy="Say why, with --reason.")
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "exhibit", exhibit_id)
        require_exhibit(operation.ledger, exhibit_id, withdrawn=True)
        payload: dict[str, Json] = {"is_withdrawn": is_withdrawn, "reason": reason.strip()}
        act = Act(kind=ActKind.EXHIBIT_WITHDRAWN, subject=exhibit_id, payload=payload)
        operation.ledger.record(operation.context, act)
