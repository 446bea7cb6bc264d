"""Names of persons made comparable: folded words, and how alike a case's name and a consignee's are.

A name is given and family name, whichever stands first. Writing in other scripts is compared only with itself.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

OTHER, NEAR, EXACT = 0, 1, 2
_WORDS: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "hr", "mme", "mlle", "sra", "pani", "attn"}
)
# Names of people too: passed over only if given and family name are left.
_MAYBE_TITLES: Final = frozenset({"fr", "sr", "jr", "pan", "att", "an", "to", "co"})
# Letters that do not fall apart into a letter and a mark. Source: Unicode, common transliteration.
_PLAIN: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
_LETTERS_OF_A_SLIP: Final = 4  # a name that long may have one letter wrong, left out, doubled or changed over
_LETTERS_OF_A_SHORT_FORM: Final = 3


def plain(text: str) -> str:
    """The text in lower case without marks on letters."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def words_of(text: str | None) -> list[str]:
    """The words of a name, without titles, hyphens and apostrophes."""
    found = [word for word in _WORDS.findall(plain(text or "")) if word not in _TITLES]
    names = [word for word in found if word not in _MAYBE_TITLES]
    return [re.sub(r"['\u2019-]", "", word) for word in (names if len(names) > 1 else found)]


def name_of(line: str | None) -> tuple[str, str]:
    """Given and family name of one line; a comma says that the family name stands first."""
    before, comma, behind = (line or "").partition(",")
    words = words_of(f"{behind} {before}") if comma else words_of(line)
    if len(words) < 2:  # noqa: PLR2004 - one word is taken for the family name
        return "", "".join(words)
    return words[0], words[-1]


@dataclass(frozen=True, slots=True)
class NameTable:
    """The names of all consignees, as numbers of distinct words.

    Attributes:
        given: Number in ``given_words``, one per consignee.
        family: Number in ``family_words``, one per consignee.
    """

    given: NDArray[np.int32]
    family: NDArray[np.int32]
    given_words: Sequence[str]
    family_words: Sequence[str]

    @classmethod
    def of(cls, names: Sequence[tuple[str, str]]) -> "NameTable":
        """The table of (given, family) pairs."""
        given, family = (_numbered([name[place] for name in names]) for place in (0, 1))
        return cls(given[0], family[0], given[1], family[1])


class NameLevels:
    """How alike each case's name is to every consignee's."""

    def __init__(self, cases: Sequence[tuple[str, str]], table: NameTable) -> None:
        """Compare the distinct words once; what is left for each case is looking them up."""
        self._table = table
        self._cases = NameTable.of(cases)
        self._given = _alike(self._cases.given_words, table.given_words, is_given=True)
        self._family = _alike(self._cases.family_words, table.family_words, is_given=False)
        given, family = ({word: n for n, word in enumerate(w)} for w in (table.given_words, table.family_words))
        self._words = cases
        self._turned = [(given.get(name[1], -1), family.get(name[0], -1)) for name in cases]

    def of(self, case: int) -> NDArray[np.uint8]:
        """``OTHER``, ``NEAR`` or ``EXACT`` for each consignee."""
        given = self._given[self._cases.given[case]][self._table.given]
        family = self._family[self._cases.family[case]][self._table.family]
        levels: NDArray[np.uint8] = np.minimum(given, family)
        turned_given, turned_family = self._turned[case]
        is_whole = all(self._words[case])
        if is_whole and turned_given >= 0 and turned_family >= 0:
            levels[(self._table.given == turned_given) & (self._table.family == turned_family)] = EXACT
        return levels


def _numbered(words: Sequence[str]) -> tuple[NDArray[np.int32], list[str]]:
    numbers: dict[str, int] = {}
    codes = np.fromiter((numbers.setdefault(word, len(numbers)) for word in words), np.int32, len(words))
    return codes, list(numbers) or [""]


def _alike(ours: Sequence[str], theirs: Sequence[str], *, is_given: bool) -> NDArray[np.uint8]:
    """Level of each pair of words; an empty word is like none."""
    from rapidfuzz import process  # noqa: PLC0415 - compiled, and not needed for anything else
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - as above

    distance = process.cdist(ours, theirs, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)
    lengths = [np.array([len(word) for word in words]) for words in (ours, theirs)]
    shorter = np.minimum(lengths[0][:, None], lengths[1][None, :])
    levels = np.where((distance == 1) & (shorter >= _LETTERS_OF_A_SLIP), NEAR, OTHER).astype(np.uint8)
    if is_given:
        places = {word: column for column, word in enumerate(theirs)}
        in_order = sorted(theirs)
        for row, word in enumerate(ours):
            for other in _short_forms(word, in_order):
                column = places.get(other)
                if column is not None and levels[row, column] == OTHER:
                    levels[row, column] = NEAR
    levels[(distance == 0) & (shorter > 0)] = EXACT
    return levels


def _short_forms(word: str, in_order: Sequence[str]) -> Iterator[str]:
    """Initials and beginnings of a word, and the words of a sorted list that it is one of."""
    lengths = (1, *range(_LETTERS_OF_A_SHORT_FORM, len(word)))
    yield from (word[:length] for length in lengths if length < len(word))
    if len(word) == 1 or len(word) >= _LETTERS_OF_A_SHORT_FORM:
        start = bisect_left(in_order, word)
        end = bisect_left(in_order, word + "\U0010ffff", lo=start)
        yield from in_order[start:end]
