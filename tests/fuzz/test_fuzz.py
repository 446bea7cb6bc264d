from pathlib import Path

import pytest

from fuzz.targets import inputs, largest, targets


@pytest.mark.parametrize("name", targets())
def test_each_target_takes_what_it_begins_with_and_that_cut_in_half(name: str, simulated: Path) -> None:
    found = inputs(name, simulated)
    assert [one for one in found if len(one) <= largest(name)], "or fuzzing would begin with nothing"
    for content in found:
        for piece in (content, content[: len(content) // 2], b""):
            targets()[name](piece)
