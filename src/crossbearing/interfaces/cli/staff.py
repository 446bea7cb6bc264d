"""Commands on the persons who work here: appoint, appointments."""

from pathlib import Path

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, say, table
from crossbearing.workflows.appoint import appoint, list_appointments

staff = App(name="staff", help="The persons who work here: their roles and cases.")
app.command(staff)


@staff.command(name="appoint")
def appoint_(
    op: Path, person: str, *, role: tuple[str, ...] = (), on_case: tuple[str, ...] = (), shared: Shared = DEFAULTS
) -> None:
    """Appoint a person to roles and cases; the newest appointment counts.

    Parameters
    ----------
    op
        Operation folder.
    person
        The name as it stands in the log.
    role
        Such as "privilege reviewer"; may be given several times.
    on_case
        Case the person works on; may be given several times.

    """
    appoint(op, shared.context(), person=person, roles=list(role), cases=list(on_case))
    if shared.json:
        as_json({"person": person, "roles": role, "cases": on_case})
    else:
        say(
            f"{hostile(person)}: {hostile(', '.join(role)) or 'no role'}; cases {hostile(', '.join(on_case)) or 'none'}"
        )


@staff.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the appointments that count.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_appointments(op, shared.context())
    if shared.json:
        as_json(found)
        return
    rows = [
        (hostile(a.person), hostile(", ".join(sorted(a.roles))), hostile(", ".join(sorted(a.cases)))) for a in found
    ]
    table(("person", "roles", "cases"), rows)
