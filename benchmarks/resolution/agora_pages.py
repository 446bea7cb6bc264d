"""The vendor pages of one market in January 2014 as pseudo-accounts, under each condition of the protocol.

Real third-party data, read in place and never written. See section 5 of the resolution reference.
"""

import csv
import gzip
import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from measures import Numbers, Space

FEWEST = 4  # adverts of a vendor who is split
RUN = 5  # words of a template
SHINGLE, CONTAINED = 12, 0.3  # characters; share of a text's shingles that makes it a near duplicate
_WORD = re.compile(r"\w+")
# US dollars to a bitcoin on the four days of capture: the rate at which most prices are multiples of five.
RATES = {"2014-01-01": 753.0, "2014-01-09": 825.2, "2014-01-16": 843.5, "2014-01-26": 806.0}


@dataclass(frozen=True)
class Page:
    """One distinct advert, at its first sighting."""

    vendor: str
    title: str
    text: str
    price: float | None
    origin: str
    destination: str


@dataclass(frozen=True)
class Condition:
    """Adverts of pseudo-accounts, with what is left of their texts.

    Attributes:
        titles: Left of each title, likewise ``texts``.
        owners: Number of the account of each advert, never falling.
    """

    name: str
    meaning: str
    pages: list[Page]
    titles: list[str]
    texts: list[str]
    owners: Numbers
    space: Space


def pages(path: Path) -> list[Page]:
    """Distinct adverts by vendor and title, by first sighting; those of one day by title."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: (row["date"], row["product"]))
    first: dict[tuple[str, str], Page] = {}
    for row in rows:
        price = float(row["price"].split()[0]) * RATES[row["date"]] if row["price"].strip() else None
        page = Page(row["vendor"], row["product"], row["description"], price, row["from"], row["to"])
        first.setdefault((page.vendor, page.title), page)
    return list(first.values())


def split(found: Sequence[Page]) -> Condition:
    """Pseudo-accounts as they stand: first halves, second halves, and vendors with fewer than four adverts."""
    of: dict[str, list[Page]] = {}
    for page in found:
        of.setdefault(page.vendor, []).append(page)
    vendors = sorted(of)
    halved = [vendor for vendor in vendors if len(of[vendor]) >= FEWEST]
    rest = [vendor for vendor in vendors if len(of[vendor]) < FEWEST]
    groups = [
        *(of[vendor][: len(of[vendor]) // 2] for vendor in halved),
        *(of[vendor][len(of[vendor]) // 2 :] for vendor in halved),
        *(of[vendor] for vendor in rest),
    ]
    number = {vendor: at for at, vendor in enumerate(vendors)}
    operator = np.array([number[vendor] for vendor in (*halved, *halved, *rest)])
    queries = np.arange(len(halved))
    space = Space(operator, queries, queries + len(halved), np.arange(len(halved), len(operator)))
    flat = [page for group in groups for page in group]
    owners = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return Condition(
        "raw", "titles and descriptions as they stand", flat, [page.title for page in flat],
        [page.text for page in flat], owners, space,
    )  # fmt: skip


def conditions(raw: Condition, mask: Callable[[str, str], str]) -> list[Condition]:
    """All conditions of the protocol, from the pages as they stand."""
    masked = replace(
        raw, name="masked", meaning="handle, its parts and near spellings, contacts, addresses and keys taken out",
        titles=[mask(page.vendor, page.title) for page in raw.pages],
        texts=[mask(page.vendor, page.text) for page in raw.pages],
    )  # fmt: skip
    vendors = [page.vendor for page in raw.pages]
    owners = raw.owners.tolist()
    free = without_runs(masked.texts, vendors, is_shared=False)
    strict = [" ".join(_WORD.findall(text.lower())) for text in free]
    titles = [" ".join(_WORD.findall(text.lower())) for text in without_runs(masked.titles, vendors, is_shared=False)]
    fair = without_runs(masked.texts, owners, is_shared=True)
    return [
        raw,
        masked,
        distinct(masked),
        replace(
            masked, name="template-free", texts=free,
            meaning="masked; from descriptions every run of five words that its vendor repeats in either half; "
            "what is left stands as written; titles as masked",
        ),
        replace(
            masked, name="fair twin", texts=fair,
            meaning="masked; from descriptions every run of five words that any two accounts share; no labels",
        ),
        replace(
            masked, name="strict", texts=strict, titles=titles,
            meaning="template-free, and likewise from titles; only words in small letters are left of both",
        ),
    ]  # fmt: skip


def without_runs(texts: Sequence[str], groups: Sequence[Hashable], *, is_shared: bool) -> list[str]:
    """Texts without runs of five words, whatever their case and the marks between them.

    Args:
        texts: One per advert.
        groups: Vendor or account of each.
        is_shared: Take out what two groups share; otherwise what one group has twice.
    """
    found = [list(_WORD.finditer(text)) for text in texts]
    words = [tuple(one[0].lower() for one in text) for text in found]
    seen: Counter[Hashable] = Counter()
    for own, group in zip(words, groups, strict=True):
        seen.update({(own[at : at + RUN], group) for at in range(len(own) - RUN + 1)})
    sharing = Counter(run for run, _ in seen) if is_shared else Counter()  # type: ignore[misc]
    left = []
    for text, places, own, group in zip(texts, found, words, groups, strict=True):
        is_kept = np.ones(len(own), bool)
        for at in range(len(own) - RUN + 1):
            run = own[at : at + RUN]
            if (sharing[run] if is_shared else seen[run, group]) > 1:
                is_kept[at : at + RUN] = False
        left.append(_kept(text, [place.span() for place in places], is_kept.tolist()))
    return left


def _kept(text: str, places: Sequence[tuple[int, int]], is_kept: Sequence[bool]) -> str:
    """A text without some words and what stands between two of them."""
    parts, at, word = [], 0, 0
    while word < len(places):
        if is_kept[word]:
            word += 1
            continue
        last = word
        while last + 1 < len(places) and not is_kept[last + 1]:
            last += 1
        parts.append(text[at : places[word][0]])
        at, word = places[last][1], last + 1
    return " ".join([*parts, text[at:]])


def distinct(masked: Condition) -> Condition:
    """Without adverts of second halves that are near duplicates of one of the first half; empty halves are left out."""
    shingles = [
        {text[at : at + SHINGLE] for at in range(max(1, len(text) - SHINGLE + 1))}
        for text in (" ".join(text.lower().split()) for text in masked.texts)
    ]
    space, owners = masked.space, masked.owners
    own = {target: query for query, target in zip(space.queries.tolist(), space.targets.tolist(), strict=True)}
    is_kept = np.ones(len(owners), bool)
    for at, owner in enumerate(owners.tolist()):
        if owner in own:
            earlier = np.flatnonzero(owners == own[owner])
            most = max(len(shingles[at] & shingles[other]) for other in earlier)
            is_kept[at] = most < CONTAINED * len(shingles[at])
    standing = np.unique(owners[is_kept])
    number = {account: at for at, account in enumerate(standing.tolist())}
    pairs = [
        (number[query], number[target])
        for query, target in zip(space.queries.tolist(), space.targets.tolist(), strict=True)
        if target in number
    ]
    kept = np.flatnonzero(is_kept)
    smaller = Space(
        np.unique(space.operator[standing], return_inverse=True)[1],
        np.array([query for query, _ in pairs]), np.array([target for _, target in pairs]),
        np.array([number[account] for account in space.candidates.tolist() if account in number]),
    )  # fmt: skip
    return Condition(
        "near-duplicate-free",
        "masked; adverts of a second half that share 30 % of their 12-character shingles with one of the first half "
        f"are dropped: {len(kept)} of {len(owners)} stay",
        [masked.pages[at] for at in kept], [masked.titles[at] for at in kept], [masked.texts[at] for at in kept],
        np.array([number[owner] for owner in owners[kept].tolist()]), smaller,
    )  # fmt: skip
