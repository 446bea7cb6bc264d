"""Base 58: whole numbers as Bitcoin writes them, and blocks of eight bytes as Monero writes them.

Sources: Bitcoin's base58check; CryptoNote standard 007, where eight bytes always give eleven symbols.
"""

import hashlib
from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = {symbol: digit for digit, symbol in enumerate(ALPHABET)}
_SUM: Final = 4  # bytes of the checksum
_BLOCK: Final = 11  # symbols of a whole block
_BYTES_OF: Final = {0: 0, 2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8}  # symbols to bytes, Monero's blocks


def decoded(text: str) -> bytes:
    """The bytes of a number in base 58; every leading 1 is a byte of nothing.

    Raises:
        ValueError: A symbol is not of the alphabet.
    """
    number = _number(text)
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def decoded_with_checksum(text: str) -> bytes:
    """The bytes in front of a checksum that fits.

    Raises:
        ValueError: A symbol is not of the alphabet, or the checksum does not fit.
    """
    whole = decoded(text)
    payload, checksum = whole[:-_SUM], whole[-_SUM:]
    if len(whole) <= _SUM or hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:_SUM] != checksum:
        raise ValueError("checksum does not fit")
    return payload


def decoded_blocks(text: str) -> bytes:
    """The bytes of Monero's blocks.

    Raises:
        ValueError: A symbol is not of the alphabet, a block is too large for its bytes, or too short.
    """
    found = bytearray()
    for at in range(0, len(text), _BLOCK):
        block = text[at : at + _BLOCK]
        size = _BYTES_OF.get(len(block))
        number = _number(block)
        if size is None or number.bit_length() > 8 * size:
            raise ValueError("not a block of base 58")
        found += number.to_bytes(size, "big")
    return bytes(found)


def _number(text: str) -> int:
    number = 0
    for symbol in text:
        digit = _DIGITS.get(symbol)
        if digit is None:
            raise ValueError("not base 58")
        number = number * 58 + digit
    return number
