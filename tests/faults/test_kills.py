from pathlib import Path

from faults.harness import count_wanted, report


def test_what_was_acknowledged_survives_a_kill_and_repeating_the_command_gives_the_undisturbed_end(
    tmp_path: Path,
) -> None:
    kills = report("kills", tmp_path / "kills", count=count_wanted(), seed=1)
    assert kills["wrong"] == []
    assert kills["kills"] >= count_wanted()
