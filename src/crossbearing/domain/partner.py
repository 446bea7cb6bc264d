"""Partners that packages are sent to: pinned keys, and what each of them may hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.errors import NotFound
from crossbearing.domain.labels import HANDLING, UNKNOWN

PARTNER_ACTS = (ActKind.PARTNER_ADDED, ActKind.PARTNER_REMOVED)

_LEAVES: Final = ("CLEAR", "GREEN", "AMBER")  # TLP 2.0; stricter ones stay within the agency, or with named persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One agency that packages may be sent to.

    Attributes:
        country: ISO 3166 code of the packages that it may get.
        seal_to: Its public age key; only its holder can open what is sealed to it.
        handling: Strictest handling code that it may hold.
        keys_until: Last day of its keys, ISO date.
        signs_with: Public Ed25519 key that its replies are checked with, as ``name+hash+base64``; empty if none is.
    """

    agency: str
    country: str
    seal_to: str
    handling: str
    keys_until: str
    added_at: str
    added_by: str
    signs_with: str = ""

    def has_ended(self, today: str) -> tuple[str, str] | None:
        """That its keys hold no more, and what to do then; None if they hold."""
        if today <= self.keys_until:
            return None
        return (
            f"The key of {self.agency} ended on {self.keys_until}",
            "Ask the agency for a new one, check it by another way, and pin it with `partner add --replace`.",
        )

    def refusal(self, *, country: str, handling: str, tlp: str, today: str) -> tuple[str, str] | None:
        """Why a package may not be sent to it, and what to do then; None if it may.

        Args:
            country: Of the package.
            handling: Of the package.
            tlp: Of the package.
            today: ISO date.
        """
        if ended := self.has_ended(today):
            return ended
        if country != self.country:
            return (
                f"The package is for {country}, and {self.agency} is registered for {self.country}",
                "Send it to a partner of the package's own country.",
            )
        if handling == UNKNOWN:
            return (
                "The package's handling code is not known, which is the strictest",
                "Ask the owners of its sources, state the code with `crossbearing evidence label`, and build it anew.",
            )
        if HANDLING.index(handling) > HANDLING.index(self.handling):
            return (
                f"The package is {handling}, and {self.agency} may hold {self.handling} at most",
                "Ask the owners of its sources for permission, or leave the stricter sources out.",
            )
        if tlp not in _LEAVES:
            return (
                f"The package is TLP:{tlp}, which does not leave the agency",
                "Ask the owners of its sources, state the TLP with `crossbearing evidence label`, and build it anew.",
            )
        return None


def partners_in(entries: Iterable[Entry]) -> dict[str, Partner]:
    """The partners that are registered, by agency, from the acts of ``PARTNER_ACTS`` in order."""
    found: dict[str, Partner] = {}
    for entry in entries:
        if entry.kind is ActKind.PARTNER_REMOVED:
            found.pop(entry.subject, None)
        elif entry.kind is ActKind.PARTNER_ADDED:
            said: Any = entry.payload
            found[entry.subject] = Partner(
                agency=entry.subject,
                country=said["country"],
                seal_to=said["seal_to"],
                handling=said["handling"],
                keys_until=said["keys_until"],
                added_at=entry.at,
                added_by=entry.person,
                signs_with=said.get("signs_with", ""),
            )
    return found


def registered(entries: Iterable[Entry], agency: str) -> Partner:
    """One partner out of the acts of ``PARTNER_ACTS``.

    Raises:
        NotFound: It is not registered.
    """
    found = partners_in(entries)
    if agency not in found:
        raise NotFound(
            f"{agency!r} is no registered partner",
            where="the registry of partners",
            remedy=f"Registered: {', '.join(sorted(found)) or 'nobody; see `crossbearing partner add`'}.",
        )
    return found[agency]
