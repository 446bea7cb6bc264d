"""Kinds of evidence that tie an account to a person: how strong each is, what it speaks of, and what can be wrong.

Source of the numbers L1 to L17: the list of link types in docs/reference/identification.md. No kind looks at who
somebody is: not at origin, belief, health or family, nor at what somebody may do.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Strength(IntEnum):
    """How strong a link is. Only strong and medium ones count as evidence for a proposal."""

    LEAD_ONLY = 0
    CORROBORATING = 1
    MEDIUM = 2
    STRONG = 3

    @property
    def words(self) -> str:
        """As it is shown."""
        return self.name.lower().replace("_", " ")


class Facet(StrEnum):
    """What a kind speaks of."""

    RUNNING = "running the account"
    MONEY = "the money"
    POSTING = "the parcels"
    ASIDE = "something beside"


class Kind(StrEnum):
    """Kinds of evidence."""

    DEVICE_KEY = "private key on a device"
    DEVICE_LOGIN = "log-in on a device"
    EXCHANGE = "exchange return"
    ORDER_PAYMENT = "exchange return on an order's payment address"
    RECOVERY_MAIL = "provider record of the account's mail"
    PROVIDER = "provider record of another contact"
    GIVEN_CONTACT = "customer who gives the account's contact"
    POSTAGE = "postage account of a bought parcel"
    TRACKING = "sender of a bought parcel on record"
    SEEN_POSTING = "seen posting a bought parcel"
    LABEL = "return address of a bought parcel"
    SURVEILLANCE = "surveillance"
    TRAVEL = "import or travel"
    WORD = "statement of another person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What holds of every link of a kind.

    Attributes:
        law: Its number in the list of link types.
        best: Strength that it has if nothing takes from it.
        facet: What it speaks of.
        is_paper: It rests on what a customer showed or typed.
        failure: What can be wrong with it.
    """

    law: str
    best: Strength
    facet: Facet
    failure: str
    is_paper: bool = False


NATURE: Final[dict[Kind, Nature]] = {
    Kind.DEVICE_KEY: Nature(
        law="L10", best=Strength.STRONG, facet=Facet.RUNNING,
        failure="The device may be shared, or the account sold together with its key.",
    ),
    Kind.DEVICE_LOGIN: Nature(
        law="L10", best=Strength.MEDIUM, facet=Facet.RUNNING,
        failure="Somebody else may have used the device, or the account may have been sold later.",
    ),
    Kind.EXCHANGE: Nature(
        law="L8", best=Strength.STRONG, facet=Facet.MONEY, is_paper=True,
        failure="The customer may be a mule, the papers bought, or the path of the money wrong.",
    ),
    Kind.ORDER_PAYMENT: Nature(
        law="L8", best=Strength.MEDIUM, facet=Facet.MONEY, is_paper=True,
        failure="The address is the server's word; the customer may be an exchanger or a mule.",
    ),
    Kind.RECOVERY_MAIL: Nature(
        law="L3", best=Strength.STRONG, facet=Facet.RUNNING, is_paper=True,
        failure="Anybody may open a mailbox in another name, and an impostor may show the mail of another account.",
    ),
    Kind.PROVIDER: Nature(
        law="L12", best=Strength.MEDIUM, facet=Facet.RUNNING, is_paper=True,
        failure="A connection or number may be shared, resold or registered on another person.",
    ),
    Kind.GIVEN_CONTACT: Nature(
        law="L3", best=Strength.CORROBORATING, facet=Facet.MONEY, is_paper=True,
        failure="Anybody may type in a mail or a number; nobody confirmed that it is theirs.",
    ),
    Kind.POSTAGE: Nature(
        law="L6", best=Strength.MEDIUM, facet=Facet.POSTING, is_paper=True,
        failure="A courier or a drop may pay the postage, or the postage account may be stolen.",
    ),
    Kind.TRACKING: Nature(
        law="L6", best=Strength.MEDIUM, facet=Facet.POSTING, is_paper=True,
        failure="A courier or a drop may have handed the parcel in.",
    ),
    Kind.SEEN_POSTING: Nature(
        law="L5", best=Strength.STRONG, facet=Facet.POSTING,
        failure="It holds for that sale only, and whoever posts may be a courier.",
    ),
    Kind.LABEL: Nature(
        law="L6", best=Strength.LEAD_ONLY, facet=Facet.POSTING,
        failure="A return address is what somebody wrote; it is often borrowed from a stranger.",
    ),
    Kind.SURVEILLANCE: Nature(
        law="L11", best=Strength.MEDIUM, facet=Facet.ASIDE,
        failure="The times may not be aligned, or a helper or somebody who lives there may be meant.",
    ),
    Kind.TRAVEL: Nature(
        law="L16", best=Strength.CORROBORATING, facet=Facet.ASIDE,
        failure="Many people import or travel for reasons of their own; it says nothing of the account.",
    ),
    Kind.WORD: Nature(
        law="L17", best=Strength.CORROBORATING, facet=Facet.ASIDE,
        failure="Whoever says so may have a reason to; it is as good as its grade.",
    ),
}  # fmt: skip
