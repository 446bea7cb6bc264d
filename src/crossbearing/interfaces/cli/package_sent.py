"""Commands on packages that were sent: sent, recall, notify, notices, acknowledged."""

from collections.abc import Sequence
from pathlib import Path

from crossbearing.domain.dissemination import Notice, Sent
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.interfaces.cli.package import package
from crossbearing.presentation.text import plural
from crossbearing.workflows.recall_package import acknowledge, list_notices, notify_partners, recall_package
from crossbearing.workflows.show_sent import list_sent


@package.command
def sent(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Show who got what, why and when, what it answered, and what it was told since.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_sent(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("at", "package", "version", "to", "handling", "good until", "by", "why", "since"),
        [
            (
                one.sent_at[:10],
                one.package_id,
                str(one.version),
                hostile(one.agency),
                one.handling,
                one.expires_on,
                hostile(one.sent_by),
                hostile(one.why),
                "; ".join([*_answers(one), *_notices(one)]),
            )
            for one in found
        ],
    )


@package.command
def recall(op: Path, package_id: str, *, reason: str, correction: bool = False, shared: Shared = DEFAULTS) -> None:
    """Call back every version of a package so far; who got it is told by `package notify`.

    Parameters
    ----------
    op
        Operation folder.
    package_id
        Package id, such as NL-001.
    reason
        Why, in words that name nobody: the partners read them.
    correction
        It is not called back; a corrected version follows.

    """
    pending = recall_package(op, shared.context(), package_id, reason=reason, is_correction=correction)
    if shared.json:
        as_json(pending)
        return
    say(f"{package_id}: {plural(len(pending), 'partner')} to be told")
    if pending:
        next_move(f"`crossbearing package notify {op} --out FOLDER --purpose …`")


@package.command
def notify(op: Path, *, out: Path, again: bool = False, shared: Shared = DEFAULTS) -> None:
    """Make a sealed notice for every partner that is to be told of a recall or correction. Needs a purpose.

    Parameters
    ----------
    op
        Operation folder.
    out
        Folder that the notices are written to.
    again
        Also for those who were told and have not acknowledged it.

    """
    made = notify_partners(op, shared.context(), out, again=again)
    if shared.json:
        as_json(made)
        return
    table(
        ("package", "what", "to", "notice"),
        [(one.notice.package_id, one.notice.what, hostile(one.notice.agency), str(one.path)) for one in made.told],
    )
    for one in made.ended:
        say(f"the key of {hostile(one.agency)} has ended: pin a new one with `partner add --replace`, then notify it")
    for one in made.unreachable:
        say(f"{hostile(one.agency)} is registered no more: tell it by another way and enter that it acknowledged")


@package.command
def notices(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List recalls and corrections by partner, pending ones first.

    Parameters
    ----------
    op
        Operation folder.

    """
    _print(list_notices(op, shared.context()), shared)


@package.command
def acknowledged(op: Path, package_id: str, agency: str, *, on: str, words: str, shared: Shared = DEFAULTS) -> None:
    """Enter that a partner acknowledged the recalls and corrections of a package.

    Parameters
    ----------
    op
        Operation folder.
    package_id
        Package id, such as NL-001.
    agency
        The partner.
    on
        Day, such as 2026-12-01.
    words
        How it said so, in a few words.

    """
    _print(acknowledge(op, shared.context(), package_id, agency, on=on, words=words), shared)


def _print(found: Sequence[Notice], shared: Shared) -> None:
    if shared.json:
        as_json(found)
        return
    table(
        ("package", "up to version", "what", "to", "told", "acknowledged", "why"),
        [
            (
                one.package_id,
                str(one.version),
                one.what,
                hostile(one.agency),
                one.told_at[:10] or "not yet",
                one.acknowledged_on or "pending",
                hostile(one.why),
            )
            for one in found
        ],
    )


def _answers(sent_: Sent) -> list[str]:
    """The newest signed answer, and what evidence says beside it."""
    signed = f"{sent_.state}, asked by {sent_.reply_by}" if sent_.waits and sent_.reply_by else sent_.state
    return [signed, *(f"{hostile(one.answer)}, unsigned, in {one.exhibit_id}" for one in sent_.stated)]


def _notices(sent_: Sent) -> list[str]:
    return [
        f"{one.what} {f'acknowledged {one.acknowledged_on}' if one.acknowledged_on else 'pending'}"
        for one in sent_.notices
    ]
