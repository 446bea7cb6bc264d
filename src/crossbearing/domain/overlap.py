"""Overlaps: that two agencies know one identifier, or plan events that could meet. What overlaps is never in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry

IDENTIFIER: Final = "identifier"
PLACE: Final = "events in one place"
ACCOUNT: Final = "purchases on one account"
OVERLAP_ACTS: Final = (ActKind.OVERLAPS_FOUND, ActKind.OVERLAP_TOLD)
# What takes rows out, so that an overlap of them counts for nothing until it is found again.
TAKING_OUT: Final = (ActKind.ROWS_CORRECTED, ActKind.ROWS_SEQUESTERED, ActKind.PERSON_ERASED)


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
        stands: No row of it was taken out since it was found; of an erasure nobody looks whom the coordinator's own
            evidence speaks of, so that none of that stands until it is found again.
    """

    overlap_id: str
    what: str
    parties: Sequence[Party]
    found_at: str
    told: Mapping[str, str] = field(default_factory=dict)
    stands: bool = True

    @property
    def exhibit_ids(self) -> frozenset[str]:
        """Exhibits that it rests on."""
        return frozenset(one.exhibit_id for one in self.parties)


def case_key(number: str) -> str:
    """A case's number as two spellings of it are compared."""
    return " ".join(number.split()).lower()


def overlaps_in(entries: Iterable[Entry]) -> list[Overlap]:
    """The overlaps, from the acts of ``OVERLAP_ACTS`` and ``TAKING_OUT``, as they were found."""
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
                known |= {"parties": parties, "stands": True}
        elif entry.kind in TAKING_OUT:
            gone = {(place[0], place[1], place[3]) for place in said["places"]}
            is_erasure = entry.kind is ActKind.PERSON_ERASED
            for known in found.values():
                rows = [(one.exhibit_id, one.part, one.source_row) for one in known["parties"]]
                known["stands"] &= gone.isdisjoint(rows) and not (is_erasure and any(not row[2] for row in rows))
        elif entry.kind is ActKind.OVERLAP_TOLD:
            for name in said["overlap_ids"]:
                if name in found:
                    found[name]["told"][entry.subject] = entry.at
    return [Overlap(**one) for one in found.values()]
