r"""Value lists of SQL inserts, ``(1,'a',NULL),(2,…);``, split and unescaped by compiled code.

Two passes: the first notes where each value lies and what it is, the second writes a column's values one behind
another as Arrow keeps them. Nothing is interpreted but the literals of the language. numba keeps the compiled code
beside this file until this file changes: after a change to ``sixteen_bytes`` touch it.
"""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeAlias, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from crossbearing.intake.readers.sixteen_bytes import WIDTH, Bytes, copy_sixteen, plain_bytes

Places: TypeAlias = NDArray[np.int32] | NDArray[np.int64]

# What a value is.
NULL, PLAIN, STRING, ESCAPED, HEX, BITS = 0, 1, 2, 3, 4, 5
# Why splitting stopped.
DONE, MORE, FULL, BROKEN, MISFIT = 0, 1, 2, 3, 4
# Bytes that mean something.
_TAB, _LINE_END, _RETURN, _SPACE, _QUOTE, _OPEN, _CLOSE, _COMMA = 9, 10, 13, 32, 39, 40, 41, 44
_PLUS, _MINUS, _POINT, _ZERO, _ONE, _NINE, _SEMICOLON, _BACKSLASH, _LINE = 43, 45, 46, 48, 49, 57, 59, 92, 95
_A, _B, _E, _F, _L, _N, _U, _X, _Z = 97, 98, 101, 102, 108, 110, 117, 120, 122
_LOWER: Final = 32  # makes a letter small
_CUT, _NO_VALUE = -1, -2  # instead of a place: the window ends first; nothing that a value may be
_MOST_BITS: Final = 64
_ESCAPES: Final = np.arange(256, dtype=np.uint8)
_ESCAPES[[ord(letter) for letter in "0bnrtZ"]] = [0, 8, 10, 13, 9, 26]
_Given = ParamSpec("_Given")
_Gives = TypeVar("_Gives")


def _compiled(function: Callable[_Given, _Gives]) -> Callable[_Given, _Gives]:
    """Compile without counting references: nothing is allocated here, and counting at every call halves the speed."""
    options = {"nogil": True, "_nrt": False}
    made: Callable[_Given, _Gives]
    try:
        made = numba.njit(cache=True, **options)(function)  # type: ignore[call-overload]
    except RuntimeError:  # no place may be written where the compiled code could be kept for the next time
        made = numba.njit(**options)(function)  # type: ignore[call-overload]
    return made


@_compiled
def _past_space(window: Bytes, at: int) -> int:
    while at < len(window) and (window[at] == _SPACE or _TAB <= window[at] <= _RETURN):
        at += 1
    return at


@_compiled
def split(  # noqa: C901, PLR0911, PLR0912, PLR0917 - in one piece, for a call costs more than a byte
    window: Bytes, at: int, needs_comma: bool, first: Places, last: Places, kind: Bytes, row: Places, sizes: Places
) -> tuple[int, int, int, int, int]:  # fmt: skip
    """Find rows from ``at`` on, as ``cells.Split`` has it: rows, at, end, why, found.

    Args:
        window: Bytes in memory.
        at: Where a row, a comma before one, or the closing semicolon stands.
        needs_comma: Whether a comma must come before the next row.
        first: Gets where each value begins, by column and row.
        last: Gets where it ends.
        kind: Gets what it is.
        row: Gets where each row begins and ends.
        sizes: Gets, for each column, how many bytes its values need at most, and how many of them are null.
    """
    columns, most = first.shape
    rows = 0
    sizes[:] = 0
    while True:
        place = _past_space(window, at)
        if needs_comma and place < len(window):
            if window[place] == _SEMICOLON:
                return rows, place + 1, 0, DONE, 0
            if window[place] != _COMMA:
                return rows, place, 0, BROKEN, 0
            place = _past_space(window, place + 1)
        if place >= len(window):
            return rows, at, 0, MORE, 0
        if rows == most:
            return rows, at, 0, FULL, 0
        if window[place] != _OPEN:
            return rows, place, 0, BROKEN, 0
        begin, column, place = place, 0, place + 1
        while True:
            start, stop, what, place = _value(window, place)
            if place == _CUT:
                return rows, at, 0, MORE, 0
            if place == _NO_VALUE:
                return rows, begin, 0, BROKEN, 0
            if column < columns:
                first[column, rows], last[column, rows], kind[column, rows] = start, stop, what
                # As text, a hexadecimal value has 0x before its digits; a bit literal is never longer than its digits.
                sizes[0, column] += stop - start + 2 * (what == HEX)
                sizes[1, column] += what == NULL
            column += 1
            place += 1
            if window[place - 1] == _CLOSE:
                break
        if column != columns:
            return rows, begin, place, MISFIT, column
        row[0, rows], row[1, rows] = begin, place
        rows += 1
        at, needs_comma = place, True


@_compiled
def _value(window: Bytes, at: int) -> tuple[int, int, int, int]:
    """Start, end and kind of the value here, and where the comma or bracket behind it stands."""
    at = _past_introducer(window, _past_space(window, at))
    if at + 1 >= len(window):
        return 0, 0, 0, _CUT
    start, what = at, PLAIN
    if window[at] == _QUOTE or (window[at + 1] == _QUOTE and _A <= window[at] | _LOWER <= _Z):
        start += 1 if window[at] == _QUOTE else 2
        found = _string_end(window, start)
        if found < 0:
            return 0, 0, 0, _CUT
        stop = found >> 1
        what = _kind_of_string(window, at, start, stop) if window[at] != _QUOTE or found & 1 else STRING
        at = stop + 1
    else:
        while at < len(window) and window[at] != _COMMA and window[at] != _CLOSE and window[at] > _SPACE:
            at += 1
        stop = at
        what = _kind_of_bare(window, start, stop)
        start += 2 if what == HEX else 0
    at = _past_space(window, at)
    if at >= len(window):
        return 0, 0, 0, _CUT
    if what < 0 or (window[at] != _COMMA and window[at] != _CLOSE):
        return 0, 0, 0, _NO_VALUE
    return start, stop, what, at


@_compiled
def _past_introducer(window: Bytes, at: int) -> int:
    """Past ``_binary`` or ``_utf8mb4``, which say how the string behind them is meant."""
    if at < len(window) and window[at] == _LINE:
        while at < len(window) and window[at] != _QUOTE and window[at] > _SPACE:
            at += 1
        at = _past_space(window, at)
    return at


@_compiled
def _string_end(window: Bytes, at: int) -> int:
    """Twice the place of the closing quote, and one more if the string holds escapes; negative if it is not there."""
    is_escaped = 0
    while True:
        at = _plain_end(window, at, len(window))
        if at + 1 >= len(window):
            return _CUT
        if window[at] == _QUOTE and window[at + 1] != _QUOTE:
            return at << 1 | is_escaped
        is_escaped = 1
        at += 2


@_compiled
def _plain_end(window: Bytes, at: int, stop: int) -> int:
    """Where the first quote or backslash stands; ``stop`` if none does before."""
    while at < stop and at + WIDTH <= len(window):
        plain = plain_bytes(window, at, _QUOTE, _BACKSLASH)
        at += plain
        if plain < WIDTH:
            return min(at, stop)
    while at < stop and window[at] != _QUOTE and window[at] != _BACKSLASH:
        at += 1
    return min(at, stop)


@_compiled
def _copy(window: Bytes, start: int, stop: int, out: Bytes, size: int) -> int:
    """A stretch as it stands; sixteen bytes more than it needs are free in ``out``."""
    end = size + stop - start
    while start < stop and start + WIDTH <= len(window):
        copy_sixteen(window, start, out, size)
        start, size = start + WIDTH, size + WIDTH
    for place in range(start, stop):
        out[size + place - start] = window[place]
    return end


@_compiled
def _is_ascii(content: Bytes, begin: int, end: int) -> int:
    """1 if all bytes are ASCII, so that they are text in UTF-8; else 0."""
    found = 0
    for byte in content[begin:end]:  # a slice, for over places the compiler makes no wide loop
        found |= byte
    return found < 128  # noqa: PLR2004 - the first byte that is no ASCII


@_compiled
def _kind_of_string(window: Bytes, at: int, start: int, stop: int) -> int:
    """Kind of a value in quotes with escapes, or with a letter before it (x, b, N); negative if it is none."""
    letter = window[at] | _LOWER
    if window[at] == _QUOTE or letter == _N:
        return ESCAPED
    if letter == _X:
        return HEX if _all_hex(window, start, stop) else _NO_VALUE
    if letter != _B or stop - start > _MOST_BITS:
        return _NO_VALUE
    for place in range(start, stop):
        if window[place] != _ZERO and window[place] != _ONE:
            return _NO_VALUE
    return BITS


@_compiled
def _all_hex(window: Bytes, start: int, stop: int) -> bool:
    for place in range(start, stop):  # noqa: SIM110 - compiled code knows no generators
        if not (_ZERO <= window[place] <= _NINE or _A <= window[place] | _LOWER <= _F):
            return False
    return True


@_compiled
def _kind_of_bare(window: Bytes, start: int, stop: int) -> int:
    """Kind of a value without quotes: a number, a hexadecimal literal, the word NULL; negative if it is none."""
    size = stop - start
    if size == 4 and window[start] | _LOWER == _N and window[start + 1] | _LOWER == _U:  # noqa: PLR2004 - NULL
        is_null = window[start + 2] | _LOWER == _L and window[start + 3] | _LOWER == _L
        return NULL if is_null else _NO_VALUE
    if size > 2 and window[start] == _ZERO and window[start + 1] | _LOWER == _X:  # noqa: PLR2004 - 0x and a digit
        return HEX if _all_hex(window, start + 2, stop) else _NO_VALUE
    digits = 0
    for place in range(start, stop):
        char = window[place]
        is_sign = char in (_MINUS, _PLUS)
        if is_sign and place > start and window[place - 1] | _LOWER != _E:
            return _NO_VALUE
        if _ZERO <= char <= _NINE:
            digits += 1
        elif not is_sign and char != _POINT and char | _LOWER != _E:
            return _NO_VALUE
    return PLAIN if digits else _NO_VALUE


@_compiled
def gather(  # noqa: PLR0917 - compiled code takes no keywords
    window: Bytes, first: Places, last: Places, kind: Bytes, rows: int, is_binary: Bytes, out: Bytes, begins: Places,
    ends: Places, sizes: Places,
) -> None:  # fmt: skip
    """Write the values of every column one behind another, in one call: threads that call often wait for each other.

    Args:
        window: Bytes in memory.
        first: Where each value begins, by column and row.
        last: Where it ends.
        kind: What it is.
        rows: How many rows.
        is_binary: By column: hexadecimal and bit literals stand for bytes, not for their digits.
        out: Gets the values; each column has ``WIDTH`` bytes more than it needs, for copying writes whole sixteens.
        begins: Where in it each column begins.
        ends: Gets, by column, 0 and where each value ends.
        sizes: Gets, by column, how many bytes its values have, and 1 if all of them are ASCII.
    """
    for column in range(len(begins)):
        begin = begins[column]
        end = _gather_column(window, first, last, kind, column, rows, is_binary[column] != 0, out, begin, ends)
        sizes[0, column], sizes[1, column] = end - begin, _is_ascii(out, begin, end)


@_compiled
def _gather_column(  # noqa: PLR0917 - compiled code takes no keywords
    window: Bytes, first: Places, last: Places, kind: Bytes, column: int, rows: int, is_binary: bool, out: Bytes,
    begin: int, ends: Places,
) -> int:  # fmt: skip
    """See ``gather``; gives where the values end."""
    size = begin
    ends[column, 0] = 0
    for row in range(rows):
        start, stop, what = first[column, row], last[column, row], kind[column, row]
        if what == ESCAPED:
            size = _unescape(window, start, stop, out, size)
        elif what == HEX and is_binary:
            size = _write_bytes(window, start, stop, out, size)
        elif what == BITS and is_binary:
            size = _pack_bits(window, start, stop, out, size)
        elif what == BITS:
            size = _write_bits(window, start, stop, out, size)
        elif what != NULL:
            if what == HEX:
                out[size], out[size + 1] = _ZERO, _X
                size += 2
            size = _copy(window, start, stop, out, size)
        ends[column, row + 1] = size - begin
    return size


@_compiled
def _unescape(window: Bytes, start: int, stop: int, out: Bytes, size: int) -> int:
    """A string with its escapes resolved; a doubled quote is one."""
    while start < stop:
        plain = _plain_end(window, start, stop)
        start, size = plain, _copy(window, start, plain, out, size)
        if start < stop:
            out[size] = _QUOTE if window[start] == _QUOTE else _ESCAPES[window[start + 1]]
            start, size = start + 2, size + 1
    return size


@_compiled
def _write_bytes(window: Bytes, start: int, stop: int, out: Bytes, size: int) -> int:
    """A hexadecimal literal as the bytes that it stands for; an odd number of digits has a zero before it."""
    if (stop - start) % 2:
        out[size] = _digit(window[start])
        start, size = start + 1, size + 1
    while start < stop:
        out[size] = _digit(window[start]) * 16 + _digit(window[start + 1])
        start, size = start + 2, size + 1
    return size


@_compiled
def _digit(char: int) -> int:
    return char - _ZERO if char <= _NINE else (char | _LOWER) - _A + 10


@_compiled
def _pack_bits(window: Bytes, start: int, stop: int, out: Bytes, size: int) -> int:
    """A bit literal as bytes, the first of them filled up with zeros in front."""
    number = 0
    for place in range(start, stop):
        number = number * 2 + window[place] - _ZERO
        if (stop - place) % 8 == 1:
            out[size] = number
            number, size = 0, size + 1
    return size


@_compiled
def _write_bits(window: Bytes, start: int, stop: int, out: Bytes, size: int) -> int:
    """A bit literal as the whole number that it stands for."""
    ten, number = np.uint64(10), np.uint64(0)
    for place in range(start, stop):
        number = number * np.uint64(2) + np.uint64(window[place] - _ZERO)
    digits, rest = 1, number // ten
    while rest:
        digits, rest = digits + 1, rest // ten
    for place in range(size + digits - 1, size - 1, -1):
        out[place] = _ZERO + number % ten
        number //= ten
    return size + digits


@_compiled
def next_row(window: Bytes, at: int) -> int:
    """Where the next row may begin, behind ``),(``, or a statement ends, at its semicolon; -1 if neither is there."""
    for place in range(at, len(window)):
        if window[place] == _CLOSE:
            then = _past_space(window, place + 1)
            if then < len(window) and window[then] == _SEMICOLON:
                return then
            if then < len(window) and window[then] == _COMMA:
                then = _past_space(window, then + 1)
                if then < len(window) and window[then] == _OPEN:
                    return then
    return -1
