"""What buyers and sellers of the first market wrote each other about orders: some in the open, most of it sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.chance import stream
from crossbearing.simulation.markets import DAY, KESTREL
from crossbearing.simulation.population import Population
from crossbearing.simulation.scenario import TradeDials
from crossbearing.simulation.trade import Advert, Sales

_ANSWERS: Final = 0.4  # of the messages are the seller's
_UNENCRYPTED: Final = 0.3  # of the messages
ASKED: Final = (
    "is this still available?", "hi, when will it ship", "thanks, arrived", "can you do a bulk price", "still waiting",
    "no tracking yet?", "all good here", "please check my last order", "danke, alles gut", "bedankt!",
)  # fmt: skip
ANSWERED: Final = (
    "yes, in stock", "ships tomorrow morning", "thanks, leave feedback please", "bulk from ten pieces, ask the desk",
    "give it five more days", "no tracking on this one", "glad to hear", "checked, it went out on monday",
    "gerne wieder", "graag gedaan",
)  # fmt: skip
# What buyers write only where they think that nobody else can read it.
CONFIDED: Final = (
    "{asked}\nhere is the address again:\n{address}", "{asked}\nif the market goes down write me: wickr {handle}x",
    "{asked}\nplease no signature, my flatmate opens the post", "{asked}\nthe last ones were too strong, be careful",
    "{asked}\nsame again every two weeks would be good", "{asked}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Messages:
    """Columns of one length, in order of the sales they are about.

    Attributes:
        sale: Number of the sale.
        is_answer: Whether the seller wrote it.
        is_plain: Whether anybody can read it.
        words: Place in ``ASKED`` or ``ANSWERED``.
        confided: Place in ``CONFIDED``, for what a buyer sealed.
        at: Unix seconds, true time.
    """

    sale: NDArray[np.int64]
    is_answer: NDArray[np.bool_]
    is_plain: NDArray[np.bool_]
    words: NDArray[np.int8]
    confided: NDArray[np.int8]
    at: NDArray[np.int64]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.sale)


def plain_addresses(sales: Sales, dials: TradeDials, seed: int) -> NDArray[np.bool_]:
    """Whether the address of each sale was written so that anybody can read it."""
    plain: NDArray[np.bool_] = stream(seed, "kestrel", "plain addresses").random(len(sales)) < dials.plain_address
    return plain


def awake(population: Population, adverts: Sequence[Advert]) -> NDArray[np.int64]:
    """Hour of the day, UTC, around which whoever wrote each advert works."""
    wakes = []
    for one in adverts:
        account = population.accounts[one.account]
        is_new = account.taken_over_at and one.posted >= account.taken_over_at
        wakes.append(population.operators[account.operators[-1 if is_new else 0]].wakes)
    return np.array(wakes, np.int64)


def made_messages(sales: Sales, wakes: NDArray[np.int64], dials: TradeDials, seed: int) -> Messages:
    """Messages about the orders that the server still holds.

    Args:
        sales: Of the market.
        wakes: By advert, as ``awake`` gives it.
        dials: Of the scenario.
        seed: Of the simulation.
    """
    chance = stream(seed, "kestrel", "messages")
    held = len(sales) - sales.deleted
    count = int(held * dials.messages)
    sale = sales.deleted + np.sort(chance.integers(held, size=count))
    sent = np.clip(sales.at[sale] + chance.integers(-DAY, 6 * DAY, count), KESTREL.opens, KESTREL.closes)
    is_answer = chance.random(count) < _ANSWERS
    hours = stream(seed, "kestrel", "hours of answers")
    is_own = is_answer & (hours.random(count) < dials.own_hours)
    hour = (wakes[sales.advert[sale]] + hours.normal(0, 3, count)) % 24
    sent = np.where(
        is_own, np.clip(sent // DAY * DAY + (hour * 3600).astype(np.int64), KESTREL.opens, KESTREL.closes), sent
    )
    return Messages(
        sale=sale,
        is_answer=is_answer,
        is_plain=chance.random(count) < _UNENCRYPTED,
        words=chance.integers(len(ASKED), size=count, dtype=np.int8),
        confided=chance.integers(len(CONFIDED), size=count, dtype=np.int8),
        at=sent,
    )
