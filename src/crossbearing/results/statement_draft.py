"""A first draft of a statement, from the catalogue of its language and the figures that stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final

from crossbearing.reference.currencies import is_currency
from crossbearing.results.statement_figures import Book, Figure, kind_suffix, name_of
from crossbearing.results.statement_words import Language
from crossbearing.results.totals import Line

_GRAM: Final = Decimal("0.001")  # kilograms
_MILLION: Final = Decimal(1_000_000)
_SEVERAL: Final = Decimal(5)  # for the form of a noun above a list
_VOWELS: Final = "aeiouéèêhAEIOUH"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A figure that a draft leaves out.

    Attributes:
        figure: Its name.
        why: In words.
        remedy: What to do so that it can be said.
    """

    figure: str
    why: str
    remedy: str


def drafted(book: Book, words: Language, *, currency: str) -> str:
    """The text with every number bound to its figure; what may not be said is left out.

    Args:
        book: The figures of the campaign.
        words: Of the language.
        currency: Give all money in it as well; empty for not.
    """
    campaign = f"[{book.campaign}](campaign)"
    lines = [words.words["title"].format(campaign=campaign), ""]
    template = words.words["template"]
    first, last = book.figure("day.first"), book.figure("day.last")
    if first and last and first.day and last.day:
        days = {"first": f"[{words.day(first.day)}](day.first)", "last": f"[{words.day(last.day)}](day.last)"}
        lines.append(template["period"].format(campaign=campaign, **days))
    for line in book.lines.values():
        whole = book.figure(name_of(line))
        if whole and not whole.problem and whole.value:
            lines += _sentences(book, line, whole, words)
    if currency and (money := book.figure(f"money.{currency}")) and not money.problem:
        lines.append(template["money"].format(total=f"[{_money(money, words)}]({money.name})"))
    if any(line.kind in {"arrest", "charge"} for line in book.lines.values()):
        lines += ["", f"[{words.words['presumption']}](presumption)"]
    return "\n".join(lines) + "\n"


def left_out(book: Book, words: Language, *, currency: str) -> tuple[LeftOut, ...]:
    """What a draft leaves out, and why; what a court keeps secret is in no figure, and so not here either.

    Args:
        book: The figures of the campaign.
        words: Of the language.
        currency: In which the draft gives all money; empty if it gives none.
    """
    found = []
    for line in book.lines.values():
        name = name_of(line)
        whole = book.figure(name)
        if whole and whole.problem:
            found.append(LeftOut(figure=name, why=whole.problem, remedy=_remedy(whole.problem)))
        elif not line.total:
            found.append(LeftOut(figure=name, why="its total is 0", remedy=_OWN_WORDS))
        elif is_currency(line.unit):
            if not currency:
                remedy = "Draft it again with --in EUR, or another currency in which all money is told."
                found.append(LeftOut(figure=name, why="a draft tells money in one currency", remedy=remedy))
        elif line.kind not in words.words["template"]:
            found.append(
                LeftOut(figure=name, why=f"no sentence of the catalogue tells a {line.kind}", remedy=_OWN_WORDS)
            )
    if currency and any(is_currency(line.unit) for line in book.lines.values()):
        money = book.figure(f"money.{currency}")
        why = money.problem if money else f"no amount has a rate to {currency}"
        if why:
            found.append(LeftOut(figure=f"money.{currency}", why=why, remedy=_remedy(why)))
    return tuple(found)


_OWN_WORDS: Final = "If it is to be said, write it in your own words with --text."
_REMEDIES: Final = {
    "await a judgement": "`crossbearing outcome list --doubles` shows the pairs: judge them, run, and draft it again.",
    "does not add up": "`crossbearing results show` says where: ask the agency, import its corrected report, run, and "
    "draft it again.",
    "rate": "Add a file of rates with `crossbearing evidence add`, run, and draft it again.",
}


def _remedy(why: str) -> str:
    return next((said for words, said in _REMEDIES.items() if words in why), "No statement can say it.")


def _sentences(book: Book, line: Line, whole: Figure, words: Language) -> Iterator[str]:
    template = words.words["template"]
    if is_currency(line.unit) or line.kind not in template:
        return
    total = _bound(_phrase(whole, line, words), whole)
    countries = book.figure(name_of(line, "#"))
    count = _counted(countries, words) if countries else ""
    says_countries = "{countries}" in template[line.kind]
    yield template["plain" if says_countries and not count else line.kind].format(total=total, countries=count)
    if line.unit == "persons" and countries:
        parts = [book.figure(name_of(line, "@" + code)) for code in countries.countries]
        listed = ", ".join(_bound(f"{words.country(one.country)} {_number(one, words)}", one) for one in parts if one)
        yield template["by_country"].format(noun=words.counted(line.kind, _SEVERAL), list=listed)
    if line.kinds and line.item == "drugs":
        kinds = [book.figure(name_of(line, kind_suffix(kind))) for kind, _ in line.kinds]
        kinds.append(book.figure(name_of(line, "~")))
        listed = ", ".join(_bound(_phrase(one, line, words), one) for one in kinds if one)
        yield template["kinds"].format(list=listed)


def _phrase(figure: Figure, line: Line, words: Language) -> str:
    """The words of one figure: number, unit and noun."""
    number = _number(figure, words)
    if line.kind in words.words["nouns"]:
        return f"{number} {words.counted(line.kind, figure.value)}"
    item = figure.kind if figure.kind not in {"", "~"} else line.item
    name: str = words.words["items"].get(item, item.replace("_", " "))
    if line.unit == "pieces":
        phrase = words.words["pieces"].format(number=number, item=name)
    else:
        unit = words.counted("pills", figure.value) if line.unit == "pills" else line.unit
        if item == line.unit:  # what was counted is the unit itself: pills, and not pills of pills
            return f"{number} {unit}"
        pattern = words.words["elided" if name[0] in _VOWELS and "elided" in words.words else "seized"]
        phrase = pattern.format(number=number, unit=unit, item=name)
    return f"{phrase} {words.words['sort']}" if figure.kind == "~" else str(phrase)


def _money(figure: Figure, words: Language) -> str:
    number, qualifier = words.written(figure.value.quantize(Decimal("0.01"))), ""
    if figure.value >= _MILLION:
        millions = figure.value / _MILLION
        millions = millions.quantize(Decimal(1).scaleb(min(0, millions.adjusted() - 2)))  # three digits
        number = f"{words.written(millions)} {words.counted('million', millions)}"
        qualifier = words.words["qualifiers"]["about"][0]
    return str(words.words["money"].format(qualifier=qualifier, currency=figure.key[2], number=number)).strip()


def _number(figure: Figure, words: Language) -> str:
    """The number, of a mass to the gram: then it is about so much, or at least so much."""
    value, rule = figure.value, "at_least" if figure.is_at_least else ""
    to_gram = value.quantize(_GRAM, ROUND_FLOOR if figure.is_at_least else ROUND_HALF_EVEN)
    if figure.key[2] == "kg" and to_gram not in {0, value}:
        value, rule = to_gram, rule or "about"
    return f"{words.words['qualifiers'][rule][0]} {words.written(value)}" if rule else words.written(value)


def _counted(countries: Figure, words: Language) -> str:
    return _bound(f"{_number(countries, words)} {words.counted('country', countries.value)}", countries)


def _bound(text: str, figure: Figure) -> str:
    return f"[{text}]({figure.name})"
