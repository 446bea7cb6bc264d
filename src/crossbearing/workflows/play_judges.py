"""What simulated judges answer about pairs, so that human effort and error can be measured.

Besides the evaluation the only module that reads a truth folder. It answers; it records nothing.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.errors import UnreadableSource
from crossbearing.domain.judgement import Verdict
from crossbearing.simulation.judges import JudgeDials, judge_pairs


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of a simulated judge.

    Attributes:
        judge: What the log is to call them.
        seconds: Time that a person would have taken.
    """

    pair_id: str
    judge: str
    verdict: Verdict
    seconds: float


def play_judges(truth: Path, pairs: Iterable[Mapping[str, Any]], *, turn: int = 0) -> list[Answered]:
    """Put each pair before the judge whose turn it is.

    Args:
        truth: The ``truth`` folder that ``crossbearing simulate`` wrote.
        pairs: Account pairs as ``list_pairs`` gives them.
        turn: 0 for the first judge of each pair, 1 for the second.

    Raises:
        UnreadableSource: The truth cannot be read.
    """
    try:
        with (truth / "accounts.csv").open(encoding="utf-8", newline="") as lines:
            operators = {
                (row["market"], row["handle"]): {row["operator"], *filter(None, row["also_run_by"].split("; "))}
                for row in csv.DictReader(lines)
            }
        scenario = json.loads((truth / "scenario.json").read_text(encoding="utf-8"))
        dials, seed = JudgeDials(**scenario["judges"]), int(scenario["seed"])
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise UnreadableSource(
            f"The truth cannot be read: {wrong}",
            where=str(truth),
            remedy="Name the `truth` folder that `crossbearing simulate` wrote.",
        ) from wrong

    def is_one(pair: Mapping[str, Any]) -> bool:
        nobody: set[str] = set()
        left, right = (
            operators.get((pair[f"{side}_market"], pair[f"{side}_handle"]), nobody) for side in ("left", "right")
        )
        return bool(left & right)

    judged = judge_pairs(((pair["pair_id"], is_one(pair)) for pair in pairs), dials, seed, turn=turn)
    return [Answered(one.pair, f"simulated judge {one.judge + 1}", Verdict(one.answer), one.seconds) for one in judged]
