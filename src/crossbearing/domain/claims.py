"""What accounts say of themselves: "formerly X on Y", in English, German, Dutch, French and Spanish.

A claim is a seller's word and costs nothing; copycats make them too. The rules would rather miss one than take a
sentence about wares or weekdays for one, so a handle without any mark of a name counts only behind the clear wordings.
"""

import re
from dataclasses import dataclass
from typing import Final

from crossbearing.domain.identifier import Claim
from crossbearing.domain.not_handles import NOT_A_HANDLE, NOT_A_MARKET, any_of

_QUOTES: Final = "\"'`“”„«»\u2018\u2019"
_HANDLE: Final = rf"(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}\n]{{2,40}}+)[{_QUOTES}]|@?(?P<plain>[^\W_][\w-]{{2,38}}+))"
_MARKET: Final = (
    rf"[{_QUOTES}]?(?P<market>[^\W_][\w-]{{1,30}}+"
    r"(?:[ ](?:(?-i:[A-Z][\w-]{1,30}+)|\d\b(?:\.\d)?|road|market(?:place)?|bay|bazaar|reloaded)(?!\w)){0,3}+)"
)
_SELLER: Final = r"(?:(?:vendor|seller|user|händler|verkäufer|verkoper|vendeur|vendedor)[ ])?"
_NOUN_OF_MARKET: Final = re.compile(r"[ ](?:road|market(?:place)?|bay|bazaar|reloaded|\d)", re.IGNORECASE)
_MARK_OF_A_NAME: Final = re.compile(r"[\d_]|[a-zà-ÿ][A-Z]")
# Forms of verbs and adverbs: "formerly listed on", "früher ehrlich auf".
_NO_NAME_ENDING: Final = re.compile(r"(?:ed|ing|able|ly|lich|bar|ment|ado|ido)$", re.IGNORECASE)
_SPEAKS_OF_ITSELF: Final = re.compile(r"\b(?:i|we|me|us|am|are|was|were|i'm|formerly|previously)\s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Wording:
    """One way to say it.

    Attributes:
        name: Language and wording.
        cues: How it begins, small letters.
        pattern: The whole of it.
        is_clear: A handle without a mark of a name counts; "I was X on Y" is said of too much else.
    """

    name: str
    cues: tuple[str, ...]
    pattern: re.Pattern[str]
    is_clear: bool = True


def _wording(name: str, cues: str, opening: str, link: str, *, is_clear: bool = True) -> _Wording:
    pattern = rf"(?<![\w'\u2019])(?:{opening})[ ]{_SELLER}{_HANDLE}[ ](?:{link})[ ]{_MARKET}"
    return _Wording(name, tuple(cues.split("|")), re.compile(pattern, re.IGNORECASE), is_clear)


_EN: Final = r"(?:on|from|at)(?:[ ]the)?"
_DE: Final = r"(?:auf|bei|von|vom)(?:[ ]de[mnr])?"
_NL: Final = r"(?:op|bij|van)(?:[ ](?:de|het))?"
_FR: Final = r"(?:sur|de|chez)(?:[ ](?:le|la))?"
_ES: Final = r"(?:en|de|desde)(?:[ ](?:el|la))?"

_WORDINGS: Final = (
    _wording("en formerly", "formerly|previously", r"(?:formerly|previously)(?:[ ](?:known[ ]as|the))?", _EN),
    _wording("en known as", "known as", r"known[ ]as", _EN),
    _wording("en same vendor", "same vendor|same seller", r"same[ ](?:vendor|seller)[ ]as", _EN),
    _wording(
        "en I was",
        "i was|i am|i'm|i\u2019m|i used",
        r"i(?:[ ]was|[ ]am|['\u2019]m|[ ]used[ ]to[ ]be)(?:[ ]the)?",
        _EN,
        is_clear=False,
    ),
    _wording("de ehemals", "ehemals|früher|vormals", r"ehemals|früher|vormals", _DE),
    _wording("de bekannt als", "bekannt als", r"bekannt[ ]als", _DE),
    _wording(
        "de derselbe Händler",
        "derselbe|der gleiche|selber ",
        r"(?:derselbe|der[ ]gleiche|selber)[ ](?:händler|verkäufer|vendor)[ ]wie",
        _DE,
    ),
    _wording("de ich war", "ich war|ich bin", r"ich[ ](?:war|bin)(?:[ ]der)?", _DE, is_clear=False),
    _wording("nl voorheen", "voorheen|vroeger", r"voorheen|vroeger", _NL),
    _wording("nl bekend als", "bekend als", r"bekend[ ]als", _NL),
    _wording("nl dezelfde verkoper", "dezelfde", r"dezelfde[ ](?:verkoper|vendor)[ ]als", _NL),
    _wording("nl ik was", "ik was|ik ben", r"ik[ ](?:was|ben)", _NL, is_clear=False),
    _wording("fr anciennement", "anciennement|auparavant", r"anciennement|auparavant", _FR),
    _wording("fr connu comme", "connu", r"connue?s?[ ](?:sous[ ]le[ ]nom[ ]de|comme|en[ ]tant[ ]que)", _FR),
    _wording("fr même vendeur", "même vendeur", r"même[ ]vendeur[ ]que", _FR),
    _wording("fr j'étais", "j'étais|j\u2019étais|je suis", r"j['\u2019]étais|je[ ]suis", _FR, is_clear=False),
    _wording("es anteriormente", "anteriormente|antes ", r"anteriormente|antes", _ES),
    _wording("es conocido como", "conocid", r"conocid[oa]s?[ ](?:como|por)", _ES),
    _wording("es mismo vendedor", "mismo vendedor", r"mismo[ ]vendedor[ ]que", _ES),
    _wording("es era", "yo era|yo fui|yo soy", r"yo[ ](?:era|fui|soy)", _ES, is_clear=False),
)
CUES: Final[dict[str, _Wording]] = {cue: wording for wording in _WORDINGS for cue in wording.cues}
# "I was" is frequent: the walk stops there only if a word and a preposition follow.
_FREQUENT: Final = frozenset({"i was", "i am", "i'm", "i\u2019m", "i used"})
CUE: Final = (
    rf"{any_of(CUES.keys() - _FREQUENT)}|(?:{any_of(_FREQUENT)})"
    rf"(?=[ ](?:to[ ]be[ ])?(?:the[ ])?(?:[{_QUOTES}][^{_QUOTES}\n]++[{_QUOTES}]|\S++)[ ](?:on|from|at)[ ])"
)


def claim_at(text: str, at: int, cue: str) -> Claim | None:
    """The claim that begins with a cue at a place of the text, if the words behind it make one."""
    wording = CUES[cue]
    found = wording.pattern.match(text, at)
    if found is None:
        return None
    handle, market = found["quoted"] or found["plain"], found["market"]
    if not _is_market(market, is_marked=_is_marked(found)) or not _is_handle(wording, found, text):
        return None
    return Claim(handle=handle, market=market, start=at, end=found.end(), rule=wording.name)


def _is_marked(found: re.Match[str]) -> bool:
    """In quotation marks, or with a digit, an underscore or a capital inside: a name, whatever it says."""
    return bool(found["quoted"] or _MARK_OF_A_NAME.search(found["plain"]))


def _is_market(market: str, *, is_marked: bool) -> bool:
    first = market.split(maxsplit=1)[0].lower()
    if first in NOT_A_MARKET and " " not in market:
        return False
    return market[0].isupper() or market[0].isdigit() or bool(_NOUN_OF_MARKET.search(market)) or is_marked


def _is_handle(wording: _Wording, found: re.Match[str], text: str) -> bool:
    plain = found["plain"]
    if plain and (plain.lower() in NOT_A_HANDLE or (plain.isdigit())):
        return False
    if _is_marked(found):
        return True
    if _NO_NAME_ENDING.search(plain):
        return False
    if not wording.is_clear:  # every German noun has a capital
        return plain[0].isupper() and found["market"][0].isupper() and not wording.name.startswith("de")
    if " as" in wording.name and plain.islower():  # "molly, known as mandy on …"
        return bool(_SPEAKS_OF_ITSELF.search(text[max(0, found.start() - 12) : found.start()]))
    return True
