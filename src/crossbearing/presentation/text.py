"""How numbers, times and seized text are written for people."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from crossbearing.reference.currencies import COINS

NOT_KNOWN: Final = "\u2013 not known"  # an en dash and the words, never an empty cell
_THIN: Final = "\u2009"  # between thousands
_ONE: Final = {"persons": "person", "pieces": "piece", "pills": "pill"}  # units that are counted, of one
_NARROW: Final = "\u00a0"  # between a number and its unit; never broken over lines


def number(value: int | Decimal | None) -> str:
    """A whole or exact number with thin-space thousands; what is not known is said."""
    if value is None:
        return NOT_KNOWN
    plain = format(value, ",f") if isinstance(value, Decimal) else f"{value:,}"
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


def quantity(value: Decimal | None, unit: str) -> str:
    """A quantity with its unit."""
    if value is None:
        return NOT_KNOWN
    return f"{number(value)}{_NARROW}{_ONE.get(unit, unit) if value == 1 else unit}"


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
