"""Commands on releases: freeze, releases, release, diff."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from crossbearing.domain.canonical import digest
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, shown_path, table
from crossbearing.interfaces.cli.results import results
from crossbearing.workflows.freeze_results import (
    NOW,
    compare_releases,
    freeze_results,
    list_releases,
    show_release,
)

NOT_THERE = "not there"


@results.command
def freeze(
    op: Path,
    name: str,
    *,
    reason: str,
    campaign: str = "",
    currency: Annotated[str, Parameter(name=["--in", "--currency"])] = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Freeze a campaign's figures under a name; they stay byte for byte what they are, whatever comes later.

    Parameters
    ----------
    op
        Operation folder.
    name
        What the release is called; a name is given once.
    reason
        What it is for.
    campaign
        Which; may be left out if there is one only.
    currency
        Also give all money in this currency.

    """
    made = freeze_results(op, shared.context(), name, reason=reason, campaign=campaign, currency=currency.upper())
    if shared.json:
        as_json({"name": made.name, "campaign": made.campaign, "at": made.at, "sha256": digest(made.document)})
        return
    doubles = made.document["doubles"]
    say(f"[bold]{hostile(made.name)}[/bold]  {hostile(made.campaign)}, sha256 {digest(made.document)}")
    say(f"double reports open {doubles['open']}, probably missed {doubles['missed_expected']}")
    next_move(f"crossbearing run {op}, then crossbearing results diff {op}   after later reports")


@results.command
def releases(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the releases.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_releases(op, shared.context())
    if shared.json:
        as_json(
            [
                {"name": r.name, "campaign": r.campaign, "at": r.at, "person": r.person, "sha256": digest(r.document)}
                for r in found
            ]
        )
        return
    table(
        ("release", "campaign", "at", "by", "sha256"),
        [(hostile(r.name), hostile(r.campaign), r.at, hostile(r.person), digest(r.document)) for r in found],
    )


@results.command
def release(op: Path, name: str, *, out: Path | None = None, shared: Shared = DEFAULTS) -> None:
    """Show the totals of a release, or write its document out.

    Parameters
    ----------
    op
        Operation folder.
    name
        The release.
    out
        File for the document, JSON; its bytes are the same every time.

    """
    found = show_release(op, shared.context(), name, out=out)
    if shared.json:
        as_json(found.document)
        return
    say(f"[bold]{hostile(found.name)}[/bold]  {hostile(found.campaign)}, frozen {found.at} by {hostile(found.person)}")
    table(
        ("kind", "item", "total", "unit", "check"),
        [
            (line["kind"], hostile(line["item"]), line["total"], hostile(line["unit"]), line["check"])
            for line in found.document["lines"]
        ],
        right={"total"},
    )
    if out is not None:
        say(f"document  {shown_path(out)}")


@results.command
def diff(op: Path, before: str = "", after: str = NOW, *, campaign: str = "", shared: Shared = DEFAULTS) -> None:
    """Show which figures changed since a release, or between two.

    Parameters
    ----------
    op
        Operation folder.
    before
        The earlier release; by default the last one.
    after
        The later release, or "now".
    campaign
        Which; may be left out if there is one only.

    """
    older, newer, found = compare_releases(op, shared.context(), before, after, campaign=campaign)
    if shared.json:
        as_json({"before": older, "after": newer, "changes": found})
        return
    if not found:
        say(f"no figure differs between {hostile(older)} and {hostile(newer)}")
        return
    table(
        ("figure", hostile(older), hostile(newer)),
        [
            (hostile(one.what, 120), hostile(one.before or NOT_THERE, 60), hostile(one.after or NOT_THERE, 60))
            for one in found
        ],
    )
