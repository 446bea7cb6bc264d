"""Whether words may stand in an alert: nothing by which anybody is named, reached, paid or looked up.

What is found is never repeated: the answer says what kind it is, so that an error gives nothing away.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crossbearing.domain.scan import scan
from crossbearing.leads.counting import NOT_STATED
from crossbearing.reference.telephones import read_telephone
from crossbearing.store.session import Session

PROTECTED: Final = ("overdose_case",)
DERIVED: Final = ("account",)
_REACHED: Final = "a way to reach, find or pay somebody"
_KNOWN_HERE: Final = "a person, an account, a market or a case of this operation"
_DIGITS: Final = re.compile(r"\d(?:[\s().+/-]*\d){5,}")  # no dose, strength or imprint has six digits
_SPELLED: Final = re.compile(r"\w\s*[(\[{]?\s*\bat\b\s*[)\]}]?\s*[\w-]+\s*[(\[{]?\s*\bdot\b", re.IGNORECASE)
_LINK: Final = re.compile(r"https?:|www\.|\.onion|@|\b[a-z2-7]{56}\b", re.IGNORECASE)
_LONGEST: Final = 4  # words of a handle, a name or a case number
_SHORTEST: Final = 3  # letters and digits; shorter handles would forbid half the language
_NAMES: Final = """
    SELECT DISTINCT handle AS name FROM account WHERE handle IS NOT NULL
    UNION SELECT DISTINCT market FROM account WHERE market IS NOT NULL
    UNION SELECT DISTINCT account_handle FROM account_sighting WHERE account_handle IS NOT NULL
    UNION SELECT DISTINCT seller_handle FROM purchase WHERE seller_handle IS NOT NULL
    UNION SELECT DISTINCT case_number FROM toxicology WHERE case_number IS NOT NULL
    UNION SELECT DISTINCT case_number FROM overdose_case WHERE case_number IS NOT NULL
    UNION SELECT DISTINCT handle_found FROM overdose_case WHERE handle_found IS NOT NULL
    UNION SELECT DISTINCT contact_found FROM overdose_case WHERE contact_found IS NOT NULL
    UNION SELECT DISTINCT given_name || ' ' || family_name FROM overdose_case
        WHERE given_name IS NOT NULL AND family_name IS NOT NULL
    UNION SELECT DISTINCT family_name || ' ' || given_name FROM overdose_case
        WHERE given_name IS NOT NULL AND family_name IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names of the operation that no alert may hold, in comparable form."""

    names: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "KnownNames":
        """Letters and digits alone, without case."""
        found = frozenset(_bare(name) for name in names)
        return cls(frozenset(name for name in found if len(name) >= _SHORTEST))

    def stand_in(self, text: str) -> bool:
        """Whether one of them stands in a text, as whole words."""
        words = [_bare(word) for word in re.split(r"\s+", text.strip())]
        pieces = [_bare(word) for word in re.findall(r"\w+", text)]
        return any(run in self.names for one in (words, pieces) for run in _runs(one))


def known_names(engine: Session) -> KnownNames:
    """Handles, markets, case numbers and persons of cases of an operation whose tables were opened for a purpose."""
    return KnownNames.of(row["name"] for row in engine.rows(_NAMES))


def refused(text: str, known: KnownNames) -> str:
    """What kind of thing a text holds that no alert may hold; empty if nothing."""
    if (
        _LINK.search(text)
        or _SPELLED.search(text)
        or _DIGITS.search(text)
        or scan(text).identifiers
        or read_telephone(text)
    ):
        return _REACHED
    return _KNOWN_HERE if known.stand_in(text) else ""


def texts_in(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of an alert that a person or a laboratory wrote, with its field; words of ours are not among them."""
    yield "substance", document["substance"]
    yield "area", document["area"]["name"]
    yield "imprint", document["look"]["imprint"]
    yield "remark", document["remark"]


def first_refused(texts: Iterable[tuple[str, str]], known: KnownNames) -> tuple[str, str]:
    """Field and kind of the first text that may not stand; two empty texts if all may."""
    found = ((field, refused(text, known)) for field, text in texts if text and text != NOT_STATED)
    return next(((field, kind) for field, kind in found if kind), ("", ""))


def _runs(words: Sequence[str]) -> Iterator[str]:
    for length in range(1, _LONGEST + 1):
        for at in range(len(words) - length + 1):
            yield "".join(words[at : at + length])


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())
