"""The register: what the decisions say stands in an operation, folded from its acts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.exhibit import Exhibit, from_payload
from crossbearing.domain.labels import Label, inherit
from crossbearing.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """The permission under which evidence may come in."""

    ref: str
    issued_by: str
    basis: str
    valid_from: str
    valid_until: str

    def holds_on(self, day: str) -> bool:
        """Whether it is valid on an ISO date; an open end holds."""
        return self.valid_from <= day and (not self.valid_until or day <= self.valid_until)


def authorisations(ledger: Ledger) -> dict[str, Authorisation]:
    """Authorisations by reference."""
    return {
        entry.subject: Authorisation(**_texts(entry.payload)) for entry in ledger.entries(ActKind.AUTHORITY_GRANTED)
    }


def exhibits(ledger: Ledger) -> dict[str, Exhibit]:
    """Exhibits by id, in the order they came in."""
    return {entry.subject: exhibit_of(entry) for entry in ledger.entries(ActKind.EXHIBIT_ADDED)}


def exhibit_of(entry: Entry) -> Exhibit:
    """The exhibit that an act of adding speaks of."""
    return from_payload(entry.payload, added_at=entry.at, added_by=entry.person)


def label_of(known: Mapping[str, Exhibit], exhibit_ids: Iterable[str]) -> Label:
    """The label of something derived from these exhibits: the strictest of theirs."""
    return inherit(known[exhibit_id].label for exhibit_id in sorted(set(exhibit_ids)))


def _texts(payload: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in payload.items()}
