"""How well leads find the supplier of simulated cases, how sure accepted ones are, and whether chance is foretold.

Seeds 11 to 14 were used to build and weigh; 21 to 24 were kept for one look at the end. Bars: of the pairs of supplier
and case that the data can support at least 90 % in the first three leads; of leads of accepted grade at least 90 %
right; the chance pairs that were printed within 25 % of the true ones, pooled over at least 400; no lead of accepted
grade where nothing was supplied.

A pair is supported if the server still holds the order and either the order's reference or the buyer's handle was found
at the scene, or the person ordered in their own name and the address of that order can be read.

Run: python benchmarks/leads/simulated.py --home build/worlds --seeds 11 12 13 14
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from worlds import World, world

from crossbearing.domain.score import Share
from crossbearing.leads.columns import READABLE, Case
from crossbearing.leads.matching import FITS, CaseMatch, match
from crossbearing.leads.weighing import Grade, Lead, leads_of
from crossbearing.leads.weights import shipped_weights
from crossbearing.reference.related_substances import fit_of

_FIRST = 3  # leads that a person reads


class Tally:
    """Counts over cases."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.counts: Counter[str] = Counter()
        self.expected = 0.0

    def take(self, one: World, case: Case, found: CaseMatch, leads: list[Lead]) -> None:
        """Count one case."""
        sales, truth, true = one.opened.sales, one.truth[case.number], one.true_sale(case)
        own = true is not None and not truth["through"]
        self.expected += float(found.expected.sum())
        buyer = int(sales.buyer[true]) if own else -2
        strangers = found.is_soft & (sales.buyer[found.sale] != buyer)
        self.counts["chance"] += len(np.unique(sales.consignee[found.sale[strangers]]))
        for lead in leads:
            is_right = true is not None and lead.seller == int(sales.seller[true])
            self.counts[f"{lead.grade} {'right' if is_right else 'wrong'}"] += 1
        if true is None:
            return
        is_found = truth["hard_identifier"] in {"order", "handle"}
        if not is_found and not (own and sales.delivery[true] == READABLE):
            return
        rank = next((place for place, lead in enumerate(leads) if lead.seller == int(sales.seller[true])), _FIRST)
        self.counts["supported"] += 1
        self.counts["first"] += rank == 0
        self.counts["first three"] += rank < _FIRST
        self.counts[f"supported by {'identifier' if is_found else 'name and address'}"] += 1
        self.counts[f"first three by {'identifier' if is_found else 'name and address'}"] += rank < _FIRST

    def say(self, name: str) -> None:
        """Print the shares with their intervals."""
        counts = self.counts
        print(name)
        for what in ("", " by identifier", " by name and address"):
            say(f"supported pairs{what} in the first three", counts[f"first three{what}"], counts[f"supported{what}"])
        say("supported pairs that come first", counts["first"], counts["supported"])
        for grade in Grade:
            say(f"leads of grade {grade} that are right", counts[f"{grade} right"],
                counts[f"{grade} right"] + counts[f"{grade} wrong"])  # fmt: skip
        ratio = f"{self.expected / counts['chance']:.2f}" if counts["chance"] else "not known"
        print(f"  chance pairs: {counts['chance']} true, {self.expected:.1f} expected, ratio {ratio}")


def say(what: str, hits: int, trials: int) -> None:
    """Print one share."""
    share = Share(hits, trials)
    if share.value is None or share.interval is None:
        print(f"  {what}: none")
        return
    low, high = share.interval
    print(f"  {what}: {hits} of {trials}, {share.value:.3f} ({low:.3f} to {high:.3f})")


def weights_of(worlds: list[World]) -> None:
    """Print the shares that ``weights.toml`` takes from simulation."""
    edges = np.array(shipped_weights().times.edges)
    spans = np.zeros(len(edges) - 1, np.int64)
    fits: Counter[str] = Counter()
    for one in worlds:
        sales = one.opened.sales
        for case in one.cases:
            true = one.true_sale(case)
            if true is None or case.last_seen is None:
                continue
            span = int(np.searchsorted(edges, case.last_seen - int(sales.sold_at[true]), side="right")) - 1
            if 0 <= span < len(spans):
                spans[span] += 1
            fits[fit_of(sales.adverts[int(sales.advert[true])], case.screen)] += 1
    print(f"  spans: {(spans / spans.sum()).round(3).tolist()} of {spans.sum()}")
    print(f"  fits: { {str(fit): fits[fit] for fit in FITS} }")


def main() -> None:
    """Match every world, and print each and all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--scenario", default="readable")
    parser.add_argument("--weights", action="store_true")
    given = parser.parse_args()
    weights, pooled, worlds = shipped_weights(), Tally(), []
    for seed in given.seeds:
        one = world(given.home, seed, given.scenario)
        worlds.append(one)
        tally = Tally()
        for case, found in zip(one.cases, match(one.cases, one.opened.sales, weights.times), strict=True):
            leads = leads_of(found, one.opened.sales, weights)
            tally.take(one, case, found, leads)
            pooled.take(one, case, found, leads)
        tally.say(f"seed {seed}, {len(one.cases)} cases, {len(one.opened.sales):,} sales")
    pooled.say(f"all seeds, scenario {given.scenario}, weights {weights.stamp}")
    if given.weights:
        weights_of(worlds)


if __name__ == "__main__":
    main()
