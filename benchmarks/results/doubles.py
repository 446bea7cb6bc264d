"""Whether double reports are found, and whether the number of those missed is foretold, on simulated partners.

Simulated partners report 12 % of their arrests twice, with mixed units, misprints and corrections. A second agency says
it a day off, in its own spelling, and half of the time reports the drugs too, weighed in another unit. The truth knows
the pairs. Two kinds of report:
    form    the longer form: town, offence, and now and then the other agency's reference
    short   the sixteen columns: day, place and amount only; several arrests of one town and day cannot be told apart

Bar for the form, pooled over seeds that were never used while the weights were set: precision of 0.95 and more at a
recall of 0.95 and more. Where every proposal is then judged by the truth, the number of arrests is off by no more
than the doubles missed, and the number missed was foretold.

Run: python benchmarks/results/doubles.py --seeds 1001 1002 1003 1004 1005 1006 1007 1008
"""

import argparse
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
from tables import derive, records

from crossbearing.results.campaign import CampaignResults, results_of
from crossbearing.simulation.partner_details import FORM_COLUMNS, forms
from crossbearing.simulation.partners import CAMPAIGN, COLUMNS, Reports, made_reports
from crossbearing.simulation.scenario import PartnerDials
from crossbearing.store.session import Session
from crossbearing.store.snapshot import DECISION_TABLES

_DIALS = PartnerDials(doubled=0.12)


@dataclass(frozen=True)
class Found:
    """What one seed gave.

    Attributes:
        off: Arrests after review less the true number.
        expected: Doubles missed, as estimated before.
    """

    true: int
    proposed: int
    right: int
    missed_arrests: int
    off: Decimal
    expected: Decimal
    upper: int
    missed: int


def measured(seed: int, *, details: bool, scale: float) -> Found:
    """One world: proposals against the truth, then every proposal judged by it."""
    reports = made_reports(_DIALS, seed, scale=scale)
    written = forms(reports, seed)
    names = FORM_COLUMNS if details else COLUMNS
    files = {
        name: [{column: row[column] for column in names} for row in rows]
        for name, rows in sorted(written.files.items(), key=lambda one: ("corrected" in one[0], one[0]))
    }
    truth = {frozenset(pair) for pair in written.doubles}
    with records(files, details=details) as engine:
        derive(engine)
        pairs = engine.rows(
            """SELECT outcome_pair.*, l.report_ref AS left_ref, r.report_ref AS right_ref
               FROM outcome_pair INNER JOIN outcome_event AS l ON left_id = l.outcome_id AND NOT l.is_superseded
               INNER JOIN outcome_event AS r ON right_id = r.outcome_id AND NOT r.is_superseded"""
        )
        before = _results(engine)
        # What a later report takes back or corrects cannot be a double any more.
        live = {row["report_ref"] for row in engine.rows("SELECT report_ref FROM outcome_event WHERE amount > 0")}
        truth = {pair for pair in truth if pair <= live}
        proposals = [one for one in pairs if one["tier"] == "proposal"]
        right = [one for one in proposals if frozenset((one["left_ref"], one["right_ref"])) in truth]
        _judge(engine, right)
        derive(engine)
        after = _results(engine)
    found = {frozenset((one["left_ref"], one["right_ref"])) for one in right}
    missed = truth - found
    arrests = next(line for line in after.lines if line.kind == "arrest")
    counted = sum((part.counted for part in arrests.countries), Decimal(0))
    return Found(
        true=len(truth),
        proposed=len(proposals),
        right=len(right),
        missed_arrests=sum(not any(ref.endswith("-D") for ref in pair) for pair in missed),
        off=counted - _true_arrests(reports),
        expected=before.missed.expected,
        upper=before.missed.upper,
        missed=len(missed),
    )


def _results(engine: Session) -> CampaignResults:
    return results_of(engine, CAMPAIGN, operation="-", position=0, bases=(), simulated=frozenset())


def _true_arrests(reports: Reports) -> Decimal:
    return sum((known for (_, item, _), (_, known, _) in reports.figures.items() if item == "persons"), Decimal(0))


def _judge(engine: Session, pairs: list[dict[str, object]]) -> None:
    """Let a person have judged these pairs the same."""
    schema = DECISION_TABLES["outcome_judgement"].schema
    states = ("left_id", "right_id", "left_state", "right_state")
    rows = [{**{name: pair[name] for name in states}, "verdict": "same"} for pair in pairs]
    engine.table("outcome_judgement", pa.Table.from_pylist(rows, schema=schema))


def main() -> None:
    """Print both kinds, pooled and by seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", nargs="+", type=int, required=True)
    parser.add_argument("--scale", type=float, default=5.0)
    given = parser.parse_args()
    for details in (True, False):
        found = [measured(seed, details=details, scale=given.scale) for seed in given.seeds]
        sums = Counter[str]()
        for one in found:
            sums.update(true=one.true, proposed=one.proposed, right=one.right, missed=one.missed)
        print(
            f"{'form' if details else 'short'}: precision {sums['right'] / max(sums['proposed'], 1):.3f} "
            f"({sums['right']} of {sums['proposed']}), recall {sums['right'] / max(sums['true'], 1):.3f} "
            f"({sums['right']} of {sums['true']}); missed {sums['missed']}, foretold "
            f"{sum((one.expected for one in found), Decimal(0))}, within the upper bound in "
            f"{sum(one.missed <= one.upper for one in found)} of {len(found)} worlds; arrests off by no more than the "
            f"arrests missed in {sum(abs(one.off) <= one.missed_arrests for one in found)} of {len(found)}"
        )
        for seed, one in zip(given.seeds, found, strict=True):
            print(f"  {seed}: {one}")


if __name__ == "__main__":
    main()
