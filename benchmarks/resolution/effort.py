"""How many true links people confirm for their work, in our order and in the order of TF-IDF. Simulation only.

Simulated judges of a stated error rate answer one pair after another. Both orders are asked nothing that follows from
earlier answers. A link is confirmed when an operator holds both accounts; what one answer joins through others counts
too. A package is finished when every pair that it needs has been put to a judge: the true pairs of its country's
accounts that our proposals hold, so that both orders have the same goal.
"""

import argparse
import json
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

sys.path.insert(0, str(Path(__file__).parent))
from worlds import Pair, World, world

from crossbearing.resolution.operators import groups_of
from crossbearing.resolution.review import Follows
from crossbearing.simulation.judges import JudgeDials, judge_pairs

MARKS = (50, 100, 200, 400)  # judgements after which the links are counted
NEVER = float("inf")
Marks = NDArray[np.int64]
STEP = 10  # answers between two looks at what follows from them


def by_score(one: World) -> list[Pair]:
    """Our queue: proposals, then the likeliest; possible imitations where their probability puts them."""
    rows = one.rows(
        "SELECT * FROM account_pair ORDER BY tier = 'proposal' DESC, log_odds DESC, pair_id", "account_pair"
    )
    return [(row["left_id"], row["right_id"]) for row in rows]


def by_words(one: World) -> list[Pair]:
    """Plain TF-IDF of characters, cosine, over the adverts of all sellers and staff; the nearest first."""
    rows = one.rows(
        """SELECT account.account_id, string_agg(DISTINCT description, ' ' ORDER BY description) AS words
           FROM account INNER JOIN listing ON account.account_id = listing.account_id
           WHERE role IN ('seller', 'staff') AND description IS NOT NULL GROUP BY ALL ORDER BY ALL""",
        "account",
        "listing",
    )
    names = [row["account_id"] for row in rows]
    words = TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True, min_df=2).fit_transform(
        [row["words"] for row in rows]
    )
    alike = (words @ words.T).toarray()
    one_side, other = np.triu_indices(len(names), 1)
    order = np.argsort(-alike[one_side, other], kind="stable")[:20_000]
    return [(names[one_side[place]], names[other[place]]) for place in order]


class Work:
    """One simulated room at work on one order of pairs."""

    def __init__(self, one: World, dials: JudgeDials, seed: int) -> None:
        """Begin without an answer."""
        self._world, self._dials, self._seed = one, dials, seed
        self.answers: dict[Pair, str] = {}

    def through(self, queue: Sequence[Pair], most: int) -> Iterator[int]:
        """Answer pair after pair; gives the number of answers after each look at what follows.

        What followed and no longer does, because a contradiction took a group apart, is asked then, as in the product.
        """
        waiting, passed, follows = deque(queue), [], self._follows()
        while len(self.answers) < most:
            if not waiting:
                follows = self._follows()
                waiting, passed = self._opened(passed, follows)
                if not waiting:
                    break
            pair = waiting.popleft()
            if not follows.leaves_open(_open(pair), "judge"):
                passed.append(pair)
                continue
            (judged,) = judge_pairs([(" ".join(pair), pair in self._world.true)], self._dials, self._seed)
            self.answers[pair] = str(judged.answer)
            if len(self.answers) % STEP == 0:
                follows = self._follows()
                again, passed = self._opened(passed, follows)
                waiting.extendleft(reversed(again))
                yield len(self.answers)
        yield len(self.answers)

    def _opened(self, passed: list[Pair], follows: Follows) -> tuple[deque[Pair], list[Pair]]:
        """Of pairs that were passed, those that are open again, and those that are not."""
        is_open = [follows.leaves_open(_open(pair), "judge") for pair in passed]
        return deque(compress(passed, is_open)), [pair for pair, one in zip(passed, is_open, strict=True) if not one]

    def confirmed(self) -> tuple[int, int]:
        """Pairs inside one operator: those that are true, and all."""
        groups = groups_of(self._rows())
        inside = [pair for members in groups.members.values() for pair in combinations(members, 2)]
        return sum(pair in self._world.true for pair in inside), len(inside)

    def settled(self, pairs: set[Pair]) -> bool:
        """Whether nobody is to be asked about any of the pairs any more."""
        follows = self._follows()
        return not any(pair not in self.answers and follows.leaves_open(_open(pair), "judge") for pair in pairs)

    def _rows(self) -> list[dict[str, object]]:
        return [
            {"left_id": left, "right_id": right, "verdict": said, "judges": ["judge"], "is_firm": True}
            for (left, right), said in self.answers.items()
        ]

    def _follows(self) -> Follows:
        rows = self._rows()
        return Follows(groups_of(rows), rows)


def _open(pair: Pair) -> dict[str, object]:
    return {"left_id": pair[0], "right_id": pair[1], "verdict": None, "judges": []}


def needs_of_packages(one: World) -> dict[str, set[Pair]]:
    """Country to the true pairs among our proposals that touch an account sent there."""
    routes = one.rows(
        """SELECT country, account_id FROM target_route INNER JOIN subject USING (subject_id)
           WHERE country IS NOT NULL""",
        "target_route",
        "subject",
    )
    proposals = one.rows("SELECT left_id, right_id FROM account_pair WHERE tier = 'proposal'", "account_pair")
    true = {(row["left_id"], row["right_id"]) for row in proposals} & one.true
    needs: dict[str, set[Pair]] = defaultdict(set)
    for row in routes:
        needs[row["country"]] |= {pair for pair in true if row["account_id"] in pair}
    return {country: pairs for country, pairs in needs.items() if pairs}


def at_work(work: Work, queue: Sequence[Pair], needs: dict[str, set[Pair]], most: int) -> tuple[Marks, list[float]]:
    """Answer one queue to its end.

    Returns:
        Links confirmed, true and all, after each of ``MARKS``; judgements until each package was finished.
    """
    links, waiting, finished = np.zeros((len(MARKS), 2), int), dict(needs), []
    for count in work.through(queue, most):
        if count in MARKS:
            links[MARKS.index(count)] = work.confirmed()
        for country in [country for country, pairs in waiting.items() if work.settled(pairs)]:
            del waiting[country]
            finished.append(float(count))
        if not waiting and count >= MARKS[-1]:
            break
    for place, mark in enumerate(MARKS):
        if mark > len(work.answers):  # the queue was at its end before
            links[place] = work.confirmed()
    return links, finished + [NEVER] * len(waiting)


def main() -> None:
    """Print links confirmed for each order, and judgements for a finished package."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, default=Path("build/worlds"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[501, 502, 503])
    parser.add_argument("--most", type=int, default=4_000, help="answers after which nobody goes on")
    wanted = parser.parse_args()
    orders: dict[str, Callable[[World], list[Pair]]] = {"score": by_score, "TF-IDF": by_words}
    links: dict[str, Marks] = {name: np.zeros((len(MARKS), 2), int) for name in orders}
    packages: dict[str, list[list[float]]] = {name: [] for name in orders}
    for seed in wanted.seeds:
        one = world(wanted.home, seed)
        dials = JudgeDials(**json.loads((wanted.home / f"sim{seed}/truth/scenario.json").read_text())["judges"])
        for name, order in orders.items():
            found, finished = at_work(Work(one, dials, seed), order(one), needs_of_packages(one), wanted.most)
            links[name] += found
            packages[name].append(finished)
    seeds = len(wanted.seeds)
    print(f"simulated judges, {seeds} operations, seeds {wanted.seeds}; true and all links inside operators")
    for name in orders:
        said = "   ".join(
            f"after {mark}: {true / seeds:.0f} / {every / seeds:.0f} ({100 * true / seeds / mark:.0f} per 100)"
            for mark, (true, every) in zip(MARKS, links[name], strict=True)
        )
        print(f"  {name:8}{said}")
        every_one = [count for one in packages[name] for count in one]
        done = [[count for count in one if count < NEVER] for one in packages[name]]
        until = sum(max(one, default=0.0) for one in done)
        print(
            f"  {name:8}{sum(map(len, done))} of {len(every_one)} packages finished within {wanted.most:,} answers an "
            f"operation; {until / max(1, sum(map(len, done))):.1f} answers for each of these, until the last of them"
        )


if __name__ == "__main__":
    main()
