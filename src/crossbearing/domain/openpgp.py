"""Public keys in seized text: find the armour, repair it, read the first packet.

Only the primary key packet is read here, and nothing is trusted: a fingerprint says which key a text shows,
not who owns it. Whether the key signed itself is checked where cryptography is at hand.
Sources: RFC 4880 sections 6 and 12.2; RFC 9580 section 5.5.4 for version 6.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from crossbearing.domain.openpgp_packets import PUBLIC_KEY, is_whole_key, packets_in

# Any dash count, any white space: seized text loses line breaks and gains entities.
_BLOCK: Final = re.compile(
    r"(?<!-)-{2,}+\s*+BEGIN\s+PGP\s+PUBLIC\s+KEY\s+BLOCK\s*-{2,}(?P<body>.*?)"
    r"(?:(?<!-)-{2,}+\s*+END\s+PGP\s+PUBLIC\s+KEY\s+BLOCK\s*-{2,}|\Z)",
    re.DOTALL,
)
_HEADER: Final = re.compile(r"^[^\S\n]*+(Version|Comment|Hash|Charset|MessageID):[^\n]*$", re.MULTILINE)
_TAG: Final = re.compile(r"<[^<>]{0,80}>")  # left of a page
_CHECKSUM: Final = re.compile(r"(?:(?<=\s)|(?<==))=(?P<sum>[A-Za-z0-9+/]{4})(?=\s|$)|=(?P<last>[A-Za-z0-9+/]{4})\s*$")
# Symbols with which a public key packet can begin: tag 6 in the old format, then in the new one.
_OPENING: Final = re.compile(r"(?<![A-Za-z0-9+/])(?:m[A-Za-v]|x[g-v])[A-Za-z0-9+/]{10}")
_OPENINGS: Final = 8  # tried in one block; words of a comment look like one too
_LINE: Final = re.compile(r"(?<!\S)[A-Za-z0-9+/]{40,}+={0,2}+(?!\S)")  # a line of armour: nothing else, and long
_LAST_LINE: Final = re.compile(r"\s+(?P<rest>[A-Za-z0-9+/]{1,76}={0,2})(?=\s*=|\s*$)")
_LONGEST_BLOCK: Final = 1 << 20  # characters; a key block above 1 MiB is not read
_SHORTEST: Final = 24  # bytes; fewer are words between the marks
_CRC24_START: Final = 0xB704CE
_CRC24_POLYNOMIAL: Final = 0x1864CFB


class KeyState(StrEnum):
    """How far a key block could be read."""

    VERIFIED = "verified"  # and its owner's own signature over a user id or the key is valid
    CRC_OK = "crc_ok"  # the armour's checksum fits the bytes
    PACKET_ONLY = "packet_only"  # first packet read, checksum absent or wrong: never enough alone
    DAMAGED = "damaged"  # no primary key packet


class Flaw(StrEnum):
    """Why a block has no fingerprint."""

    NONE = ""
    EMPTY = "nothing that could be a key stands between the marks"
    NO_KEY = "the first packet is no public key"
    CUT_OFF = "the block ends within the first packet"
    OLD_VERSION = "the key is of version 2 or 3"
    NO_WHOLE_KEY = "the first packet is not filled by a key"
    AMBIGUOUS = "two ways of repair give two keys"


@dataclass(frozen=True, slots=True)
class KeyReading:
    """What one key block shows.

    Attributes:
        start: Where the block begins in the text, characters.
        end: Where it ends, characters.
        fingerprint: Upper-case hex, or empty if the block is damaged.
        state: How far it could be read.
        flaw: Why there is no fingerprint.
        packets: The bytes of the block after repair.
    """

    start: int
    end: int
    fingerprint: str
    state: KeyState
    flaw: Flaw = Flaw.NONE
    packets: bytes = b""


def read_keys(text: str) -> Iterator[KeyReading]:
    """Yield one reading for every public key block in a text, in order."""
    for block in _BLOCK.finditer(text[:_LONGEST_BLOCK]):
        read = _read_block(block["body"])
        yield KeyReading(block.start(), block.end(), read.fingerprint, read.state, read.flaw, read.packets)


def fingerprint(public_key_packet: bytes) -> str:
    """Fingerprint of a primary key packet's body, upper-case hex.

    Raises:
        ValueError: The version is neither 4 nor 6.
    """
    size = len(public_key_packet)
    version = public_key_packet[0] if public_key_packet else 0
    if version == 4:  # noqa: PLR2004 - the version numbers are the standard's
        # SHA-1 is what the standard names a version 4 key by; it protects nothing here.
        framed = b"\x99" + size.to_bytes(2, "big") + public_key_packet
        return hashlib.sha1(framed, usedforsecurity=False).hexdigest().upper()
    if version == 6:  # noqa: PLR2004
        framed = b"\x9b" + size.to_bytes(4, "big") + public_key_packet
        return hashlib.sha256(framed).hexdigest().upper()
    message = f"key version is {version}, expected 4 or 6"
    raise ValueError(message)


def armoured(packets: bytes) -> str:
    """The packets as an ASCII-armoured public key block with its checksum."""
    body = base64.b64encode(packets).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    checksum = base64.b64encode(crc24(packets).to_bytes(3, "big")).decode()
    return "\n".join(
        [
            "-----BEGIN PGP PUBLIC KEY BLOCK-----",
            "",
            *lines,
            f"={checksum}",
            "-----END PGP PUBLIC KEY BLOCK-----",
        ]
    )


def crc24(packets: bytes) -> int:
    """Checksum of ASCII armour, 24 bits. Source: RFC 4880 section 6.1."""
    value = _CRC24_START
    for byte in packets:
        value = (value << 8 & 0xFFFFFF) ^ _CRC24_TABLE[value >> 16 ^ byte]
    return value


def _crc24_of(byte: int) -> int:
    value = byte << 16
    for _ in range(8):
        value = value << 1 ^ (_CRC24_POLYNOMIAL if value & 0x800000 else 0)
    return value & 0xFFFFFF


_CRC24_TABLE: Final = tuple(_crc24_of(byte) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one way of repair gives."""

    fingerprint: str
    state: KeyState
    flaw: Flaw
    packets: bytes = b""


def _read_block(body: str) -> _Attempt:
    """The best of several ways of repair; the first whose checksum fits ends the search."""
    text = _TAG.sub("\n", html.unescape(body).replace("\xa0", " "))
    attempts: list[_Attempt] = []
    for symbols, checksum in _repairs(text):
        attempt = _attempt(symbols, checksum)
        if attempt.state is KeyState.CRC_OK:
            return attempt
        attempts.append(attempt)
    read = [attempt for attempt in attempts if attempt.fingerprint]
    if len({attempt.fingerprint for attempt in read}) > 1:
        return _Attempt("", KeyState.DAMAGED, Flaw.AMBIGUOUS)
    if read:
        return read[0]
    if not _LINE.search(text) and all(attempt.flaw in {Flaw.EMPTY, Flaw.NO_KEY} for attempt in attempts):
        return _Attempt("", KeyState.DAMAGED, Flaw.EMPTY)  # words, however many of them
    return next((one for one in attempts if one.flaw not in {Flaw.EMPTY, Flaw.NO_KEY}), attempts[0])


def _repairs(text: str) -> Iterator[tuple[str, str]]:
    """Symbols of a block and its checksum, as they stand without headers, and with one damage undone at a time."""
    whole, checksum = _parted(_HEADER.sub("", text).strip())
    yield whole, checksum
    openings = list(islice(_OPENING.finditer(text), _OPENINGS))
    for opening in openings:  # headers on the same line as the armour, words in front of it
        yield _parted(text[opening.start() :].strip())
    for opening in openings:  # words within it
        rest, checksum = _parted(text[opening.start() :].strip())
        lines = list(_LINE.finditer(rest))
        if lines:
            last = _LAST_LINE.match(rest, lines[-1].end())
            yield "\n".join([*(line[0] for line in lines), *([last["rest"]] if last else [])]), checksum


def _parted(text: str) -> tuple[str, str]:
    checksum = _CHECKSUM.search(text)
    if checksum is None:
        return text, ""
    return text[: checksum.start()], checksum["sum"] or checksum["last"]


def _attempt(text: str, checksum: str) -> _Attempt:
    symbols = re.sub(r"[^A-Za-z0-9+/]", "", text)
    packets = base64.b64decode(symbols[: len(symbols) // 4 * 4] + _rest(symbols))
    flaw, found = _first_key(packets)
    if flaw:
        return _Attempt("", KeyState.DAMAGED, flaw)
    fits = checksum and crc24(packets) == int.from_bytes(base64.b64decode(checksum), "big")
    return _Attempt(found, KeyState.CRC_OK if fits else KeyState.PACKET_ONLY, Flaw.NONE, packets)


def _rest(symbols: str) -> str:
    """The last one to three symbols with their padding; a single symbol holds no byte."""
    left = symbols[len(symbols) // 4 * 4 :]
    return "" if len(left) < 2 else left + "=" * (4 - len(left))  # noqa: PLR2004 - base64 groups


def _first_key(packets: bytes) -> tuple[Flaw, str]:
    """Fingerprint of the first packet, which must be a whole public key of version 4 or 6; or why it is none."""
    if len(packets) < _SHORTEST:
        return Flaw.EMPTY, ""
    try:
        first = next(packets_in(packets))
    except ValueError:
        head = packets[0]
        tag = head & 0x3F if head & 0x40 else head >> 2 & 0x0F
        is_key = head & 0x80 and tag == PUBLIC_KEY
        return (Flaw.CUT_OFF if is_key else Flaw.NO_KEY), ""
    if first.tag != PUBLIC_KEY:
        return Flaw.NO_KEY, ""
    if first.body[:1] in (b"\x02", b"\x03"):
        return Flaw.OLD_VERSION, ""
    return (Flaw.NONE, fingerprint(first.body)) if is_whole_key(first.body) else (Flaw.NO_WHOLE_KEY, "")
