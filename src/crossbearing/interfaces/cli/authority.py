"""Commands on authorisations: add, list."""

from pathlib import Path

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.workflows import new_operation as workflow

authority = App(name="authority", help="Authorisations under which evidence may come in.")
app.command(authority)


@authority.command
def add(
    op: Path,
    ref: str,
    *,
    issued_by: str,
    basis: str,
    valid_from: str,
    valid_until: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Register an authorisation.

    Parameters
    ----------
    op
        Operation folder.
    ref
        Its reference, as the issuing body writes it.
    issued_by
        The agency or court that issued it.
    basis
        The legal basis in words.
    valid_from
        First day on which evidence may be added under it, ISO date.
    valid_until
        Last such day; leave out if it is open.

    """
    given = {
        "ref": ref,
        "issued_by": issued_by,
        "basis": basis,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    is_new = workflow.register(op, shared.context(), given)
    if shared.json:
        as_json({**given, "is_new": is_new})
        return
    say(f"{'registered' if is_new else 'was registered already:'} {hostile(ref)}")
    next_move(f"crossbearing evidence add {op} PATH --market NAME --authority {ref}")


@authority.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the authorisations.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = workflow.list_authorities(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("reference", "issued by", "basis", "from", "until"),
        [
            (hostile(a.ref), hostile(a.issued_by), hostile(a.basis), a.valid_from, a.valid_until or "open")
            for a in found
        ],
    )
