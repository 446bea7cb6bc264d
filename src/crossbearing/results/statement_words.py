"""Words of public statements in one language: what names a figure, what claims more than a figure, how numbers stand.

The lists are data, one file for each language, our own; none replaces a native reader.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from crossbearing.reference.currencies import is_currency

LANGUAGES: Final = ("de", "en", "es", "fr", "nl", "pl", "pt")
_SPACES: Final = "\u00a0\u2009\u202f "
_WILD: Final = r"[\w]*"
# What people write beside the names of the CLDR, in all these languages.
_COUNTRIES: Final = {
    "USA": "US", "U.S.": "US", "U.S.A.": "US", "US": "US", "UK": "GB", "U.K.": "GB", "Britain": "GB",
    "Great Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB",
    "America": "US", "Holland": "NL", "the Netherlands": "NL", "Großbritannien": "GB", "Amerika": "US",
    "Grande-Bretagne": "GB", "Angleterre": "GB", "EE. UU.": "US", "EE.UU.": "US", "EEUU": "US", "EUA": "US", "VS": "US",
    "Groot-Brittannië": "GB",
    "Gran Bretaña": "GB", "Grã-Bretanha": "GB", "Niemczech": "DE", "Niemcy": "DE", "Francji": "FR",
    # Forms of a name behind a preposition.
    "Vereinigten Staaten": "US", "Vereinigten Königreich": "GB", "Niederlanden": "NL",
    "Tschechischen Republik": "CZ", "Hollande": "NL", "Holanda": "NL", "Czechach": "CZ", "Rumunii": "RO",
    "Bułgarii": "BG", "Australii": "AU", "Kanadzie": "CA", "Kanady": "CA", "Danii": "DK", "Norwegii": "NO",
    "Finlandii": "FI", "Irlandii": "IE", "Litwie": "LT", "Litwy": "LT", "Łotwie": "LV", "Łotwy": "LV",
    "Ukrainie": "UA", "Ukrainy": "UA", "Chorwacji": "HR", "Grecji": "GR", "Węgrzech": "HU", "Węgier": "HU",
    "Słowacji": "SK", "Korei Południowej": "KR", "Chinach": "CN", "Rosji": "RU", "Turcji": "TR", "Holandii": "NL",
    "Estonii": "EE", "Słowenii": "SI", "Serbii": "RS", "Mołdawii": "MD", "Japonii": "JP", "Indiach": "IN",
    "Meksyku": "MX", "Luksemburgu": "LU", "Cyprze": "CY", "Malcie": "MT", "Islandii": "IS",
}  # fmt: skip
_SYMBOLS: Final = {"€": "EUR", "£": "GBP", "$": "?", "¥": "?", "₿": "BTC"}  # a dollar is of several countries
_FOREIGN: Final = 5  # letters of a number word of another language; shorter ones mean other things here
_HARMLESS: Final = frozenset({"seize", "seizes", "miles"})  # numbers in French and Spanish
_NAMED: Final = re.compile(r"\b(euro|euros|eur)\b|\b(dollar\w*|dólar\w*|dolar\w*)\b|\b(bitcoin\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """One number as it stands in a text.

    Attributes:
        unit: Of its last digit shown, such as 100000 for "53.4 million".
        digits: How many significant digits are shown.
    """

    value: Decimal
    unit: Decimal
    digits: int
    text: str


class Language:
    """The words of one language."""

    def __init__(self, code: str) -> None:
        """Read its file.

        Args:
            code: One of ``LANGUAGES``.
        """
        path = resources.files("crossbearing.results") / "statements" / f"{code}.toml"
        self.code = code
        self.words: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self._concepts = {name: _pattern(words) for name, words in self.words["concepts"].items()}
        self._refused = {
            name: _pattern(self.words["refused"][name]) for name in ("vague", "comparative", "negation", "death")
        }
        self._qualifiers = {name: _pattern(words) for name, words in self.words["qualifiers"].items()}
        numbers = self.words["numbers"]
        self._values: dict[str, int] = numbers["values"]
        self._articles = frozenset(numbers.get("articles", ()))
        stems = "|".join(re.escape(one.rstrip("*")) for one in sorted(numbers["stems"], key=len, reverse=True))
        joins = "|".join(re.escape(one) for one in numbers["joiners"])
        self._compound = re.compile(rf"(?:(?:{joins})*(?:{stems})(?:{joins})*)+(?:s|e|en|er|em|es|te|ste|sten|th)?")
        self._more = _pattern(numbers["more"])
        self._multipliers = {name.casefold(): Decimal(value) for name, value in self.words["multipliers"].items()}
        self._number = self._number_pattern()
        self._countries, self._country = self._country_pattern()

    def concepts_in(self, text: str) -> frozenset[str]:
        """What kinds of thing a text names; a longer name hides the ones that it holds."""
        found: dict[str, list[tuple[int, int]]] = {}
        for name, pattern in self._concepts.items():
            found[name] = [match.span() for match in pattern.finditer(text)]
        spans = [(start, end) for places in found.values() for start, end in places]
        return frozenset(
            name
            for name, places in found.items()
            if any(not _is_inside(place, spans) or name in {"arrest", "charge", "conviction"} for place in places)
        )

    def unknown_in(self, text: str, known: Iterable[str]) -> str:
        """A word that names none of the kinds of thing and is no small word of the catalogue; empty if there is none.

        Args:
            text: What stands beside a figure.
            known: Further words that may stand there.
        """
        for pattern in self._concepts.values():
            text = pattern.sub(" ", text)
        may = {one.casefold() for one in (*self.words["inside"], *known)}
        return next((one for one in re.findall(r"[^\W\d_]+", text) if one.casefold() not in may), "")

    def refused_in(self, text: str, *kinds: str) -> tuple[str, str]:
        """The first word of these kinds, with its kind; two empty texts if none stands there."""
        for kind in kinds:
            if match := self._refused[kind].search(text):
                return match[0], kind
        return "", ""

    def qualifier_in(self, text: str) -> tuple[str, str]:
        """Which rule of rounding is named right before a number ("" for none), and the text without its words."""
        for name, pattern in self._qualifiers.items():
            for match in pattern.finditer(text):
                word = re.match(r"\w+", after := text[match.end() :].lstrip())
                if word and (after[0].isdigit() or word[0].casefold() in self._values):
                    return name, text[: match.start()] + " " + text[match.end() :]
        return "", text

    def stray_qualifier_in(self, text: str) -> str:
        """A word of rounding; empty if there is none."""
        found = (pattern.search(text) for pattern in self._qualifiers.values())
        return next((match[0] for match in found if match), "")

    def numbers_in(self, text: str) -> tuple[list[Said], str]:
        """Every number in digits, or as one of the small words; and the text without them."""
        found = [said for match in self._number.finditer(text) if (said := self._read(match))]
        rest = self._number.sub(lambda match: " " if self._read(match) else match[0], text)
        for word in re.findall(r"[\w]+", rest):
            value = self._values.get(word.casefold())
            if value is not None:
                found.append(Said(Decimal(value), Decimal(1), 9, word))
                rest = re.sub(rf"\b{word}\b", " ", rest, count=1)
        return found, rest

    def countries_in(self, text: str) -> tuple[list[str], str]:
        """Codes of the countries that a text names, and the text without them."""
        found = [self._countries[match[1]] for match in self._country.finditer(text)]
        return found, self._country.sub(" ", text)

    def demonym_in(self, text: str) -> str:
        """A word such as "German", which says of what country something is; empty if there is none."""
        stems = "|".join(re.escape(one) for one in self.words["refused"]["demonyms"])
        match = re.search(rf"(?<!\w)(?:{stems})\w{{0,3}}(?!\w)", text, re.IGNORECASE)
        return match[0] if match else ""

    def number_word_in(self, text: str) -> str:
        """A word that says how many; empty if there is none. Articles are none."""
        if match := self._more.search(text):
            return match[0]
        others = [language(code) for code in LANGUAGES if code != self.code]
        for word in [*re.findall(r"[\w'-]+", text), *re.findall(r"\w+", text)]:
            folded = word.casefold()
            if self.is_number_word(folded):
                return str(word)
            is_foreign = len(folded) >= _FOREIGN and folded not in _HARMLESS
            if is_foreign and any(one.is_number_word(folded) for one in others):
                return str(word)
        return ""

    def is_number_word(self, folded: str) -> bool:
        """Whether one word without case is put together of number words of this language alone."""
        return folded not in self._articles and self._compound.fullmatch(folded) is not None

    def qualifier_before_hole(self, glue: str, hole: str) -> str:
        """A word of rounding that stands right before a figure's bracket instead of in it."""
        for pattern in self._qualifiers.values():
            for match in pattern.finditer(glue):
                if glue[match.end() :].lstrip().startswith(hole):
                    return match[0]
        return ""

    def written(self, value: Decimal) -> str:
        """A number as the language writes it, with all its digits."""
        places = max(0, -int(value.normalize().as_tuple().exponent))
        return str(format_decimal(value, format="#,##0." + "0" * places if places else "#,##0", locale=self.code))

    def day(self, value: date) -> str:
        """A day in words, such as 2 May 2023."""
        return str(format_date(value, "long", locale=self.code if self.code != "en" else "en_GB"))

    def country(self, code: str) -> str:
        """A country's name."""
        return str(Locale(self.code).territories.get(code, code))

    def counted(self, noun: str, count: Decimal) -> str:
        """A noun in the form that goes with a number."""
        forms: Mapping[str, str] = self.words["nouns"][noun]
        plain = int(count) if count == count.to_integral_value() else count.normalize()
        return forms.get(str(Locale(self.code).plural_form(plain)), forms["other"])

    def listed(self, names: Iterable[str]) -> str:
        """Names as a list in a sentence."""
        *most, last = names
        return f"{', '.join(most)} {self.words['and']} {last}" if most else last

    def _number_pattern(self) -> re.Pattern[str]:
        many = "|".join(re.escape(one) for one in sorted(self._multipliers, key=len, reverse=True))
        digits = rf"\d(?:[\d.,'{_SPACES}]*\d)?"
        return re.compile(rf"({digits})(?:[{_SPACES}]({many})(?!\w))?", re.IGNORECASE)

    def _read(self, match: re.Match[str]) -> Said | None:
        """A number as written, if the language writes it so; a point is not taken for a comma."""
        group, decimal = get_group_symbol(self.code), get_decimal_symbol(self.code)
        groups = f"[{re.escape(group)}{_SPACES}]"
        digits = match[1]
        if not digits.isascii() and not re.fullmatch(rf"[\d.,'{_SPACES}]+", digits, re.ASCII):
            return None  # digits of another script
        form = rf"(\d{{1,3}}(?:{groups}\d{{3}})+|\d+)(?:{re.escape(decimal)}(\d+))?"
        whole = re.fullmatch(form, digits, re.ASCII)
        if whole is None or (len(whole[1]) > 1 and whole[1].startswith("0")):
            return None
        plain = re.sub(r"\D", "", whole[1])
        places = len(whole[2] or "")
        times = self._multipliers.get((match[2] or "").casefold(), Decimal(1))
        value = Decimal(plain + ("." + whole[2] if whole[2] else ""))
        bare = plain.lstrip("0") + (whole[2] or "") if value else "0"
        shown = len(bare) if whole[2] or match[2] else len(bare.rstrip("0")) or 1
        last = Decimal(1).scaleb(-places) if whole[2] or match[2] else Decimal(10) ** (len(bare) - shown)
        return Said(value * times, last * times, shown, match[0])

    def _country_pattern(self) -> tuple[dict[str, str], re.Pattern[str]]:
        names = {
            str(name): str(code)
            for language in (self.code, "en")
            for code, name in Locale(language).territories.items()
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "QO", "ZZ"}  # noqa: PLR2004
        } | _COUNTRIES
        ordered = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
        return names, re.compile(rf"(?<!\w)({ordered})s?(?!\w)")  # with the s of a genitive


def currencies_in(text: str) -> tuple[frozenset[str], str]:
    """Codes of the currencies that a text names ("?" for one of several countries), and the text without them."""
    codes = [one for one in re.findall(r"\b[A-Z]{3}\b", text) if is_currency(one)]
    found = set(codes) | {code for sign, code in _SYMBOLS.items() if sign in text}
    for match in _NAMED.finditer(text):
        found.add("EUR" if match[1] else "?" if match[2] else "BTC")
    rest = re.sub("|".join([*map(re.escape, _SYMBOLS), *[rf"\b{one}\b" for one in codes]]), " ", text)
    return frozenset(found), _NAMED.sub(" ", rest)


def strange_in(text: str) -> str:
    """A character that no statement in a Latin script needs: another script, invisible, or composed unusually."""
    if unicodedata.normalize("NFC", text) != text:
        return "a letter that is put together of several characters"
    for one in text:
        sort = unicodedata.category(one)
        if sort.startswith("L") and not unicodedata.name(one, "").startswith("LATIN"):
            return f"{one!r}, a letter of another script"
        if sort in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "Mn", "Me"} and one != "\n":
            return f"U+{ord(one):04X}, which nobody sees"
    return ""


def numeral_in(text: str) -> str:
    """The first number in digits of any script, as a fraction or in Roman letters; empty if there is none."""
    for at, one in enumerate(text):
        if unicodedata.numeric(one, None) is not None:
            return match[0] if (match := re.match(r"\d+(?:[.,]\d+)*", text[at:])) else one
    roman = re.search(r"\b[IVX]{2,}\b", text)
    return roman[0] if roman else ""


@cache
def language(code: str) -> Language:
    """The words of a language; read once."""
    return Language(code)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    one = "|".join(
        re.escape(word.removesuffix("*")) + (_WILD if word.endswith("*") else "")
        for word in sorted(words, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{one})(?!\w)", re.IGNORECASE)


def _is_inside(place: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    start, end = place
    return any(one <= start and end <= other and (one, other) != place for one, other in others)
