"""Accounts and what ties them, as SVG: accounts at the left, ties at the right, a line where one belongs to the other.

Narrow enough to be read on a telephone as it is. A full line is what is on record or was judged, a dotted one what
software proposed; the words beside it say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from crossbearing.presentation.text import seized

_WIDTH: Final = 360  # units, about the pixels of a telephone's page
_LEFT: Final = 140  # width of an account's box
_RIGHT: Final = 186  # width of a tie's box
_ROW: Final = 46
_TALL: Final = 36
_LONGEST: Final = 17  # characters of a handle in a box; the table beside it has it whole
_LONGEST_OTHER: Final = 24


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties accounts to each other, or to one that is only proposed.

    Attributes:
        accounts: Places of the accounts in the list of accounts.
        says: What it is, in the page's words.
        other: A key's last characters, or the handle of an account that is not joined.
        is_sure: It is on record or was judged by a person.
    """

    accounts: tuple[int, ...]
    says: str
    other: str
    is_sure: bool


def links(accounts: Sequence[str], ties: Sequence[Tie], *, title: str) -> Markup:
    """The picture; the caller puts the same into a table beside it.

    Args:
        accounts: Handles.
        ties: At least one.
        title: What is shown, for those who do not see it.
    """
    rows = max(len(accounts), len(ties))
    height = rows * _ROW + 4
    lefts = _middles(len(accounts), height)
    rights = _middles(len(ties), height)
    parts = [
        f'<svg class="chart links" role="img" viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>"
    ]
    for tie, at in zip(ties, rights, strict=True):
        style = "" if tie.is_sure else ' stroke-dasharray="1.5 4" stroke-linecap="round"'
        parts += [
            f'<path class="tie" fill="none" d="M{_LEFT} {lefts[one]}C{_LEFT + 20} {lefts[one]} {_WIDTH - _RIGHT - 20} '
            f'{at} {_WIDTH - _RIGHT} {at}"{style}/>'
            for one in tie.accounts
        ]
    parts += [
        _box(0, at, _LEFT, "", (handle, _LONGEST), is_sure=True) for handle, at in zip(accounts, lefts, strict=True)
    ]
    parts += [
        _box(_WIDTH - _RIGHT, at, _RIGHT, tie.says, (tie.other, _LONGEST_OTHER), is_sure=tie.is_sure)
        for tie, at in zip(ties, rights, strict=True)
    ]
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - names are escaped above


def _middles(count: int, height: int) -> list[int]:
    return [round(height * (2 * place + 1) / (2 * count)) for place in range(count)]


def _box(left: int, middle: int, width: int, says: str, named: tuple[str, int], *, is_sure: bool) -> str:
    name, longest = named
    dotted = "" if is_sure else ' stroke-dasharray="1.5 4" stroke-linecap="round"'
    shown = name if len(name) <= longest else f"{name[: longest - 1]}…"
    first = f'<text class="tick" x="{left + 8}" y="{middle - 4}">{escape(says)}</text>' if says else ""
    lower = middle + (12 if says else 4)
    return (
        f'<rect class="box" x="{left + 0.5}" y="{middle - _TALL // 2}" width="{width - 1}" height="{_TALL}"{dotted}/>'
        f'{first}<text class="id" x="{left + 8}" y="{lower}">{escape(seized(shown))}</text>'
    )
