"""Wallet addresses: one word in, the address it is out, with whether its checksum fits.

Sources: Bitcoin's and Litecoin's version bytes as in their chain parameters; BIP 173 and BIP 350; EIP-55;
CryptoNote standard 007 with Monero's network bytes.
"""

import re
from dataclasses import dataclass
from typing import Final

from crossbearing.domain import base58
from crossbearing.domain.identifier import Kind, State
from crossbearing.domain.keccak import keccak256
from crossbearing.domain.segwit import ALPHABET, read_segwit

# Version byte of a base58check address. Test networks share theirs: test stands for regtest and signet too.
_VERSIONS: Final = {
    0: (Kind.BITCOIN, "main", "p2pkh"),
    5: (Kind.BITCOIN, "main", "p2sh"),
    111: (Kind.BITCOIN, "test", "p2pkh"),
    196: (Kind.BITCOIN, "test", "p2sh"),
    48: (Kind.LITECOIN, "main", "p2pkh"),
    50: (Kind.LITECOIN, "main", "p2sh"),
    58: (Kind.LITECOIN, "test", "p2sh"),
}
# What each version's first symbol can be, for words whose checksum does not fit.
_FIRST: Final = {"1": 0, "3": 5, "m": 111, "n": 111, "2": 196, "L": 48, "M": 50}
_PREFIXES: Final = {
    "bc": (Kind.BITCOIN, "main"),
    "tb": (Kind.BITCOIN, "test"),
    "bcrt": (Kind.BITCOIN, "regtest"),
    "ltc": (Kind.LITECOIN, "main"),
    "tltc": (Kind.LITECOIN, "test"),
    "rltc": (Kind.LITECOIN, "regtest"),
}
_MONERO: Final = {
    18: ("main", "standard"),
    19: ("main", "integrated"),
    42: ("main", "subaddress"),
    53: ("test", "standard"),
    54: ("test", "integrated"),
    63: ("test", "subaddress"),
    24: ("stage", "standard"),
    25: ("stage", "integrated"),
    36: ("stage", "subaddress"),
}
_MONERO_SIZE: Final = {"standard": 95, "subaddress": 95, "integrated": 106}  # symbols
_WITNESS: Final = {0: "segwit", 1: "taproot"}

_PAYLOAD: Final = 21  # bytes: version and hash
_BASE58_WORD: Final = re.compile(rf"[13mn2LMQ][{base58.ALPHABET}]{{25,34}}")
_BECH32_WORD: Final = re.compile(rf"(?P<prefix>bcrt|bc|tb|r?ltc|tltc)1[{ALPHABET}]{{11,85}}", re.IGNORECASE)
_LIKE_BECH32: Final = 39  # symbols: a shorter word with a wrong checksum may be any word
_ETHEREUM_WORD: Final = re.compile(r"0[xX][0-9a-fA-F]{40}")
# One symbol more or less still looks like an address, and is then damaged.
_MONERO_WORD: Final = re.compile(rf"[45789AB][{base58.ALPHABET}]{{93,95}}(?:[{base58.ALPHABET}]{{10,12}})?")
_SESSION_WORD: Final = re.compile(r"05[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Address:
    """What one word is.

    Attributes:
        kind: Currency, or the messenger whose names look like an address.
        network: main, test, regtest, stage; empty if the word does not say.
        form: p2pkh, p2sh, segwit, taproot, standard, subaddress, integrated and the like.
        value: In one spelling.
        state: Whether the checksum fits.
    """

    kind: Kind
    network: str
    form: str
    value: str
    state: State


def read_address(word: str) -> Address | None:
    """What address a whole word is or looks like; nothing if it looks like none."""
    if _SESSION_WORD.fullmatch(word):
        return Address(Kind.SESSION, "", "session id", word.lower(), State.NO_CHECKSUM)
    if _ETHEREUM_WORD.fullmatch(word):
        return _ethereum(word)
    if found := _BECH32_WORD.fullmatch(word):
        return _segwit(word, found["prefix"].lower())
    if _BASE58_WORD.fullmatch(word):
        return _base58check(word)
    if _MONERO_WORD.fullmatch(word):
        return _monero(word)
    return None


def _ethereum(word: str) -> Address:
    digits = word[2:]
    value = "0x" + digits.lower()
    if digits in (digits.lower(), digits.upper()):  # EIP-55 says the checksum by case; without it there is none
        return Address(Kind.ETHEREUM, "main", "single case", value, State.NO_CHECKSUM)
    state = State.VERIFIED if digits == _with_case(digits.lower()) else State.DAMAGED
    return Address(Kind.ETHEREUM, "main", "mixed case", value, state)


def _with_case(digits: str) -> str:
    """EIP-55: a letter is a capital where the digest of the small digits has a nibble of 8 or more."""
    digest = keccak256(digits.encode()).hex()
    return "".join(c.upper() if int(nibble, 16) >= 8 else c for c, nibble in zip(digits, digest, strict=False))  # noqa: PLR2004


def _segwit(word: str, prefix: str) -> Address | None:
    kind, network = _PREFIXES[prefix]
    try:
        _, version, _ = read_segwit(word)
    except ValueError:
        if len(word) < _LIKE_BECH32:
            return None
        return Address(kind, network, "bech32", word.lower(), State.DAMAGED)
    return Address(kind, network, _WITNESS.get(version, f"witness {version}"), word.lower(), State.VERIFIED)


def _base58check(word: str) -> Address | None:
    try:
        payload = base58.decoded_with_checksum(word)
        kind, network, form = _VERSIONS[payload[0]]
    except (ValueError, KeyError):
        payload = b""
    if len(payload) == _PAYLOAD:
        return Address(kind, network, form, word, State.VERIFIED)
    if word[0] not in _FIRST or not _is_mixed(word):
        return None
    kind, network, form = _VERSIONS[_FIRST[word[0]]]
    return Address(kind, network, form, word, State.DAMAGED)


def _monero(word: str) -> Address | None:
    try:
        whole = base58.decoded_blocks(word)
        network, form = _MONERO[whole[0]]
        fits = keccak256(whole[:-4])[:4] == whole[-4:] and len(word) == _MONERO_SIZE[form]
    except (ValueError, KeyError):
        fits = False
    if fits:
        return Address(Kind.MONERO, network, form, word, State.VERIFIED)
    if not _is_mixed(word):
        return None
    network = {"4": "main", "8": "main", "5": "stage", "7": "stage"}.get(word[0], "test")
    return Address(Kind.MONERO, network, "cryptonote", word, State.DAMAGED)


def _is_mixed(word: str) -> bool:
    """Small letters, capitals and digits: an address of that length has all three, a word of a language never."""
    return bool(re.search("[a-z]", word) and re.search("[A-Z]", word) and re.search("[0-9]", word[1:]))
