"""Substances and other goods named in advert titles: whole words only, several kept, nothing guessed.

The lists are data: ``substances.toml``, ``ambiguous_words.toml`` and ``goods.toml``. A title without a listed word is
*not classified*, which is not the same as harmless. A name says what is offered, never what is in the parcel.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from crossbearing.reference.folding import folded
from crossbearing.reference.names import Atom, Names, atoms_of

LETHAL_OPIOID: Final = "lethal opioid"
OPIOID: Final = "opioid"
_NEAR: Final = 5  # atoms on each side in which another word speaks for a meaning
_BESIDE: Final = 3  # atoms on each side in which "pressed" speaks of this name
_SHORTEST_ENDING: Final = 3  # letters before an ending


class Kind(StrEnum):
    """What kind of name a word is."""

    INN = "inn"
    BRAND = "brand"
    SLANG = "slang"
    MISSPELLING = "misspelling"
    IMPRINT = "imprint"  # what is stamped on a pill
    ENDING = "ending"  # a relative, known by the end of its name only


class Basis(StrEnum):
    """Why a word counts."""

    WORD = "word"  # it names nothing else
    CATEGORY = "category"  # the market's own category speaks for it
    NEAR = "near"  # a word beside it does
    TITLE = "title"  # of the substances it may stand for, the title names this one


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance and its group; the group says how dangerous a small error of dose is."""

    name: str
    group: str
    is_medicine: bool  # a product of a pharmacy exists, so that there are counterfeits


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of one word.

    Attributes:
        word: As it stands in the title; ``start`` and ``end`` are its place there.
        is_ambiguous: Other readings of the same word stand beside this one.
        others: What else the word may be, whether or not it was kept.
        is_sold_as: A sign of counterfeit stands with it: sold as this, content unknown.
    """

    substance: str
    group: str
    word: str
    start: int
    end: int
    kind: Kind
    basis: Basis
    is_ambiguous: bool
    others: tuple[str, ...]
    is_sold_as: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One word of a title that names goods beside drugs."""

    goods: str
    word: str
    start: int
    end: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class _Word:
    """What a listed word may mean."""

    may_be: tuple[Substance, ...]
    kind: Kind
    also: str = ""
    near: frozenset[str] = frozenset()
    is_strict: bool = False
    is_sold_as: bool = False
    is_open: bool = False  # counts only with a reason


@dataclass(frozen=True, slots=True)
class _Lists:
    names: Names[_Word]
    context: frozenset[str]
    categories: dict[str, tuple[str, ...]]
    counterfeit: frozenset[str]
    counterfeit_groups: frozenset[str]
    endings: dict[str, Substance]
    substances: dict[str, Substance]


def substances_in(title: str | None, category: str | None = None) -> tuple[Reading, ...]:
    """Every reading of every word of a title that names a substance, in order of appearance.

    Args:
        title: As it was seized.
        category: The market's own category, which settles what a word of slang means.
    """
    if not title:
        return ()
    lists, text = _lists(), folded(title)
    atoms = atoms_of(text)
    groups = _groups_of(category)
    readings: list[Reading] = []
    taken: set[int] = set()
    hits = list(lists.names.find(text, atoms))
    named = {hit.meaning.may_be[0] for hit in hits if not hit.meaning.is_open}
    for hit in hits:
        around = _around(atoms, hit.first, hit.last, _NEAR)
        chosen, basis = _chosen(hit.meaning, groups, around)
        if len(chosen) > 1 and (said := tuple(one for one in chosen if one in named)):
            chosen, basis = said, Basis.TITLE
        if chosen:
            taken.update(range(hit.first, hit.last + 1))
            is_pressed = not lists.counterfeit.isdisjoint(_around(atoms, hit.first, hit.last, _BESIDE))
            span = (atoms[hit.first].start, atoms[hit.last].end)
            readings += _readings(hit.meaning, chosen, basis, (title, span), is_pressed=is_pressed)
    readings += _by_ending(title, [atom for at, atom in enumerate(atoms) if at not in taken])
    return tuple(sorted(readings, key=lambda one: (one.start, one.substance)))


def goods_in(title: str | None, category: str | None = None) -> tuple[Goods, ...]:
    """Every word of a title that names goods beside drugs, in order of appearance.

    Args:
        title: As it was seized.
        category: The market's own category; some words count only under a fitting one.
    """
    if not title:
        return ()
    text, place = folded(title), folded(category or "")
    atoms = atoms_of(text)
    found = []
    for hit in _goods().find(text, atoms):
        for goods, under in hit.meaning:
            if not under or any(word in place for word in under):
                start, end = atoms[hit.first].start, atoms[hit.last].end
                basis = Basis.CATEGORY if under else Basis.WORD
                found.append(Goods(goods=goods, word=title[start:end], start=start, end=end, basis=basis))
    return tuple(found)


def groups() -> frozenset[str]:
    """All groups of substances."""
    return frozenset(substance.group for substance in _lists().substances.values())


def group_of(substance: str) -> str | None:
    """The group of a substance by its name; None if the list does not have it."""
    known = _lists().substances.get(substance)
    return known.group if known else None


@lru_cache(maxsize=1 << 10)
def _groups_of(category: str | None) -> frozenset[str] | None:
    """Groups that a category speaks for; empty if it speaks of drugs only; None if of something else or nothing."""
    place = folded(category or "")
    named = [groups for word, groups in _lists().categories.items() if word in place]
    return frozenset(group for one in named for group in one) if named else None


def _chosen(word: _Word, groups: frozenset[str] | None, around: frozenset[str]) -> tuple[tuple[Substance, ...], Basis]:
    """The meanings that count here, and why."""
    if not word.is_open:
        return word.may_be, Basis.WORD
    if groups:
        fitting = tuple(substance for substance in word.may_be if substance.group in groups)
        if fitting:
            return fitting, Basis.CATEGORY
    if not word.near.isdisjoint(around):
        return word.may_be, Basis.NEAR
    is_drugs = not groups and not word.is_strict
    return (word.may_be if is_drugs and not _lists().context.isdisjoint(around) else ()), Basis.NEAR


def _readings(
    word: _Word, chosen: Sequence[Substance], basis: Basis, place: tuple[str, tuple[int, int]], *, is_pressed: bool
) -> Iterator[Reading]:
    title, (start, end) = place
    counterfeits = _lists().counterfeit_groups
    for substance in chosen:
        others = [other.name for other in word.may_be if other != substance]
        is_copy = is_pressed and substance.is_medicine and substance.group in counterfeits
        yield Reading(
            substance=substance.name, group=substance.group, word=title[start:end], start=start, end=end,
            kind=word.kind, basis=basis, is_ambiguous=len(chosen) > 1,
            others=tuple(others + ([word.also] if word.also else [])),
            is_sold_as=is_copy or word.is_sold_as or word.kind == Kind.IMPRINT,
        )  # fmt: skip


def _by_ending(title: str, atoms: Sequence[Atom]) -> Iterator[Reading]:
    """Names that no list has, whose end says what they are relatives of."""
    for atom in atoms:
        for ending, substance in _lists().endings.items():
            if atom.text.endswith(ending) and len(atom.text) >= len(ending) + _SHORTEST_ENDING:
                yield Reading(
                    substance=substance.name, group=substance.group, word=title[atom.start : atom.end],
                    start=atom.start, end=atom.end, kind=Kind.ENDING, basis=Basis.WORD, is_ambiguous=False, others=(),
                    is_sold_as=False,
                )  # fmt: skip
                break


def _around(atoms: Sequence[Atom], first: int, last: int, reach: int) -> frozenset[str]:
    near = (*atoms[max(0, first - reach) : first], *atoms[last + 1 : last + 1 + reach])
    return frozenset(atom.text for atom in near)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("crossbearing.reference") / name).read_text(encoding="utf-8"))


@cache
def _lists() -> _Lists:
    substances: dict[str, Substance] = {}
    entries: dict[str, _Word] = {}
    for name, entry in _read("substances.toml").items():
        substance = Substance(name, entry["group"], is_medicine="brand" in entry)
        substances[name] = substance
        for kind in set(Kind) & entry.keys():
            entries |= {word: _Word((substance,), Kind(kind)) for word in entry[kind]}
    open_words = _read("ambiguous_words.toml")
    for entry in open_words["word"]:
        word = _Word(
            tuple(substances[name] for name in entry["may_be"]), Kind.SLANG, entry.get("also", ""),
            frozenset(entry.get("near", ())), entry.get("strict", False), entry.get("sold_as", False), is_open=True,
        )  # fmt: skip
        entries |= dict.fromkeys(entry["words"], word)
    endings = {}
    for ending, meaning in open_words["endings"].items():
        name, group = meaning.split(", ")
        endings[ending] = Substance(name, group, is_medicine=False)
    return _Lists(
        Names(entries), frozenset(open_words["context"]["words"]),
        {word: tuple(groups) for word, groups in open_words["categories"].items()},
        frozenset(open_words["counterfeit"]["words"]), frozenset(open_words["counterfeit"]["groups"]),
        endings, substances,
    )  # fmt: skip


@cache
def _goods() -> Names[tuple[tuple[str, tuple[str, ...]], ...]]:
    """Words for goods: each with its kinds, and the categories under which it counts; none for any."""
    meanings: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for goods, entry in _read("goods.toml").items():
        for word in entry["words"]:
            meanings.setdefault(word, []).append((goods, ()))
        for word in entry["in_category"]:
            meanings.setdefault(word, []).append((goods, tuple(entry["category"])))
    return Names({word: tuple(kinds) for word, kinds in meanings.items()})
