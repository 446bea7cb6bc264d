"""Overdoses by area and time beside shipments: lead spikes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.lead import lead
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, plain, say, table
from crossbearing.presentation.text import number, plural
from crossbearing.workflows.count_overdoses import Counts, count_overdoses, write_counts_page

_NOT_SHOWN: Final = "not shown"


@lead.command
def spikes(
    op: Path,
    *,
    by: Annotated[str, Parameter(help="With the first counts: week or month. It stands for good.")] = "",
    area: Annotated[str, Parameter(help="With the first counts: town, county or state. Likewise.")] = "",
    page: Path | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Count overdoses of public lists by area beside shipments; needs --purpose, and shows no small group.

    A figure beside another says nothing of why either is as it is.

    Parameters
    ----------
    op
        Operation folder.
    page
        Also write the figures as a page with charts to this file.

    """
    found = count_overdoses(op, shared.context(), period=by, area=area)
    if page is not None:
        write_counts_page(found, page)
    if shared.json:
        as_json({**_machine(found), "page": page})
        return
    cut = found.cut
    say(f"by {cut.area} and {cut.period}; groups of fewer than {cut.smallest} are not shown")
    for one in found.lists:
        say(f"[bold]{one.exhibit_id}[/bold]  {plural(one.account.rows, 'overdose')}: {number(one.in_figures)} in "
            f"figures, {number(one.not_shown)} in none")  # fmt: skip
        say(f"  places       {_parts(one.account.precision)}")
        say(f"  days         {_parts(one.account.date_means)}")
        say(f"  cells that say more than yes or no: {_parts(one.account.unread_cells)}")
        say(f"  names that no list of ours has: {number(one.account.unknown_names)}")
    cells = sum(len(one.counts) for one in found.overdoses.values())
    say(f"{plural(cells, 'figure')} of {plural(len(found.overdoses), 'period')} shown")
    if found.left_out:
        say(f"{plural(found.left_out, 'period')} left out: what they rest on does not stand any more")
    run = found.spikes
    table(
        ("from", "state", "area", "group", "overdoses", "usual", "chance", "consignees", "before"),
        [
            (
                spike.period, hostile(spike.state, 20), hostile(spike.area, 30), spike.group, number(spike.count),
                number(spike.usual), number(spike.chance),
                *(_NOT_SHOWN if beside is None else number(beside) for beside in found.beside[place]),
            )
            for place, spike in enumerate(run.found)
        ],
        right={"overdoses", "usual", "chance", "consignees", "before"},
    )  # fmt: skip
    say(
        f"{plural(len(run.found), 'spike')} in {plural(run.comparisons, 'comparison')}; "
        f"if nothing had changed anywhere, about {run.expected:.2f} to expect"
    )
    say(found.shipments_said)
    next_move(f"open {page} in a browser" if page else f"crossbearing lead spikes {op} --page counts.html --purpose …")


def _parts(counts: Mapping[str, int]) -> str:
    return (
        ", ".join(f"{hostile(name, 120)} {number(count)}" for name, count in counts.items())
        or "none or too few to tell"
    )


def _machine(found: Counts) -> dict[str, Any]:
    keys = ("operation", "is_simulated", "cut", "lists", "spikes", "left_out", "shipments_said")
    return {
        **{key: plain(getattr(found, key)) for key in keys},
        "beside": plain(found.beside),
        **{
            name: [
                {
                    **unit._asdict(), "rest": one.rest, "smallest": one.size,
                    "counts": [{**cell._asdict(), "count": count} for cell, count in sorted(one.counts.items())],
                }
                for unit, one in units.items()
            ]
            for name, units in (("overdoses", found.overdoses), ("shipments", found.shipments))
        },
    }  # fmt: skip
