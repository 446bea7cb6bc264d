"""What a partner can answer, and to what: the words that both ends of an exchange know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

SCHEMA: Final = "crossbearing/reply/1"
PACKAGE: Final = "package"
REMINDER: Final = "reminder"
RECEIPT: Final = "receipt"
ACCEPTED: Final = "accepted"
DECLINED: Final = "declined"
ALREADY_KNOWN: Final = "already known"
MORE: Final = "more information"
ACKNOWLEDGED: Final = "acknowledged"
_OF_A_PACKAGE: Final = (RECEIPT, ACCEPTED, DECLINED, ALREADY_KNOWN, MORE)
# What can be answered, by the kind of bundle.
ANSWERS: Final[Mapping[str, Sequence[str]]] = {
    PACKAGE: _OF_A_PACKAGE, REMINDER: _OF_A_PACKAGE, "recall": (ACKNOWLEDGED,), "correction": (ACKNOWLEDGED,),
}  # fmt: skip
FINAL: Final = (ACCEPTED, DECLINED, ALREADY_KNOWN)  # nothing more is waited for
NEEDS_WORDS: Final = (DECLINED, MORE)
CARRY_REPORTS: Final = (PACKAGE, REMINDER)  # what is answered with a report of outcomes, if there is one
MOST_REPORT: Final = 2 << 20  # bytes
_FORMS: Final = (".csv", ".json", ".xlsx")


@dataclass(frozen=True, slots=True)
class Report:
    """A report of outcomes that a reply carries: a file name without folders, and the file."""

    name: str
    content: bytes

    def problem(self) -> str:
        """What is wrong with it, whatever it says; empty if nothing is."""
        if not self.content:
            return "The report is empty"
        if len(self.content) > MOST_REPORT:
            return f"The report has more than {MOST_REPORT:,} bytes"
        path = PurePath(self.name)
        is_named = path.name == self.name and "\\" not in self.name and self.name.isprintable() and path.stem
        if not is_named or path.suffix.lower() not in _FORMS:
            return f"The report is no file named .csv, .json or .xlsx: {self.name[:100]!r}"
        return ""
