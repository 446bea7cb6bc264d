"""Commands on operators: list, show, review, judge, undo."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from cyclopts import App
from rich.prompt import Prompt

from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, err, hostile, next_move, out, say
from crossbearing.presentation.text import plural
from crossbearing.workflows.judge_pairs import Judged, consult_pair, judge, list_operators, list_pairs

operator = App(name="operator", help="Which accounts are one operator: proposed by software, judged by people.")
app.command(operator)


@operator.command(name="list")
def list_(
    op: Path,
    *,
    tier: Literal["proposal", "imitation", "lead", ""] = "",
    open_only: bool = False,
    most: int = 20,
    shared: Shared = DEFAULTS,
) -> None:
    """List pairs of accounts with what speaks for and against them, and the operators that judgements make.

    Parameters
    ----------
    op
        Operation folder.
    tier
        Only proposals, only possible imitations, or only leads.
    open_only
        Leave out pairs that were judged the same or different.
    most
        Pairs that are shown, the likeliest first; 0 for all. --json always has all.

    """
    context = shared.context()
    pairs = list_pairs(op, context, PairKind.ACCOUNT, tier=tier, open_only=open_only)
    standing = list_operators(op, context)
    if shared.json:
        as_json({"pairs": pairs, "operators": standing.operators, "conflicts": standing.conflicts})
        return
    shown = pairs[:most] if most > 0 else pairs
    for pair in shown:
        _print_pair(pair)
    if len(shown) < len(pairs):
        say(f"… {plural(len(pairs) - len(shown), 'further pair')}; --most 0 shows all")
    _print_standing(standing)
    next_move(f"crossbearing operator review {op}")


@operator.command
def show(op: Path, pair: str, *, shared: Shared = DEFAULTS) -> None:
    """Show one pair with every reason and the rows behind it; looking is an act in the log.

    Parameters
    ----------
    op
        Operation folder.
    pair
        Pair id, as `operator list` shows it.

    """
    found = consult_pair(op, shared.context(), PairKind.ACCOUNT, pair)
    if shared.json:
        as_json(found)
        return
    _print_pair(found)
    _print_bars(found)
    for place in found["places"]:
        say(f"  row  {hostile(place, 200)}")
    next_move(f"crossbearing operator judge {op} {pair} same|different|unsure --reason …")


@operator.command(name="judge")
def judge_(
    op: Path,
    pair: str,
    verdict: Literal["same", "different", "unsure"],
    *,
    reason: str,
    authority: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Record your answer about one pair.

    Parameters
    ----------
    op
        Operation folder.
    pair
        Pair id, as `operator list` shows it.
    verdict
        same, different or unsure.
    reason
        Why, in a few words.
    authority
        Authorisation relied on.

    """
    context = shared.context(authority)
    _print_judged(judge(op, context, PairKind.ACCOUNT, pair, Verdict(verdict), reason=reason), op, shared)


@operator.command
def undo(op: Path, pair: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Withdraw the judgement of one pair; everybody else's judgements stay.

    Parameters
    ----------
    op
        Operation folder.
    pair
        Pair id.
    reason
        Why, in a few words.

    """
    context = shared.context()
    _print_judged(judge(op, context, PairKind.ACCOUNT, pair, Verdict.WITHDRAWN, reason=reason), op, shared)


@operator.command
def review(op: Path, *, tier: Literal["proposal", "imitation", "lead"] = "proposal", shared: Shared = DEFAULTS) -> None:
    """Go through open pairs one by one in the terminal.

    Parameters
    ----------
    op
        Operation folder.
    tier
        Which pairs to go through.

    """
    if not out.is_terminal:
        raise BadRequest(
            "A review needs a terminal",
            where="operator review",
            remedy="Use `crossbearing operator list` and `operator judge` in scripts.",
        )
    context = shared.context()
    queue = list_pairs(op, context, PairKind.ACCOUNT, tier=tier, open_only=True)
    done: list[int] = []
    place = 0
    while place < len(queue):
        pair = queue[place]
        say(f"\n[bold]{place + 1} of {len(queue)}[/bold]")
        _print_pair(pair)
        key = Prompt.ask(
            "s same · d different · u unsure · k skip · z undo the last · q stop",
            choices=["s", "d", "u", "k", "z", "q"],
            show_choices=False,
            console=err,
        )
        if key == "q":
            break
        if key == "z":
            place = _undone(op, context, queue, done) if done else place
            continue
        if key in _KEYS and not _answered(op, context, pair["pair_id"], _KEYS[key]):
            continue
        done += [place] if key in _KEYS else []
        place += 1
    say(f"{len(done)} judged")
    next_move(f"crossbearing run {op}")


def _answered(op: Path, context: Context, pair_id: str, verdict: Verdict) -> bool:
    """Ask for the reason and record the answer; false if none was given."""
    reason = Prompt.ask("reason", console=err)
    if not reason.strip():
        say("not recorded: a judgement needs a reason")
        return False
    judge(op, context, PairKind.ACCOUNT, pair_id, verdict, reason=reason)
    return True


def _undone(op: Path, context: Context, queue: list[dict[str, Any]], done: list[int]) -> int:
    """Withdraw the last answer of this review; gives the place to go back to."""
    place = done.pop()
    pair_id = queue[place]["pair_id"]
    judge(op, context, PairKind.ACCOUNT, pair_id, Verdict.WITHDRAWN, reason="undone in review")
    say(f"withdrew {pair_id}; it is open again")
    return place


_KEYS = {"s": Verdict.SAME, "d": Verdict.DIFFERENT, "u": Verdict.UNSURE}


def _print_pair(pair: Mapping[str, Any]) -> None:
    judged = f"judged {pair['verdict']} by {hostile(pair['judged_by'])}" if pair["verdict"] else "open"
    say(f"[bold]{pair['pair_id']}[/bold]  {pair['tier']}, {judged}")
    for side in ("left", "right"):
        handle, market = hostile(pair[f"{side}_handle"], 40), hostile(pair[f"{side}_market"], 30)
        say(f"  {handle} on {market}  {pair[f'{side}_id']}")
    say(f"  probability {pair['probability']:.3f} by {pair['model']}; log-odds {pair['log_odds']:+.2f}")
    for reason in pair["reasons_for"]:
        say(f"  [green]for[/green]      {hostile(reason, 300)}")
    for reason in pair["reasons_against"]:
        say(f"  [red]against[/red]  {hostile(reason, 300)}")
    if pair["verdict"]:
        say(f"  reason   {hostile(pair['judgement_reason'], 200)}")


def _print_bars(pair: Mapping[str, Any]) -> None:
    """The parts of the score, heaviest first; prior and bars add up to it."""
    say(f"  {'prior':14}{pair['prior']:+8.2f}")
    for bar in pair["bars"]:
        length = "█" * round(2 * abs(bar["log_lr"]))
        low, high = bar["log_lr_low"], bar["log_lr_high"]
        say(
            f"  {bar['signal']:14}{bar['log_lr']:+8.2f}  {length} {bar['level']} ({low:+.1f} to {high:+.1f}), "
            f"{plural(len(bar['places']), 'row')}"
        )
    say(f"  {'sum':14}{pair['log_odds']:+8.2f}")


def _print_judged(judged: Judged, op: Path, shared: Shared) -> None:
    if shared.json:
        as_json(judged)
        return
    say(f"{judged.pair_id}: {judged.verdict}")
    _print_standing(judged)
    next_move(f"crossbearing run {op}")


def _print_standing(standing: Judged) -> None:
    for operator_id, accounts in standing.operators.items():
        say(f"{operator_id}  {', '.join(accounts)}")
    for one, other in standing.conflicts:
        say(f"[red]conflict[/red]  {one} and {other} are judged different, but other judgements join them")
