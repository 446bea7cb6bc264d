"""How large a page may become when it is parsed, estimated from above before the parser sees it.

HTML forgives everything, and that has a price: a page of 35 KB can make a tree of 1.4 GB, because elements that were
never closed are opened again in every paragraph, and a page of unclosed elements takes time with the square of its
length. The rules are those of the HTML Standard (13.2.4.3, the list of active formatting elements). Here every start
tag counts, wherever it stands, and an end tag counts only where it certainly closes something.
"""

import re
from collections import Counter
from typing import Final

MOST_NODES: Final = 1_500_000  # about 370 bytes each, so 600 MB
MOST_STEPS: Final = 200_000_000  # of 5 to 15 ns each, so 1 to 3 seconds
_ADOPTED: Final = 32  # nodes that one misplaced end tag may make: 8 rounds of 4 (13.2.6.4.7, "adoption agency")
# Below both, no page can reach the limits: each tag costs at most 37 nodes and one for each tag before it, and has at
# most half as many attributes as the page has characters.
_FEW_TAGS: Final = 1_200
_SHORT: Final = 40_000  # characters
_LONG: Final = 128  # characters of attributes from which they are counted: each is compared with all before it

_ATTRIBUTE: Final = r"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>\"'][^\s>]*+)?)?"
_TOKEN: Final = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]*+|</[^a-zA-Z][^>]*+"
    rf"|<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|{_ATTRIBUTE})*+)",
    re.DOTALL,
)
_ATTRIBUTES: Final = re.compile(_ATTRIBUTE)
_FORMATTING: Final = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_MARKERS: Final = frozenset(("td", "th", "caption", "applet", "object", "marquee", "template"))
# Elements that the end tag of a block, or of a part of a table, closes with it, and those that another of their kind
# closes.
_SOFT: Final = frozenset(("p", "li", "dd", "dt")) | _FORMATTING
_BLOCKS: Final = frozenset(
    (
        "p",
        "li",
        "dd",
        "dt",
        "div",
        "ul",
        "ol",
        "dl",
        "section",
        "article",
        "main",
        "nav",
        "aside",
        "header",
        "footer",
        "form",
        "fieldset",
        "body",
    )
)
_CELLS: Final = frozenset(("td", "th", "tr", "tbody", "thead", "tfoot")) | _SOFT
_CLOSES_CELLS: Final = frozenset(("table", "tr", "td", "th", "tbody", "thead", "tfoot"))
_REPLACED: Final = {
    "p": {"p"}, "li": {"li"}, "dd": {"dd", "dt"}, "dt": {"dd", "dt"}, "td": {"td", "th"}, "th": {"td", "th"},
    "tr": {"td", "th", "tr"}, "option": {"option"},
}  # fmt: skip
_FOREIGN: Final = frozenset(("svg", "math"))
_MOST_SOFT: Final = 8  # elements that one end tag closes beside its own


class _Open:
    """The elements that may be open, and what the parser may have made so far."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, str]] = []  # name; attributes of a formatting element
        self.active: Counter[tuple[str, str]] = Counter()  # formatting elements that may be opened again
        self.foreign = self.markers = 0
        self.unsure = 0  # tags within comments and attributes, where another reading would find them
        self.nodes = self.steps = 0

    @property
    def formatting(self) -> int:
        """How many elements may be opened again at once: three that are equal, from one marker to the next."""
        return min(self.active.total(), 3 * len(self.active) * (1 + self.markers)) if self.active else 0

    def begin(self, name: str, attributes: str) -> None:
        if name in _FORMATTING:
            if name in {"a", "nobr"} and any(one[0] == name for one in self.active):
                self.nodes += _ADOPTED
            self.active[name, attributes] += 1
            self.stack.append((name, attributes))
            return
        if not self.foreign:
            if name in _VOID:
                return
            while self.stack and self.stack[-1][0] in _REPLACED.get(name, ()):
                self.pop()
        self.stack.append((name, ""))
        self.foreign += name in _FOREIGN
        self.markers += name in _MARKERS

    def end(self, name: str) -> None:
        if self.stack and self.stack[-1][0] == name:
            if name in _FORMATTING:
                self.active[self.stack[-1]] -= 1
                self.active += Counter()  # drops those that are none
            self.pop()
            return
        if name in _FORMATTING:
            self.nodes += _ADOPTED
            return
        soft = _CELLS if name in _CLOSES_CELLS else _SOFT if name in _BLOCKS else frozenset[str]()
        for passed in range(2, 2 + _MOST_SOFT):
            if self.foreign or len(self.stack) < passed or self.stack[1 - passed][0] not in soft:
                return
            if self.stack[-passed][0] == name:
                for _ in range(passed):
                    self.pop()
                return

    def hide(self, tags: int) -> None:
        """Count tags that may be none."""
        self.unsure += tags
        self.nodes += tags * (5 + _ADOPTED + self.formatting + self.unsure)
        self.steps += tags * (5 + len(self.stack) + self.unsure)

    def pop(self) -> None:
        """Close an element; formatting stays active, for only its own end tag ends that."""
        name, _ = self.stack.pop()
        self.foreign -= name in _FOREIGN
        self.markers -= name in _MARKERS


def estimate(html: str) -> tuple[int, int, int]:
    """Nodes, steps and depth that a page may need at most; the count stops above the limits.

    Args:
        html: The page as text.
    """
    found, depth = _Open(), 0
    for token in _TOKEN.finditer(html):
        name, attributes = token[2], token[3] or ""
        if hidden := token[0].count("<") - 1:
            found.hide(hidden)
        if name is not None:
            found.end(name.lower()) if token[1] else found.begin(name.lower(), attributes)
            if len(attributes) > _LONG:
                found.steps += len(_ATTRIBUTES.findall(attributes)) ** 2
        # The token itself, the text after it, elements that the parser adds, formatting that is opened again.
        found.nodes += 5 + found.formatting + found.unsure
        found.steps += len(found.stack) + found.unsure + 5
        depth = max(depth, len(found.stack) + found.formatting + found.unsure)
        if found.nodes > MOST_NODES or found.steps > MOST_STEPS:
            break
    return found.nodes, found.steps, depth


def is_too_tangled(html: str) -> bool:
    """Whether parsing the page may cost more than the limits."""
    if html.count("<") <= _FEW_TAGS and len(html) <= _SHORT:
        return False
    nodes, steps, _ = estimate(html)
    return nodes > MOST_NODES or steps > MOST_STEPS
