"""Which halves of a vendor's adverts belong together, on real vendor pages of January 2014; aggregates only.

Needs CROSSBEARING_DATA. Set-up: section 5 of the resolution reference. Vendors with four or more distinct adverts are
split by first sighting (of one day: by title); all pairs of the pseudo-accounts are scored. Five folds by vendor, drawn
once: a pair is scored by weights that saw no pair of either of its two folds, and "frozen" thresholds and cuts are of
the pairs that the weights were learnt from, put to the odds of the whole space by the number of accounts alone.

Two kinds of ours stand beside each other. "all accounts": the cohort, which says what is usual in writing, and the
standing of a pair among all pairs are taken over all accounts, without knowing who is whose, as the baseline took its
normalisation. "unseen accounts": the cohort is of the learning folds, and there is no standing; so does the product,
whose cohort is frozen, score accounts that come on record later. Rarity of words is over all accounts in both.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from additive import fitted
from agora_pages import Condition, conditions, pages, split
from agora_peers import cosines, nine_columns, splink
from measures import (
    Flags,
    Floats,
    Numbers,
    Space,
    b_cubed,
    calibration,
    clusters,
    intervals,
    pair_figures,
    retrieval,
    shown,
    threshold,
)  # fmt: skip
from offers import offers_of, read_advert
from sentences import MISSING, sentence_model
from sentences import cosines as of_means
from standing import standing

from crossbearing.resolution.masking import masked
from crossbearing.resolution.writing import View, scores, usual, views_of

FOLDS = 5
NINE, OURS, UNSEEN = "LR, all 9", "ours, all accounts", "ours, unseen accounts"
PRECISION = 0.95
BARS = {
    "masked": {"AP": 0.95, "R@P95": 0.88, "B-cubed F1": 0.97},
    "template-free": {"AP": 0.86, "R@P95": 0.65, "B-cubed F1": 0.95},
}
FAMILIES = {"writing": "text", "title": "text", "standing": "standing"}  # the others are trade


@dataclass
class Scored:
    """Scores of all pairs by weights that saw neither fold, and what was frozen while learning."""

    log_odds: Floats
    is_taken: Flags  # by the threshold of the learning folds
    is_sure: Flags  # by the threshold whose precision holds there at the lower end of its interval
    cuts: list[float] = field(default_factory=list)  # of the clusters, by fold
    weights: list[Floats] = field(default_factory=list)


Columns = Callable[[Numbers | None], Floats]
Fit = Callable[[Floats, Flags], Callable[[Floats], Floats]]
Embedded = Callable[[Sequence[str]], Floats]


def say(text: str) -> None:
    """A line at once."""
    print(text, flush=True)


def our_columns(given: Condition) -> tuple[tuple[str, ...], Columns]:
    """Names of our signals, and a function from a cohort to their columns for all pairs."""
    left, right = given.space.pairs
    accounts = len(given.space.operator)
    adverts = [read_advert(page.title, page.price, page.origin, page.destination) for page in given.pages]
    offers = offers_of(adverts, given.owners, accounts).signals(left, right)
    everybody = np.arange(accounts)
    views = [views_of(accounts, texts, given.owners, everybody) for texts in (given.texts, given.titles)]
    made: dict[bytes, Floats] = {}

    def columns(cohort: Numbers | None) -> Floats:
        key = b"" if cohort is None else cohort.tobytes()
        if key not in made:
            of = everybody if cohort is None else cohort
            texts = [[View(one.rows, usual(one.rows, of)) for one in part] for part in views]
            made[key] = np.column_stack([*(scores(part, left, right) for part in texts), *offers.values()])
        return made[key]

    return ("writing", "title", *offers), columns


def ours(names: Sequence[str]) -> Fit:
    """Weights of zero or more."""

    def fit(columns: Floats, is_same: Flags) -> Callable[[Floats], Floats]:
        found = fitted(columns, is_same, names)
        learn = found.log_odds
        fit.weights = found.weights  # type: ignore[attr-defined]
        return learn

    return fit


def plain(columns: Floats, is_same: Flags) -> Callable[[Floats], Floats]:
    """Logistic regression as the baseline had it: weights of any sign."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000)).fit(columns, is_same)
    return lambda other: np.asarray(model.decision_function(other), float)


def crossed(space: Space, columns: Columns, fit: Fit, *, is_standing: bool, is_frozen: bool) -> Scored:
    """Score every pair by weights that saw no pair of its folds."""
    left, right = space.pairs
    is_same, accounts = space.is_same, len(space.operator)
    fold = (np.random.default_rng(1).permutation(int(space.operator.max()) + 1) % FOLDS)[space.operator]
    one, other = fold[left], fold[right]
    found = Scored(np.zeros(len(left)), *(np.zeros(len(left), bool) for _ in range(2)))
    for a in range(FOLDS):
        for b in range(a, FOLDS):
            is_test = ((one == a) & (other == b)) | ((one == b) & (other == a))
            is_learnt = ~np.isin(one, (a, b)) & ~np.isin(other, (a, b))
            table = columns(np.flatnonzero(~np.isin(fold, (a, b))) if is_frozen else None)
            scores = fit(table[is_learnt], is_same[is_learnt])(table)
            weights = getattr(fit, "weights", None)
            if is_standing:
                both = np.column_stack([scores, standing(left, right, scores, accounts)])
                scores = fit(both[is_learnt], is_same[is_learnt])(both)
                scale, last = fit.weights  # type: ignore[attr-defined]
                weights = np.append(weights * scale, last)
            # An account has as many partners however many others there are: the odds of a pair fall with their number.
            learnt = int((~np.isin(fold, (a, b))).sum())
            scores = scores + np.log((learnt - 1) / (accounts - 1))
            more = np.where(is_same, 1.0, (accounts - 1) / (learnt - 1))[is_learnt]
            found.log_odds[is_test] = scores[is_test]
            for taken, is_sure in ((found.is_taken, False), (found.is_sure, True)):
                least = threshold(is_same[is_learnt], scores[is_learnt], PRECISION, more, is_sure=is_sure)
                taken[is_test] = scores[is_test] >= least
            if weights is not None:
                found.weights.append(weights)
            if a == b:
                found.cuts.append(best_cut(space, scores, fold != a))
    return found


def best_cut(space: Space, scores: Floats, of: Flags) -> float:
    """The cut of complete linkage with the best B-cubed F1 over the accounts of the learning folds."""
    kept = np.flatnonzero(of)
    left, right = space.pairs
    inside = of[left] & of[right]
    part = Space(np.unique(space.operator[kept], return_inverse=True)[1], kept[:0], kept[:0], kept[:0])
    cuts = np.arange(-3, 3.01, 0.5)
    figures = [b_cubed(part.operator, clusters(part, scores[inside], cut, is_complete=True))["F1"] for cut in cuts]
    return float(cuts[int(np.argmax(figures))])


def clustered(space: Space, scored: Scored, *, is_complete: bool) -> dict[str, float]:
    """B-cubed over all accounts, each within the clusters that its fold's frozen cut makes."""
    fold = (np.random.default_rng(1).permutation(int(space.operator.max()) + 1) % FOLDS)[space.operator]
    rows = [
        (b_cubed(space.operator, clusters(space, scored.log_odds, cut, is_complete=is_complete), fold == a), fold == a)
        for a, cut in enumerate(scored.cuts)
    ]
    size = len(space.operator)
    precision, recall = (sum(row[name] * of.sum() for row, of in rows) / size for name in "PR")
    largest = max(row["largest"] for row, _ in rows)
    return {"P": precision, "R": recall, "F1": 2 * precision * recall / (precision + recall), "largest": largest}


def peers(given: Condition, embedded: Embedded | None) -> tuple[dict[str, Floats], Scored]:
    """Scores of what others offer, by name, and the baseline of nine features with what it froze."""
    space, squares = given.space, cosines(given)
    found = {f"{name} TF-IDF cosine": square[space.pairs] for name, square in squares.items()}
    found["Splink, stock"] = splink(given)
    if embedded:
        found["MiniLM cosine"] = of_means(embedded(given.texts), given.owners, len(space.operator))[space.pairs]
    else:
        say(f"   {MISSING}")
    nine = nine_columns(given, squares)
    scored = crossed(space, lambda _: nine, plain, is_standing=False, is_frozen=False)
    return {**found, NINE: scored.log_odds}, scored


def report(given: Condition, embedded: Embedded | None, *, is_peers_only: bool) -> None:
    """Everything of one condition."""
    space = given.space
    left, _ = space.pairs
    say(f"\n== {given.name}: {given.meaning}")
    words = sum(len(text.split()) for text in given.texts)
    say(
        f"   {len(space.queries)} queries, {len(space.candidates)} candidates, {len(left)} pairs, "
        f"{space.is_same.sum()} of one operator; {words / len(space.operator):.0f} words of description an account"
    )
    began = time.process_time()
    stock, nine_scored = peers(given, embedded)
    theirs, began = time.process_time() - began, time.process_time()
    names, columns = our_columns(given)
    scored = {} if is_peers_only else {
        OURS: crossed(space, columns, ours(names), is_standing=True, is_frozen=False),
        UNSEEN: crossed(space, columns, ours(names), is_standing=False, is_frozen=True),
    }  # fmt: skip
    mine = time.process_time() - began
    for name, found in {**stock, **{name: one.log_odds for name, one in scored.items()}}.items():
        say(f"   {name:22} {shown(retrieval(space, found))}   {shown(pair_figures(space.is_same, found))}")
    say(f"   CPU s: baselines {theirs:.1f}, ours {mine:.1f}")
    conclude(given, NINE, nine_scored)
    for name, one in scored.items():
        kinds = conclude(given, name, one)
        for figure, (low, high) in intervals(space, one.log_odds, list(stock.values()), list(stock)).items():
            say(f"   {name}: 95 % interval over operators: {figure} {low:+.3f} to {high:+.3f}")
        of_signals = zip((*names, "standing"), np.mean(one.weights, axis=0), strict=False)
        say(f"   {name}: weights: " + "  ".join(f"{signal} {weight:.2f}" for signal, weight in of_signals))
        say(f"   {name}: lowest weight of any fold {min(weights.min() for weights in one.weights):.2f}")
        if given.name in BARS:
            measure_by_bars(given, name, one, kinds["complete"])


def conclude(given: Condition, name: str, one: Scored) -> dict[str, dict[str, float]]:
    """Print frozen thresholds, calibration and clusters; return those by kind."""
    space, is_same = given.space, given.space.is_same
    for meaning, taken in (("", one.is_taken), (", lower end of its interval", one.is_sure)):
        hits = int((taken & is_same).sum())
        say(
            f"   {name}: threshold frozen at P 0.95 of the learning folds{meaning}: {int(taken.sum())} pairs, "
            f"P {hits / max(1, taken.sum()):.3f} R {hits / is_same.sum():.3f}"
        )
    say(f"   {name}: {shown(calibration(is_same, one.log_odds))}")
    kinds = {kind: clustered(space, one, is_complete=kind == "complete") for kind in ("components", "complete")}
    for kind, figures in kinds.items():
        say(f"   {name}: clusters, {kind}, frozen cut: {shown(figures)}")
    return kinds


def measure_by_bars(given: Condition, name: str, one: Scored, clustering: dict[str, float]) -> None:
    """Print each bar and whether it is met."""
    figures = {**pair_figures(given.space.is_same, one.log_odds), "B-cubed F1": clustering["F1"]}
    for figure, bar in BARS[given.name].items():
        is_met = figures[figure] >= bar
        say(f"   {name}: must show {figure} >= {bar}: {figures[figure]:.3f} {'met' if is_met else 'NOT MET'}")
    over = clustering["largest"] - 2
    say(f"   {name}: must show largest cluster at most 1 above 2: {over:.0f} {'met' if over <= 1 else 'NOT MET'}")


def ladder(given: Condition) -> None:
    """What each idea adds: average precision and R@P95 after each step."""
    names, columns = our_columns(given)
    space, table = given.space, columns(None)
    steps = [
        ("writing", ["writing"]), ("+ title", ["writing", "title"]),
        ("+ places", ["writing", "title", "origin", "destination", "places as written"]),
        ("+ products, amounts, notation", [name for name in names if "price" not in name]), ("+ prices", list(names)),
    ]  # fmt: skip
    say(f"\n== what each idea adds: {given.name}")
    for name, chosen in steps:
        at = [names.index(one) for one in chosen]
        part = crossed(space, lambda _, at=at: table[:, at], ours(chosen), is_standing=False, is_frozen=False)
        say(f"   {name:32} {shown(pair_figures(space.is_same, part.log_odds))}")
    for one in names:
        at = [at for at, name in enumerate(names) if name != one]
        part = crossed(space, lambda _, at=at: table[:, at], ours(at), is_standing=True, is_frozen=False)
        say(f"   all with standing, less {one:20} {shown(pair_figures(space.is_same, part.log_odds))}")


def main() -> int:
    """Print everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="one condition, by name")
    parser.add_argument("--ladder", action="store_true", help="also what each signal adds")
    parser.add_argument("--peers", action="store_true", help="what others offer alone")
    asked = parser.parse_args()
    folder = os.environ.get("CROSSBEARING_DATA")
    if not folder:
        print("set CROSSBEARING_DATA to the folder of the real data", file=sys.stderr)
        return 2
    raw = split(pages(Path(folder) / "markets/agora-2014/vendorall_0114.csv.gz"))
    say(f"{len(raw.pages)} distinct adverts of {raw.space.operator.max() + 1} vendors; figures are of unseen folds")
    embedded = sentence_model()
    for given in conditions(raw, masked):
        if asked.only in (None, given.name):
            report(given, embedded, is_peers_only=asked.peers)
            if asked.ladder:
                ladder(given)
    say(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
