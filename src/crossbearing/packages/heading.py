"""What the head of a package says: for what, how urgent and why, whom to answer; and what is dangerous."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crossbearing.domain.labels import HANDLING_MEANING, UNKNOWN, Label
from crossbearing.packages.further import Further
from crossbearing.packages.gather import SubjectFacts
from crossbearing.presentation.text import number, plural

PURPOSE: Final = "To prevent, detect, investigate and prosecute the offence named here; for nothing else."
OFFENCE: Final = "Supply of drugs, as adverts and orders of online markets show it; classify it by your own law."
NO_AGE: Final = "No record here states anybody's age. Whoever is met may be a minor: be ready for that."


def heading_of(
    originator: str, package_id: str, label: Label, subjects: Sequence[SubjectFacts], further: Mapping[str, Further]
) -> dict[str, Any]:
    """Purpose, offence, urgency by rule, contact, permitted uses and the day of review."""
    lethal = sum(facts.target["names_lethal_opioid"] for facts in subjects)
    strong = sum(
        any(lead["grade"] == "strong" for lead in further[facts.target["subject_id"]].supply)
        for facts in subjects
        if facts.target["subject_id"] in further
    )
    reasons = [
        *([f"{plural(lethal, 'subject')} with adverts that name a lethal opioid"] if lethal else []),
        *([f"{plural(strong, 'subject')} with a strong overdose lead"] if strong else []),
    ]
    return {
        "purpose": PURPOSE,
        "offence": OFFENCE,
        "urgency": "urgent" if reasons else "routine",
        "urgency_why": f"{'; '.join(reasons)}."
        if reasons
        else "No advert names a lethal opioid, and no strong overdose lead is told.",
        "contact": f"{originator}, quoting {package_id}",
        "permitted_uses": [HANDLING_MEANING[label.handling], *sorted(label.restrictions)],
        "review_on": "not known: the owners stated no day" if label.review_on == UNKNOWN else label.review_on,
    }


def risks_of(subjects: Sequence[SubjectFacts]) -> list[dict[str, str]]:
    """What to be careful of, each with its state: named, not named, or not known."""
    lethal = [facts.target["subject_id"] for facts in subjects if facts.target["names_lethal_opioid"]]
    armed = [facts.target["subject_id"] for facts in subjects if facts.weapons]
    unread = sum(not facts.substances for facts in subjects)
    rest = f" Of {plural(unread, 'subject')} no title is readable." if unread else ""
    return [
        {
            "what": "fentanyl and nitazenes",
            "state": "named" if lethal else "not named",
            "text": f"Adverts of {_some(lethal)} name one. Open no parcel and no press without protection against dust "
            f"and naloxone at hand.{rest}"
            if lethal
            else f"No advert title names one; pressed pills and powders may hold it all the same.{rest}",
        },
        {
            "what": "firearms",
            "state": "named" if armed else "not named",
            "text": f"Adverts of {_some(armed)} name weapons."
            if armed
            else "No advert title names weapons. That says nothing of what is in a dwelling: ask your own registers.",
        },
        {
            "what": "safety of officers",
            "state": "not known",
            "text": "Who is behind an account, and whether that person is violent, is not in this package.",
        },
        {"what": "minors", "state": "not known", "text": NO_AGE},
        {
            "what": "addresses of others",
            "state": "not known",
            "text": "This package holds no postal address. Senders borrow addresses: whoever lives at one that you "
            "find may know nothing of it.",
        },
    ]


def _some(subjects: Sequence[str]) -> str:
    shown = list(subjects[:4])
    more = len(subjects) - len(shown)
    return f"{', '.join(shown)}{f' (+{number(more)})' if more else ''}"
