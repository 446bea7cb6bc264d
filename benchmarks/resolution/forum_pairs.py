"""What the pairs that score too high have in common: signs of one hand that are not writing style, and their base rate.

No sign is a finding about a person. Each is counted among the top false pairs and among random pairs of the same
accounts; what is more frequent there than by chance is what the style score has found.
"""

import csv
import gzip
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from forum_posts import Forum, shared_runs
from numpy.typing import NDArray
from rapidfuzz import fuzz

from crossbearing.domain.handle import skeleton

Floats = NDArray[np.float64]
_NEAR = timedelta(days=3)  # between the last post of one and the first of the other
_PASTED = 200  # shared runs of eight words
_ALIKE = 80  # of 100, rapidfuzz ratio
_LOW_CLOCK = 0.06  # Jensen-Shannon divergence of the hours of posting, nats; below it the hours are close
_SHORTEST = 5  # characters of a name that is looked for in the posts of others
_SECOND = re.compile(
    r"\bmy (?:old|other|previous|original|former|main|first|second|new) (?:forum )?(?:account|acct|username|handle)\b"
    r"|\b(?:created|made|opened|set up|using) this (?:new )?account (?:so|to|just|because|since|for|as)\b"
    r"|\bthis (?:is my )?(?:new|second|alternate) account\b",
    re.IGNORECASE,
)
_ACCUSED = re.compile(
    r"\bsame (?:person|guy|dude|user)\b|\bsock\s?puppet|\bshill|\balt(?:ernate)? (?:account|handle)"
    r"|\bother (?:account|handle)|\ba\.?k\.?a\b|\balias|\bmultiple accounts",
    re.IGNORECASE,
)
SIGNS = (
    "same key posted", "handles alike", "one begins where the other ends", "both end on one day",
    "says it is a second account", "named together by a third, as one", "pasted text in common",
    "hours of posting close", "never in one thread",
)  # fmt: skip
INDEPENDENT = frozenset(SIGNS[:6])


@dataclass(frozen=True, slots=True)
class Life:
    """One account over its whole time."""

    name: str
    texts: list[str]
    threads: frozenset[int]
    first: datetime
    last: datetime
    hours: Floats
    says_second: bool


def lives(forum: Forum, names: list[str]) -> list[Life]:
    """The whole time of accounts, in the order of their names."""
    found = []
    for name in names:
        posts = forum.history[name]
        texts = [text for _, _, text in posts]
        hours = np.bincount([at.hour for at, _, _ in posts], minlength=24) + 0.5
        found.append(
            Life(name, texts, frozenset(thread for _, thread, _ in posts), posts[0][0], posts[-1][0],
                 hours / hours.sum(), any(_SECOND.search(text) for text in texts))
        )  # fmt: skip
    return found


def keys_posted(data: Path) -> dict[str, set[str]]:
    """Fingerprints that each account posted."""
    found = defaultdict(set)
    with gzip.open(data / "keys/pgp_blocks.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["fp"]:
                found[row["handle"]].add(row["fp"])
    return found


def accused_together(forum: Forum, names: list[str]) -> set[frozenset[str]]:
    """Pairs of names that one post of somebody else holds both, beside words for one person with two accounts."""
    wanted = {name.casefold(): name for name in names if len(name) >= _SHORTEST}
    found = set()
    for writer, posts in forum.history.items():
        for _, _, text in posts:
            if _ACCUSED.search(text):
                words = {wanted[word] for word in re.findall(r"[\w.-]+", text.casefold()) if word in wanted} - {writer}
                found |= {frozenset((one, other)) for one in words for other in words if one != other}
    return found


def signs(one: Life, other: Life, keys: dict[str, set[str]], accused: set[frozenset[str]], end: datetime) -> set[str]:
    """Signs of one hand that a pair of accounts shows.

    Args:
        one: An account.
        other: Another.
        keys: Of ``keys_posted``.
        accused: Of ``accused_together``.
        end: Of the data; who posts to the end has not stopped.
    """
    early, late = sorted((one, other), key=lambda life: life.first)
    middle = (one.hours + other.hours) / 2
    apart = [float((life.hours * np.log(life.hours / middle)).sum()) for life in (one, other)]
    stops = max(one.last, other.last) < end - 2 * _NEAR
    found = {
        SIGNS[0]: bool(keys.get(one.name, set()) & keys.get(other.name, set())),
        SIGNS[1]: bool(skeleton(one.name)) and fuzz.ratio(skeleton(one.name), skeleton(other.name)) >= _ALIKE,
        SIGNS[2]: abs(late.first - early.last) <= _NEAR and early.last < end - 2 * _NEAR,
        SIGNS[3]: stops and abs(one.last - other.last) < timedelta(days=1),
        SIGNS[4]: one.says_second or other.says_second,
        SIGNS[5]: frozenset((one.name, other.name)) in accused,
        SIGNS[6]: False,
        SIGNS[7]: sum(apart) / 2 < _LOW_CLOCK,
        SIGNS[8]: not one.threads & other.threads,
    }
    return {sign for sign, is_there in found.items() if is_there}


def pastes(one: Life, other: Life) -> bool:
    """Whether the two have much text in common, which is slow to see."""
    return shared_runs(one.texts, other.texts) >= _PASTED
