"""What scores and proposals are worth on simulated operations that were never used in development. Simulation only.

Pairs with identity evidence: both show one key, contact or wallet as their own. Pairs with a trace: those that any rule
brings together (identity, pasted key, name, claim, picture, neighbours in writing). Intervals: Wilson, 95 %.
With --mechanisms the same is stated for each kind of world that the weights were never learnt from, in scenarios/.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from worlds import Pair, World, world

from crossbearing.domain.score import Share

FROZEN = (0.5, 0.8, 0.9, 0.99)  # probabilities at which precision and recall are stated
BINS = 10
SCENARIOS = Path(__file__).parent / "scenarios"
SOME = 0.01  # below it nearly all compared pairs lie, which makes any error small


@dataclass
class Counts:
    """What is counted over several operations."""

    true: int = 0
    compared: int = 0
    with_identity: int = 0
    with_identity_proposed: int = 0
    tiers: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    log_odds: list[float] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)

    def add(self, one: World) -> None:
        """Count one operation."""
        sums = "SELECT left_id, right_id, sum(log_lr)::DOUBLE AS bars FROM pair_evidence GROUP BY ALL"
        shared = "SELECT left_id, right_id FROM signal_identity WHERE level NOT IN ('none', 'anybody''s')"
        bars = {_pair(row): row["bars"] for row in one.rows(sums, "pair_evidence")}
        pairs = {_pair(row): row for row in one.rows("SELECT * FROM account_pair", "account_pair")}
        identity = {_pair(row) for row in one.rows(shared, "signal_identity")}
        prior = float(next(iter(pairs.values()))["prior"])
        self.true += len(one.true)
        self.compared += len(one.true & bars.keys())
        self.with_identity += len(identity & one.true)
        for pair, row in pairs.items():
            self.tiers[row["tier"], kind_of(one, pair), pair in one.true] += 1
            self.with_identity_proposed += row["tier"] == "proposal" and pair in identity and pair in one.true
        self.log_odds += [prior + bar for bar in bars.values()]
        self.answers += [pair in one.true for pair in bars]


def _pair(row: dict[str, str]) -> Pair:
    return row["left_id"], row["right_id"]


def said(share: Share) -> str:
    """A share with its interval."""
    if share.value is None or share.interval is None:
        return "none"
    low, high = share.interval
    return f"{share.value:.4f} ({share.hits} of {share.trials}; {low:.3f} to {high:.3f})"


def kind_of(one: World, pair: Pair) -> str:
    """How the later of two accounts came to be, or that one is a copy."""
    kinds = {one.kinds.get(account, "unknown") for account in pair}
    return next((kind for kind in ("copycat", "sybil", "moved") if kind in kinds), "two first accounts")


def calibration_error(p: np.ndarray, answers: np.ndarray) -> float:
    """Expected calibration error in ten bins of equal width."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    found = [bins == one for one in range(BINS)]
    return float(sum(abs(p[here].mean() - answers[here].mean()) * here.mean() for here in found if here.any()))


def tell(counts: Counts) -> None:
    """Print everything that was counted."""
    tiers = counts.tiers
    made = [(right, n) for (tier, _, right), n in tiers.items() if tier == "proposal"]
    proposals = [sum(n for right, n in made if right == is_right) for is_right in (True, False)]
    print(f"  true pairs {counts.true}; blocking recall {said(Share(counts.compared, counts.true))}")
    print(f"  proposals, precision           {said(Share(proposals[0], sum(proposals)))}")
    print(f"  of true pairs with identity    {said(Share(counts.with_identity_proposed, counts.with_identity))}")
    for (tier, kind, is_right), count in sorted(tiers.items()):
        print(f"    {tier:10} {kind:20} {'one operator' if is_right else 'two operators':14} {count:5}")
    p, answers = 1 / (1 + np.exp(-np.array(counts.log_odds))), np.array(counts.answers)
    for least in FROZEN:
        found = p >= least
        precision = Share(int(answers[found].sum()), int(found.sum()))
        recall, of_all = (Share(int(answers[found].sum()), trials) for trials in (counts.compared, counts.true))
        print(
            f"  p >= {least}: precision {said(precision)}, recall of pairs with a trace {said(recall)}, "
            f"of all true pairs {said(of_all)}"
        )
    some = p > SOME
    print(
        f"  ECE {calibration_error(p, answers):.4f} over all {len(p)} compared pairs, "
        f"{calibration_error(p[some], answers[some]):.4f} over the {some.sum()} with p > {SOME}; "
        f"Brier {np.mean((p - answers) ** 2):.5f}"
    )


def beside(found: Mapping[str, Counts]) -> None:
    """The main figures of each kind of world in one line."""
    print(f"{'scenario':16}{'proposals':>10}{'right':>8}{'of identity':>13}{'p>=0.8':>8}{'right':>8}{'recall':>8}")
    for kind, counts in found.items():
        made: Counter[bool] = Counter()
        for (tier, _, right), count in counts.tiers.items():
            made[right] += count * (tier == "proposal")
        likely = np.array(counts.log_odds) >= np.log(4)  # the odds of 0.8
        right = int(np.array(counts.answers)[likely].sum())
        shares = (
            Share(made[True], made.total()), Share(counts.with_identity_proposed, counts.with_identity),
            Share(right, int(likely.sum())), Share(right, counts.true),
        )  # fmt: skip
        precision, of_identity, sure, recall = ("none" if s.value is None else f"{s.value:.3f}" for s in shares)
        print(f"{kind:16}{made.total():10}{precision:>8}{of_identity:>13}{likely.sum():8}{sure:>8}{recall:>8}")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True, help="folder in which simulated operations are kept")
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--scenario", nargs="*", default=[], help="scenario files with other mechanisms, one by one")
    parser.add_argument("--mechanisms", action="store_true", help="the standard world and every file of scenarios/")
    given = parser.parse_args()
    kinds = [(), *((str(path),) for path in sorted(SCENARIOS.glob("*.toml")))] if given.mechanisms else []
    kinds += [(path,) for path in given.scenario]
    found = {}
    for scenario in kinds or [()]:
        counts, kind = Counts(), Path(*scenario).stem or "standard"
        for seed in given.seeds:
            counts.add(world(given.home, seed, *scenario))
        print(f"simulated, size monopoly, seeds {given.seeds}, scenario {kind}")
        tell(counts)
        found[kind] = counts
    if len(found) > 1:
        beside(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
