"""Commands on the log: show, verify, checkpoint, cosign, accept, stamp."""

import json
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter
from rich.markup import escape

from crossbearing.domain.errors import UnreadableSource
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, plain, say, shown_path, table
from crossbearing.workflows.cosign_checkpoint import cosign_checkpoint
from crossbearing.workflows.show_log import (
    accept_cosignature,
    give_checkpoint,
    show_log,
    stamp_checkpoint,
    verify_log,
)

_SHOWN: Final = 20  # findings printed; all are in the JSON

log = App(name="log", help="The log of acts: who did what, when, on what authority.")
app.command(log)


@log.command
def show(op: Path, *, last: int = 30, shared: Shared = DEFAULTS) -> None:
    """Show the newest entries, oldest first.

    Parameters
    ----------
    op
        Operation folder.
    last
        How many.

    """
    found = show_log(op, shared.context(), last=last)
    if shared.json:
        as_json(found)
        return
    table(
        ("position", "at", "person", "event", "act", "on", "purpose"),
        [
            (
                str(e.position),
                e.at[:19],
                hostile(e.person),
                str(e.event),
                str(e.kind),
                "(erased)" if e.is_erased else hostile(e.subject),
                hostile(e.purpose) if e.purpose else "",
            )
            for e in found
        ],
        right={"position"},
    )


@log.command
def verify(
    op: Path,
    *,
    checkpoint: tuple[Path, ...] = (),
    key: str = "",
    witness: tuple[str, ...] = (),
    root: tuple[Path, ...] = (),
    shared: Shared = DEFAULTS,
) -> None:
    """Recompute every commitment, leaf and root, with code that shares nothing with what writes the log.

    Parameters
    ----------
    op
        Operation folder.
    checkpoint
        File with a checkpoint that somebody else kept; shows a log that was rewritten or rolled back.
    key
        Public key of the log as somebody else kept it.
    witness
        Public key of a witness whose cosignatures must verify.
    root
        File with a certificate that the time stamps must verify against.

    """
    report = verify_log(op, shared.context(), outside=checkpoint, key=key, witnesses=witness, roots=root)
    if shared.json:
        as_json(report)
    else:
        say(f"{report.size} entries, root {report.root}")
        for finding in report.findings[:_SHOWN]:
            say(f"{finding.what}: {hostile(finding.where, 100)}: {hostile(finding.says, 200)}")
    if report.findings:
        first = report.findings[0]
        raise UnreadableSource(
            f"The log does not hold together: {first.says.rstrip('.')}",
            where=f"{op}, {first.where} ({len(report.findings)} findings)",
            remedy="Stop work on this operation, keep the folder as it is, and tell the coordinator.",
        )
    if not shared.json:
        against = f", and continues {len(checkpoint)} checkpoints kept outside" if checkpoint else ""
        say(f"every act is the one its leaf commits to{against}")


@log.command(name="checkpoint")
def checkpoint_(op: Path, *, since: int = 0, to: Path | None = None, shared: Shared = DEFAULTS) -> None:
    """Give out the signed checkpoint over the log, to be kept by somebody else.

    Parameters
    ----------
    op
        Operation folder.
    since
        Size the receiver saw last; a proof that the log continues it is added.
    to
        File to write for a witness; without it the checkpoint is printed, to be kept on paper or elsewhere.

    """
    handout = give_checkpoint(op, shared.context(), since=since)
    if to is not None:
        to.write_text(json.dumps(plain(handout), indent=1) + "\n", encoding="utf-8")
        say(f"written to {shown_path(to)}; the log's public key is {handout.key}")
        next_move(f"give it to a witness, who runs: crossbearing log cosign {to} --log-key {handout.key} ...")
    elif shared.json:
        as_json(handout)
    else:
        say(escape(handout.note.rstrip("\n")))


@log.command
def cosign(
    handout: Path, *, log_key: str, key: Path, state: Path, to: Path | None = None, shared: Shared = DEFAULTS
) -> None:
    """Countersign another agency's checkpoint, if it continues what you saw last; for witnesses.

    Parameters
    ----------
    handout
        File that `log checkpoint --to` wrote.
    log_key
        Public key of that log, as it was given to you in person.
    key
        File with your private key, from `custody new-key`.
    state
        File that remembers what you saw last; made at first sight; never throw it away.
    to
        File to write; without it the cosigned checkpoint is printed.

    """
    note, public = cosign_checkpoint(handout, shared.context(), key_file=key, state=state, log_key=log_key)
    if to is not None:
        to.write_text(note, encoding="utf-8")
    if shared.json:
        as_json({"note": note, "witness_key": public})
    elif to is not None:
        say(f"cosigned; your public key as a witness is {public}")
    else:
        say(escape(note.rstrip("\n")))


@log.command
def accept(op: Path, cosigned: Path, *, witness: str, shared: Shared = DEFAULTS) -> None:
    """Keep a witness's cosignature.

    Parameters
    ----------
    op
        Operation folder.
    cosigned
        File that `log cosign` wrote.
    witness
        The witness's public key.

    """
    kept = accept_cosignature(op, shared.context(), cosigned, witness)
    if shared.json:
        as_json(kept)
    else:
        say(f"{kept.name} witnessed the log at {kept.size} entries")


@log.command
def stamp(
    op: Path,
    *,
    service: Annotated[str, Parameter(env_var="CROSSBEARING_STAMP_SERVICE")] = "",
    root: Annotated[tuple[Path, ...], Parameter(env_var="CROSSBEARING_STAMP_ROOT")] = (),
    shared: Shared = DEFAULTS,
) -> None:
    """Let a time-stamp service (RFC 3161) stamp the newest checkpoint.

    Parameters
    ----------
    op
        Operation folder.
    service
        Address of the service.
    root
        File with a certificate that its stamps are checked against.

    """
    at = stamp_checkpoint(op, shared.context(), service=service, roots=root)
    if shared.json:
        as_json({"stamped_at": at})
    else:
        say(f"stamped at {at:%Y-%m-%d %H:%M:%S} UTC by {hostile(service, 100)}")
