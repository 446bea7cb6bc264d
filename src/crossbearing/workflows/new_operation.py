"""Make an operation, and register the authorisations under which evidence may come in."""

import json
from collections.abc import Mapping
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.days import iso_day
from crossbearing.domain.errors import BadRequest, Contradiction, UnreadableSource
from crossbearing.store.operation import create_operation, open_operation
from crossbearing.store.register import Authorisation, authorisations


def new_operation(folder: Path, context: Context, *, name: str, coordinator: str, on_postgres: bool = False) -> None:
    """Make the operation folder. See ``create_operation`` for the errors."""
    create_operation(folder, context, name=name or folder.name, coordinator=coordinator, on_postgres=on_postgres)


def add_authority(folder: Path, context: Context, authorisation: Authorisation) -> bool:
    """Register an authorisation; gives whether it is new.

    Raises:
        BadRequest: A date is not an ISO date, or a part is empty.
        Contradiction: One with this reference says something else.
    """
    _check(authorisation)
    payload = {
        "ref": authorisation.ref,
        "issued_by": authorisation.issued_by,
        "basis": authorisation.basis,
        "valid_from": authorisation.valid_from,
        "valid_until": authorisation.valid_until,
    }

    def acts(seen: list[Entry]) -> list[Act]:
        standing = [entry.payload for entry in seen if entry.subject == authorisation.ref]
        if standing and standing[-1] != payload:
            raise Contradiction(
                f"Authorisation {authorisation.ref!r} is registered with other particulars",
                where=str(folder),
                remedy="Give the new one a reference of its own.",
            )
        act = Act(kind=ActKind.AUTHORITY_GRANTED, subject=authorisation.ref, payload=payload)
        return [] if standing else [act]

    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "operation", operation.name)
        return bool(operation.ledger.decide(context, acts, ActKind.AUTHORITY_GRANTED))


def register(folder: Path, context: Context, given: Mapping[str, str]) -> bool:
    """Register an authorisation from what a person typed; see ``add_authority``."""
    return add_authority(folder, context, Authorisation(**given))


def list_authorities(folder: Path, context: Context) -> list[Authorisation]:
    """The registered authorisations by reference."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        found = authorisations(operation.ledger)
        return [found[ref] for ref in sorted(found)]


def authorities_in(manifest: Path) -> list[Authorisation]:
    """The authorisations that a manifest lists.

    Raises:
        UnreadableSource: It cannot be read or is not a manifest.
    """
    try:
        listed: list[Mapping[str, str]] = json.loads(manifest.read_text(encoding="utf-8"))["authorities"]
        return [Authorisation(**one) for one in listed]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise UnreadableSource(
            f"The manifest cannot be read: {type(wrong).__name__}",
            where=str(manifest),
            remedy="Name a manifest.json as `crossbearing simulate` writes it.",
        ) from wrong


def _check(authorisation: Authorisation) -> None:
    for name in ("ref", "issued_by", "basis", "valid_from"):
        if not getattr(authorisation, name).strip():
            raise BadRequest(
                f"The authorisation has no {name.replace('_', ' ')}",
                where="authority add",
                remedy="Give all of: REF, --issued-by, --basis, --valid-from.",
            )
    for name in ("valid_from", "valid_until"):
        if text := getattr(authorisation, name):
            try:
                iso_day(text)
            except ValueError as wrong:
                raise BadRequest(
                    f"{name.replace('_', ' ')} is {text!r}, expected a day as YYYY-MM-DD",
                    where="authority add",
                    remedy="Write dates as 2026-11-23.",
                ) from wrong
