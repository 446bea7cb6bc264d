"""The blocks hold: read by a parser that shares no code with the writer."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossbearing.domain.errors import BadRequest
from crossbearing.simulation.chain import Chain, ChainDials, blocks, network
from unit.simulation.chain.block_audit import Audited, audit, records_of, script_of
from unit.simulation.chain.worlds import (
    AFTER_TAPROOT,
    BEFORE_SEGWIT,
    BEGINS,
    DAY,
    DAYS,
    EVERYTHING,
    OPERATORS,
    blocks_of,
    payments_of,
    some_payments,
    written,
)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return written(tmp_path_factory.mktemp("chain"))


@pytest.fixture(scope="module")
def audited(chain: Chain) -> Audited:
    return audit(blocks_of(chain))


def test_every_payment_stands_where_the_truth_says(chain: Chain, audited: Audited) -> None:
    asked = some_payments()
    for row, txid in enumerate(chain.txid):
        value, script = audited.outputs[txid, int(chain.vout[row])]
        assert value == chain.satoshi[row] == max(int(asked.satoshi[row]), 1000)
        assert script == script_of(chain.address[row])
        assert audited.spends[txid].at == chain.paid_at[row] >= asked.at[row]
    assert chain.raised.tolist() == [True, True, *[False] * (len(asked) - 2)]


def test_payments_are_mined_within_hours(chain: Chain) -> None:
    waited = chain.paid_at - some_payments().at
    assert np.median(waited) < 1800
    assert waited.max() < 6 * 3600


def test_coin_spent_together_belongs_to_one_wallet_except_in_coinjoins(chain: Chain, audited: Audited) -> None:
    holder = {
        script_of(address): (wallet, kind, owner)
        for address, wallet, kind, owner in zip(
            *(chain.wallets[name].to_pylist() for name in ("address", "wallet", "kind", "owner")), strict=True
        )
    }
    mixed = set(chain.coinjoins["txid"].to_pylist())
    together = 0
    for one in audited.spends.values():
        if one.is_coinbase:
            continue
        wallets = {holder[audited.outputs[spent][1]][0] for spent in one.inputs}
        together += len(one.inputs) > 1
        assert (len(wallets) >= 5) if one.txid in mixed else (len(wallets) == 1)
    assert together > 30


def test_every_output_goes_to_a_wallet_of_the_truth(chain: Chain, audited: Audited) -> None:
    known = {script_of(address) for address in chain.wallets["address"].to_pylist()}
    assert len(known) == chain.wallets.num_rows
    paid = {
        script for txid, one in audited.spends.items() if one.height for _, script in one.outputs
        if not script.startswith(b"\x6a")
    }  # fmt: skip
    assert paid <= known


def test_before_segwit_and_after_taproot_wallets_use_what_there_was(tmp_path: Path) -> None:
    old = written(tmp_path / "old", begins_at=BEFORE_SEGWIT)
    new = written(tmp_path / "new", begins_at=AFTER_TAPROOT)
    audit(blocks_of(old))
    audit(blocks_of(new))
    assert {address[0] for address in old.wallets["address"].to_pylist()} <= {"m", "n"}
    starts = {address[:6] for address in new.wallets["address"].to_pylist() if address.startswith("bcrt1")}
    assert starts == {"bcrt1q", "bcrt1p"}


ROWS = st.lists(
    st.tuples(
        st.integers(BEGINS, BEGINS + 3 * DAY),
        st.integers(0, 3),
        st.integers(0, OPERATORS - 1),
        st.one_of(st.integers(-5, 2_000), st.integers(0, 50_000_000_000)),
    ),
    max_size=8,
)
SHARE = st.sampled_from((0.0, 0.5, 1.0))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, seed=st.integers(0, 2**32), shares=st.lists(SHARE, min_size=11, max_size=11))
def test_no_payments_create_or_lose_coin(
    tmp_path: Path, rows: list[tuple[int, int, int, int]], seed: int, shares: list[float]
) -> None:
    names = ("tag_coverage", "address_reuse", "second_wallet", "peel_share", "hop_share", "batch_share",
             "coinjoin_share", "custodial_share", "processor_share", "straight_share", "bystanders")  # fmt: skip
    dials = ChainDials(**dict(zip(names, shares, strict=True)))
    chain = written(tmp_path, payments_of(rows), seed=seed, dials=dials, days=6)
    found = audit(blocks_of(chain))
    assert all((txid, int(place)) in found.outputs for txid, place in zip(chain.txid, chain.vout, strict=True))


def test_coin_goes_round_when_payments_exceed_what_was_ever_mined(tmp_path: Path) -> None:
    rows = [(BEGINS + n * DAY // 2, n % 7, n % OPERATORS, 500_00000000) for n in range(60)]
    chain = written(tmp_path, payments_of(rows), dials=ChainDials())
    found = audit(blocks_of(chain))
    assert chain.satoshi.sum() > found.minted


def test_a_processor_pays_out_thousands_of_invoices_at_once(tmp_path: Path) -> None:
    rows = [(BEFORE_SEGWIT + DAY, n, n % OPERATORS, 2_000_000) for n in range(2000)]
    dials = ChainDials(custodial_share=1, processor_share=1, straight_share=0)
    chain = written(tmp_path, payments_of(rows), dials=dials, begins_at=BEFORE_SEGWIT)
    audit(blocks_of(chain))
    assert chain.cash_outs["satoshi"].to_pylist()


def test_blocks_that_are_full_are_closed_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_FULL", 20_000)
    rows = [(BEGINS + DAY, n, n % OPERATORS, 2_000_000) for n in range(200)]
    chain = written(tmp_path, payments_of(rows), dials=ChainDials())
    found = audit(blocks_of(chain))
    weights = np.zeros(len(found.times), np.int64)
    for one in found.spends.values():
        weights[one.height] += one.weight * (not one.is_coinbase)
    assert 15_000 < weights.max() <= 20_000


def test_a_payment_larger_than_the_network_is_refused_with_its_time(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot carry") as refused:
        written(tmp_path, payments_of([(BEGINS + DAY, 0, 0, 16_000_00000000)]), dials=ChainDials(custodial_share=1))
    assert str(BEGINS + DAY)[:4] in refused.value.where


def test_a_period_before_the_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before the first block"):
        written(tmp_path, begins_at=blocks.GENESIS_TIME + DAY)


@pytest.mark.parametrize(
    "rows",
    [
        [(BEGINS - 1, 0, 0, 1)],
        [(BEGINS + (DAYS + 1) * DAY, 0, 0, 1)],
        [(BEGINS, 0, OPERATORS, 1)],
        [(BEGINS, 0, -1, 1)],
    ],
)
def test_payments_that_do_not_fit_are_refused(tmp_path: Path, rows: list[tuple[int, int, int, int]]) -> None:
    with pytest.raises(ValueError, match="payment"):
        written(tmp_path, payments_of(rows))


def test_files_end_before_they_grow_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks.BlockFiles.__init__, "__defaults__", (100_000,))
    chain = written(tmp_path)
    paths = blocks_of(chain)
    assert [path.name for path in paths] == [f"blk{n:05d}.dat" for n in range(len(paths))]
    assert len(paths) > 2
    assert all(path.stat().st_size <= 100_000 for path in paths)
    audit(paths)


@pytest.mark.parametrize("place", [0, 40, 70, 85, -30])
def test_the_audit_notices_one_changed_byte(tmp_path: Path, chain: Chain, place: int) -> None:
    (path,) = blocks_of(chain)
    raw = bytearray(path.read_bytes())
    *_, block, last = records_of([path])
    start = len(raw) - len(last) - 8 - len(block)
    raw[start + place % len(block)] ^= 1
    broken = tmp_path / "blk00000.dat"
    broken.write_bytes(raw)
    with pytest.raises(AssertionError):
        audit([broken])


def test_a_transaction_that_would_create_coin_is_not_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from crossbearing.simulation.chain.books import Books

    monkeypatch.setattr(Books, "size", staticmethod(lambda *_: -10_000))
    with pytest.raises(ValueError, match="create coin"):
        written(tmp_path, dials=EVERYTHING)
