"""One message of mail taken apart: header fields decoded, words in plain text, attachments by name and hash."""

import binascii
import hashlib
import json
import quopri
import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Any, Final, TypeAlias

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.pages.charsets import decoded
from crossbearing.intake.pages.markup import document

Part: TypeAlias = "Message[Any, Any]"
COLUMNS: Final = (
    "message_id", "date", "from", "to", "cc", "subject", "body", "headers", "attachments", "defects",
)  # fmt: skip
MOST_PARTS: Final = 1_000  # of one message; mailers make some ten
_LONGEST_FIELD: Final = 65_536  # characters of one header field that are decoded; longer ones are cut there
_FIELDS: Final = ("message-id", "date", "from", "to", "cc", "subject")
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")
_TYPE: Final = re.compile(r"\s*([^\s;/]{1,127}/[^\s;]{1,127})")
_WORD: Final = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")  # RFC 2047, RFC 2231
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?\s*([^\s\";]{1,40})", re.IGNORECASE)


def cells_of(data: bytes, encoding: str) -> list[str | None] | str:
    """The message's cells in the order of ``COLUMNS``, or why it cannot be taken apart.

    Header fields are unfolded and their encoded words decoded; several of one name are joined with a comma. ``body``
    holds the plain text parts, or the visible text of the HTML parts if there are none. ``attachments`` is a JSON list
    of all other parts: name, media type, size in bytes and SHA-256 of the decoded bytes; the last two are null for a
    message within the message, whose bytes the library does not keep.

    Args:
        data: The message, without the ``From `` line of an mbox.
        encoding: Python's name of the encoding where nothing is stated.
    """
    why = ""
    # The newer policy parses some header fields, and fails on a few that the older one takes as they are.
    for rules in (policy.default, policy.compat32):
        try:
            return _cells(BytesParser(policy=rules).parsebytes(data), data, encoding)
        except BadConfiguration:
            raise
        except Exception as broken:  # noqa: BLE001  # the library raises many kinds on hostile bytes
            why = type(broken).__name__
    return why


def _cells(message: Part, data: bytes, encoding: str) -> list[str | None]:
    end = _HEADER_END.search(data)
    headers = data[: end.start()] if end else data
    plain, html, attachments, defects = [], [], [], _defects(message)
    for number, part in enumerate(_leaves(message)):
        if number == MOST_PARTS:
            defects.append("MorePartsThanAreRead")
            break
        defects += _defects(part) if part is not message else []
        media_type, charset = _media_type(part, encoding), _CHARSET.search(_raw(part, "content-type"))
        stated = charset[1] if charset else None
        content = _content(part)
        is_attached = part.get_filename() is not None or _raw(part, "content-disposition")[:10].lower() == "attachment"
        if content is None or is_attached or media_type not in {"text/plain", "text/html"}:
            attachments.append(_attachment(part, media_type, content, encoding))
        elif media_type == "text/plain":
            plain.append(decoded(content, stated, encoding))
        else:
            html.append(document(content, stated, encoding).shown.text or "")
    body = "\n".join(plain or html) if plain or html else None
    return [
        *(_field(message, name, encoding) for name in _FIELDS),
        body,
        decoded(headers, None, encoding),
        json.dumps(attachments, ensure_ascii=False) if attachments else None,
        "; ".join(dict.fromkeys(defects)) or None,
    ]


def _leaves(message: Part) -> Iterator[Part]:
    """Parts that hold something, in order; a message within the message is one part."""
    waiting: list[Any] = [message]
    while waiting:
        part = waiting.pop()
        held: Any = part.get_payload()
        if isinstance(held, list) and part.get_content_maintype() == "multipart":
            waiting += reversed(held)
        else:
            yield part


def _attachment(part: Part, media_type: str, content: bytes | None, encoding: str) -> dict[str, Any]:
    name = part.get_filename()
    return {
        "name": None if name is None else _words(name, encoding),
        "media_type": media_type,
        "size": None if content is None else len(content),
        "sha256": None if content is None else hashlib.sha256(content).hexdigest(),
    }


def _content(part: Part) -> bytes | None:
    """Bytes of a part, decoded; null for a message within the message."""
    if isinstance(part.get_payload(), list):
        return None
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _media_type(part: Part, encoding: str) -> str:
    stated = _TYPE.match(_raw(part, "content-type"))
    return _plain(stated[1], encoding).lower() if stated else part.get_default_type()


def _defects(part: Part) -> list[str]:
    return [type(defect).__name__ for defect in part.defects]


def _raw(part: Part, name: str) -> str:
    """A field as it stands, the first of its name; empty if there is none."""
    return next((str(value) for key, value in part.raw_items() if key.lower() == name), "")


def _field(message: Part, name: str, encoding: str) -> str | None:
    values = [str(value) for key, value in message.raw_items() if key.lower() == name]
    return ", ".join(_words(value, encoding) for value in values) if values else None


def _words(value: str, encoding: str) -> str:
    """A field's text: unfolded, encoded words decoded, bytes that do not fit visible as escapes."""
    line = _FOLD.sub("", value[:_LONGEST_FIELD]).strip()
    pieces: list[str] = []
    charset, pending, at = "", b"", 0  # words of one charset may share a character
    for word in _WORD.finditer(line):
        between = line[at : word.start()]
        if between.strip() or at == 0 or charset != word[1].lower():
            pieces.append(decoded(pending, charset, encoding))
            pending = b""
        if between.strip() or at == 0:
            pieces.append(_plain(between, encoding))
        charset, at = word[1].lower(), word.end()
        pending += _bytes_of(word[2], word[3])
    return "".join((*pieces, decoded(pending, charset, encoding), _plain(line[at:], encoding)))


def _bytes_of(coding: str, text: str) -> bytes:
    data = text.encode("ascii", "replace")
    if coding in "qQ":
        return quopri.decodestring(data, header=True)
    try:
        return binascii.a2b_base64(data + b"===")
    except binascii.Error:
        return data


def _plain(text: str, encoding: str) -> str:
    """Text of a field; bytes outside ASCII come from the parser as lone surrogates."""
    return decoded(text.encode("utf-8", "surrogateescape"), None, encoding)
