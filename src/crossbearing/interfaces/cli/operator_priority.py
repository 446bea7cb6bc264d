"""The command on the order of work: operator priority."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.operator import operator
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.presentation.text import NOT_KNOWN, number, plural
from crossbearing.workflows.rank_sellers import Ranking, rank_sellers

_CAUTION: Final = "for workload only: no evidence, no measure of guilt, nothing about what anybody will do"


@operator.command
def priority(
    op: Path, subject: str = "", *, most: int = 20, weights: Path | None = None, shared: Shared = DEFAULTS
) -> None:
    """Put sellers in the order in which to work on them, by stated weights; never buyers. For workload, no evidence.

    Parameters
    ----------
    op
        Operation folder.
    subject
        One operator or seller's account: all its parts, with the first rows behind each.
    most
        How many are shown; 0 for all. --json always has all.
    weights
        TOML file with other weights; see the reference on the order of work.

    """
    found = rank_sellers(
        op, shared.context(), subject_id=subject, most=0 if shared.json else max(most, 0), weights=weights
    )
    if shared.json:
        as_json(found)
        return
    if subject:
        _print_one(found)
    else:
        _print_all(found)
    say(f"{plural(found.sellers, 'seller')}, weights {hostile(found.weights)}; {_CAUTION}")
    if not subject and found.priorities:
        next_move(f"crossbearing operator priority {op} {found.priorities[0].subject_id}")


def _print_all(found: Ranking) -> None:
    rows = [
        (
            str(one.place),
            f"{one.best} to {one.worst}",
            one.subject_id,
            ", ".join(_handle(found.accounts[name]) for name in one.accounts[:3]),
            _points(one.low, one.high),
            ", ".join(part.name for part in one.parts if part.high > part.low) or "nothing",
        )
        for one in found.priorities
    ]
    columns = ("place", "could be", "subject", "accounts", "points", "not known, or not all")
    table(columns, rows, right={"place", "points"})


def _print_one(found: Ranking) -> None:
    (one,) = found.priorities
    say(f"[bold]{one.subject_id}[/bold]  place {one.place} of {found.sellers}, could be {one.best} to {one.worst}")
    for name in one.accounts:
        say(f"  {_handle(found.accounts[name])} on {hostile(found.accounts[name]['market'])}")
    rows, total = [], 0
    for part in one.parts:
        bar = " " * (total // 2) + "█" * ((total + part.low) // 2 - total // 2) + "░" * ((part.high - part.low) // 2)
        total += part.low
        measure = part.measure
        least = "" if measure.is_whole else "at least "
        value = NOT_KNOWN if measure.value is None else f"{least}{number(measure.value.quantize(1))}"
        rows.append((part.says, value, _points(part.low, part.high), bar))
    rows.append(("sum", "", _points(one.low, one.high), "█" * (total // 2) + "░" * ((one.high - one.low) // 2)))
    table(("part", "on record", "points", "█ sure  ░ not known"), rows, right={"on record", "points"})
    for part in one.parts:
        for place in part.measure.places:
            say(f"  {part.name}: row {hostile(place, 200)}")
        if left := part.measure.source_rows - len(part.measure.places):
            say(f"  {part.name}: {plural(left, 'further row')}" if part.measure.places else f"  {part.name}: "
                f"{plural(left, 'row')}")  # fmt: skip


def _points(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _handle(row: Mapping[str, Any]) -> str:
    return hostile(row["handle"], 24) if row["handle"] else NOT_KNOWN
