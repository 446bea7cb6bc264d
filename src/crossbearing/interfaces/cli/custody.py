"""Commands on custody: new-key, acquired, clock, draft, sign, record, show."""

from pathlib import Path

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, shown_path, table
from crossbearing.workflows import custody as workflow
from crossbearing.workflows.custody import Acquisition

custody = App(name="custody", help="Custody: how an exhibit was acquired, and through whose hands it went.")
app.command(custody)


@custody.command
def new_key(name: str, *, to: Path, shared: Shared = DEFAULTS) -> None:
    """Make a key that you sign hand-overs and cosign checkpoints with.

    Parameters
    ----------
    name
        Your name in signatures, without spaces, such as nl-police/j.doe.
    to
        File for the private key; it is yours alone.

    """
    public = workflow.make_key(name, to)
    if shared.json:
        as_json({"name": name, "public_key": public})
    else:
        say(f"private key in {shown_path(to)}; keep it to yourself")
        say(f"public key  {public}")


@custody.command
def acquired(
    op: Path,
    exhibit: str,
    *,
    source: str,
    tool: str,
    tool_version: str,
    by: str,
    source_sha256: str = "",
    at: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """State how an exhibit's bytes were got from their source, one step at a time.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    source
        What they came from, such as "disk image of the database server".
    tool
        Program that was used.
    tool_version
        Its version.
    by
        Who did it.
    source_sha256
        Hash of the source, if it has one.
    at
        When, as they state it.

    """
    step = Acquisition(source=source, source_sha256=source_sha256, tool=tool, version=tool_version, by=by, at=at)
    workflow.state_acquisition(op, shared.context(), exhibit, step)
    _done({"exhibit": exhibit, "acquisition": step}, f"stated; crossbearing custody show {op} {exhibit}", shared)


@custody.command
def clock(op: Path, exhibit: str, offset: str, *, basis: str, shared: Shared = DEFAULTS) -> None:
    """Assert how far the source's clock stood from UTC; the newest assertion counts.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    offset
        Such as +01:00.
    basis
        How that is known.

    """
    workflow.assert_clock(op, shared.context(), exhibit, clock=offset, basis=basis)
    _done({"exhibit": exhibit, "clock": offset}, f"asserted; now: crossbearing run {op}", shared)


@custody.command
def draft(
    op: Path,
    exhibit: str,
    *,
    giver: str,
    receiver: str,
    place: str,
    reason: str,
    to: Path,
    shared: Shared = DEFAULTS,
) -> None:
    """Write the text of a hand-over for both sides to sign.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    giver
        Who hands over: the name of their key.
    receiver
        Who takes it: the name of their key.
    place
        Where.
    reason
        Why.
    to
        File to write.

    """
    text = workflow.draft_hand_over(
        op, shared.context(), exhibit, giver=giver, receiver=receiver, place=place, reason=reason
    )
    to.write_text(text, encoding="utf-8")
    _done({"draft": to}, f"written to {to}; both sides sign it: crossbearing custody sign {to} --key KEY", shared)


@custody.command
def sign(draft: Path, *, key: Path, shared: Shared = DEFAULTS) -> None:
    """Put your signature under a hand-over.

    Parameters
    ----------
    draft
        File that `custody draft` wrote.
    key
        File with your private key.

    """
    name = workflow.sign_hand_over(draft, key)
    _done({"signed_by": name}, f"signed by {hostile(name)}", shared)


@custody.command
def record(op: Path, signed: Path, *, key: tuple[str, ...], shared: Shared = DEFAULTS) -> None:
    """Record a hand-over that both sides signed.

    Parameters
    ----------
    op
        Operation folder.
    signed
        File with the draft and both signatures.
    key
        Public key; once for the giver and once for the receiver.

    """
    fields = workflow.record_hand_over(op, shared.context(), signed, key)
    said = f"{hostile(fields['exhibit'])}: from {hostile(fields['from'])} to {hostile(fields['to'])}, recorded"
    _done(dict(fields), said, shared)


@custody.command
def show(op: Path, exhibit: str, *, shared: Shared = DEFAULTS) -> None:
    """Show the chain of custody of one exhibit, oldest first.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.

    """
    links = workflow.show_custody(op, shared.context(), exhibit)
    if shared.json:
        as_json(links)
        return
    hidden = {"note", "keys", "operation", "label", "before"}
    rows = [
        (
            link.at[:19],
            hostile(link.person),
            link.what,
            "; ".join(f"{name} {hostile(str(value), 70)}" for name, value in link.says.items() if name not in hidden),
        )
        for link in links
    ]
    table(("at", "person", "act", "says"), rows)


def _done(result: object, said: str, shared: Shared) -> None:
    if shared.json:
        as_json(result)
    else:
        next_move(said) if said.startswith("crossbearing") else say(said)
