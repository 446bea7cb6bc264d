"""Public keys in seized text: find the armour, repair it, read the first packet.

Only the primary key packet is read, and nothing is trusted: a fingerprint says which key a text shows,
not who owns it.
Sources: RFC 4880 sections 4.2, 5.5.2, 6 and 12.2; RFC 9580 section 5.5.4 for version 6.
"""

import base64
import binascii
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Any dash count, any white space: seized text loses line breaks and gains entities.
_BLOCK: Final = re.compile(
    r"-{2,}\s*BEGIN\s+PGP\s+PUBLIC\s+KEY\s+BLOCK\s*-{2,}(?P<body>.*?)"
    r"(?:-{2,}\s*END\s+PGP\s+PUBLIC\s+KEY\s+BLOCK\s*-{2,}|\Z)",
    re.DOTALL,
)
_HEADER: Final = re.compile(r"^\s*(Version|Comment|Hash|Charset|MessageID):[^\n]*$", re.MULTILINE)
_CHECKSUM: Final = re.compile(r"=(?P<sum>[A-Za-z0-9+/]{4})\s*$")
_LONGEST_BLOCK: Final = 1 << 20  # characters; a key block above 1 MiB is not read
_PUBLIC_KEY: Final = 6  # packet tag
_CRC24_START: Final = 0xB704CE
_CRC24_POLYNOMIAL: Final = 0x1864CFB


class KeyState(StrEnum):
    """How far a key block could be read."""

    CRC_OK = "crc_ok"  # the armour's checksum fits the bytes
    PACKET_ONLY = "packet_only"  # first packet read, checksum absent or wrong: never enough alone
    DAMAGED = "damaged"  # no primary key packet


@dataclass(frozen=True, slots=True)
class KeyReading:
    """What one key block shows.

    Attributes:
        start: Where the block begins in the text, characters.
        end: Where it ends, characters.
        fingerprint: Upper-case hex, or empty if the block is damaged.
        state: How far it could be read.
    """

    start: int
    end: int
    fingerprint: str
    state: KeyState


def read_keys(text: str) -> Iterator[KeyReading]:
    """Yield one reading for every public key block in a text, in order."""
    for block in _BLOCK.finditer(text[:_LONGEST_BLOCK]):
        fingerprint, state = _read_block(block["body"])
        yield KeyReading(block.start(), block.end(), fingerprint, state)


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
        value ^= byte << 16
        for _ in range(8):
            value <<= 1
            if value & 0x1000000:
                value ^= _CRC24_POLYNOMIAL
    return value & 0xFFFFFF


def _read_block(body: str) -> tuple[str, KeyState]:
    text = _HEADER.sub("", html.unescape(body).replace("\xa0", " ")).strip()
    checksum = _CHECKSUM.search(text)
    if checksum:
        text = text[: checksum.start()]
    symbols = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        packets = base64.b64decode(symbols[: len(symbols) // 4 * 4] + _rest(symbols))
        found = fingerprint(_first_packet(packets))
    except (ValueError, binascii.Error):
        return "", KeyState.DAMAGED
    if checksum and crc24(packets) == int.from_bytes(base64.b64decode(checksum["sum"]), "big"):
        return found, KeyState.CRC_OK
    return found, KeyState.PACKET_ONLY


def _rest(symbols: str) -> str:
    """The last one to three symbols with their padding; a single symbol holds no byte."""
    left = symbols[len(symbols) // 4 * 4 :]
    return "" if len(left) < 2 else left + "=" * (4 - len(left))  # noqa: PLR2004 - base64 groups


def _first_packet(packets: bytes) -> bytes:
    """Body of the first packet, which must be a public key and lie wholly in the bytes."""
    if len(packets) < 6:  # noqa: PLR2004 - header, version and creation time
        message = "too short for a key packet"
        raise ValueError(message)
    head = packets[0]
    if head & 0xC0 == 0xC0:  # noqa: PLR2004 - new format
        tag, (start, size) = head & 0x3F, _new_length(packets)
    elif head & 0x80:
        tag, (start, size) = (head >> 2) & 0x0F, _old_length(packets)
    else:
        message = "not a packet header"
        raise ValueError(message)
    if tag != _PUBLIC_KEY or start + size > len(packets):
        message = "first packet is not a whole public key"
        raise ValueError(message)
    return packets[start : start + size]


def _new_length(packets: bytes) -> tuple[int, int]:
    first = packets[1]
    if first < 192:  # noqa: PLR2004 - RFC 4880 section 4.2.2.1
        return 2, first
    if first < 224:  # noqa: PLR2004 - section 4.2.2.2
        return 3, ((first - 192) << 8) + packets[2] + 192
    if first == 255:  # noqa: PLR2004 - section 4.2.2.3
        return 6, int.from_bytes(packets[2:6], "big")
    message = "partial lengths are for data packets"
    raise ValueError(message)


def _old_length(packets: bytes) -> tuple[int, int]:
    octets = {0: 1, 1: 2, 2: 4}.get(packets[0] & 0x03)
    if octets is None:
        message = "indeterminate length"
        raise ValueError(message)
    return 1 + octets, int.from_bytes(packets[1 : 1 + octets], "big")
