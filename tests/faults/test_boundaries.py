from pathlib import Path

import pytest

from faults.harness import is_thorough, report

# Which share of the boundaries the default takes; odd, so that both sides of calls come.
_EVERY = {"add": 67, "run": 89, "judge": 61, "erase": 191}


@pytest.mark.parametrize("part", ["add", "run", "judge", "erase", "everything"])
def test_a_kill_at_any_call_that_changes_the_disk_leaves_what_was_acknowledged_and_can_be_repeated(
    part: str, tmp_path: Path
) -> None:
    if part in {"everything", "run", "judge"} and not is_thorough():  # kills at random go through a run too
        pytest.skip("CROSSBEARING_FAULTS=1000 asks for it")
    kills = report("boundaries", tmp_path / part, part=part, every=1 if is_thorough() else _EVERY[part])
    assert kills["wrong"] == []
    assert kills["kills"] > 0.8 * kills["boundaries"] / (1 if is_thorough() else _EVERY[part])
