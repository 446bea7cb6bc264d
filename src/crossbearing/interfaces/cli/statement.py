"""Commands on public statements: draft, check, approve, publish, correct, told, list."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from crossbearing.domain.errors import NotAuthorised
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, plain, say, shown_path, table
from crossbearing.interfaces.cli.results import results
from crossbearing.presentation.text import plural
from crossbearing.workflows.publish_statement import (
    APPROVED,
    DRAFT,
    Held,
    Wanted,
    approve_statement,
    check_statement,
    correct_statement,
    draft_statement,
    publish_statement,
)
from crossbearing.workflows.tell_receivers import list_statements, tell_receiver

statement = App(name="statement", help="Public statements: every number bound to the ledger, or refused.")
results.command(statement)

_SENTENCE = 300  # characters shown of one sentence


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class About:
    """What a statement is about, and from when it may be said."""

    campaign: Annotated[str, Parameter(help="The campaign; may be left out if there is one only.")] = ""
    by: Annotated[
        Literal["credit", "place", "basis"],
        Parameter(help="Count by reporting country, by place, or as the basis says."),
    ] = "basis"
    currency: Annotated[str, Parameter(name=["--in", "--currency"], help="Also give all money in it.")] = ""
    not_before: Annotated[str, Parameter(help="Embargo, UTC, such as 2026-12-01T10:00:00Z.")] = ""


ANY = About()


@statement.command
def draft(
    op: Path,
    *,
    language: str = "",
    text: Path | None = None,
    of: str = "",
    to: Path | None = None,
    about: About = ANY,
    shared: Shared = DEFAULTS,
) -> None:
    """Draft a statement from what stands, or take one that you wrote; needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    language
        de, en, es, fr, nl, pl or pt; by default that of the earlier version, else en. The words need a native reader.
    text
        A file with your own text, figures in brackets; else the catalogue's words are used.
    of
        A statement not yet published, of which this is a new version; what you do not say anew stays as it was, such
        as its embargo.
    to
        Write the text with its figures to this file, to edit it.

    """
    wanted = Wanted(
        language=language, campaign=about.campaign, currency=about.currency.upper(),
        by_place=None if about.by == "basis" else about.by == "place",
        not_before=about.not_before, text=text.read_text(encoding="utf-8") if text else "", of=of,
    )  # fmt: skip
    held = draft_statement(op, shared.context(), wanted)
    if to is not None and (held.holds or text is None):
        to.write_text(held.statement.source, encoding="utf-8")
    _print(held, op, shared)


@statement.command
def check(op: Path, statement_id: str, *, shared: Shared = DEFAULTS) -> None:
    """Hold a statement against what stands now, sentence by sentence; needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    statement_id
        Such as ST-001.

    """
    _print(check_statement(op, shared.context(), statement_id), op, shared)


@statement.command
def approve(
    op: Path, statement_id: str, *, reason: str, owners_agreed: bool = False, shared: Shared = DEFAULTS
) -> None:
    """Approve the newest version, as somebody else than who drafted it; needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    statement_id
        Such as ST-001.
    reason
        What you checked.
    owners_agreed
        The owners of reports that are not labelled for the public agreed to these figures.

    """
    one = approve_statement(op, shared.context(), statement_id, reason=reason, owners_agreed=owners_agreed)
    if shared.json:
        as_json(plain(one))
        return
    say(
        f"{statement_id} version {one.version} may be published" + (f" from {one.not_before}" if one.not_before else "")
    )
    next_move(f"crossbearing results statement publish {op} {statement_id} --to FOLDER --given-to NAME --purpose …")


@statement.command
def publish(
    op: Path, statement_id: str, *, to: Path, given_to: tuple[str, ...] = (), shared: Shared = DEFAULTS
) -> None:
    """Publish an approved version, if every figure is what it was; needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    statement_id
        Such as ST-001.
    to
        Folder for the text and the table of its figures.
    given_to
        Who gets it, and is to be told of corrections; may be given several times.

    """
    one, paths = publish_statement(op, shared.context(), statement_id, to, to=given_to)
    if shared.json:
        as_json({"statement": one, "paths": paths})
        return
    say(f"{statement_id} version {one.version} is published and frozen")
    for path in paths:
        say(f"  {shown_path(path)}")
    if one.pending:
        say(f"still to be told of the correction: {', '.join(map(hostile, one.pending))}")
        next_move(f"crossbearing results statement told {op} {statement_id} {one.pending[0]!r} --on DAY --words …")


@statement.command
def correct(
    op: Path, statement_id: str, *, reason: str, text: Path | None = None, to: Path | None = None,
    shared: Shared = DEFAULTS,
) -> None:  # fmt: skip
    """Draft the corrected version of a published statement; who got it is to be told. Needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    statement_id
        Such as ST-001.
    reason
        What was wrong.
    text
        A file with the corrected text; else the catalogue's words are used.
    to
        Write the text with its figures to this file.

    """
    words = text.read_text(encoding="utf-8") if text else ""
    held = correct_statement(op, shared.context(), statement_id, words, reason=reason)
    if to is not None and held.holds:
        to.write_text(held.statement.source, encoding="utf-8")
    _print(held, op, shared)


@statement.command
def told(op: Path, statement_id: str, name: str, *, on: str, words: str, shared: Shared = DEFAULTS) -> None:
    """Enter that somebody who got an earlier version was told of the correction.

    Parameters
    ----------
    op
        Operation folder.
    statement_id
        Such as ST-001.
    name
        Who was told.
    on
        Day, YYYY-MM-DD.
    words
        How.

    """
    one = tell_receiver(op, shared.context(), statement_id, name, on=on, words=words)
    if shared.json:
        as_json(one)
        return
    say(f"still to be told: {', '.join(map(hostile, one.pending)) or 'nobody'}")


@statement.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the statements, with who is still to be told of a correction.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_statements(op, shared.context())
    if shared.json:
        as_json([{**plain(one), "pending": one.pending} for one in found])
        return
    table(
        ("statement", "version", "state", "language", "campaign", "not before", "to be told"),
        [
            (
                one.statement_id,
                str(one.version),
                one.state,
                one.language,
                hostile(one.campaign),
                one.not_before,
                ", ".join(map(hostile, one.pending)),
            )
            for one in found
        ],
        right={"version"},
    )
    if not found:
        say("no statement was drafted")


def _print(held: Held, op: Path, shared: Shared) -> None:
    one, found = held.statement, held.checked
    if shared.json:
        as_json(
            {
                "statement": one,
                "text": found.plain,
                "findings": found.findings,
                "changed": held.changed,
                "left_out": held.left_out,
                "unlabelled": held.unlabelled,
                "sentences": found.sentences,
                "holds": held.holds,
            }
        )
    else:
        _print_held(held)
    if not held.holds:
        wrong = len(found.findings) + len(held.changed)
        raise NotAuthorised(
            f"The statement does not hold: {plural(wrong, 'objection')}",
            where=one.statement_id or "the text",
            remedy="Bind every number to a figure as `[288 arrests](arrest.persons.persons)`; see the how-to page.",
        )
    if not shared.json:
        next_move(_after(held, op))


def _after(held: Held, op: Path) -> str:
    """What comes after a statement that holds, by its state."""
    one, command = held.statement, f"crossbearing results statement {{}} {op} {held.statement.statement_id}"
    if one.state == DRAFT:
        agreed = ", with --owners-agreed once the owners agreed" if held.unlabelled else ""
        return f"a second person: {command.format('approve')} --reason … --purpose …{agreed}"
    if one.state == APPROVED:
        embargo = f"   from {one.not_before}" if one.not_before else ""
        return f"{command.format('publish')} --to FOLDER --given-to NAME --purpose …{embargo}"
    return f"{command.format('correct')} --reason … --purpose …   if it turns out to be wrong"


def _print_held(held: Held) -> None:
    """The text, and all that holding it against the ledger found."""
    one, found = held.statement, held.checked
    say(f"[bold]{one.statement_id or 'not recorded'}[/bold] version {one.version}, {one.language}, {one.state}")
    if one.pending:
        say(f"  to be told of the correction: {', '.join(map(hostile, one.pending))}")
    if one.not_before:
        say(f"  not to be said before {one.not_before}")
    for line in found.plain.splitlines():
        say(f"  {hostile(line, 2000)}" if line else "")
    say(f"{plural(found.sentences, 'sentence')}, {plural(len(one.figures), 'figure')}")
    for finding in found.findings:
        say(f"[red]refused[/red] {hostile(finding.problem, _SENTENCE)}")
        if finding.sentence:
            say(f"        in: {hostile(finding.sentence, _SENTENCE)}")
    for left in held.left_out:
        say(f"[yellow]left out[/yellow] {hostile(left.figure, _SENTENCE)}: {hostile(left.why, _SENTENCE)}")
        say(f"        {hostile(left.remedy, _SENTENCE)}")
    if held.unlabelled:
        say(f"not labelled for the public, so their owners are to agree: {', '.join(held.unlabelled)}")
    for name in held.changed:
        say(f"[red]changed[/red] {hostile(name, _SENTENCE)} is not what it was when this was drafted")
