"""Which country a person sends a subject to, keeps it from, or says that a partner disputes; each can be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crossbearing.domain.act import Entry


class Routing(StrEnum):
    """What a person says of one subject and one country."""

    SENT = "sent"
    KEPT_AWAY = "kept away"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One act about one account and one country.

    Attributes:
        subject: Operator or account that it was said of; the act follows its accounts.
        by: The partner that disputes; empty otherwise.
    """

    account_id: str
    subject: str
    country: str
    routing: Routing
    by: str
    reason: str
    person: str
    at: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What all acts about one account and one country come to.

    Attributes:
        decision: The newest of *sent* and *kept away* that stands; None if there is none.
        dispute: The newest dispute that no later decision answers; None if there is none.
    """

    account_id: str
    country: str
    decision: Said | None
    dispute: Said | None

    @property
    def position(self) -> int:
        """Of the newest act that stands."""
        return max(one.position for one in (self.decision, self.dispute) if one is not None)


def said_in(entries: Iterable[Entry]) -> list[Said]:
    """All acts, oldest first; what was erased is left out."""
    found = []
    for entry in entries:
        if entry.is_erased:
            continue
        payload: Any = entry.payload
        found.append(
            Said(
                account_id=entry.subject,
                subject=payload["subject"],
                country=payload["country"],
                routing=Routing(payload["routing"]),
                by=payload["by"],
                reason=payload["reason"],
                person=entry.person,
                at=entry.at,
                position=entry.position,
            )
        )
    return found


def not_withdrawn(said: Iterable[Said]) -> list[Said]:
    """Acts that stand; a withdrawal takes the newest act back that the same person left and that still stands."""
    kept: list[Said] = []
    for one in said:
        if one.routing is not Routing.WITHDRAWN:
            kept.append(one)
            continue
        own = [
            other
            for other in kept
            if (other.account_id, other.country, other.person) == (one.account_id, one.country, one.person)
        ]
        if own:
            kept.remove(own[-1])
    return kept


def standing_in(entries: Iterable[Entry]) -> list[Standing]:
    """One for each account and country of which an act stands, by account and country."""
    groups: dict[tuple[str, str], list[Said]] = {}
    for one in not_withdrawn(said_in(entries)):
        groups.setdefault((one.account_id, one.country), []).append(one)
    found = []
    for (account_id, country), acts in sorted(groups.items()):
        decisions = [one for one in acts if one.routing is not Routing.DISPUTED]
        decision = decisions[-1] if decisions else None
        disputes = [
            one
            for one in acts
            if one.routing is Routing.DISPUTED and (decision is None or one.position > decision.position)
        ]
        dispute = disputes[-1] if disputes else None
        found.append(Standing(account_id=account_id, country=country, decision=decision, dispute=dispute))
    return found
