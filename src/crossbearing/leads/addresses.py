"""Where a parcel was to go: name, street, town, postal code and country out of what a buyer wrote.

Lines are read by stated rules: the name stands first; the country, if any, last; the town stands beside the postal
code, whose form the country gives. An address in the United States that is written in one line has no such order and is
read by ``usaddress`` (a model trained on addresses of the US Census and OpenStreetMap), only where a case may fit it,
for it takes a millisecond.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crossbearing.leads.person_names import name_of, plain
from crossbearing.reference.countries import country_of

# Form of a postal code by country. Source: Universal Postal Union, addressing guides.
_CODES: Final = {
    "US": r"\d{5}(?:-\d{4})?", "GB": r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", "DE": r"\d{5}", "NL": r"\d{4} ?[a-z]{2}",
    "FR": r"\d{5}", "AT": r"\d{4}", "CH": r"\d{4}", "PL": r"\d{2}-\d{3}", "BR": r"\d{5}-\d{3}", "IT": r"\d{5}",
    "ES": r"\d{5}", "BE": r"\d{4}", "DK": r"\d{4}", "NO": r"\d{4}", "SE": r"\d{3} ?\d{2}", "FI": r"\d{5}",
    "AU": r"\d{4}", "CA": r"[a-z]\d[a-z] ?\d[a-z]\d",
}  # fmt: skip
_ANY: Final = r"\d{5}-\d{3,4}|\d{2}-\d{3}|\d{4} ?[a-z]{2}|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{4,5}"
_CODE: Final = {code: re.compile(rf"(?<![\w-])(?:{form})(?![\w-])") for code, form in _CODES.items()}
_ANY_CODE: Final = re.compile(rf"(?<![\w-])(?:{_ANY})(?![\w-])")
_STATE: Final = re.compile(r"(?<![^\W\d_])[a-z]{2}\.? +\d{5}(?:-\d{4})?$", re.IGNORECASE)  # of the US, before the code
_WITHIN: Final = re.compile(r"(?<!\w)(?:apartment|apt|unit|suite|ste)(?!\w)|#")  # what follows is within the house
_HOUSE: Final = re.compile(r"(?<!\w)\d+[a-z]?(?!\w)")
_WORD: Final = re.compile(r"[^\W_]+")
# Ways to shorten the kind of a street. Source: USPS Publication 28 and common usage.
_KINDS: Final = {
    "street": "st", "str": "st", "strasse": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr",
    "lane": "ln", "boulevard": "blvd", "court": "ct", "place": "pl", "square": "sq", "terrace": "ter",
    "highway": "hwy", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip
_ONE_WORD: Final = re.compile(r"(strasse|str)\b")
_SEVERAL_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Address:
    """An address in comparable form; empty where it says nothing.

    Attributes:
        street: Words of the street without the house number.
        house: House number.
        code: Postal code without spaces; of the US the first five digits.
        country: ISO 3166.
    """

    street: str = ""
    house: str = ""
    town: str = ""
    code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Consignee:
    """To whom and where, as a buyer wrote it.

    Attributes:
        is_one_line: It has no lines by which it could be read, so that street and town are not known yet.
    """

    given: str
    family: str
    address: Address
    is_one_line: bool = False


def address_of(street: str | None, town: str | None, code: str | None, country: str | None) -> Address:
    """The address that columns state."""
    where = _country(country)
    words, house = _street(plain(street or ""))
    return Address(words, house, _town(plain(town or "")), _code(plain(code or ""), where), where)


def read_consignee(text: str) -> Consignee:
    """Name and address out of a buyer's text; never fails, what cannot be told is empty."""
    pieces = [piece.strip() for piece in text.splitlines() if piece.strip()]
    if len(pieces) == 1:
        pieces = [piece.strip() for piece in pieces[0].split(",") if piece.strip()]
    country = _country(pieces[-1]) if len(pieces) > 1 else ""
    if country:
        pieces = pieces[:-1]
    elif pieces and _STATE.search(pieces[-1]):
        country = "US"
    if len(pieces) < _SEVERAL_LINES:
        return _one_line(" ".join(pieces), country)
    given, family = name_of(pieces[0])
    lines = [plain(piece) for piece in pieces[1:]]
    at = _line_with_code(lines, country)
    code = _found_code(lines[at], country)
    town = _town(lines[at].replace(code, " ") if code else lines[at])
    if country == "US" and (state := _STATE.search(lines[at])):
        town = _town(lines[at][: state.start()]) or (_town(lines[at - 1]) if at > 1 else "")
    words, house = _street(next((line for n, line in enumerate(lines) if n != at and _HOUSE.search(line)), ""))
    return Consignee(given, family, Address(words, house, town, _code(code, country), country))


def read_one_line(text: str) -> Consignee:
    """Name and address of a US address in one line, as ``usaddress`` reads it."""
    import usaddress  # noqa: PLC0415 - slow to import, and most texts have lines

    parts: dict[str, list[str]] = {}
    for word, label in usaddress.parse(" ".join(text.split())):
        parts.setdefault(label, []).append(word.strip(",.;"))
    given, family = name_of(" ".join(parts.get("Recipient", ())))
    kinds = ("StreetNamePreDirectional", "StreetNamePreType", "StreetName", "StreetNamePostType",
             "StreetNamePostDirectional")  # fmt: skip
    words = " ".join(word for kind in kinds for word in parts.get(kind, ()))
    return Consignee(
        given,
        family,
        Address(
            _street(plain(words))[0] or _shortened(plain(words)),
            plain("".join(parts.get("AddressNumber", ()))),
            _town(plain(" ".join(parts.get("PlaceName", ())))),
            _code(plain("".join(parts.get("ZipCode", ()))), "US"),
            "US",
        ),
    )


def _one_line(text: str, country: str) -> Consignee:
    """What can be told without lines: the words before the first digit, and the postal code."""
    before = re.split(r"\d", text, maxsplit=1)[0]
    code = _found_code(plain(text), country)
    given, family = name_of(before) if before.strip() else ("", "")
    return Consignee(given, family, Address(code=_code(code, country), country=country), is_one_line=True)


def _line_with_code(lines: Sequence[str], country: str) -> int:
    """The last line with a postal code; the last one if none has."""
    found = [n for n, line in enumerate(lines) if _found_code(line, country)]
    # A house number of four digits looks like a code; the town's line has the longer words and stands behind it.
    return found[-1] if found else len(lines) - 1


def _found_code(line: str, country: str) -> str:
    found = _CODE.get(country, _ANY_CODE).findall(line)
    return found[-1] if found else ""


def _code(code: str, country: str) -> str:
    squeezed = re.sub(r"[\s-]", "", code)
    return squeezed[:5] if country == "US" else squeezed


def _town(line: str) -> str:
    return " ".join(_WORD.findall(line))


def _street(line: str) -> tuple[str, str]:
    """Words of a street and the house number: the first number, or in "rua 7, 12" the last."""
    line = _WITHIN.split(line, maxsplit=1)[0]
    numbers = _HOUSE.findall(line)
    if not numbers:
        return _shortened(line), ""
    house = numbers[0] if line.lstrip().startswith(numbers[0]) else numbers[-1]
    return _shortened(re.sub(rf"(?<!\w){house}(?!\w)", " ", line, count=1)), house


def _shortened(line: str) -> str:
    words = _WORD.findall(_ONE_WORD.sub("st", line))
    return " ".join(_KINDS.get(word, word) for word in words)


@lru_cache(maxsize=1 << 12)
def _country(text: str | None) -> str:
    return country_of(text) or "" if text else ""


def one_line_worth_reading(found: Consignee, text: str, families: Mapping[str, frozenset[str]]) -> bool:
    """Whether a case may fit a US address in one line: its postal code or town, and a family name from there.

    Args:
        found: What is known of it.
        text: As it stood.
        families: Family names of the cases by postal code and by town.
    """
    if not found.is_one_line or found.address.country not in {"", "US"}:
        return False
    words = _WORD.findall(plain(text))
    near = families.get(found.address.code, frozenset())
    for length in (1, 2, 3):
        for at in range(len(words) - length + 1):
            near |= families.get(" ".join(words[at : at + length]), frozenset())
    return not near.isdisjoint(words)
