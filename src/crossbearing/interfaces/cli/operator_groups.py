"""The command on groups that the scores speak for: operator groups."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.operator import operator
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say
from crossbearing.presentation.text import NOT_KNOWN, number, plural
from crossbearing.workflows.show_groups import Bond, ShownGroup, list_groups

_BONDS: Final = 12  # of a group that are printed; JSON has all
_ACCOUNTS: Final = 20
_WAITS: Final = "a second person is to judge it"

Names = Mapping[str, Mapping[str, Any]]


@operator.command
def groups(op: Path, *, market: str = "", most: int = 20, shared: Shared = DEFAULTS) -> None:
    """List the groups of accounts that the scores speak for, with what holds each together and what speaks against it.

    A group joins nothing; people judge pairs. A pair that you are to judge blind counts as even odds, without answers.

    Parameters
    ----------
    op
        Operation folder.
    market
        Only groups with an account on this market.
    most
        Groups that are shown, proposed ones first, the largest first; 0 for all. --json always has all.

    """
    found = list_groups(op, shared.context(), market=market, most=0 if shared.json else max(most, 0))
    if shared.json:
        as_json(found)
        return
    for one in found.conflicts:
        say(f"[red]conflict[/red]  {_bond(one.different, found.accounts)}; but these join them:")
        for bond in one.through:
            say(f"  {_bond(bond, found.accounts)}")
    if len(found.conflicts) < found.conflict_count:
        say(f"… {plural(found.conflict_count - len(found.conflicts), 'further conflict')}; `operator list` names all")
    for group in found.groups:
        _print_group(group, found.accounts)
    if len(found.groups) < found.count:
        say(f"… {plural(found.count - len(found.groups), 'further group')}; --most 0 shows all")
    if not found.count:
        say("no group")
    next_move(f"crossbearing operator show {op} PAIR")


def _print_group(group: ShownGroup, names: Names) -> None:
    markets = {names[member]["market"] for member in group.accounts}
    say(f"[bold]{group.group_id}[/bold]  {_STATES[group.state]}, {_size(group)} on {plural(len(markets), 'market')}")
    for member in group.accounts[:_ACCOUNTS]:
        say(f"  {_account(member, names)}  {member}")
    if len(group.accounts) > _ACCOUNTS:
        say(f"  … {plural(len(group.accounts) - _ACCOUNTS, 'further account')}")
    if group.state == "too large":
        return
    weakest = NOT_KNOWN if group.weakest is None else f"{group.weakest.probability:.3f}, {group.weakest.pair_id}"
    say(f"  the least likely pair that people did not join  {weakest}")
    seen = plural(group.pairs - group.blind, "pair")
    say(f"  rest on a key, contact or wallet of both  {number(group.identity_bonds)} of {seen}")
    for bond in group.bonds[:_BONDS]:
        say(f"  {_bond(bond, names)}")
    if len(group.bonds) > _BONDS:
        say(f"  … {plural(len(group.bonds) - _BONDS, 'further pair')}; --json has all")
    for bond in group.outside:
        say(f"  [red]apart[/red]  {_bond(bond, names)}")


def _size(group: ShownGroup) -> str:
    return plural(len(group.accounts), "account")


def _bond(bond: Bond, names: Names) -> str:
    sides = f"{bond.pair_id or 'no signal'}  {_account(bond.left_id, names)} and {_account(bond.right_id, names)}"
    if bond.tier == "blind":
        return f"{sides}  you are to judge it blind"
    sure = NOT_KNOWN if bond.probability is None else f"{bond.probability:.3f}"
    said = f"judged {bond.verdict} by {hostile(bond.judged_by)}" if bond.verdict else "open"
    kinds = ("a key, contact or wallet" if bond.is_identity else "", said, _WAITS if bond.waits else "")
    return f"{sides}  probability {sure}; {'; '.join(filter(None, kinds))}"


def _account(account_id: str, names: Names) -> str:
    one = names[account_id]
    return f"{hostile(one['handle'], 40)} on {hostile(one['market'], 30)}" if one["market"] else account_id


_STATES: Final = {
    "proposed": "proposed",
    "judged": "joined by people",
    "too large": "too large to group; people look first",
}
