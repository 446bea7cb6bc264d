"""What identifies somebody or something in seized text: wallets, contacts, names of services, claims.

A hit says what a text shows, not whose it is. Spans count characters of the text.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a hit names."""

    BITCOIN = "bitcoin"
    LITECOIN = "litecoin"
    ETHEREUM = "ethereum"
    MONERO = "monero"
    EMAIL = "email"
    JABBER = "jabber"
    MATRIX = "matrix"
    WICKR = "wickr"
    TELEGRAM = "telegram"
    SIGNAL = "signal"
    SESSION = "session"
    ICQ = "icq"
    THREEMA = "threema"
    PHONE = "phone"
    ONION = "onion"
    HOST = "host"


class State(StrEnum):
    """Whether the value proves itself."""

    VERIFIED = "verified"  # its checksum fits
    NO_CHECKSUM = "no_checksum"  # its kind has none, or it was written without
    DAMAGED = "damaged"  # looks like one, checksum or numbering plan is against it: shown, never used for linking
    INCOMPLETE = "incomplete"  # a telephone number without its country: shown, never used for linking


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One identifier in a text.

    Attributes:
        kind: What it names.
        network: Chain or service it belongs to: main, test, regtest, stage; v2, v3; empty if there is one only.
        value: In one spelling, so that equal identifiers are equal.
        written: As it stands in the text.
        start: Where it begins, characters.
        end: Where it ends, characters.
        state: Whether it proves itself.
        rule: Form of the address, or the rule that found it.
        is_quoted: It stands in somebody else's words.
    """

    kind: Kind
    network: str = ""
    value: str
    written: str
    start: int
    end: int
    state: State = State.NO_CHECKSUM
    rule: str
    is_quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Somebody's word that they are known by another handle on another market.

    Attributes:
        handle: As written.
        market: As written.
        start: Where the claim begins, characters.
        end: Where it ends, characters.
        rule: Language and wording, such as "en formerly".
        is_quoted: It stands in somebody else's words.
    """

    handle: str
    market: str
    start: int
    end: int
    rule: str
    is_quoted: bool = False
