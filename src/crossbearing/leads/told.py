"""What a package may tell of overdose leads: the grade of supply and a reference; nothing of a case or a death.

A case that was asked for by hit or no hit is never in it: what was found there is for its two sides.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from crossbearing.domain.act import Entry


def told_supply(
    entries: Iterable[Entry],
    asked: Collection[str],
    may_tell: Callable[[Collection[str]], bool],
    revised: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Leads of the newest run of each case, by reference; each with the exhibits that it rests on.

    Args:
        entries: Findings of all runs, oldest first.
        asked: Cases that were asked for by hit or no hit.
        may_tell: Whether what rests on these exhibits may be told.
        revised: By exhibit, position of the newest act that took rows out of it; a finding from before it is not told.
    """
    first: dict[str, int] = {}
    newest: dict[str, Entry] = {}
    for entry in entries:
        if not entry.is_erased and entry.subject not in asked:
            first.setdefault(entry.subject, entry.position)
            newest[entry.subject] = entry
    found = []
    for number, entry in newest.items():
        says: Any = entry.payload
        for lead in says["leads"]:
            rests_on = lead["exhibit_ids"]
            if may_tell(rests_on) and all(revised.get(name, -1) < entry.position for name in rests_on):
                found.append(
                    {
                        "reference": f"log {first[number]}",  # stays when a case is matched again
                        "account_id": lead["account_id"],
                        "market": lead["market"],
                        "grade": lead["grade"],
                        "exhibit_ids": list(rests_on),
                    }
                )
    return sorted(found, key=lambda one: (one["reference"], one["account_id"], one["grade"]))
