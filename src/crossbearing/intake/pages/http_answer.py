"""HTTP answers as they were saved: status, media type, and the body with its transfer and content encodings undone."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LARGEST_BODY: Final = 32 << 20  # bytes, decoded; what comes after is left out and said so
MOST_HEADERS: Final = 65_536  # bytes; servers refuse less
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})(?:\s|\Z)")
_CHUNK: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,500})?\r?\n")
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?\s*([^\s\";]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        status: Three digits.
        media_type: In small letters, without parameters; null if not stated.
        charset: As stated beside the media type; null if not stated.
        raw: The body as it was sent, and as it is when only the chunks are joined: digests are made of either.
        body: Decoded; null if its encoding is not read.
        problem: Why the body is not what the server sent; empty if it is.
    """

    status: str | None
    media_type: str | None
    charset: str | None
    raw: tuple[bytes, ...]
    body: bytes | None
    problem: str = ""


def parse_answer(block: bytes) -> Answer | None:
    """The answer that a block of bytes holds; null if it begins with no HTTP head."""
    status = _STATUS.match(block, 0, 64)
    end = _HEAD_END.search(block, 0, MOST_HEADERS)
    if status is None or end is None:
        return None
    headers = header_lines(block[: end.start()])
    sent = block[end.end() :]
    media_type, charset = content_type(headers.get("content-type"))
    joined, problem = sent, ""
    if "chunked" in headers.get("transfer-encoding", "").lower() and _CHUNK.match(sent):
        joined, problem = _unchunked(sent)
    elif (stated := headers.get("content-length", "")).isdecimal() and len(sent) < int(stated[:18]):
        problem = f"the answer is cut: {len(sent):,} of {int(stated[:18]):,} bytes"
    body: bytes | None = joined
    for encoding in reversed([one.strip() for one in headers.get("content-encoding", "").lower().split(",")]):
        if encoding in {"", "identity"} or body is None:
            continue
        body, why = _unpacked(encoding, body)
        problem = problem or why
    return Answer(status[1].decode(), media_type, charset, (sent, joined), body, problem)


def header_lines(head: bytes) -> Mapping[str, str]:
    """Header fields by name in small letters, the first of each, folded lines joined; the first line is no field."""
    fields: dict[str, str] = {}
    last = ""
    for line in head.splitlines()[1:]:
        text = line.decode("utf-8", "backslashreplace")
        if text[:1] in {" ", "\t"} and last:
            fields[last] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        last = name.strip().lower() if colon else ""
        if last and last not in fields:
            fields[last] = value.strip()
        else:
            last = ""
    return fields


def content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type field; null for what it does not state."""
    charset = _CHARSET.search(value or "")
    return (value or "").partition(";")[0].strip().lower() or None, charset[1] if charset else None


def _unchunked(sent: bytes) -> tuple[bytes, str]:
    pieces: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(sent, at):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(pieces), ""
        pieces.append(sent[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        if at > len(sent):
            break
        at += 2 if sent[at : at + 2] == b"\r\n" else 1 if sent[at : at + 1] == b"\n" else 0
    return b"".join(pieces), "the answer is cut: its last chunk is not there"


def _unpacked(encoding: str, body: bytes) -> tuple[bytes | None, str]:
    """The body without one content encoding; of a broken one, what comes before the break."""
    windows = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}.get(encoding)
    if windows is None:
        return None, f"the answer is encoded in a way that is not read: {encoding[:20]!r}"
    found, problem = b"", ""
    for bits in windows:  # "deflate" means zlib, and some servers send it bare
        found, problem = _inflated(body, bits)
        if found or not problem:
            break
    return found, problem


def _inflated(body: bytes, bits: int) -> tuple[bytes, str]:
    machine = zlib.decompressobj(bits)
    pieces: list[bytes] = []
    size, rest = 0, body
    while size <= LARGEST_BODY:
        try:
            piece = machine.decompress(rest, 1 << 16)
        except zlib.error:
            return b"".join(pieces), "the answer's encoding is broken"
        pieces.append(piece)
        size += len(piece)
        rest = machine.unconsumed_tail
        if machine.eof:
            return b"".join(pieces), ""
        if not rest and not piece:
            return b"".join(pieces), "the answer is cut: its encoding does not end"
    return b"".join(pieces)[
        :LARGEST_BODY
    ], f"the answer unpacks to more than {LARGEST_BODY:,} bytes; the rest is left out"
