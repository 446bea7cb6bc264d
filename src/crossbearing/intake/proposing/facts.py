"""What the values of a column look like: which share of them reads as a time, a number, a key block, a wallet."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from crossbearing.domain.wallets import read_address
from crossbearing.reference.countries import country_of
from crossbearing.reference.currencies import COINS, is_currency
from crossbearing.reference.destinations import Reach, read_destination

_LOOKED_AT: Final = 4_000  # characters of a value: enough to see what it is
MOSTLY: Final = 0.9  # of the values: then the column is of that kind
HALF: Final = 0.5
_SHORT_ID: Final = 40  # characters: a UUID has 36
_HANDLE: Final = 40
_LINE: Final = 160
_PROSE: Final = 60
_FEWEST: Final = 4  # distinct values are few, however few rows there are
_FEW: Final = 20  # distinct values of a column that only sorts rows
_YEAR_2009, _YEAR_2040 = 1_230_768_000, 2_208_988_800  # seconds: before the first there was no such market
_WORDS_OF_A_PHRASE: Final = (12, 15, 18, 21, 24, 25)  # BIP 39, and Monero's

_STAMP: Final = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?")
_DAY: Final = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(?:19|20)\d\d(?: \d\d:\d\d(?::\d\d)?)?")
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(?:19|20)\d\d(?: \d\d:\d\d(?::\d\d)?)?")
_WHOLE: Final = re.compile(r"-?\d{1,18}")
_DECIMAL: Final = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d*)\.\d+")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}|[0-9a-f]{24}")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
_HANDLE_WORD: Final = re.compile(rf"(?=.*[^\W\d_])[^\s@/:;,<>\"'(){{}}]{{2,{_HANDLE}}}")
_IMAGE: Final = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|bmp)", re.IGNORECASE)
_MONTH: Final = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")
_HASHED: Final = re.compile(
    r"\$(?:2[abxy]|1|5|6|argon2id?|P|H|y|scrypt)\$\S+|pbkdf2\S+|\*?(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40})"
)
_WIF: Final = re.compile(r"[5KL9c][1-9A-HJ-NP-Za-km-z]{50,51}")
# Codes that are met in small letters; others, such as "all" and "try", are words more often than currencies.
_IN_SMALL_LETTERS: Final = frozenset({
    "usd", "eur", "gbp", "aud", "cad", "chf", "rub", "uah", "pln", "sek", "dkk", "nok", "czk", "jpy", "cny",
    *(coin.lower() for coin in COINS),
})  # fmt: skip
_FLAGS: Final = frozenset({"0", "1", "t", "f", "true", "false", "y", "n", "yes", "no"})


def _is_time(value: str) -> bool:
    return bool(_STAMP.fullmatch(value))


def _is_seconds(value: str) -> bool:
    return bool(re.fullmatch(r"\d{10}(?:\.\d+)?", value)) and _YEAR_2009 <= float(value) < _YEAR_2040


def _is_milliseconds(value: str) -> bool:
    return bool(re.fullmatch(r"\d{13}", value)) and _YEAR_2009 <= int(value) // 1000 < _YEAR_2040


def is_code(word: str) -> bool:
    """Whether a word is the code of a currency, rather than a word."""
    return word in _IN_SMALL_LETTERS or (word.isupper() and is_currency(word))


def _is_country(value: str) -> bool:
    return not value.isdigit() and country_of(value) is not None


def _is_destination(value: str) -> bool:
    return read_destination(value).reach is not Reach.NOT_READ


def _is_wallet(value: str) -> bool:
    return read_address(value) is not None


def _is_phrase(value: str) -> bool:
    words = value.split()
    return len(words) in _WORDS_OF_A_PHRASE and all(re.fullmatch("[a-z]{3,12}", word) for word in words)


def _is_line(value: str) -> bool:
    return len(value) <= _LINE and "\n" not in value and bool(re.search(r"[^\W\d_]", value))


def _is_prose(value: str) -> bool:
    return len(value) >= _PROSE and len(value.split()) >= 6 and "-----BEGIN" not in value  # noqa: PLR2004 - a sentence


_KINDS: Final[Mapping[str, Callable[[str], object]]] = {
    "time": _is_time, "day": _DAY.fullmatch, "dotted": _DOTTED.fullmatch, "slashed": _SLASHED.fullmatch,
    "seconds": _is_seconds, "milliseconds": _is_milliseconds, "whole": _WHOLE.fullmatch, "decimal": _DECIMAL.fullmatch,
    "uuid": _UUID.fullmatch, "mail": _MAIL.fullmatch, "handle": _HANDLE_WORD.fullmatch, "image": _IMAGE.fullmatch,
    "month": _MONTH.fullmatch, "hashed": _HASHED.fullmatch, "currency": is_code, "country": _is_country,
    "destination": _is_destination,
    "wallet": _is_wallet, "phrase": _is_phrase, "line": _is_line, "prose": _is_prose,
    "public key": lambda value: "BEGIN PGP PUBLIC KEY" in value,
    "sealed": lambda value: "BEGIN PGP MESSAGE" in value,
    "private key": lambda value: "PRIVATE KEY" in value or bool(_WIF.fullmatch(value)) or value.startswith("xprv"),
    "flag": lambda value: value.lower() in _FLAGS,
    "hex": re.compile(r"[0-9a-f]{64}", re.IGNORECASE).fullmatch,
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """One column in a sample of its table's rows.

    Attributes:
        place: Of the column in its table, from 0.
        cells: Texts as they stand; null for what is null, or bytes.
        values: Those that are not blank, without white space around, cut to 4,000 characters.
        is_text: It holds no bytes.
    """

    table: str
    name: str
    place: int
    cells: Sequence[str | None]
    values: Sequence[str]
    is_text: bool = True

    @staticmethod
    def of(table: str, name: str, place: int, cells: Sequence[object]) -> "Facts":
        """The facts of these cells."""
        texts = [cell if isinstance(cell, str) else None for cell in cells]
        values = [text[:_LOOKED_AT].strip() for text in texts if text and not text.isspace()]
        is_text = not any(isinstance(cell, bytes) for cell in cells)
        return Facts(table, name, place, texts, values, is_text)

    @property
    def rows(self) -> int:
        """In the sample."""
        return len(self.cells)

    @property
    def filled(self) -> int:
        """How many values there are."""
        return len(self.values)

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The values, each once."""
        return frozenset(self.values)

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """Which share of the values is of each kind."""
        return {kind: self._share(says) for kind, says in _KINDS.items()}

    @cached_property
    def mean_length(self) -> float:
        """Of the values, characters."""
        return sum(map(len, self.values)) / max(self.filled, 1)

    @cached_property
    def largest(self) -> int:
        """The largest whole number; -1 if it is no column of whole numbers."""
        return max(map(int, self.distinct)) if self.is_mostly("whole") and self.shares["whole"] == 1 else -1

    def is_mostly(self, *kinds: str) -> bool:
        """Whether nearly all values are of one of the kinds."""
        return bool(self.values) and sum(self.shares[kind] for kind in kinds) >= MOSTLY

    @cached_property
    def is_unique(self) -> bool:
        """Whether each row has a value of its own."""
        return 0 < self.rows == self.filled == len(self.distinct)

    @cached_property
    def is_id(self) -> bool:
        """Whether the values could tell rows apart or point at one: short, without blanks, no times, no decimals."""
        if not self.values or self.is_time or self.is_mostly("decimal"):
            return False
        return self.is_mostly("whole", "uuid") or all(len(one) <= _SHORT_ID and " " not in one for one in self.distinct)

    @cached_property
    def is_time(self) -> bool:
        """Whether the values are times, in whatever form."""
        return bool(self.time_form)

    @cached_property
    def time_form(self) -> str:
        """In which form times stand here: time, day, seconds, milliseconds, dotted, slashed; empty if they are none."""
        forms = ("time", "day", "seconds", "milliseconds", "dotted", "slashed")
        zeros = self._share(lambda value: value in {"0", "0000-00-00 00:00:00", "0000-00-00"})
        best = max(forms, key=lambda form: self.shares[form])
        if self.shares[best] == 0 or self.shares[best] + zeros < MOSTLY:
            return ""
        return best if best != "slashed" or self._day_first() else "slashed, month first"

    @cached_property
    def is_few(self) -> bool:
        """Whether few values come again and again."""
        return len(self.distinct) <= min(_FEW, max(_FEWEST, self.filled // 4)) and self.mean_length <= _HANDLE

    @cached_property
    def is_secret(self) -> bool:
        """Whether passwords, recovery phrases or private keys stand here."""
        shares = self.shares
        hashes = shares["hashed"] - shares["uuid"] >= MOSTLY
        return hashes or shares["private key"] >= HALF or shares["phrase"] >= MOSTLY

    def words(self) -> Mapping[str, int]:
        """How often each value stands here."""
        return Counter(self.values)

    def _day_first(self) -> bool:
        parts = [found for value in self.values if (found := _SLASHED.fullmatch(value))]
        return any(int(part[1]) > 12 for part in parts)  # noqa: PLR2004 - months of a year

    def _share(self, says: Callable[[str], object]) -> float:
        counted = self.words()
        return sum(count for value, count in counted.items() if says(value)) / max(self.filled, 1)
