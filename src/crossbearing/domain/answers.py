"""What a partner can answer, and to what: the words that both ends of an exchange know."""

from collections.abc import Mapping, Sequence
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
