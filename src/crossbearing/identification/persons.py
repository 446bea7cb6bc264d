"""Persons out of rows: which rows are taken to name one and the same person, by rules that are stated.

Two rows name one person if the name agrees and the day of birth does, or the street and town, or the telephone number.
A name alone joins nothing, for strangers share names; nor does a telephone number alone, for households share it. Where
an address or number is stated with two days of birth, it joins nobody: father and son are two persons.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_WORDS: Final = re.compile(r"\w+")
_ID_LETTERS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One row that names a person, in comparable form; it never leaves the run.

    Attributes:
        place: Where the row stands, as one text.
        order: Place of its exhibit in the register, then ``place``.
        root: Who says so: the provider, the device or the agency. Two links of one root are no two sources.
        name: Given and family name, folded, in order of the letters; empty if not stated.
        born: Day of birth, ISO; empty if not stated.
        address: Street and town, folded; empty unless both are stated.
        phone: As E.164 writes it; empty if not stated.
    """

    table: str
    exhibit_id: str
    place: str
    order: tuple[int, str]
    root: str
    name: str
    born: str = ""
    address: str = ""
    phone: str = ""


def plain(text: str | None) -> str:
    """The text without case, accents, punctuation and double spaces."""
    kept = unicodedata.normalize("NFKD", text or "").casefold()
    return " ".join(_WORDS.findall("".join(one for one in kept if not unicodedata.combining(one))))


def name_of(*parts: str | None) -> str:
    """A name in comparable form, whichever part comes first; empty unless it has two words."""
    words = sorted(_LETTERS.findall(plain(" ".join(part or "" for part in parts))))
    return " ".join(words) if len(words) > 1 else ""


def address_of(street: str | None, town: str | None) -> str:
    """Street and town in comparable form; empty unless both are stated."""
    return f"{plain(street)} / {plain(town)}" if plain(street) and plain(town) else ""


@dataclass(frozen=True, slots=True)
class Persons:
    """Who is who among the sightings.

    Attributes:
        person_of: Person id by place of the row.
        places: Rows of each person, the first to come in first.
        namesakes: Of each person those with the same name whom no day of birth parts: perhaps the same, perhaps not.
    """

    person_of: Mapping[str, str]
    places: Mapping[str, tuple[str, ...]]
    namesakes: Mapping[str, tuple[str, ...]]


def persons_of(sightings: Iterable[Sighting]) -> Persons:
    """Group sightings into persons; one without a name is a person of its own.

    The id of a person is made from the place of the row that came in first, so that it says nothing of the person and
    stays when rows come in later.
    """
    ordered = sorted(sightings, key=lambda one: one.order)
    parent = {one.place: one.place for one in ordered}
    born = {one.place: one.born for one in ordered}
    by_mark: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in ordered:
        for mark in _marks(one):
            by_mark[mark].append(one.place)
    for _, places in sorted(by_mark.items()):
        days = {born[_root(parent, place)] for place in places} - {""}
        for place in places[1:] if len(days) <= 1 else ():
            _join(parent, born, places[0], place)
    groups: defaultdict[str, list[Sighting]] = defaultdict(list)
    for one in ordered:
        groups[_root(parent, one.place)].append(one)
    ids = {root: person_id(members[0].place) for root, members in groups.items()}
    alike = _namesakes({ids[root]: members for root, members in groups.items()})
    return Persons(
        {one.place: ids[root] for root, members in groups.items() for one in members},
        {ids[root]: tuple(one.place for one in members) for root, members in groups.items()},
        alike,
    )


def _namesakes(persons: Mapping[str, Sequence[Sighting]]) -> dict[str, tuple[str, ...]]:
    named: defaultdict[str, set[str]] = defaultdict(set)
    born: dict[str, set[str]] = {}
    for person, members in persons.items():
        born[person] = {one.born for one in members} - {""}
        for one in members:
            if one.name:
                named[one.name].add(person)
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for several in named.values():
        for person in several:
            alike[person] |= {other for other in several - {person} if not (born[person] and born[other])}
    return {person: tuple(sorted(others)) for person, others in alike.items() if others}


def person_id(place: str) -> str:
    """The id of the person whose first row stands there."""
    return f"N-{sha256(place.encode()).hexdigest()[:_ID_LETTERS]}"


def _marks(one: Sighting) -> Sequence[tuple[str, ...]]:
    """What joins, each with the name; days of birth come first, so that they part what an address would join."""
    if not one.name:
        return ()
    said = (("1 born", one.born), ("2 address", one.address), ("3 phone", one.phone))
    return [(kind, one.name, value) for kind, value in said if value]


def _root(parent: dict[str, str], place: str) -> str:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


def _join(parent: dict[str, str], born: dict[str, str], left: str, right: str) -> None:
    left, right = _root(parent, left), _root(parent, right)
    if left == right or (born[left] and born[right] and born[left] != born[right]):
        return
    parent[right] = left
    born[left] = born[left] or born[right]
