"""How buyers come by the coin they pay with: planned for all payments before the first block."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.chain.books import DUST, HIGHEST_RATE
from crossbearing.simulation.chain.dials import ChainDials, Payments
from crossbearing.simulation.chain.scripts import FRAME_SIZE, INPUT_SIZE, OUTPUT_SIZE
from crossbearing.simulation.chain.services import CUSTODIAN, EXCHANGES, PROFILES
from crossbearing.simulation.chance import stream

SMALLEST: Final = 1_000  # satoshi; a smaller payment is raised to it
LONGEST_LEAD: Final = 60 * 3600  # seconds from the withdrawal to the payment
_SHORTEST_LEAD: Final = 3600
_MEAN_LEAD: Final = 14 * 3600
_BATCH_SECONDS: Final = 1200  # an exchange pays out together what was asked within this time
_ROUND: Final = 10_000  # satoshi; people withdraw round amounts
_AGAIN: Final = 0.5  # payments for which a buyer withdraws anew, after the first
_SPLIT: Final = 0.25  # withdrawals made in two parts
_AT_CUSTODIAN: Final = 0.5  # custodial buyers; the others pay from an exchange's hot wallet
_LARGEST_STRANGER: Final = 20_000_000  # satoshi a bystander withdraws at most

# What a payment and a withdrawal cost at most beyond their value: fees at the highest rate, for every input that can
# come of them, and change too small to keep. With it set aside, no order of spending can leave a buyer short.
_INPUT: Final = HIGHEST_RATE * (max(INPUT_SIZE) + 2)
_PER_PAYMENT: Final = HIGHEST_RATE * (FRAME_SIZE + 3 * max(OUTPUT_SIZE)) + DUST + _INPUT


@dataclass(frozen=True, slots=True)
class Payouts:
    """What services pay out; columns of one length, ordered so that what shares a transaction stands together.

    Attributes:
        at: When.
        service: Who pays.
        group: Equal for payouts of one transaction.
        payment: Row of the payment made by it; -1 for a withdrawal.
        buyer: Own wallet that it fills; -1 for a payment or a bystander's withdrawal.
        satoshi: Value.
    """

    at: NDArray[np.int64]
    service: NDArray[np.int64]
    group: NDArray[np.int64]
    payment: NDArray[np.int64]
    buyer: NDArray[np.int64]
    satoshi: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BuyersPlan:
    """How all payments will be made.

    Attributes:
        satoshi: Value of each payment, raised where it was too small.
        buyer: Own number, dense from 0, of each payment's buyer.
        payer: The number that the caller knows each buyer by.
        own: Rows of payments made from a buyer's own wallet, in the order of time.
        payouts: Everything else.
    """

    satoshi: NDArray[np.int64]
    buyer: NDArray[np.int64]
    payer: NDArray[np.int64]
    own: NDArray[np.int64]
    payouts: Payouts


def planned(payments: Payments, dials: ChainDials, seed: int) -> BuyersPlan:
    """Decide who pays how, and when each buyer withdraws how much."""
    chance = stream(seed, "chain", "buyers")
    payer, buyer = np.unique(payments.payer, return_inverse=True)
    buyer = buyer.astype(np.int64).ravel()
    satoshi = np.maximum(payments.satoshi.astype(np.int64), SMALLEST)
    at = payments.at.astype(np.int64)
    weights = np.cumsum([PROFILES[one].weight for one in EXCHANGES])
    home = np.searchsorted(weights, chance.integers(0, weights[-1], len(payer)), side="right")
    is_custodial = chance.random(len(payer)) < dials.custodial_share
    keeper = np.where(chance.random(len(payer)) < _AT_CUSTODIAN, CUSTODIAN, home)

    own = np.flatnonzero(~is_custodial[buyer])
    paid = np.flatnonzero(is_custodial[buyer])
    filled, filled_at, worth = _withdrawals(at[own], buyer[own], satoshi[own], chance)
    strangers = chance.permutation(len(filled))[: round(dials.bystanders * len(filled))]
    strange_worth = np.minimum(worth[strangers] * chance.integers(20, 300, len(strangers)) // 100, _LARGEST_STRANGER)
    moved = chance.integers(-LONGEST_LEAD // 4, LONGEST_LEAD // 4, len(strangers))
    earliest = int(at[0]) - LONGEST_LEAD if len(at) else 0
    strange_at = np.maximum(filled_at[strangers] + moved, earliest)

    nobody = np.full(len(strangers) + len(paid), -1)
    every_at = np.concatenate([filled_at, strange_at, at[paid]])
    service = np.concatenate([home[filled], home[filled[strangers]], keeper[buyer[paid]]])
    every_worth = np.concatenate([worth, np.maximum(strange_worth, SMALLEST), satoshi[paid]])
    row = np.concatenate([np.full(len(filled) + len(strangers), -1), paid])
    whose = np.concatenate([filled, nobody])
    is_batched = chance.random(len(every_at)) < dials.batch_share
    every_at = np.where(is_batched, -(-every_at // _BATCH_SECONDS) * _BATCH_SECONDS, every_at)
    alone = np.where(is_batched, -1, np.arange(len(every_at)))
    order = np.lexsort((np.arange(len(every_at)), alone, service, every_at))
    same = np.stack([every_at, service, alone])[:, order]
    group = np.cumsum(np.r_[0, np.any(np.diff(same, axis=1) != 0, axis=0)]) if len(order) else order
    payouts = Payouts(every_at[order], service[order], group, row[order], whose[order], every_worth[order])
    return BuyersPlan(satoshi, buyer, payer.astype(np.int64), own, payouts)


def _withdrawals(
    at: NDArray[np.int64], buyer: NDArray[np.int64], satoshi: NDArray[np.int64], chance: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Buyer, time and value of the withdrawals that cover these payments.

    Each covers a run of the buyer's payments and comes before the first of them.
    """
    order = np.argsort(buyer, kind="stable")
    if not len(order):
        return order, order, order
    at, buyer, satoshi = at[order], buyer[order], satoshi[order]
    begins = chance.random(len(at)) < _AGAIN
    begins[0] = True
    begins[1:] |= buyer[1:] != buyer[:-1]
    first = np.flatnonzero(begins)
    needed = np.add.reduceat(satoshi + _PER_PAYMENT, first) + 2 * _INPUT
    needed = -(-needed // _ROUND) * _ROUND
    lead = chance.exponential(_MEAN_LEAD, len(first)).astype(np.int64)
    lead = np.minimum(lead + _SHORTEST_LEAD, LONGEST_LEAD)
    later = _SHORTEST_LEAD + ((lead - _SHORTEST_LEAD) * chance.random(len(first))).astype(np.int64)
    is_split = chance.random(len(first)) < _SPLIT
    second = np.where(is_split, needed * chance.integers(30, 70, len(first)) // 100, 0)
    split = np.flatnonzero(is_split)
    return (
        np.concatenate([buyer[first], buyer[first][split]]),
        np.concatenate([at[first] - lead, (at[first] - later)[split]]),
        np.concatenate([needed - second, second[split]]),
    )
