"""The network: transactions wait, and are mined together when the next block comes."""

from collections.abc import Callable
from typing import Final

from crossbearing.simulation.chain.blocks import (
    GENESIS,
    GENESIS_HASH,
    GENESIS_TIME,
    BlockFiles,
    coinbase,
    mined,
    subsidy,
)
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.transactions import Transaction

BLOCK_SECONDS: Final = 600
MATURITY: Final = 100  # blocks before a coinbase can be spent
# Weight at which a block is closed early. At half of what is allowed, outputs alone cannot reach the limit on
# signature operations either.
_FULL: Final = 2_000_000


class Network:
    """The chain under construction.

    Blocks come with a mean of ten minutes between them; those that would be empty are left out.

    Attributes:
        now: Time of the simulation, Unix seconds.
        height: Of the newest block.
    """

    def __init__(self, files: BlockFiles, draws: Draws, on_block: Callable[[int], None]) -> None:
        self.now = GENESIS_TIME
        self.height = 0
        self._files = files
        self._draws = draws
        self._on_block = on_block
        self._newest = GENESIS_HASH
        self._newest_at = GENESIS_TIME
        self._waiting: list[Transaction] = []
        self._weight = 0
        self._fees = 0
        self._due = 0
        self.miner_script = b""
        files.write(GENESIS)

    def advance(self, at: int) -> None:
        """Let time pass; a block that is due by then is mined."""
        if self._waiting and self._due <= at:
            self._mine(self._due)
        self.now = max(self.now, at)

    def submit(self, transaction: Transaction, fee: int) -> None:
        """Take a signed transaction, whose parents were all taken before."""
        if self._weight + transaction.weight > _FULL:
            self._mine(self.now)
        if not self._waiting:
            self._due = self.now + self._draws.wait(BLOCK_SECONDS)
        self._waiting.append(transaction)
        self._weight += transaction.weight
        self._fees += fee

    def mine_all(self) -> None:
        """Mine what still waits."""
        if self._waiting:
            self._mine(self._due)

    def mine_empty(self, at: int) -> tuple[bytes, int]:
        """Mine a block of nothing but new coin; the coinbase's id and value."""
        self.now = at
        return self._mine(at)

    def _mine(self, at: int) -> tuple[bytes, int]:
        at = max(at, self._newest_at + 1)
        self.height += 1
        has_witness = any(one.witness_id != one.txid for one in self._waiting)
        value = subsidy(self.height) + self._fees
        first = coinbase(
            self.height, value, self.miner_script, [one.witness_id for one in self._waiting] if has_witness else None
        )
        self._newest, block = mined(self._newest, at, [first, *self._waiting])
        self._newest_at = at
        self._files.write(block)
        self._waiting = []
        self._weight = self._fees = 0
        self._on_block(at)
        return first.txid, value
