"""The first market's forum, as its board software exports it: one post a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.adverts import post
from crossbearing.simulation.chance import stream
from crossbearing.simulation.formats.dirt import truncate_lines
from crossbearing.simulation.keys import Key
from crossbearing.simulation.lists import write_lines
from crossbearing.simulation.markets import DAY, KESTREL
from crossbearing.simulation.population import Account, Population
from crossbearing.simulation.scenario import Scenario
from crossbearing.simulation.servers.columns import stamps

_BOARDS: Final = ("vendor reviews", "shipping", "security", "product talk", "newcomers", "desk announcements")
_POSTERS_OF_ONE_KEY: Final = 12  # strangers at most; the real forum shows up to eleven besides the owner


@dataclass(frozen=True, slots=True)
class Posting:
    """One post; ``key`` is the block in it, with whoever's it is."""

    author: str
    at: int
    text: str
    key: Key | None = None


def write_forum(
    path: Path, population: Population, buyers: list[str], scenario: Scenario, *, count: int, seed: int
) -> None:
    """Posts in order of time."""
    posts = sorted(_posts(population, buyers, scenario, count, seed), key=lambda one: (one.at, one.author))
    chance = stream(seed, "forum", "boards")
    boards = chance.integers(len(_BOARDS), size=len(posts)).tolist()
    threads = (chance.integers(1, max(2, len(posts) // 6), size=len(posts))).tolist()
    times: Sequence[str | None] = stamps(np.array([one.at + 60 * scenario.dirt.clock_minutes for one in posts]))
    if not scenario.dirt.dated:
        times = [None] * len(posts)
    write_lines(
        path,
        (
            {
                "post_id": number + 1, "board": _BOARDS[boards[number]], "thread_id": threads[number],
                "author": one.author, "posted_at": times[number], "body": one.text,
            }
            for number, one in enumerate(posts)
        ),
    )  # fmt: skip

    truncate_lines(path, stream(seed, "forum", "truncated"), scenario.dirt.truncated_rows, skip=0)


def _posts(population: Population, buyers: list[str], scenario: Scenario, count: int, seed: int) -> Iterator[Posting]:
    chance = stream(seed, "forum")
    accounts = population.on(KESTREL)
    for _ in range(count):
        if chance.random() < 0.5:  # noqa: PLR2004 - half of the posts are the sellers'
            account = accounts[int(chance.integers(len(accounts)) * chance.random())]
            operator = population.operators[account.operators[0]]
            at = _time(account, operator.wakes, chance)
            yield Posting(account.handle, at, post(account.hand, operator.products[0].names[0], chance))
        else:
            author = buyers[int(chance.integers(len(buyers)))]
            at = KESTREL.opens + int(chance.integers(KESTREL.closes - KESTREL.opens))
            yield Posting(author, at, post(None, "order", chance))
    yield from _keys(population, buyers, scenario, chance)


def _keys(
    population: Population, buyers: list[str], scenario: Scenario, chance: np.random.Generator
) -> Iterator[Posting]:
    """Sellers post their key; a few keys are posted by people who do not own them."""
    owners: dict[str, Account] = {}
    for account in population.on(KESTREL):
        if account.key and account.key.fingerprint not in owners:
            owners[account.key.fingerprint] = account
    shared = round(scenario.population.key_posted_by_others * len(owners))
    chosen = set(chance.permutation(len(owners))[:shared].tolist())
    for place, account in enumerate(owners.values()):
        key = account.key
        if key is None:
            continue
        wakes = population.operators[account.operators[0]].wakes
        yield Posting(account.handle, _time(account, wakes, chance), f"my key, please encrypt\n\n{key.armour}", key)
        if place in chosen:
            others = 1 + min(int(chance.geometric(0.35)), _POSTERS_OF_ONE_KEY - 1)
            for _ in range(others):
                author = buyers[int(chance.integers(len(buyers)))]
                at = min(_time(account, wakes, chance) + DAY, KESTREL.closes)
                yield Posting(author, at, f"is this the right key for {account.handle}?\n\n{key.armour}", key)


def _time(account: Account, wakes: int, chance: np.random.Generator) -> int:
    """A time within the account's life, at an hour when whoever runs it is awake."""
    day = (account.opened + int(chance.integers(max(1, account.closed - account.opened)))) // DAY
    at = day * DAY + int((wakes + chance.normal(0, 3)) % 24 * 3600)
    return min(max(at, account.opened), account.closed - 1)
