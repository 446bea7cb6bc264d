"""So many broken files of one reader, each made from its own number alone."""

import os
import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from crossbearing.intake.readers import BUILT_IN
from damage import containers
from damage.account import RESUMES, Account, Valid
from damage.harm import harmed, harmed_within
from damage.seeds import seeds

_IN_ONE = 0.4  # share of the files that are broken within one row, or one file of a container
_CONTAINERS = {"archives": containers.archives, "compressed": containers.compressed}
_Breaker: TypeAlias = Callable[[int, random.Random, Account], str]


def count_wanted() -> int:
    """How many files are broken for each reader; see the package."""
    return int(os.environ.get("CROSSBEARING_DAMAGE", "20"))


def names() -> list[str]:
    """Of all readers, then the two kinds of containers."""
    return [*(reader.name for reader in BUILT_IN), *_CONTAINERS]


@cache
def _seeds(simulated: Path) -> dict[str, list[bytes]]:
    return seeds(simulated)


def trial(name: str, simulated: Path, numbers: Iterable[int]) -> Account:
    """Break files of one reader, or containers, and read them.

    Args:
        name: One of ``names``.
        simulated: Folder of a simulated operation.
        numbers: Of the files; the same number gives the same file.
    """
    others = [content for every in _seeds(simulated).values() for content in every[:2]]
    account = Account(counts_bytes=name not in _CONTAINERS)
    breaks = _container_breaker(name, others) if name in _CONTAINERS else _reader_breaker(name, simulated, others)
    for number in numbers:
        before = len(account.wrong)
        kind = breaks(number, random.Random(f"{name}/{number}"), account)
        account.wrong[before:] = [f"file {number} ({kind}): {wrong}" for wrong in account.wrong[before:]]
    return account


def _reader_breaker(name: str, simulated: Path, others: Sequence[bytes]) -> _Breaker:
    """Breaks one file of a reader and reads it; gives how it was broken."""
    reader = next(one for one in BUILT_IN if one.name == name)
    wholes = [Valid(reader, content) for content in _seeds(simulated)[name]]

    def breaks(number: int, chance: random.Random, account: Account) -> str:
        whole = wholes[number % len(wholes)]
        row = None
        if name in RESUMES and len(whole.rows) > 1 and chance.random() < _IN_ONE:
            row = chance.randrange(len(whole.rows))
            broken = harmed_within(whole.content, whole.rows[row][0], chance, RESUMES[name])
        else:
            broken = harmed(whole.content, others, chance)
        whole.check(broken, account, row)
        return broken.kind

    return breaks


def _container_breaker(name: str, others: Sequence[bytes]) -> _Breaker:
    """Breaks one container and unpacks it; gives how it was broken."""
    wholes = _CONTAINERS[name]()

    def breaks(number: int, chance: random.Random, account: Account) -> str:
        whole = wholes[number % len(wholes)]
        file = None
        if whole.places and chance.random() < _IN_ONE:
            file = chance.randrange(len(whole.places))
            broken = harmed_within(whole.content, whole.places[file], chance, b"")
        else:
            broken = harmed(whole.content, others, chance)
        containers.check(whole, broken, account, file)
        return broken.kind

    return breaks
