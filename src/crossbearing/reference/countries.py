"""Countries: what a market's "ships from" means, and how a country is called.

Names in several languages come from the Unicode CLDR through Babel. What is not one country is not
guessed: regions, "worldwide" and invented places give no code.
"""

from functools import cache
from typing import Final

from babel import Locale

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


def country_of(text: str | None) -> str | None:
    """ISO 3166 code of the one country that a text names; None if it names none or several."""
    folded = " ".join((text or "").split()).casefold()
    return _names().get(folded)


@cache
def country_name(code: str, language: str = "en") -> str:
    """The country's name in a language; the code itself if there is none."""
    return str(Locale(language).territories.get(code, code))


def in_sentence(code: str) -> str:
    """The country's English name as it stands in a sentence."""
    name = country_name(code)
    return f"the {name}" if code in _WITH_ARTICLE else name


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            # Two letters are countries (three digits are regions); EU, EZ, UN, QO and ZZ are no country.
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "ZZ"}:  # noqa: PLR2004
                names.setdefault(str(name).casefold(), str(code))
                names[str(code).casefold()] = str(code)
    return {**names, **_ALSO}
