"""Documents on paper: blocks of text set by typst as a tagged PDF, the same bytes for the same blocks.

The layout is a file of ours; every word reaches it as a string in a data file and is never read as markup. No other
fonts, no packages and no network: only what lies beside this module.
"""

import json
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module, resources
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from crossbearing.domain.errors import BadConfiguration
from crossbearing.presentation.blocks import Block
from crossbearing.presentation.text import visible
from crossbearing.presentation.words import Run

_STANDARDS: Final = ("a-2a", "ua-1")  # archives, and readers of screens
# typst keeps what it computed for so many documents more; empty ones make it let go of gigabytes.
_FORGOTTEN: Final = 11
_SHOWN: Final = str.maketrans({"⏎": "¶", "⇥": "→", "⟨": "\u2039", "⟩": "\u203a"})  # what the fonts lack
_FOREIGN: Final = frozenset({"seized", "english", "id"})
_JOINED: Final = frozenset({"", "english", "strong"})
_PIECE: Final = 12  # characters of a long word that stay together
_LONG: Final = re.compile(rf"\S{{{2 * _PIECE + 1},}}")
_CHART_STYLE: Final = (
    "<style>text{font:13px 'IBM Plex Sans'}.tick{font-size:12px;fill:#444}.id{font:12px 'IBM Plex Mono'}"
    ".bar{fill:#333}.axis{stroke:#444}.box{fill:#fff;stroke:#444}.tie{stroke:#000;stroke-width:1.5}"
    ".hatch-ground{fill:#fff}.hatch-line{stroke:#444;stroke-width:2}</style>"
)

_HOME: Final = Path(str(resources.files("crossbearing.presentation"))) / "fonts" / "print"


def wanted(pdf: bool | None) -> bool:
    """Whether to set documents: as asked, or else where typst, an extra, is installed.

    Raises:
        BadConfiguration: It is asked for and typst is not installed.
    """
    if pdf:
        _typst()
    return find_spec("typst") is not None if pdf is None else pdf


def typeset(blocks: Sequence[Block], *, title: str, author: str, footer: str, language: str, day: date) -> bytes:
    """Set a document.

    Args:
        blocks: What stands in it, in order; the layout in ``paper.typ`` says which kinds there are.
        title: Of the document, for the reader's window.
        author: Who made it.
        footer: What stands at the foot of every page.
        language: Two letters; hyphens and screen readers go by it.
        day: Of making; nothing else of the clock enters.

    Raises:
        BadConfiguration: typst is not installed.
    """
    said = {
        "title": title, "author": author, "footer": footer, "language": language,
        "day": [day.year, day.month, day.day], "blocks": blocks, "targets": dict.fromkeys(_targets(blocks), 1),
    }  # fmt: skip
    layout = (resources.files("crossbearing.presentation") / "templates" / "paper.typ").read_bytes()
    typst = _typst()
    made: bytes = typst.compile(
        {"main.typ": layout, "paper.json": json.dumps(_shown(said), ensure_ascii=False).encode()},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=list(_STANDARDS),
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    for _ in range(_FORGOTTEN):
        typst.compile(b"", font_paths=_fonts(), ignore_system_fonts=True)
    return made


def drawing(svg: str) -> str:
    """A chart of a page as a picture that needs no style sheet."""
    head, _, rest = svg.partition(">")
    return f"{head}>{_CHART_STYLE}{rest}"


def _targets(blocks: Sequence[Block]) -> Iterator[str]:
    """What a link may lead to: subjects and notes that are in the document."""
    for block in blocks:
        if "subject" in block:
            yield f"s{block['subject']}"
        if block["kind"] == "notes":
            yield from (f"n{one['number']}" for one in block["items"])


def _shown(value: Any) -> Any:
    """The same, with every character that cannot be seen or that no font here has written as its number."""
    if isinstance(value, str):
        return value.translate(_IN_FONT)
    if isinstance(value, Run):
        text = value.text.translate(_IN_FONT)
        return [_LONG.sub(_with_breaks, text) if value.kind in _FOREIGN else text, value.kind]
    if isinstance(value, Mapping):
        return {key: one if key == "svg" else _shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in (_merged(value) if value and isinstance(value[0], Run) else value)]
    return value


def _merged(runs: Sequence[Run]) -> list[Run]:
    """The same text in as few pieces as it has kinds one after the other: setting goes by pieces."""
    grouped = ((kind, list(alike)) for kind, alike in groupby(runs, key=lambda run: run.kind))
    return [
        one
        for kind, alike in grouped
        for one in ([Run("".join(run.text for run in alike), kind)] if kind in _JOINED else alike)
    ]


def _with_breaks(long: re.Match[str]) -> str:
    """A long word with places where its line may end, which are not seen."""
    return "\u200b".join(long[0][at : at + _PIECE] for at in range(0, len(long[0]), _PIECE))


class _InFont(dict[int, str]):
    """What stands for a character, found once."""

    def __missing__(self, code: int) -> str:
        shown = visible(chr(code)).translate(_SHOWN)
        self[code] = shown if all(ord(one) in _covered() for one in shown) else f"\u2039U+{code:04X}\u203a"
        return self[code]


_IN_FONT: Final = _InFont()


def _typst() -> ModuleType:
    try:
        return import_module("typst")
    except ModuleNotFoundError as missing:
        raise BadConfiguration(
            "A PDF needs typst, which is not installed",
            where="package build",
            remedy="Install the extra: pip install 'crossbearing[pdf]', or build without a PDF: --no-pdf.",
        ) from missing


@cache
def _files() -> tuple[bytes, ...]:
    return tuple(one.read_bytes() for one in sorted(_HOME.glob("*.ttf")))


@cache
def _fonts() -> Any:
    return _typst().Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HOME])


@cache
def _covered() -> frozenset[int]:
    """Characters that the fonts have, by their tables of format 4 (OpenType, cmap)."""
    found: set[int] = set()
    for font in _files():
        tables = {font[at : at + 4]: struct.unpack_from(">II", font, at + 8) for at in _steps(font, 4, 12, 16)}
        begin, _ = tables[b"cmap"]
        for at in _steps(font, begin + 2, begin + 4, 8):
            (offset,) = struct.unpack_from(">I", font, at + 4)
            kind, _, _, twice = struct.unpack_from(">4H", font, begin + offset)
            if kind == 4:  # noqa: PLR2004 - the format's own number
                ends = struct.unpack_from(f">{twice // 2}H", font, begin + offset + 14)
                starts = struct.unpack_from(f">{twice // 2}H", font, begin + offset + 16 + twice)
                for first, last in zip(starts, ends, strict=True):
                    found.update(range(first, last + 1))
    return frozenset(found - {0xFFFF})


def _steps(font: bytes, count_at: int, begin: int, step: int) -> range:
    (count,) = struct.unpack_from(">H", font, count_at)
    return range(begin, begin + count * step, step)
