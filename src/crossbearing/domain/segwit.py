"""Addresses of segregated witness: bech32 for version 0, bech32m for all later ones.

Sources: BIP 173 and BIP 350.
"""

from typing import Final

ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
BECH32: Final = 1
BECH32M: Final = 0x2BC830A3
_LONGEST: Final = 90  # symbols
_SUM: Final = 6  # symbols of the checksum
_LATEST_VERSION: Final = 16
_LONGEST_PROGRAM: Final = 40  # bytes
_PROGRAMS_OF_VERSION_0: Final = (20, 32)  # bytes


def read_segwit(text: str) -> tuple[str, int, bytes]:
    """Prefix, version and program of an address.

    Raises:
        ValueError: The checksum does not fit, or the rules of BIP 173 and BIP 350 do not allow it.
    """
    if text not in (text.lower(), text.upper()) or len(text) > _LONGEST:
        raise ValueError("mixed case, or too long")
    prefix, mark, data = text.lower().rpartition("1")
    if not prefix or not mark or len(data) <= _SUM:
        raise ValueError("no prefix, or too short")
    if not set(data) <= _VALUES.keys():
        raise ValueError("not base 32")
    values = [_VALUES[symbol] for symbol in data]
    version = values[0]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    if checksum(expanded + values) != (BECH32M if version else BECH32):
        raise ValueError("checksum does not fit")
    program = _eights(values[1:-_SUM])
    if version > _LATEST_VERSION or not 2 <= len(program) <= _LONGEST_PROGRAM:  # noqa: PLR2004 - BIP 141
        raise ValueError("not a witness program")
    if version == 0 and len(program) not in _PROGRAMS_OF_VERSION_0:
        raise ValueError("not a witness program of version 0")
    return prefix, version, program


def checksum(values: list[int]) -> int:
    """The polynomial of BIP 173 over five-bit values."""
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                found ^= term
    return found


def _eights(fives: list[int]) -> bytes:
    """Five-bit values as bytes; what is left over must be fewer than five bits, all zero."""
    number = 0
    for value in fives:
        number = number << 5 | value
    left = len(fives) * 5 % 8
    if left >= 5 or number & ((1 << left) - 1):  # noqa: PLR2004 - bits of a value
        raise ValueError("bits are left over")
    return (number >> left).to_bytes(len(fives) * 5 // 8, "big")
