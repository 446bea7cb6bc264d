"""Addresses of the regression-test network, many at once: m or n and 2 (base58check), bcrt1 (bech32 and bech32m)."""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.chain.scripts import Kind

_BASE58: Final = np.frombuffer(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", np.uint8)
_BASE32: Final = np.frombuffer(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", np.uint8)
_PREFIX: Final = b"bcrt"
# With these versions the number of 25 bytes always has so many digits in base 58.
_BASE58_FORM: Final = {Kind.P2PKH: (111, 34), Kind.NESTED: (196, 35)}
# Version of the witness, and the constant of the checksum (BIP 173 and BIP 350).
_BASE32_FORM: Final = {Kind.P2WPKH: (0, 1), Kind.P2TR: (1, 0x2BC830A3)}
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FIVE_DIGITS: Final = 58**5  # below 2^30: a remainder and 32 further bits fit into 64


def addresses(kind: Kind, programs: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """The addresses of programs of one kind.

    Args:
        kind: Of all of them.
        programs: Shape (addresses, 20), or (addresses, 32) for P2TR.
    """
    if kind in _BASE58_FORM:
        return _base58(*_BASE58_FORM[kind], programs)
    return _base32(*_BASE32_FORM[kind], programs)


def _base58(version: int, digits: int, programs: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    count = len(programs)
    payload = np.empty((count, 28), np.uint8)  # three bytes of nothing make seven words
    payload[:, :3] = 0
    payload[:, 3] = version
    payload[:, 4:24] = programs
    for row in payload:
        row[24:] = np.frombuffer(hashlib.sha256(hashlib.sha256(row[3:24].tobytes()).digest()).digest()[:4], np.uint8)
    words = payload.view(">u4").astype(np.uint64)
    text = np.empty((count, 35), np.uint8)
    for place in range(30, -1, -5):
        rest = np.zeros(count, np.uint64)
        for word in range(7):
            rest = (rest << np.uint64(32)) | words[:, word]
            words[:, word], rest = np.divmod(rest, np.uint64(_FIVE_DIGITS))
        for digit in range(4, -1, -1):
            rest, last = np.divmod(rest, np.uint64(58))
            text[:, place + digit] = _BASE58[last]
    return _joined(text[:, 35 - digits :])


def _base32(version: int, constant: int, programs: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    count, size = programs.shape
    bits = np.unpackbits(programs, axis=1)
    groups = -(-8 * size // 5)
    padded = np.zeros((count, 5 * groups), np.uint8)
    padded[:, : 8 * size] = bits
    symbols = np.empty((count, 1 + groups + 6), np.uint8)
    symbols[:, 0] = version
    symbols[:, 1 : 1 + groups] = padded.reshape(count, groups, 5) @ np.array([16, 8, 4, 2, 1], np.uint8)
    symbols[:, 1 + groups :] = 0
    check = np.ones(count, np.int64)
    for symbol in (*(byte >> 5 for byte in _PREFIX), 0, *(byte & 31 for byte in _PREFIX)):
        check = _fed(check, symbol)
    for column in range(symbols.shape[1]):
        check = _fed(check, symbols[:, column])
    check ^= constant
    for place in range(6):
        symbols[:, 1 + groups + place] = (check >> (5 * (5 - place))) & 31
    head = np.broadcast_to(np.frombuffer(_PREFIX + b"1", np.uint8), (count, len(_PREFIX) + 1))
    return _joined(np.concatenate([head, _BASE32[symbols]], axis=1))


def _fed(check: NDArray[np.int64], symbol: int | NDArray[np.uint8]) -> NDArray[np.int64]:
    """One step of the checksum's polynomial."""
    top = check >> 25
    check = ((check & 0x1FFFFFF) << 5) ^ symbol
    for bit, term in enumerate(_GENERATOR):
        check ^= ((top >> bit) & 1) * term
    return check


def _joined(text: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    return np.ascontiguousarray(text).view(f"S{text.shape[1]}").ravel()
