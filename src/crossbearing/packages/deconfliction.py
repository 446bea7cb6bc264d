"""What a package says of deconfliction: whether it was run. Who works on the same is told by notice, never here."""

from collections.abc import Sequence
from typing import Any, Final

from crossbearing.packages.wording import DECONFLICTION

_RUN: Final = (
    "Run: what is here was compared with what agencies handed in. Whoever works on the same is told whom to call; "
    "nothing of it stands here. Check your own cases all the same."
)


def deconfliction_of(also_sent_to: Sequence[str], *, is_run: bool) -> dict[str, Any]:
    """The part on deconfliction: whether it was run on all that stands, and who else receives some of the subjects.

    Args:
        also_sent_to: Countries that receive some of the same subjects.
        is_run: Agencies handed lists in, and they were compared with everything that stands today.
    """
    return {
        "state": "run" if is_run else "not run",
        "text": _RUN if is_run else DECONFLICTION,
        "also_sent_to": sorted(also_sent_to),
    }
