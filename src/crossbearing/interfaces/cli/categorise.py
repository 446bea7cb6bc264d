"""Commands on the categorisation clock: limit, show."""

from pathlib import Path

from cyclopts import App

from crossbearing.domain.categorisation import DEFAULT_MONTHS
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, plain, say, table
from crossbearing.presentation.text import number, plural
from crossbearing.workflows import categorise as workflow

categorise = App(name="categorise", help="By when it must be said of whom an exhibit speaks, and what is locked.")
app.command(categorise)

_BAR = 40
_SHOWN = 24  # months in the terminal; the picture and --json have all


@categorise.command
def limit(
    op: Path, *, months: int = DEFAULT_MONTHS, authority: str = "", reason: str, shared: Shared = DEFAULTS
) -> None:
    """Set or extend the time in which exhibits must be categorised; what is late is locked until it is.

    Parameters
    ----------
    op
        Operation folder.
    months
        Counted from the day on which an exhibit came in; 1 to 36.
    authority
        Reference of a registered authorisation.
    reason
        Why.

    """
    found = workflow.limit_time(op, shared.context(authority), months=months, reason=reason)
    if shared.json:
        as_json(found)
        return
    say(f"{plural(months, 'month')} from the day on which an exhibit came in")
    _print(found)
    next_move(f"crossbearing categorise show {op}")


@categorise.command
def show(op: Path, *, picture: Path | None = None, shared: Shared = DEFAULTS) -> None:
    """Show what is not categorised, the days that are left, what is locked, and the burn-down by month.

    Parameters
    ----------
    op
        Operation folder.
    picture
        Also write the burn-down as SVG to this file.

    """
    found = workflow.show_categorisation(op, shared.context())
    if picture is not None:
        workflow.write_burn_down(found, picture)
    if shared.json:
        as_json({**plain(found), "picture": picture})
        return
    stands = found.limit
    if stands.is_set:
        under = f"under {hostile(stands.authority)}, set {stands.set_at[:10]} by {hostile(stands.set_by)}"
        say(f"limit {plural(stands.months, 'month')} {under}: {hostile(stands.reason, 200)}")
    else:
        say(f"no limit is set; counted with {plural(stands.months, 'month')}, and nothing is locked")
    _print(found)
    if found.burn_down:
        say("\nnot categorised at the end of each month")
    longest = max((month.rows for month in found.burn_down), default=1) or 1
    for month in found.burn_down[-_SHOWN:]:
        counts = f"{plural(month.exhibits, 'exhibit')}, {plural(month.rows, 'row')}"
        say(f"  {month.month} {'█' * round(_BAR * month.rows / longest)} {counts}")
    if picture is not None:
        say(f"picture  {picture}")
    if found.exhibits and found.exhibits[0].is_running and stands.is_set:
        next_move(f"crossbearing evidence label {op} {found.exhibits[0].exhibit_id} --category ... --reason ...")
    elif not stands.is_set:
        next_move(f"set a limit: crossbearing categorise limit {op} --authority REF --reason ...")


def _print(found: workflow.Categorisation) -> None:
    running = [one for one in found.exhibits if one.is_running]
    say(f"{len(running)} of {plural(len(found.exhibits), 'exhibit')} not categorised")
    rows = [
        (
            one.exhibit_id,
            hostile(one.name, 30),
            one.received_on,
            one.last_day,
            number(one.days_left),
            number(one.rows),
            number(one.accounts),
            f"LOCKED {one.locked_on}" if one.locked_on else "open",
        )
        for one in running
    ]
    columns = ("exhibit", "name", "received", "last day", "days left", "rows", "accounts", "state")
    table(columns, rows, right={"days left", "rows", "accounts"})
