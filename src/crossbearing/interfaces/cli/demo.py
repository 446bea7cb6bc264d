"""The whole story on simulated evidence, from the first file to the last figure."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from crossbearing.domain.errors import Contradiction
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, shown_path, table
from crossbearing.presentation.text import number, quantity
from crossbearing.workflows import new_operation
from crossbearing.workflows.add_evidence import add_evidence, read_manifest
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import Built, build_packages
from crossbearing.workflows.evaluate_against_truth import evaluate_against_truth
from crossbearing.workflows.judge_pairs import judge, list_pairs
from crossbearing.workflows.list_outcomes import PROFILES
from crossbearing.workflows.play_judges import play_judges
from crossbearing.workflows.show_agreement import show_agreement
from crossbearing.workflows.show_results import show_results, write_results_page
from crossbearing.workflows.simulate_operation import simulate_operation


class Stages:
    """What each stage did and how long it took."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rows: list[tuple[str, float, str]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[list[str]]:
        """Time a stage; what is appended to the list is what it did."""
        did: list[str] = []
        began = time.perf_counter()
        yield did
        self.rows.append((name, time.perf_counter() - began, "; ".join(did)))


@app.command
def demo(folder: Path, *, size: str = "tiny", seed: int = 7, shared: Shared = DEFAULTS) -> None:
    """Simulate an operation and carry it from evidence to packages and results.

    Parameters
    ----------
    folder
        Folder to work in; it must not exist yet, or be empty.
    size
        How much is simulated: tiny, monopoly or alphabay.
    seed
        Any whole number.

    """
    if folder.exists() and any(folder.iterdir()):
        raise Contradiction(
            "There is something at this place already",
            where=str(folder),
            remedy="Delete it if it is an old demo, or name another folder.",
        )
    analyst = replace(shared, person=shared.person or "a script (nobody looked)")
    stages, sim, op = Stages(), folder / "simulated", folder / "nightjar"
    with stages.stage("simulate evidence and truth") as did:
        did.append(f"{len(simulate_operation(sim, Watched(), size=size, seed=seed).files)} files")
    _take_in(stages, sim, op, analyst)
    _judge_all(stages, sim, op, analyst)
    with stages.stage("build one package per country") as did:
        built = build_packages(op, analyst.context(), Watched())
        did.append(", ".join(one.country for one in built))
    totals = _results(stages, sim, op, analyst)
    with stages.stage("evaluate against the truth") as did:
        scores = {s.name: s for s in evaluate_against_truth(op, analyst.context(), sim / "truth").scores}
        right = scores["proposals"].precision
        did.append(f"proposals: {right.hits} of {right.trials} right (simulation)")
    _print(stages, built, totals, folder, shared)


def _take_in(stages: Stages, sim: Path, op: Path, analyst: Shared) -> None:
    context = analyst.context()
    with stages.stage("add evidence") as did:
        new_operation.new_operation(op, context, name="Nightjar", coordinator="Demo coordinator")
        for authorisation in new_operation.authorities_in(sim / "manifest.json"):
            new_operation.add_authority(op, context, authorisation)
        handed_in = [replace(one, keep_unread=True) for one in read_manifest(sim / "manifest.json")]
        added = add_evidence(op, context, handed_in, Watched())
        parts = [part for one in added for part in one.exhibit.parts]
        did.append(
            f"{number(sum(p.rows_in for p in parts))} rows in = {number(sum(p.rows_out for p in parts))} out + "
            f"{number(sum(p.rows_refused for p in parts))} refused"
        )
        unread = sum(one.exhibit.source == "kept unread" for one in added)
        did.append(f"{unread} of {len(added)} exhibits kept unread, for no reader takes them yet")
    with stages.stage("run: derive, propose, rank, route") as did:
        did.append(f"{bring_up_to_date(op, context, Watched()).built} tables")


def _judge_all(stages: Stages, sim: Path, op: Path, analyst: Shared) -> None:
    """Let simulated judges answer every proposal, and take the last answer back; real ones look first."""
    context = analyst.context()
    with stages.stage("judge proposals, undo one") as did:
        pairs = list_pairs(op, context, PairKind.ACCOUNT, open_only=True)
        blind = [pair for pair in pairs if pair["is_blind"]]
        proposals = [pair for pair in pairs if pair["tier"] == "proposal"]
        asked = proposals + [pair for pair in blind if pair not in proposals]
        answers = play_judges(sim / "truth", asked) + play_judges(sim / "truth", blind, turn=1)
        for one in answers:
            reason = "answered by a simulated judge, to show the story"
            judge(op, replace(context, person=one.judge), PairKind.ACCOUNT, one.pair_id, one.verdict, reason=reason)
        for one in answers[-1:]:  # nobody knows beforehand that there is a pair
            reason, whose = "demo: it can be undone", one.judge
            judge(op, context, PairKind.ACCOUNT, one.pair_id, Verdict.WITHDRAWN, reason=reason, of=whose)
        hours = sum(one.seconds for one in answers) / 3600
        agreed = show_agreement(op, context).blind.same_answer
        did.append(f"{len(proposals)} proposals, {len(answers)} answers of simulated judges, one withdrawn")
        did.append(f"{len(blind)} pairs blind by two, {agreed.hits} of {agreed.trials} answered alike")
        did.append(f"people would have taken {hours:.1f} hours")
        bring_up_to_date(op, context, Watched())


def _results(stages: Stages, sim: Path, op: Path, analyst: Shared) -> str:
    context = analyst.context()
    with stages.stage("import outcomes, add up") as did:
        reports = [replace(one, accept_only=PROFILES) for one in read_manifest(sim / "manifest.json", "outcomes")]
        add_evidence(op, context, reports, Watched())
        bring_up_to_date(op, context, Watched())
        pairs = list_pairs(op, context, PairKind.OUTCOME, open_only=True)
        if pairs:
            nearest = min(pairs, key=lambda pair: (pair["days_apart"], pair["pair_id"]))
            reason = "one arrest in two reports; the other pairs are left open"
            judge(op, context, PairKind.OUTCOME, nearest["pair_id"], Verdict.SAME, reason=reason)
            bring_up_to_date(op, context, Watched())
        found = show_results(op, context, currency="EUR")
        write_results_page(found, op / "results.html")
        line = found[0].lines[0]
        detailed = sum((part.counted for part in line.countries), Decimal(0))
        # A stated total may be a misprint; what has details is what can be shown.
        did.append(
            f"{quantity(detailed, line.unit)} arrested with details, {number(int(line.total))} as stated, in "
            f"{len(line.countries)} countries (invented)"
        )
        return did[0]


def _print(stages: Stages, built: list[Built], totals: str, folder: Path, shared: Shared) -> None:
    results = folder / "nightjar" / "results.html"
    if shared.json:
        as_json(
            {
                "stages": [{"stage": name, "seconds": round(took, 3), "did": did} for name, took, did in stages.rows],
                "packages": built,
                "results": results,
                "totals": totals,
            }
        )
        return
    table(
        ("stage", "seconds", "what it did"),
        [(name, f"{took:.2f}", hostile(did, 200)) for name, took, did in stages.rows],
        right={"seconds"},
    )
    say(f"\n{sum(took for _, took, _ in stages.rows):.1f} s in all. Everything in it is invented.")
    for one in built:
        say(f"  package  {shown_path(one.page)}")
    say(f"  results  {results}")
    next_move(f"open one of these in a browser; then: crossbearing status {folder / 'nightjar'}")
