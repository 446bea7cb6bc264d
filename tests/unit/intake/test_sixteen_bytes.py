import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.intake.readers.sixteen_bytes import WIDTH, copy_sixteen, plain_bytes

QUOTE, BACKSLASH = 39, 92
CONTENT = st.text("'\\ab\x00\x7f\xff", min_size=WIDTH, max_size=3 * WIDTH).map(lambda text: text.encode("latin-1"))


@numba.njit
def looked(content: np.ndarray, at: int) -> int:
    return plain_bytes(content, at, QUOTE, BACKSLASH)


@numba.njit
def copied(content: np.ndarray, at: int, out: np.ndarray, to: int) -> None:
    copy_sixteen(content, at, out, to)


@given(content=CONTENT, data=st.data())
def test_the_plain_bytes_are_those_before_the_first_quote_or_backslash(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - WIDTH))
    seen = content[at : at + WIDTH]
    ends = [place for place in (seen.find(b"'"), seen.find(b"\\")) if place >= 0]
    assert looked(np.frombuffer(content, np.uint8), at) == min(ends, default=WIDTH)


@given(content=CONTENT, data=st.data())
def test_sixteen_bytes_are_copied_from_any_place_to_any_place_and_no_other(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - WIDTH))
    to = data.draw(st.integers(0, WIDTH))
    out = np.full(2 * WIDTH, 7, np.uint8)
    copied(np.frombuffer(content, np.uint8), at, out, to)
    assert bytes(out) == b"\x07" * to + content[at : at + WIDTH] + b"\x07" * (WIDTH - to)
