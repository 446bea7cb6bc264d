"""What each exhibit may be used for now, and what not: intelligence, or evidence."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.labels import Label, is_intelligence_only

AS_EVIDENCE: Final = {
    "H0": "Yes, once it has come by a legal channel: an investigation order, legal assistance, a joint team.",
    "H1": "No, not before the owner permits it in writing; then by a legal channel.",
    "H2": "No. The owner's permission is needed even to pass it on.",
    "H3": "No. A restriction of the owner applies; ask first.",
    "unknown": "No. How it may be handled was not stated; ask the owner.",
}


def uses_of(exhibits: Mapping[str, Exhibit]) -> list[dict[str, Any]]:
    """One entry for each exhibit, in the order given."""
    return [
        {
            "exhibit_id": exhibit.exhibit_id,
            "owners": sorted(exhibit.label.owners),
            "handling": exhibit.label.handling,
            "restrictions": sorted(exhibit.label.restrictions),
            "nature": exhibit.label.nature,
            "gradings": [
                f"{one.scheme}:{one.source}{one.information}{one.condition}" for one in sorted(exhibit.label.gradings)
            ],
            "is_intelligence_only": is_intelligence_only(exhibit.label),
            "now": "As intelligence, to open and steer your own investigation.",
            "as_evidence": AS_EVIDENCE[exhibit.label.handling],
        }
        for exhibit in exhibits.values()
    ]


def summed_up(labels: Iterable[Label]) -> str:
    """What page one says of it."""
    flags = [is_intelligence_only(label) for label in labels]
    if all(flags):
        return "No exhibit behind this package may be shown in court by now."
    if any(flags):
        return "Some exhibits behind this package may not be shown in court by now; the list says which."
    return "The exhibits behind this package may become evidence by a legal channel."
