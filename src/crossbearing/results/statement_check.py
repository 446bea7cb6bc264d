"""A statement held against the ledger, sentence by sentence: what is said is bound to a figure, or it is refused.

In the source of a statement ``[288 arrests](arrest.persons.persons)`` binds words to a figure. Outside of such brackets
no number, country, currency or comparison may stand; inside, the words must say what the figure is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from crossbearing.reference.currencies import is_currency
from crossbearing.results.statement_figures import Book, Figure, Key
from crossbearing.results.statement_words import Language, Said, currencies_in, numeral_in, strange_in

_SPAN: Final = re.compile(r"\[([^\[\]\n]*)\]\(([^()\s]+)\)")
_ENDS: Final = re.compile(r"(?<=[.!?])\s+")
_HOLE: Final = "\x00"
_MARK: Final = "¤"  # stands for a bracket in what is around it
_STAGES: Final = {
    "arrest": frozenset({"arrest", "suspect"}),
    "charge": frozenset({"charge", "suspect"}),
    "conviction": frozenset({"conviction", "guilt"}),
    "acquittal": frozenset({"acquittal"}),
    "search": frozenset({"search"}),
}
_MONEY: Final = frozenset({"cash", "virtual_currency", "cash_and_virtual_currency", "crypto_cash_gold"})
_FREE: Final = frozenset({"person", "drugs", "seizure", "market", "country", "money"})  # say nothing of a figure
_SIGNS: Final = re.compile(r"[<>≤≥≈±×*/=+−~#%‰^|\\]|[-–]\s*\d")  # noqa: RUF001 - the signs that people write
_REACHED: Final = re.compile(r"https?:|www\.|\.onion|@", re.IGNORECASE)
_MOST_BELOW, _MOST_ABOVE, _MOST_ABOUT = Decimal("0.9"), Decimal("1.05"), Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a sentence may not be said."""

    sentence: str
    problem: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        plain: The text as it would be published.
        figures: Every figure that it names and that can be rebuilt.
        sentences: How many were checked.
    """

    plain: str
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    sentences: int


def checked(source: str, book: Book, words: Language) -> Checked:
    """Hold a statement against what stands now.

    Args:
        source: Its text with the figures in brackets.
        book: The figures of its campaign.
        words: Of its language.
    """
    findings: list[Finding] = []
    figures: dict[str, Figure] = {}
    names = [name for _, name in _SPAN.findall(source)]
    for name in names:
        if name not in figures and name != "presumption" and (figure := book.figure(name)):
            figures[name] = figure
    sentences = list(_sentences(source))
    for sentence, spans in sentences:
        said = _SPAN.sub(lambda match: match[1], _filled(sentence, spans))
        findings += [Finding(said, problem) for problem in _problems(sentence, spans, figures, words)]
    accused = any(one.key[0] in {"arrest", "charge"} for one in figures.values())
    if accused and "presumption" not in names:
        findings.append(Finding("", "it speaks of arrests or charges and does not say (presumption)"))
    plain = _SPAN.sub(lambda match: match[1], source)
    return Checked(plain, tuple(figures[name] for name in sorted(figures)), tuple(findings), len(sentences))


def _sentences(source: str) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Each sentence with a hole for each span, and its spans."""
    for line in source.splitlines():
        spans = _SPAN.findall(line)
        holed = _SPAN.sub(_HOLE, line.replace(_HOLE, ""))
        for piece in _ENDS.split(holed.strip()):
            if piece:
                count = piece.count(_HOLE)
                yield piece, spans[:count]
                spans = spans[count:]


def _filled(sentence: str, spans: Sequence[tuple[str, str]]) -> str:
    for text, name in spans:
        sentence = sentence.replace(_HOLE, f"[{text}]({name})", 1)
    return sentence


def _problems(
    sentence: str, spans: Sequence[tuple[str, str]], figures: dict[str, Figure], words: Language
) -> Iterable[str]:
    glue = sentence.replace(_HOLE, f" {_MARK} ")
    if _MARK in sentence:
        yield f"it holds {_MARK!r}"
    if strange := strange_in(" ".join([glue, *(text for text, _ in spans)])):
        yield f"it holds {strange}"
    yield from _loose(glue, words)
    if word := words.qualifier_before_hole(glue, _MARK):
        yield f"{word!r} belongs into the brackets of the figure that it rounds"
    named = [figures[name] for _, name in spans if name in figures]
    own = words.concepts_in(glue)
    yield from _around(named, own, glue, words)
    beside = own if len(_lines(named)) == 1 else frozenset()
    for text, name in spans:
        if name == "presumption":
            if text != words.words["presumption"]:
                yield "the words on the presumption of innocence are not those of the catalogue"
        elif name not in figures:
            yield f"no figure {name!r} can be rebuilt from what stands"
        elif figures[name].problem:
            yield f"{text!r} may not be said: {figures[name].problem}"
        else:
            yield from _Span(text, figures[name], words).problems(beside)


def _lines(named: Iterable[Figure]) -> set[Key]:
    return {one.key for one in named if one.sort in {"amount", "share"}}


def _around(named: Sequence[Figure], own: frozenset[str], glue: str, words: Language) -> Iterable[str]:
    """What the words around the brackets claim beyond the figures of their sentence."""
    keys = _lines(named)
    if any(keys and one.sort == "countries" and one.key not in keys for one in named):
        yield "its countries are those of another line than its figures"
    supported = _FREE.union(*(_needed(one, words) | _STAGES.get(one.key[0], frozenset()) for one in named))
    for concept in sorted(own - supported):
        yield f"it speaks of {concept!r}, and no figure of this sentence does"
    if "person" in own and any(one.key[0] == "account_closure" for one in named):
        yield "an account is not a person, and the sentence counts accounts"
    if any(one.sort in {"amount", "share", "countries", "record"} for one in named):
        word, _ = words.refused_in(glue, "negation")
        if word:
            yield _WHY["negation"].format(word)


def _loose(glue: str, words: Language) -> Iterable[str]:
    """What may stand inside of brackets only."""
    if "[" in glue or "]" in glue:
        yield "a bracket is not closed, or has no figure behind it"
    if found := numeral_in(glue):
        yield f"the number {found!r} is bound to no figure"
    if word := words.number_word_in(glue):
        yield f"{word!r} says how many and is bound to no figure"
    countries, rest = words.countries_in(glue)
    if countries:
        yield f"the country {words.country(countries[0])!r} is bound to no figure"
    if demonym := words.demonym_in(rest):
        yield f"{demonym!r} names a country and is bound to no figure"
    if currencies_in(glue)[0]:
        yield "a currency is bound to no figure"
    if sign := _SIGNS.search(glue):
        yield f"the sign {sign[0]!r} is bound to no figure"
    if _REACHED.search(glue):
        yield "it holds an address"
    word, kind = words.refused_in(glue, "vague", "comparative", "death")
    if word:
        yield _WHY[kind].format(word)


_WHY: Final = {
    "vague": "{!r} says how many without a figure",
    "comparative": "{!r} compares, and is bound to no figure",
    "death": "{!r} speaks of a death; what caused one is said by no software and no statement",
    "negation": "{!r} turns a figure around",
}


def _needed(figure: Figure, words: Language) -> frozenset[str]:
    """What the words of a figure must name."""
    kind, item, unit = figure.key
    item = figure.kind if figure.kind not in {"", "~"} and figure.sort == "amount" else item
    known = words.words["concepts"]
    if kind in _STAGES:
        return frozenset({kind})
    if kind == "account_closure":
        return frozenset({"account"})
    if kind == "money" or item in _MONEY:
        return frozenset({"money"} if kind != "money" else ())
    return frozenset({item, unit} & known.keys())


class _Span:
    """Words that are bound to one figure."""

    def __init__(self, text: str, figure: Figure, words: Language) -> None:
        self.text, self.figure, self.words = text, figure, words

    def problems(self, beside: frozenset[str]) -> Iterable[str]:
        """Where the words say something else than the figure.

        Args:
            beside: What the sentence around names, if all of its figures are of one line.
        """
        figure, words = self.figure, self.words
        if figure.sort in {"text", "day"}:
            texts = figure.texts or ((words.day(figure.day),) if figure.day else ())
            if self.text not in texts:
                yield f"{self.text!r} is not {figure.name}, which is {' or '.join(map(repr, texts))}"
            return
        if figure.sort == "record":
            yield from self._record(self.text)
            return
        rest = self.text
        if figure.day and figure.sort == "event":
            rest = rest.replace(words.day(figure.day), " ")
        if figure.kind == "~":
            phrase = str(words.words["sort"])
            if phrase not in rest:
                yield f"{self.text!r} does not say {phrase!r}"
            rest = rest.replace(phrase, " ")
        countries, rest = words.countries_in(rest)
        yield from self._countries(countries)
        found, rest = currencies_in(rest)
        currency = {figure.key[2]} if is_currency(figure.key[2]) else frozenset()
        if found != currency:
            yield f"{self.text!r} does not name the currency of the figure alone: {min(currency, default='none')}"
        qualifier, rest = words.qualifier_in(rest)
        numbers, rest = words.numbers_in(rest)
        yield from self._number(numbers, qualifier, countries)
        yield from self._nouns(rest, beside)
        yield from self._left(rest)

    def _countries(self, found: Sequence[str]) -> Iterable[str]:
        figure = self.figure
        if figure.sort == "countries":
            if found and sorted(found) != sorted(figure.countries):
                yield f"{self.text!r} is not the list of countries, which is {', '.join(figure.countries)}"
            elif found and figure.is_at_least:
                yield "the list of countries is not complete: part of the line has no country"
        elif figure.sort == "event":
            if found and found != [figure.country]:
                yield f"{self.text!r} names another country than the event"
        elif found != ([figure.country] if figure.country else []):
            yield (
                f"{self.text!r} is bound to the figure of "
                f"{self.words.country(figure.country) if figure.country else 'all countries'}"
            )

    def _number(self, numbers: Sequence[Said], qualifier: str, countries: Sequence[str]) -> Iterable[str]:
        figure = self.figure
        if not numbers and (figure.sort == "event" or (figure.sort == "countries" and countries)):
            if qualifier:
                yield f"{self.text!r} says {qualifier!r} of no number"
        elif len(numbers) != 1:
            yield f"{self.text!r} holds {len(numbers)} numbers that can be read, and must hold one"
        elif figure.sort == "countries" and countries:
            yield f"{self.text!r} holds a number and a list"
        elif why := untrue(numbers[0], figure, qualifier):
            yield f"{self.text!r} is not so: {why}"

    def _nouns(self, rest: str, beside: frozenset[str]) -> Iterable[str]:
        figure, words = self.figure, self.words
        kind, item, unit = figure.key
        have, need = words.concepts_in(rest), _needed(figure, words)
        if figure.sort == "countries":
            extra = have - {"country"}
            need = frozenset() if not words.numbers_in(self.text)[0] else frozenset({"country"})
        else:
            allowed = need | _STAGES.get(kind, frozenset()) | {"country", "seizure", "market"}
            allowed |= {"person"} if unit == "persons" else frozenset()
            allowed |= {"money"} if is_currency(unit) else frozenset()
            allowed |= {"drugs"} if "drugs" in {item, figure.event["part_of"] if figure.event else ""} else frozenset()
            allowed |= {"percent"} if figure.sort == "share" else frozenset()
            extra = have - allowed
        if figure.sort == "event":
            need = frozenset() if have & _STAGES.get(kind, need) else need
        missing = need - have - (beside & _STAGES.keys())
        if missing:
            yield f"{self.text!r} does not name {', '.join(sorted(missing))}, which the figure counts"
        if extra:
            yield f"{self.text!r} names {', '.join(sorted(extra))}, which the figure is not"
        name = figure.kind if figure.kind not in {"", "~"} else item
        is_named = name in words.words["concepts"] or name in _MONEY or kind != "seizure" or figure.sort == "countries"
        if not is_named and name.replace("_", " ").casefold() not in self.text.casefold():
            yield f"{self.text!r} does not name {name.replace('_', ' ')!r}, which the figure counts"
        if figure.sort == "share" and "%" not in self.text and "percent" not in have:
            yield f"{self.text!r} is a share and does not say per cent"

    def _record(self, rest: str) -> Iterable[str]:
        figure, words = self.figure, self.words
        sort = "money" if is_currency(figure.key[2]) else figure.key[0]
        phrases: Sequence[str] = words.words["refused"]["record"].get(sort, ())
        phrase = next((one for one in phrases if one in rest), "")
        if not phrase:
            yield f"{self.text!r} is none of the words for this record: {', '.join(phrases) or 'there are none'}"
        rest = rest.replace(phrase, " ")
        limits: Sequence[str] = words.words["among_known"]
        limit = next((one for one in limits if one in rest), "")
        if figure.kind == "holds among known" and not limit:
            yield f"the record holds {limits[0]!r} only, and that must be said ({figure.note})"
        rest = rest.replace(limit, " ") if limit else rest
        missing = (
            _needed(figure, words) - words.concepts_in(self.text) - ({figure.key[2]} if sort == "seizure" else set())
        )
        if missing:
            yield f"{self.text!r} does not name {', '.join(sorted(missing))}, which the record is of"
        if words.countries_in(rest)[0] or words.numbers_in(rest)[0]:
            yield f"{self.text!r} holds more than the record"
        if sort == "money" and currencies_in(self.text)[0] != {figure.key[2]}:
            yield f"{self.text!r} does not name the currency in which it was compared, {figure.key[2]}"
        extra = words.concepts_in(rest) - _needed(figure, words) - {"seizure", "money"}
        if extra:
            yield f"{self.text!r} names {', '.join(sorted(extra))}, which the record is not of"
        yield from self._left(rest.replace(figure.key[2], " "))

    def _left(self, rest: str) -> Iterable[str]:
        """What is left when all that the figure says was taken away says nothing more."""
        words = self.words
        if self.figure.sort == "share":
            rest = rest.replace("%", " ")
        if found := numeral_in(rest):
            yield f"{found!r} in {self.text!r} cannot be read as a number of this language"
        elif word := words.number_word_in(rest):
            yield f"{word!r} in {self.text!r} is a second number, or one to be written in digits"
        names = [*self.figure.key, self.figure.kind]
        names += [str(words.words["items"].get(name, "")) for name in names]
        known = re.findall(r"\w+", " ".join(names).replace("_", " "))
        if self.figure.sort != "event" and (word := words.unknown_in(rest, known)):
            yield f"{word!r} in {self.text!r} is none of the words that may stand beside a figure; put it outside"
        if word := words.stray_qualifier_in(rest):
            yield f"{word!r} in {self.text!r} rounds no number"
        if sign := _SIGNS.search(rest) or re.search(r"[-–−+]\s*\d", self.text):  # noqa: RUF001 - the signs that people write
            yield f"the sign {sign[0]!r} in {self.text!r} says more than the figure"
        if demonym := words.demonym_in(rest):
            yield f"{demonym!r} names a country; name it as a country"
        word, kind = words.refused_in(rest, "vague", "comparative", "negation", "death")
        if word:
            yield _WHY[kind].format(word)


def untrue(said: Said, figure: Figure, qualifier: str) -> str:
    """Why a number is not what the figure is, by the rule of rounding that its words name; empty if it is.

    Without such words it is the figure exactly. "About": rounded at the last digit shown, at most 2 in 100 away.
    "More than" and "at least": below it (or equal), at most a tenth. "Nearly": above it, at most 5 in 100.
    """
    value, truth = said.value, figure.value
    is_low = _MOST_BELOW * truth <= value
    if qualifier == "at least":
        qualifier = "at_least"
    holds = {
        "": value == truth and not figure.is_at_least,
        "at_least": value <= truth and is_low,
        "more_than": (value < truth or (value == truth and figure.is_at_least)) and is_low,
        "about": not figure.is_at_least
        and abs(value - truth) <= said.unit / 2
        and abs(value - truth) <= _MOST_ABOUT * truth,
        "nearly": not figure.is_at_least and truth < value <= _MOST_ABOVE * truth,
    }[qualifier]
    if holds:
        return ""
    least = "at least " if figure.is_at_least else ""
    return f"the ledger says {least}{truth.normalize():f}" + (
        f", and {qualifier.replace('_', ' ')!r} has a rule" if qualifier else ""
    )
