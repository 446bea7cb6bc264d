"""By which rules accounts are brought together to be compared, and how many pairs each brings and leaves out."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.registry import STEPS
from crossbearing.store.operation import open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

# The pairs that were made, by what brought them: how many there are, and how many no other rule brought.
_MADE = """
    SELECT rule, count(*) AS made, count(*) FILTER (len(candidate_rules) = 1) AS alone
    FROM (SELECT candidate_rules, unnest(candidate_rules) AS rule FROM pair_candidate)
    GROUP BY rule
"""


@dataclass(frozen=True, slots=True)
class CandidateRule:
    """One rule.

    Attributes:
        pairs: Counted before any pair was made; None, as what is left out, where a rule has no marks that could be
            counted, or where the person may not see all that they are from.
        made: Pairs that are compared and that this rule brought.
        alone: Of these, pairs that no other rule brought.
        marks_left_out: Marks that more than 20 accounts share.
        accounts_left_out: Accounts that share them, once for each mark.
        pairs_left_out: Pairs that they would have brought.
    """

    rule: str
    pairs: int | None
    made: int
    alone: int
    marks_left_out: int | None
    accounts_left_out: int | None
    pairs_left_out: int | None


def show_rules(folder: Path, context: Context) -> list[CandidateRule]:
    """All rules, those that bring most first."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        require_fresh(operation, STEPS, "candidate_rule", "pair_candidate")
        with reading(operation, "candidate_rule", "pair_candidate") as engine:
            counted = {row["candidate_rule"]: row for row in engine.rows("SELECT * FROM candidate_rule")}
            made = {row["rule"]: row for row in engine.rows(_MADE)}
    found = []
    for rule in sorted(counted.keys() | made.keys()):
        before, after = counted.get(rule, {}), made.get(rule, {})
        left_out = (before.get(name) for name in ("marks_left_out", "accounts_left_out", "pairs_left_out"))
        found.append(CandidateRule(rule, before.get("pairs"), after.get("made", 0), after.get("alone", 0), *left_out))
    return sorted(found, key=lambda one: (-one.made, one.rule))
