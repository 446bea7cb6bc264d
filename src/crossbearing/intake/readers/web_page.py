"""One saved web page: what a browser writes with "save page as".

A page is read whole and taken apart as data. Nothing in it is run, shown or fetched.
"""

import re
from collections.abc import Mapping
from typing import BinaryIO, Final

from crossbearing.intake.pages.charsets import decoded
from crossbearing.intake.pages.markup import document
from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.sources import read_whole

TABLE: Final = "pages"
# Pages from every kind of source: web captures fill all of them, a saved page fills what it states itself.
COLUMNS: Final = ("url", "fetched_at", "status", "media_type", "charset", "title", "text", "html", "sha1", "file")
LARGEST_FILE: Final = 32 << 20  # bytes; it is held in memory, and no page that people read is as large
_HEAD: Final = 4_096  # characters in which a page must show that it is one
_BEGINS: Final = re.compile(
    r"\s*(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:[^-]++|-(?!->))*+-->\s*+)*+<(?:!doctype\s++html|html|head)\b", re.IGNORECASE
)


class WebPage:
    """Reader for one HTML file; it gives one row."""

    name = "web_page"
    version = "1"
    format_reference = "HTML Living Standard (WHATWG); the note 'saved from url' as browsers write it"

    def recognises(self, head: bytes) -> bool:
        """Text that begins with a doctype or with the html or head element, after comments."""
        return is_page(head)

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002  # always the same
        """The one table."""
        return {TABLE: COLUMNS}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` is used if the page states none.

        Raises:
            UnreadableSource: The file is larger than the limit.
        """
        remedy = "Look at it in a sandbox; if it is genuine, cut it there and add the parts."
        data = read_whole(stream, LARGEST_FILE, "A page", remedy)
        if not data:
            return
        page = document(data, None, encoding)
        seen = page.shown
        row = (seen.url, None, None, "text/html", page.charset, seen.title, seen.text, page.html, None, None)
        yield RawBatch.of_rows(TABLE, COLUMNS, [row], [(1, 0, len(data))])
        if seen.problem:
            yield Refused(TABLE, 1, 0, 0, len(data), f"title and text are not taken: {seen.problem}")


def is_page(data: bytes) -> bool:
    """Whether bytes begin as a page does."""
    return _BEGINS.match(decoded(data[:_HEAD], None, "latin-1")) is not None
