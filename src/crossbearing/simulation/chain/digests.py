"""Hashes of bitcoin: double SHA-256, and RIPEMD-160 of many SHA-256 digests at once.

RIPEMD-160 is our own because OpenSSL builds of some systems leave it out, and hashlib then refuses it.
"""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

_Words = NDArray[np.uint32]

# Order of the message words, rotations and constants of both lines: the published description of RIPEMD-160.
_LEFT_WORDS: Final = (
    *(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    *(7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8),
    *(3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12),
    *(1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2),
    *(4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13),
)
_RIGHT_WORDS: Final = (
    *(5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12),
    *(6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2),
    *(15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13),
    *(8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14),
    *(12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11),
)
_LEFT_TURNS: Final = (
    *(11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
    *(7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12),
    *(11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5),
    *(11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12),
    *(9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6),
)
_RIGHT_TURNS: Final = (
    *(8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6),
    *(9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11),
    *(9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5),
    *(15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8),
    *(8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11),
)
_LEFT_ADDED: Final = (0x00000000, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E)
_RIGHT_ADDED: Final = (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0x00000000)
_START: Final = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_ROUNDS: Final = 80


def double_sha256(message: bytes) -> bytes:
    """SHA-256 of the SHA-256."""
    return hashlib.sha256(hashlib.sha256(message).digest()).digest()


def hash160(messages: list[bytes]) -> NDArray[np.uint8]:
    """RIPEMD-160 of the SHA-256 of each message, as an array of shape (messages, 20)."""
    digests = b"".join(hashlib.sha256(message).digest() for message in messages)
    words = np.frombuffer(digests, "<u4").reshape(-1, 8)
    block = np.zeros((16, len(messages)), np.uint32)
    block[:8] = words.T
    block[8] = 0x80  # the padding's first bit
    block[14] = 256  # length of the message, bits
    left = _line(block, _LEFT_WORDS, _LEFT_TURNS, _LEFT_ADDED, (0, 1, 2, 3, 4))
    right = _line(block, _RIGHT_WORDS, _RIGHT_TURNS, _RIGHT_ADDED, (4, 3, 2, 1, 0))
    # Word n of the result joins words n + 1, n + 2 and n + 3 of the start and the two lines.
    result = [
        np.uint32(_START[(n + 1) % 5]) + left[(n + 2) % 5] + right[(n + 3) % 5]
        for n in range(5)
    ]  # fmt: skip
    return np.stack(result, axis=1).astype("<u4").view(np.uint8).reshape(-1, 20)


def _line(
    block: _Words, words: tuple[int, ...], turns: tuple[int, ...], added: tuple[int, ...], order: tuple[int, ...]
) -> tuple[_Words, _Words, _Words, _Words, _Words]:
    """One of the two lines over one block."""
    a, b, c, d, e = (np.full(block.shape[1], start, np.uint32) for start in _START)
    for step in range(_ROUNDS):
        group = step // 16
        mixed = a + _function(order[group], b, c, d) + block[words[step]] + np.uint32(added[group])
        a, b, c, d, e = e, _turned(mixed, turns[step]) + e, b, _turned(c, 10), d
    return a, b, c, d, e


def _function(which: int, x: _Words, y: _Words, z: _Words) -> _Words:
    if which == 0:
        return x ^ y ^ z
    if which == 1:
        return (x & y) | (~x & z)
    if which == 2:  # noqa: PLR2004 - the five functions are numbered
        return (x | ~y) ^ z
    if which == 3:  # noqa: PLR2004
        return (x & z) | (y & ~z)
    return x ^ (y | ~z)


def _turned(words: _Words, by: int) -> _Words:
    return (words << np.uint32(by)) | (words >> np.uint32(32 - by))
