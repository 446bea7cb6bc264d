"""What really happened, written down as it happens."""

from typing import Final

import numpy as np

from crossbearing.simulation.chain.keys import Key

_NOT_YET: Final = 0


class Records:
    """Payments, cash-outs and CoinJoins, each with the time of its block.

    Attributes:
        txids: Of each payment, as hashed.
        places: Of each payment among the outputs.
        keys: Number of the key that each payment went to.
        paid_at: Time of each payment's block.
        cash_outs: Operator, service, number of the deposit key, id as hashed, place, satoshi.
        cashed_at: Time of each cash-out's block.
        coinjoins: Id as hashed, satoshi of each equal output, how many take part.
        mixed_at: Time of each CoinJoin's block.
        accounts: Deposit addresses: number of the key, service.
    """

    def __init__(self, payments: int) -> None:
        self.txids: list[bytes] = [b""] * payments
        self.places = np.zeros(payments, np.int32)
        self.keys = np.zeros(payments, np.int64)
        self.paid_at = np.full(payments, _NOT_YET, np.int64)
        self.cash_outs: list[tuple[int, int, int, bytes, int, int]] = []
        self.cashed_at: list[int] = []
        self.coinjoins: list[tuple[bytes, int, int]] = []
        self.mixed_at: list[int] = []
        self.accounts: list[tuple[int, int]] = []
        self._waiting: list[int] = []

    def paid(self, row: int, key: Key, txid: bytes, place: int) -> None:
        """A payment was sent."""
        self.txids[row] = txid
        self.places[row] = place
        self.keys[row] = key.number
        self._waiting.append(row)

    def cashed_out(self, operator: int, service: int, key: Key, output: tuple[bytes, int, int]) -> None:
        """An operator sent coin to a deposit address; ``output`` is id, place and satoshi."""
        self.cash_outs.append((operator, service, key.number, *output))

    def mixed(self, txid: bytes, satoshi: int, people: int) -> None:
        """A CoinJoin was sent."""
        self.coinjoins.append((txid, satoshi, people))

    def mined(self, at: int) -> None:
        """Everything sent so far stands in a block of that time."""
        self.paid_at[self._waiting] = at
        self._waiting = []
        self.cashed_at += [at] * (len(self.cash_outs) - len(self.cashed_at))
        self.mixed_at += [at] * (len(self.coinjoins) - len(self.mixed_at))
