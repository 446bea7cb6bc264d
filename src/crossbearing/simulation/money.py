"""Payments in bitcoin: which sales were paid through an address, and where each payment stands on the chain."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.chain import Chain, Payments, write_chain
from crossbearing.simulation.chance import stream
from crossbearing.simulation.markets import BEGINS, ENDS, Market
from crossbearing.simulation.population import Population
from crossbearing.simulation.scenario import Scenario
from crossbearing.simulation.trade import BITCOIN, Advert, Sales

MOST_PAYMENTS = 60_000  # on the chain; of more, the newest are taken, as an agency would ask for a window


@dataclass(frozen=True, slots=True)
class Paid:
    """The payments of one market's sales.

    Attributes:
        sale: Numbers of the sales that were paid through an address, ascending.
        payment: Row in the chain's payments for each of them.
    """

    sale: NDArray[np.int64]
    payment: NDArray[np.int64]
    chain: Chain

    def addresses(self, piece: slice) -> list[str | None]:
        """The address that the server noted for each sale of a piece; None where it noted none."""
        found: list[str | None] = [None] * (piece.stop - piece.start)
        first, last = np.searchsorted(self.sale, [piece.start, piece.stop])
        for sale, payment in zip(self.sale[first:last].tolist(), self.payment[first:last].tolist(), strict=True):
            found[sale - piece.start] = self.chain.address[payment]
        return found


def pay(
    folder: Path,
    markets: list[tuple[Market, list[Advert], Sales]],
    population: Population,
    scenario: Scenario,
    seed: int,
    done: Callable[[int], None],
) -> list[Paid]:
    """Write the chain with the payments of every market's sales.

    Buyers of different markets are different people on the chain.
    """
    columns: list[NDArray[np.int64]] = []
    for number, (market, adverts, sales) in enumerate(markets):
        recorded = (sales.coin == BITCOIN) & (
            stream(seed, "recorded", market.name).random(len(sales)) < scenario.trade.recorded
        )
        sale = np.flatnonzero(recorded)
        payee = _payees(population, adverts, sales, sale)
        payer = sales.buyer[sale].astype(np.int64) * len(markets) + number
        columns.append(np.stack([sales.at[sale], payer, payee, sales.atoms[sale], np.full(len(sale), number), sale]))
    every = np.concatenate(columns, axis=1)
    every = every[:, np.argsort(every[0], kind="stable")][:, -MOST_PAYMENTS:]
    payments = Payments(at=every[0], payer=every[1].astype(np.int32), payee=every[2].astype(np.int32), satoshi=every[3])
    chain = write_chain(
        folder, payments, operators=len(population.operators), seed=seed, dials=scenario.money,
        begins_at=BEGINS, ends_at=ENDS, done=done,
    )  # fmt: skip
    paid = []
    for number in range(len(markets)):
        rows = np.flatnonzero(every[4] == number)
        order = np.argsort(every[5, rows], kind="stable")
        paid.append(Paid(every[5, rows][order], rows[order], chain))
    return paid


def _payees(population: Population, adverts: list[Advert], sales: Sales, sale: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whose wallet each sale is paid to: the first operator's until somebody took the account over."""
    accounts = [population.accounts[one.account] for one in adverts]
    first = np.array([one.operators[0] for one in accounts], np.int64)[sales.advert[sale]]
    last = np.array([one.operators[-1] for one in accounts], np.int64)[sales.advert[sale]]
    never = np.iinfo(np.int64).max
    since = np.array([one.taken_over_at or never for one in accounts], np.int64)[sales.advert[sale]]
    payees: NDArray[np.int64] = np.where(sales.at[sale] >= since, last, first)
    return payees
