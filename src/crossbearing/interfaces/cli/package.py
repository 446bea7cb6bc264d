"""Commands on packages: build, list, show."""

from pathlib import Path

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, table
from crossbearing.presentation.text import NOT_KNOWN, plural
from crossbearing.workflows.build_packages import Built, build_packages, list_packages, show_package

_PARAGRAPH = 600  # characters shown of one paragraph

package = App(name="package", help="Target packages, one per country.")
app.command(package)


@package.command
def build(op: Path, *countries: str, shared: Shared = DEFAULTS) -> None:
    """Build the packages; one whose content has not changed keeps its version and its bytes.

    Parameters
    ----------
    op
        Operation folder.
    countries
        Country codes; all countries if none is named.

    """
    built = build_packages(op, shared.context(), Watched(), only=countries)
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


def _state(built: Built) -> str:
    if built.is_withheld:
        return "withheld: release check"
    return "new" if built.is_new else "unchanged"
