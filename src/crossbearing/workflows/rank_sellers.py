"""In which order sellers are worked on, for workload; looking is an act in the log."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound, UnreadableSource
from crossbearing.packages.priority import INPUTS, Priority, Weights, measured, parsed, ranked, shipped_weights
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import OPERATOR_ACTS, home_of, operators_in
from crossbearing.resolution.review import withheld_from
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import register
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

# To be shown beside a place; they never enter it.
_SHOWN: Final = "SELECT account_id, market, handle FROM account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The sellers in order.

    Attributes:
        weights: Name and version of the weights.
        sellers: How many there are.
        priorities: In order.
        accounts: ``market`` and ``handle`` by account id, of those shown.
    """

    weights: str
    sellers: int
    priorities: tuple[Priority, ...]
    accounts: Mapping[str, Mapping[str, Any]]


def rank_sellers(
    folder: Path, context: Context, *, subject_id: str = "", most: int = 0, weights: Path | None = None
) -> Ranking:
    """Put operators, and every other seller's account by itself, in the order of their stated weights.

    Args:
        folder: Operation folder.
        context: Who looks.
        subject_id: Only this operator or seller's account.
        most: How many from the first; 0 for all.
        weights: File with other weights.

    Raises:
        NotFound: No seller has this id.
        UnreadableSource: The file with weights cannot be read.
        BadConfiguration: The weights cannot be used.
    """
    with open_operation(folder, context) as operation:
        stated = shipped_weights() if weights is None else _read(weights)
        require_fresh(operation, STEPS, *INPUTS)
        entries = operation.ledger.entries(*OPERATOR_ACTS)
        operators = operators_in(entries, withheld_from(context.person, entries)).operators
        home = home_of(operators)
        with reading(operation, *INPUTS) as engine:
            everybody = ranked(measured(engine, home, _strong_leads(operation)), stated)
            shown = [one for one in everybody if subject_id in {"", one.subject_id}]
            names = {row["account_id"]: row for row in engine.rows(_SHOWN)}
        if subject_id and not shown:
            raise NotFound(
                f"No seller is called {subject_id!r}",
                where=str(folder),
                remedy="`crossbearing operator priority` without an id lists them; buyers are never ranked.",
            )
        shown = shown[:most] if most else shown
        payload = {"kind": "priority", "weights": stated.stamp}
        operation.ledger.record(context, Act(kind=ActKind.CONSULTED, subject=subject_id, payload=payload))
    return Ranking(
        weights=stated.stamp,
        sellers=len(everybody),
        priorities=tuple(shown),
        accounts={name: names[name] for one in shown for name in one.accounts},
    )


def _strong_leads(operation: Operation) -> dict[str, set[str]] | None:
    """Cases with a strong lead by account, of the newest open findings; what is sealed is not opened for this."""
    newest = {entry.subject: entry for entry in operation.ledger.entries(ActKind.LEADS_MATCHED)}
    if not newest:
        return None
    standing = register(operation.ledger).standing.keys()
    found: dict[str, set[str]] = defaultdict(set)
    for number, entry in newest.items():
        leads: Any = entry.payload["leads"]
        for lead in leads:
            if lead["is_accepted_grade"] and set(lead["exhibit_ids"]) <= standing:
                found[lead["account_id"]].add(number)
    return dict(found)


def _read(path: Path) -> Weights:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UnreadableSource(
            "The weights cannot be read", where=str(path), remedy="Name a TOML file as the reference describes it."
        ) from wrong
    return parsed(text, where=str(path))
