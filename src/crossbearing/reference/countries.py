"""Countries: what a market's "ships from" means, and how a country is called.

Names in several languages come from the Unicode CLDR through Babel. What is not one country is not
guessed: regions, "worldwide" and invented places give no code.
"""

import re
from collections import Counter
from enum import StrEnum
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global

# What sellers and reports write beside the official names. Source: common usage; "UK" is not ISO.
_ALSO: Final = {
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "great britain": "GB",
    "usa": "US",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "america": "US",
    "aus": "AU",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "south korea": "KR",
    "russia": "RU",
    "hong kong": "HK",
    "macedonia": "MK",
}
# Countries that take an article in an English sentence.
_WITH_ARTICLE: Final = frozenset({"AE", "BS", "CF", "CD", "DO", "GB", "GM", "NL", "PH", "US"})
_LANGUAGES: Final = ("en", "de", "fr", "nl", "es", "pt", "pl")
# More than one country, beside the regions of the CLDR.
_REGIONS: Final = frozenset(
    {"eu", "e.u.", "eurozone", "schengen", "scandinavia", "worldwide", "world wide", "anywhere", "everywhere", "global",
     "globally", "international", "middle east", "the middle east"}
)  # fmt: skip
# What sellers write where a page wants a place and they name none: on the network, or not said. Source: usage.
_NO_PLACE: Final = frozenset(
    {"", "-", "n/a", "none", "null", "undeclared", "not declared", "undisclosed", "unknown", "unspecified",
     "not specified", "not stated", "not applicable", "secret", "hidden", "private", "internet", "the internet",
     "online", "on-line", "web", "the web", "cyberspace", "digital", "digital goods", "digital delivery", "electronic",
     "email", "e-mail", "download", "tor", "torland", "darknet", "deepweb", "deep web", "clearnet"}
)  # fmt: skip
# Areas of the time zones in the CLDR that are continents; "Atlantic" and "Indian" are oceans and say nothing.
_CONTINENTS: Final = {
    "Africa": "Africa", "America": "America", "Antarctica": "Antarctica", "Asia": "Asia", "Australia": "Oceania",
    "Europe": "Europe", "Pacific": "Oceania",
}  # fmt: skip
_BETWEEN_PLACES: Final = re.compile(r"[,/&+;|(]| and | or ")
_EDGES: Final = " .,;:!?()[]'\"-"


class OriginKind(StrEnum):
    """What a stated origin says."""

    COUNTRY = "country"
    REGION = "region"  # many countries as a whole: EU, worldwide
    SEVERAL = "several places"
    NO_PLACE = "no place"  # "undeclared", "internet"
    NOT_READ = "not read"


def country_of(text: str | None) -> str | None:
    """ISO 3166 code of the one country that a text names; None if it names none or several."""
    places = places_of(text)
    return next(iter(places - _region_names()), None) if len(places) == 1 else None


def origin_kind(text: str | None) -> OriginKind:
    """Whether a text names one country, a region, several places, says that it names none, or cannot be read."""
    places = places_of(text)
    if places:
        if places <= _region_names():
            return OriginKind.REGION
        return OriginKind.COUNTRY if len(places) == 1 else OriginKind.SEVERAL
    folded = _folded(text)
    return OriginKind.NO_PLACE if {folded, folded.strip(_EDGES)} & _NO_PLACE else OriginKind.NOT_READ


@cache
def continents_of(code: str | None) -> tuple[str, ...]:
    """Continents on which a country has land, by its time zones; none where it lies in an ocean only.

    Both Americas are one. Where one continent has several of the country's zones, one with a single zone does not
    count: an outlying island.

    Args:
        code: ISO 3166.
    """
    areas = [zone.partition("/")[0] for zone in get_global("territory_zones").get(code or "", ())]
    found = Counter(_CONTINENTS[area] for area in areas if area in _CONTINENTS)
    least = min(2, max(found.values(), default=0))
    return tuple(sorted(name for name, zones in found.items() if zones >= least))


@cache
def country_name(code: str, language: str = "en") -> str:
    """The country's name in a language; the code itself if there is none."""
    return str(Locale(language).territories.get(code, code))


def in_sentence(code: str) -> str:
    """The country's English name as it stands in a sentence."""
    name = country_name(code)
    return f"the {name}" if code in _WITH_ARTICLE else name


def _folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def places_of(text: str | None) -> frozenset[str]:
    """The countries, by code, and regions, by name, that a text lists; none unless each word of it belongs to one."""
    folded = _folded(text)
    whole = _place(folded)
    pieces = [_place(piece.strip()) for piece in _BETWEEN_PLACES.split(folded)] if whole is None else [whole]
    return frozenset(piece for piece in pieces if piece is not None) if all(pieces) else frozenset()


def _place(folded: str) -> str | None:
    for words in (folded, folded.strip(_EDGES)):
        if code := _names().get(words):
            return code
        if words in _region_names():
            return words
    return None


@cache
def _region_names() -> frozenset[str]:
    """Regions by name: three digits in the CLDR, and the unions."""
    found = {
        _folded(str(name))
        for language in _LANGUAGES
        for code, name in Locale(language).territories.items()
        if code.isdigit() or code in {"EU", "EZ"}
    }
    return frozenset(found) | _REGIONS


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            # Two letters are countries (three digits are regions); EU, EZ, UN, QO and ZZ are no country.
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "ZZ"}:  # noqa: PLR2004
                for written in (folded := _folded(str(name)), folded.replace(" & ", " and ")):
                    names.setdefault(written, str(code))
                names[str(code).casefold()] = str(code)
    return {**names, **_ALSO}
