"""What a package may tell of the persons judged for a subject: state, category, nature, days; never who it is.

A person is left out whole unless every standing answer may be told, rests on what stands, and is about accounts that
the subject has today: an answer that is missing could be the contrary one.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from crossbearing.identification.judgements import (
    Answer,
    State,
    about_person,
    about_subject,
    standing,
    state_of,
    state_of_subject,
)

_TOLD = frozenset({State.CANDIDATE, State.CONFIRMED, State.DISPUTED})


def told_persons(
    answers: Sequence[Answer],
    subject: str,
    accounts: Collection[str],
    may_tell: Callable[[Collection[str]], bool],
    gone: Collection[str],
) -> tuple[str, list[dict[str, Any]], set[str]]:
    """The subject's state, its persons, and the exhibits that they rest on.

    Args:
        answers: All answers, oldest first.
        subject: Operator or account.
        accounts: Its accounts today.
        may_tell: Whether what rests on these exhibits may be told.
        gone: Places of rows that are set aside, were corrected or erased.
    """
    ours = about_subject(answers, subject, accounts)
    persons, exhibits, seen = [], set[str](), set[str]()
    for person_id in sorted({one.person_id for one in ours}):
        places = {place for one in ours if one.person_id == person_id for place in one.places}
        about = about_person(ours, person_id, places)
        live = standing(about)
        if person_id in seen or not live or not all(_may(one, accounts, may_tell, gone) for one in live):
            continue
        seen.update(one.person_id for one in about)
        if (state := state_of(live)) in _TOLD:
            persons.append(_person(person_id, state, live))
            exhibits.update(name for one in live for name in one.exhibit_ids)
    return str(state_of_subject([State(one["state"]) for one in persons])), persons, exhibits


def _may(
    one: Answer, accounts: Collection[str], may_tell: Callable[[Collection[str]], bool], gone: Collection[str]
) -> bool:
    return set(one.accounts) <= set(accounts) and may_tell(one.exhibit_ids) and not set(one.places) & set(gone)


def _person(person_id: str, state: State, live: Sequence[Answer]) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "state": str(state),
        "categories": sorted({one.category for one in live if one.category}),
        # What is built on one assessment is an assessment.
        "nature": "fact" if all(one.nature == "fact" for one in live) else "assessment",
        "since": min((one.since for one in live), default=""),
        "until": max((one.until for one in live), default="") if all(one.until for one in live) else "",
        "review_on": min(one.review_on for one in live),
        "judged_by": sorted({one.judge for one in live}),
        "judged_on": max(one.at for one in live)[:10],
    }
