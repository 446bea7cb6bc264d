"""One CoinJoin protocol: five to eight people, one equal output each, change, and one of them pays the fee."""

from collections.abc import Callable
from typing import Final

from crossbearing.simulation.chain.agenda import Agenda
from crossbearing.simulation.chain.books import DUST, HIGHEST_RATE, Books, Role, Wallet
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.keys import Key
from crossbearing.simulation.chain.network import Network
from crossbearing.simulation.chain.records import Records
from crossbearing.simulation.chain.scripts import FRAME_SIZE, INPUT_SIZE, OUTPUT_SIZE, Kind
from crossbearing.simulation.chain.services import EXCHANGES, Services
from crossbearing.simulation.chain.transactions import FORMS, Coin

_SIZES: Final = (500_000_000, 100_000_000, 20_000_000, 5_000_000, 1_000_000, 200_000)  # satoshi of the equal outputs
_FEWEST, _MOST = 5, 8  # people in a round
_PEOPLE: Final = 16  # who offer coin for others to mix with
_MOST_ROUNDS: Final = 4
_MOST_COINS: Final = 20  # that the paying side brings
_CARELESS: Final = 3  # of them, who use one address: rounds they share fall together if co-spending is believed
_BRINGS_TWO: Final = 0.3  # of the others in a round
_MEETING_SECONDS: Final = 2 * 3600  # mean, from the call to the round


class Mixing:
    """Rounds of CoinJoin."""

    def __init__(
        self, *, network: Network, agenda: Agenda, books: Books, services: Services, records: Records, draws: Draws
    ) -> None:
        self._network = network
        self._agenda = agenda
        self._books = books
        self._services = services
        self._records = records
        self._draws = draws
        self._people: list[Wallet] = []

    def begin(self, wallet: Wallet, mixed: Wallet, then: Callable[[], None]) -> bool:
        """Mix what a wallet holds into another; False if it holds too little for the smallest round.

        Args:
            wallet: Pays the fees and keeps the change.
            mixed: Receives the equal outputs.
            then: Called after the last round.
        """
        size = self._size(wallet)
        return bool(size) and self._call(size, min(_MOST_ROUNDS, wallet.satoshi // size), wallet, mixed, then)

    def _call(self, size: int, rounds: int, wallet: Wallet, mixed: Wallet, then: Callable[[], None]) -> bool:
        """Find people and fill their wallets where they have no coin of that size; False if that cannot be done."""
        if not self._people:
            self._people = [self._books.open(Role.COINJOIN, number) for number in range(_PEOPLE)]
            for careless in self._people[:_CARELESS]:
                careless.steady = self._books.key(careless)
        people = list(self._people)
        crowd = [people.pop(self._draws.below(len(people))) for _ in range(self._draws.between(_FEWEST, _MOST) - 1)]
        short = [one for one in crowd if _fitting(one, size) is None]
        if short:
            outputs = [(size + size // 20 + self._draws.below(size), self._books.key(one)) for one in short]
            if not self._services.can_spare(sum([value for value, _ in outputs])):
                return False
            self._services.pay_out(self._draws.one(EXCHANGES), outputs)
        at = self._network.now + 600 + self._draws.wait(_MEETING_SECONDS)
        self._agenda.plan(at, lambda: self._meet(size, rounds, wallet, mixed, crowd, then))
        return True

    def _meet(
        self, size: int, rounds: int, wallet: Wallet, mixed: Wallet, crowd: list[Wallet], then: Callable[[], None]
    ) -> None:
        """Mix, if everybody still has the coin."""
        present = [one for one in crowd if _fitting(one, size) is not None]
        if len(present) >= _FEWEST - 1 and self._size(wallet) >= size:
            self._mix(size, wallet, mixed, present)
            rounds -= 1
        else:
            rounds = 0
        goes_on = rounds > 0 and self._size(wallet) >= size and self._call(size, rounds, wallet, mixed, then)
        if not goes_on:
            then()

    def _mix(self, size: int, wallet: Wallet, mixed: Wallet, others: list[Wallet]) -> None:
        coins: list[Coin] = []
        outputs: list[tuple[int, Key]] = []
        for other in others:
            brought = self._brought(other, size)
            coins += brought
            outputs.append((size, self._books.key(other)))
            over = sum([coin.satoshi for coin in brought]) - size
            if over:
                outputs.append((over, self._books.key(other)))
        outputs.append((size, self._books.key(mixed)))
        change = self._books.key(wallet)
        worth = 0
        while worth < _needed(size, wallet.kind):
            coin = wallet.take(1)[0]
            coins.append(coin)
            worth += coin.satoshi
        fee = self._books.rate() * self._books.size(coins, [*(key for _, key in outputs), change])
        if worth - size - fee >= DUST:
            outputs.append((worth - size - fee, change))
        self._draws.shuffle(coins)
        self._draws.shuffle(outputs)
        self._records.mixed(self._books.move(coins, outputs, FORMS[1]), size, len(others) + 1)

    def _brought(self, other: Wallet, size: int) -> list[Coin]:
        """What somebody brings: a fitting coin, and at times another, which ties their own coins together."""
        brought = [other.pop(place) for place in [_fitting(other, size)] if place is not None]
        if brought and other.coins and self._draws.happens(_BRINGS_TWO):
            over = brought[0].satoshi - size + other.coins[0].satoshi
            if over != size and over >= DUST:
                brought.append(other.pop(0))
        return brought

    @staticmethod
    def _size(wallet: Wallet) -> int:
        """The largest round that the wallet's oldest coins can pay for; 0 for none."""
        worth = sum([coin.satoshi for coin in wallet.coins[:_MOST_COINS]])
        return next((one for one in _SIZES if _needed(one, wallet.kind) <= worth), 0)


def _needed(size: int, kind: Kind) -> int:
    """What the paying side must bring, satoshi: the equal output and every fee at its highest."""
    inputs = 2 * _MOST * max(INPUT_SIZE) + _MOST_COINS * INPUT_SIZE[kind]
    return size + HIGHEST_RATE * (FRAME_SIZE + inputs + 2 * _MOST * max(OUTPUT_SIZE))


def _fitting(wallet: Wallet, size: int) -> int | None:
    """The place of the first coin that makes an equal output, and change that is worth keeping and unlike it."""
    for place, coin in enumerate(wallet.coins):
        if coin.satoshi == size or (coin.satoshi >= size + DUST and coin.satoshi != 2 * size):
            return place
    return None
