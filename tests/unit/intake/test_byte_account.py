import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.intake.byte_account import ByteAccount, Counted

PLACES = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=12)


@given(places=PLACES, data=st.data())
def test_each_byte_of_rows_in_order_counts_once_however_they_arrive(
    places: list[tuple[int, int]], data: st.DataObject
) -> None:
    ordered = sorted(places)
    account, at = ByteAccount(), 0
    while at < len(ordered):
        size = data.draw(st.integers(1, len(ordered)))
        batch = np.array(data.draw(st.permutations(ordered[at : at + size])), np.int64)
        account.take_rows(batch[:, 0], batch[:, 1])
        at += size
    assert account.in_rows == len({byte for offset, length in places for byte in range(offset, offset + length)})


@given(runs=PLACES)
def test_each_byte_of_refusals_in_order_counts_once(runs: list[tuple[int, int]]) -> None:
    account = ByteAccount()
    for offset, length in sorted(runs):
        account.take_refusal(offset, length)
    assert account.refused == len({byte for offset, length in runs for byte in range(offset, offset + length)})


def test_a_stream_is_counted_to_its_end_also_what_nobody_read() -> None:
    source = io.BytesIO(bytes(100_000))
    counted = Counted(source)
    with io.BufferedReader(counted, 1_000) as stream:
        assert stream.read(10) == bytes(10)
        assert counted.drain() == 100_000
    assert source.closed
