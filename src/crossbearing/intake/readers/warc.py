"""Web captures in the WARC format, versions 1.0 and 1.1: what a crawler was sent, with the day and the address.

A ``.warc.gz`` with one gzip member per record is unpacked before a reader sees it, so that offsets are those of the
plain text of the file. Records are taken by the length that they state; a length that does not lead to the next record
is damage, and reading goes on at the next record that can be found.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from crossbearing.intake.pages.http_answer import Answer, content_type, header_lines, parse_answer
from crossbearing.intake.pages.markup import document
from crossbearing.intake.reader import RawBatch, Reading, Refused
from crossbearing.intake.readers.web_page import COLUMNS, TABLE, is_page
from crossbearing.intake.readers.window import Window

LARGEST_BLOCK: Final = 64 << 20  # bytes of one record that are held in memory; of larger ones only the head is read
_BLOCK: Final = 1 << 20
_MOST_HEADERS: Final = 65_536  # bytes; a crawler writes some hundred
_BATCH_ROWS: Final = 1_024
_BATCH_TEXT: Final = 8 << 20  # characters of pages in one batch
_VERSION: Final = re.compile(rb"WARC/1\.[01]\r?\n")
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_RESYNC: Final = re.compile(rb"(?<=\n)WARC/1\.[01]\r?\n[!-9;-~]{1,80}:")
_MARK_SIZE: Final = 128  # bytes that a mark of a record may take
_BETWEEN: Final = b"\r\n"
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(r"\d{1,15}")
_ALGORITHMS: Final = {"md5", "sha1", "sha256", "sha512"}
_HTML: Final = {"text/html", "application/xhtml+xml"}
_OTHERS: Final = {
    "warcinfo": "it describes the capture, not a page",
    "request": "it is what the crawler asked, not an answer",
    "revisit": "it says that an answer was the same as an earlier one; the answer is not in it",
    "metadata": "it is the crawler's note on a page",
    "conversion": "it is another form of a page, made after the capture",
    "continuation": "it continues a record that was cut in pieces; pieces are not joined",
    "response": "it is no answer of a web server",
    "resource": "it was not fetched from a web server",
}


class Warc:
    """Reader for web captures; answers of web servers give rows."""

    name = "warc"
    version = "1"
    format_reference = "ISO 28500:2017 and IIPC, The WARC Format 1.0 and 1.1"

    def recognises(self, head: bytes) -> bool:
        """The version line of the first record."""
        return _VERSION.match(head) is not None

    def layout(self, stream: BinaryIO) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002  # always the same
        """The one table."""
        return {TABLE: COLUMNS}

    def read(self, stream: BinaryIO, encoding: str) -> Reading:
        """See ``Reader``; ``encoding`` is used for pages for which nobody states one.

        Records of other kinds are refused under the name of their kind. What is wrong with an answer that still gives
        a row is reported beside it, as a refusal of no rows. A digest that does not fit is damage.
        """
        counts: Counter[str] = Counter()
        waiting = _Waiting()
        for record in _records(Window(stream, behind=1)):
            if isinstance(record, Refused):
                yield from waiting.given()
                yield record
                waiting = _Waiting()
                continue
            kind = record.kind
            table = TABLE if kind == "page" else kind
            counts[table] += 1
            place = (counts[table], record.offset, record.length)
            if kind != "page":
                waiting.refuse(Refused(table, place[0], 1, *place[1:], _OTHERS.get(kind, "a kind of record not known")))
            elif (answer := record.answer()) is None:
                waiting.refuse(Refused(table, place[0], 1, *place[1:], "the answer has no readable HTTP head"))
            else:
                waiting.take(record, answer, place, encoding)
            if waiting.is_full:
                yield from waiting.given()
                waiting = _Waiting()
        yield from waiting.given()


@dataclass(slots=True)
class _Record:
    """One record.

    Attributes:
        length: Of header and block, bytes.
        block: What it holds; of one that is too large, the beginning.
        is_whole: The block is all of it.
    """

    offset: int
    length: int
    fields: Mapping[str, str]
    block: bytes
    is_whole: bool

    @property
    def kind(self) -> str:
        """``page`` for an answer of a web server, otherwise the kind that the record states, if it is one we know."""
        stated = self.fields.get("warc-type", "").lower()
        media_type, _ = content_type(self.fields.get("content-type"))
        is_web = self.url[:8].lower().startswith(("http:", "https:"))
        if stated == "response" and (media_type == "application/http" or (is_web and media_type is None)):
            return "page"
        if stated == "resource" and is_web:
            return "page"
        return stated if stated in _OTHERS else "other"

    @property
    def url(self) -> str:
        """The address; some writers of version 1.0 put it in angle brackets, as that version's grammar says."""
        stated = self.fields.get("warc-target-uri", "")
        return stated[1:-1] if stated.startswith("<") and stated.endswith(">") else stated

    def answer(self) -> Answer | None:
        """The HTTP answer; a resource is a body without a head."""
        if self.fields.get("warc-type", "").lower() == "resource":
            media_type, charset = content_type(self.fields.get("content-type"))
            return Answer(None, media_type, charset, (self.block,), self.block)
        return parse_answer(self.block)

    def digest_problem(self, answer: Answer) -> str:
        """Which of the stated digests does not fit; empty if none."""
        for field, contents in (("warc-block-digest", (self.block,)), ("warc-payload-digest", answer.raw)):
            algorithm, _, stated = self.fields.get(field, "").partition(":")
            name = algorithm.strip().lower().replace("-", "")
            if not stated or name not in _ALGORITHMS:
                continue
            digests = (hashlib.new(name, content, usedforsecurity=False).digest() for content in contents)
            if not any(_spells(stated.strip().lower(), digest) for digest in digests):
                return f"the digest in {field} does not fit the bytes"
        return ""


def _spells(stated: str, digest: bytes) -> bool:
    """Whether this is the digest in base 16 or 32; crawlers write either."""
    spelled = base64.b32encode(digest).decode().lower()
    return stated in {digest.hex(), spelled, spelled.rstrip("=")}


class _Waiting:
    """Rows and refusals of the batch that is being filled."""

    def __init__(self) -> None:
        self._rows: list[Sequence[str | None]] = []
        self._places: list[tuple[int, int, int]] = []
        self._refused: list[Refused] = []
        self._text = 0

    @property
    def is_full(self) -> bool:
        """Enough for a batch."""
        return max(len(self._rows), len(self._refused)) >= _BATCH_ROWS or self._text >= _BATCH_TEXT

    def refuse(self, refused: Refused) -> None:
        """Keep a refusal until the rows before it are given."""
        self._refused.append(refused)

    def take(self, record: _Record, answer: Answer, place: tuple[int, int, int], encoding: str) -> None:
        """Make an answer a row, and report what is wrong with it."""
        problems = [answer.problem] if record.is_whole else [f"the record has more than {LARGEST_BLOCK:,} bytes"]
        charset, title, text, html = answer.charset, None, None, None
        body = answer.body if record.is_whole else None
        is_html = answer.media_type in _HTML or (answer.media_type is None and is_page(body or b""))
        if is_html and body is not None:
            page = document(body, answer.charset, encoding)
            charset, title, text, html = page.charset, page.shown.title, page.shown.text, page.html
            problems.append(page.shown.problem)
        fields = record.fields
        address, day, digest = record.url or None, fields.get("warc-date"), fields.get("warc-payload-digest")
        row = (address, day, answer.status, answer.media_type, charset, title, text, html, digest, None)
        self._rows.append(row)
        self._places.append(place)
        self._text += len(html or "")
        for problem in filter(None, problems):
            self._refused.append(Refused(TABLE, place[0], 0, *place[1:], problem))
        if record.is_whole and (problem := record.digest_problem(answer)):
            self._refused.append(Refused(TABLE, place[0], 0, *place[1:], problem, is_damage=True))

    def given(self) -> Reading:
        """The batch, then what was refused within it."""
        if self._rows:
            yield RawBatch.of_rows(TABLE, COLUMNS, self._rows, self._places)
        yield from self._refused


def _skip_to_mark(window: Window, size: int) -> bool:
    """Go to the next mark of a record within this many bytes, else past them; false if there was none."""
    end = window.offset + size
    while window.offset < end:
        more = window.have(_BLOCK)
        begins = window.offset - window.at
        found = _RESYNC.search(window.buffer, window.at)
        here = found.start() + begins if found else end
        if here < end:
            window.at = here - begins
            return True
        # A mark may be cut by the end of the window.
        step = window.ahead - (_MARK_SIZE if more else 0)
        window.at += min(step, end - window.offset)
        if not more:
            break
    return False


def _records(window: Window) -> Iterator[_Record | Refused]:
    """Records in order; broken stretches are refused, up to the next record that can be found."""
    endless = 1 << 62
    while True:
        while window.have(1) and window.buffer[window.at : window.at + 1] in _BETWEEN:
            window.at += 1
        if not window.have(1):
            return
        begins = window.offset
        record = _record(window)
        if record is not None:
            yield record
            continue
        window.at += 1
        _skip_to_mark(window, endless)
        reason = "no record of a web capture can be read here: it is cut off or damaged"
        yield Refused("", 0, 0, begins, window.offset - begins, reason, is_damage=True)


def _record(window: Window) -> _Record | None:
    """The record that begins here, with the window behind it; null if it is broken, the window at a mark at most."""
    window.have(_MOST_HEADERS)
    begins, at = window.offset, window.at
    end = _HEAD_END.search(window.buffer, at, at + _MOST_HEADERS)
    if end is None or not _VERSION.match(window.buffer, at):
        return None
    fields = header_lines(window.buffer[at : end.start()])
    stated = fields.get("content-length", "")
    if not _LENGTH.fullmatch(stated) or "warc-type" not in fields:
        return None
    head, size = end.end() - at, int(stated)
    if size > LARGEST_BLOCK:
        return _large(window, begins, head, size, fields)
    is_there = window.have(head + size)
    if not is_there or not _fits(window, head + size):
        return None
    begin = window.at + head
    block = window.buffer[begin : begin + size]
    window.at = begin + size
    return _Record(begins, head + size, fields, block, is_whole=True)


def _fits(window: Window, size: int) -> bool:
    """Whether a record ends after this many bytes: two line ends, the next record, or the end of the file."""
    window.have(size + _MARK_SIZE)
    after = window.buffer[window.at + size : window.at + size + _MARK_SIZE]
    rest = after.lstrip(_BETWEEN)
    return not rest or after.startswith(_END) or _VERSION.match(rest) is not None


def _large(window: Window, begins: int, head: int, size: int, fields: Mapping[str, str]) -> _Record | None:
    """A record that is not held in memory; broken if another begins within it or the file ends."""
    window.have(head + _MOST_HEADERS)
    block = window.buffer[window.at + head : window.at + head + _MOST_HEADERS]
    window.at += 1
    if _skip_to_mark(window, head + size - 1) or window.offset < begins + head + size:
        window.at -= 1
        return None
    return _Record(begins, head + size, fields, block, is_whole=False)
