"""What is sealed of a question and of its answer, and the little of an answer that both sides see before they agree."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crossbearing.domain.canonical import Json
from crossbearing.domain.columns import LINEAGE
from crossbearing.domain.hit_or_no_hit import HIT, NO_HIT
from crossbearing.leads.weighing import Grade

# Reader and place change when a file is read again; what the agency asks does not.
_PLACE: Final = frozenset(column.name for column in LINEAGE)
_LATER: Final = frozenset({"contact_found"})  # columns of a later form: empty they are as if not there
_GOOD_ENOUGH: Final = (Grade.STRONG, Grade.FAIR)


def question_of(row: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> dict[str, Json]:
    """The whole question: the referral and the laboratory's results as they stand, every value as text.

    Args:
        row: Of the overdose case.
        results: Rows of toxicology.
    """
    return {"case": _said(row), "results": sorted((_said(result) for result in results), key=str)}


def answer_of(finding: Mapping[str, Json], asked: str) -> dict[str, Json]:
    """The whole answer: one word, what was found, and the commitment of the question that it answers.

    A hit is a lead of grade fair at least: of weak ones nearly every case has some, and most are wrong.
    """
    leads: Any = finding["leads"]
    word = HIT if any(lead["grade"] in _GOOD_ENOUGH for lead in leads) else NO_HIT
    return {"word": word, "asked": asked, "finding": finding}


def before_both_agree(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What both sides see of an answer: the word, and which markets and days it rests on; no case, no sale."""
    markets = answer["finding"]["searched"]["markets"]
    return {
        "answer": answer["word"],
        "searched": [
            {
                "market": one["market"],
                "from": one["from"],
                "until": one["until"],
                "readable_percent": one["readable"] * 100 // one["sales"],
            }
            for one in markets
        ],
    }


def _said(row: Mapping[str, Any]) -> dict[str, Json]:
    return {
        name: None if value is None else str(value)
        for name, value in row.items()
        if (name not in _PLACE or name == "exhibit_id") and (value is not None or name not in _LATER)
    }
