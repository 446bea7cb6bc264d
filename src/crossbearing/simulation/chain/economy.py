"""The private chain of a simulated operation: everybody's wallets, run through the period once."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chain.agenda import Agenda
from crossbearing.simulation.chain.blocks import BlockFiles
from crossbearing.simulation.chain.books import Books, Role, Wallet
from crossbearing.simulation.chain.buyers import BuyersPlan, planned
from crossbearing.simulation.chain.bystanders import Bystanders
from crossbearing.simulation.chain.dials import ChainDials, Payments
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.history import block_times, blocks_for, fund, mine_history
from crossbearing.simulation.chain.keys import Key
from crossbearing.simulation.chain.mixing import Mixing
from crossbearing.simulation.chain.network import BLOCK_SECONDS, Network
from crossbearing.simulation.chain.operators import Operators
from crossbearing.simulation.chain.records import Records
from crossbearing.simulation.chain.services import Services
from crossbearing.simulation.chain.tags import FILE, made_tags, write_tag_pack
from crossbearing.simulation.chain.truth import (
    Chain,
    address_column,
    cash_out_table,
    coinjoin_table,
    service_table,
    shown,
    tag_table,
    wallet_table,
)
from crossbearing.simulation.chance import stream

_MOST_TOGETHER: Final = 80  # payouts in one transaction
_TOLD_EVERY: Final = 500  # payments
_STEADY_BUYERS: Final = 0.08  # buyers whose wallet uses one address again and again
_FLOAT: Final = 220_0000_0000  # satoshi beyond what is paid out, for mixing and fees


def write_chain(
    folder: Path,
    payments: Payments,
    *,
    operators: int,
    seed: int,
    dials: ChainDials,
    begins_at: int,
    ends_at: int,
    done: Callable[[int], None],
) -> Chain:
    """Write block files and a TagPack for the payments; the same arguments give the same bytes.

    Args:
        folder: Exists; the files are written into it.
        payments: Who pays whom, when and how much.
        operators: How many there are.
        seed: Of the whole simulation.
        dials: How hard the chain is to read.
        begins_at: Unix seconds; the chain's history and the first withdrawals lie before.
        ends_at: Unix seconds; a last block may come shortly after.
        done: Is told of each further number of payments sent.

    Raises:
        ValueError: The payments do not fit together, or the period begins before the network existed.
        BadRequest: The payments need more coin at once than the network ever has.
    """
    payments.checked(operators=operators, begins_at=begins_at, ends_at=ends_at)
    records = Records(len(payments))
    files = BlockFiles(folder)
    try:
        economy = _Economy(files, records, planned(payments, dials, seed), seed, dials, (begins_at, ends_at))
        economy.run(payments, done)
    finally:
        files.close()
    books = economy.books
    addresses = address_column(books)
    holders = np.frombuffer(books.ring.wallets, np.int32)
    tags = made_tags(
        records.accounts, holders, books.wallets, dials, (begins_at, ends_at), Draws(stream(seed, "chain", "tags"))
    )
    tagged = addresses.take(np.array([tag.key for tag in tags], np.int64)).to_pylist()
    write_tag_pack(folder / FILE, zip(tagged, tags, strict=True), ends_at)
    return Chain(
        txid=[shown(txid) for txid in records.txids],
        vout=records.places,
        address=addresses.take(records.keys).to_pylist(),
        paid_at=records.paid_at,
        satoshi=economy.plan.satoshi,
        raised=economy.plan.satoshi != payments.satoshi,
        files=[*files.paths, folder / FILE],
        wallets=wallet_table(books, addresses),
        services=service_table(),
        cash_outs=cash_out_table(records, addresses),
        coinjoins=coinjoin_table(records),
        tags=tag_table(tags, addresses),
    )


class _Economy:
    """Everybody, and the run through the period."""

    def __init__(
        self,
        files: BlockFiles,
        records: Records,
        plan: BuyersPlan,
        seed: int,
        dials: ChainDials,
        period: tuple[int, int],
    ) -> None:
        def draws(part: str) -> Draws:
            return Draws(stream(seed, "chain", part))

        self.plan = plan
        self._records = records
        self._ends_at = period[1]
        self._draws = draws("economy")
        self._buyers: dict[int, Wallet] = {}
        network = self._network = Network(files, draws("network"), records.mined)
        agenda = self._agenda = Agenda(network, period[1])
        books = self.books = Books(seed, network, draws("books"))
        miner = self._found(period[0], draws("history"))
        services = self._services = Services(network, agenda, books, records, draws("services"))
        fund(books, miner, services)
        self._bystanders = Bystanders(network, agenda, books, services, draws("bystanders"))
        mixing = Mixing(
            network=network, agenda=agenda, books=books, services=services, records=records, draws=draws("mixing")
        )
        self._operators = Operators(
            network=network,
            agenda=agenda,
            books=books,
            services=services,
            bystanders=self._bystanders,
            mixing=mixing,
            records=records,
            dials=dials,
            draws=draws("operators"),
        )

    def run(self, payments: Payments, done: Callable[[int], None]) -> None:
        """Everything in the order of time: payouts, payments from own wallets, and what follows from them."""
        payouts, own = self.plan.payouts, self.plan.own
        first = np.flatnonzero(np.diff(payouts.group, prepend=-1))
        bounds = [*first.tolist(), len(payouts.at)]
        times = np.concatenate([payouts.at[first], payments.at[own]])
        told = sent = 0
        # A stable order: of what happens in one second, payouts come first, so that buyers hold what they pay with.
        for event in np.argsort(times, kind="stable").tolist():
            self._agenda.advance(int(times[event]))
            if event < len(first):
                sent += self._pay_out(slice(bounds[event], bounds[event + 1]), payments)
            else:
                self._pay(int(own[event - len(first)]), payments)
                sent += 1
            if sent - told >= _TOLD_EVERY:
                done(sent - told)
                told = sent
        self._agenda.advance(self._ends_at)
        self._network.mine_all()
        done(sent - told)

    def _found(self, begins_at: int, draws: Draws) -> Wallet:
        """Mine the history; the miner's wallet."""
        miner = self.books.open(Role.MINER, 0)
        asked = int(self.plan.payouts.satoshi.sum())
        times = block_times(blocks_for(asked + asked // 4 + _FLOAT), begins_at, draws)
        mine_history(self._network, self.books, miner, times)
        self._network.advance(times[-1] + BLOCK_SECONDS)
        return miner

    def _pay_out(self, rows: slice, payments: Payments) -> int:
        """One group of payouts by a service; how many payments were among them."""
        payouts = self.plan.payouts
        service = int(payouts.service[rows.start])
        paid = 0
        for begin in range(rows.start, rows.stop, _MOST_TOGETHER):
            piece = range(begin, min(begin + _MOST_TOGETHER, rows.stop))
            rows_paid = payouts.payment[piece.start : piece.stop].tolist()
            buyers = payouts.buyer[piece.start : piece.stop].tolist()
            values = payouts.satoshi[piece.start : piece.stop].tolist()
            keys = [self._payee(row, buyer, payments) for row, buyer in zip(rows_paid, buyers, strict=True)]
            receipt = self._services.pay_out(service, list(zip(values, keys, strict=True)))
            for place, (row, value) in enumerate(zip(rows_paid, values, strict=True)):
                if row >= 0:
                    self._noted(
                        row, int(payments.payee[row]), keys[place], (receipt.txid, receipt.places[place], value)
                    )
                    paid += 1
        return paid

    def _payee(self, row: int, buyer: int, payments: Payments) -> Key:
        """Where a payout goes: to an operator for a buyer, to a buyer, or to a bystander."""
        if row >= 0:
            return self._operators.address(int(payments.payee[row]), int(self.plan.buyer[row]))
        return self.books.key(self._buyer(buyer) if buyer >= 0 else self._bystanders.wallet())

    def _pay(self, row: int, payments: Payments) -> None:
        """One payment from the buyer's own wallet."""
        operator = int(payments.payee[row])
        buyer = int(self.plan.buyer[row])
        value = int(self.plan.satoshi[row])
        key = self._operators.address(operator, buyer)
        receipt = self.books.pay(self._buyer(buyer), [(value, key)], self.books.rate())
        if receipt is None:
            raise ValueError(f"the buyer of payment {row} was left short: their withdrawals were planned wrongly")
        self._noted(row, operator, key, (receipt.txid, receipt.places[0], value))

    def _noted(self, row: int, operator: int, key: Key, output: tuple[bytes, int, int]) -> None:
        self._records.paid(row, key, output[0], output[1])
        self._operators.paid(operator, key, output)

    def _buyer(self, buyer: int) -> Wallet:
        """A buyer's own wallet."""
        wallet = self._buyers.get(buyer)
        if wallet is None:
            wallet = self._buyers[buyer] = self.books.open(Role.BUYER, int(self.plan.payer[buyer]))
            if self._draws.happens(_STEADY_BUYERS):
                wallet.steady = self.books.key(wallet)
        return wallet
