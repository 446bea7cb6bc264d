from pathlib import Path

import pytest

from damage.trials import count_wanted, names, trial


@pytest.mark.parametrize("name", names())
def test_whatever_breaks_nothing_fails_and_no_byte_is_lost_without_a_word(name: str, simulated: Path) -> None:
    account = trial(name, simulated, range(count_wanted()))
    assert account.wrong == []
    assert account.files == count_wanted()
