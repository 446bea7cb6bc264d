"""Commands on retention: list, hold, lift, erase, destroy, correct."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from crossbearing.domain.errors import BadRequest
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, table
from crossbearing.presentation.text import number, plural
from crossbearing.workflows import correct_rows, erase
from crossbearing.workflows import retention as workflow

retention = App(name="retention", help="Retention: what is due, what is held, what is corrected, what is gone.")
app.command(retention)


@retention.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List what is due for review, the holds that stand, and the receipts of what is gone.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = workflow.show_retention(op, shared.context())
    if shared.json:
        as_json(found)
        return
    say(f"{plural(len(found.due), 'exhibit')} due for review")
    table(
        ("exhibit", "name", "review on", "held by"),
        [(one.exhibit_id, hostile(one.name, 30), one.review_on, ", ".join(one.holds)) for one in found.due],
    )
    say(f"\n{plural(len(found.holds), 'hold')}")
    table(
        ("hold", "holds", "owner", "reason", "review on"),
        [
            (h.hold_id, f"{h.kind} {hostile(h.name, 30)}", hostile(h.owner), hostile(h.reason), h.review_on)
            for h in found.holds
        ],
    )
    say(f"\n{plural(len(found.gone), 'erasure')}")
    table(
        ("receipt", "what", "day", "by", "rows", "state"),
        [
            (g.receipt, g.what, g.at[:10], hostile(g.by), number(g.rows), "done" if g.is_finished else "NOT FINISHED")
            for g in found.gone
        ],
        right={"rows"},
    )
    if found.backup_is_due:
        next_move(f"earlier backups open no more; make one: crossbearing backup make {op} FILE")


@retention.command
def hold(
    op: Path,
    *,
    owner: str,
    reason: str,
    review_on: str,
    exhibit: str = "",
    case: Annotated[str, Parameter(name="--held-case", help="Reference of the case that is held.")] = "",
    account: str = "",
    market: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Hold an exhibit, a case or an account against every erasure.

    Parameters
    ----------
    op
        Operation folder.
    owner
        Who needs it.
    reason
        Why.
    review_on
        Day on which the hold itself is reviewed, ISO date.
    exhibit
        Id of the exhibit that is held.
    account
        Handle or server id of the account that is held.
    market
        Its market.

    """
    held = [(kind, name) for kind, name in (("exhibit", exhibit), ("case", case), ("account", account)) if name]
    if len(held) != 1:
        raise BadRequest(
            f"{len(held)} things are named",
            where="retention hold",
            remedy="Name one: --exhibit, --held-case or --account.",
        )
    ((kind, name),) = held
    hold_id = workflow.place_hold(
        op, shared.context(), kind=kind, name=name, market=market, owner=owner, reason=reason, review_on=review_on
    )
    if shared.json:
        as_json({"hold_id": hold_id})
    else:
        say(f"{hold_id} stands")


@retention.command
def lift(op: Path, hold: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Lift a hold.

    Parameters
    ----------
    op
        Operation folder.
    hold
        Its id.
    reason
        Why.

    """
    workflow.lift_hold(op, shared.context(), hold, reason=reason)
    if shared.json:
        as_json({"hold_id": hold})
    else:
        say(f"{hostile(hold)} is lifted")


@retention.command(name="erase")
def erase_(
    op: Path,
    *,
    market: str,
    account: str,
    reason: str,
    mentions: Annotated[bool, Parameter(help="Blank the account's names in other people's texts too.")] = False,
    authority: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Erase one account and with it the person behind it; a receipt remains. Cannot be undone.

    Parameters
    ----------
    op
        Operation folder.
    market
        Market of the account.
    account
        Its handle or its id on the server.
    reason
        Why, in words that name nobody.
    authority
        Reference of a registered authorisation, if the erasure rests on one.

    """
    receipt = erase.erase_person(
        op, shared.context(authority), Watched(), market=market, account=account, reason=reason, blank_mentions=mentions
    )
    _print(receipt, op, shared)


@retention.command
def erase_rows(op: Path, *places: str, reason: str, authority: str = "", shared: Shared = DEFAULTS) -> None:
    """Erase rows of protected tables that name somebody who is no account. Cannot be undone.

    Parameters
    ----------
    op
        Operation folder.
    places
        Where the rows stand, as `person show --rows` and `protected show` give them.
    reason
        Why, in words that name nobody.
    authority
        Reference of a registered authorisation, if the erasure rests on one.

    """
    receipt = erase.erase_rows(op, shared.context(authority), Watched(), places, reason=reason)
    _print(receipt, op, shared)


@retention.command
def destroy(op: Path, exhibit: str, *, reason: str, authority: str = "", shared: Shared = DEFAULTS) -> None:
    """Destroy one exhibit: sealed originals, records, and what was built from them. Cannot be undone.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    reason
        Why, in words that name nobody.
    authority
        Reference of a registered authorisation, if it rests on one.

    """
    _print(erase.destroy_exhibit(op, shared.context(authority), Watched(), exhibit, reason=reason), op, shared)


@retention.command
def finish(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Carry out erasures that were decided and then cut off, by a crash or a power cut.

    Parameters
    ----------
    op
        Operation folder.

    """
    count = erase.finish_erasures(op, shared.context(), Watched())
    if shared.json:
        as_json({"finished": count})
    else:
        say(f"{plural(count, 'erasure')} carried out" if count else "nothing was left to do")


@retention.command
def correct(
    op: Path,
    exhibit: str,
    *,
    table: str,
    offset: int,
    part: str = "",
    set: Annotated[tuple[str, ...], Parameter(help="COLUMN=VALUE; empty after = for unknown.")],  # noqa: A002
    reason: str,
    shared: Shared = DEFAULTS,
) -> None:
    """Put a superseding row in the place of what an exhibit states; the exhibit's bytes stay.

    Parameters
    ----------
    op
        Operation folder.
    exhibit
        Its id.
    table
        Record table of the row.
    offset
        Byte at which the row begins, as its place says.
    part
        File within the exhibit, if it has several.
    reason
        Why, in words that repeat no personal data: partners who got a package that rests on it read them.

    """
    values = dict(one.partition("=")[::2] for one in set)
    found = correct_rows.correct_row(
        op, shared.context(), exhibit, table=table, offset=offset, part=part, values=values, reason=reason
    )
    if shared.json:
        as_json(found)
        return
    say(f"{plural(found.rows, 'row')} of {found.table} superseded: {', '.join(found.columns)}")
    if found.packages:
        say(f"marked for correction: {', '.join(found.packages)}")
    next_move(f"crossbearing run {op}")


def _print(receipt: erase.Receipt, op: Path, shared: Shared) -> None:
    if shared.json:
        as_json(receipt)
        return
    say(f"[bold]{receipt.receipt}[/bold]  keep this receipt")
    for name, count in receipt.rows.items():
        say(f"  {number(count)} rows of {name}")
    say(
        f"  {number(receipt.acts)} entries of the log lost their words; {number(receipt.kept_acts)} that name it remain"
    )
    if receipt.mentions:
        say(f"  {number(receipt.mentions)} texts of other people still mention it; --mentions blanks them")
    say(f"  keys destroyed: {', '.join(receipt.keys_destroyed)}")
    if receipt.packages:
        say(f"  to be recalled: {', '.join(receipt.packages)}")
    next_move(f"earlier backups open no more; make one: crossbearing backup make {op} FILE")
