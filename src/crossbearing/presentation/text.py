"""How numbers, times and seized text are written for people."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from crossbearing.reference.currencies import COINS
from crossbearing.reference.units import KILOGRAMS

NOT_KNOWN: Final = "\u2013 not known"  # an en dash and the words, never an empty cell
_THIN: Final = "\u2009"  # between thousands
_ONE: Final = {"persons": "person", "pieces": "piece", "pills": "pill"}  # units that are counted, of one
_DECIMALS: Final = {**dict.fromkeys([*KILOGRAMS, "ml", "l"], 3), "t": 6}  # shown; of kilograms to the gram
_NARROW: Final = "\u00a0"  # between a number and its unit; never broken over lines


def number(value: int | Decimal | None, *, decimals: int | None = None) -> str:
    """A whole or exact number with thin-space thousands; what is not known is said.

    Args:
        value: The number.
        decimals: Round to so many; None for all that it has.
    """
    if value is None:
        return NOT_KNOWN
    places = "" if decimals is None else f".{decimals}"
    plain = format(value, f",{places}f") if isinstance(value, Decimal) else f"{value:,}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace(",", _THIN)


def signed(value: Decimal) -> str:
    """A number with its sign and two decimals, such as +1.50; minus is the true sign, as wide as plus."""
    shown = f"{value:+.2f}"
    return shown[1:] if not shown.strip("+-0.") else shown.replace("-", "\u2212")


def money(value: Decimal | None, currency: str, *, whole: bool = False) -> str:
    """An amount with its currency: coins exactly, other money to the cent, or whole if asked."""
    if value is None:
        return NOT_KNOWN
    if currency in COINS:
        return f"{currency}{_NARROW}{number(value)}"
    places = Decimal(1) if whole else Decimal("0.01")
    return f"{currency}{_NARROW}{format(value.quantize(places), ',f').replace(',', _THIN)}"


def amount(value: Decimal | None, unit: str) -> str:
    """How much, without its unit: masses to the gram and volumes as finely, finer only if that were nothing.

    What is counted, and money, has all its digits.
    """
    decimals = _DECIMALS.get(unit)
    if value and decimals is not None:
        decimals = max(decimals, -value.adjusted())
    return number(value, decimals=decimals)


def told_apart(values: Iterable[Decimal], unit: str) -> list[str]:
    """Amounts of one sentence; with all their digits if different ones would look alike."""
    values = list(values)
    shown = [amount(value, unit) for value in values]
    return shown if len(set(shown)) == len(set(values)) else [number(value) for value in values]


def quantity(value: Decimal | None, unit: str) -> str:
    """A quantity with its unit, as ``amount`` shows it."""
    if value is None:
        return NOT_KNOWN
    return f"{amount(value, unit)}{_NARROW}{_ONE.get(unit, unit) if value == 1 else unit}"


def moment(value: datetime | None) -> str:
    """A time, ISO, to the minute; the page says once that times are UTC."""
    return NOT_KNOWN if value is None else value.strftime("%Y-%m-%d %H:%M")


def day(value: date | datetime | None) -> str:
    """A day, ISO."""
    return NOT_KNOWN if value is None else value.strftime("%Y-%m-%d")


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def seized(text: str | None, *, limit: int = 160) -> str:
    """Seized text made visible and harmless to read: one line, no invisible or turning characters.

    Escaping for HTML is the template's work; this makes sure that what is seen is what is there.

    Args:
        text: As it was seized.
        limit: Longest result, characters; what is cut is said.
    """
    if text is None:
        return NOT_KNOWN
    shown = "".join(visible(character) for character in text[:limit])
    cut = len(text) - limit
    return f"{shown} … (+{cut:,} characters)" if cut > 0 else shown


def visible(character: str) -> str:
    """A character, or a sign for it if it cannot be seen or turns what stands around it."""
    if character in "\n\r\t":
        return "⏎" if character != "\t" else "⇥"
    # Controls, format characters (among them those that turn the reading direction), private use.
    if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}:
        return f"⟨U+{ord(character):04X}⟩"
    return character


def grouped(fingerprint: str) -> str:
    """A key's fingerprint in groups of four, as people compare them."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
