"""A first draft of a statement, from the catalogue of its language and the figures that stand."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from crossbearing.reference.currencies import is_currency
from crossbearing.results.statement_figures import Book, Figure, kind_suffix, name_of
from crossbearing.results.statement_words import Language
from crossbearing.results.totals import Line

_MILLION: Final = Decimal(1_000_000)
_SEVERAL: Final = Decimal(5)  # for the form of a noun above a list
_VOWELS: Final = "aeiouéèêhAEIOUH"


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
    least = f"{words.words['qualifiers']['at_least'][0]} " if figure.is_at_least else ""
    return least + words.written(figure.value)


def _counted(countries: Figure, words: Language) -> str:
    return _bound(f"{_number(countries, words)} {words.counted('country', countries.value)}", countries)


def _bound(text: str, figure: Figure) -> str:
    return f"[{text}]({figure.name})"
