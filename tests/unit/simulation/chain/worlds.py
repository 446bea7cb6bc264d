"""Small worlds for the tests of the chain."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from crossbearing.simulation.chain import Chain, ChainDials, Payments, write_chain

DAY = 86_400
BEGINS = 1_577_836_800  # 1 January 2020: before Taproot
AFTER_TAPROOT = 1_643_673_600  # 1 February 2022
BEFORE_SEGWIT = 1_420_070_400  # 1 January 2015
DAYS = 120
OPERATORS = 5
EVERYTHING = ChainDials(coinjoin_share=0.4, processor_share=0.2, straight_share=0.2, second_wallet=0.5)


def payments_of(rows: Sequence[tuple[int, int, int, int]]) -> Payments:
    """Payments from rows of time, payer, payee and satoshi."""
    columns = np.array(sorted(rows, key=lambda row: row[0]), np.int64).reshape(-1, 4).T
    return Payments(
        at=columns[0], payer=columns[1].astype(np.int32), payee=columns[2].astype(np.int32), satoshi=columns[3]
    )


def some_payments(count: int = 150, begins_at: int = BEGINS, days: int = DAYS) -> Payments:
    """Payments of a small market; the first few are too small to send."""
    chance = np.random.Generator(np.random.PCG64(7))
    at = np.sort(chance.integers(begins_at, begins_at + days * DAY, count))
    satoshi = np.exp(chance.normal(14.5, 1.2, count)).astype(np.int64)
    satoshi[:3] = (1, 999, 1000)
    payer = 40 + 3 * chance.integers(0, max(count // 5, 1), count)  # the caller's numbers have gaps
    payee = np.minimum(chance.integers(0, 9, count), OPERATORS - 1)
    return Payments(at=at, payer=payer.astype(np.int32), payee=payee.astype(np.int32), satoshi=satoshi)


def written(
    folder: Path,
    payments: Payments | None = None,
    *,
    seed: int = 1,
    dials: ChainDials = EVERYTHING,
    begins_at: int = BEGINS,
    days: int = DAYS,
    done: Callable[[int], None] = lambda _: None,
) -> Chain:
    """A chain in a folder that may not exist yet."""
    folder.mkdir(exist_ok=True)
    return write_chain(
        folder,
        some_payments(begins_at=begins_at, days=days) if payments is None else payments,
        operators=OPERATORS,
        seed=seed,
        dials=dials,
        begins_at=begins_at,
        ends_at=begins_at + days * DAY,
        done=done,
    )


def blocks_of(chain: Chain) -> list[Path]:
    """The block files."""
    return [path for path in chain.files if path.name.startswith("blk")]
