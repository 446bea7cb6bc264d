"""The registry of partners: pinned keys, what each may hold, and the key that signs what is sent to them."""

import re
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.days import iso_day
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound
from crossbearing.domain.labels import HANDLING, UNKNOWN
from crossbearing.domain.partner import PARTNER_ACTS, Partner, partners_in, registered
from crossbearing.reference.countries import country_of
from crossbearing.store.notes import public_key
from crossbearing.store.operation import open_operation, origin_of
from crossbearing.store.sealing import parsed_recipient
from crossbearing.verification.notes import parse_key

_AGENCY = re.compile(r"[^\s/\\][^/\\\n]{0,79}")


def add_partner(folder: Path, context: Context, partner: Partner, *, reason: str, replace: bool = False) -> Partner:
    """Register a partner, or pin new keys of one that is registered.

    Args:
        folder: Operation folder.
        context: Who registers it.
        partner: The partner; its times and person are not read.
        reason: How the key was checked by another way than the one it came.
        replace: It is registered already, and this takes the place of what stands.

    Raises:
        BadRequest: Something is missing or is no country, code, day or key.
        Contradiction: It is registered and is not to be replaced.
        NotFound: It is to be replaced and is not registered.
    """
    _require_sound(partner, reason)
    payload = {
        "country": partner.country,
        "seal_to": partner.seal_to.strip(),
        "handling": partner.handling,
        "keys_until": partner.keys_until,
        "signs_with": partner.signs_with.strip(),
        "reason": reason.strip(),
    }

    def added(seen: list[Entry]) -> list[Act]:
        is_known = partner.agency in partners_in(seen)
        if is_known and not replace:
            raise Contradiction(
                f"{partner.agency} is registered already",
                where="the registry of partners",
                remedy="Pin new keys with --replace, after checking them with the agency by another way.",
            )
        if replace and not is_known:
            raise NotFound(
                f"{partner.agency} is not registered",
                where="the registry of partners",
                remedy="Register it without --replace; `crossbearing partner list` shows who is.",
            )
        return [Act(kind=ActKind.PARTNER_ADDED, subject=partner.agency, payload=payload)]

    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "partner", partner.agency)
        operation.ledger.decide(context, added, *PARTNER_ACTS)
        return partners_in(operation.ledger.entries(*PARTNER_ACTS))[partner.agency]


def remove_partner(folder: Path, context: Context, agency: str, *, reason: str) -> None:
    """Take a partner off the registry: nothing is sent to it any more. What it got stays in the log.

    Raises:
        BadRequest: No reason is given.
        NotFound: It is not registered.
    """
    if not reason.strip():
        raise BadRequest("To take a partner off needs a reason", where=agency, remedy="Say why, with --reason.")

    def removed(seen: list[Entry]) -> list[Act]:
        registered(seen, agency)
        return [Act(kind=ActKind.PARTNER_REMOVED, subject=agency, payload={"reason": reason.strip()})]

    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "partner", agency)
        operation.ledger.decide(context, removed, *PARTNER_ACTS)


def list_partners(folder: Path, context: Context) -> list[Partner]:
    """Who is registered, by name."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        found = partners_in(operation.ledger.entries(*PARTNER_ACTS))
    return [found[agency] for agency in sorted(found)]


def exchange_key(folder: Path, context: Context) -> str:
    """The public key that partners pin, to check with it what this operation sends them."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return public_key(origin_of(operation.operation_id), operation.keyring.exchange_key)


def _require_sound(partner: Partner, reason: str) -> None:
    wrong = ""
    if not _AGENCY.fullmatch(partner.agency):
        wrong = "an agency's name of at most 80 characters, without a slash"
    elif country_of(partner.country) != partner.country:
        wrong = f"an ISO country code, and {partner.country!r} is none"
    elif partner.handling not in HANDLING or partner.handling == UNKNOWN:
        wrong = f"the strictest handling code that it may hold: {', '.join(HANDLING[:-1])}"
    elif not reason.strip():
        wrong = "a word on how its key was checked by another way than the one it came (--checked)"
    else:
        try:
            iso_day(partner.keys_until)
        except ValueError:
            wrong = f"the last day of its key as an ISO date, and {partner.keys_until!r} is none"
    if wrong:
        raise BadRequest(f"A partner needs {wrong}", where="partner add", remedy="Give it and repeat the command.")
    parsed_recipient(partner.seal_to)
    if partner.signs_with.strip():
        parse_key(partner.signs_with)
