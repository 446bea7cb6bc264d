"""One spelling for an identifier that a cell states: what people write of it in many ways is equal here.

The readers are those of seized texts: addresses by their checksums, contacts by their forms, telephone numbers by the
numbering plans. Nothing is guessed: what is damaged, cut short or without its country is no identifier.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from crossbearing.domain.identifier import Kind, State
from crossbearing.domain.openpgp import read_keys
from crossbearing.domain.scan import scan
from crossbearing.domain.wallets import read_address
from crossbearing.reference.telephones import number_in

HANDLE: Final = "handle"
WALLET: Final = "wallet"
ADDRESS: Final = "address"  # mail and Jabber look alike, and one is often given for the other
KEY: Final = "key"
TRACKING: Final = "tracking"
_WALLETS: Final = frozenset({Kind.BITCOIN, Kind.LITECOIN, Kind.ETHEREUM, Kind.MONERO})
_SCHEME: Final = re.compile(r"(?:bitcoin|litecoin|ethereum|monero|mailto|xmpp|tel)\s*:(?://)?", re.IGNORECASE)
_QUERY: Final = re.compile(r"[?].*", re.DOTALL)
_NOT_IN_NUMBER: Final = re.compile(r"[^0-9A-Z]")
_TRACKING: Final = re.compile(r"(?=(?:[A-Z]*[0-9]){5})[0-9A-Z]{8,40}")
_HEX: Final = re.compile(r"(?:[0-9A-F]{16}|[0-9A-F]{40}|[0-9A-F]{64})")
_SHORTEST_HANDLE: Final = 2  # characters
_LONGEST: Final = 1 << 16  # characters of a cell; a key block is the longest thing in one
_KEPT: Final = 1 << 16  # readings that are kept: a cell is asked for more than once, and lists repeat theirs


@lru_cache(maxsize=_KEPT)
def one_spelling(kind: str, written: str, country: str | None = None) -> str | None:
    """The identifier in its one spelling, behind the word for its kind; None if it is none of that kind.

    Args:
        kind: As stated, in any case: handle, key, wallet, bitcoin, mail, telegram, phone, tracking number and so on.
        written: The cell.
        country: The country that the source states, for telephone numbers without one of their own.
    """
    reader = _READERS.get(" ".join(kind.casefold().replace("-", " ").replace("_", " ").split()))
    if reader is None or len(written) > _LONGEST:
        return None
    return reader(_plain(written), country)


def spelled(
    kinds: Sequence[str | None], texts: Sequence[str | None], countries: Sequence[str | None]
) -> list[str | None]:
    """``one_spelling`` for columns of cells."""
    return [
        one_spelling(kind, text, country) if kind and text else None
        for kind, text, country in zip(kinds, texts, countries, strict=True)
    ]


@lru_cache(maxsize=_KEPT)
def market_name(written: str) -> str:
    """A market's name as two spellings of it are compared: letters and digits, without the word market."""
    name = "".join(c for c in _plain(written).casefold() if c.isalnum())
    return name.removesuffix("market") or name


def market_names(written: Sequence[str | None]) -> list[str | None]:
    """``market_name`` for a column of cells."""
    return [market_name(name) if name else None for name in written]


def _plain(text: str) -> str:
    """Without forms of letters that look alike in print, without signs that do not show, white space once."""
    folded = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def _handle(text: str, _: str | None) -> str | None:
    name = text.removeprefix("@").casefold().strip()
    return f"{HANDLE} {name}" if len(name) >= _SHORTEST_HANDLE else None


def _wallet(text: str, _: str | None) -> str | None:
    word = "".join(_QUERY.sub("", _SCHEME.sub("", text, count=1)).split())
    found = read_address(word)
    if found is None or found.kind not in _WALLETS or found.state is State.DAMAGED:
        return None
    return f"{WALLET} {found.value}"


def _phone(text: str, country: str | None) -> str | None:
    found = number_in(_SCHEME.sub("", text, count=1).strip(), country)
    return f"phone {found}" if found else None


def _address(text: str, _: str | None) -> str | None:
    found = _scanned(_SCHEME.sub("", text, count=1), Kind.EMAIL, Kind.JABBER)
    return f"{ADDRESS} {found}" if found else None


def _key(text: str, _: str | None) -> str | None:
    if "PGP" in text:
        found = {one.fingerprint for one in read_keys(text) if one.fingerprint}
        return f"{KEY} {found.pop()}" if len(found) == 1 else None
    digits = re.sub(r"[\s:]", "", text).upper().removeprefix("0X")
    return f"{KEY} {digits}" if _HEX.fullmatch(digits) else None


def _tracking(text: str, _: str | None) -> str | None:
    number = _NOT_IN_NUMBER.sub("", text.upper())
    return f"{TRACKING} {number}" if _TRACKING.fullmatch(number) else None


def _behind_cue(kind: Kind) -> Callable[[str, str | None], str | None]:
    """A name of a messenger, read as behind its cue word; names given as links or numbers are read as such."""

    def read(text: str, country: str | None) -> str | None:
        name = text.upper() if kind is Kind.THREEMA else text
        found = _scanned(name, kind) or _scanned(f"{kind}: {name.removeprefix('@')}", kind)
        if found is None and kind in {Kind.SIGNAL, Kind.TELEGRAM}:
            return _phone(text, country)
        return f"{kind} {found}" if found else None

    return read


def _scanned(text: str, *kinds: Kind) -> str | None:
    """The one identifier of these kinds in a text; None if there is none, or more than one."""
    found = {hit.value for hit in scan(text).identifiers if hit.kind in kinds and hit.state is not State.DAMAGED}
    return found.pop() if len(found) == 1 else None


_MESSENGERS: Final = (
    Kind.WICKR, Kind.TELEGRAM, Kind.SIGNAL, Kind.ICQ, Kind.THREEMA, Kind.SESSION, Kind.MATRIX, Kind.ONION
)  # fmt: skip
_READERS: Final[Mapping[str, Callable[[str, str | None], str | None]]] = {
    **dict.fromkeys(("handle", "username", "user name", "vendor", "vendor name", "seller", "nickname"), _handle),
    **dict.fromkeys(("wallet", "bitcoin", "btc", "litecoin", "ltc", "ethereum", "eth", "monero", "xmr"), _wallet),
    **dict.fromkeys(("mail", "email", "e mail", "jabber", "xmpp", "address"), _address),
    **dict.fromkeys(("phone", "telephone", "tel", "mobile", "whatsapp", "viber", "phone number"), _phone),
    **dict.fromkeys(("key", "pgp", "pgp key", "openpgp", "fingerprint", "key id"), _key),
    **dict.fromkeys(("tracking", "tracking number", "parcel"), _tracking),
    **{str(kind): _behind_cue(kind) for kind in _MESSENGERS},
}  # fmt: skip
