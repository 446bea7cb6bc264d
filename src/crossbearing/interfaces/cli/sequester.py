"""Commands on material that is set aside: rule, rules, hashes, row, list, review, release."""

from pathlib import Path

from cyclopts import App

from crossbearing.domain.privilege import PrivilegeRule
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.presentation.text import plural
from crossbearing.workflows import set_aside

sequester = App(name="sequester", help="What is set aside: privileged material, and bytes that nobody opens.")
app.command(sequester)


@sequester.command
def rule(op: Path, ref: str, *, word: tuple[str, ...] = (), reason: str, shared: Shared = DEFAULTS) -> None:
    """Set a rule: rows in which one of the words stands are set aside before they are records.

    Parameters
    ----------
    op
        Operation folder.
    ref
        Name of the rule; the same name again replaces it, without words it is taken back.
    word
        A name, address or phrase; may be given several times.
    reason
        Why.

    """
    set_aside.rule_privilege(op, shared.context(), PrivilegeRule(ref=ref, words=word, reason=reason))
    if shared.json:
        as_json({"ref": ref, "words": word})
    else:
        say(f"rule {hostile(ref)} stands for evidence that comes in from now on")
        next_move(f"for evidence that is in already: crossbearing evidence reread {op} EXHIBIT --purpose ...")


@sequester.command
def rules(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the rules that stand.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = set_aside.list_rules(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("rule", "words", "reason"),
        [(hostile(r.ref), hostile(", ".join(r.words), 80), hostile(r.reason)) for r in found],
    )


@sequester.command
def hashes(op: Path, list_file: Path, *, name: str, shared: Shared = DEFAULTS) -> None:
    """Register a list of hashes whose bytes nobody opens.

    Parameters
    ----------
    op
        Operation folder.
    list_file
        Text file; the first word of each line is a SHA-256.
    name
        Name of the list.

    """
    count = set_aside.list_hashes(op, shared.context(), name=name, path=list_file)
    if shared.json:
        as_json({"name": name, "hashes": count})
    else:
        say(f"{plural(count, 'hash', 'hashes')} registered as {hostile(name)}")


@sequester.command
def row(op: Path, exhibit: str, offset: int, *, part: str = "", reason: str, shared: Shared = DEFAULTS) -> None:
    """Set one row of an exhibit aside, with all records made of it.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    offset
        Byte at which the row begins, as its place says.
    part
        File within the exhibit, if it has several.
    reason
        Why, without saying what the row says.

    """
    count = set_aside.set_aside_row(op, shared.context(), exhibit, part=part, offset=offset, reason=reason)
    if shared.json:
        as_json({"records": count})
    else:
        say(f"{plural(count, 'record')} set aside; only a reviewer outside the case sees them")
        next_move(f"crossbearing run {op}")


@sequester.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List where rows stand that are set aside; never what they say.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = set_aside.list_set_aside(op, shared.context())
    if shared.json:
        as_json(found)
        return
    rows = [(one.exhibit_id, hostile(one.part, 40), hostile(one.source_table), str(one.byte_offset)) for one in found]
    table(("exhibit", "part", "table", "byte"), rows, right={"byte"})


@sequester.command
def review(op: Path, exhibit: str, offset: int, *, part: str = "", shared: Shared = DEFAULTS) -> None:
    """Read a row that is set aside; for an appointed reviewer outside the case, with --purpose.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    offset
        Byte at which the row begins.
    part
        File within the exhibit, if it has several.

    """
    found = set_aside.review_row(op, shared.context(), exhibit, part=part, offset=offset)
    if shared.json:
        as_json(found)
        return
    for one in found:
        for name, value in one.items():
            if value is not None:
                say(f"{name:22} {hostile(str(value), 2000)}")
        say("")


@sequester.command
def release(op: Path, exhibit: str, offset: int, *, part: str = "", reason: str, shared: Shared = DEFAULTS) -> None:
    """Put a row back among the records; for an appointed reviewer outside the case, with --purpose.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    offset
        Byte at which the row begins.
    part
        File within the exhibit, if it has several.
    reason
        Why.

    """
    count = set_aside.release_row(op, shared.context(), exhibit, part=part, offset=offset, reason=reason)
    if shared.json:
        as_json({"records": count})
    else:
        say(f"{plural(count, 'record')} released")
        next_move(f"crossbearing run {op}")
