"""Grades of sources and information, kept in the scheme in which they were given.

A grade is never averaged, and *cannot be judged* is never a middle value: mapped to another scheme it stays
what it is. A mapping loses detail and says so.

Sources: Europol 4x4; UK 3x5x2 intelligence report; Admiralty (NATO) code.
"""

from dataclasses import dataclass
from typing import Final

EUROPOL, UK, ADMIRALTY = "4x4", "3x5x2", "admiralty"

# Best first; None where the grade says that it cannot be judged. Spelling as on the forms.
_SOURCE: Final[dict[str, dict[str, str]]] = {
    EUROPOL: {
        "A": "no doubt about the source",
        "B": "mostly reliable",
        "C": "mostly unreliable",
        "X": "cannot be judged",
    },
    UK: {"1": "reliable", "2": "untested", "3": "not reliable"},
    ADMIRALTY: {
        "A": "completely reliable",
        "B": "usually reliable",
        "C": "fairly reliable",
        "D": "not usually reliable",
        "E": "unreliable",
        "F": "cannot be judged",
    },
}
_INFORMATION: Final[dict[str, dict[str, str]]] = {
    EUROPOL: {
        "1": "not in doubt",
        "2": "known to the source itself, not to the officer",
        "3": "not known to the source itself, borne out by other information",
        "4": "not known to the source itself, and cannot be borne out",
    },
    UK: {
        "A": "known directly",
        "B": "known indirectly, borne out",
        "C": "known indirectly",
        "D": "not known",
        "E": "suspected to be false",
    },
    ADMIRALTY: {
        "1": "confirmed",
        "2": "probably true",
        "3": "possibly true",
        "4": "doubtful",
        "5": "improbable",
        "6": "cannot be judged",
    },
}
# Grades that say nothing about quality; they have no place in an order.
_NOT_JUDGED: Final = {(EUROPOL, "source", "X"), (ADMIRALTY, "source", "F"), (ADMIRALTY, "information", "6"),
                      (UK, "source", "2"), (UK, "information", "D"), (EUROPOL, "information", "4")}  # fmt: skip
# To Europol's scheme, the one that packages travel under. Each line loses detail or adds a doubt of its own.
_TO_EUROPOL_SOURCE: Final = {
    UK: {"1": "B", "2": "X", "3": "C"},
    ADMIRALTY: {"A": "A", "B": "B", "C": "B", "D": "C", "E": "C", "F": "X"},
}
_TO_EUROPOL_INFORMATION: Final = {
    UK: {"A": "2", "B": "3", "C": "4", "D": "4", "E": "4"},
    ADMIRALTY: {"1": "1", "2": "3", "3": "4", "4": "4", "5": "4", "6": "4"},
}


@dataclass(frozen=True, slots=True, order=True)
class Grading:
    """How a source and its information were judged, in one scheme.

    Attributes:
        scheme: "4x4", "3x5x2" or "admiralty".
        source: Grade of the source in that scheme.
        information: Grade of the information in that scheme.
        condition: UK only: "P" lawful sharing permitted, "C" with conditions; else empty.
    """

    scheme: str
    source: str
    information: str
    condition: str = ""

    def __post_init__(self) -> None:
        """Refuse grades that the scheme does not have.

        Raises:
            ValueError: The scheme or a grade does not exist.
        """
        if self.scheme not in _SOURCE:
            message = f"grading scheme is {self.scheme!r}, expected one of {', '.join(_SOURCE)}"
            raise ValueError(message)
        for name, grades, given in (
            ("source", _SOURCE[self.scheme], self.source),
            ("information", _INFORMATION[self.scheme], self.information),
        ):
            if given not in grades:
                message = f"grade of the {name} is {given!r}, {self.scheme} has {', '.join(grades)}"
                raise ValueError(message)
        if self.condition not in ({"P", "C"} if self.scheme == UK else {""}):
            message = f"{self.scheme} has no condition {self.condition!r}"
            raise ValueError(message)

    @staticmethod
    def read(text: str) -> "Grading":
        """A grading from its spelling: ``4x4:B2``, ``3x5x2:1BP``, ``admiralty:C3``.

        Raises:
            ValueError: It is not spelled so.
        """
        scheme, separator, grades = text.partition(":")
        if not separator or len(grades) != (3 if scheme == UK else 2):
            message = f"grading is {text!r}, expected such as 4x4:B2, 3x5x2:1BP or admiralty:C3"
            raise ValueError(message)
        return Grading(scheme, *grades)

    @property
    def spelling(self) -> str:
        """As ``read`` takes it."""
        return f"{self.scheme}:{self.source}{self.information}{self.condition}"

    @property
    def is_source_judged(self) -> bool:
        """Whether anybody judged the source at all."""
        return (self.scheme, "source", self.source) not in _NOT_JUDGED

    @property
    def is_information_judged(self) -> bool:
        """Whether anybody could judge the information."""
        return (self.scheme, "information", self.information) not in _NOT_JUDGED

    @property
    def meaning(self) -> str:
        """Both grades in words."""
        return (
            f"source: {_SOURCE[self.scheme][self.source]}; information: {_INFORMATION[self.scheme][self.information]}"
        )


@dataclass(frozen=True, slots=True)
class Mapped:
    """A grading seen through another scheme; the native one still stands.

    Attributes:
        is_lossy: The other scheme cannot say the same.
    """

    native: Grading
    shown: Grading
    is_lossy: bool


def to_europol(grading: Grading) -> Mapped:
    """The grading in Europol's 4x4; what could not be judged stays so and never becomes a middle grade."""
    if grading.scheme == EUROPOL:
        return Mapped(grading, grading, is_lossy=False)
    shown = Grading(
        EUROPOL,
        _TO_EUROPOL_SOURCE[grading.scheme][grading.source],
        _TO_EUROPOL_INFORMATION[grading.scheme][grading.information],
    )
    return Mapped(grading, shown, is_lossy=True)
