"""Commands on what agencies fill in: form, page."""

from collections.abc import Sequence
from pathlib import Path

from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.lead import lead
from crossbearing.interfaces.cli.output import as_json, next_move, say, shown_path, table
from crossbearing.workflows.write_lead_form import Field, write_form, write_scene_page


@lead.command
def form(out: Path, *, kind: str = "overdose", shared: Shared = DEFAULTS) -> None:
    """Write the empty form of a referral, with the columns that `lead add` reads.

    Parameters
    ----------
    out
        New file; its ending says which kind: csv, json, xlsx.
    kind
        What is referred: overdose, toxicology, laboratory, parcel, purchase, exchange, device, provider, statement.

    """
    found = write_form(out, kind, shared.context())
    if shared.json:
        as_json({"path": out, "kind": kind, "fields": found})
        return
    print_fields(found)
    next_move(f"crossbearing lead add OP {out} --authority REF   when it is filled in")


def print_fields(found: Sequence[Field]) -> None:
    """Show what each field of a form means."""
    table(
        ("field", "needed", "meaning", "how to write it"),
        [(one.name, "yes" if one.is_needed else "", one.says, one.how) for one in found],
    )


@lead.command
def page(out: Path, *, shared: Shared = DEFAULTS) -> None:
    """Write the printable page "Is there a dark-web angle?" for a local officer: one side of A4.

    Parameters
    ----------
    out
        New file; its name ends with .html.

    """
    write_scene_page(out)
    if shared.json:
        as_json({"path": out})
        return
    say(f"wrote {shown_path(out)}: print it on one side of A4, without scaling")
