"""Rules that read a quantity: each a pattern over the letters of the tokens, and a function that builds readings.

The first rule that takes something at a place wins. Letters are those of ``quantity_tokens``.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Final

from crossbearing.reference.quantity import Found, Quantity, Range, Role, exact
from crossbearing.reference.quantity_tokens import MONEY, NUMBER, Token

_OUNCE_BY_HAND: Final = 28  # g; "1/8th" without a unit is 3.5 g of the trade
_MOST_PIECES: Final = 10_000_000
_STRENGTH_OF: Final = frozenset({"extract", "zoom", "concentrate", "stronger"})  # "10x extract" is no count
_ROUNDED_OFF: Final = Fraction(1, 20)  # what the trade rounds off an ounce or a pound
_ONE: Final = (Fraction(1), Fraction(1))


def _times(span: Range, factor: Fraction) -> Range:
    return span[0] * factor, span[1] * factor


def _each(found: Found, span: Range, unit: Token) -> dict[str, object]:
    """What is in each piece, or in a ml of it."""
    per = found.token("v")
    low, high = _times(span, _share(found, per) if per else unit.factor)
    return {
        "each_low": exact(low)[0],
        "each_high": exact(high)[1],
        "each_unit": f"{unit.unit}/ml" if per else unit.unit,
    }


def _share(found: Found, per: Token) -> Fraction:
    """One ml's part of the volume that a strength is stated in."""
    volume = (found.numbers("m") or (_ONE,))[0][0] * per.factor
    return 1 / volume if volume else Fraction(1)


def _count(found: Found, group: str = "c") -> Range | None:
    """A whole number of pieces, or halves of a sheet."""
    spans = found.numbers(group)
    if not spans or spans[0][1] > _MOST_PIECES or spans[0][0] <= 0:
        return None
    return spans[0]


def _form(found: Found) -> str:
    token = found.token("p") or found.token("f")
    if token is None:
        return "piece"
    if token.text == "pack":  # a pack of so many, not so many packs
        return "piece"
    return token.unit


def _count_of_strength(found: Found) -> list[Quantity]:
    count, unit, spans = _count(found), found.token("s"), found.numbers("r")
    if count is None or unit is None or not spans:
        return []
    is_sure = any(found.token(group) is not None for group in "xpo")
    if _is_year(found, "c") and ("w" in found.kinds or not is_sure):
        return []
    sold = found.reading(
        Role.AMOUNT, count, _form(found), **_each(found, spans[0], unit), is_ambiguous=not is_sure,
    )  # fmt: skip
    return [sold]


def _pieces_of_mass(found: Found) -> list[Quantity]:
    count, unit, spans = _count(found), found.token("s"), found.numbers("r")
    if count is None or unit is None or not spans:
        return []
    if count == _ONE and found.token("p") is None:
        return _amounts(found, spans, unit)
    return [found.reading(Role.AMOUNT, count, _form(found), **_each(found, spans[0], unit))]


def _amounts(found: Found, spans: tuple[Range, ...], unit: Token) -> list[Quantity]:
    """Mass or volume; a point that may group thousands gives two readings."""
    likely = spans[::-1] if unit.kind != "s" else spans[:1]
    return [
        found.reading(Role.AMOUNT, _times(span, unit.factor), unit.unit, is_ambiguous=len(likely) > 1)
        for span in likely
    ]


def _amount(found: Found) -> list[Quantity]:
    unit, spans = found.token("s"), found.numbers("r")
    if unit is None or not spans:
        return []
    if found.token("v"):
        return _strength_of_one(found)
    if unit.kind != "s":
        return _amounts(found, spans, unit)
    is_pair = "/" in found.kinds  # 10/325 mg: two substances in one piece
    if unit.unit != "mg" or found.token("p") or is_pair:
        return [found.reading(Role.STRENGTH, spans[0], unit.unit)]
    # "100 mg" alone: of a powder it is how much, of a pill how strong.
    return [found.reading(role, spans[0], unit.unit, is_ambiguous=True) for role in (Role.AMOUNT, Role.STRENGTH)]


def _strength_of_one(found: Found) -> list[Quantity]:
    unit, spans, per = found.token("s"), found.numbers("r"), found.token("v")
    if unit is None or not spans:
        return []
    if per is None:
        return [found.reading(Role.STRENGTH, _times(spans[0], unit.factor), unit.unit)]
    return [found.reading(Role.STRENGTH, _times(spans[0], _share(found, per)), f"{unit.unit}/ml")]


def _range(found: Found) -> list[Quantity]:
    unit, other = found.token("s"), found.token("t")
    low, high = found.numbers("r"), found.numbers("m")
    if unit is None or other is None or not low or not high or unit.unit != other.unit:
        return []
    span = (low[0][0] * unit.factor, high[0][0] * other.factor)
    role = Role.STRENGTH if unit.kind == "s" else Role.AMOUNT
    if abs(span[1] - span[0]) <= span[0] * _ROUNDED_OFF:  # "28g - 1oz" says one amount twice
        return [found.reading(role, (value, value), unit.unit) for value in span]
    return [found.reading(role, span, unit.unit)] if span[0] < span[1] else []


def _shared(found: Found) -> list[Quantity]:
    """A share of a unit: "half an ounce", "quarter pound", "half a sheet", "half an 8-ball"."""
    share, unit, count = found.token("h"), found.token("s"), found.token("c")
    if share is None or unit is None:
        return []
    times = count.values[0] if count else Fraction(1)
    span = _times((share.values[0], share.values[0]), times * unit.factor)
    return [found.reading(Role.AMOUNT, span, unit.unit, is_nominal=unit.kind == "q")]


def _quarter(found: Found) -> list[Quantity]:
    share = found.token("h")
    if share is None or share.values[0] != Fraction(1, 4):
        return []
    span = _times((share.values[0], share.values[0]), Fraction(_OUNCE_BY_HAND))
    return [found.reading(Role.AMOUNT, span, "g", is_nominal=True, is_ambiguous=True)]


def _nominal(found: Found) -> list[Quantity]:
    unit = found.token("s")
    if unit is None:
        return []
    count = found.numbers("c") or (_ONE,)
    is_open = unit.text in {"hp", "zip", "zips", "8th", "points", "point"} and not found.token("c")
    if is_open and unit.text not in {"hp", "8th"}:
        return []  # "zip", "point": only with a number
    return [found.reading(Role.AMOUNT, _times(count[0], unit.factor), "g", is_nominal=True, is_ambiguous=is_open)]


def _fraction_with_th(found: Found) -> list[Quantity]:
    share, mark, unit = found.token("r"), found.token("t"), found.token("s")
    if share is None or mark is None or mark.text not in {"th", "ths"} or share.text != "/":
        return []
    factor = unit.factor if unit else Fraction(_OUNCE_BY_HAND)
    span = _times((share.values[0], share.values[0]), factor)
    return [found.reading(Role.AMOUNT, span, "g", is_nominal=unit is None)]


def _is_year(found: Found, group: str) -> bool:
    """A bare 1990 to 2039 before words is a year."""
    token = found.token(group)
    return token is not None and token.text.isdigit() and 1990 <= int(token.text) < 2040 and not found.token("x")  # noqa: PLR2004


def _pieces(found: Found) -> list[Quantity]:
    count, words_between = _count(found), found.token("w")
    after = found.near(1)
    is_potency = found.token("x") is not None and after is not None and after.text in _STRENGTH_OF
    if count is None or is_potency or (words_between and _is_year(found, "c")):
        return []
    more: dict[str, object] = {}
    inside = found.numbers("m")
    if inside:
        more = {"each_low": exact(inside[0][0])[0], "each_high": exact(inside[0][1])[1], "each_unit": "piece"}
    return [found.reading(Role.AMOUNT, count, _form(found), **more)]


def _two_counts(found: Found) -> list[Quantity]:
    """Two numbers, as in "30 x 10": the times sign belongs to the number it touches; between two, to either."""
    left, sign, right = found.token("c"), found.token("x"), found.token("m")
    first, second = _count(found), _count(found, "m")
    if left is None or sign is None or right is None or first is None or second is None:
        return []
    is_left, is_right = left.end == sign.start, sign.end == right.start
    if found.token("p"):  # "30 x 10 pieces"
        taken = [second]
    else:
        taken = [first, second] if is_left == is_right else [first] if is_left else [second]
    return [found.reading(Role.AMOUNT, span, _form(found), is_ambiguous=len(taken) > 1) for span in taken]


def _numbered(found: Found) -> list[Quantity]:
    """A count after a number sign: "#50 tabs"; "#3" and "#4" are grades of heroin, small numbers order numbers."""
    count = _count(found)
    if count is None or (found.token("p") is None and count[0] <= 4):  # noqa: PLR2004 - the grades
        return []
    return [found.reading(Role.AMOUNT, count, _form(found))]


def _with_free(found: Found) -> list[Quantity]:
    paid, free, unit = found.numbers("c"), found.numbers("m"), found.token("p")
    if not paid or not free or (unit is None and found.token("f") is None):
        return []
    name, factor = (unit.unit, unit.factor) if unit else ("piece", Fraction(1))
    return [
        found.reading(Role.AMOUNT, _times(paid[0], factor), name),
        found.reading(Role.FREE, _times(free[0], factor), name),
    ]


def _deal(found: Found) -> list[Quantity]:
    given, paid = _count(found), _count(found, "m")
    if given is None or paid is None or not paid[0] < given[0] <= 20:  # noqa: PLR2004 - "50 for 10" is a price
        return []
    return [found.reading(Role.DEAL, given, "piece")]


_ALONE: Final = frozenset({"oz", "ounce", "lb", "pound", "kilo", "kg", "gram", "unze"})
_NOT_BEFORE_ALONE: Final = frozenset({"the", "by", "any", "every", "half", "quarter"})


def _alone(found: Found) -> list[Quantity]:
    """A unit without a number is one of it: "ounce of ..."."""
    unit, before = found.token("s"), found.near(-1)
    if unit is None or unit.text not in _ALONE:
        return []
    if before is not None:
        is_counted = (
            before.kind in {NUMBER, MONEY, "d", "m", "e", "/", "h", "+", "n"} or before.text in _NOT_BEFORE_ALONE
        )
        is_spoilt = not before.text.isascii() and unit.start - before.end > 1  # a fraction that the source lost
        if is_counted or is_spoilt:
            return []
    return [found.reading(Role.AMOUNT, (unit.factor, unit.factor), unit.unit)]


_R: Final = r"(?P<r>n(?:-n)?)\+?"
_S: Final = r"(?P<r>n(?:[-/]n)?)\+?[b-]?(?P<s>s)(?:/nb?s|[/e](?P<m>n)?(?P<v>v))?"
_C: Final = r"(?P<c>n)"
_END: Final = r"(?!b?-?[gsvt$m])"
Build = Callable[[Found], list[Quantity]]
# Name of the rule, letters without which it takes nothing, pattern, what builds the readings.
_TABLE: Final[tuple[tuple[str, str, str, Build], ...]] = (
    ("so many for so many", "nr", rf"{_C}r(?P<m>n){_END}", _deal),
    ("so many and some free", "n+", rf"{_C}\+(?P<m>n)b?(?P<p>[pgk])?b?(?P<f>f)?", _with_free),
    ("count times strength", "nxs", rf"{_C}b*-?(?P<p>[pk])?[b,]*(?P<x>x)[b,o]*{_S}b?(?P<f>p)?", _count_of_strength),
    ("count of pieces with strength", "nps", rf"{_C}[b-]?(?P<p>p)[b,o/-]*{_S}", _count_of_strength),
    ("count of strength", "nos", rf"{_C}(?P<o>o)b*{_S}b?(?P<f>p)?", _count_of_strength),
    (
        "count times name with strength",
        "nxs",
        rf"{_C}b?(?P<x>x)[wob,]{{1,5}}(?P<p>p)?[b,]*{_S}b?(?P<f>p)?",
        _count_of_strength,
    ),
    ("count, name, strength", "nws", rf"{_C}b?w{{1,3}}(?P<p>p)?b*{_S}b?(?P<f>p)?", _count_of_strength),
    ("count beside strength", "ns", rf"{_C}b?{_S}b?(?P<f>p)?", _count_of_strength),
    ("strength times count", "nsx", rf"{_S}(?P<f>p)?[b,]*(?P<x>x)[b,]*{_C}b*(?P<p>[pk])?{_END}", _count_of_strength),
    ("strength, then pieces", "nsp", rf"{_S}[b,/-]*{_C}b*-?(?P<p>p)", _count_of_strength),
    ("count times amount", "nx", rf"{_C}b*(?P<p>[pk])?b*(?P<x>x)[b,]*{_R}[b-]*(?P<s>[gv])", _pieces_of_mass),
    ("pieces of an amount", "n", rf"{_C}-?(?P<p>[pk])[b,o-]*{_R}[b-]*(?P<s>[gv])(?![b,]*x)", _pieces_of_mass),
    ("amount times count", "nx", rf"{_R}b*(?P<s>[gv])[b,]*(?P<x>x)[b,]*{_C}(?P<p>[pk])?{_END}", _pieces_of_mass),
    ("strength in a volume", "nsv", r"(?P<r>n(?:-n)?)\+?[b-]?(?P<s>s)b?[/e](?P<m>n)?(?P<v>v)", _strength_of_one),
    ("strength of one", "ns", rf"{_S}(?:/p|b?ep?|/w)", _strength_of_one),
    ("content of one", "ne", r"(?P<r>n)(?P<s>[gv])b?e(?:p|k|$|[b,])", _strength_of_one),
    ("range", "n-", r"(?P<r>n)(?P<s>[gsv])-(?P<m>n)(?P<t>[gsv])", _range),
    ("amount", "ns", rf"{_S}b?(?P<p>p)?", _amount),
    ("amount", "n", rf"{_R}[b-]*(?:x|oa)?(?P<s>[gv])", _amount),
    ("half or quarter", "h", r"(?:(?P<c>n)x)?(?P<h>h)[ao-]*(?P<s>[gqk])", _shared),
    ("fraction with th", "nt", r"(?P<r>n)(?P<t>t)[oa]*(?P<s>g)?", _fraction_with_th),
    ("trade name", "q", r"(?:(?P<c>n)[x-]?)?(?P<s>q)", _nominal),
    ("two counts", "nx", rf"{_C}b?(?P<x>x)b?(?P<m>n)b?(?P<p>p)?{_END}", _two_counts),
    ("containers of so many", "nkp", rf"{_C}(?P<p>k)[ob,]*(?P<m>n)b?p", _pieces),
    ("count of pieces", "n", r"(?P<c>n(?:-n)?)[b-]*(?P<p>[pk])", _pieces),
    ("count times name", "nx", rf"{_C}b?(?P<x>x)b?(?P<w>w{{0,3}})(?P<p>[pk])", _pieces),
    ("count", "nx", rf"{_C}b?(?P<x>x)(?!b?m)", _pieces),
    ("times count", "xn", rf"x[b,]*{_C}b?(?P<p>[pk])?{_END}", _pieces),
    ("count of a name", "nwp", rf"{_C}(?P<w>[wb]{{1,6}})(?P<p>p)", _pieces),
    ("stated count", "yn", rf"y[b,#-]*{_C}{_END}", _pieces),
    ("container of so many", "kon", rf"ko{_C}(?P<p>p)?{_END}", _pieces),
    ("number sign", "#n", rf"#{_C}b?(?P<p>[pk])?{_END}", _numbered),
    ("quarter", "h", r"(?P<h>h)", _quarter),
    ("one of a unit", "g", r"(?P<s>g)", _alone),
)
Rule = tuple[str, re.Pattern[str], Build]
_RULES: Final = tuple((name, frozenset(needed), re.compile(pattern), build) for name, needed, pattern, build in _TABLE)
BEGINNINGS: Final = frozenset("nhqxyk#g")


@lru_cache(maxsize=1 << 14)
def rules_for(letters: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that can take something from a title of these letters, in their order."""
    return tuple((name, pattern, build) for name, needed, pattern, build in _RULES if needed <= letters)
