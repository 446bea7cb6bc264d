"""Commands on results beside others and as charts: compare, charts."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, plain, say, table
from crossbearing.interfaces.cli.results import results
from crossbearing.presentation.text import NOT_KNOWN, plural
from crossbearing.workflows.compare_operations import (
    Comparison,
    compare_operations,
    draw_charts,
    our_figure,
    write_comparison_page,
    written,
)

_CONDITION = 200  # characters shown of one condition


@results.command
def compare(
    op: Path,
    *,
    campaign: str = "",
    by: Literal["credit", "place", "basis"] = "basis",
    lead: str = "",
    currency: Annotated[str, Parameter(name=["--in", "--currency"])] = "",
    page: Path | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Show the totals beside published ones of earlier operations, and which records hold on what conditions.

    Parameters
    ----------
    op
        Operation folder.
    campaign
        The campaign; may be left out if there is one only.
    by
        Count by the country that reports an event, by the place where it happened, or as the campaign's basis says.
    lead
        Only operations that this body led, such as JCODE.
    currency
        Compare money in this currency only.
    page
        Also write it as a page with charts and sources to this file.

    """
    found = compare_operations(
        op,
        shared.context(),
        campaign=campaign,
        by_place=None if by == "basis" else by == "place",
        lead=lead,
        currency=currency.upper(),
    )
    if page is not None:
        write_comparison_page(found, page)
    if shared.json:
        as_json({**plain(found), "page": page})
        return
    _print(found)
    next_move(f"open {page} in a browser" if page else f"crossbearing results compare {op} --page comparison.html")


@results.command
def charts(
    op: Path,
    *,
    to: Path,
    campaign: str = "",
    by: Literal["credit", "place", "basis"] = "basis",
    currency: Annotated[str, Parameter(name=["--in", "--currency"])] = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Draw charts by country, month, kind and money into a folder, each with a CSV file of its data.

    Parameters
    ----------
    op
        Operation folder.
    to
        Folder for the page and the data.
    campaign
        The campaign; may be left out if there is one only.
    by
        Count by the country that reports an event, by the place where it happened, or as the campaign's basis says.
    currency
        Also draw all money in this currency.

    """
    drawn, paths = draw_charts(
        op,
        shared.context(),
        to,
        campaign=campaign,
        by_place=None if by == "basis" else by == "place",
        currency=currency.upper(),
    )
    if shared.json:
        as_json({**plain(drawn), "paths": paths})
        return
    say(f"{plural(len(drawn.charts), 'chart')}, each with its data, as of log position {drawn.log_position}")
    next_move(f"open {paths[0]} in a browser")


def _print(found: Comparison) -> None:
    say(f"[bold]{hostile(found.campaign)}[/bold] beside earlier operations, as of log position {found.log_position}")
    if found.is_simulated:
        say("SIMULATED EVIDENCE")
    for one in found.measures:
        say(f"\n[bold]{one.measure.replace('_', ' ')}, {one.unit}[/bold]")
        rows = [(hostile(found.campaign), "this operation", our_figure(one))]
        rows += [
            (operation.name, ", ".join(operation.lead), written(figure) or NOT_KNOWN)
            for operation, figure in one.earlier
        ]
        table(("operation", "lead", "figure"), rows, right={"figure"})
        say(f"highest of all: {one.record}")
        for condition in one.conditions:
            say(f"  - {hostile(condition, _CONDITION)}")
    for noted in found.earlier:
        for note in noted.notes:
            say(f"[dim]{noted.operation.name}[/dim]  {hostile(note, _CONDITION)}")
