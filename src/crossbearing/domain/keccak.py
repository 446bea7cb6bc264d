"""Keccak-256 as Ethereum and Monero use it: SHA-3 with the padding of the competition entry.

Sources: the Keccak reference, version 3.0; FIPS 202 section 3, whose padding is the only one in the standard library.
"""

from typing import Final

_RATE: Final = 136  # bytes taken in per round of the sponge, for 256 bits of output
_MASK: Final = (1 << 64) - 1
_ROUNDS: Final = 24
KECCAK: Final = 0x01  # first byte of the padding; FIPS 202 uses 0x06
SHA3: Final = 0x06


def keccak256(message: bytes, padding: int = KECCAK) -> bytes:
    """Digest of 32 bytes.

    Args:
        message: Any bytes.
        padding: ``KECCAK``, or ``SHA3`` for the digest of the standard library.
    """
    padded = bytearray(message + bytes([padding]))
    padded += bytes(-len(padded) % _RATE)
    padded[-1] |= 0x80
    lanes = [0] * 25  # lane (x, y) stands at x + 5 y
    for at in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            lanes[lane] ^= int.from_bytes(padded[at + 8 * lane : at + 8 * lane + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _turned(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _MASK


def _constants() -> tuple[int, ...]:
    """Round constants: bits of the register x^8 + x^6 + x^5 + x^4 + 1 at places 2^j - 1."""
    register, found = 1, []
    for _ in range(_ROUNDS):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        found.append(constant)
    return tuple(found)


def _moves() -> tuple[tuple[int, int], ...]:
    """For each lane, from the second of the walk on: where it goes, and by how many bits it is turned."""
    x, y, found = 1, 0, []
    for step in range(_ROUNDS):
        x, y = y, (2 * x + 3 * y) % 5
        found.append((x + 5 * y, (step + 1) * (step + 2) // 2 % 64))
    return tuple(found)


_CONSTANTS: Final = _constants()
_MOVES: Final = _moves()


def _permuted(lanes: list[int]) -> list[int]:
    for constant in _CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        parity = [columns[x - 1] ^ _turned(columns[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ parity[place % 5] for place, lane in enumerate(lanes)]
        moved, carried = lanes.copy(), lanes[1]
        for place, turn in _MOVES:
            carried, moved[place] = lanes[place], _turned(carried, turn)
        lanes = [
            moved[row + x] ^ (~moved[row + (x + 1) % 5] & moved[row + (x + 2) % 5] & _MASK)
            for row in range(0, 25, 5)
            for x in range(5)
        ]
        lanes[0] ^= constant
    return lanes
