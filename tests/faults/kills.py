"""SIGKILL at random moments of taking evidence in, deriving and judging, and again while it is repeated."""

import shutil
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from faults.harness import KILLED, Child, as_wrong, in_child
from faults.scenario import Act, Bench, differences, do_all, make_empty, picture, spoil_leftovers, standing

_KILLS_IN_A_ROW = 6  # on one operation, before it is left to come to its end


def main(folder: Path, *, count: int, seed: int) -> dict[str, Any]:
    """Make that many kills.

    Args:
        folder: Empty.
        count: Kills.
        seed: Of the moments.
    """
    random = Random(seed)
    bench = Bench(folder)
    in_child(partial(make_empty, bench.ready))
    acts = bench.everything()
    expected, seconds = _undisturbed(bench, acts)
    found: dict[str, Any] = {"kills": 0, "operations": 0, "leftovers": 0, "wrong": []}
    while_doing: Counter[str] = Counter()
    while found["kills"] < count and len(found["wrong"]) < 10:
        found["operations"] += 1
        where = f"operation {found['operations']}"
        trial = bench.copied(f"trial-{found['operations']}")
        _until_done(trial, bench, acts, (random, seconds, found, while_doing))
        with as_wrong(found["wrong"], f"{where}, repeated to its end"):
            found["wrong"] += [f"{where}: {one}" for one in differences(in_child(partial(_end, trial, acts)), expected)]
        if not found["wrong"]:
            shutil.rmtree(trial)
    return {**found, "while": dict(while_doing), "scenario_seconds": round(sum(seconds.values()), 2)}


def _undisturbed(bench: Bench, acts: list[Act]) -> tuple[dict[str, Any], dict[str, float]]:
    """The picture of a run that nothing disturbs, and how long each act takes."""
    import time

    trial = bench.copied("undisturbed")
    moments = [time.monotonic()]
    child = Child(partial(do_all, trial, acts))
    while len(moments) <= len(acts):
        if not child.listen(0.005) and len(child.said) < len(acts):
            break
        moments += [time.monotonic()] * (len(child.said) + 1 - len(moments))
    if child.wait():
        raise RuntimeError(child.failure)
    seconds = {act.name: moments[n + 1] - moments[n] for n, act in enumerate(acts)}
    return in_child(partial(_end, trial, acts)), seconds


def _until_done(
    trial: Path, bench: Bench, acts: list[Act], how: tuple[Random, dict[str, float], dict[str, Any], Counter[str]]
) -> None:
    random, seconds, found, while_doing = how
    done: list[str] = []
    for kills_left in range(_KILLS_IN_A_ROW, 0, -1):
        left = [act for act in acts if act.name not in done]
        child = Child(lambda say, left=left: do_all(trial, left, say))
        child.listen(random.uniform(0, 2 * sum(seconds[act.name] for act in left) / (kills_left + 1)))
        child.kill()
        status = child.wait()
        done += child.said
        if status != KILLED:
            if child.failure:
                found["wrong"].append(f"it could not be repeated: {child.failure}")
            return
        found["kills"] += 1
        while_doing[acts[len(done)].name] += 1
        found["leftovers"] += spoil_leftovers(trial)
        with as_wrong(found["wrong"], f"after kill {found['kills']}"):
            wrong = in_child(partial(standing, trial, done, bench.exhibit_of))
            found["wrong"] += [f"after kill {found['kills']}, {done} acknowledged: {one}" for one in wrong]


def _end(trial: Path, acts: list[Act]) -> dict[str, Any]:
    do_all(trial, acts)
    return picture(trial)
