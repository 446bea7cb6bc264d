"""Commands on a whole operation: new, status, run."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.deconflict import say_by_itself
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, plain, say, shown_path, table
from crossbearing.presentation.text import number, plural
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.new_operation import new_operation
from crossbearing.workflows.show_status import show_status
from crossbearing.workflows.upgrade import upgrade_operation


@app.command
def new(op: Path, *, name: str = "", coordinator: str = "", postgres: bool = False, shared: Shared = DEFAULTS) -> None:
    """Make an operation folder.

    Parameters
    ----------
    op
        Folder to make; it must not exist yet, or be empty.
    name
        Name of the operation; by default the folder's.
    coordinator
        Body that coordinates; by default whoever makes the folder.
    postgres
        Keep decisions in PostgreSQL; the connection is read from CROSSBEARING_POSTGRES.

    """
    context = shared.context()
    new_operation(op, context, name=name, coordinator=coordinator or context.person, on_postgres=postgres)
    if shared.json:
        as_json({"operation": op, "name": name or op.name})
        return
    say(f"made operation {hostile(name or op.name)} in {shown_path(op)}")
    next_move(f"register an authorisation: crossbearing authority add {op} REF --issued-by … --basis …")


@app.command
def status(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Say what is there, what is stale and what waits for a person.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = show_status(op, shared.context())
    if shared.json:
        as_json({**plain(found), "stale": found.stale})
        return
    who = f"[bold]{hostile(found.name)}[/bold], coordinated by {hostile(found.coordinator)}"
    say(f"{who}; log position {found.log_position}")
    say(
        f"{number(found.exhibits)} exhibits: {number(found.rows_in)} rows in = {number(found.rows_out)} out + "
        f"{number(found.rows_refused)} refused"
    )
    table(("table", "state", "rows"), [(s.table, s.state, number(s.rows)) for s in found.steps], right={"rows"})
    say(f"{plural(found.judgements, 'pair')} judged, {plural(found.packages, 'package')} built")
    waiting = f"the next by {found.categorise_by}" if found.categorise_by else "all locked"
    for count, noun, what in (
        (len(found.locked), "exhibit", f"LOCKED, nothing of them is read: {', '.join(found.locked)}"),
        (
            found.not_categorised,
            "exhibit",
            f"not categorised, {waiting if found.has_limit else 'and no limit is set'}: "
            f"crossbearing categorise show {op}",
        ),
        (found.set_aside, "record", "set aside; only a reviewer outside the case sees them"),
        (len(found.marked_packages), "package", f"to be recalled or corrected: {', '.join(found.marked_packages)}"),
        (found.answers_due, "answer", f"of partners overdue: crossbearing package due {op}"),
        (
            found.notices_pending,
            "notice",
            f"of recall or correction not acknowledged: crossbearing package notices {op}",
        ),
        (found.outcome_questions, "question", f"to agencies about their reports: crossbearing results show {op}"),
        (found.unfinished_erasures, "erasure", f"not carried out to the end: crossbearing retention finish {op}"),
        (
            len(found.outdated),
            "exhibit",
            f"read with an earlier version: crossbearing evidence reread {op} --purpose ...",
        ),
        (found.too_common, "identifier", "on more than 20 accounts: nobody is brought together by it"),
        (found.too_large, "group", "of more than 200 accounts: left to people, pair by pair"),
    ):
        if count:
            say(f"{plural(count, noun)} {what}")
    if found.stale:
        next_move(f"{plural(len(found.stale), 'table')} not up to date: crossbearing run {op}")
    elif found.open_proposals:
        next_move(f"{plural(found.open_proposals, 'proposal')} to be judged: crossbearing operator review {op}")
    else:
        if found.unroutable is not None:
            say(f"{plural(found.unroutable, 'subject')} cannot be routed: no advert names one country")
        next_move(f"crossbearing package build {op}")


@app.command
def run(
    op: Path,
    *,
    threads: Annotated[int | None, Parameter(help="Threads to use; by default all cores.")] = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Bring everything derived up to date.

    Parameters
    ----------
    op
        Operation folder.

    """
    report = bring_up_to_date(op, shared.context(), Watched(), threads=threads)
    say_by_itself(op, shared)
    if shared.json:
        as_json(report)
        return
    table(
        ("table", "state", "rows", "taken over", "seconds"),
        [
            (s.table, s.state, number(s.rows), number(s.taken_over) if s.taken_over else "", f"{s.seconds:.2f}")
            for s in report.steps
        ],
        right={"rows", "taken over", "seconds"},
    )
    say(f"{report.built} tables built, {len(report.steps) - report.built} kept")
    next_move(f"crossbearing status {op}")


@app.command
def upgrade(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Bring an operation folder of an earlier format to the one this version works with.

    Parameters
    ----------
    op
        Operation folder; make a copy of it first.

    """
    done = upgrade_operation(op, shared.context(), Watched())
    if shared.json:
        as_json(done)
    else:
        say(f"format {done.before}, now {done.after}" if done.before != done.after else f"format {done.after} already")
        next_move(f"crossbearing evidence reread {op} --purpose upgrade; then crossbearing run {op}")
