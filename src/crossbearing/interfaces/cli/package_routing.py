"""Commands on who receives a subject: queue, route."""

from pathlib import Path

from crossbearing.domain.errors import BadRequest
from crossbearing.domain.routing import Routing
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.interfaces.cli.package import package
from crossbearing.presentation.text import NOT_KNOWN, plural
from crossbearing.workflows.route_subject import list_open, route_subject

_REASON = 200  # characters of a reason that are shown


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
