"""Phrases with choices in them, and how one person chooses.

``[a|b|c]`` is a choice, ``[a|]`` may be nothing, ``<name>`` is a choice among the entry of that name, ``{name}`` is
filled in later. A person has a taste: of equal alternatives the same one comes to mind again and again.
"""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

import numpy as np

_BATCH: Final = 96
_MASK: Final = (1 << 64) - 1
_ODD: Final = 0x9E3779B97F4A7C15
_TOKENS: Final = re.compile(r"[\[\]|]|<\w+>|[^\[\]|<]+")

Node: TypeAlias = "str | Choice"
Option = TypeVar("Option")


class Dice:
    """Draws from a stream, taken from it in batches: a scalar call of NumPy costs more than the text it chooses."""

    __slots__ = ("_chance", "_drawn")

    def __init__(self, chance: np.random.Generator | random.Random) -> None:
        """Take over a stream."""
        self._chance = chance
        self._drawn: list[float] = []

    def share(self) -> float:
        """Between 0 and 1."""
        if not self._drawn:
            chance = self._chance
            self._drawn = (
                [chance.random() for _ in range(_BATCH)]
                if isinstance(chance, random.Random)
                else chance.random(_BATCH).tolist()
            )
        return self._drawn.pop()

    def below(self, count: int) -> int:
        """A whole number from 0 to ``count`` - 1."""
        return int(self.share() * count)

    def one(self, options: Sequence[Option]) -> Option:
        """One of the options."""
        return options[int(self.share() * len(options))]

    def some(self, options: Sequence[str], count: int) -> list[str]:
        """So many different ones, or all there are."""
        left = list(options)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def mark(self) -> int:
        """A number that stands for a taste or a text, 52 bits."""
        return int(self.share() * (1 << 26)) << 26 | int(self.share() * (1 << 26))


def mixed(taste: int, thing: int) -> int:
    """A number below 2**24 that a taste always gives for a thing, and another taste does not."""
    value = ((taste ^ thing * 0xD6E8FEB86659FD93) * _ODD) & _MASK
    value = ((value ^ value >> 29) * 0xBF58476D1CE4E5B9) & _MASK
    return value >> 40


class Choice:
    """A place where one of several ways is taken."""

    __slots__ = ("place", "ways")

    def __init__(self, place: int) -> None:
        """An empty choice at a place of its own."""
        self.place = place
        self.ways: list[tuple[Node, ...]] = []


class Stock:
    """The phrases of one language.

    Attributes:
        topics: Entry names to whole phrases, ready to be spoken; a phrase is taken by its number.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        """Read the phrases; one alternative a line."""
        self._entries = {name: Choice(number + 1) for number, name in enumerate(entries)}
        self._places = len(entries)
        for name, text in entries.items():
            self._entries[name].ways = [self._read(line.strip()) for line in text.strip().splitlines()]
        self.topics = {name: tuple(choice.ways) for name, choice in self._entries.items()}

    def spoken(self, phrase: Sequence[Node], dice: Dice, taste: int, strength: float) -> str:
        """A phrase with its choices made.

        Args:
            phrase: One of ``topics``.
            dice: Chance.
            taste: Of the person.
            strength: How often the taste decides, between 0 and 1.
        """
        parts: list[str] = []
        self._speak(phrase, dice, (taste, strength), parts)
        return " ".join("".join(parts).split())

    def _speak(self, phrase: Sequence[Node], dice: Dice, person: tuple[int, float], parts: list[str]) -> None:
        for node in phrase:
            if isinstance(node, str):
                parts.append(node)
                continue
            taste, strength = person
            drawn = dice.share()
            if drawn < strength:
                way = mixed(taste, node.place) % len(node.ways)
            else:
                way = int((drawn - strength) / (1 - strength) * len(node.ways))
            self._speak(node.ways[way], dice, person, parts)

    def _read(self, line: str) -> tuple[Node, ...]:
        """A line of the stock as nodes."""
        whole: list[Node] = []
        open_choices: list[tuple[Choice, list[Node]]] = []
        here = whole
        for piece in _TOKENS.findall(line):
            if piece == "[":
                self._places += 1
                choice = Choice(self._places)
                here.append(choice)
                open_choices.append((choice, here))
                here = []
            elif piece in {"|", "]"} and open_choices:
                choice, outer = open_choices[-1]
                choice.ways.append(tuple(here))
                here = []
                if piece == "]":
                    open_choices.pop()
                    here = outer
            elif piece.startswith("<"):
                here.append(self._entries[piece[1:-1]])
            else:
                here.append(piece)
        if open_choices:
            raise ValueError(f"a choice is not closed: {line}")
        return tuple(whole)
