"""Names of tables and columns: their words, and how well they fit the words of a list."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, TypeAlias

Words: TypeAlias = tuple[str, ...]

# How well a name fits: the whole of it, its last word, the same word cut short, a word of it, a part of one word.
WHOLE, LAST, CUT, WITHIN, RUN_TOGETHER = 1.0, 0.8, 0.7, 0.5, 0.6
_SHORTEST_CUT: Final = 3  # letters: shorter words can be the beginning of anything
_SHARE_OF_CUT: Final = 0.4
_VOWELS: Final = frozenset("aeiouy")
_SHORTEST_PART: Final = 5
_SHARED: Final = 0.6  # of the columns of a table begin with the same word: then it says nothing
_FEWEST_SHARING: Final = 3
_TABLE_MARKS: Final = frozenset({"tbl", "tb", "t", "table", "app", "db", "site", "market"})
_BREAK: Final = re.compile(r"[^\w]+|_+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d])(?=\d{3,})")


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of words, as the file beside this module has them."""

    thing: Mapping[str, tuple[Words, ...]]
    column: Mapping[str, tuple[Words, ...]]
    time: tuple[Words, ...]
    id: frozenset[str]
    other: tuple[Words, ...]
    other_table: tuple[Words, ...]
    secret: tuple[Words, ...]


@cache
def lists() -> Lists:
    """The lists that come with the package."""
    text = (resources.files("crossbearing.intake.proposing") / "words.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    things = {name: _split(words) for name, words in content["thing"].items()}
    columns = {name: _split(words) for name, words in content["column"].items()}
    time, other, other_table, secret = (
        _split(content[name]["words"]) for name in ("time", "other", "other_table", "secret")
    )
    return Lists(things, columns, time, frozenset(content["id"]["words"]), other, other_table, secret)


def words_of(name: str) -> Words:
    """The words of a name: ``tblUser_btcAddress`` is tbl, user, btc, address."""
    found = tuple(word.casefold() for word in _BREAK.split(name) if word)
    return found or (name.casefold(),)


def table_words(name: str, all_tables: Sequence[str]) -> Words:
    """The words of a table's name without what marks a table, and without the first word if most tables share it."""
    words = words_of(name)
    if len(words) > 1 and (words[0] in _TABLE_MARKS or words[0] == _shared(words_of(one) for one in all_tables)):
        return words[1:]
    return words


def column_words(columns: Sequence[str]) -> dict[str, Words]:
    """The words of each column's name, without the first if most columns of the table share it."""
    split = {name: words_of(name) for name in columns}
    shared = _shared(split.values())
    return {name: words[1:] if len(words) > 1 and words[0] == shared else words for name, words in split.items()}


def fit(name: Words, wanted: Iterable[Words]) -> float:
    """How well a name fits a list, from 0 to 1."""
    return max((_fit(name, one) for one in wanted), default=0.0)


@cache
def fit_things(name: Words, things: tuple[str, ...]) -> float:
    """How well a name fits the words for these things."""
    return fit(name, [words for thing in things for words in lists().thing[thing]])


@cache
def fit_column(name: Words, column: str) -> float:
    """How well a name fits the words for a record column, or the record column's own name."""
    return fit(name, [*lists().column.get(column, ()), words_of(column)])


@cache
def fit_other(name: Words) -> float:
    """How well a name fits those of columns that feed nothing."""
    return fit(name, lists().other)


@cache
def fit_time(name: Words) -> float:
    """How well a name fits those of moments."""
    return fit(name, lists().time)


@cache
def fit_secret(name: Words) -> float:
    """How well a name fits those of passwords and private keys."""
    return fit(name, lists().secret)


@cache
def _fit(name: Words, wanted: Words) -> float:
    joined, whole = "".join(name), "".join(wanted)
    if joined == whole or _singular(joined) == _singular(whole):
        return WHOLE
    if len(name) == len(wanted) and all(_is_cut(one, other) for one, other in zip(name, wanted, strict=True)):
        return CUT
    size = len(wanted)
    pieces = [tuple(map(_singular, name[at : at + size])) for at in range(len(name) - size + 1)]
    target = tuple(map(_singular, wanted))
    if pieces and pieces[-1] == target:
        return LAST
    if target in pieces:
        return WITHIN
    if len(whole) >= _SHORTEST_PART and len(name) == 1 and (joined.startswith(whole) or joined.endswith(whole)):
        return RUN_TOGETHER
    return 0.0


def without_id(name: Words) -> Words:
    """The name without the words that only say that it is a number; empty if there are no others."""
    return tuple(word for word in name if word not in lists().id)


def _is_cut(one: str, other: str) -> bool:
    """Whether one word is the other, or the other cut short: without its end, or some of its vowels."""
    if _singular(one) == _singular(other):
        return True
    if len(one) < max(_SHORTEST_CUT, _SHARE_OF_CUT * len(other)) or len(one) >= len(other):
        return False
    rest = iter(other)
    for letter in one:
        # Between the letters of a cut word only vowels are missing: usr, buyr, qnty; and what comes after it.
        if letter != next((other_one for other_one in rest if other_one == letter or other_one not in _VOWELS), ""):
            return False
    return one[0] == other[0]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > len("ties"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORTEST_CUT else word


def _shared(names: Iterable[Words]) -> str:
    """The first word that most names have; empty if there is none."""
    firsts = [words[0] for words in names]
    (word, count), *_ = Counter(firsts).most_common(1) or [("", 0)]
    return word if count >= max(_FEWEST_SHARING, _SHARED * len(firsts)) else ""


def _split(words: Iterable[str]) -> tuple[Words, ...]:
    return tuple(tuple(word.split()) for word in words)
