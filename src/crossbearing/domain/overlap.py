"""Overlaps: that two agencies know one identifier, or plan events that could meet. What overlaps is never in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry

IDENTIFIER: Final = "identifier"
PLACE: Final = "events in one place"
ACCOUNT: Final = "purchases on one account"
OVERLAP_ACTS: Final = (ActKind.OVERLAPS_FOUND, ActKind.OVERLAP_TOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of an overlap: whose it is, and where it stands among what that side handed in.

    Attributes:
        agency: Empty if the coordinator's own evidence shows it.
        case_number: The agency's own; empty if it has none.
        exhibit_id: Exhibit that holds the row.
        part: File of the exhibit.
        source_row: Row of that file, from 1.
        is_named: The other side may be told the agency's name; otherwise it is told to call the coordinator.
    """

    agency: str
    case_number: str
    exhibit_id: str
    part: str
    source_row: int
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """One overlap, found once and never deleted.

    Attributes:
        overlap_id: Made with a secret of the operation, so that nobody can guess from it what overlaps.
        what: ``IDENTIFIER``, ``PLACE`` or ``ACCOUNT``.
        parties: Two of them.
        told: When each agency was told, by its name.
    """

    overlap_id: str
    what: str
    parties: Sequence[Party]
    found_at: str
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def exhibit_ids(self) -> frozenset[str]:
        """Exhibits that it rests on."""
        return frozenset(one.exhibit_id for one in self.parties)


def overlaps_in(entries: Iterable[Entry]) -> list[Overlap]:
    """The overlaps, from the acts of ``OVERLAP_ACTS``, as they were found."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        said: Any = entry.payload
        if entry.kind is ActKind.OVERLAPS_FOUND:
            for one in said["overlaps"]:
                parties = tuple(Party(**party) for party in one["parties"])
                # Found again, because what showed it was taken back and other rows show it too: it stays the same one.
                known = found.setdefault(
                    one["overlap_id"],
                    {"overlap_id": one["overlap_id"], "what": one["what"], "found_at": entry.at, "told": {}},
                )
                known["parties"] = parties
        elif entry.kind is ActKind.OVERLAP_TOLD:
            for name in said["overlap_ids"]:
                if name in found:
                    found[name]["told"][entry.subject] = entry.at
    return [Overlap(**one) for one in found.values()]
