"""Numbers, units and signs in a folded title, each as one letter, so that a rule is a pattern over letters."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any, Final

# One letter for each kind of token; the rules in ``quantities`` are written with them.
NUMBER, MASS, DOSE, VOLUME, PIECES, CONTAINER, NOMINAL = "n", "g", "s", "v", "p", "k", "q"
TIMES, OF, DASH, SLASH, PLUS, SIGN, BRACKET, MARK = "x", "o", "-", "/", "+", "#", "b", ","
HALF, ARTICLE, FOR, FREE, EACH, QUANTITY, MONEY, OTHER, WORD = "h", "a", "r", "f", "e", "y", "$", "t", "w"
NAME: Final = "d"  # a number that is part of a name or says which, not how many
BREAK: Final = "z"  # what no statement reaches over
OTHERS: Final = "m"  # a number of money, per cent, hours, inches

_PIECES: Final = re.compile(
    r"(?P<number>(?<![\w.,])[.,]\d+|\d+(?:[.,']\d+)*)"
    r"|(?P<part>[\u00bc-\u00be\u2150-\u215e])"  # one-character fractions
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<sign>[^\s_])"
)
_GROUPS: Final = re.compile(r"[1-9]\d{0,2}(?:([.,'])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?$")
_SIGNS: Final = {"-": DASH, "~": DASH, "/": SLASH, "+": PLUS, "#": SIGN, "@": OF, "*": MARK, "&": MARK, "x": TIMES,
                 "%": OTHER, '"': OTHER, "$": MONEY, "€": MONEY, "£": MONEY, "¥": MONEY, "₿": MONEY,
                 "|": BREAK, **dict.fromkeys("()[]{}<>'", BRACKET)}  # fmt: skip
_DENOMINATORS: Final = frozenset({2, 3, 4, 5, 8, 10, 16})  # of what people weigh out; 24/7 and 10/325 are none
_GRADES: Final = frozenset("1234")  # of heroin: "#3", "#4"; nobody writes a count of four so
_MOST_DIGITS: Final = 7  # longer numbers are telephone numbers and ids
_LONGEST: Final = 15  # characters of a number with points or commas; grams of ten million such fit into the tables


@dataclass(slots=True)
class Token:
    """A token and where it stands.

    Attributes:
        values: Of a number: what it may be; two where a point may group thousands.
        unit: Of a unit word: what is counted in it (g, mg, ug, iu, ml, or a form of pieces).
        factor: Of a unit word: how many of ``unit`` it is.
    """

    kind: str
    start: int
    end: int
    text: str
    values: tuple[Fraction, ...] = ()
    unit: str = ""
    factor: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: str
    unit: str = ""
    factor: Fraction = Fraction(1)
    values: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists, ready for looking up."""

    meanings: dict[str, _Meaning]
    ordinals: frozenset[str]
    bounds: dict[str, str]
    names: frozenset[tuple[str, str]]


@cache
def words() -> Words:
    """The word lists of ``quantity_words.toml``."""
    text = (resources.files("crossbearing.reference") / "quantity_words.toml").read_text(encoding="utf-8")
    lists: dict[str, Any] = tomllib.loads(text)
    found: dict[str, _Meaning] = {}
    others = lists["words"]
    for name, kind in (("article", ARTICLE), ("of", OF), ("to", DASH), ("for", FOR), ("free", FREE), ("each", EACH),
                       ("quantity", QUANTITY), ("money", MONEY), ("other", OTHER)):  # fmt: skip
        found |= dict.fromkeys(others[name], _Meaning(kind))
    found |= {word: _Meaning(NUMBER, values=(Fraction(value),)) for word, value in lists["numbers"].items()}
    for name, share in (("half", Fraction(1, 2)), ("quarter", Fraction(1, 4))):
        found |= dict.fromkeys(others[name], _Meaning(HALF, values=(share,)))
    for kind, section, unit in ((MASS, "mass", "g"), (DOSE, "dose", ""), (VOLUME, "volume", "ml")):
        for name, entry in lists[section].items():
            meaning = _Meaning(kind, unit or name, Fraction(Decimal(entry["factor"])))
            found |= dict.fromkeys(entry["names"], meaning)
    for kind, section in ((PIECES, "pieces"), (CONTAINER, "containers")):
        for unit, names in lists[section].items():
            found |= dict.fromkeys(names, _Meaning(kind, "piece" if unit == "other" else unit))
    found |= {word: _Meaning(NOMINAL, "g", Fraction(Decimal(grams))) for word, grams in lists["nominal"].items()}
    found |= dict.fromkeys(("x", "\N{CYRILLIC SMALL LETTER HA}"), _Meaning(TIMES))
    bounds = {word: bound for bound in ("about", "at_least", "at_most") for word in others[bound]}
    names = frozenset((name.split()[0], name.split()[1]) for name in others["names"])
    return Words(found, frozenset(others["ordinal"]), bounds, names)


def numbers_in(text: str) -> tuple[Fraction, ...]:
    """What a written number may be: none if it is no number, two if its point may group thousands."""
    if text.isdigit():
        return (Fraction(int(text)),) if len(text) <= _MOST_DIGITS else ()
    if len(text) > _LONGEST:
        return ()
    grouped = _GROUPS.match(text)
    if grouped:
        mark = grouped[1]
        plain = Fraction(Decimal(text.replace(mark, "").replace(",", ".")))
        is_open = mark == "." and text.count(".") == 1 and "," not in text
        return (plain, Fraction(Decimal(text))) if is_open else (plain,)
    decimal = text.replace(",", ".")
    return (Fraction(Decimal(decimal)),) if decimal.count(".") == 1 and "'" not in text else ()


def tokens_of(text: str) -> list[Token]:
    """The tokens of a folded title, numbers put together and those that are no quantity marked so."""
    found: list[Token] = []
    for match in _PIECES.finditer(text):
        kind, piece = match.lastgroup, match[0]
        if kind == "number":
            values = numbers_in(piece)
            found.append(Token(NUMBER if values else NAME, match.start(), match.end(), piece, values))
        elif kind == "part":
            share = Fraction(unicodedata.numeric(piece)).limit_denominator(16)
            found.append(Token(NUMBER, match.start(), match.end(), piece, (share,)))
        elif kind == "word":
            found.extend(_worded(piece, match.start(), text))
        else:
            found.append(Token(_SIGNS.get(piece, MARK), match.start(), match.end(), piece))
    return _settled(_joined(found))


def _worded(word: str, start: int, text: str) -> list[Token]:
    """A word as one token, or two: a unit and the times sign glued to it, or a unit and what no keyboard wrote."""
    meanings = words().meanings
    end = start + len(word)
    if meaning := meanings.get(word):
        return [_token(word, start, meaning)]
    if word.endswith("x") and (meaning := meanings.get(word[:-1])) and (end == len(text) or text[end] in "0123456789 "):
        return [_token(word[:-1], start, meaning), Token(TIMES, end - 1, end, "x")]
    if word[0] == "x" and (meaning := meanings.get(word[1:])) and meaning.kind in {PIECES, DOSE}:
        return [Token(TIMES, start, start + 1, "x"), _token(word[1:], start + 1, meaning)]
    if not word.isascii() and word[0].isascii():
        ascii_part = re.match(r"[a-z]+", word)
        if ascii_part and (meaning := meanings.get(ascii_part[0])):
            return [_token(ascii_part[0], start, meaning), Token(WORD, start + ascii_part.end(), end, "")]
    return [Token(WORD, start, end, word)]


def _token(word: str, start: int, meaning: _Meaning) -> Token:
    return Token(meaning.kind, start, start + len(word), word, meaning.values, meaning.unit, meaning.factor)


def _joined(tokens: list[Token]) -> list[Token]:
    """Fractions, mixed numbers, thousands with spaces, "1k", "8 ball", "fl oz" and "pre rolls" as one token each."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        one = tokens[at]
        if one.kind != NUMBER and one.text not in _FIRST_OF_PAIR:
            out.append(one)
            at += 1
            continue
        following = tokens[at + 1 : at + 3]
        if len(following) == 2 and _is_fraction(one, *following):  # noqa: PLR2004 - numerator, slash, denominator
            share = (one.values[0] / following[1].values[0],)
            one = Token(NUMBER, one.start, following[1].end, "/", share)
            at += 2
        elif pair := _pair(one, following):
            one = pair
            at += 2 if following[0].text in {"-", "."} else 1
        if out and _is_mixed(out[-1], one):
            before = out.pop()
            one = Token(NUMBER, before.start, one.end, "/", (before.values[0] + one.values[0],))
        out.append(one)
        at += 1
    return out


def _is_fraction(over: Token, slash: Token, under: Token) -> bool:
    if not (over.kind == under.kind == NUMBER and slash.kind == SLASH and over.text.isdigit() and under.text.isdigit()):
        return False
    is_close = over.end == slash.start and slash.end == under.start
    return is_close and int(under.text) in _DENOMINATORS and 0 < int(over.text) < int(under.text)


def _is_mixed(whole: Token, part: Token) -> bool:
    """A whole number with a part: "1 1/2", "1½"."""
    is_part = part.kind == NUMBER and part.values[0] < 1 and (part.text == "/" or not part.text[0].isascii())
    return is_part and whole.kind == NUMBER and whole.text.isdigit() and part.start - whole.end <= 1


# Two words, or two with a hyphen between them, that are one.
_PAIRS: Final = {
    ("fl", "oz"): "floz", ("i", "u"): "iu", ("8", "th"): "8th", ("16", "th"): "16th",
    ("8", "ball"): "8ball", ("8", "balls"): "8ball", ("eight", "ball"): "eightball", ("eight", "balls"): "eightball",
    ("pre", "roll"): "preroll", ("pre", "rolls"): "prerolls", ("pre", "rolled"): "prerolled",
    ("gel", "tabs"): "geltabs", ("gel", "caps"): "gelcaps", ("micro", "dots"): "microdots",
    ("up", "to"): "upto", ("at", "least"): "least", ("pill", "press"): "press", ("tablet", "press"): "press",
    ("pill", "stamp"): "press", ("tablet", "stamp"): "press", ("capsule", "machine"): "press",
}  # fmt: skip
_FIRST_OF_PAIR: Final = frozenset(first for first, _ in _PAIRS)


def _pair(one: Token, following: list[Token]) -> Token | None:
    if not following:
        return None
    other = following[0]
    gap = other.start - one.end
    if one.kind == NUMBER and one.text.isdigit():
        if other.text == "k" and gap == 0:
            return Token(NUMBER, one.start, other.end, "k", (one.values[0] * 1000,))
        is_thousands = other.text == "000" and gap == 1 and len(one.text) <= 3  # noqa: PLR2004 - a group of digits
        if is_thousands and other.kind == NUMBER:
            return Token(NUMBER, one.start, other.end, one.text + "000", (one.values[0] * 1000,))
    if other.text in {"-", "."} and len(following) > 1:  # 8-ball, fl. oz
        other = following[1]
    name = _PAIRS.get((one.text, other.text), "") if other.start - one.end <= 2 else ""  # noqa: PLR2004 - mark, space
    if name:
        meaning = words().meanings.get(name, _Meaning(WORD))
        return Token(meaning.kind, one.start, other.end, name, (), meaning.unit, meaning.factor)
    return None


def _settled(tokens: list[Token]) -> list[Token]:
    """Numbers that say which and not how many, or that belong to a name, are marked."""
    for at, one in enumerate(tokens):
        if one.kind == NUMBER and one.text[0].isdigit():
            after = tokens[at + 1] if at + 1 < len(tokens) else None
            is_which = at > 0 and _says_which(tokens, at)
            is_first = after is not None and after.text == "st" and after.start == one.end and one.text.endswith("1")
            if is_which or is_first or (after is not None and _is_compound(one, after, tokens[at + 2 : at + 3])):
                one.kind = NAME
    return _priced(tokens)


def _says_which(tokens: list[Token], at: int) -> bool:
    """Whether what stands before a number makes it a name or an order: "gg249", "ak-47", "no. 7", "#3"."""
    known, one, before = words(), tokens[at], tokens[at - 1]
    earlier = tokens[at - 2] if at > 1 else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    is_measured = _is_measured(tokens, at)
    if before.kind == DASH and before.text == "-":
        is_glued = earlier is not None and earlier.end == before.start == one.start - 1 and earlier.kind == WORD
        return is_glued and not (is_measured and after is not None and after.start == one.end)
    if is_measured:
        return False
    if before.text == "#" and one.text in _GRADES:
        return after is None or after.kind != PIECES
    is_ordinal = before.text in known.ordinals or (
        before.text == "." and earlier is not None and earlier.text in known.ordinals
    )
    is_touched = before.end == one.start and before.kind == WORD and before.text.isascii() and before.text != ""
    return is_ordinal or is_touched or (before.text, one.text) in known.names


def _priced(tokens: list[Token]) -> list[Token]:
    """Numbers of money, shares, times and sizes are marked."""
    for at, one in enumerate(tokens):
        if one.kind != NUMBER or one.text == "/":
            continue
        before = tokens[at - 1] if at else None
        is_prefixed = (
            before is not None
            and before.kind == MONEY
            and not before.text.isalpha()
            and (one.start == before.end or (one.start - before.end == 1 and not _is_measured(tokens, at)))
        )
        if is_prefixed or _is_followed(tokens, at, gap=1):
            one.kind = OTHERS
            if (
                not is_prefixed
                and at > 1
                and before is not None
                and before.kind == DASH
                and tokens[at - 2].kind == NUMBER
            ):
                tokens[at - 2].kind = OTHERS  # 75-80%
    return tokens


def _is_measured(tokens: list[Token], at: int) -> bool:
    """Whether a unit stands directly behind the number."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return after is not None and after.kind in {MASS, DOSE, VOLUME, NOMINAL} and after.start - tokens[at].end <= 1


def _is_followed(tokens: list[Token], at: int, *, gap: int) -> bool:
    """By a word of money, time or size, or a per cent sign."""
    rest = tokens[at + 1 : at + 4]
    if len(rest) > 1 and rest[0].kind == PLUS and rest[1].kind == OTHER:
        return True  # 99+%
    if not rest or rest[0].start - tokens[at].end > gap:
        return False
    if rest[0].kind == MONEY:  # "30 $100": the sign belongs to what it touches
        return not (len(rest) > 1 and rest[1].start == rest[0].end and rest[0].start > tokens[at].end)
    return rest[0].kind == OTHER


def _is_compound(number: Token, after: Token, rest: list[Token]) -> bool:
    """The number begins a name: 2cb, 4-fa, 25i."""
    if after.start != number.end:
        return False
    if after.kind == DASH and after.text == "-" and rest and rest[0].start == after.end:
        return rest[0].kind == WORD
    return after.kind == WORD and after.text[:1].isascii()
