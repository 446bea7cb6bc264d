"""Posts of the forum sample as sides of accounts: what is compared, what is learned from, what only stands by."""

import hashlib
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from style import without_sign_offs

from crossbearing.domain.quotation import quoted_spans
from crossbearing.resolution.masking import mask

SIDE = 60  # posts of each side
CANDIDATES = 359  # accounts in which a second half is looked for: as many as the reference had
LEARNED = 20  # posts a side from which an account may be learned from
_SIGN = "\N{WHITE SQUARE}"  # that an address stands there is a habit; which one is not
_LETTERS = re.compile(r"\w")
_SHINGLE = 12  # characters
_ALIKE = 0.3  # share of a post's shingles that the other side also shows: then it is a near copy
_RUN = 8  # words of a run that two accounts share: pasted text
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Post:
    """One post: as it stands, and masked."""

    at: datetime
    thread: int
    raw: str
    text: str


@dataclass(slots=True)
class Forum:
    """Accounts by what they are used for.

    Attributes:
        first: First sides of the compared authors, ``SIDE`` posts each.
        second: Their second sides, in the same order.
        standing_by: Sides of other accounts, among which the second sides are looked for.
        taught: Both sides of accounts that are only learned from.
        names: Of the compared authors, then of those standing by.
        development: Whether each compared author was used to choose.
        history: All posts of each account as they stand: time, thread, text.
    """

    first: list[list[Post]] = field(default_factory=list)
    second: list[list[Post]] = field(default_factory=list)
    standing_by: list[list[Post]] = field(default_factory=list)
    taught: list[tuple[list[Post], list[Post]]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    development: list[bool] = field(default_factory=list)
    history: dict[str, list[tuple[datetime, int, str]]] = field(default_factory=dict)

    @property
    def authors(self) -> int:
        """How many authors are compared."""
        return len(self.first)

    @property
    def pool(self) -> list[list[Post]]:
        """First sides, second sides, and those standing by."""
        return self.first + self.second + self.standing_by


def drawn(name: str, what: str) -> int:
    """A number that depends on a name and on what it is drawn for, and on nothing else."""
    return int(hashlib.sha256(f"{what}:{name}".encode()).hexdigest()[:8], 16)


def read_forum(data: Path, seed: int) -> Forum:
    """Read the posts, mask them and share the accounts out.

    Args:
        data: Folder of the real data.
        seed: Which sixty posts are taken where a side has more.
    """
    rows = defaultdict(list)
    columns = ["user", "ts", "thread", "idx", "text"]
    for row in pq.read_table(data / "forum/silkroad1/posts.parquet", columns=columns).to_pylist():
        rows[row["user"]].append(row)
    sides: dict[str, tuple[list[Post], list[Post]]] = {}
    forum = Forum()
    for done, (name, posts) in enumerate(sorted(rows.items()), start=1):
        posts.sort(key=lambda row: (row["ts"], row["thread"], row["idx"]))
        forum.history[name] = [(row["ts"], row["thread"], row["text"]) for row in posts]
        sides[name] = _sides(name, posts)
        if not done % 100:
            sys.stderr.write(f"  masked {done:,} of {len(rows):,} accounts\n")
    authors = sorted(name for name, both in sides.items() if min(map(len, both)) >= SIDE)
    others = sorted(set(sides) - set(authors), key=lambda name: drawn(name, "rest"))
    enough = [name for name in others if sum(map(len, sides[name])) >= SIDE]
    standing = enough[: max(0, CANDIDATES - len(authors))]
    rng = random.Random(seed)  # noqa: S311 - a sample
    forum.first = [_sample(rng, sides[name][0]) for name in authors]
    forum.second = [_sample(rng, sides[name][1]) for name in authors]
    forum.standing_by = [_sample(rng, sides[name][0] + sides[name][1]) for name in standing]
    left = [name for name in others if name not in set(standing) and min(map(len, sides[name])) >= LEARNED]
    forum.taught = [(sides[name][0][-SIDE:], sides[name][1][:SIDE]) for name in left]
    forum.names = authors + standing
    forum.development = [drawn(name, "dev") % 2 == 0 for name in authors]
    return forum


def _sample(rng: random.Random, posts: list[Post]) -> list[Post]:
    return [posts[at] for at in sorted(rng.sample(range(len(posts)), SIDE))]


def _sides(name: str, rows: list[dict[str, Any]]) -> tuple[list[Post], list[Post]]:
    """First and second half by time, without threads that are in both and without posts of no two letters."""
    half = len(rows) // 2
    halves = rows[:half], rows[half:]
    in_both = {row["thread"] for row in halves[0]} & {row["thread"] for row in halves[1]}
    found = []
    for part in halves:
        kept = [row for row in part if row["thread"] not in in_both]
        texts = without_sign_offs([_masked(_own(row["text"]), name) for row in kept])
        found.append(
            [
                Post(row["ts"], row["thread"], row["text"], text)
                for row, text in zip(kept, texts, strict=True)
                if len(_LETTERS.findall(text)) > 1
            ]
        )
    return found[0], found[1]


def _masked(text: str, name: str) -> str:
    """The text without what names its author; where an address, a contact or a key stood is a sign."""
    left, at = [], 0
    for one in mask(text, [name]).removed:
        if one.end > at:
            left += [text[at : max(at, one.start)], " " if one.kind == "handle" else f" {_SIGN} "]
            at = one.end
    return "".join([*left, text[at:]])


def _own(text: str) -> str:
    """The text without quoted parts."""
    left, at = [], 0
    for start, end in quoted_spans(text, text.lower() if len(text.lower()) == len(text) else text):
        left.append(text[at:start])
        at = end
    return "".join([*left, text[at:]])


def raw(side: list[Post]) -> list[str]:
    """Posts as they stand."""
    return [post.raw for post in side]


def masked(side: list[Post]) -> list[str]:
    """Posts without what names their author."""
    return [post.text for post in side]


def without_near_copies(forum: Forum) -> list[list[str]]:
    """Masked sides; posts of a second side that are near copies of the same author's first side are left out."""
    found = [masked(side) for side in forum.pool]
    for number in range(forum.authors):
        known = set().union(*(_shingles(text) for text in found[number]))
        kept = [text for text in found[forum.authors + number] if _share(_shingles(text), known) < _ALIKE]
        found[forum.authors + number] = kept
    return found


def without_pasted(forum: Forum) -> list[list[str]]:
    """Masked sides without runs of eight words that two or more sides show (no labels used)."""
    sides = [masked(side) for side in forum.pool]
    seen = Counter(run for side in sides for run in {run for text in side for run in _runs(text)})
    return [[_cut(text, lambda run: seen[run] > 1) for text in side] for side in sides]


def _shingles(text: str) -> set[str]:
    return {text[at : at + _SHINGLE] for at in range(max(1, len(text) - _SHINGLE + 1))}


def _share(own: set[str], known: set[str]) -> float:
    return len(own & known) / len(own)


def _runs(text: str) -> list[int]:
    words = _WORD.findall(text.casefold())
    return [hash(tuple(words[at : at + _RUN])) for at in range(len(words) - _RUN + 1)]


def _cut(text: str, is_shared: Callable[[int], bool]) -> str:
    words = list(_WORD.finditer(text))
    gone = set()
    for at, run in enumerate(_runs(text)):
        if is_shared(run):
            gone.update(range(at, at + _RUN))
    left, end = [], 0
    for at in sorted(gone):
        left.append(text[end : words[at].start()])
        end = words[at].end()
    return "".join([*left, text[end:]])


def shared_runs(one: list[str], other: list[str]) -> int:
    """How many different runs of eight words both write."""
    return len({run for text in one for run in _runs(text)} & {run for text in other for run in _runs(text)})
