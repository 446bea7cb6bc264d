"""Commands on exchange rates: add, show."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from crossbearing.domain.errors import BadRequest
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.evidence import print_added
from crossbearing.interfaces.cli.handed_in import NOTHING_SAID, HandedIn
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, table
from crossbearing.presentation.text import number
from crossbearing.workflows.add_evidence import add_evidence
from crossbearing.workflows.show_rates import PROFILES, list_series, show_rates

rates = App(name="rates", help="Daily exchange rates, by which money is valued.")
app.command(rates)


@rates.command
def add(
    op: Path, *paths: Path, authority: str = "", handed_in: HandedIn = NOTHING_SAID, shared: Shared = DEFAULTS
) -> None:
    """Add rate series; each file is an exhibit like any other.

    Parameters
    ----------
    op
        Operation folder.
    paths
        Files with daily rates, CSV; `crossbearing readers list` names the kinds.
    authority
        Reference of a registered authorisation.

    """
    if not paths:
        raise BadRequest("No file is named", where="rates add", remedy="Name files with daily rates.")
    checked = [replace(submission, accept_only=PROFILES) for submission in handed_in.submissions(paths, authority)]
    print_added(add_evidence(op, shared.context(authority), checked, Watched()), op, shared)


@rates.command
def show(
    op: Path,
    *,
    base: str = "",
    on: Annotated[str, Parameter(help="Day, as 2021-11-30.")] = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Show which series there are, or the rates of one currency on one day with where they stand.

    Parameters
    ----------
    op
        Operation folder.
    base
        Currency, such as BTC, XMR, EUR.
    on
        Day of the rate.

    """
    if bool(base) != bool(on):
        raise BadRequest(
            "One of base and day is missing", where="rates show", remedy="Give both --base and --on, or neither."
        )
    if not base:
        series = list_series(op, shared.context())
        if shared.json:
            as_json(series)
            return
        rows = [
            (s["base"], s["quote"], number(s["days"]), str(s["first"]), str(s["last"]), number(s["skipped"]))
            for s in series
        ]
        table(("base", "quote", "days", "first", "last", "skipped"), rows, right={"days", "skipped"})
        next_move(f"crossbearing rates show {op} --base BTC --on 2021-11-30")
        return
    try:
        day = date.fromisoformat(on)
    except ValueError as wrong:
        raise BadRequest(f"{on!r} is no day", where="--on", remedy="Write it as 2021-11-30.") from wrong
    found = show_rates(op, shared.context(), base, day)
    if shared.json:
        as_json(found)
        return
    if not found:
        say(f"No rate of {hostile(base.upper())} on {day}: money of that day has no value.")
    for rate in found:
        say(f"1 {rate['base']} = {rate['price']} {rate['quote']}  on {rate['valid_on']}  {rate['place']}")
