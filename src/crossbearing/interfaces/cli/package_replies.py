"""Commands on what partners answer: reply, replies, due, remind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crossbearing import __version__
from crossbearing.domain.errors import CrossbearingError
from crossbearing.domain.reply import Reply
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.handed_in import NOTHING_SAID, HandedIn, laid_out
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, shown_path, table
from crossbearing.interfaces.cli.package import package
from crossbearing.presentation.text import plural
from crossbearing.workflows.add_evidence import add_evidence
from crossbearing.workflows.list_outcomes import PROFILES
from crossbearing.workflows.show_sent import Due, list_due, remind_partners
from crossbearing.workflows.take_replies import REFUSED, Taken, list_replies, take_replies
from crossbearing.workflows.verify_bundle import reply_to_bundle

_WORDS = 200  # characters shown of a reply


@package.command
def reply(
    bundle: Path, answer: str, *, identity: Path, signer: str, key: Path, out: Path, words: str = "",
    outcomes: Path | None = None, shared: Shared = DEFAULTS,
) -> None:  # fmt: skip
    """Answer a bundle as the one who got it: signed by you, sealed to its sender; needs no operation.

    Parameters
    ----------
    bundle
        The sealed bundle: a package, a reminder, a recall or correction.
    answer
        receipt, accepted, declined, "already known" or "more information"; acknowledged for a recall or correction.
    identity
        File with your secret age key.
    signer
        The sender's public key, as `crossbearing partner key` prints it.
    key
        File with your signing key, as `crossbearing custody new-key` writes it; the sender has pinned the other half.
    out
        Folder that the reply is written to.
    words
        Why, or what is needed; "declined" and "more information" need it.
    outcomes
        What you did, as a form that `crossbearing outcome form` wrote and you filled in; it goes with the answer.

    """
    made = reply_to_bundle(
        bundle, shared.context(), answer, out, identity=identity, signer=signer, key=key, words=words,
        outcomes=outcomes,
    )  # fmt: skip
    if shared.json:
        as_json({"path": made})
        return
    say(f"{shown_path(made)}: send it to whom the bundle came from")


@package.command
def replies(
    op: Path, *files: Path, authority: str = "", handed_in: HandedIn = NOTHING_SAID, shared: Shared = DEFAULTS
) -> None:
    """Take in what partners answered; without a file, list what was taken in.

    Each reply is checked with the key that is pinned for its partner. The same reply again changes nothing. A report of
    outcomes that comes with one becomes an exhibit of the agency that signed it.

    Parameters
    ----------
    op
        Operation folder.
    files
        Replies, as `crossbearing package reply` writes them.
    authority
        Reference of the registered authorisation under which reports of outcomes are added.

    """
    if not files:
        _print_replies(list_replies(op, shared.context()), shared)
        return
    taken = take_replies(op, shared.context(), files, takes_reports=bool(authority))
    _print_taken(taken, _added(op, taken, authority, handed_in, shared), op, shared)


@dataclass(frozen=True, slots=True)
class _Report:
    """What became of a report that came with a reply."""

    exhibit_id: str
    says: str
    error: CrossbearingError | None = None


def _added(
    op: Path, taken: Sequence[Taken], authority: str, handed_in: HandedIn, shared: Shared
) -> Mapping[Path, _Report]:
    """Add the reports that came with replies, by the reply's file; one that is refused keeps no other back."""
    found = {}
    for one in taken:
        if one.report is None:
            continue
        stated = {
            "source": f"signed reply of {one.agency} to {one.package_id} version {one.version}",
            "source_sha256": one.reply_sha256, "tool": "crossbearing package replies", "version": __version__,
            "by": one.agency, "at": one.replied_at,
        }  # fmt: skip
        try:
            with laid_out(one.report.name, one.report.content, f"{one.path}, report {one.report.name!r}") as path:
                (submission,) = replace(handed_in, owner=handed_in.owner or one.agency).submissions([path], authority)
                checked = replace(submission, accept_only=PROFILES, acquisition=stated)
                (added,) = add_evidence(op, shared.context(authority), [checked], Watched())
        except CrossbearingError as refused:
            found[one.path] = _Report("", f"report refused: {refused.problem}", refused)
            continue
        exhibit = added.exhibit
        rows, lost = (sum(getattr(part, name) for part in exhibit.parts) for name in ("rows_in", "rows_refused"))
        says = f"report {exhibit.exhibit_id}, {plural(rows, 'row')}" + (f", {lost} refused" if lost else "")
        found[one.path] = _Report(exhibit.exhibit_id, says if added.is_new else f"{says}, was there already")
    return found


@package.command
def due(op: Path, *, every: bool = False, shared: Shared = DEFAULTS) -> None:
    """List what is overdue: answers to packages, acknowledgements of recalls, and what partners wait for.

    Parameters
    ----------
    op
        Operation folder.
    every
        Also what is waited for and not overdue.

    """
    found = list_due(op, shared.context(), every=every)
    if shared.json:
        as_json(found)
        return
    _print_due(found)
    if any(one.what == "answer" and one.days_late for one in found):
        next_move(f"`crossbearing package remind {op} --out FOLDER --purpose …`")
    elif not found:
        say("nothing is overdue")


@package.command
def remind(op: Path, *, out: Path, again: bool = False, shared: Shared = DEFAULTS) -> None:
    """Make a sealed reminder for every package whose answer is overdue. Needs a purpose; nothing is sent by itself.

    Parameters
    ----------
    op
        Operation folder.
    out
        Folder that the reminders are written to.
    again
        Also for those reminded within the last seven days.

    """
    made = remind_partners(op, shared.context(), out, again=again)
    if shared.json:
        as_json(made)
        return
    table(
        ("package", "to", "days late", "reminder"),
        [(one.due.package_id, hostile(one.due.agency), str(one.due.days_late), str(one.path)) for one in made.made],
        right={"days late"},
    )
    for one, why in made.unreachable:
        say(f"{one.package_id}: {hostile(why, 200)}; remind it by another way")
    if not made.made and not made.unreachable:
        say("nobody is to be reminded")


def _print_taken(found: Sequence[Taken], reports: Mapping[Path, _Report], op: Path, shared: Shared) -> None:
    if shared.json:
        shown = [{name: getattr(one, name) for name in _SHOWN} for one in found]
        came = [reports.get(one.path, _Report("", "")) for one in found]
        as_json([{**one, "report": report.exhibit_id} for one, report in zip(shown, came, strict=True)])
    else:
        table(
            ("file", "state", "package", "version", "from", "answer", "note"),
            [
                (
                    one.path.name,
                    one.state,
                    hostile(one.package_id),
                    str(one.version) if one.version else "",
                    hostile(one.agency),
                    one.answer,
                    hostile("; ".join(filter(None, (one.problem, _says(reports, one)))), _WORDS),
                )
                for one in found
            ],
        )
        if any(one.exhibit_id for one in reports.values()):
            next_move(f"crossbearing run {op}")
    refused = [one for one in found if one.state == REFUSED]
    if refused and not shared.json and len(found) > 1:
        say(f"{plural(len(refused), 'reply', 'replies')} refused; the first is said below")
    for one in refused:
        if one.error is not None:
            raise one.error
    for report in reports.values():
        if report.error is not None:
            raise report.error


def _says(reports: Mapping[Path, _Report], one: Taken) -> str:
    return reports[one.path].says if one.path in reports else ""


_SHOWN = ("path", "state", "agency", "package_id", "version", "answer", "problem")


def _print_replies(found: Sequence[Reply], shared: Shared) -> None:
    if shared.json:
        as_json(found)
        return
    table(
        ("at", "package", "version", "from", "answer", "words"),
        [
            (
                one.replied_at[:19],
                one.package_id,
                str(one.version),
                hostile(one.agency),
                one.answer,
                hostile(one.words, _WORDS),
            )
            for one in found
        ],
    )


def _print_due(found: Sequence[Due]) -> None:
    table(
        ("package", "version", "partner", "what", "due", "days late", "reminders", "unsigned word"),
        [
            (
                one.package_id,
                str(one.version),
                hostile(one.agency),
                one.what,
                one.due_on or "no day stated",
                str(one.days_late or ""),
                str(one.reminders or ""),
                hostile(one.stated),
            )
            for one in found
        ],
        right={"days late", "reminders"},
    )
