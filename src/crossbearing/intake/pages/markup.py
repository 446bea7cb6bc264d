"""Pages as data: title, visible text and address. Nothing is rendered, run or fetched."""

import re
from dataclasses import dataclass
from typing import Any, Final

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.pages.charsets import decoded, stated_in_page
from crossbearing.intake.pages.page_cost import is_too_tangled

LARGEST_PAGE: Final = 16 << 20  # characters; its tree takes up to 600 MB
_TITLE_HEAD: Final = 65_536  # characters in which the note of a browser is looked for
# A browser puts the length of the address before it.
_SAVED_FROM: Final = re.compile(r"<!--\s*saved from url=\(\d{1,6}\)([^\s>]{1,8000})\s*-->")
_UNSEEN: Final = frozenset(("script", "style", "template", "head", "title"))
_BLOCKS: Final = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "textarea",
        "tfoot",
        "thead",
        "tr",
        "ul",
    )
)
_CELLS: Final = frozenset(("td", "th"))
_KEEPS_SPACE: Final = frozenset(("pre", "textarea", "listing", "xmp"))
_SPACE: Final = re.compile(r"[ \t\n\f\r]+")
_BREAK: Final = "\n"


class Unparsed(Exception):
    """A page that is not taken apart; the message says why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one page says.

    Attributes:
        title: White space folded; null if there is none.
        text: Visible text, a line for each block; null if the page is not taken apart.
        url: Address that the page itself names; null if it names none.
        problem: Why it is not taken apart; empty if it is.
    """

    title: str | None
    text: str | None
    url: str | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A page from its bytes.

    Attributes:
        charset: As stated by the server or the page; null if neither does.
    """

    html: str
    charset: str | None
    shown: Shown


def document(data: bytes, charset: str | None, encoding: str) -> Document:
    """A page from its bytes.

    Args:
        data: As they were saved, without any transfer encoding.
        charset: What the server states; it outranks what the page states.
        encoding: Python's name of the encoding where neither states one.
    """
    stated = charset or stated_in_page(data)
    html = decoded(data, stated, encoding)
    return Document(html, stated, shown(html))


def shown(html: str) -> Shown:
    """Title, visible text and address of a page."""
    saved = _SAVED_FROM.search(html, 0, _TITLE_HEAD)
    url = saved[1] if saved else None
    try:
        page = parsed(html)
    except Unparsed as why:
        return Shown(None, None, url, str(why))
    title = page.css_first("head > title") or page.css_first("title")
    canonical = page.css_first('link[rel="canonical" i]')
    stated = canonical.attributes.get("href") if canonical else None
    return Shown(folded(title.text()) if title else None, visible_text(page.root), url or stated or None)


def parsed(html: str) -> Any:
    """The page's tree: a ``LexborHTMLParser``.

    Raises:
        Unparsed: It is too large or would grow too large.
        BadConfiguration: The parser is not installed.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # noqa: PLC0415  # compiled, and not always needed
    except ImportError as missing:
        raise BadConfiguration(
            "Web pages cannot be read: selectolax is not installed",
            where="installation",
            remedy="Install the extra: pip install 'crossbearing[formats]'.",
        ) from missing
    if len(html) > LARGEST_PAGE:
        raise Unparsed(f"the page has more than {LARGEST_PAGE:,} characters")
    if is_too_tangled(html):
        raise Unparsed("the page is too tangled: parsing it may take more memory or time than it is given")
    try:
        return LexborHTMLParser(html)
    except SelectolaxError as broken:
        raise Unparsed(f"the page cannot be parsed: {broken}") from broken


def visible_text(top: Any) -> str:
    """Text below a node as a reader sees it: a line for each block and ``br``, a tab between cells, spaces folded.

    ``pre`` and ``textarea`` keep their white space. Scripts, styles, templates and the head are left out. What style
    sheets hide is not known and stays in.
    """
    lines = _Lines()
    node, last = top, top.mem_id
    while True:
        lines.enter(node)
        below = None if node.tag in _UNSEEN else node.first_child
        if below is not None:
            node = below
            continue
        lines.leave(node.tag)
        while node.mem_id != last and node.next is None:
            node = node.parent
            lines.leave(node.tag)
        if node.mem_id == last:
            return lines.text()
        node = node.next


class _Lines:
    """Visible text as it grows."""

    def __init__(self) -> None:
        self._pieces: list[str] = [_BREAK]
        self._kept = 0  # how many elements around us keep white space

    def enter(self, node: Any) -> None:
        """Take what stands at the beginning of a node."""
        tag = node.tag
        if tag == "-text":
            text = node.text() if self._kept else _SPACE.sub(" ", node.text())
            if not self._kept and self._pieces[-1].endswith(_BREAK):
                text = text.lstrip(" ")
            if text:
                self._pieces.append(text)
        elif tag == "br":
            self._pieces.append(_BREAK)
        elif tag in _BLOCKS:
            self._end_line()
            self._kept += tag in _KEEPS_SPACE

    def leave(self, tag: str | None) -> None:
        """Take what stands at the end of a node."""
        if tag in _CELLS:
            self._pieces.append("\t")
        elif tag in _BLOCKS:
            self._end_line()
            self._kept -= tag in _KEEPS_SPACE

    def text(self) -> str:
        """All of it, without space at the end of a line and without empty lines around."""
        return "\n".join(line.rstrip() for line in "".join(self._pieces).split("\n")).strip("\n")

    def _end_line(self) -> None:
        if not self._pieces[-1].endswith(_BREAK):
            self._pieces.append(_BREAK)


def folded(text: str) -> str | None:
    """Text without leading, trailing and repeated white space; null if nothing is left."""
    return " ".join(text.split()) or None
