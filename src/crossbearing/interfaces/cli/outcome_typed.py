"""Commands on outcomes that are typed in or filled in: add, form."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.evidence import print_added
from crossbearing.interfaces.cli.handed_in import NOTHING_SAID, HandedIn, typed_in
from crossbearing.interfaces.cli.lead_forms import print_fields
from crossbearing.interfaces.cli.outcome import outcome
from crossbearing.interfaces.cli.output import Watched, as_json, next_move
from crossbearing.workflows.add_evidence import add_evidence
from crossbearing.workflows.list_outcomes import PROFILES
from crossbearing.workflows.write_lead_form import filled_form, write_form

_NEEDS: Final = (
    "An event needs its campaign, kind, country, agency, amount and unit, and no name of a person. "
    "`crossbearing outcome form FILE` shows every field."
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Typed:
    """One event typed in, instead of a file."""

    campaign: Annotated[str, Parameter(help="Operation, as the reports name it.")]
    kind: Annotated[str, Parameter(help="arrest, search, charge, conviction, acquittal, seizure, account_closure.")]
    credit_country: Annotated[str, Parameter(name="--country", help="Country that counts it.")]
    credit_agency: Annotated[str, Parameter(name="--agency", help="Agency that reports it.")]
    report_ref: Annotated[str, Parameter(name="--ref", help="The agency's own reference of this event.")] = ""
    case_ref: Annotated[
        str, Parameter(name="--person-case", help="The agency's reference of one person in one case; no name.")
    ] = ""
    statement: Annotated[str, Parameter(help="event, total, withdrawal.")] = "event"
    happened_on: Annotated[str, Parameter(name="--on", help="Day of the event, ISO date.")] = ""
    reported_on: Annotated[str, Parameter(help="Day of the report, ISO date.")] = ""
    place_country: Annotated[str, Parameter(name="--place", help="Country where it happened.")] = ""
    item: Annotated[str, Parameter(help="What was counted or seized.")] = "persons"
    part_of: Annotated[str, Parameter(help="Item it is a part of, such as drugs.")] = ""
    amount: Annotated[str, Parameter(help="How much; a point before decimals.")] = "1"
    unit: Annotated[str, Parameter(help="persons, kg, pills, pieces, or a currency code.")] = "persons"


@outcome.command
def add(
    op: Path,
    typed: Typed,
    *,
    authority: str,
    field: Annotated[tuple[str, ...], Parameter(help="COLUMN=VALUE of the form; may be given several times.")] = (),
    handed_in: HandedIn = NOTHING_SAID,
    shared: Shared = DEFAULTS,
) -> None:
    """Enter one event by hand; it becomes an exhibit like a report of one row.

    Parameters
    ----------
    op
        Operation folder.
    authority
        Reference of a registered authorisation.

    """
    named = dict(one.partition("=")[::2] for one in field)
    row = filled_form("outcome", {**asdict(typed), **named})
    with typed_in(row, "outcome.csv") as path:
        submissions = handed_in.submissions([path], authority)
        checked = [replace(one, accept_only=PROFILES, needs=_NEEDS) for one in submissions]
        print_added(add_evidence(op, shared.context(authority), checked, Watched()), op, shared)


@outcome.command
def form(out: Path, *, shared: Shared = DEFAULTS) -> None:
    """Write the empty form of outcomes, with the columns that `outcome import` reads.

    Parameters
    ----------
    out
        New file; its ending says which kind: csv, json, xlsx.

    """
    found = write_form(out, "outcome", shared.context())
    if shared.json:
        as_json({"path": out, "fields": found})
        return
    print_fields(found)
    next_move(f"crossbearing outcome import OP {out} --authority REF   when it is filled in")
