"""Command on the covert registers: add. Nothing lists or shows them."""

from pathlib import Path

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, say
from crossbearing.presentation.text import plural
from crossbearing.workflows.enter_covert import enter_covert

covert = App(name="covert", help="Registers of undercover officers and sources: entered, checked, never shown.")
app.command(covert)


@covert.command
def add(op: Path, kind: str, *, market: str, account: str, shared: Shared = DEFAULTS) -> None:
    """Enter an account; no package that names it is released from now on.

    Parameters
    ----------
    op
        Operation folder.
    kind
        undercover or source.
    market
        Market of the account.
    account
        Its handle or its id on the server.

    """
    count = enter_covert(op, shared.context(), kind=kind, market=market, account=account)
    if shared.json:
        as_json({"entries": count})
    else:
        say(f"entered; the registers hold {plural(count, 'entry', 'entries')}")
