"""How sure confirmable persons are, how many of the supported pairs they reach, and whether what misleads is named.

Seeds 71 to 74 were used to build; 75 to 78 were kept for one look at the end. Bar: of the confirmable persons at least
99 % are right. What is proposed is that the person ran the account on the days of which dated evidence speaks; that is
counted, with every account that changed hands in it. Whoever ever ran the account, and who ran it throughout its life,
are counted beside it. No account is joined to another here: each is a subject of its own, which is the hardest case.

A pair of account and person is supported if links that are right lead there by two kinds from two sources, one of them
strong and one not on paper. What misleads is a link to somebody who never ran the account. It is listed as such if the
person is called misleading, or has evidence against it; it must never be confirmable.

Run: python benchmarks/identification/simulated.py --home build/persons --seeds 71 72 73 74
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from worlds import World, world

from crossbearing.domain.score import Share
from crossbearing.identification.kinds import Kind, Strength
from crossbearing.identification.linking import Link
from crossbearing.identification.proposing import Proposal, Status, proposals_in

_WRONG = ("mule", "courier", "other owner", "borrowed address", "mischance", "copied")


class Tally:
    """Counts over pairs of account and person."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.counts: Counter[str] = Counter()

    def take(self, one: World, account_id: str, proposal: Proposal) -> None:
        """Count one pair."""
        first = proposal.links[0].sighting
        borns = {link.sighting.born for link in proposal.links} - {""}
        is_right = one.is_right(account_id, first.name, min(borns, default=""))
        status, counts = proposal.status, self.counts
        counts[f"{status} {'right' if is_right else 'wrong'}"] += 1
        if status is Status.CONFIRMABLE:
            counts["confirmable"] += 1
            is_sold = account_id in one.taken
            then = is_right and (not is_sold or one.ran_it_then(account_id, first.name, proposal.since, proposal.until))
            counts["confirmable ran then"] += then
            counts["confirmable ran throughout"] += is_right and not is_sold
        if account_id in one.taken:
            self._changed(one, account_id, proposal, first.name)
        if not is_right:
            self._misleading(one, proposal)
        elif _is_supported(proposal.links):
            counts["supported"] += 1
            counts["supported confirmable"] += status is Status.CONFIRMABLE
            for remark in (*proposal.patterns, *proposal.counter):
                counts[f"supported held back: {remark.code}"] += 1

    def _changed(self, one: World, account_id: str, proposal: Proposal, name: str) -> None:
        counts, is_told = self.counts, bool(one.evidence.changes_of(account_id))
        sign = "with a sign of it" if is_told else "without any sign"
        is_counted = any(link.counts for link in proposal.links)
        counts[f"changed {sign}"] += is_counted
        counts[f"changed {sign} listed"] += any(remark.code == "changed hands" for remark in proposal.patterns)
        if proposal.status is Status.CONFIRMABLE:
            counts[f"changed {sign} confirmable"] += 1
            counts[f"changed {sign} dated"] += bool(proposal.since)
            if proposal.since:
                counts[f"changed {sign} ran then"] += one.ran_it_then(account_id, name, proposal.since, proposal.until)

    def _misleading(self, one: World, proposal: Proposal) -> None:
        counts = self.counts
        whys = {one.misleading[link.sighting.place] for link in proposal.links
                if link.sighting.place in one.misleading} or {"copied"}  # fmt: skip
        said = {remark.code for remark in (*proposal.patterns, *proposal.counter)}
        for why in whys:
            counts[f"{why}"] += 1
            counts[f"{why} confirmable"] += proposal.status is Status.CONFIRMABLE
            counts[f"{why} listed"] += bool(said)
            counts[f"{why} lead or one kind only"] += not said and bool(proposal.missing)

    def say(self, name: str) -> None:
        """Print the shares with their intervals."""
        counts = self.counts
        print(name)
        all_ = counts["confirmable"]
        say("confirmable that ran the account on the days proposed", counts["confirmable ran then"], all_)
        say("confirmable that ran it throughout its life", counts["confirmable ran throughout"], all_)
        for status in Status:
            right, wrong = counts[f"{status} right"], counts[f"{status} wrong"]
            say(f"{status} that are right", right, right + wrong)
        say("supported pairs that are confirmable", counts["supported confirmable"], counts["supported"])
        for held in sorted(one for one in counts if one.startswith("supported held")):
            print(f"    {held}: {counts[held]}")
        for why in _WRONG:
            if counts[why]:
                say(f"{why}: confirmable", counts[f"{why} confirmable"], counts[why])
                say(f"{why}: listed with the reason", counts[f"{why} listed"], counts[why])
                say(f"{why}: neither, for the rule is not met", counts[f"{why} lead or one kind only"], counts[why])
        for sign in ("with a sign of it", "without any sign"):
            all_, confirmable = counts[f"changed {sign}"], counts[f"changed {sign} confirmable"]
            say(f"account changed hands {sign}: listed as such", counts[f"changed {sign} listed"], all_)
            say(f"account changed hands {sign}: confirmable", confirmable, all_)
            say(f"account changed hands {sign}: of confirmable and dated, ran it on these days",
                counts[f"changed {sign} ran then"], counts[f"changed {sign} dated"])  # fmt: skip


def _is_supported(links: tuple[Link, ...]) -> bool:
    counted = [link for link in links if link.counts and link.kind is not Kind.LABEL]
    return (
        len({link.kind for link in counted}) > 1
        and len({link.sighting.root for link in counted}) > 1
        and any(link.strength is Strength.STRONG for link in counted)
        and not all(link.is_paper for link in counted)
    )


def say(what: str, hits: int, trials: int) -> None:
    """Print one share."""
    share = Share(hits, trials)
    if share.value is None or share.interval is None:
        print(f"  {what}: none")
        return
    low, high = share.interval
    print(f"  {what}: {hits} of {trials}, {share.value:.3f} ({low:.3f} to {high:.3f})")


def main() -> None:
    """Propose persons in every world, and print each and all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    given = parser.parse_args()
    pooled = Tally()
    for seed in given.seeds:
        one, tally = world(given.home, seed), Tally()
        begun = time.process_time()
        for account_id, proposals in proposals_in(one.evidence).items():
            for proposal in proposals:
                tally.take(one, account_id, proposal)
                pooled.take(one, account_id, proposal)
        took = time.process_time() - begun
        tally.say(f"seed {seed}, {len(one.evidence.accounts)} accounts, linked in {took:.2f} s of CPU")
    pooled.say("all seeds")


if __name__ == "__main__":
    main()
