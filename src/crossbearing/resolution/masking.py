"""Adverts without what names their seller, so that a comparison of writing compares writing.

What is taken out is kept: each span is a signal of its own. Spans count characters of the text as it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crossbearing.domain.handle import skeleton
from crossbearing.domain.scan import scan

_SHORTEST_PART: Final = 4  # letters of a part of a handle that is taken out by itself
_SHORTEST_LIKE: Final = 5  # letters of a word that may be a misspelled handle
_LIKE: Final = 80  # of 100, rapidfuzz ratio; source: resolution reference, leakage list
_MOST_WORDS: Final = 50_000  # of one text that are compared with the handle letter by letter
# Letters and what sellers write for them; between them up to three marks, so that no text makes the pattern slow.
_WRITTEN: Final = {"o": "[o0]", "i": "[i1l!|]", "l": "[l1i|]", "e": "[e3]", "a": "[a4@]", "s": "[s5$]", "t": "[t7]"}
_GAP: Final = r"[\W_]{0,3}"
# Every repeat that may begin anywhere has an upper bound: seized text may be one long run of anything.
_KEYS: Final = re.compile(
    r"-{2,9}\s{0,9}BEGIN PGP.*?(?:-{2,9}\s{0,9}END PGP[^-]{0,60}-{0,9}|\Z)|\b(?:0x)?(?:[0-9A-F]{4}\s{0,2}){10}\b"
    r"|\b0x[0-9A-F]{8,16}\b",
    re.DOTALL | re.IGNORECASE,
)
_ADDRESSES: Final = re.compile(
    r"https?://\S+|\b\w{1,80}\.onion\S*|[^\s@]{1,64}@[^\s@]{1,255}\.\w+|\b(?=\w*\d)\w{25,}\b", re.IGNORECASE
)
_MESSENGERS: Final = re.compile(
    r"\b(?:jabber|xmpp|wickr|telegram|session|signal|icq|threema)\b(?:\s{1,5}(?:id|me))?\s{0,5}[:=@]\s{0,5}\S+",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w{5,}")
_PARTS: Final = re.compile(r"[\W_\d]+|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, order=True)
class Removed:
    """One span that was taken out.

    Attributes:
        start: Where it begins, characters.
        end: Where it ends, characters.
        kind: "handle", "key", "address", "messenger", or the kind of an identifier.
        written: As it stands in the text.
    """

    start: int
    end: int
    kind: str
    written: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without what names its seller, and what was taken out, in order of place."""

    text: str
    removed: tuple[Removed, ...]


def mask(text: str, handles: Sequence[str] = ()) -> Masked:
    """Take handles, contacts, addresses, wallets, telephone numbers and keys out of a text.

    Each span becomes one space. A handle is found in any case, with marks between its letters, in leet spelling, by
    its longer parts ("green" and "turtle" of "GreenTurtle") and misspelled (ratio of 80 or more).

    Args:
        text: As it stands.
        handles: Of the seller; none if none is known.
    """
    spans = {(hit.start, hit.end): str(hit.kind) for hit in scan(text).identifiers}
    for kind, pattern in (("key", _KEYS), ("address", _ADDRESSES), ("messenger", _MESSENGERS)):
        spans |= {found.span(): kind for found in pattern.finditer(text)}
    for handle in handles:
        spans |= dict.fromkeys(_places(handle, text), "handle")
    if not spans:
        return Masked(text, ())
    removed = tuple(sorted(Removed(start, end, kind, text[start:end]) for (start, end), kind in spans.items()))
    left, at = [], 0
    for one in removed:
        if one.end > at:
            if one.start >= at:
                left.append(text[at : one.start])
            at = one.end
    left.append(text[at:])
    return Masked(" ".join(left), removed)


def masked(handle: str, text: str) -> str:
    """A text without its seller's handle, parts of it, addresses, contacts and keys.

    Args:
        handle: Of the seller; empty if none is known.
        text: As it stands.
    """
    return mask(text, [handle] if handle else []).text


def _places(handle: str, text: str) -> Iterator[tuple[int, int]]:
    pattern, names = _names(handle)
    for found in pattern.finditer(text):
        yield found.span()
    if names:
        from rapidfuzz import fuzz  # noqa: PLC0415 - compiled, and not needed for anything else

        for number, found in enumerate(_WORD.finditer(text)):
            if number >= _MOST_WORDS:
                break
            word = found[0].casefold()
            if any(fuzz.ratio(word, name, score_cutoff=_LIKE) for name in names):
                yield found.span()


@lru_cache(maxsize=1 << 12)
def _names(handle: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """A pattern for the handle and its parts, and the spellings that a misspelled one is compared with."""
    parts = [part for part in _PARTS.split(handle) if len(part) >= _SHORTEST_PART]
    letters = [letter for letter in handle.casefold() if letter.isalnum()]
    if len(letters) < _SHORTEST_PART:  # a handle of one letter is in every word
        return re.compile(rf"(?<!\w){re.escape(handle)}(?!\w)", re.IGNORECASE), ()
    spaced = _GAP.join(_WRITTEN.get(letter, re.escape(letter)) for letter in letters)
    pattern = "|".join([re.escape(handle), spaced, *(re.escape(part) for part in parts)])
    names = {handle.casefold(), "".join(letters), skeleton(handle)}
    return re.compile(pattern, re.IGNORECASE), tuple(sorted(name for name in names if len(name) >= _SHORTEST_LIKE))
