"""What a package says of deconfliction; what is known of other agencies' cases is handed in, never looked for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crossbearing.packages.wording import DECONFLICTION
from crossbearing.presentation.text import plural

_RUN: Final = "Run. Check your own cases all the same: only what agencies handed in was compared."


def deconfliction_of(
    hits: Mapping[str, Sequence[str]] | None, subjects: Sequence[str], also_sent_to: Sequence[str]
) -> dict[str, Any]:
    """The part on deconfliction: whether it was run, which subjects were hit, and who else receives some of them.

    Args:
        hits: Agencies by subject that hold an identifier of it; nothing of what they hold. None if it was not run.
        subjects: Subjects of the package.
        also_sent_to: Countries that receive some of the same subjects.
    """
    found = [
        {"subject_id": subject, "agencies": sorted(hits[subject])} for subject in subjects if hits and subject in hits
    ]
    text = DECONFLICTION if hits is None else f"{plural(len(found), 'subject')} known to other agencies. {_RUN}"
    return {
        "state": "not run" if hits is None else "run",
        "text": text,
        "hits": found,
        "also_sent_to": sorted(also_sent_to),
    }
