"""Adverts without what names their seller, so that a comparison of writing compares writing.

What is taken out is kept: each span is a signal of its own. Spans count characters of the text as it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
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
# What a text must hold for a pattern above to find anything: to ask is faster than to try the pattern everywhere.
_LONG_WORD: Final = re.compile(r"\w{25}")
# Drops what may stand between the letters of a handle, or for one of them: compiling a pattern for every handle takes
# most of the time.
_MARKS: Final = re.compile(r"[\W_ilas145\u0131]+")
_DIGITS: Final = str.maketrans("037", "oet")
_HEXADECIMAL: Final = re.compile(r"(?:[0-9A-Fa-f]{4}\s{0,2}){3}")
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
class _Name:
    """What a handle is looked for by.

    Attributes:
        rough: It and its parts as ``_rough`` leaves them; a text without any of them does not hold it.
        spellings: What a misspelled one is compared with.
    """

    rough: frozenset[str]
    spellings: tuple[str, ...]

    @property
    def lengths(self) -> tuple[int, int]:
        """Of the words that may be like it: a ratio of 80 allows two of three letters, and one for small letters."""
        sizes = [len(one) for one in self.spellings]
        return max(_SHORTEST_LIKE, 2 * min(sizes) // 3 - 1), 3 * max(sizes) // 2 + 1


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
    for kind, pattern in _worth_trying(text):
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


def _worth_trying(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    has_at = "@" in text
    if "--" in text or "0x" in text or "0X" in text or _HEXADECIMAL.search(text):
        yield "key", _KEYS
    # Some letters beyond ASCII count as letters of "onion" when case is ignored.
    is_plain = text.isascii() and ".onion" not in text.lower()
    if has_at or "://" in text or ("." in text and not is_plain) or _LONG_WORD.search(text):
        yield "address", _ADDRESSES
    if has_at or ":" in text or "=" in text:
        yield "messenger", _MESSENGERS


def _places(handle: str, text: str) -> Iterator[tuple[int, int]]:
    name = _name(handle)
    bare = _rough(text)
    if any(part in bare for part in name.rough):
        for found in _pattern(handle).finditer(text):
            yield found.span()
    if name.spellings:
        for found in islice(_words(*name.lengths).finditer(text), _MOST_WORDS):
            if _is_like(found[0], name.spellings):
                yield found.span()


@lru_cache(maxsize=1 << 8)
def _words(shortest: int, longest: int) -> re.Pattern[str]:
    return re.compile(rf"\b\w{{{shortest},{longest}}}\b")


@lru_cache(maxsize=1 << 12)  # sellers use the same words in all their adverts
def _is_like(word: str, names: tuple[str, ...]) -> bool:
    from rapidfuzz import fuzz  # noqa: PLC0415 - compiled, and not needed for anything else

    folded = word.casefold()
    return any(fuzz.ratio(folded, name, score_cutoff=_LIKE) for name in names)


@lru_cache(maxsize=1 << 12)
def _name(handle: str) -> _Name:
    letters = _letters(handle)
    rough = frozenset(_rough(part) for part in (handle, *_parts(handle)))
    if len(letters) < _SHORTEST_PART:
        return _Name(rough, ())
    names = {handle.casefold(), "".join(letters), skeleton(handle)}
    return _Name(rough, tuple(sorted(name for name in names if len(name) >= _SHORTEST_LIKE)))


@lru_cache(maxsize=1 << 8)
def _pattern(handle: str) -> re.Pattern[str]:
    """For the handle in any writing, and for its longer parts."""
    letters = _letters(handle)
    if len(letters) < _SHORTEST_PART:  # a handle of one letter is in every word
        return re.compile(rf"(?<!\w){re.escape(handle)}(?!\w)", re.IGNORECASE)
    spaced = _GAP.join(_WRITTEN.get(letter, re.escape(letter)) for letter in letters)
    return re.compile("|".join([re.escape(handle), spaced, *map(re.escape, _parts(handle))]), re.IGNORECASE)


def _rough(text: str) -> str:
    return _MARKS.sub("", text.casefold().translate(_DIGITS))


def _letters(handle: str) -> list[str]:
    return [letter for letter in handle.casefold() if letter.isalnum()]


def _parts(handle: str) -> list[str]:
    return [part for part in _PARTS.split(handle) if len(part) >= _SHORTEST_PART]
