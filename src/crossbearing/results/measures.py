"""What stands beside the totals: substances contained, how far cases have come, what is left out, doubles missed."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from crossbearing.reference.currencies import is_currency
from crossbearing.reference.offences import common_offences
from crossbearing.results.totals import Line
from crossbearing.store.session import Session

LAB_STATES: Final = ("confirmed", "presumptive", "not tested")
_NOT_STATED: Final = "not stated"
_ZERO: Final = Decimal(0)
_NORMAL: Final = 500  # from here a Poisson count is a normal one, and e to the minus mean soon no number any more
_EDGE: Final = 3  # days; pairs further apart are not proposed


@dataclass(frozen=True, slots=True)
class Containing:
    """How much of what was seized contains a substance; a product with two of them is in both measures.

    Attributes:
        by_state: Amount by what the laboratory says of the substance.
    """

    substance: str
    unit: str
    amount: Decimal
    by_state: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Implied:
    """The rate that two stated totals of one thing in two currencies come to.

    Attributes:
        rate: Units of ``wanted`` for one of ``currency``.
    """

    item: str
    amount: Decimal
    currency: str
    other: Decimal
    wanted: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Missed:
    """Double reports that are in no proposal, as far as can be estimated without knowing the truth.

    Attributes:
        among_pairs: Of the pairs that are listed below a proposal and not judged, added up by their chance.
        undated: Of events without a day, which are compared with none, at the rate of the dated ones.
        too_far: Further apart than three days, as many as stand at the edge.
        wrong: Proposals that are not one event, added up by their chance.
    """

    among_pairs: Decimal
    undated: Decimal
    too_far: Decimal
    wrong: Decimal

    @property
    def expected(self) -> Decimal:
        """All missed ones."""
        return self.among_pairs + self.undated + self.too_far

    @property
    def upper(self) -> int:
        """Least number that a Poisson count of this mean passes in fewer than one of 20 cases."""
        mean = float(self.expected)
        if mean > _NORMAL:
            return math.ceil(mean + 1.645 * math.sqrt(mean))  # 1.645: 95 in 100 of a normal distribution lie below
        term = below = 2.718281828459045**-mean
        count = 0
        while below < 0.95:  # noqa: PLR2004 - 19 of 20
            count += 1
            term *= mean / count
            below += term
        return count


def contained_in(engine: Session, campaign: str) -> list[Containing]:
    """Amounts by substance contained, each product once; with the laboratory's state.

    A substance is measured if any row names it under ``contained`` or with a laboratory state.
    """
    rows = engine.rows(
        """WITH row_of AS (
               SELECT event.*, coalesce(outcome_counted.double_of, event.outcome_id) AS product_id
               FROM outcome_event AS event
               INNER JOIN outcome_counted
                   ON event.outcome_id = outcome_counted.outcome_id AND event.place = outcome_counted.place
               WHERE event.campaign = ? AND event.kind = 'seizure' AND NOT event.is_stated_total
                   AND (outcome_counted.counts OR outcome_counted.why_not = 'same product')
           ),
           named AS (
               SELECT product_id, coalesce(lab_state, 'not stated') AS lab_state, contained IS NOT NULL AS is_measured,
                   unnest(list_distinct(string_split(coalesce(contained, ''), ';') || [
                       CASE WHEN lab_state IS NOT NULL OR contained IS NOT NULL THEN item ELSE '' END
                   ])) AS substance
               FROM row_of
           )
           SELECT trim(named.substance) AS substance, first_row.unit, first_row.amount, first_row.outcome_id,
               list_sort(list(DISTINCT named.lab_state)) AS lab_states
           FROM named INNER JOIN row_of AS first_row ON named.product_id = first_row.outcome_id
           WHERE trim(named.substance) <> '' AND first_row.outcome_id = first_row.product_id
           GROUP BY ALL ORDER BY ALL""",
        [campaign],
    )
    sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: _ZERO))
    for row in rows:
        state = next((one for one in LAB_STATES if one in row["lab_states"]), _NOT_STATED)
        sums[row["substance"], row["unit"]][state] += row["amount"]
    return [
        Containing(
            substance,
            unit,
            sum(by_state.values(), _ZERO),
            tuple((one, by_state[one]) for one in (*LAB_STATES, _NOT_STATED) if one in by_state),
        )
        for (substance, unit), by_state in sorted(sums.items())
    ]


def implied_rates(lines: Iterable[Line]) -> list[Implied]:
    """For each thing with a stated total in two currencies, the rate they imply; no figure is converted again."""
    by_item: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if is_currency(line.unit) and line.kind != "valuation" and any(not one.scope for one in line.stated):
            by_item[line.kind, line.item].append(line)
    found = []
    for (_, item), same in sorted(by_item.items()):
        ordered = sorted(same, key=lambda line: (line.unit != "EUR", line.unit))
        for other in ordered[1:]:
            first = ordered[0]
            if first.total and other.total:
                rate = (other.total / first.total).quantize(Decimal("0.000001"))
                found.append(Implied(item, first.total, first.unit, other.total, other.unit, rate))
    return found


def cases_by_state(engine: Session, campaign: str) -> dict[str, int]:
    """How many cases stand at which step; a case is counted at its last one only."""
    rows = engine.rows(
        "SELECT case_state, count(*) AS cases FROM outcome_case WHERE campaign = ? GROUP BY ALL ORDER BY ALL",
        [campaign],
    )
    return {row["case_state"]: int(row["cases"]) for row in rows}


def verdicts_by_offence(engine: Session, campaign: str) -> list[tuple[str, str, Decimal]]:
    """Charges and verdicts by offence on the common list; what the mapping does not know is one line."""
    rows = engine.rows(
        """SELECT event.kind, event.offence_code, sum(event.amount) AS persons
           FROM outcome_event AS event
           INNER JOIN outcome_counted
               ON event.outcome_id = outcome_counted.outcome_id AND event.place = outcome_counted.place
           WHERE event.campaign = ? AND outcome_counted.counts AND NOT event.is_stated_total
               AND event.kind IN ('charge', 'conviction', 'acquittal')
           GROUP BY ALL ORDER BY ALL""",
        [campaign],
    )
    titles = {code: one.title for code, one in common_offences().items()}
    return [(row["kind"], titles.get(row["offence_code"], "not on the common list"), row["persons"]) for row in rows]


def left_out(engine: Session, campaign: str) -> dict[str, int]:
    """How many rows do not count, by why."""
    rows = engine.rows(
        """SELECT outcome_counted.why_not, count(*) AS reports
           FROM outcome_event AS event
           INNER JOIN outcome_counted
               ON event.outcome_id = outcome_counted.outcome_id AND event.place = outcome_counted.place
           WHERE event.campaign = ? AND NOT outcome_counted.counts GROUP BY ALL ORDER BY ALL""",
        [campaign],
    )
    return {row["why_not"]: int(row["reports"]) for row in rows}


def questions(engine: Session, campaign: str) -> tuple[str, ...]:
    """What is to be asked of agencies, in words."""
    rows = engine.rows("SELECT question FROM outcome_query WHERE campaign = ? ORDER BY question", [campaign])
    return tuple(row["question"] for row in rows)


def missed_doubles(engine: Session, campaign: str, pairs: Sequence[dict[str, Any]]) -> Missed:
    """How many double reports are probably in no proposal, estimated from the reports alone.

    Args:
        engine: A session over the outcome tables.
        campaign: As the reports name it.
        pairs: How many pairs there are (``pairs``) and their chances added up (``chances``), by ``tier``,
            ``days_apart`` and ``verdict``.
    """
    row = engine.one(
        """SELECT count(*) FILTER (happened_on IS NULL) AS undated, count(*) FILTER (happened_on IS NOT NULL) AS dated
           FROM outcome_event
           WHERE campaign = ? AND NOT is_stated_total AND NOT is_superseded AND amount > 0""",
        [campaign],
    )
    undecided = [pair for pair in pairs if pair["verdict"] not in {"same", "different"}]
    proposals = [pair for pair in pairs if pair["tier"] == "proposal" and pair["verdict"] != "different"]
    among = _chances(pair for pair in undecided if pair["tier"] != "proposal")
    undated = _chances(proposals) * int(row["undated"]) / int(row["dated"]) if row["dated"] else _ZERO
    edge = _chances(pair for pair in proposals if pair["days_apart"] == _EDGE)
    wrong = sum((pair["pairs"] - pair["chances"] for pair in undecided if pair["tier"] == "proposal"), _ZERO)
    tenth = Decimal("0.1")
    return Missed(*(one.quantize(tenth) for one in (among, undated, edge, wrong)))


def _chances(pairs: Iterable[Mapping[str, Any]]) -> Decimal:
    return sum((pair["chances"] for pair in pairs), _ZERO)
