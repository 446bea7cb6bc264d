"""Compiled loops of the comparison of writing: counting runs, and products of pairs of rows.

numba keeps the compiled code beside this file until this file changes.
"""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeAlias, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
Found: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32], Numbers]
_Given = ParamSpec("_Given")
_Gives = TypeVar("_Gives")

_SEED: Final = np.uint64(14695981039346656037)  # FNV-1a; source: Fowler, Noll, Vo
_PRIME: Final = np.uint64(1099511628211)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # golden ratio: what the high bits are spread with
_SHIFT: Final = np.uint64(42)  # 64 less the 22 bits of the table
_HALF: Final = np.uint64(32)
_SPACE, _LETTER = 0, 1
_LINE_END: Final = 10


def _compiled(function: Callable[_Given, _Gives]) -> Callable[_Given, _Gives]:
    made: Callable[_Given, _Gives]
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no place may be written where the compiled code could be kept for the next time
        made = numba.njit(nogil=True)(function)
    return made


@_compiled
def _place(run: np.uint64) -> int:
    mixed = (run ^ (run >> _HALF)) * _MIX
    return int(mixed >> _SHIFT)


@_compiled
def _counted(touched: NDArray[np.int32], count: int, scratch: NDArray[np.int32], times: NDArray[np.int32]) -> None:
    """Sort the places of one account, write how often each was met, and clear the table."""
    touched[:count].sort()
    for at in range(count):
        times[at] = scratch[touched[at]]
        scratch[touched[at]] = 0


@_compiled
def characters(
    codes: NDArray[np.uint32],
    kinds: NDArray[np.uint8],  # noqa: ARG001 - both loops are called alike
    begins: Numbers,
    scratch: NDArray[np.int32],
    lengths: int,
) -> Found:
    """Runs of two and more characters of each account, and how often each is met.

    Args:
        codes: Code points.
        kinds: What each is; not needed here.
        begins: Where each account begins, and the end.
        scratch: The table, all zero; it is so again afterwards.
        lengths: How many lengths of runs there are, from two up.

    Returns:
        Places and times, account by account, rising within each; and how many each account has.
    """
    found = np.empty(len(codes) * lengths, np.int32)
    times = np.empty(len(codes) * lengths, np.int32)
    sizes = np.zeros(len(begins) - 1, np.int64)
    total = 0
    for account in range(len(begins) - 1):
        first = total
        for start in range(begins[account], begins[account + 1]):
            run = _SEED
            for at in range(start, min(start + lengths + 1, begins[account + 1])):
                if codes[at] == _LINE_END:
                    break
                run = (run ^ np.uint64(codes[at])) * _PRIME
                if at > start:
                    place = _place(run)
                    if scratch[place] == 0:
                        found[total] = place
                        total += 1
                    scratch[place] += 1
        _counted(found[first:total], total - first, scratch, times[first:total])
        sizes[account] = total - first
    return found[:total].copy(), times[:total].copy(), sizes


@_compiled
def words(
    codes: NDArray[np.uint32], kinds: NDArray[np.uint8], begins: Numbers, scratch: NDArray[np.int32], lengths: int
) -> Found:
    """Runs of up to ``lengths`` words of each account; see ``characters``."""
    found = np.empty(len(codes) * lengths, np.int32)
    times = np.empty(len(codes) * lengths, np.int32)
    sizes = np.zeros(len(begins) - 1, np.int64)
    before = np.zeros(lengths, np.uint64)  # the newest word last
    total = 0
    for account in range(len(begins) - 1):
        first = total
        known = 0  # words of this text before this one
        at = begins[account]
        while at < begins[account + 1]:
            if codes[at] == _LINE_END:
                known = 0
            kind = kinds[at]
            if kind == _SPACE:
                at += 1
                continue
            word = _SEED
            while at < begins[account + 1] and kinds[at] == kind:
                word = (word ^ np.uint64(codes[at])) * _PRIME
                at += 1
            for step in range(lengths - 1):
                before[step] = before[step + 1]
            before[lengths - 1] = word
            known += 1
            run = _SEED
            for back in range(min(known, lengths)):
                run = (run ^ before[lengths - 1 - back]) * _MIX
                place = _place(run)
                if scratch[place] == 0:
                    found[total] = place
                    total += 1
                scratch[place] += 1
        _counted(found[first:total], total - first, scratch, times[first:total])
        sizes[account] = total - first
    return found[:total].copy(), times[:total].copy(), sizes


@_compiled
def products(
    starts: Numbers, columns: NDArray[np.int32], values: NDArray[np.float32], left: Numbers, right: Numbers
) -> NDArray[np.float64]:
    """Products of pairs of rows of a sparse matrix whose columns are sorted.

    Args:
        starts: Where each row begins, and the end.
        columns: Of the values.
        values: In float32; summed in float64.
        left: Row of each pair.
        right: Other row of each pair.
    """
    found = np.zeros(len(left), np.float64)
    for pair in range(len(left)):
        one, one_end = starts[left[pair]], starts[left[pair] + 1]
        other, other_end = starts[right[pair]], starts[right[pair] + 1]
        total = 0.0
        while one < one_end and other < other_end:
            step = columns[one] - columns[other]
            if step == 0:
                total += np.float64(values[one]) * np.float64(values[other])
                one += 1
                other += 1
            elif step < 0:
                one += 1
            else:
                other += 1
        found[pair] = total
    return found
