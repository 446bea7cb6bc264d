"""Commands on partners: add, remove, list, key."""

from pathlib import Path

from cyclopts import App
from rich.markup import escape

from crossbearing.domain.partner import Partner
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.workflows.register_partner import add_partner, exchange_key, list_partners, remove_partner

partner = App(name="partner", help="The partners that packages are sent to, and their keys.")
app.command(partner)


@partner.command
def add(
    op: Path,
    agency: str,
    *,
    country: str,
    seal_to: str,
    handling: str,
    keys_until: str,
    checked: str,
    signs_with: str = "",
    replace: bool = False,
    shared: Shared = DEFAULTS,
) -> None:
    """Register a partner and pin its key; packages are sealed to that key alone.

    Parameters
    ----------
    op
        Operation folder.
    agency
        Its name, as it will stand in the log.
    country
        ISO code of the country whose packages it may get, such as NL.
    seal_to
        Its public age key, beginning with age1.
    handling
        Strictest handling code that it may hold: H0, H1, H2, H3.
    keys_until
        Last day of the key, such as 2027-12-31.
    checked
        How you checked the key by another way than the one it came.
    signs_with
        Its public signing key, as `crossbearing custody new-key` prints it; its replies are checked with it.
    replace
        The partner is registered; pin these in place of what stands.

    """
    wanted = Partner(
        agency=agency, country=country, seal_to=seal_to, handling=handling, keys_until=keys_until, added_at="",
        added_by="", signs_with=signs_with,
    )  # fmt: skip
    found = add_partner(op, shared.context(), wanted, reason=checked, replace=replace)
    if shared.json:
        as_json(found)
        return
    say(f"{hostile(found.agency)}: packages of {found.country} up to {found.handling}, key until {found.keys_until}")
    next_move(f"give the partner this operation's key: `crossbearing partner key {op}`")


@partner.command
def remove(op: Path, agency: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Take a partner off the registry; nothing is sent to it any more.

    Parameters
    ----------
    op
        Operation folder.
    agency
        Its name.
    reason
        Why.

    """
    remove_partner(op, shared.context(), agency, reason=reason)
    if shared.json:
        as_json({"agency": agency})
    else:
        say(f"{hostile(agency)}: nothing is sent to it any more")


@partner.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the registered partners.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_partners(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("agency", "country", "up to", "keys until", "sealed to", "signs with", "added"),
        [
            (
                hostile(p.agency),
                p.country,
                p.handling,
                p.keys_until,
                p.seal_to,
                hostile(p.signs_with, 120) or "nothing pinned",
                p.added_at[:10],
            )
            for p in found
        ],
    )


@partner.command
def key(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Print the public key that partners check this operation's bundles with.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = exchange_key(op, shared.context())
    if shared.json:
        as_json({"key": found})
    else:
        say(escape(found))
