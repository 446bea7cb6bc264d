"""What a package says of a subject beside the derived tables: from acts of people, and from drafts of letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crossbearing.presentation.text import number, plural

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """What other features let a package tell of one subject; each of it rests on exhibits that may be told.

    Attributes:
        status: unidentified, candidate, confirmed or disputed.
        persons: Persons judged for it, without who they are.
        supply: Overdose leads that stand on its sales: reference, account, market, grade.
        requests: Whom to ask for what, and from which day it may be gone; the first one first.
        exhibit_ids: Exhibits behind all of it.
    """

    status: str = "unidentified"
    persons: Sequence[Row] = ()
    supply: Sequence[Row] = ()
    requests: Sequence[Row] = ()
    exhibit_ids: frozenset[str] = field(default_factory=frozenset)


NOTHING = Further()


def supply_of(leads: Sequence[Row]) -> dict[str, Any]:
    """Overdose leads as counts by grade and as references."""
    order = {"strong": 0, "fair": 1, "weak": 2}
    grades = sorted({one["grade"] for one in leads}, key=lambda grade: order.get(grade, len(order)))
    counts = [f"{number(sum(one['grade'] == grade for one in leads))} {grade}" for grade in grades]
    text = (
        f"{plural(len(leads), 'overdose lead')} from here to its sales, by how well supply is supported: "
        f"{', '.join(counts)}. A lead says that this account may have supplied; what was in the parcel and what "
        "caused anything is not said here. Ask the originator by reference."
        if leads
        else "No overdose lead to its sales is told in this package."
    )
    kept = ("reference", "account_id", "market", "grade")
    return {"text": text, "leads": [{name: one[name] for name in kept} for one in leads]}


def request_of(draft: Row, *, held_by_owner: bool) -> dict[str, Any]:
    """One request as a package shows it.

    Args:
        draft: Fields of a draft: to, holds, gone_on, days, after, source, note, identifiers, preservation.
        held_by_owner: Its identifiers come from purchases of an authority: they are counted, and not shown.
    """
    copied = ("to", "holds", "gone_on", "days", "after", "source", "note")
    return {
        **{name: draft[name] for name in copied},
        "identifiers": [] if held_by_owner else list(draft["identifiers"]),
        "held_by_owner": len(draft["identifiers"]) if held_by_owner else 0,
        "letter": "" if held_by_owner else draft["preservation"],
    }


def first_to_expire(subjects: Sequence[tuple[str, Further]]) -> tuple[str, Row] | None:
    """The request of all subjects whose records may be gone first, with its subject; None if no day is known."""
    dated = [(one["gone_on"], subject, one) for subject, said in subjects for one in said.requests if one["gone_on"]]
    if not dated:
        return None
    _, subject, request = min(dated, key=lambda one: (one[0], one[1], one[2]["to"]))
    return subject, request
