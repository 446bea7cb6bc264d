"""OpenPGP packets in a row of bytes, and whether a key packet is whole.

Sources: RFC 4880 sections 4.2 and 5.5.2; RFC 9580 sections 5.5.4 to 5.5.6 for version 6 and the newer algorithms;
the draft "Post-Quantum Cryptography in OpenPGP" for the two largest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIGNATURE, PUBLIC_KEY, USER_ID = 2, 6, 13  # packet tags
RSA: Final = frozenset({1, 2, 3})
ELGAMAL, DSA, ECDH, ECDSA, EDDSA = 16, 17, 18, 19, 22
X25519, X448, ED25519, ED448 = 25, 26, 27, 28
_ML_DSA_65, _ML_DSA_87 = 30, 31  # with Ed25519 and with Ed448
_NUMBERS: Final = {1: 2, 2: 2, 3: 2, ELGAMAL: 3, DSA: 4}  # multiprecision integers of a key, by algorithm
_FIXED: Final = {
    X25519: 32,
    X448: 56,
    ED25519: 32,
    ED448: 57,
    _ML_DSA_65: 1984,
    _ML_DSA_87: 2649,
}  # bytes of a key, by algorithm
_HEAD: Final = {4: 6, 6: 10}  # bytes of a key packet in front of the key, by version
_ALGORITHM: Final = 5  # where its number stands


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its tag and its body."""

    tag: int
    body: bytes


def packets_in(whole: bytes) -> Iterator[Packet]:
    """The packets, in order.

    Raises:
        ValueError: What stands there is no packet, or it is not whole.
    """
    at = 0
    while at < len(whole):
        tag, start, size = _header(whole, at)
        if start + size > len(whole):
            raise ValueError("packet is cut off")
        yield Packet(tag, whole[start : start + size])
        at = start + size


def whole_packets(whole: bytes) -> list[Packet]:
    """The packets up to the first that is none or not whole."""
    found: list[Packet] = []
    try:
        found.extend(packets_in(whole))
    except ValueError:
        return found
    return found


def numbers(body: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    """Multiprecision integers from a place on, and where they end.

    Raises:
        ValueError: They reach beyond the bytes.
    """
    found = []
    for _ in range(count):
        size = (int.from_bytes(body[at : at + 2], "big") + 7) // 8
        at += 2 + size
        if at > len(body):
            raise ValueError("a number is cut off")
        found.append(body[at - size : at])
    return found, at


def is_whole_key(body: bytes) -> bool:
    """Whether the body of a key packet is filled exactly by the key that its algorithm demands."""
    head = _HEAD.get(body[0]) if body else None
    if head is None or len(body) <= head:
        return False
    algorithm = body[_ALGORITHM]
    try:
        if algorithm in _NUMBERS:
            return numbers(body, head, _NUMBERS[algorithm])[1] == len(body)
        if algorithm in _FIXED:
            return head + _FIXED[algorithm] == len(body)
        if algorithm in {ECDSA, EDDSA, ECDH}:
            _, end = numbers(body, head + 1 + body[head], 1)
            return end + (1 + body[end] if algorithm == ECDH else 0) == len(body)
    except (ValueError, IndexError):
        return False
    return False


def _header(whole: bytes, at: int) -> tuple[int, int, int]:
    """Tag, where the body begins, and its length, of the packet at a place."""
    head = whole[at]
    length = whole[at + 1 : at + 6]
    if head & 0xC0 == 0xC0:  # noqa: PLR2004 - new format
        size, octets = _new_length(length)
        return head & 0x3F, at + 1 + octets, size
    if not head & 0x80:
        raise ValueError("not a packet header")
    octets = {0: 1, 1: 2, 2: 4}.get(head & 0x03, 0)
    if not octets or len(length) < octets:
        raise ValueError("indeterminate length, or cut off")
    return (head >> 2) & 0x0F, at + 1 + octets, int.from_bytes(length[:octets], "big")


def _new_length(length: bytes) -> tuple[int, int]:
    """Length of a body in the new format, and how many octets say it."""
    first = length[0] if length else 0
    if length and first < 192:  # noqa: PLR2004 - RFC 4880 section 4.2.2.1
        return first, 1
    if len(length) > 1 and first < 224:  # noqa: PLR2004 - section 4.2.2.2
        return ((first - 192) << 8) + length[1] + 192, 2
    if len(length) > 4 and first == 255:  # noqa: PLR2004 - section 4.2.2.3
        return int.from_bytes(length[1:5], "big"), 5
    raise ValueError("partial lengths are for data packets, or cut off")
