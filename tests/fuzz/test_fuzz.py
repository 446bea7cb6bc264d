import pytest

from fuzz.targets import inputs, largest, targets


@pytest.mark.parametrize("name", targets())
def test_each_target_takes_what_it_begins_with_and_that_cut_in_half(name: str) -> None:
    found = inputs(name)
    assert max(map(len, found)) <= largest(name), "or fuzzing would begin without it"
    for content in found:
        for piece in (content, content[: len(content) // 2], b""):
            targets()[name](piece)
