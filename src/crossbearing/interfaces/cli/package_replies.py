"""Commands on what partners answer: reply, replies, due, remind."""

from collections.abc import Sequence
from pathlib import Path

from crossbearing.domain.reply import Reply
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.interfaces.cli.package import package
from crossbearing.presentation.text import plural
from crossbearing.workflows.show_sent import Due, list_due, remind_partners
from crossbearing.workflows.take_replies import REFUSED, Taken, list_replies, take_replies
from crossbearing.workflows.verify_bundle import reply_to_bundle

_WORDS = 200  # characters shown of a reply


@package.command
def reply(
    bundle: Path, answer: str, *, identity: Path, signer: str, key: Path, out: Path, words: str = "",
    shared: Shared = DEFAULTS,
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

    """
    made = reply_to_bundle(
        bundle, shared.context(), answer, out, identity=identity, signer=signer, key=key, words=words
    )
    if shared.json:
        as_json({"path": made})
        return
    say(f"{made}: send it to whom the bundle came from")


@package.command
def replies(op: Path, *files: Path, shared: Shared = DEFAULTS) -> None:
    """Take in what partners answered; without a file, list what was taken in.

    Each reply is checked with the key that is pinned for its partner. The same reply again changes nothing.

    Parameters
    ----------
    op
        Operation folder.
    files
        Replies, as `crossbearing package reply` writes them.

    """
    if not files:
        _print_replies(list_replies(op, shared.context()), shared)
        return
    _print_taken(take_replies(op, shared.context(), files), shared)


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


def _print_taken(found: Sequence[Taken], shared: Shared) -> None:
    if shared.json:
        as_json([{name: getattr(one, name) for name in _SHOWN} for one in found])
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
                    hostile(one.problem, _WORDS),
                )
                for one in found
            ],
        )
    refused = [one for one in found if one.state == REFUSED]
    if refused and not shared.json and len(found) > 1:
        say(f"{plural(len(refused), 'reply', 'replies')} refused; the first is said below")
    for one in refused:
        if one.error is not None:
            raise one.error


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
