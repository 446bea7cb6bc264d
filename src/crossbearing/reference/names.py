"""Finding known names in a folded text: whole words only, with the spaces and hyphens that people leave out or add."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from crossbearing.reference.folding import folded

_ATOM: Final = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN: Final = re.compile(r"[ \-'.,/+\u2019]{0,3}")  # what may stand inside a name
_LONGEST: Final = 12  # atoms

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Atom:
    """A run of letters or of digits."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit(Generic[Meaning]):
    """A name in a text: which atoms, and what it means."""

    meaning: Meaning
    first: int
    last: int


class Names(Generic[Meaning]):
    """Names and what each means."""

    def __init__(self, entries: Mapping[str, Meaning]) -> None:
        """Take the names as they are written in full."""
        self._names: dict[str, tuple[frozenset[int], Meaning]] = {}
        self._beginnings: set[str] = set()
        for name, meaning in entries.items():
            atoms = [atom.text for atom in atoms_of(folded(name))]
            key = "".join(atoms)
            self._names[key] = (frozenset(_breaks(atoms)), meaning)
            self._beginnings.update(key[:end] for end in range(1, len(key) + 1))

    def find(self, text: str, atoms: Sequence[Atom]) -> Iterator[Hit[Meaning]]:
        """The names in a text, longest first, none over another, in order."""
        at = 0
        while at < len(atoms):
            hit = self._at(text, atoms, at)
            if hit is not None:
                yield hit
            at = hit.last + 1 if hit is not None else at + 1

    def _at(self, text: str, atoms: Sequence[Atom], first: int) -> Hit[Meaning] | None:
        key, breaks, best = "", set[int](), None
        for last in range(first, min(first + _LONGEST, len(atoms))):
            if last > first:
                if not _BETWEEN.fullmatch(text, atoms[last - 1].end, atoms[last].start):
                    break
                breaks.add(len(key))
            key += atoms[last].text
            found = self._names.get(key) or (self._names.get(key[:-1]) if _is_plural(key) else None)
            if found is not None and breaks <= found[0] and _is_whole(text, atoms, first, last):
                best = Hit(found[1], first, last)
            if key not in self._beginnings:
                break
        return best


def atoms_of(text: str) -> list[Atom]:
    """The runs of letters and of digits in a folded text."""
    return [Atom(match[0], match.start(), match.end()) for match in _ATOM.finditer(text)]


def _is_plural(key: str) -> bool:
    return len(key) > 4 and key.endswith("s")  # noqa: PLR2004 - short words change their meaning


def _breaks(atoms: Sequence[str]) -> Iterator[int]:
    length = 0
    for atom in atoms:
        length += len(atom)
        yield length


def _is_whole(text: str, atoms: Sequence[Atom], first: int, last: int) -> bool:
    """Whether no letter or digit that belongs to the word is left outside.

    Letters may touch a number beside them ("lsd25", "10mdma"); a number that begins or ends a name may not touch
    letters ("q2cb"; an x is a times sign); a name of one letter stands free.
    """
    before = atoms[first - 1] if first and atoms[first - 1].end == atoms[first].start else None
    after = atoms[last + 1] if last + 1 < len(atoms) and atoms[last + 1].start == atoms[last].end else None
    if before is not None and atoms[first].text[0].isdigit() and before.text != "x":
        return False
    if after is not None and atoms[last].text[0].isdigit():
        return False
    if first == last and len(atoms[first].text) == 1:
        around = text[atoms[first].start - 1 : atoms[first].start] + text[atoms[first].end : atoms[first].end + 1]
        return not around.strip(" ()[]*,|!")
    return True
