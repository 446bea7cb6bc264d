"""Telephone numbers: whether a numbering plan holds one, and its one spelling after ITU-T E.164.

The plans are those of Google's libphonenumber, through the package phonenumbers. Nothing is asked of any network: that
a plan holds a number does not say that anybody has it, and ranges that were opened lately may be missing. A country is
never guessed: a number without one is read only if the source states the country.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from crossbearing.domain.contacts import NUMBER
from crossbearing.domain.identifier import Hit, Kind, State
from crossbearing.reference.countries import country_of

_FEWEST, _MOST = 7, 17  # digits, with 00 and a country in front of the 15 of E.164
_ENDS: Final = re.compile(r"(?<=\d)(?=\D|$)")
# The service names an account by the number, with its country and without the +.
_ACCOUNT: Final = re.compile(r"(\d{8,15})@(?:s\.whatsapp\.net|c\.us)\b")
_KEPT: Final = 4_096  # numbers whose reading is kept; adverts repeat theirs


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number that a numbering plan holds.

    Attributes:
        value: As E.164 writes it: + and digits.
        written: What of the text it is.
    """

    value: str
    written: str


def read_telephone(text: str, country: str | None = None) -> Telephone | None:
    """The number that a text begins with; None if no plan holds it, or if nothing states its country.

    Groups of digits behind the number, such as an amount, are cut off: the longest beginning that a plan holds counts.

    Args:
        text: A number, and perhaps more.
        country: The country that the source states, as a name or ISO 3166 code; for numbers without one of their own.
    """
    run = NUMBER.match(text)
    return _longest(run[0], country) if run else None


@lru_cache(maxsize=_KEPT)
def _longest(run: str, country: str | None) -> Telephone | None:
    region = country_of(country) if country else None
    if region is None and not run.lstrip("(").startswith(("+", "00")):
        return None
    for end in sorted((found.start() for found in _ENDS.finditer(run)), reverse=True):
        written = run[:end]
        if _FEWEST <= sum(map(str.isdigit, written)) <= _MOST and (value := _in_plan(written, region)):
            return Telephone(value, written)
    return None


def country_of_number(number: str) -> str | None:
    """ISO 3166 code of the country of a number in E.164; None if it belongs to no one country."""
    import phonenumbers  # noqa: PLC0415 - as below

    region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return None if region is None or not region.isalpha() else str(region)


def number_in(text: str, country: str | None = None) -> str | None:
    """E.164 of the number in a cell: alone, with a name behind it, or as the name of a WhatsApp account."""
    account = _ACCOUNT.match(text.strip())
    found = read_telephone(f"+{account[1]}" if account else text.strip(), country)
    return found.value if found else None


def checked(hits: tuple[Hit, ...], country: str | None = None) -> tuple[Hit, ...]:
    """The hits, telephone numbers in one spelling and with what the numbering plan says; others as they are.

    A number that no plan holds is damaged behind a cue word; without one it is no telephone number and left out. A
    number without a country is incomplete.
    """
    if all(hit.kind is not Kind.PHONE for hit in hits):
        return hits
    told = (_told(hit, country) if hit.kind is Kind.PHONE else hit for hit in hits)
    return tuple(hit for hit in told if hit)


def _told(hit: Hit, country: str | None) -> Hit | None:
    found = read_telephone(hit.written, country)
    if found:
        return replace(hit, value=found.value, written=found.written, end=hit.start + len(found.written))
    if not hit.rule.startswith("cue"):
        return None
    is_known = country is not None or hit.value.startswith("+")
    return replace(hit, state=State.DAMAGED if is_known else State.INCOMPLETE)


def _in_plan(written: str, region: str | None) -> str:
    import phonenumbers  # noqa: PLC0415 - slow to import, and most texts hold no number

    stated = f"+{written.lstrip('(')[2:]}" if region is None and "+" not in written else written
    try:
        number = phonenumbers.parse(stated, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
