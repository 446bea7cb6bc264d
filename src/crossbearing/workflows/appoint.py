"""Appoint persons to roles and cases."""

from pathlib import Path

from crossbearing.domain.access import ROLES, Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest
from crossbearing.store.operation import open_operation
from crossbearing.store.register import Appointment, appointments


def appoint(folder: Path, context: Context, *, person: str, roles: list[str], cases: list[str]) -> None:
    """Appoint a person to roles and cases; the newest appointment counts.

    Raises:
        BadRequest: Nobody is named, or a role does not exist.
    """
    if not person.strip() or set(roles) - set(ROLES):
        raise BadRequest(
            f"An appointment needs a person, and roles out of: {', '.join(ROLES)}",
            where="staff appoint",
            remedy="Give the person's name as it stands in the log.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "person", person)
        payload: dict[str, Json] = {"roles": sorted(roles), "cases": sorted(cases)}
        operation.ledger.record(context, Act(kind=ActKind.PERSON_APPOINTED, subject=person, payload=payload))


def list_appointments(folder: Path, context: Context) -> list[Appointment]:
    """The appointments that count, by person."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        found = appointments(operation.ledger)
        return [found[person] for person in sorted(found)]
