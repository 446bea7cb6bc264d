"""Commands on packages: build, list, show, release, seal, verify; what is sent and called back stands beside."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, table
from crossbearing.presentation.text import NOT_KNOWN, plural
from crossbearing.workflows.build_packages import Built, build_packages, list_packages, show_package
from crossbearing.workflows.send_package import DAYS, REPLY_DAYS, release_package, seal_package
from crossbearing.workflows.verify_bundle import verify_bundle

_PARAGRAPH = 600  # characters shown of one paragraph
_LINES = 60  # shown of a notice; --out gives all of it

package = App(name="package", help="Target packages, one per country.")
app.command(package)


@package.command
def build(
    op: Path,
    *countries: str,
    pdf: Annotated[bool | None, Parameter(negative="--no-pdf")] = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Build the packages; one whose content has not changed keeps its version and its bytes.

    Parameters
    ----------
    op
        Operation folder.
    countries
        Country codes; all countries if none is named.
    pdf
        Also write each page as a PDF. Without a word it is written where the extra `pdf` is installed.

    """
    built = build_packages(op, shared.context(), Watched(), only=countries, pdf=pdf)
    if shared.json:
        as_json(built)
        return
    table(
        ("package", "version", "subjects", "", "page"),
        [(b.package_id, str(b.version), str(b.subjects), _state(b), str(b.page)) for b in built],
        right={"version", "subjects"},
    )
    if built:
        next_move(f"open {built[0].page} in a browser")
    else:
        say("no subject is routed to any country: no advert on record names an origin")


@package.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the packages that were built.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_packages(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("package", "version", "subjects", "handling", "built", "by", "marks"),
        [
            (
                p["package_id"],
                str(p["version"]),
                str(p["subjects"]),
                p["handling"],
                p["built_at"],
                hostile(p["built_by"]),
                ", ".join(f"{mark['what']} of version {mark['version']} and earlier" for mark in p["marks"]),
            )
            for p in found
        ],
    )


@package.command
def show(op: Path, package_id: str, *, shared: Shared = DEFAULTS) -> None:
    """Show the first page of a package in the terminal; with --json the whole document.

    Parameters
    ----------
    op
        Operation folder.
    package_id
        Package id, such as NL-001.

    """
    document = show_package(op, shared.context(), package_id)
    if shared.json:
        as_json(document)
        return
    handling, recipient = document["handling"], document["recipient"]["name"]
    say(f"[bold]{package_id} v{document['version']}[/bold]  {recipient}  {handling['code']} TLP:{handling['tlp']}")
    if document["is_simulated"]:
        say("SIMULATED EVIDENCE")
    if heading := document.get("heading"):  # what an earlier release built has none
        say(hostile(f"{heading['urgency']}: {heading['urgency_why']}", _PARAGRAPH))
    say(hostile(f"{document['why']['text']} {document['why']['caution']}", _PARAGRAPH))
    say(hostile(f"expires first: {document['expires_first']}", _PARAGRAPH))
    for number, step in enumerate(document["do_first"], start=1):
        say(f"  {number}. {hostile(step, _PARAGRAPH)}")
    say("not proven:")
    for point in document["unproven"]:
        say(f"  - {hostile(point, _PARAGRAPH)}")
    rows = [
        (
            s["subject_id"],
            ", ".join(hostile(a["handle"], 24) for a in s["accounts"]),
            s["orders"]["value"] or NOT_KNOWN,
            s["value"]["value"] or NOT_KNOWN,
            str(s["rank_points"]["total"]),
        )
        for s in document["subjects"]
    ]
    table(("subject", "handles", "orders", "value", "points"), rows, right={"orders", "value", "points"})
    say(f"{plural(len(document['figures']), 'figure')}, each with its rows: --json, key 'figures'")


@package.command
def release(op: Path, package_id: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Approve the newest version of a package for sending, as somebody else than who built it.

    Parameters
    ----------
    op
        Operation folder.
    package_id
        Package id, such as NL-001.
    reason
        What you checked.

    """
    version = release_package(op, shared.context(), package_id, reason=reason)
    if shared.json:
        as_json({"package_id": package_id, "version": version})
        return
    say(f"{package_id} version {version} may be sent")
    next_move(f"`crossbearing package seal {op} {package_id} --to AGENCY --out FOLDER --purpose …`")


@package.command
def seal(
    op: Path,
    package_id: str,
    *,
    to: tuple[str, ...],
    out: Path,
    days: int = DAYS,
    reply_days: int = REPLY_DAYS,
    channel: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Make a bundle for each partner: signed, and sealed to its key alone. Needs a purpose.

    Parameters
    ----------
    op
        Operation folder.
    package_id
        Package id, such as NL-001.
    to
        A registered partner; may be given several times.
    out
        Folder that the bundles are written to.
    days
        Days that they are good for, at most.
    reply_days
        Days until an answer is asked for; `package due` says what is overdue.
    channel
        Legal channel with its reference, such as "EIO 12/2026", by which it leaves as evidence; without it, as
        intelligence only. Refused while an exhibit behind it is intelligence only.

    """
    made = seal_package(op, shared.context(), package_id, to, out, days=days, reply_days=reply_days, channel=channel)
    if shared.json:
        as_json([{"path": one.path, "sent": one.sent} for one in made])
        return
    table(
        ("for", "version", "good until", "reply by", "bundle"),
        [
            (hostile(one.sent.agency), str(one.sent.version), one.sent.expires_on, one.sent.reply_by, str(one.path))
            for one in made
        ],
    )


@package.command
def verify(
    bundle: Path,
    *,
    identity: Path,
    signer: str,
    known: Path | None = None,
    out: Path | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Check a bundle as the one who got it, every byte of it; needs no operation.

    Parameters
    ----------
    bundle
        The sealed bundle.
    identity
        File with your secret age key.
    signer
        The sender's public key, as `crossbearing partner key` prints it.
    known
        File that keeps the newest version you accepted of each package; an older one is refused then.
    out
        Folder to lay the files out in, once everything holds.

    """
    found = verify_bundle(bundle, shared.context(), identity=identity, signer=signer, known=known, out=out)
    if shared.json:
        as_json({"statement": found.statement, "sha256": found.sha256, "signed_by": str(found.signer)})
        return
    says = found.statement
    if found.kind in {"reminder", "overlap"}:
        say(f"[bold]{hostile(found.kind)}[/bold]: everything holds; signed by {hostile(found.signer.name)}")
        for line in found.files.get("data/NOTICE.txt", b"").decode("utf-8", "replace").splitlines()[:_LINES]:
            say(f"  {hostile(line, _PARAGRAPH)}")
        return
    if found.kind != "package":
        say(f"[bold]{hostile(found.kind)} of {hostile(found.package_id)}, version {says['version']} and earlier[/bold]")
        say(f"  why: {hostile(says.get('why', ''), _PARAGRAPH)}; signed by {hostile(found.signer.name)}")
        return
    say(f"[bold]{hostile(found.package_id)} version {says['version']}[/bold]: everything holds")
    say(f"  signed by {hostile(found.signer.name)}")
    say(f"  handling {hostile(says['handling'].get('code', ''))}; good until {hostile(says['expires_on'])}")
    say(f"  use: {hostile(says.get('channel') or 'intelligence only')}")
    say(f"  {plural(len(found.files), 'file')}; statement {found.sha256}")
    if out is not None:
        next_move(f"open {out / 'data' / 'package.html'} in a browser")


def _state(built: Built) -> str:
    if built.is_withheld:
        return "withheld: release check"
    if built.missing:
        return f"cannot be sent: {built.missing[0]}"
    return "new" if built.is_new else "unchanged"
