"""One printable page for a local officer: is there a dark-web angle, what to keep, and what to ask."""

from collections.abc import Sequence

from crossbearing.leads.forms import Field
from crossbearing.presentation.page import render

# Fields with room for a sentence; the others are a line each.
_WIDE = frozenset({"legal_basis", "asked", "scene"})


def scene_page(fields: Sequence[Field]) -> str:
    """The page as self-contained HTML, one side of A4.

    Args:
        fields: Of the form of an overdose, all of them.
    """
    return render("leads", "scene.html.j2", fields=fields, wide=_WIDE)
