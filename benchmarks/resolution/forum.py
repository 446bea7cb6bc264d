"""Writing style on a forum: who wrote the second half, and why so few pairs reach a precision of 95 %.

An author's posts are halved by time; threads in both halves are left out; quotes, sign-offs, the author's handle, keys,
addresses and contacts are masked. Each side is sixty posts. Prints aggregates only; progress goes to standard error.
Needs CROSSBEARING_DATA and the extra "resolution".

Run: python benchmarks/resolution/forum.py
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from forum_measures import Measured, curve, measured, mutual, normalised
from forum_pairs import INDEPENDENT, SIGNS, accused_together, keys_posted, lives, pastes, signs
from forum_posts import Forum, masked, raw, read_forum, without_near_copies, without_pasted
from numpy.typing import NDArray
from sentences import MISSING, cosines, sentence_model
from style import common_words, learned, shaped, spaced

from crossbearing.resolution.grams import CHARACTERS, WORDS, counts

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Sides = list[list[str]]

SEED = 7
REPEATS = 200  # bootstrap draws
TOP = 25  # account pairs that are looked at
PIECES = 128  # word pieces of a post that the sentence model reads; most posts are shorter
RANDOM_PAIRS = 20_000  # for base rates
DEFINITIONS = """
closed   R@1: the best of the second sides of the authors is one's own
R@1      the same with other accounts standing by among the candidates; R@10, MRR likewise
AP, F1   over all pairs of all sides (both halves and those standing by); F1 at the best threshold, chosen afterwards
R@P95    greatest recall at a precision of 0.95 or more over all pairs; x95: first sides against second sides only
"""


def told(text: str) -> None:
    """Progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def table(groups: list[Sides], change: Callable[[str], str], kind: str):  # noqa: ANN201 - scipy has no types
    """Counts of runs of all sides of all groups, one after the other."""
    sides = [side for group in groups for side in group]
    owners = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
    return counts([change(post) for side in sides for post in side], owners, len(sides), kind, 1.0)


def baseline(groups: list[Sides]) -> dict[str, Floats]:
    """Cosine of TF-IDF of runs of characters, and of words beside them, as the reference had it."""
    found: dict[str, Floats] = {}
    for kind in (CHARACTERS, WORDS):
        rows = table(groups[-1:], str.lower, kind)
        rarity = np.log((1 + rows.shape[0]) / (1 + np.bincount(rows.indices, minlength=rows.shape[1]))) + 1
        rows.data = (1 + np.log(rows.data)) * rarity[rows.indices].astype(np.float32)
        length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1))).ravel()
        found[kind] = np.asarray((rows @ rows.T).todense(), np.float64) / length / length[:, None]
    plain, words = (normalised(found[kind]) for kind in (CHARACTERS, WORDS))
    return {"char cosine": found[CHARACTERS], "char z": plain, "char+word z": plain + words}


def sentences(sides: Sides) -> dict[str, Floats]:
    """Cosine of mean embeddings of the sentence model, plain and normalised; nothing if it is not there."""
    embedded = sentence_model(PIECES)
    if embedded is None:
        print(f"  {MISSING}")
        return {}
    owners = np.repeat(np.arange(len(sides)), [len(side) for side in sides])
    found = cosines(embedded([post for side in sides for post in side]), owners, len(sides))
    return {"MiniLM cosine": found, "MiniLM z": normalised(found)}


def ours(groups: list[Sides]) -> Floats:
    """Mean of two views: characters of the text with only common words left, and words as written."""
    first, second = groups[0], groups[1]
    common = common_words(" ".join(side) for side in first + second)
    views: list[Floats] = []
    for change, kind in ((lambda text: shaped(text, common), CHARACTERS), (lambda text: spaced(text.lower()), WORDS)):
        rows = table(groups, change, kind)
        variation = learned(rows[: len(first)], rows[len(first) : 2 * len(first)])
        views.append(variation.scores(variation.places(rows[2 * len(first) :])))
    return np.asarray(np.mean(views, axis=0))


def shown(name: str, found: Measured) -> None:
    """One line of a table."""
    print(
        f"  {name:44} {found.closed:.3f} {found.first:.3f} {found.tenth:.3f} {found.reciprocal:.3f}"
        f" {found.precision:.3f} {found.best_f1:.3f} {found.at95:.3f} {found.cross95:.3f}"
    )


def heading(text: str) -> None:
    """The head of a table."""
    print(f"\n{text}\n  {'':44} closed  R@1  R@10   MRR    AP    F1 R@P95   x95")


def intervals(name: str, scores: Floats, other: Floats, authors: int) -> None:
    """95 % intervals over authors, and of the gain over another method with the same draws."""
    rng = np.random.default_rng(SEED)
    rows = []
    for done in range(REPEATS):
        chosen = rng.integers(0, authors, authors)
        mine, theirs = (measured(one, authors, chosen, None, np.arange(authors)) for one in (scores, other))
        rows.append([mine.closed, mine.first, mine.precision, mine.at95, mine.cross95,
                     mine.closed - theirs.closed, mine.first - theirs.first,
                     mine.precision - theirs.precision])  # fmt: skip
        if not (done + 1) % 50:
            told(f"{done + 1} of {REPEATS} draws")
    low, high = np.quantile(np.array(rows), [0.025, 0.975], axis=0)
    names = ("closed R@1", "R@1", "AP", "R@P95", "x95", "gain in closed R@1", "gain in R@1", "gain in AP")
    print(f"\n95 % intervals over authors ({REPEATS} draws with return), {name}; gains are over char+word z")
    for title, start, end in zip(names, low, high, strict=True):
        print(f"  {title:20} {start:+.3f} to {end:+.3f}")


def frozen(scores: Floats, forum: Forum) -> None:
    """A threshold chosen on the development authors, used on the others."""
    chosen, rest = np.flatnonzero(forum.development), np.flatnonzero(~np.array(forum.development))
    print("\nthreshold frozen on development authors: precision and recall over all pairs of the others")
    for level in (0.95, 0.8, 0.5):
        found = {}
        for name, part in (("dev", chosen), ("test", rest)):
            both = np.concatenate([part, forum.authors + part, np.arange(2 * forum.authors, len(scores))])
            one, other = np.triu_indices(len(both), 1)
            is_true = (other == one + len(part)) & (one < len(part))
            found[name] = curve(scores[np.ix_(both, both)][one, other], is_true)
        precision, _, order = found["dev"]
        reached = np.flatnonzero(precision >= level)
        threshold = order[reached[-1]] if len(reached) else np.inf
        precision, recall, order = found["test"]
        taken = int((order >= threshold).sum())
        line = f"precision {precision[taken - 1]:.3f} recall {recall[taken - 1]:.3f}" if taken else "none reached"
        print(f"  chosen for {level:.2f}: {line}")


def causes(forum: Forum, scores: Floats, data: Path) -> None:
    """Who the top false pairs are, and what recall would be without those that show a sign of one hand."""
    names = forum.names[: forum.authors] * 2 + forum.names[forum.authors :]
    number = {name: at for at, name in enumerate(forum.names)}
    account = np.array([number[name] for name in names])
    one, other = np.triu_indices(len(scores), 1)
    values, is_true = scores[one, other], account[one] == account[other]
    order = np.argsort(-values, kind="stable")
    median = float(np.median(values[is_true]))
    high = int(((values > median) & ~is_true).sum())
    per_pair = Counter(_pair(account, one[at], other[at]) for at in order if not is_true[at] and values[at] > median)
    print(f"\ntop false pairs\n  comparisons {len(values):,}, of which {int(is_true.sum())} true")
    print(f"  false ones above the median true one: {high}, of {len(per_pair)} account pairs")
    print(f"  of these account pairs, met in two or more of their comparisons: {sum(n > 1 for n in per_pair.values())}")
    top = list(dict.fromkeys(_pair(account, one[at], other[at]) for at in order[:5000] if not is_true[at]))[:TOP]
    hubs = Counter(member for pair in top for member in pair)
    often = sum(n > 2 for n in hubs.values())  # noqa: PLR2004 - three or more
    print(f"  accounts in the top {TOP} account pairs: {len(hubs)}; in three or more of them: {often}")
    told("signs of one hand")
    lived, keys = lives(forum, forum.names), keys_posted(data)
    accused = accused_together(forum, forum.names)
    end = max(life.last for life in lived)
    rng = np.random.default_rng(SEED)
    drawn = [tuple(rng.choice(len(lived), 2, replace=False)) for _ in range(RANDOM_PAIRS)]
    seen = [signs(lived[a], lived[b], keys, accused, end) for a, b in top]
    for (a, b), found in zip(top, seen, strict=True):
        if pastes(lived[a], lived[b]):
            found.add(SIGNS[6])
    usual = Counter(sign for a, b in drawn for sign in signs(lived[a], lived[b], keys, accused, end))
    usual[SIGNS[6]] = sum(pastes(lived[a], lived[b]) for a, b in drawn[:200]) * RANDOM_PAIRS // 200
    print(f"  {'sign':36} first 6  first {TOP}  random pairs")
    for sign in SIGNS:
        counted = [sum(sign in found for found in seen[:n]) for n in (6, TOP)]
        print(f"  {sign:36} {counted[0]:5} {counted[1]:8}   {usual[sign] / RANDOM_PAIRS:10.2%}")
    marked = {pair for pair, found in zip(top, seen, strict=True) if found & INDEPENDENT}
    any_usual = sum(bool(signs(lived[a], lived[b], keys, accused, end) & INDEPENDENT) for a, b in drawn) / RANDOM_PAIRS
    early = len(marked & set(top[:6]))
    print(f"  one or more of the first six signs: {early} of 6, {len(marked)} of {TOP}; random {any_usual:.2%}")
    heading("what would repair R@P95 (set aside: counted neither way, and no candidate)")
    everybody = np.arange(forum.authors)
    shown("ours", measured(scores, forum.authors, everybody))
    shown("ours, each the other's best", measured(mutual(scores), forum.authors, everybody))
    for title, pairs in (("marked pairs of the top set aside", marked), ("the first 3 set aside", set(top[:3])),
                         ("the first 6 set aside", set(top[:6])),
                         (f"the first {TOP} set aside", set(top))):  # fmt: skip
        ignored = np.zeros(scores.shape, bool)
        for a, b in pairs:
            ignored[np.ix_(account == a, account == b)] = ignored[np.ix_(account == b, account == a)] = True
        shown(f"ours, {title} ({len(pairs)})", measured(scores, forum.authors, everybody, ignored))
        rest = mutual(np.where(ignored, -np.inf, scores))
        shown("  and each the other's best", measured(rest, forum.authors, everybody, ignored))


def _pair(account: Numbers, one: int, other: int) -> tuple[int, int]:
    left, right = sorted((int(account[one]), int(account[other])))
    return left, right


def amounts(forum: Forum, scores: Floats, sides: Sides) -> None:
    """Whether true and false scores depend on how much is written, though all sides have sixty posts."""
    size = np.array([sum(map(len, side)) for side in sides])
    one = np.arange(forum.authors)
    true, less = scores[one, one + forum.authors], np.minimum(size[one], size[one + forum.authors])
    false = np.where(np.isfinite(scores), scores, np.nan)
    false[one, one + forum.authors] = false[one + forum.authors, one] = np.nan
    worst = np.nanmax(false, axis=1)[: 2 * forum.authors].reshape(2, -1).max(axis=0)
    print("\nby characters of the shorter side: median true score, median of the best false one, closed R@1")
    candidates = scores[: forum.authors, forum.authors : 2 * forum.authors]
    is_first = candidates.argmax(axis=1) == one
    bounds = np.quantile(less, [0, 0.25, 0.5, 0.75, 1])
    for low, high in pairwise(bounds):
        part = (less >= low) & (less <= high)
        middles = f"{np.median(true[part]):6.2f} {np.median(worst[part]):6.2f}"
        print(f"  {low:7,.0f} to {high:7,.0f}: {middles} {is_first[part].mean():.3f}")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", action="store_true", help="what others offer alone")
    is_peers_only = parser.parse_args().peers
    data = Path(os.environ["CROSSBEARING_DATA"])
    told("reading and masking")
    forum = read_forum(data, SEED)
    everybody = np.arange(forum.authors)
    chosen, rest = np.flatnonzero(forum.development), np.flatnonzero(~np.array(forum.development))
    print(f"{forum.authors} authors with 60 posts a side ({len(chosen)} to choose, {len(rest)} apart)")
    print(f"{len(forum.standing_by)} accounts standing by, {len(forum.taught)} others learned from{DEFINITIONS}")
    first, second = ([masked(both[at]) for both in forum.taught] for at in (0, 1))
    sides = [masked(side) for side in forum.pool]
    began = time.process_time()
    told("baseline")
    before = baseline([sides]) | sentences(sides)
    if is_peers_only:
        heading("masked, all authors")
        for name, found in before.items():
            shown(name, measured(found, forum.authors, everybody))
        return
    told("ours")
    between = time.process_time()
    scores = ours([first, second, sides])
    np.fill_diagonal(scores, -np.inf)
    after = time.process_time()
    heading("masked, all authors")
    for name, found in (*before.items(), ("ours", scores)):
        shown(name, measured(found, forum.authors, everybody))
    for title, part in (("development authors", chosen), ("the other authors", rest)):
        heading(f"masked, {title}")
        for name in ("char+word z", "ours"):
            shown(name, measured(scores if name == "ours" else before[name], forum.authors, part))
    print(f"\nCPU seconds: baseline {between - began:.0f}, ours {after - between:.0f} (with learning)")
    told("bootstrap")
    intervals("ours", scores, before["char+word z"], forum.authors)
    frozen(scores, forum)
    amounts(forum, scores, sides)
    causes(forum, scores, data)
    heading("ours under the other conditions")
    conditions: list[tuple[str, Callable[[], Sides]]] = [
        ("raw", lambda: [raw(side) for side in forum.pool]),
        ("masked, near copies of the author left out", lambda: without_near_copies(forum)),
        ("masked, runs of 8 words of two sides out", lambda: without_pasted(forum)),
    ]
    for name, make in conditions:
        told(name)
        found = ours([first, second, make()])
        np.fill_diagonal(found, -np.inf)
        shown(name, measured(found, forum.authors, everybody))


if __name__ == "__main__":
    main()
