"""What a page says in its reader's language: labels by key, and the fixed sentences of a document.

A document is the same for everybody. Its sentences are made from fixed forms, and a page knows them by these: the
form's key gives the sentence of another language, with the same values filled in. A sentence without a form, or one
that can be read as its form in two ways, stays as it is and is set off as English.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib import resources
from string import Formatter
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.languages import get_official_languages
from markupsafe import Markup, escape

from crossbearing.presentation.text import NOT_KNOWN, number, seized
from crossbearing.reference.countries import country_name, country_of, in_sentence

LANGUAGES: Final = ("en", "de", "fr", "nl", "es", "pt", "pl")
_LIMIT: Final = 600  # characters shown of one value
_ID: Final = re.compile(r"\b[AEO]-[0-9a-f]{4,12}\b")
_DECIMAL: Final = re.compile(r"(?<=\d)\.(?=\d)")
_THIN, _FIXED = "\u2009", "\u202f"  # between thousands: as the document has it, and not broken over lines
_AMOUNT: Final = re.compile(r"(?:[A-Z]{2,5}\u00a0)?[-+:.\d\u2009]+")  # numbers, money, days, offsets
_SHAPES: Final = {
    "n": re.compile(r"[\d\u2009]+"),
    "m": re.compile(r"[\d\u2009]+"),
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
    "id": re.compile(r"[AO]-\w+"),
    "code": re.compile(r"H\d|unknown|TLP:[A-Z+]+"),
}
# What is filled into a sentence: seized text, text that stays English, or a sentence of its own.
_SEIZED: Final = frozenset({"handle", "handles", "host", "market", "markets", "pair", "reason", "word", "words"})
_ENGLISH: Final = frozenset({"signals", "substances"})
_NESTED: Final = frozenset(
    {"after", "context", "counts", "danger", "grades", "holds", "left_out", "links", "meaning", "note", "paid",
     "provider", "rule", "source", "state_of", "unread", "urgent"}
)  # fmt: skip
_SEVERAL: Final = {"counts": ", ", "grades": ", ", "links": " and ", "urgent": "; "}  # sentences, and what is between


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one kind.

    Attributes:
        kind: Empty for the page's own words, "seized", or "english" for what has no form in another language; on paper
            also "strong", "id", "note", "subject" and "box".
    """

    text: str
    kind: str = ""

    def __html__(self) -> str:
        """Escaped, set off as what it is, ids not broken over lines."""
        text = str(escape(self.text)).replace(_THIN, _FIXED)
        shown = _ID.sub(r'<span class="nb">\g<0></span>', text)
        if self.kind == "seized":
            return f'<bdi class="seized" lang="" dir="auto">{shown}</bdi>'
        return f'<bdi lang="en">{shown}</bdi>' if self.kind else shown


Value = str | int | Run | Sequence[Run]


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence of the English catalogue, to know it by."""

    key: str
    number: str  # the plural form that it is, or empty
    texts: tuple[str, ...]  # what stands before, between and after the values
    names: tuple[str, ...]

    def values(self, text: str) -> dict[str, str] | None:
        """The values in a text of this form; none if it has another, or could be read in two ways."""
        if not self.names:
            return {} if text == self.texts[0] else None
        first, *between, last = self.texts
        begin, end = len(first), len(text) - len(last)
        if begin >= end or not (text.startswith(first) and text.endswith(last)):
            return None
        cuts = _places(text, between, begin, end)
        if cuts is None or cuts != _last_places(text, between, begin, end):
            return None
        edges = [begin, *(edge for at, own in zip(cuts, between, strict=True) for edge in (at, at + len(own))), end]
        parts = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
        found = dict(zip(self.names, parts, strict=True))
        fits = all(value and (name not in _SHAPES or _SHAPES[name].fullmatch(value)) for name, value in found.items())
        return found if fits else None


def _places(text: str, between: Sequence[str], begin: int, end: int) -> list[int] | None:
    """Where each of these first stands after the one before it."""
    found = []
    for own in between:
        if (at := text.find(own, begin, end)) < 0:
            return None
        found.append(at)
        begin = at + len(own)
    return found


def _last_places(text: str, between: Sequence[str], begin: int, end: int) -> list[int] | None:
    """Where each of these last stands before the one after it."""
    found = []
    for own in reversed(between):
        if (at := text.rfind(own, begin, end)) < 0:
            return None
        found.append(at)
        end = at
    return found[::-1]


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._entries = catalogue(language)
        self._locale = Locale("en", "GB") if language == "en" else Locale(language)

    def __call__(self, key: str, **values: Value | Markup) -> Markup:
        """A label as HTML; everything filled in is escaped, but what is markup already."""
        return Markup("").join(self.pieces(key, **values))

    def pieces(self, key: str, **values: Value | Markup) -> list[Run | Markup]:
        """A label as pieces of text.

        Args:
            key: Section and name in the catalogue, such as "head.law".
            values: What is filled in. ``n`` as a number also chooses the plural form.
        """
        entry = self._entries[key]
        count = values.get("n")
        form = entry if isinstance(entry, str) else entry[self.plural(count, entry)]
        return list(_filled(form, values))

    def runs_of(self, key: str, **values: Value) -> list[Run]:
        """A label as pieces of text, none of them markup."""
        return [piece for piece in self.pieces(key, **values) if isinstance(piece, Run)]

    def plain(self, key: str, **values: Value) -> str:
        """A label as text."""
        return "".join(run.text for run in self.runs_of(key, **values))

    def plural(self, count: object, entry: Mapping[str, str]) -> str:
        """The plural form that a count takes in this language."""
        digits = re.sub(r"\D", "", str(count))
        form = str(self._locale.plural_form(int(digits or 0)))
        return form if form in entry else "other"

    def term(self, section: str, word: str) -> Markup:
        """A word of a closed list, such as an answer or a handling code, as HTML."""
        return Markup("").join(self.term_runs(section, word))

    def term_runs(self, section: str, word: str) -> list[Run]:
        """The same as pieces of text; a word that has no label stands as it is."""
        key = f"{section}.{word.replace(' ', '_')}"
        return self.runs_of(key) if key in self._entries else [Run(seized(word), self._english)]

    def said(self, text: str | None, *, limit: int = _LIMIT) -> Markup:
        """A sentence of the document as HTML."""
        return Markup("").join(self.runs(text, limit=limit))

    def runs(self, text: str | None, *, limit: int = _LIMIT) -> list[Run]:
        """A sentence of the document as pieces of text; its own words in this language, if it has a form."""
        if text is None:
            return self.runs(NOT_KNOWN)
        if (known := form_of(text)) is not None:
            filled = {name: self._value(name, value, limit) for name, value in known.values.items()}
            entry = self._entries[known.key]
            if not isinstance(entry, str):
                form = self.plural(known.values["n"], entry) if "n" in known.values else known.number
                entry = entry.get(form, entry["other"])
            return [piece for piece in _filled(entry, filled) if isinstance(piece, Run)]
        shown = seized(text, limit=limit)
        return [Run(self.figure(shown)) if _AMOUNT.fullmatch(shown) else Run(shown, self._english)]

    def figure(self, text: str) -> str:
        """A number or amount with the decimal mark of the language; thousands stay thin spaces."""
        return _DECIMAL.sub(self._decimal, text)

    def day(self, iso: str) -> str:
        """A day in a sentence, such as 3 May 2021; what is no ISO day stays."""
        try:
            return str(format_date(date.fromisoformat(iso), "long", locale=self._locale))
        except ValueError:
            return iso

    def country(self, code: str) -> str:
        """A country's name as it stands in this language's sentences."""
        return in_sentence(code) if self.language == "en" else country_name(code, self.language)

    @property
    def _english(self) -> str:
        return "" if self.language == "en" else "english"

    @cached_property
    def _decimal(self) -> str:
        return str(self._locale.number_symbols["latn"]["decimal"])

    def _value(self, name: str, value: str, limit: int) -> Value:
        kind = name.rstrip("_2")
        if kind in _SEIZED:
            return Run(seized(value, limit=limit), "seized")
        if kind in _ENGLISH:
            return Run(seized(value, limit=limit), self._english)
        if kind in _NESTED:
            return self._listed(kind, [self.runs(part, limit=limit) for part in _parts(kind, value)])
        if kind in {"country", "countries"}:
            return ", ".join(self._named(part) for part in value.split(", "))
        return self.day(value) if kind == "day" else self.figure(seized(value, limit=limit))

    def _listed(self, kind: str, parts: Sequence[Sequence[Run]]) -> list[Run]:
        between = str(self._entries["language.and"]) if kind == "links" else _SEVERAL.get(kind, "")
        return [run for at, part in enumerate(parts) for run in ([Run(between)] if at else []) + list(part)]

    def _named(self, words: str) -> str:
        """A country that is named in English or by its code."""
        code = country_of(words.removeprefix("the "))
        return self.country(code) if code else "".join(run.text for run in self.runs(words))


@cache
def words(language: str) -> Words:
    """The words of a language.

    Args:
        language: One of ``LANGUAGES``.
    """
    return Words(language)


def languages_of(country: str) -> tuple[str, ...]:
    """Languages that a package for a country is written in: English, and the country's own that have a catalogue.

    Source: the official and de-facto official languages of the Unicode CLDR, whole countries only.
    """
    own = get_official_languages(country, regional=False, de_facto=True)
    return ("en", *(one for one in own if one in LANGUAGES and one != "en"))


@cache
def catalogue(language: str) -> Mapping[str, str | Mapping[str, str]]:
    """The entries of a language by section and name; an entry with plural forms has one text for each."""
    text = (resources.files("crossbearing.presentation") / "catalogues" / f"{language}.toml").read_text("utf-8")
    sections: Mapping[str, Mapping[str, str | Mapping[str, str]]] = tomllib.loads(text)
    return {f"{section}.{name}": entry for section, entries in sections.items() for name, entry in entries.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """A sentence whose form is known: the key, the plural form it stood in, and its values."""

    key: str
    number: str
    values: Mapping[str, str]


@lru_cache(maxsize=20_000)
def form_of(text: str) -> Known | None:
    """The form of a sentence of the document; none if it has none."""
    for form in _forms():
        values = form.values(text)
        if values is not None and all(
            form_of(part) for name, value in values.items() if name in _NESTED for part in _parts(name, value)
        ):
            return Known(form.key, form.number, values)
    return None


def _parts(name: str, value: str) -> list[str]:
    return value.split(_SEVERAL[name]) if name in _SEVERAL else [value]


@cache
def _forms() -> tuple[_Form, ...]:
    """Forms of sentences; the longest own words first, so that no general one takes what has a closer one."""
    found = []
    for key, entry in catalogue("en").items():
        section = key.partition(".")[0]
        if section == "said":
            forms = {"": entry} if isinstance(entry, str) else entry
            found += [_form(key, form, text) for form, text in forms.items()]
        elif section in {"handling", "tlp"} and isinstance(entry, str):
            found.append(_Form(key, "", (entry,), ()))
    return tuple(sorted(found, key=lambda form: (-sum(map(len, form.texts)), form.key)))


def _form(key: str, number: str, text: str) -> _Form:
    texts, names = [""], []
    for literal, name, _, _ in Formatter().parse(text):
        texts[-1] += literal
        if name is not None:
            names.append(name)
            texts.append("")
    return _Form(key, number, tuple(texts), tuple(names))


def _filled(form: str, values: Mapping[str, Value | Markup]) -> Iterator[Run | Markup]:
    for literal, name, _, _ in Formatter().parse(form):
        if literal:
            yield Run(literal)
        if name is not None:
            yield from _as_pieces(values[name])


def _as_pieces(value: Value | Markup) -> list[Run | Markup]:
    if isinstance(value, Run | Markup):
        return [value]
    if isinstance(value, int):
        return [Run(number(value))]
    return [Run(value)] if isinstance(value, str) else list(value)
