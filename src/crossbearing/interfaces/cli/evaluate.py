"""The command that compares an operation with a simulation's truth."""

from pathlib import Path

from crossbearing.domain.score import Score, Share
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, plain, say, table
from crossbearing.presentation.text import NOT_KNOWN
from crossbearing.workflows.evaluate_against_truth import evaluate_against_truth


@app.command
def evaluate(op: Path, *, truth: Path, shared: Shared = DEFAULTS) -> None:
    """Precision and recall of proposals and judgements against a simulation's truth.

    Parameters
    ----------
    op
        Operation folder.
    truth
        The `truth` folder that `crossbearing simulate` wrote.

    """
    found = evaluate_against_truth(op, shared.context(), truth)
    if shared.json:
        as_json({**plain(found), "scores": [_machine(s) for s in found.scores]})
        return
    say(
        f"condition: {found.condition}; {found.accounts} of {found.accounts_in_truth} true seller accounts found; "
        f"{found.true_pairs} true pairs"
    )
    rows = [(s.name, str(s.pairs), _share(s.precision), _share(s.recall)) for s in found.scores]
    table(("", "pairs", "precision (95 %)", "recall (95 %)"), rows, right={"pairs"})
    say("a simulation shows that the rules do what they say; it does not show how they do on real markets")


def _share(share: Share) -> str:
    if share.value is None or share.interval is None:
        return NOT_KNOWN
    low, high = share.interval
    return f"{share.value:.2f} ({low:.2f} to {high:.2f}), {share.hits} of {share.trials}"


def _machine(score: Score) -> dict[str, object]:
    def of(share: Share) -> dict[str, object]:
        return {"value": share.value, "interval": share.interval, "hits": share.hits, "trials": share.trials}

    return {
        "name": score.name,
        "pairs": score.pairs,
        "precision": of(score.precision),
        "recall": of(score.recall),
    }
