"""Which parts of a text are somebody else's words: quoted lines, quote tags, what stands behind "wrote:"."""

import re
from bisect import bisect_right
from typing import Final

_LINE: Final = re.compile(r"^[ \t]*+(?:>|&gt;)[^\n]*+", re.MULTILINE)
_TAG: Final = re.compile(r"\[(/?)quote\b[^\]\n]{0,200}+\]|<(/?)blockquote\b[^>\n]{0,200}+>")
_WROTE: Final = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|schreef|escribió|a écrit)\s?:[ \t]*+$|^[ \t]*+quote from:[^\n]*+$",
    re.MULTILINE,
)
_WRITERS: Final = ("wrote", "writes", "schrieb", "schreibt", "schreef", "escribió", "a écrit", "quote from:")
_PARAGRAPH: Final = re.compile(r"\s*+(?:[^\n]++(?:\n(?![ \t]*+\n))?)*+")


def quoted_spans(text: str, lower: str) -> list[tuple[int, int]]:
    """Begin and end of each quoted part, characters, in order; parts do not overlap.

    A quote tag that is not closed reaches to the end. What follows "wrote:" is quoted up to the next empty line;
    if it is quoted line by line, only those lines are.

    Args:
        text: The text.
        lower: The text in small letters, character by character.
    """
    spans = []
    if ">" in text or "&gt;" in text:
        spans += [found.span() for found in _LINE.finditer(text)]
    if "quote" in lower:
        spans += _tagged(lower)
    if any(word in lower for word in _WRITERS):
        end = 0
        for found in _WROTE.finditer(lower):
            paragraph = _PARAGRAPH.match(text, found.end()) if found.end() >= end else None
            if paragraph is not None and not paragraph[0].lstrip().startswith((">", "&gt;")):
                end = paragraph.end()
                spans.append((found.end(), end))
    return _merged(spans)


def is_within(spans: list[tuple[int, int]], at: int) -> bool:
    """Whether a character lies in one of the parts, which stand in order."""
    before = bisect_right(spans, at, key=lambda span: span[0])
    return before > 0 and at < spans[before - 1][1]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _tagged(text: str) -> list[tuple[int, int]]:
    spans, depth, start = [], 0, 0
    for tag in _TAG.finditer(text):
        if not (tag[1] or tag[2]):
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                spans.append((start, tag.end()))
    return [*spans, (start, len(text))] if depth else spans
