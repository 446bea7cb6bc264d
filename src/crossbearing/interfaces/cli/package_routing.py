"""Commands on who receives a subject, and on what became of a package: queue, route, diff."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from crossbearing.domain.errors import BadRequest
from crossbearing.domain.routing import Routing
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.interfaces.cli.package import package
from crossbearing.presentation.text import NOT_KNOWN, plural
from crossbearing.workflows.compare_packages import compare_package
from crossbearing.workflows.route_subject import list_open, route_subject

_REASON = 200  # characters of a reason that are shown
_CELL = 120


@package.command
def queue(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the subjects that nothing routes to a country, and the routes that a partner disputes.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_open(op, shared.context())
    if shared.json:
        as_json(found)
        return
    if not found:
        say("every subject is routed, and no partner disputes a route")
        return
    table(
        ("subject", "handles", "points", "what", "country", "why"),
        [
            (
                one.subject,
                ", ".join(hostile(handle, 40) for handle in one.handles),
                NOT_KNOWN if one.points is None else str(one.points),
                one.what,
                one.country,
                hostile(one.why, _REASON),
            )
            for one in found
        ],
        right={"points"},
    )
    next_move(f"`crossbearing package route {op} {found[0].subject} COUNTRY --reason …`")


@package.command
def route(
    op: Path,
    subject: str,
    country: str,
    *,
    reason: str,
    away: bool = False,
    disputed_by: str = "",
    withdraw: bool = False,
    shared: Shared = DEFAULTS,
) -> None:
    """Send a subject to a country, or keep it from one; a partner's "not ours" is entered with --disputed-by.

    Parameters
    ----------
    op
        Operation folder.
    subject
        Operator, or account of a seller.
    country
        ISO code of the country.
    reason
        Why, in words that partners may read.
    away
        Keep it from this country, whatever the rule says.
    disputed_by
        The partner that says it is not theirs; the route stays until a person decides.
    withdraw
        Take your own newest word on this subject and country back.

    """
    if away + bool(disputed_by) + withdraw > 1:
        raise BadRequest(
            "--away, --disputed-by and --withdraw do not go together", where="package route", remedy="Give one of them."
        )
    routing = (
        Routing.KEPT_AWAY
        if away
        else Routing.DISPUTED
        if disputed_by
        else Routing.WITHDRAWN
        if withdraw
        else Routing.SENT
    )
    said = route_subject(op, shared.context(), subject, country, routing=routing, reason=reason, by=disputed_by)
    if shared.json:
        as_json(said)
        return
    say(f"{said[0].subject} and {country}: {routing}; {plural(len(said), 'account')}")
    next_move(f"`crossbearing run {op}`, then `crossbearing package build {op}`")


@package.command
def diff(
    op: Path,
    package_id: str,
    *,
    from_: Annotated[int, Parameter(name="--from")] = 0,
    to: int = 0,
    shared: Shared = DEFAULTS,
) -> None:
    """Show what a version of a package adds, removes and changes.

    Parameters
    ----------
    op
        Operation folder.
    package_id
        Package id, such as NL-001.
    from_
        The earlier version; by default the one before.
    to
        The later version; by default the newest.

    """
    found = compare_package(op, shared.context(), package_id, from_, to)
    if shared.json:
        as_json(found)
        return
    say(f"[bold]{hostile(found.package_id)}[/bold]  version {found.later} against version {found.earlier}")
    if not found.differences:
        say("nothing differs")
        return
    table(
        ("", "subject", "where", "before", "after"),
        [
            (one.what, hostile(one.subject), hostile(one.where, _CELL), hostile(one.before, _CELL),
             hostile(one.after, _CELL))
            for one in found.differences
        ],
    )  # fmt: skip
    counts = Counter(one.what for one in found.differences)
    say(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
