"""Commands on operators: list, show, review, judge, undo."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from cyclopts import App
from rich.prompt import Prompt

from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.score import Share
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, err, hostile, next_move, out, say, table
from crossbearing.presentation.text import NOT_KNOWN, plural
from crossbearing.workflows.judge_pairs import Judged, consult_pair, judge, list_operators, list_pairs, review_queue
from crossbearing.workflows.show_agreement import show_agreement
from crossbearing.workflows.show_operator import Operator, show_operator

operator = App(name="operator", help="Which accounts are one operator: proposed by software, judged by people.")
app.command(operator)


@operator.command(name="list")
def list_(
    op: Path,
    *,
    tier: Literal["proposal", "imitation", "lead", ""] = "",
    open_only: bool = False,
    most: int = 20,
    as_of: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """List pairs of accounts with what speaks for and against them, and the operators that judgements make.

    Of the pairs that you are to judge blind, no score is shown.

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
    as_of
        Show only the operators, as the judgements made them on this day, or at this time.

    """
    context = shared.context()
    standing = list_operators(op, context, as_of=as_of)
    pairs = [] if as_of else list_pairs(op, context, PairKind.ACCOUNT, tier=tier, open_only=open_only, as_seen=True)
    if shared.json:
        names = ("operators", "conflicts", "held", "disputed")
        as_json({"pairs": pairs, **{name: getattr(standing, name) for name in names}})
        return
    shown = pairs[:most] if most > 0 else pairs
    for pair in shown:
        _print_pair(pair)
    if len(shown) < len(pairs):
        say(f"… {plural(len(pairs) - len(shown), 'further pair')}; --most 0 shows all")
    _print_standing(standing)
    next_move(f"crossbearing operator review {op}")


@operator.command
def show(op: Path, name: str, *, shared: Shared = DEFAULTS) -> None:
    """Show one pair or one operator with every reason and the rows behind it; looking is an act in the log.

    Parameters
    ----------
    op
        Operation folder.
    name
        Pair or operator, as `operator list` shows it.

    """
    if name.startswith("O-"):
        _print_operator(show_operator(op, shared.context(), name), op, shared)
        return
    found = consult_pair(op, shared.context(), PairKind.ACCOUNT, name)
    if shared.json:
        as_json(found)
        return
    _print_pair(found)
    _print_bars(found)
    _print_shared_run(found)
    for handover in found["handovers"]:
        say(f"  [yellow]period[/yellow]   {hostile(handover['reason'], 300)}")
    for place in found["places"]:
        say(f"  row  {hostile(place, 200)}")
    next_move(f"crossbearing operator judge {op} {name} same|different|unsure --reason …")


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
def undo(op: Path, pair: str, *, reason: str, of: str = "", shared: Shared = DEFAULTS) -> None:
    """Withdraw your answer about one pair; everybody else's answers stay.

    Parameters
    ----------
    op
        Operation folder.
    pair
        Pair id.
    reason
        Why, in a few words.
    of
        Withdraw the answer of this person instead of your own.

    """
    context = shared.context()
    _print_judged(judge(op, context, PairKind.ACCOUNT, pair, Verdict.WITHDRAWN, reason=reason, of=of), op, shared)


@operator.command
def agreement(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Show how far the people who judge agree, and whether the score that they see moves their answers.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = show_agreement(op, shared.context())
    if shared.json:
        as_json(found)
        return
    blind = found.blind
    say(f"{plural(found.answers, 'answer')} of {plural(len(found.by_person), 'person', 'persons')}")
    say(f"judged blind by two: one pair in {found.one_in}; {plural(blind.pairs, 'pair')} so far")
    say(f"  equal answers  {_share(blind.same_answer)}")
    alpha = NOT_KNOWN if blind.alpha is None else f"{blind.alpha:.2f} (1: throughout, 0: as by chance)"
    say(f"  alpha          {alpha}")
    rows = [(band.probability, _share(band.blind), _share(band.shown)) for band in found.bands]
    table(("probability", "same, score not shown", "same, score shown"), rows)
    for pair in found.disputed:
        say(f"[red]disputed[/red]  {pair}")


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
    queue = review_queue(op, context, tier=tier)
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
    if pair["is_blind"]:
        say("  one of the pairs that two people judge without seeing the score")
    else:
        say(f"  probability {pair['probability']:.3f} by {pair['model']}; log-odds {pair['log_odds']:+.2f}")
    for reason in pair["reasons_for"]:
        say(f"  [green]for[/green]      {hostile(reason, 300)}")
    for reason in pair["reasons_against"]:
        say(f"  [red]against[/red]  {hostile(reason, 300)}")
    if pair["verdict"]:
        say(f"  reason   {hostile(pair['judgement_reason'], 200)}")


def _print_bars(pair: Mapping[str, Any]) -> None:
    """The parts of the score, heaviest first; prior and bars add up to it. Of a blind pair, what was compared."""
    if pair["is_blind"]:
        for bar in pair["bars"]:
            say(f"  {bar['signal']:14}{bar['level']}, {plural(len(bar['places']), 'row')}")
        return
    say(f"  {'prior':14}{pair['prior']:+8.2f}")
    for bar in pair["bars"]:
        length = "█" * round(2 * abs(bar["log_lr"]))
        low, high = bar["log_lr_low"], bar["log_lr_high"]
        alone = f", {bar['log_lr_before']:+.1f} without its family" if bar["log_lr_before"] != bar["log_lr"] else ""
        say(
            f"  {bar['signal']:14}{bar['log_lr']:+8.2f}  {length} {bar['level']} ({low:+.1f} to {high:+.1f}{alone}), "
            f"{plural(len(bar['places']), 'row')}"
        )
    say(f"  {'sum':14}{pair['log_odds']:+8.2f}")


def _print_shared_run(pair: Mapping[str, Any]) -> None:
    if not (run := pair["shared_run"]):
        return
    first = next(
        (pair[f"{side}_handle"] for side in ("left", "right") if pair[f"{side}_id"] == run["seen_first_id"]), ""
    )
    seen = f"seen first with {hostile(first, 40)}" if run["seen_first_id"] else "with whom first is not known"
    say(f"  both write {run['shared_words']} words in one order, {seen}: “{hostile(run['shared_text'], 400)}”")


def _print_judged(judged: Judged, op: Path, shared: Shared) -> None:
    if shared.json:
        as_json(judged)
        return
    others = "" if str(judged.standing) == str(judged.verdict) else f"; all answers come to {judged.standing}"
    say(f"{judged.pair_id}: {judged.verdict}{others}")
    _print_standing(judged)
    next_move(f"crossbearing run {op}")


def _print_standing(standing: Judged) -> None:
    for operator_id, accounts in standing.operators.items():
        say(f"{operator_id}  {', '.join(accounts)}")
    for one, other in standing.conflicts:
        say(f"[red]conflict[/red]  {one} and {other} are judged different, but other judgements join them")
    for one, other in standing.disputed:
        say(f"[red]disputed[/red]  {one} and {other}: one person says the same, another different")
    for one, other in standing.held:
        say(f"[yellow]held[/yellow]  {one} and {other} alone would join two groups; a second person is to judge them")


def _print_operator(found: Operator, op: Path, shared: Shared) -> None:
    if shared.json:
        as_json(found)
        return
    say(f"[bold]{found.operator_id}[/bold]  {plural(len(found.accounts), 'account')}")
    for one in found.accounts:
        say(f"  {hostile(one['handle'], 40)} on {hostile(one['market'], 30)}  {one['account_id']}")
    for link in found.links:
        sure = NOT_KNOWN if link.probability is None else f"{link.probability:.3f}"
        said = f"judged {link.verdict} by {hostile(link.judged_by)}: {hostile(link.reason)}" if link.verdict else "open"
        said = "you are to judge it blind" if link.is_blind else said
        say(f"  {link.left_id} and {link.right_id}  probability {sure}; {said}")
        if link.parts:
            say(f"    without it: {' | '.join(', '.join(part) for part in link.parts)}")
    next_move(f"crossbearing operator show {op} PAIR")


def _share(share: Share) -> str:
    if share.value is None or share.interval is None:
        return NOT_KNOWN
    low, high = share.interval
    return f"{share.hits} of {share.trials}: {share.value:.2f} ({low:.2f} to {high:.2f})"
