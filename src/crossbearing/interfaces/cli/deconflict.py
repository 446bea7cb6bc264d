"""Commands on deconfliction: form, submit, event, check, hits, notify, list, withdraw."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

from crossbearing.domain.errors import BadRequest
from crossbearing.domain.overlap import Overlap, Party
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.evidence import print_added
from crossbearing.interfaces.cli.handed_in import NOTHING_SAID, HandedIn, typed_in
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, table
from crossbearing.presentation.text import plural
from crossbearing.workflows.add_evidence import Added, add_evidence
from crossbearing.workflows.find_overlaps import (
    PROFILES,
    Checked,
    check_overlaps,
    is_to_be_checked,
    list_handed_in,
    list_overlaps,
    require_handed_in,
)
from crossbearing.workflows.relabel import withdraw as withdraw_exhibit
from crossbearing.workflows.tell_overlaps import tell_overlaps
from crossbearing.workflows.write_lead_form import write_form

deconflict = App(name="deconflict", help="Who else works on an identifier, or plans something in the same place.")
app.command(deconflict)

_AUTOMATIC: Final = "deconfliction of what came in"
_NEEDS: Final = (
    "An event needs its reference, agency, case, contact, kind, both times with their offset, and a place, a postcode "
    "or an account. `crossbearing deconflict form event FILE` shows every field."
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Event:
    """One event typed in, instead of a file."""

    event_ref: Annotated[str, Parameter(help="The agency's own reference.")] = ""
    agency: Annotated[str, Parameter(help="Who plans it.")] = ""
    contact: Annotated[str, Parameter(help="Whom to call there.")] = ""
    event_kind: Annotated[str, Parameter(help="search, arrest, surveillance, delivery, meeting or purchase.")] = ""
    starts_at: Annotated[str, Parameter(help="With its offset, such as 2026-12-31 18:00 +01:00.")] = ""
    ends_at: Annotated[str, Parameter(help="Likewise.")] = ""
    latitude: Annotated[str, Parameter(help="Degrees north, with a decimal point.")] = ""
    longitude: Annotated[str, Parameter(help="Degrees east.")] = ""
    postcode: Annotated[str, Parameter(help="Where no degrees are known; its beginning is enough.")] = ""
    country: Annotated[str, Parameter(help="Of the postcode.")] = ""
    market: Annotated[str, Parameter(help="Of the account that is bought from.")] = ""
    account_handle: Annotated[str, Parameter(help="The account that is bought from.")] = ""
    within_km: Annotated[str, Parameter(help="Tell of events within this distance; by default that of the kind.")] = ""
    within_hours: Annotated[str, Parameter(help="Tell of events within this time; by default that of the kind.")] = ""


NOTHING_TYPED: Final = Event()


@deconflict.command
def submit(
    op: Path, *paths: Path, authority: str, handed_in: HandedIn = NOTHING_SAID, shared: Shared = DEFAULTS
) -> None:
    """Take in identifiers of a partner's cases, and compare them with everything. Needs a purpose.

    Parameters
    ----------
    op
        Operation folder.
    paths
        CSV, XLSX or JSON with agency, case_number, contact, identifier_kind, identifier; market and country if known.
    authority
        Reference of a registered authorisation.

    """
    if not paths:
        raise BadRequest("No file is named", where="deconflict submit", remedy="Name the files that partners gave you.")
    _taken(op, paths, authority, handed_in, shared)


@deconflict.command
def event(
    op: Path, *paths: Path, authority: str, typed: Event = NOTHING_TYPED, handed_in: HandedIn = NOTHING_SAID,
    shared: Shared = DEFAULTS,
) -> None:  # fmt: skip
    """Take in planned searches, purchases and the like, from files or typed in, and compare them. Needs a purpose.

    Parameters
    ----------
    op
        Operation folder.
    paths
        CSV, XLSX or JSON with the same fields; --case gives the case number of what is typed in.
    authority
        Reference of a registered authorisation.

    """
    if paths:
        _taken(op, paths, authority, handed_in, shared)
        return
    if typed == NOTHING_TYPED:
        raise BadRequest(
            "No file is named", where="deconflict event", remedy="Name files, or type the event in with --case."
        )
    row = {"case_number": shared.case, **{one.name: getattr(typed, one.name) for one in fields(typed)}}
    with typed_in(row, "event.csv") as path:
        _taken(op, [path], authority, handed_in, shared, needs=_NEEDS)


def _taken(
    op: Path, paths: Sequence[Path], authority: str, handed_in: HandedIn, shared: Shared, *, needs: str = ""
) -> None:
    if not shared.purpose.strip():
        raise BadRequest(
            "To compare what agencies handed in needs a purpose",
            where="deconflict",
            remedy="Say with --purpose what it is for; it stands in the log. Nothing was taken in.",
        )
    named = handed_in.submissions(paths, authority)
    submissions = [replace(one, accept_only=PROFILES, needs=needs) for one in named]
    added = add_evidence(op, shared.context(authority), submissions, Watched())
    found = check_overlaps(op, shared.context())
    if shared.json:
        as_json({"added": added, "check": found})
        return
    print_added(added, op, shared)
    _refused(added)
    _print_checked(found, op)


@deconflict.command
def check(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Compare all identifiers and events on record with each other; needs a purpose.

    Parameters
    ----------
    op
        Operation folder; after `run`, so that identifiers in evidence count.

    """
    found = check_overlaps(op, shared.context())
    if shared.json:
        as_json(found)
    else:
        _print_checked(found, op)


@deconflict.command
def hits(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the overlaps that were found, without what overlaps.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_overlaps(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("hit", "what", "found", "one side", "other side", "told"),
        [
            (
                one.overlap_id,
                one.what,
                one.found_at[:10],
                *(_side(party) for party in one.parties),
                ", ".join(hostile(agency) for agency in one.told) or "nobody",
            )
            for one in found.overlaps
        ],
    )
    if found.is_stale:
        next_move(f"evidence changed since the last check: `crossbearing deconflict check {op} --purpose …`")
    elif any(_untold(one) for one in found.overlaps):
        next_move(f"`crossbearing deconflict notify {op} --out FOLDER --call … --purpose …`")
    elif not found.overlaps:
        say("nothing overlaps")


@deconflict.command
def notify(op: Path, *, out: Path, call: str, again: bool = False, shared: Shared = DEFAULTS) -> None:
    """Make a sealed notice for each partner that owns an overlap: which row of theirs, and whom to call.

    Parameters
    ----------
    op
        Operation folder.
    out
        Folder that the notices are written to; nothing is sent by itself.
    call
        Whom they reach at your desk, where the other side is not to be named.
    again
        Also of overlaps that a partner was told of before.

    """
    made = tell_overlaps(op, shared.context(), out, call=call, again=again)
    if shared.json:
        as_json(made)
        return
    table(
        ("for", "hits", "notice"),
        [(hostile(one.agency), str(len(one.overlaps)), str(one.path)) for one in made.made],
        right={"hits"},
    )
    for why in made.unreachable.values():
        say(f"{hostile(why, 200)}: tell it by another way")
    if not made.made and not made.unreachable:
        say("nobody is to be told")


@deconflict.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List what agencies handed in, and until when it is compared; nothing of its content.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_handed_in(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("exhibit", "file", "from", "came", "rows", "review on", "state"),
        [
            (
                one.exhibit_id,
                hostile(one.name),
                ", ".join(map(hostile, one.owners)),
                one.added_at[:10],
                str(one.rows),
                one.review_on,
                "withdrawn" if one.is_withdrawn else "not compared: past its review" if one.is_past_review else "",
            )
            for one in found
        ],
        right={"rows"},
    )


@deconflict.command
def withdraw(op: Path, exhibit_id: str, *, reason: str, back: bool = False, shared: Shared = DEFAULTS) -> None:
    """Take back what an agency handed in; it is not compared any more, and its overlaps are not told.

    Parameters
    ----------
    op
        Operation folder.
    exhibit_id
        As `deconflict list` shows it.
    reason
        Why.
    back
        Put it back.

    """
    require_handed_in(op, shared.context(), exhibit_id)
    withdraw_exhibit(op, shared.context(), exhibit_id, reason=reason, is_withdrawn=not back)
    if shared.json:
        as_json({"exhibit_id": exhibit_id, "is_withdrawn": not back})
    else:
        say(f"{exhibit_id}: {'compared again' if back else 'not compared any more'}")


@deconflict.command
def form(kind: str, path: Path, *, shared: Shared = DEFAULTS) -> None:
    """Write the empty form that a partner fills in; needs no operation.

    Parameters
    ----------
    kind
        identifier or event.
    path
        New file; its ending says which kind: csv, json, xlsx.

    """
    if kind not in {"identifier", "event"}:
        raise BadRequest(f"There is no form for {kind!r}", where="deconflict form", remedy="Kinds: identifier, event.")
    written = write_form(path, kind, shared.context())
    if shared.json:
        as_json({"path": path, "kind": kind, "fields": written})
        return
    table(
        ("field", "needed", "says"),
        [(one.name, "yes" if one.is_needed else "", one.says) for one in written],
    )


def checked_by_itself(op: Path, shared: Shared) -> Checked | None:
    """Compare what just came in, if an agency handed something in; None if there is nothing to compare."""
    if not is_to_be_checked(op, shared.context()):
        return None
    return check_overlaps(op, replace(shared.context(), purpose=shared.purpose or _AUTOMATIC))


def _refused(added: Sequence[Added]) -> None:
    refused = sum(part.rows_refused for one in added for part in one.exhibit.parts)
    if refused:
        say(f"{plural(refused, 'row')} could not be read as an identifier or event: `evidence show` says why")


def say_by_itself(op: Path, shared: Shared) -> None:
    """The same, and say what is new; nothing of it is printed for machines."""
    found = checked_by_itself(op, shared)
    if found and found.new and not shared.json:
        _print_checked(found, op)


def _print_checked(found: Checked, op: Path) -> None:
    say(f"{plural(len(found.new), 'new hit')}, {found.standing} in all")
    if found.not_compared:
        say(f"{plural(found.not_compared, 'pair')} of events cannot be compared: a place beside a postcode only")
    if found.left_out:
        say(f"{plural(found.left_out, 'entry', 'entries')} left out: an agency lists one thing in too many cases")
    if found.new:
        next_move(f"`crossbearing deconflict hits {op}`, then `deconflict notify`")


def _side(party: Party) -> str:
    if not party.agency:
        return "evidence of the operation"
    return hostile(f"{party.agency}, {party.case_number}" if party.case_number else party.agency)


def _untold(one: Overlap) -> bool:
    return not one.told
