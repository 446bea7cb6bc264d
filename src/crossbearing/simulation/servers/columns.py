"""Columns of text from columns of numbers: ids, times, amounts, as databases write them."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

BATCH = 50_000  # rows written at a time; bounds the memory


def slices(count: int, first: int = 0) -> Iterator[slice]:
    """Consecutive pieces of a table, or of what stands in it from some row on."""
    for start in range(first, count, BATCH):
        yield slice(start, min(start + BATCH, count))


class Uuids(Sequence[str]):
    """Random UUIDs of version 4, kept as 16 bytes each: as text, millions would take half a gigabyte."""

    def __init__(self, chance: np.random.Generator, count: int) -> None:
        """Draw them."""
        self._bytes = chance.bytes(16 * count)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._bytes) // 16

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """One as text, or a list of a consecutive piece."""
        if isinstance(place, slice):
            start, stop, _ = place.indices(len(self))
            text = self._bytes[16 * start : 16 * stop].hex()
            pieces = [text[at : at + 32] for at in range(0, len(text), 32)]
            return [f"{p[:8]}-{p[8:12]}-4{p[13:16]}-a{p[17:20]}-{p[20:]}" for p in pieces]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self[place : place + 1][0]


def uuids(chance: np.random.Generator, count: int) -> list[str]:
    """Random UUIDs as text."""
    return Uuids(chance, count)[:]


def stamps(at: NDArray[np.int64]) -> list[str]:
    """Unix seconds as ``2021-11-30 12:00:00``."""
    written = np.datetime_as_string(at.astype("datetime64[s]"), unit="s").tolist()
    return [text.replace("T", " ") for text in written]


def coins(atoms: NDArray[np.int64], is_satoshi: NDArray[np.bool_]) -> list[str]:
    """Amounts with twelve decimals; satoshi have eight, the others twelve."""
    scaled = np.where(is_satoshi, atoms * 10_000, atoms)
    whole, rest = np.divmod(scaled, 10**12)
    return [f"{one}.{other:012d}" for one, other in zip(whole.tolist(), rest.tolist(), strict=True)]


def dollars(cents: int) -> str:
    """US cents as dollars with two decimals."""
    return f"{cents // 100}.{cents % 100:02d}"


def picked(values: list[str], places: NDArray[np.int32]) -> list[str]:
    """The values at the places."""
    return [values[place] for place in places.tolist()]
