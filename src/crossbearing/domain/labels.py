"""Labels on exhibits and how they combine: the strictest source wins.

Handling codes H0 to H3 and their effect are those of the Council guidelines on information exchange;
TLP is FIRST's version 2.0. *Unknown* is a value of its own, and the strictest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from crossbearing.domain.days import iso_day
from crossbearing.domain.grading import Grading

UNKNOWN: Final = "unknown"

# Mildest first. The position is the strictness.
HANDLING: Final = ("H0", "H1", "H2", "H3", UNKNOWN)
TLP: Final = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", UNKNOWN)
# What is built on one assessment is an assessment.
NATURE: Final = ("fact", "assessment", UNKNOWN)
# Whom a thing may speak of. Source: Directive (EU) 2016/680, Article 6; buyers and sources are our own.
CATEGORIES: Final = frozenset(
    {
        "suspect",
        "convicted",
        "victim",
        "witness",
        "contact",
        "other party",
        "buyer",
        "source",
        "minor",
        "not categorised",
    }
)

TLP_MEANING: Final = {
    "CLEAR": "No limit on passing it on.",
    "GREEN": "Within your community of police and public-health bodies; not in public.",
    "AMBER": "Within your agency and those who must know to act; not to private bodies without the owner.",
    "AMBER+STRICT": "Within your agency only.",
    "RED": "Only the persons it was addressed to.",
    UNKNOWN: "Not stated; treat as RED and ask the owner.",
}
HANDLING_MEANING: Final = {
    "H0": "May be used to prevent and combat crime.",
    "H1": "Not in judicial proceedings without the owner's permission.",
    "H2": "Not to be passed on without the owner's permission.",
    "H3": "Another restriction applies; ask the owner.",
    UNKNOWN: "The owner's handling code was not stated; treat as the strictest and ask the owner.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Whose a thing is and how it may be used.

    Attributes:
        owners: Agencies whose permission counts.
        authorities: Authorisations under which it was obtained.
        handling: One of ``HANDLING``.
        tlp: One of ``TLP``.
        categories: Categories of persons the thing speaks of, such as "suspect" or "buyer".
        cases: Case references.
        review_on: Earliest date on which retention must be reviewed, ISO date, or "unknown".
        gradings: How sources and information were graded, each in its own scheme; they are never merged.
        nature: "fact", "assessment" or "unknown".
        restrictions: Further conditions in the owners' words, such as those of H3.
    """

    owners: frozenset[str] = field(default_factory=frozenset)
    authorities: frozenset[str] = field(default_factory=frozenset)
    handling: str = UNKNOWN
    tlp: str = UNKNOWN
    categories: frozenset[str] = field(default_factory=frozenset)
    cases: frozenset[str] = field(default_factory=frozenset)
    review_on: str = UNKNOWN
    gradings: frozenset[Grading] = field(default_factory=frozenset)
    nature: str = UNKNOWN
    restrictions: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Refuse codes and dates that do not exist.

        Raises:
            ValueError: A code or category is not one of those listed, or ``review_on`` is no date.
        """
        if self.nature not in NATURE:
            message = f"nature is {self.nature!r}, expected one of {', '.join(NATURE)}"
            raise ValueError(message)
        if strange := self.categories - CATEGORIES:
            message = f"category is {min(strange)!r}, expected one of {', '.join(sorted(CATEGORIES))}"
            raise ValueError(message)
        if self.handling not in HANDLING:
            message = f"handling code is {self.handling!r}, expected one of {', '.join(HANDLING)}"
            raise ValueError(message)
        if self.tlp not in TLP:
            message = f"TLP is {self.tlp!r}, expected one of {', '.join(TLP)}"
            raise ValueError(message)
        if self.review_on != UNKNOWN:
            try:
                iso_day(self.review_on)
            except ValueError as wrong:
                message = f"review date is {self.review_on!r}, expected one of: an ISO date, {UNKNOWN}"
                raise ValueError(message) from wrong

    def joined(self, other: "Label") -> "Label":
        """The label of something made from both: every owner counts, the strictest code holds."""
        return Label(
            owners=self.owners | other.owners,
            authorities=self.authorities | other.authorities,
            handling=max(self.handling, other.handling, key=HANDLING.index),
            tlp=max(self.tlp, other.tlp, key=TLP.index),
            categories=self.categories | other.categories,
            cases=self.cases | other.cases,
            review_on=_earliest(self.review_on, other.review_on),
            gradings=self.gradings | other.gradings,
            nature=max(self.nature, other.nature, key=NATURE.index),
            restrictions=self.restrictions | other.restrictions,
        )

    @property
    def may_be_exhibit(self) -> bool:
        """Whether it may be shown as an exhibit, and not for intelligence only: free for proceedings, and a fact."""
        return self.handling == HANDLING[0] and self.nature == NATURE[0]

    def is_at_least_as_strict_as(self, other: "Label") -> bool:
        """Whether nothing is allowed under this label that the other forbids: the order of the lattice."""
        return self.joined(other) == self


# What a thing made from nothing carries: joining it changes nothing.
MILDEST: Final = Label(handling=HANDLING[0], tlp=TLP[0], review_on="9999-12-31", nature=NATURE[0])


def inherit(sources: Iterable[Label]) -> Label:
    """The label of something made from all the sources; without sources nothing is known."""
    found = list(sources)
    if not found:
        return Label()
    label = MILDEST
    for source in found:
        label = label.joined(source)
    return label


def is_intelligence_only(label: Label) -> bool:
    """Whether a thing must not be shown in court by now: every code but the mildest asks for the owner's word first."""
    return label.handling != HANDLING[0]


def _earliest(one: str, other: str) -> str:
    """The earlier review date; an unknown one is the strictest, so it stays unknown."""
    if UNKNOWN in (one, other):
        return UNKNOWN
    return min(one, other)
