"""Learn the weights of evidence from simulated operations, and write them as the model that comes with the package.

Likelihood ratios come from some seeds, their scale and the prior from others: a logistic regression with one weight of
zero or more for each signal, so that what two signals say together is not counted twice. What look, name, key, contact
and words say together, beyond each by itself, has no ratio of its own: its weights, for or against, come from that
regression. Simulation only.
"""

import argparse
import hashlib
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parent))
from worlds import Pair, World, world

from crossbearing.resolution.evidence_model import FAMILIES

HERE = Path(__file__).parent
MODEL = HERE.parent.parent / "src" / "crossbearing" / "resolution" / "evidence_model.toml"
SIGNALS = ("identity", "pasted_key", "handle", "claim", "picture", "trade", "writing", "together", "hours", "amount",
           "destination", "closing", "continent", "dealing", "first_seen")  # fmt: skip
RATIOS = [101, 102, 105, 107, 109, 201, 202, 203, 205, 301, 305]
SCALE = [103, 104, 106, 108, 110, 204, 302, 303, 304, 306]
SMOOTH = 0.5  # added to each count (Jeffreys), so that what was never seen is not impossible
# Natural logarithms. A simulated seller never lies about some things, and never is as careless as a real one; no family
# other than identity and text may make up for the prior by itself.
CAPS = {"identity": 11.0, "name": 4.0, "text": 6.0, "picture": 3.0, "trade": 4.0, "time": 2.0,
        "dealing": 4.0, "together": 8.0}  # fmt: skip
# What two accounts have not in common is never evidence for one operator; among pairs that something else brought
# together it would be.
NEVER_FOR = {
    "none", "far", "different", "apart", "apart, few", "below 0", "below 0, little text", "below 0, much text",
    "one week", "several weeks", "dispute", "other places", "one everywhere", "20 words, another key",
    "40 words, another key, within 30 days", "40 words, another key, later",
}  # fmt: skip
# For some buy from themselves, to be rated.
SAYS_NOTHING = {"one order", "several orders"}
# Signals of which there is a row only where something was seen; their levels are counted among all compared pairs.
NOT_SEEN = "not seen"
ONLY_IF_SEEN = {"pasted key", "picture", "self-claim", "closing", "continents"}
TOGETHER = "together"  # what it says is fitted, not counted, and is one for both regimes
STIFF = 0.3  # how hard it is for what is said together to differ from nothing; of 0.05 to 1 on development seeds
REGIMES = ("same market", "across markets")
Seen = dict[Pair, dict[str, tuple[str, str]]]


def seen_in(one: World) -> Seen:
    """Level and regime of each signal, by pair."""
    union = " UNION ALL ".join(f"SELECT left_id, right_id, signal, level FROM signal_{name}" for name in SIGNALS)
    rows = one.rows(
        f"SELECT s.*, a.market = b.market AS is_same FROM ({union}) s JOIN account a ON a.account_id = left_id "
        "JOIN account b ON b.account_id = right_id",
        "account", *(f"signal_{name}" for name in SIGNALS),
    )  # fmt: skip
    found: Seen = defaultdict(dict)
    for row in rows:
        regime = REGIMES[not row["is_same"]]
        found[row["left_id"], row["right_id"]][row["signal"]] = (regime, row["level"])
    return found


def ratios(worlds: Sequence[World]) -> dict[tuple[str, str, str], tuple[float, float, int, int]]:
    """By signal, regime and level: log likelihood ratio, its standard error, and the counts behind it."""
    counts: dict[tuple[str, str], tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    for one in worlds:
        for pair, signals in seen_in(one).items():
            for signal, (regime, level) in signals.items():
                for counted in REGIMES if signal == TOGETHER else (regime,):
                    counts[signal, counted][pair not in one.true][level] += 1
            regime = next(iter(signals.values()))[0]
            for signal in ONLY_IF_SEEN - signals.keys():
                counts[signal, regime][pair not in one.true][NOT_SEEN] += 1
    found = {}
    for (signal, regime), (same, different) in counts.items():
        levels = same.keys() | different.keys()
        for level in sorted(levels - {NOT_SEEN}):
            m = (same[level] + SMOOTH) / (same.total() + SMOOTH * len(levels))
            u = (different[level] + SMOOTH) / (different.total() + SMOOTH * len(levels))
            error = math.sqrt((1 - m) / (same[level] + SMOOTH) + (1 - u) / (different[level] + SMOOTH))
            ratio = min(math.log(m / u), 0.0) if level in NEVER_FOR else math.log(m / u)
            if level in SAYS_NOTHING:
                ratio = 0.0
            if signal == TOGETHER:
                ratio, error = 0.0, math.sqrt(1 / (same[level] + SMOOTH) + 1 / (different[level] + SMOOTH))
            found[signal, regime, level] = (ratio, error, same[level], different[level])
    return found


def fitted(
    worlds: Sequence[World], known: dict[tuple[str, str, str], tuple[float, float, int, int]]
) -> tuple[float, dict[str, float], dict[str, float]]:
    """The prior, by how much each signal's ratios are scaled, and what is said together by level; after the caps."""
    names = sorted(FAMILIES.keys() - {TOGETHER})
    cells = sorted({level for signal, _, level in known if signal == TOGETHER})
    place = {level: number for number, level in enumerate(cells)}
    rows, answers, cell = [], [], []
    for one_world in worlds:
        for pair, signals in seen_in(one_world).items():
            level = [(name, *signals[name]) if name in signals else None for name in names]
            rows.append([known[one][0] if one in known else 0.0 for one in level])
            cell.append(place.get(signals.get(TOGETHER, ("", ""))[1], len(cells)))
            answers.append(pair in one_world.true)
    x, y, of_cell = np.array(rows, float), np.array(answers, float), np.array(cell)
    groups = [(CAPS[family], [i for i, n in enumerate(names) if FAMILIES[n] == family]) for family in CAPS]
    usual = np.array([0.7] * len(names) + [0.0] * len(cells))
    stiff = np.array([1.0] * len(names) + [STIFF] * len(cells))

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weighed = x * parameters[1 : 1 + len(names)]
        total = parameters[0] + np.append(parameters[1 + len(names) :], 0.0)[of_cell]
        is_free = np.ones(weighed.shape, bool)
        for cap, group in groups:
            of_family = weighed[:, group].sum(1)
            total += np.clip(of_family, -cap, cap)
            is_free[:, group] = (np.abs(of_family) < cap)[:, None]
        off = parameters[1:] - usual
        misfit = np.logaddexp(0, np.where(y == 1, -total, total)).sum() + 0.5 * (stiff * off**2).sum()
        wrong = 1 / (1 + np.exp(-total)) - y
        by_cell = np.bincount(of_cell, wrong, len(cells) + 1)[: len(cells)]
        slope = np.concatenate([[wrong.sum()], (x * is_free * wrong[:, None]).sum(0), by_cell])
        slope[1:] += stiff * off
        return float(misfit), slope

    cap = CAPS["together"]
    bounds = [(None, None), *[(0.0, 1.5)] * len(names), *[(-cap, cap)] * len(cells)]
    best = minimize(loss, [math.log(y.mean() / (1 - y.mean())), *usual], jac=True, method="L-BFGS-B", bounds=bounds)
    scales, said = best.x[1 : 1 + len(names)].tolist(), best.x[1 + len(names) :].tolist()
    return float(best.x[0]), dict(zip(names, scales, strict=True)), dict(zip(cells, said, strict=True))


def main() -> int:
    """Write the model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True, help="folder in which simulated operations are kept")
    parser.add_argument("--ratios", type=int, nargs="+", default=RATIOS, help="seeds for the likelihood ratios")
    parser.add_argument("--scale", type=int, nargs="+", default=SCALE, help="seeds for scale and prior")
    given = parser.parse_args()
    first, second = [world(given.home, s) for s in given.ratios], [world(given.home, s) for s in given.scale]
    known = ratios(first)
    prior, scale, said = fitted(second, known)
    lines = [
        "# Written by benchmarks/resolution/train.py; not edited by hand. Natural logarithms.",
        'name = "account pairs"',
        'version = "4"',
        'labels = "simulation"',
        f'trained_on = "simulated, size monopoly: seeds {given.ratios} for ratios, {given.scale} for scale and prior"',
        'tested_on = "docs/reference/resolution.md"',
        f"prior = {prior:.4f}",
        "",
        "[cap]",
        *(f"{family} = {cap}" for family, cap in CAPS.items()),
    ]
    for (signal, regime, level), (ratio, error, same, different) in sorted(known.items()):
        weight, begin = (1.0, said[level]) if signal == TOGETHER else (scale[signal], ratio)
        low, middle, high = (weight * (begin + side * 1.96 * error) for side in (-1, 0, 1))
        lines += [
            "", "[[weight]]", f'signal = "{signal}"', f'regime = "{regime}"', f'level = "{level}"',
            f"log_lr = {middle:.4f}", f"low = {low:.4f}", f"high = {high:.4f}", f"same = {same}",
            f"different = {different}",
        ]  # fmt: skip
    MODEL.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"prior {prior:.2f}; scale " + ", ".join(f"{name} {weight:.2f}" for name, weight in scale.items()))
    for level, weight in sorted(said.items(), key=lambda one: -abs(one[1]))[:12]:
        print(f"together {weight:6.2f}  {level}")
    print(f"{len(known)} weights, sha256 {hashlib.sha256(MODEL.read_bytes()).hexdigest()[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
