"""The third box: what a person with medical knowledge says of the cause, as entered, and nothing else.

This module knows nothing of matching, weighing or laboratories, and nothing that computes may import it; a test holds
both. An opinion has the name of the person who gave it, and nobody else's authority.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crossbearing.domain.act import ActKind, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A medical opinion on the cause of one death, in its giver's words.

    Attributes:
        given_by: Who gave it.
        qualification: As what, such as "forensic pathologist".
        given_on: Day of the opinion, ISO date.
        entered_by: Who entered it here.
        entered_at: When.
    """

    case_number: str
    statement: str
    given_by: str
    qualification: str
    given_on: str
    entered_by: str
    entered_at: str


def opinions_in(entries: Iterable[Entry], case_number: str) -> tuple[Opinion, ...]:
    """The opinions entered on a case, oldest first; a later one stands beside an earlier one."""
    found = []
    for entry in entries:
        if entry.kind is ActKind.OPINION_ENTERED and entry.subject == case_number and not entry.is_erased:
            said: Any = entry.payload
            found.append(
                Opinion(
                    case_number=case_number,
                    statement=said["statement"],
                    given_by=said["given_by"],
                    qualification=said["qualification"],
                    given_on=said["given_on"],
                    entered_by=entry.person,
                    entered_at=entry.at,
                )
            )
    return tuple(found)
