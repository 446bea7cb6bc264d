"""The chain before the story: blocks whose new coin funds the services."""

from typing import Final

from crossbearing.simulation.chain.blocks import GENESIS_TIME, subsidy
from crossbearing.simulation.chain.books import Books, Wallet
from crossbearing.simulation.chain.buyers import LONGEST_LEAD
from crossbearing.simulation.chain.draws import Draws
from crossbearing.simulation.chain.network import BLOCK_SECONDS, MATURITY, Network
from crossbearing.simulation.chain.services import PROFILES, Services
from crossbearing.simulation.chain.transactions import Coin

_MOST_BLOCKS: Final = 900  # later ones bring next to nothing: the subsidy halves every 150
_PIECES: Final = 12  # coins a service begins with
_LEAD: Final = LONGEST_LEAD + 12 * 3600  # seconds between the last of these blocks and the period


def blocks_for(satoshi: int) -> int:
    """How many blocks it takes until so much new coin can be spent."""
    height = mature = 0
    while mature < satoshi and height < _MOST_BLOCKS:
        height += 1
        mature += subsidy(height)
    return height + MATURITY


def block_times(count: int, begins_at: int, draws: Draws) -> list[int]:
    """Times of the blocks, which end in time for the first withdrawals.

    Raises:
        ValueError: The period begins before the network existed.
    """
    steps = [1 + draws.wait(BLOCK_SECONDS) for _ in range(count)]
    at = begins_at - _LEAD - sum(steps)
    if at <= GENESIS_TIME:
        raise ValueError("the period begins before the first block of the regression-test network")
    times = []
    for step in steps:
        at += step
        times.append(at)
    return times


def mine_history(network: Network, books: Books, miner: Wallet, times: list[int]) -> None:
    """Mine the blocks; the miner's wallet then holds what is mature."""
    key = books.key(miner)
    miner.steady = key
    network.miner_script = key.script
    for height, at in enumerate(times, 1):
        txid, value = network.mine_empty(at)
        if height <= len(times) - MATURITY:
            miner.put(Coin(txid + bytes(4), value, key))


def fund(books: Books, miner: Wallet, services: Services) -> None:
    """The miner sells to the services what the history brought."""
    held = miner.satoshi
    for number, profile in enumerate(PROFILES):
        hot = services.hot(number)
        piece = held * profile.funds // 101 // _PIECES  # a little is kept for the fees
        if books.pay(miner, [(piece, books.key(hot)) for _ in range(_PIECES)], 1) is None:
            raise ValueError("the history brought too little coin")
