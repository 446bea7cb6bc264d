"""The books: every wallet of the simulated world, and the only ways in which coin moves between them."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.keys import Key, KeyRing
from crossbearing.simulation.chain.network import Network
from crossbearing.simulation.chain.scripts import FRAME_SIZE, INPUT_SIZE, OUTPUT_SIZE, Kind, kind_at
from crossbearing.simulation.chain.transactions import FORMS, Coin, Form, signed

HIGHEST_RATE: Final = 25  # satoshi per virtual byte
_MEAN_RATE: Final = 4
DUST: Final = 600  # satoshi; no wallet makes a smaller output
MOST_INPUTS: Final = 150  # of one transaction; above that a wallet joins its coins first


class Role(StrEnum):
    """Whose wallet it is."""

    BUYER = "buyer"
    OPERATOR = "operator"
    EXCHANGE_HOT = "exchange_hot"
    EXCHANGE_DEPOSIT = "exchange_deposit"
    CUSTODIAN_HOT = "custodian_hot"
    CUSTODIAN_DEPOSIT = "custodian_deposit"
    PROCESSOR = "processor"
    COINJOIN = "coinjoin"  # of people who mix and are no operators
    BYSTANDER = "bystander"
    MINER = "miner"


class Wallet:
    """Coins under one control, all of one kind.

    Attributes:
        number: In the order in which wallets were opened.
        role: Whose it is.
        owner: Number of the buyer, operator, service or bystander.
        kind: Of its outputs.
        form: How its program writes transactions.
        keeps_change: Whether change goes back to an address that was paid from.
        steady: The only key it uses, if it uses one again and again.
        coins: Change, then the oldest: the order in which they are spent.
        satoshi: Value of the coins.
    """

    __slots__ = ("coins", "form", "keeps_change", "kind", "number", "owner", "role", "satoshi", "steady")

    def __init__(self, number: int, role: Role, owner: int, kind: Kind, form: Form) -> None:
        self.number = number
        self.role = role
        self.owner = owner
        self.kind = kind
        self.form = form
        self.keeps_change = False
        self.steady: Key | None = None
        self.coins: list[Coin] = []
        self.satoshi = 0

    def take(self, count: int) -> list[Coin]:
        """Remove the first coins."""
        taken = self.coins[:count]
        del self.coins[:count]
        self.satoshi -= sum([coin.satoshi for coin in taken])
        return taken

    def pop(self, place: int) -> Coin:
        """Remove the coin at a place."""
        coin = self.coins.pop(place)
        self.satoshi -= coin.satoshi
        return coin

    def take_worth(self, least: int) -> list[Coin]:
        """Remove every coin of at least that value."""
        taken = [coin for coin in self.coins if coin.satoshi >= least]
        self.coins = [coin for coin in self.coins if coin.satoshi < least]
        self.satoshi -= sum([coin.satoshi for coin in taken])
        return taken

    def put(self, coin: Coin) -> None:
        """Add a coin, or give one back."""
        self.coins.append(coin)
        self.satoshi += coin.satoshi


class Receipt(NamedTuple):
    """Where the outputs that were asked for stand.

    Attributes:
        txid: As hashed.
        places: Of each output asked for, in the order asked.
    """

    txid: bytes
    places: list[int]


class Books:
    """Wallets, their keys, and movements between them."""

    def __init__(self, seed: int, network: Network, draws: Draws) -> None:
        self._ring = KeyRing(seed)
        self._network = network
        self._draws = draws
        self.wallets: list[Wallet] = []

    @property
    def ring(self) -> KeyRing:
        """All keys."""
        return self._ring

    def open(self, role: Role, owner: int, like: Wallet | None = None) -> Wallet:
        """A new, empty wallet; of the kind and form of another, or of what is in use at this time."""
        kind = like.kind if like else kind_at(self._network.now, self._draws.unit())
        form = like.form if like else self._draws.one(FORMS)
        wallet = Wallet(len(self.wallets), role, owner, kind, form)
        self.wallets.append(wallet)
        return wallet

    def key(self, wallet: Wallet) -> Key:
        """The key for the wallet's next receipt."""
        return wallet.steady or self._ring.take(wallet.kind, wallet.number)

    def rate(self) -> int:
        """A fee rate, satoshi per virtual byte."""
        return min(1 + self._draws.wait(_MEAN_RATE), HIGHEST_RATE)

    def pay(self, wallet: Wallet, outputs: Sequence[tuple[int, Key]], rate: int) -> Receipt | None:
        """Pay from the first coins, with change; None if the wallet does not hold enough.

        Args:
            wallet: Who pays.
            outputs: Value and key of each.
            rate: Of the fee.
        """
        asked = sum([value for value, _ in outputs])
        size = FRAME_SIZE + sum([OUTPUT_SIZE[key.kind] for _, key in outputs])
        per_input = rate * INPUT_SIZE[wallet.kind]
        # Each round but the last joins coins; one that fails has put coins too small to spend behind the others.
        for _ in range(len(wallet.coins) // (MOST_INPUTS - 1) + 2):
            if asked > wallet.satoshi:
                return None
            lacking = asked + rate * size
            for count, coin in enumerate(wallet.coins[:MOST_INPUTS], 1):
                lacking += per_input - coin.satoshi
                if lacking <= 0:
                    return self._pay(wallet, wallet.take(count), list(outputs), (-lacking, rate))
            if len(wallet.coins) <= MOST_INPUTS:
                return None
            self.sweep(wallet, wallet.take(MOST_INPUTS), self.key(wallet), rate)
        return None

    def sweep(self, wallet: Wallet, coins: list[Coin], key: Key, rate: int) -> tuple[Receipt, int] | None:
        """Send coins, already taken, to one key without change; the value sent.

        None if the fee eats them up; they are then back in the wallet.
        """
        value = sum([coin.satoshi for coin in coins]) - rate * self.size(coins, [key])
        if not coins or value < DUST:
            for coin in coins:
                wallet.put(coin)
            return None
        return Receipt(self.move(coins, [(value, key)], wallet.form), [0]), value

    def move(self, coins: list[Coin], outputs: Sequence[tuple[int, Key]], form: Form) -> bytes:
        """Spend coins, already taken, into exactly these outputs; what is left is the fee. The id as hashed.

        Raises:
            ValueError: The outputs are worth more than the coins.
        """
        fee = sum([coin.satoshi for coin in coins]) - sum([value for value, _ in outputs])
        if fee < 0:
            raise ValueError("a transaction would create coin")
        lock = self._network.height if form.locks else 0
        made = signed(coins, [(value, key.script) for value, key in outputs], form, lock)
        self._network.submit(made, fee)
        for place, (value, key) in enumerate(outputs):
            self.wallets[key.wallet].put(Coin(made.txid + place.to_bytes(4, "little"), value, key))
        return made.txid

    @staticmethod
    def size(coins: Iterable[Coin], keys: Iterable[Key]) -> int:
        """Virtual bytes of a transaction at most."""
        inputs = sum([INPUT_SIZE[coin.key.kind] for coin in coins])
        return FRAME_SIZE + inputs + sum([OUTPUT_SIZE[key.kind] for key in keys])

    def _pay(self, wallet: Wallet, coins: list[Coin], outputs: list[tuple[int, Key]], left: tuple[int, int]) -> Receipt:
        """Pay the outputs; ``left`` over is change, at a rate, if it is worth an output."""
        places = list(range(len(outputs)))
        over, rate = left
        change = over - rate * OUTPUT_SIZE[wallet.kind]
        if change >= DUST:
            place = self._draws.below(len(outputs) + 1)
            outputs.insert(place, (change, coins[0].key if wallet.keeps_change else self.key(wallet)))
            places = [one + (one >= place) for one in places]
        receipt = Receipt(self.move(coins, outputs, wallet.form), places)
        if change >= DUST:
            # Change is spent first, as many programs do.
            wallet.coins.insert(0, wallet.coins.pop())
        return receipt
