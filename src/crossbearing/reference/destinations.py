"""What a market's "ships to" means: everywhere, everywhere but some places, or the places that it lists.

What names no place that is known is not guessed: "domestic", "please check listing" and jokes give no destination.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crossbearing.reference.countries import places_of

# Source: common usage, and the adverts of Agora, January to March 2014.
_EVERYWHERE: Final = (
    r"(?:(?:to\s+)?(?:the\s+)?(?:entire\s+|whole\s+)?w(?:orl|orld|ord|olrd|rold)\s*-?\s*wide|world|ww|w\.w\.|all(?:\s+countries)?"
    r"|every\s?where|everyplace|any\s?where|global(?:ly)?|international(?:ly)?)"
)
_BUT: Final = (
    r"(?:except(?:ing|ions?)?(?:\s+for)?|excl(?:\.|ud(?:e|es|ed|ing))?|but\s+not|but|(?:we\s+)?(?:do\s+not|don't)\s+ship\s+to"
    r"|not?|without|w/o|minus)"
)
_ALL: Final = re.compile(_EVERYWHERE, re.IGNORECASE)
_ALL_BUT: Final = re.compile(rf"(?:{_EVERYWHERE}[\s,;:(/*-]*)?\b{_BUT}(?=[\s:(])[\s:(]*(.+)", re.IGNORECASE | re.DOTALL)
_LISTED: Final = re.compile(
    r"(?:include\s+|only\s+(?:to\s+)?|within\s+(?:the\s+)?)?(.+?)(?:\s+countries)?(?:\s+only)?",
    re.IGNORECASE | re.DOTALL,
)
_EDGES: Final = " .,;:!?()[]'\"-"
_LONGEST: Final = 500  # characters; a line that lists every country there is has more, and says everywhere in its way


class Reach(StrEnum):
    """What a stated destination says."""

    EVERYWHERE = "everywhere"
    ALL_BUT = "all but some"
    LISTED = "listed"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True)
class Destination:
    """A stated destination.

    Attributes:
        places: Countries by code and regions by name, in order: those that are left out, or those that are listed.
    """

    reach: Reach
    places: tuple[str, ...] = ()


def read_destination(text: str | None) -> Destination:
    """What a text says of where somebody ships to."""
    words = " ".join((text or "").split()).strip(_EDGES)
    if len(words) > _LONGEST:
        return Destination(Reach.NOT_READ)
    if _ALL.fullmatch(words):
        return Destination(Reach.EVERYWHERE)
    if but := _ALL_BUT.fullmatch(words):
        return _of(Reach.ALL_BUT, but[1])
    listed = _LISTED.fullmatch(words)
    return _of(Reach.LISTED, listed[1] if listed else "")


def _of(reach: Reach, words: str) -> Destination:
    places = places_of(words.strip(_EDGES))
    return Destination(reach, tuple(sorted(places))) if places else Destination(Reach.NOT_READ)
