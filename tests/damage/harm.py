"""Ways in which files break, each of them seeded, and where every byte of the broken file came from."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

JUNK = -1  # origin of a byte that is not of the file, or was changed
Origins: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Harmed:
    """A broken file.

    Attributes:
        origins: For each byte, where it stood in the valid file; ``JUNK`` if it did not.
        kind: How it was broken.
    """

    content: bytes
    origins: Origins
    kind: str


def harmed(whole: bytes, others: Sequence[bytes], chance: random.Random) -> Harmed:
    """The file broken in one way, or in two.

    Args:
        whole: A valid file.
        others: Valid files that it may be mixed with.
        chance: Decides everything.
    """
    text, origins = np.frombuffer(whole, np.uint8), np.arange(len(whole))
    kinds = chance.choices(list(_KINDS), k=chance.choice([1, 1, 1, 2]))
    for kind in kinds:
        text, origins = _KINDS[kind](text, origins, others, chance)
    return Harmed(text.tobytes(), origins, " and ".join(kinds))


def harmed_within(whole: bytes, place: tuple[int, int], chance: random.Random, spared: bytes) -> Harmed:
    """The file with up to eight bytes changed within one place, offset and length.

    Args:
        whole: A valid file.
        place: Where.
        chance: Decides everything.
        spared: Bytes that are neither written nor overwritten, nor are their neighbours.
    """
    changed, origins = bytearray(whole), np.arange(len(whole))
    size = chance.randint(1, min(8, place[1]))
    at = place[0] + chance.randrange(place[1] - size + 1)
    for here in range(at, at + size):
        if any(byte in spared for byte in whole[max(0, here - 1) : here + 2]):
            continue
        byte = chance.choice([byte for byte in range(256) if byte not in spared and byte != changed[here]])
        changed[here], origins[here] = byte, JUNK
    return Harmed(bytes(changed), origins, "row")


Bytes: TypeAlias = NDArray[np.uint8]
_Way: TypeAlias = Callable[[Bytes, Origins, Sequence[bytes], random.Random], tuple[Bytes, Origins]]


def _stretch(size: int, chance: random.Random, longest: int) -> tuple[int, int]:
    first = chance.randint(0, size)
    return first, min(size, first + chance.randint(0, longest))


def _cut(text: Bytes, origins: Origins, others: Sequence[bytes], chance: random.Random) -> tuple[Bytes, Origins]:
    end = chance.randint(0, len(text))
    return text[:end], origins[:end]


def _flip(text: Bytes, origins: Origins, others: Sequence[bytes], chance: random.Random) -> tuple[Bytes, Origins]:
    changed, now = text.copy(), origins.copy()
    for _ in range(chance.choice([1, 1, 2, 12])):
        if len(text):
            at = chance.randrange(len(text))
            changed[at] ^= 1 << chance.randrange(8)
            now[at] = JUNK
    return changed, now


def _hole(text: Bytes, origins: Origins, others: Sequence[bytes], chance: random.Random) -> tuple[Bytes, Origins]:
    first, last = _stretch(len(text), chance, chance.choice([10, 600, len(text)]))
    return np.delete(text, slice(first, last)), np.delete(origins, slice(first, last))


def _zeros(text: Bytes, origins: Origins, others: Sequence[bytes], chance: random.Random) -> tuple[Bytes, Origins]:
    """As a disk gives back a sector that cannot be read."""
    first, last = _stretch(len(text), chance, 512)
    changed, now = text.copy(), origins.copy()
    changed[first:last], now[first:last] = 0, JUNK
    return changed, now


def _double(text: Bytes, origins: Origins, others: Sequence[bytes], chance: random.Random) -> tuple[Bytes, Origins]:
    first, last = _stretch(len(text), chance, chance.choice([40, 600, len(text)]))
    return np.insert(text, last, text[first:last]), np.insert(origins, last, origins[first:last])


def _interleave(text: Bytes, origins: Origins, others: Sequence[bytes], chance: random.Random) -> tuple[Bytes, Origins]:
    """Chunks of another file between those of this one, as when clusters of a disk are put together wrongly."""
    other, chunk = np.frombuffer(chance.choice(others), np.uint8), chance.choice([16, 128, 512])
    pieces, places = [], []
    for at in range(0, len(text), chunk):
        pieces += [text[at : at + chunk], other[at : at + chunk] if chance.random() < 0.3 else text[:0]]
        places += [origins[at : at + chunk], np.full(len(pieces[-1]), JUNK)]
    return np.concatenate([text[:0], *pieces]), np.concatenate([origins[:0], *places])


def _around(text: Bytes, origins: Origins, others: Sequence[bytes], chance: random.Random) -> tuple[Bytes, Origins]:
    """Junk before, behind or within."""
    junk = np.frombuffer(chance.randbytes(chance.randint(1, 300)), np.uint8)
    at = chance.choice([0, len(text), chance.randint(0, len(text))])
    return np.insert(text, at, junk), np.insert(origins, at, np.full(len(junk), JUNK))


_KINDS: dict[str, _Way] = {
    "cut": _cut, "flip": _flip, "hole": _hole, "zeros": _zeros, "double": _double, "interleave": _interleave,
    "around": _around,
}  # fmt: skip
