"""Operators: where buyers pay them, and how they turn coin into money, each at their own rhythm."""

from typing import Final

from crossbearing.simulation.chain.agenda import Agenda
from crossbearing.simulation.chain.books import Books, Receipt, Role, Wallet
from crossbearing.simulation.chain.bystanders import Bystanders
from crossbearing.simulation.chain.dials import ChainDials
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.keys import Key
from crossbearing.simulation.chain.mixing import Mixing
from crossbearing.simulation.chain.network import Network
from crossbearing.simulation.chain.records import Records
from crossbearing.simulation.chain.services import CUSTODIAN, EXCHANGES, PROCESSOR, Services

_DAY: Final = 86_400
_RHYTHM_DAYS: Final = (2, 4, 7, 7, 10, 14, 14, 21, 30)  # mean time between cash-outs; invented
_WORTH: Final = 100_000  # satoshi below which a wallet is left alone
_FEWEST_COINS, _MOST_COINS = 20, 90  # spent together
_MOST_TIMES: Final = 60  # transactions of one cash-out
_SAME_ADDRESS: Final = 0.9  # receipts of those who give one address again
_NEW_ACCOUNT: Final = 0.12  # cash-outs to a new deposit address
_FEWEST_PEELS, _MOST_PEELS = 5, 18
_SMALLEST_PEEL: Final = 100_000  # satoshi
_WORTH_PEELING: Final = 2_000_000  # satoshi
_PURCHASES: Final = 0.25  # peels that pay for something
_PEEL_SECONDS: Final = 7 * 3600
_HOP_SECONDS: Final = 20 * 3600
_SECOND_HOP: Final = 0.3
_MIXED_KEPT: Final = 2 * _DAY
_MIXED_ALONE: Final = 0.7  # mixed coins that are spent one by one; the others are joined, which undoes the mixing
_PROCESSED_SECONDS: Final = 2 * _DAY
_PROCESSOR_KEEPS: Final = 100  # one part in a hundred
_MERCHANTS_TOGETHER: Final = 40


class _Operator:
    """One operator with habits and wallets."""

    __slots__ = ("accounts", "due", "is_processed", "is_straight", "is_waiting", "last", "mixed", "mixes", "number",
                 "reuses", "rhythm", "second_at", "wallet", "wallets")  # fmt: skip

    def __init__(self, number: int, wallet: Wallet) -> None:
        self.number = number
        self.wallet = wallet
        self.wallets = [wallet]
        self.mixed: Wallet | None = None
        self.last: Key | None = None
        self.accounts: list[tuple[int, Key]] = []
        self.second_at = 0
        self.due = 0
        self.is_waiting = self.reuses = self.is_processed = self.is_straight = self.mixes = False
        self.rhythm = 0


class Operators:
    """All operators who are paid in bitcoin."""

    def __init__(
        self,
        *,
        network: Network,
        agenda: Agenda,
        books: Books,
        services: Services,
        bystanders: Bystanders,
        mixing: Mixing,
        records: Records,
        dials: ChainDials,
        draws: Draws,
    ) -> None:
        self._network = network
        self._agenda = agenda
        self._books = books
        self._services = services
        self._bystanders = bystanders
        self._mixing = mixing
        self._records = records
        self._dials = dials
        self._draws = draws
        self._operators: dict[int, _Operator] = {}
        self._noted: dict[tuple[int, int], Key] = {}
        self._is_processing = False
        services.free_coin = self._free_coin

    def address(self, number: int, buyer: int) -> Key:
        """Where a buyer is to pay that operator."""
        operator = self._operators.get(number) or self._begun(number)
        if operator.is_straight:
            return operator.accounts[0][1]
        if operator.is_processed:
            return self._services.account(PROCESSOR)
        noted = self._noted.get((number, buyer))
        if noted:
            return noted
        if operator.second_at and self._network.now >= operator.second_at:
            operator.second_at = 0
            operator.last = None
            operator.wallet = self._opened(number)
            operator.wallets.append(operator.wallet)
        if operator.last is None or not (operator.reuses and self._draws.happens(_SAME_ADDRESS)):
            operator.last = self._books.key(operator.wallet)
        if self._draws.happens(self._dials.noted_address):
            self._noted[number, buyer] = operator.last
        return operator.last

    def paid(self, number: int, key: Key, output: tuple[bytes, int, int]) -> None:
        """A buyer paid; ``output`` is the transaction's id, the place and the value."""
        operator = self._operators[number]
        if operator.is_straight:
            service = operator.accounts[0][0]
            self._records.cashed_out(number, service, key, output)
            self._services.deposited(service)
        elif operator.is_processed:
            operator.due += output[2] - output[2] // _PROCESSOR_KEEPS
            if not self._is_processing:
                self._is_processing = True
                self._agenda.plan(self._network.now + 3600 + self._draws.wait(_PROCESSED_SECONDS), self._pay_merchants)
        else:
            self._wake(operator)

    def _begun(self, number: int) -> _Operator:
        draws, dials = self._draws, self._dials
        operator = _Operator(number, self._opened(number))
        self._operators[number] = operator
        operator.rhythm = draws.one(_RHYTHM_DAYS) * _DAY
        operator.reuses = draws.happens(dials.address_reuse)
        operator.mixes = draws.happens(dials.coinjoin_share)
        if draws.happens(dials.second_wallet):
            operator.second_at = self._network.now + draws.between(30, 200) * _DAY
        way = draws.unit()
        operator.is_straight = way < dials.straight_share
        operator.is_processed = not operator.is_straight and way < dials.straight_share + dials.processor_share
        for _ in range(draws.between(1, 2)):
            service = draws.one((*EXCHANGES, *EXCHANGES, CUSTODIAN))
            operator.accounts.append((service, self._services.account(service)))
        return operator

    def _opened(self, number: int) -> Wallet:
        wallet = self._books.open(Role.OPERATOR, number)
        wallet.keeps_change = self._draws.happens(self._dials.change_back)
        return wallet

    def _wake(self, operator: _Operator) -> None:
        """The operator has income and will cash out, once."""
        if not operator.is_waiting:
            operator.is_waiting = True
            at = self._network.now + 3600 + self._draws.wait(operator.rhythm)
            self._agenda.plan(at, lambda: self._cash_out(operator))

    def _pay_merchants(self) -> None:
        """The processor pays what it owes."""
        self._is_processing = False
        owed = [one for one in self._operators.values() if one.due >= _WORTH]
        for first in range(0, len(owed), _MERCHANTS_TOGETHER):
            piece = owed[first : first + _MERCHANTS_TOGETHER]
            self._services.pay_out(PROCESSOR, [(one.due, self._books.key(one.wallet)) for one in piece])
            for one in piece:
                one.due = 0
                self._wake(one)

    def _cash_out(self, operator: _Operator) -> None:
        operator.is_waiting = False
        for wallet in operator.wallets:
            if wallet.satoshi < _WORTH:
                continue
            if operator.mixes and self._mix(operator, wallet):
                continue
            way = self._draws.unit()
            if way < self._dials.peel_share and wallet.satoshi >= _WORTH_PEELING:
                self._begin_peeling(operator, wallet)
            elif self._dials.peel_share <= way < self._dials.peel_share + self._dials.hop_share:
                self._hop(operator, wallet, self._draws.happens(_SECOND_HOP))
            else:
                self._deposit(operator, wallet)

    def _deposit(self, operator: _Operator, wallet: Wallet) -> None:
        """All or most of a wallet to deposit addresses, in as many transactions as it takes."""
        kept = 0 if self._draws.happens(self._dials.emptied) else wallet.satoshi * self._draws.between(5, 50) // 100
        for _ in range(_MOST_TIMES):
            count = self._draws.between(_FEWEST_COINS, _MOST_COINS)
            if not kept and len(wallet.coins) <= count:
                self._deposit_all(operator, wallet, count)
                return
            value = min(self._part(wallet, count), wallet.satoshi - kept)
            if value < _WORTH or not self._deposit_part(operator, wallet, value):
                return

    def _part(self, wallet: Wallet, count: int) -> int:
        """Most of what so many coins are worth; the rest is change."""
        return sum([coin.satoshi for coin in wallet.coins[:count]]) * self._draws.between(60, 97) // 100

    def _deposit_all(self, operator: _Operator, wallet: Wallet, count: int) -> bool:
        """The first coins to a deposit address, without change."""
        service, key = self._account(operator)
        swept = self._books.sweep(wallet, wallet.take(count), key, self._books.rate())
        if swept:
            self._cashed_out(operator, (service, key), swept[0], swept[1])
        return swept is not None

    def _deposit_part(self, operator: _Operator, wallet: Wallet, value: int) -> bool:
        """A sum to a deposit address, with change."""
        service, key = self._account(operator)
        receipt = self._books.pay(wallet, [(value, key)], self._books.rate())
        if receipt:
            self._cashed_out(operator, (service, key), receipt, value)
        return receipt is not None

    def _account(self, operator: _Operator) -> tuple[int, Key]:
        """A deposit address of the operator's."""
        place = self._draws.below(len(operator.accounts))
        if self._draws.happens(_NEW_ACCOUNT) and not operator.is_straight:
            service = operator.accounts[place][0]
            operator.accounts[place] = (service, self._services.account(service))
        return operator.accounts[place]

    def _cashed_out(self, operator: _Operator, account: tuple[int, Key], receipt: Receipt, value: int) -> None:
        service, key = account
        self._records.cashed_out(operator.number, service, key, (receipt.txid, receipt.places[0], value))
        self._services.deposited(service)

    def _moved(self, operator: _Operator, wallet: Wallet) -> Wallet | None:
        """All or most of a wallet's first coins as one coin in a wallet of its own."""
        fresh = self._books.open(Role.OPERATOR, operator.number, like=wallet)
        key = self._books.key(fresh)
        count = self._draws.between(_FEWEST_COINS, _MOST_COINS)
        if self._draws.happens(self._dials.emptied):
            moved: object = self._books.sweep(wallet, wallet.take(count), key, self._books.rate())
        else:
            moved = self._books.pay(wallet, [(self._part(wallet, count), key)], self._books.rate())
        return fresh if moved else None

    def _begin_peeling(self, operator: _Operator, wallet: Wallet) -> None:
        chain = self._moved(operator, wallet)
        if chain:
            self._plan_peel(operator, chain, self._draws.between(_FEWEST_PEELS, _MOST_PEELS))

    def _plan_peel(self, operator: _Operator, chain: Wallet, left: int) -> None:
        at = self._network.now + 600 + self._draws.wait(_PEEL_SECONDS)
        self._agenda.plan(at, lambda: self._peel(operator, chain, left))

    def _peel(self, operator: _Operator, chain: Wallet, left: int) -> None:
        """Pay a small part out of the chain's coin; the rest goes on as change."""
        piece = chain.satoshi * self._draws.between(6, 22) // 100
        if not left or piece < _SMALLEST_PEEL:
            self._deposit_all(operator, chain, len(chain.coins))
            return
        if self._draws.happens(_PURCHASES):
            self._books.pay(chain, [(piece, self._books.key(self._bystanders.wallet()))], self._books.rate())
        else:
            self._deposit_part(operator, chain, piece)
        self._plan_peel(operator, chain, left - 1)

    def _hop(self, operator: _Operator, wallet: Wallet, again: bool) -> None:
        """Move coin to a wallet that is used for nothing else, and on from there."""
        moved = self._moved(operator, wallet)
        if moved:
            at = self._network.now + 600 + self._draws.wait(_HOP_SECONDS)
            if again:
                self._agenda.plan(at, lambda: self._hop(operator, moved, again=False))
            else:
                self._agenda.plan(at, lambda: self._deposit(operator, moved))

    def _mix(self, operator: _Operator, wallet: Wallet) -> bool:
        if operator.mixed is None:
            operator.mixed = self._books.open(Role.OPERATOR, operator.number, like=wallet)
        return self._mixing.begin(wallet, operator.mixed, lambda: self._plan_mixed(operator))

    def _plan_mixed(self, operator: _Operator) -> None:
        at = self._network.now + 3600 + self._draws.wait(_MIXED_KEPT)
        self._agenda.plan(at, lambda: self._spend_mixed(operator))

    def _spend_mixed(self, operator: _Operator) -> None:
        if operator.mixed and operator.mixed.coins:
            count = 1 if self._draws.happens(_MIXED_ALONE) else self._draws.between(2, 3)
            if self._deposit_all(operator, operator.mixed, count) and operator.mixed.coins:
                self._plan_mixed(operator)

    def _free_coin(self) -> None:
        """Everybody cashes out at once: the exchanges are short of coin and pay a premium."""
        for operator in list(self._operators.values()):
            for wallet in [*operator.wallets, *([operator.mixed] if operator.mixed else [])]:
                while wallet.satoshi >= _WORTH and self._deposit_all(operator, wallet, _MOST_COINS):
                    pass
