"""Commands on evidence: add, list, show, verify, label, withdraw, reread."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from crossbearing.domain.errors import BadRequest, UnreadableSource
from crossbearing.domain.exhibit import Exhibit, PartCount
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.handed_in import NOTHING_SAID, HandedIn
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, shown_path, table
from crossbearing.presentation.text import number, plural
from crossbearing.workflows import new_operation
from crossbearing.workflows.add_evidence import Added, add_evidence, read_manifest
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.show_evidence import list_evidence, show_bytes, show_evidence, verify_evidence

evidence = App(name="evidence", help="Evidence: what came in, and whether it is still whole.")
app.command(evidence)


@evidence.command
def add(
    op: Path,
    *paths: Path,
    market: str = "",
    authority: str = "",
    manifest: Path | None = None,
    clock: str = "not asserted",
    handed_in: HandedIn = NOTHING_SAID,
    shared: Shared = DEFAULTS,
) -> None:
    """Add files as exhibits; a folder is one exhibit.

    Parameters
    ----------
    op
        Operation folder.
    paths
        Files or folders.
    market
        Market the evidence speaks of.
    authority
        Reference of a registered authorisation.
    manifest
        A manifest.json that lists files, authorisations and labels, instead of PATHS.
    clock
        Offset of the source's clock from UTC, as whoever seized it asserts, such as +00:00.

    """
    context = shared.context(authority)
    if manifest is not None:
        for authorisation in new_operation.authorities_in(manifest):
            new_operation.add_authority(op, shared.context(), authorisation)
        submissions = [replace(one, keep_unread=handed_in.keep_unread) for one in read_manifest(manifest)]
    else:
        submissions = handed_in.submissions(paths, authority, market=market, clock=clock)
    if not submissions:
        raise BadRequest("No file is named", where="evidence add", remedy="Name files or folders, or give --manifest.")
    print_added(add_evidence(op, context, submissions, Watched()), op, shared)


def print_added(added: list[Added], op: Path, shared: Shared) -> None:
    """Print what became of submissions."""
    if shared.json:
        as_json(added)
        return
    rows = [_counts(one.exhibit, "added" if one.is_new else "was there already") for one in added]
    table(_COLUMNS, rows, right=_RIGHT)
    for one in added:
        if refused := sum(part.rows_refused for part in one.exhibit.parts):
            said = plural(refused, "row was", "rows were")
            say(f"{said} refused; why: crossbearing evidence show {shown_path(op)} {one.exhibit.exhibit_id}")
    next_move(f"crossbearing run {op}")


@evidence.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the exhibits with their counts.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_evidence(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(_COLUMNS, [_counts(exhibit, exhibit.added_at[:10]) for exhibit in found], right=_RIGHT)
    next_move(f"crossbearing evidence show {op} EXHIBIT")


@evidence.command
def show(
    op: Path,
    exhibit: str,
    *,
    part: str = "",
    offset: Annotated[int | None, Parameter(help="First byte to show.")] = None,
    length: int = 512,
    shared: Shared = DEFAULTS,
) -> None:
    """Show one exhibit: its label, the account of its rows, and what was refused; or its bytes.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    part
        File within the exhibit, if it has several.
    length
        How many bytes to show from the offset.

    """
    if offset is not None:
        found = show_bytes(op, shared.context(), exhibit, part=part, offset=offset, length=length)
        if shared.json:
            as_json({"exhibit": exhibit, "part": part, "offset": offset, "text": found})
        else:
            say(hostile(found, limit=len(found)))
        return
    view = show_evidence(op, shared.context(), exhibit)
    if shared.json:
        as_json(view)
        return
    one = view.exhibit
    say(f"[bold]{one.exhibit_id}[/bold]  {hostile(one.name)}  {one.size_bytes:,} bytes  SHA-256 {one.sha256}")
    say(f"read as {one.profile}; added {one.added_at} by {hostile(one.added_by)} under {hostile(one.authority)}")
    owners = hostile(", ".join(sorted(one.label.owners)), 200)
    say(
        f"owners {owners}; {one.label.handling} TLP:{one.label.tlp}; review on {one.label.review_on}; clock {one.clock}"
    )
    label = one.label
    more = [*sorted(label.restrictions), *(f"{g.spelling} ({g.meaning})" for g in sorted(label.gradings))]
    categories = ", ".join(sorted(label.categories)) or "not stated"
    say(f"{label.nature}; categories {categories}; {hostile('; '.join(more) or 'not graded', 300)}")
    if view.locked_on:
        say(f"LOCKED on {view.locked_on}: not categorised by {view.categorise_by}; kept, and nothing of it is read")
    elif not view.is_categorised:
        say(f"not categorised; to be by {view.categorise_by}")
    rows = [
        (
            (" └ " if p.parent else "") + hostile(p.part, 70),
            number(p.rows_in),
            number(p.rows_out),
            number(p.rows_refused),
            *_bytes_of(p),
        )
        for p in one.parts
    ]
    counted = ("rows in", "out", "refused", "bytes", "in rows", "in refusals", "between")
    table(("part", *counted), rows, right=set(counted))
    for refusal in view.refusals:
        count = plural(refusal["source_rows"], "row") if refusal["source_rows"] else "a stretch of bytes"
        place = f"{hostile(refusal['part'])}, row {refusal['first_row']}, byte {refusal['first_byte']:,}"
        say(f"refused {count}: {hostile(refusal['reason'], 200)} ({place})")


def _bytes_of(part: PartCount) -> tuple[str, ...]:
    """Bytes of a part, unpacked: all, in rows, in refusals, and between them."""
    if part.bytes_read is None or part.bytes_in_rows is None or part.bytes_refused is None:
        return ("", "", "", "")
    between = max(0, part.bytes_read - part.bytes_in_rows - part.bytes_refused)
    return tuple(map(number, (part.bytes_read, part.bytes_in_rows, part.bytes_refused, between)))


@evidence.command
def verify(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Hash every original and record file again.

    Parameters
    ----------
    op
        Operation folder.

    """
    checks = verify_evidence(op, shared.context(), Watched())
    broken = [check for check in checks if not check.is_whole]
    if shared.json:
        as_json({"checked": len(checks), "broken": broken})
    else:
        say(f"{number(len(checks))} files checked, {len(broken)} not whole")
    if broken:
        raise UnreadableSource(
            f"{len(broken)} files do not have the bytes they were registered with",
            where=f"{broken[0].exhibit_id}, {broken[0].file}",
            remedy="Restore them from a backup and verify again; do not build packages until then.",
        )


@evidence.command
def label(
    op: Path,
    exhibit: str,
    *,
    reason: str,
    owner: tuple[str, ...] = (),
    handling: str = "",
    tlp: str = "",
    review_on: str = "",
    grading: tuple[str, ...] = (),
    nature: str = "",
    category: tuple[str, ...] = (),
    on_case: tuple[str, ...] = (),
    restriction: tuple[str, ...] = (),
    shared: Shared = DEFAULTS,
) -> None:
    """Give an exhibit another label; everything made from it inherits it.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    reason
        Why.
    owner
        Agency that owns it.
    handling
        H0, H1, H2, H3 or unknown.
    tlp
        CLEAR, GREEN, AMBER, AMBER+STRICT, RED or unknown.
    review_on
        Day on which keeping it must be reviewed, ISO date.
    grading
        Such as 4x4:B2, 3x5x2:1BP or admiralty:C3, in the scheme it was given in.
    nature
        fact, assessment or unknown.
    category
        Whom it speaks of: suspect, convicted, victim, witness, contact, other party, buyer, source, minor; or
        "not categorised", if some of them are not.
    on_case
        Case it belongs to.
    restriction
        A further condition in the owner's words.

    """
    given = {
        "owners": frozenset(owner),
        "handling": handling,
        "tlp": tlp,
        "review_on": review_on,
        "gradings": grading,
        "nature": nature,
        "categories": frozenset(category),
        "cases": frozenset(on_case),
        "restrictions": frozenset(restriction),
    }
    changes = {name: value for name, value in given.items() if value}
    new = relabel(op, shared.context(), exhibit, reason=reason, **changes)
    if shared.json:
        as_json(new)
    else:
        say(f"{exhibit}: {new.handling} TLP:{new.tlp}; review on {new.review_on}; {new.nature}")
        next_move(f"crossbearing run {op}, then build the packages again")


@evidence.command(name="withdraw")
def withdraw_(op: Path, exhibit: str, *, reason: str, back: bool = False, shared: Shared = DEFAULTS) -> None:
    """Take an exhibit out of everything that is read; its bytes stay, and it can be put back.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    reason
        Why.
    back
        Put it back instead.

    """
    withdraw(op, shared.context(), exhibit, reason=reason, is_withdrawn=not back)
    if shared.json:
        as_json({"exhibit_id": exhibit, "is_withdrawn": not back})
    else:
        say(f"{exhibit} {'counts again' if back else 'is withdrawn'}")
        next_move(f"crossbearing run {op}")


@evidence.command
def reread(op: Path, *exhibits: str, shared: Shared = DEFAULTS) -> None:
    """Read exhibits again with the readers of today; what people decided about rows stays. Needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    exhibits
        Their ids; without any, those that were read with an earlier version.

    """
    found = reread_evidence(op, shared.context(), Watched(), exhibit_ids=exhibits)
    if shared.json:
        as_json(found)
        return
    rows = [(r.exhibit_id, r.before, r.after, number(r.rows_out), number(r.carried)) for r in found]
    table(("exhibit", "read as", "now", "rows", "as decided"), rows, right={"rows", "as decided"})
    next_move(f"crossbearing run {op}")


_COLUMNS = ("exhibit", "name", "read as", "rows in", "out", "refused", "")
_RIGHT = {"rows in", "out", "refused"}


def _counts(exhibit: Exhibit, last: str) -> tuple[str, ...]:
    parts = exhibit.parts
    return (
        exhibit.exhibit_id,
        hostile(exhibit.name, 30),
        exhibit.source if exhibit.source == "kept unread" else exhibit.profile,
        number(sum(part.rows_in for part in parts)),
        number(sum(part.rows_out for part in parts)),
        number(sum(part.rows_refused for part in parts)),
        last,
    )
