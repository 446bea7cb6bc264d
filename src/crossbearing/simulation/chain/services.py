"""Exchanges, a custodian and a payment processor: hot wallets, deposit addresses, sweeps and payouts."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from crossbearing.domain.errors import BadRequest
from crossbearing.simulation.chain.agenda import Agenda
from crossbearing.simulation.chain.books import HIGHEST_RATE, Books, Receipt, Role, Wallet
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.keys import Key
from crossbearing.simulation.chain.network import Network
from crossbearing.simulation.chain.records import Records
from crossbearing.simulation.chain.scripts import INPUT_SIZE

_SWEPT_AFTER: Final = 14 * 3600  # seconds, mean
_MOST_SWEPT: Final = 60  # deposits in one sweep
_ROUND: Final = 1_000_000  # satoshi by which a settlement exceeds what is lacking


class Profile(NamedTuple):
    """A service as the world knows it; all names are invented.

    Attributes:
        label: Its name.
        actor: The same as an identifier, in lower case without a space, as GraphSense normalises it.
        category: In GraphSense's list of concepts.
        weight: Share of the withdrawals, in hundredths, for exchanges.
        funds: Share of the first coin, in hundredths.
        joins: Whether a sweep spends many deposits together.
        steady: Whether its hot wallet uses one address again and again.
    """

    label: str
    actor: str
    category: str
    weight: int
    funds: int
    joins: bool
    steady: bool


PROFILES: Final = (
    Profile("Quillhaven Exchange", "quillhavenexchange", "exchange", 50, 45, joins=True, steady=True),
    Profile("Tarnbridge Exchange", "tarnbridgeexchange", "exchange", 30, 25, joins=True, steady=False),
    Profile("Oxmere Coin Desk", "oxmerecoindesk", "exchange", 20, 15, joins=False, steady=False),
    Profile("Fennelgate Wallet", "fennelgatewallet", "wallet_service", 0, 14, joins=True, steady=False),
    Profile("Wrenfold Pay", "wrenfoldpay", "payment_processor", 0, 1, joins=True, steady=False),
)
EXCHANGES: Final = (0, 1, 2)
CUSTODIAN: Final = 3
PROCESSOR: Final = 4
_ROLES: Final = {
    "exchange": (Role.EXCHANGE_HOT, Role.EXCHANGE_DEPOSIT),
    "wallet_service": (Role.CUSTODIAN_HOT, Role.CUSTODIAN_DEPOSIT),
    "payment_processor": (Role.PROCESSOR, Role.PROCESSOR),
}


class _Service:
    """One service with its wallets; a processor's invoices go to its hot wallet."""

    __slots__ = ("deposits", "hot", "is_sweeping", "number", "profile")

    def __init__(self, number: int, profile: Profile, books: Books) -> None:
        self.number = number
        self.profile = profile
        hot, deposit = _ROLES[profile.category]
        self.hot = books.open(hot, number)
        self.deposits = self.hot if deposit is hot else books.open(deposit, number, like=self.hot)
        self.is_sweeping = False
        if profile.steady:
            self.hot.steady = books.key(self.hot)


class Services:
    """All services.

    Attributes:
        free_coin: Called when no service has coin left: makes operators cash out at once.
    """

    def __init__(self, network: Network, agenda: Agenda, books: Books, records: Records, draws: Draws) -> None:
        self._network = network
        self._agenda = agenda
        self._books = books
        self._records = records
        self._draws = draws
        self._services = [_Service(number, profile, books) for number, profile in enumerate(PROFILES)]
        self.free_coin: Callable[[], None] = lambda: None

    def hot(self, service: int) -> Wallet:
        """The wallet that a service pays from."""
        return self._services[service].hot

    def account(self, service: int) -> Key:
        """A deposit address for a customer."""
        key = self._books.key(self._services[service].deposits)
        self._records.accounts.append((key.number, service))
        return key

    def can_spare(self, satoshi: int) -> bool:
        """Whether so much can be paid out without anybody running short."""
        return 2 * satoshi <= sum([one.hot.satoshi for one in self._services])

    def deposited(self, service: int) -> None:
        """A deposit address received coin: a sweep will follow."""
        one = self._services[service]
        if not one.is_sweeping and one.deposits is not one.hot:
            one.is_sweeping = True
            self._agenda.plan(self._network.now + 600 + self._draws.wait(_SWEPT_AFTER), lambda: self._sweep(one))

    def pay_out(self, service: int, outputs: Sequence[tuple[int, Key]]) -> Receipt:
        """Pay customers from the hot wallet; if it is short of coin, get some.

        Raises:
            BadRequest: The whole world does not hold enough.
        """
        one = self._services[service]
        rate = self._books.rate()
        asked = sum([value for value, _ in outputs])
        measures: tuple[Callable[[], None], ...] = (
            lambda: self._sweep(one),
            lambda: self._settle(one, asked),
            self._free_all,
            lambda: self._settle(one, asked),
        )
        for measure in measures:
            receipt = self._books.pay(one.hot, outputs, rate)
            if receipt:
                return receipt
            measure()
        receipt = self._books.pay(one.hot, outputs, 1)
        if receipt is None:
            raise BadRequest(
                f"The private chain cannot carry {asked / 1e8:.8f} BTC at once",
                where=f"payments at {self._network.now}",
                remedy="Make the payments smaller or fewer: a regression-test chain never holds more than 15,000 BTC.",
            )
        return receipt

    def _sweep(self, service: _Service) -> None:
        """Bring deposits into the hot wallet."""
        service.is_sweeping = False
        if service.deposits is service.hot:
            return
        rate = self._books.rate()
        worth = 2 * rate * INPUT_SIZE[service.deposits.kind] + 1000
        coins = service.deposits.take_worth(worth)
        together = _MOST_SWEPT if service.profile.joins else 1
        for first in range(0, len(coins), together):
            piece = coins[first : first + together]
            self._books.sweep(service.deposits, piece, self._books.key(service.hot), rate)

    def _settle(self, service: _Service, asked: int) -> None:
        """Have the other services lend what is lacking, the richest first."""
        lacking = asked + _ROUND + _fees(service.hot) - service.hot.satoshi
        for other in sorted(self._services, key=lambda one: (-one.hot.satoshi, one.number)):
            if lacking <= 0 or other is service:
                continue
            value = min(lacking, other.hot.satoshi - _fees(other.hot))
            if value > _ROUND // 100 and self._books.pay(
                other.hot, [(value, self._books.key(service.hot))], self._books.rate()
            ):
                lacking -= value

    def _free_all(self) -> None:
        """Have operators cash out, and bring in all deposits."""
        self.free_coin()
        for service in self._services:
            self._sweep(service)


def _fees(wallet: Wallet) -> int:
    """What it costs at most to spend everything, satoshi."""
    return HIGHEST_RATE * INPUT_SIZE[wallet.kind] * (len(wallet.coins) + 2)
