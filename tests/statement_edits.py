"""Edits of a true statement, as a hurried, a careless and a dishonest hand make them; each says whether it is still so.

Whether an edited number is still true is decided here by its own arithmetic and not by the checker's.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from crossbearing.results.statement_figures import Book
from crossbearing.results.statement_words import Language

_SPAN: Final = re.compile(r"\[([^\[\]\n]*)\]\(([^()\s]+)\)")
_DIGITS: Final = re.compile(r"\d+(?:[.,\u00a0\u202f\u2009]\d+)*")
TYPED: Final = {
    "en": ("Dozens of homes were searched.", "A third of the drugs was cocaine.", "Police from ten states took part.",
           "The record was broken.", "This saved lives.", "German officers led the work.", "More than ever was found.",
           "Officers counted 12 parcels.", "Some 5 % came by post.", "Most of it was cocaine.",
           "The dealers are criminals.",
           "Everyone was convicted.", "It was worth millions of euros."),
    "de": ("Dutzende Wohnungen.", "Ein Drittel der Drogen.", "Zwölf Behörden halfen.", "Ein Rekord.",
           "Das rettete Leben.", "Deutsche Beamte halfen.", "Mehr als je zuvor.", "Es waren 12 Pakete.", "Rund 5 %.",
           "Die meisten waren Dealer.", "Zweihundertachtzig Beamte halfen.", "Die Täter wurden verurteilt."),
    "fr": ("Des dizaines de logements.", "Un tiers des drogues.", "Douze services ont aidé.", "Un record.",
           "Cela a sauvé des vies.", "Des agents allemands ont aidé.", "Plus que jamais.", "Ce sont 12 colis.",
           "Environ 5 %.",
           "Les trafiquants sont coupables.", "Quatre-vingts agents ont aidé."),
    "nl": ("Tientallen woningen.", "Een derde van de drugs.", "Twaalf diensten hielpen.", "Een record.",
           "Dat redde levens.", "Duitse agenten hielpen.", "Meer dan ooit.", "Het waren 12 pakketten.", "Ongeveer 5 %.",
           "De daders zijn veroordeeld.", "Tweehonderdtachtig agenten hielpen."),
    "es": ("Decenas de viviendas.", "Un tercio de las drogas.", "Doce servicios ayudaron.", "Un récord.",
           "Eso salvó vidas.", "Agentes alemanes ayudaron.", "Más que nunca.", "Fueron 12 paquetes.", "Cerca del 5 %.",
           "Los narcotraficantes son culpables.", "Doscientos agentes ayudaron."),
    "pt": ("Dezenas de casas.", "Um terço das drogas.", "Doze serviços ajudaram.", "Um recorde.",
           "Isso salvou vidas.", "Agentes alemães ajudaram.", "Mais do que nunca.", "Foram 12 pacotes.",
           "Cerca de 5 %.",
           "Os traficantes são culpados.", "Duzentos agentes ajudaram."),
    "pl": ("Dziesiątki mieszkań.", "Trzecia część narkotyków.", "Dwanaście służb pomogło.", "Rekord.",
           "To uratowało życie.", "Niemieccy funkcjonariusze pomogli.", "Więcej niż kiedykolwiek.", "Było 12 paczek.",
           "Około 5 %.", "Sprawcy zostali skazani.", "Dwieście osób pomogło."),
}  # fmt: skip
_UNITS: Final = {"kg": ("g", "t", "lb"), "EUR": ("USD", "GBP", "BTC")}
_RAISED: Final = {"arrest": ("charge", "conviction"), "charge": ("conviction", "arrest"), "search": ("arrest",)}
_SCRIPTS: Final = ("٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")  # noqa: RUF001 - digits that are not ours


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit.

    Attributes:
        is_false: What it says is not so, or is said without being bound to the ledger.
    """

    sort: str
    before: str
    after: str
    source: str
    is_false: bool


class Editor:
    """Makes edits of one statement, by chance."""

    def __init__(self, source: str, book: Book, words: Language, chance: random.Random) -> None:
        self.source, self.book, self.words, self.chance = source, book, words, chance
        self.spans = [*_SPAN.finditer(source)]
        self.numbers = [one for one in self.spans if _DIGITS.search(one[1]) and not one[2].startswith("day")]

    def edit(self) -> Edit:
        """One edit of a sort taken by chance, of which the statement has something to edit."""
        ways: tuple[Callable[[], Edit | None], ...] = (
            self.number, self.swapped, self.rebound, self.unit, self.country, self.raised, self.typed, self.unbound,
            self.qualified, self.turned, self.heads, self.script, self.day, self.list_of,
        )  # fmt: skip
        while True:
            made = self.chance.choice(ways)()
            if made is not None and made.source != self.source:
                return made

    def number(self) -> Edit | None:
        """Another number in the place of one."""
        one = self.chance.choice(self.numbers)
        digits = _DIGITS.search(one[1])
        assert digits
        place = self.chance.randrange(len(digits[0]))
        if not digits[0][place].isdigit():
            return None
        other = self.chance.choice([x for x in "123456789" if x != digits[0][place]])
        shown = digits[0][:place] + other + digits[0][place + 1 :]
        text = one[1][: digits.start()] + shown + one[1][digits.end() :]
        return self._made("number", one, text, is_false=not self._is_near(one[2], shown, one[1]))

    def swapped(self) -> Edit | None:
        """Two numbers in each other's place."""
        one, other = self.chance.sample(self.numbers, 2)
        a, b = _DIGITS.search(one[1]), _DIGITS.search(other[1])
        assert a
        assert b
        if a[0] == b[0]:
            return None
        first, second = sorted((one, other), key=lambda span: span.start())
        change = {one.start(): one[1].replace(a[0], b[0], 1), other.start(): other[1].replace(b[0], a[0], 1)}
        source = self._with(second, change[second.start()], second[2])
        source = self._with(first, change[first.start()], first[2], source)
        return Edit("swapped", f"{one[1]} | {other[1]}", " | ".join(change.values()), source, is_false=True)

    def rebound(self) -> Edit | None:
        """The words stay and are bound to another figure."""
        one, other = self.chance.sample(self.numbers, 2)
        a, b = self.book.figure(one[2]), self.book.figure(other[2])
        if a and b and (a.value, a.key, a.country, a.kind) == (b.value, b.key, b.country, b.kind):
            return None
        return Edit("rebound", one[1], other[2], self._with(one, one[1], other[2]), is_false=True)

    def unit(self) -> Edit | None:
        """Another unit or currency."""
        old = self.chance.choice([*_UNITS])
        return self._replaced("unit", old, self.chance.choice(_UNITS[old]))

    def country(self) -> Edit | None:
        """Another country."""
        old, new = self.chance.sample(["DE", "US", "NL", "FR", "GB", "PL"], 2)
        return self._replaced("country", self.words.country(old), self.words.country(new))

    def raised(self) -> Edit | None:
        """A later step of a proceeding than the one that was reported."""
        old = self.chance.choice([*_RAISED])
        new, count = self.chance.choice(_RAISED[old]), self.chance.choice([Decimal(1), Decimal(3), Decimal(5)])
        edit = self._replaced("raised", self.words.counted(old, count), self.words.counted(new, count))
        return edit or self._in_text("raised", self.words.counted(old, count), self.words.counted(new, count))

    def typed(self) -> Edit | None:
        """A sentence that somebody typed in."""
        text = self.chance.choice(TYPED[self.words.code])
        return Edit("typed", "", text, f"{self.source}\n{text}\n", is_false=True)

    def unbound(self) -> Edit | None:
        """A figure's brackets are taken off; its words may be so, and nothing holds them."""
        one = self.chance.choice(self.numbers)
        source = self.source[: one.start()] + one[1] + self.source[one.end() :]
        return Edit("unbound", one[0], one[1], source, is_false=True)

    def qualified(self) -> Edit | None:
        """The same number with "more than" or "nearly" before it."""
        one = self.chance.choice(self.numbers)
        if self.words.qualifier_in(one[1])[0]:
            return None
        word = self.words.words["qualifiers"][self.chance.choice(["more_than", "nearly"])][0]
        text = _DIGITS.sub(lambda match: f"{word} {match[0]}", one[1], count=1)
        return self._made("qualified", one, text, is_false=True)

    def turned(self) -> Edit | None:
        """A "not" before a number, or a minus."""
        one = self.chance.choice(self.numbers)
        word = self.chance.choice([self.words.words["refused"]["negation"][0] + " ", "-", "\u2212", "<"])
        return self._made("turned", one, _DIGITS.sub(lambda match: word + match[0], one[1], count=1), is_false=True)

    def heads(self) -> Edit | None:
        """Accounts become people."""
        people = {"en": "vendors", "de": "Verkäufer", "fr": "vendeurs", "nl": "verkopers", "es": "vendedores",
                  "pt": "vendedores", "pl": "sprzedawców"}  # fmt: skip
        noun = self.words.counted("account_closure", Decimal(403))
        return self._replaced("heads", noun, people[self.words.code])

    def script(self) -> Edit | None:
        """The same number in digits of another script."""
        one = self.chance.choice(self.numbers)
        table = str.maketrans("0123456789", self.chance.choice(_SCRIPTS))
        return self._made("script", one, one[1].translate(table), is_false=True)

    def day(self) -> Edit | None:
        """Another day."""
        days = [one for one in self.spans if one[2].startswith("day")]
        one = self.chance.choice(days)
        return self._made(
            "day", one, re.sub(r"\d+", lambda match: str(int(match[0]) + 1), one[1], count=1), is_false=True
        )

    def list_of(self) -> Edit | None:
        """The list of countries stands in full, with one left out, added or named twice."""
        lists = [one for one in self.spans if one[2].endswith("#")]
        one = self.chance.choice(lists)
        figure = self.book.figure(one[2])
        assert figure
        codes = [*figure.countries]
        other = {"less": codes[1:] or ["GB"], "more": [*codes, "GB"], "twice": [*codes, codes[0]]}
        named = other[self.chance.choice([*other])]
        return self._made("list", one, self.words.listed(map(self.words.country, named)), is_false=True)

    def _is_near(self, name: str, shown: str, text: str) -> bool:
        """Whether a number with "about" before it is still within 2 in 100, rounded where it ends."""
        figure = self.book.figure(name)
        if figure is None or not self.words.qualifier_in(text)[0]:
            return False
        value = Decimal(shown.replace(",", ".")) * 1_000_000
        return abs(value - figure.value) <= Decimal("0.005") * 1_000_000

    def _replaced(self, sort: str, old: str, new: str) -> Edit | None:
        """A word in one bracket becomes another."""
        spans = [one for one in self.spans if re.search(rf"(?<!\w){re.escape(old)}(?!\w)", one[1])]
        if not spans or old == new:
            return None
        one = self.chance.choice(spans)
        return self._made(sort, one, re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, one[1], count=1), is_false=True)

    def _in_text(self, sort: str, old: str, new: str) -> Edit | None:
        """A word between brackets becomes another."""
        holes = _SPAN.sub(lambda match: "\x00" * len(match[0]), self.source)
        match = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", holes)
        if not match or old == new:
            return None
        source = self.source[: match.start()] + new + self.source[match.end() :]
        return Edit(sort, old, new, source, is_false=True)

    def _made(self, sort: str, one: re.Match[str], text: str, *, is_false: bool) -> Edit:
        return Edit(sort, one[1], text, self._with(one, text, one[2]), is_false)

    def _with(self, one: re.Match[str], text: str, name: str, source: str = "") -> str:
        source = source or self.source
        return f"{source[: one.start()]}[{text}]({name}){source[one.end() :]}"
