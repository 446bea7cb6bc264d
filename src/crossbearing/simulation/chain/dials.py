"""What the chain is asked for: the payments it has to carry, and how hard it is to read."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """Payments from buyers to operators, ordered by time; columns of one length.

    Attributes:
        at: Unix seconds, UTC; when the payer sends.
        payer: Number of the buyer.
        payee: Number of the operator whose wallet is paid, from 0.
        satoshi: Amount; below ``SMALLEST`` it is raised to that, and the chain says so.
    """

    at: NDArray[np.int64]
    payer: NDArray[np.int32]
    payee: NDArray[np.int32]
    satoshi: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at)

    def checked(self, *, operators: int, begins_at: int, ends_at: int) -> None:
        """Refuse columns that do not fit together.

        Raises:
            ValueError: A length, an order, a time or a payee is out of place.
        """
        if {len(self.payer), len(self.payee), len(self.satoshi)} != {len(self.at)}:
            raise ValueError("the columns of the payments differ in length")
        if not len(self.at):
            return
        if np.any(np.diff(self.at) < 0):
            raise ValueError("the payments are not ordered by time")
        if int(self.at[0]) < begins_at or int(self.at[-1]) > ends_at:
            raise ValueError("a payment lies outside the period")
        if int(self.payee.min()) < 0 or int(self.payee.max()) >= operators:
            raise ValueError("a payment names an operator who does not exist")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainDials:
    """How hard the chain is to read; every dial is a share from 0 to 1, and 0 switches its mechanism off.

    Attributes:
        tag_coverage: Deposit addresses of services that carry a tag; 0.25 to 0.95 is what was measured.
        wrong_tags: Tags whose label is wrong: another service's name, or a service's name on a stranger's address.
        address_reuse: Operators who give most buyers the same address again.
        noted_address: Buyers who note the address they paid once and pay to it whenever they come back.
        change_back: Operators whose program sends change back to an address it paid from: with addresses used once,
            this and reuse are all that ties one transaction to the next without a guess about change.
        second_wallet: Operators who open a second wallet in mid-life and never join it with the first.
        emptied: Cash-outs that spend the whole wallet, without change.
        peel_share: Cash-outs that go through a peel chain.
        hop_share: Cash-outs that pass through a wallet used once or twice on the way.
        batch_share: Payouts by exchanges and custodians that share a transaction with others.
        coinjoin_share: Operators who mix before they cash out.
        custodial_share: Buyers who pay straight from a custodial wallet or an exchange's hot wallet.
        processor_share: Operators who sell through a payment processor.
        straight_share: Operators who give buyers a deposit address at an exchange as their own.
        bystanders: Withdrawals by people who have nothing to do with the market, per withdrawal of a buyer.
    """

    tag_coverage: float = 0.6
    wrong_tags: float = 0.02
    address_reuse: float = 0.15
    noted_address: float = 0.2
    change_back: float = 0.4
    second_wallet: float = 0.2
    emptied: float = 0.3
    peel_share: float = 0.25
    hop_share: float = 0.2
    batch_share: float = 0.8
    coinjoin_share: float = 0.1
    custodial_share: float = 0.2
    processor_share: float = 0.06
    straight_share: float = 0.03
    bystanders: float = 0.15

    def __post_init__(self) -> None:
        for dial in fields(self):
            if not 0 <= getattr(self, dial.name) <= 1:
                raise ValueError(f"{dial.name} is a share from 0 to 1")
