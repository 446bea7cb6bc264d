"""Ways to reach somebody, in seized text: mail, messengers, telephone numbers.

Nothing here is asked of any service. A name without a mark of its own counts only behind its cue word, as in
"wickr: name"; a number counts behind a cue word or in international form. Telephone numbers are candidates here:
``reference.telephones`` says whether a numbering plan holds them, and where they end.
"""

import re
from collections.abc import Iterator
from typing import Final

from crossbearing.domain.identifier import Hit, Kind
from crossbearing.domain.not_handles import NOT_A_NAME

_AT: Final = r"\s?+[\[({<]\s?+(?:@|at|ät|arroba|arobase)\s?+[\])}>]\s?+"
_DOT: Final = r"(?:\.|\s?+[\[({<]\s?+(?:\.|dot|punkt|punt|point|punto)\s?+[\])}>]\s?+)"
_LABEL: Final = r"[a-z0-9][a-z0-9-]{0,62}+"
_MAIL: Final = re.compile(
    rf"(?<![\w.+%@-])(?P<name>[a-z0-9_][\w.+%-]{{0,63}}+)@(?P<host>(?:{_LABEL}\.)+[a-z]{{2,24}}+)(?!\w)"
)
_SPELLED: Final = re.compile(
    rf"(?<![\w.+%@-])(?P<name>[a-z0-9_][\w.+%-]{{1,63}}+)(?P<at>{_AT}|@)(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{1,4}})"
    r"(?![\w@-])"
)
_ENDS_IN_LETTERS: Final = re.compile(r"\.[a-z]{2,24}$")
_MATRIX: Final = re.compile(
    rf"(?<![\w@.])@(?P<name>[a-z0-9._=/+-]{{1,64}}+):(?P<host>(?:{_LABEL}\.)+[a-z]{{2,24}}+)(?!\w)"
)
_WORDS_AROUND: Final = r"(?:\W{0,3}+(?:id|jid|address|adresse|is|im|otr|me|at|xmpp|jabber|mail|account)\b)"
_JABBER_BEFORE: Final = re.compile(rf"\b(?:jabber|xmpp|jid){_WORDS_AROUND}{{0,3}}+\W{{0,4}}$")
_JABBER_BEHIND: Final = re.compile(r"\s?[(\[/-]?\s?(?:jabber|xmpp|jid)\b")
_LOOK_BACK: Final = 40  # characters in front of an address that may hold its cue word

_NOUN: Final = r"(?:[ ]?(?:me|id|user ?name|user|name|handle|nick|contact|number|nummer|nr|no|uin)\b\.?){0,2}+"
_MARK: Final = r"(?:\s{0,2}+(?::|=|-+>?|\u2013|@|#|>)[\s:>-]{0,3}+)"


def _behind(cue: str, value: str) -> re.Pattern[str]:
    """A value behind its cue word: with a mark between them, or only a space."""
    return re.compile(
        rf"(?<![\w@-])(?:{cue}){_NOUN}(?:(?P<mark>{_MARK})|[ ](?:is[ ])?|[ ]?\()[\"'“„«`@]{{0,2}}(?P<value>{value})",
        re.IGNORECASE,
    )


_NAME: Final = r"[a-z0-9][\w-]{2,31}+(?<![-_])(?!@|\.\w|\w|://)"
# Groups of digits; a group that runs into a letter or a share (2g, 5%) belongs to something else. A number has at most
# 15 digits (E.164); what follows it is cut off later.
_GROUPS: Final = r"\d{1,15}+(?![\w%])(?:[ ().\u00a0/-]{1,4}\d{1,15}+(?![\w%])){0,8}+"
_DIGITS: Final = rf"\(?\+?{_GROUPS}"
_WICKR: Final = _behind("wickr", _NAME)
_TELEGRAM: Final = _behind("telegram|tg", r"[a-z][a-z0-9_]{4,31}+(?!@|\w|\.\w|://)")
_TELEGRAM_LINK: Final = re.compile(
    r"(?<![\w.-])(?:t|telegram)\.(?:me|dog)/(?:s/)?(?P<value>(?:\+|joinchat/)[\w-]{10,40}+|[a-z][a-z0-9_]{3,31}+)",
    re.IGNORECASE,
)
_SIGNAL: Final = _behind("signal", r"[a-z_]\w{2,31}+\.\d{2,9}+(?!\w)")  # a user name ends in a dot and digits
_ICQ: Final = _behind("icq", r"\d(?:[ -]?\d){4,9}+(?!\w)")
_THREEMA: Final = _behind("threema", r"(?-i:[A-Z0-9*][A-Z0-9]{7})(?!\w)")
_THREEMA_LINK: Final = re.compile(r"(?<![\w.-])threema\.id/(?P<value>[A-Z0-9*][A-Z0-9]{7})(?!\w)", re.IGNORECASE)
_CALLED: Final = _behind(
    r"t[eé]l(?:[eé](?:ph|f)o+n[eo]?)?\.?|(?:mobile?|handy|cell)(?:[ ]?phone)?|phone|whats[ ]?app|viber|signal|sms",
    _DIGITS,
)
NUMBER: Final = re.compile(_DIGITS)
_ABROAD: Final = re.compile(rf"\+(?<![\w+]\+)(?=[1-9]){_GROUPS}")
# Not within a longer row of digits, such as that of a bank account or a parcel.
_FROM_ABROAD: Final = re.compile(rf"00(?<![\w+.,-]00)(?<!\d[ \u00a0/]00)(?=[1-9]\d{{0,2}}[ ().\u00a0/-]){_GROUPS}")
_FEWEST_DIGITS: Final = {True: 8, False: 7}  # with a country; without one
_RULES: Final = (("international", "+", _ABROAD), ("exit code", "00", _FROM_ABROAD))
_NO_NUMBER: Final = re.compile(
    r"\d{1,3}(?:[.,]\d{3})+|\d{4}-\d\d-\d\d(?:\D.*)?|\d\d?([./-])\d\d?\1\d{2,4}(?:\D.*)?|(?:\d{1,3}\.){3}\d{1,3}"
)
_ENDS: Final = re.compile(r"\s*(?:$|[\n.,;|/)\]!])")
_PATHS: Final = frozenset({"share", "addstickers", "proxy", "socks", "login", "setlanguage", "iv", "telegram"})

_CALLS: Final = (
    *("tel.", "tel:", "tel ", "telef", "teleph", "telé", "tél", "mobil", "handy", "cell", "phone"),
    *("whatsapp", "whats app", "viber", "sms"),
)
# By the cue's beginning: kind, how it is read.
CUES: Final[dict[str, tuple[tuple[Kind, str, re.Pattern[str]], ...]]] = {
    "wickr": ((Kind.WICKR, "cue", _WICKR),),
    "telegram": ((Kind.TELEGRAM, "cue", _TELEGRAM), (Kind.TELEGRAM, "link", _TELEGRAM_LINK)),
    "tg": ((Kind.TELEGRAM, "cue", _TELEGRAM),),
    "t.me": ((Kind.TELEGRAM, "link", _TELEGRAM_LINK),),
    "signal": ((Kind.SIGNAL, "cue", _SIGNAL), (Kind.PHONE, "cue", _CALLED)),
    "icq": ((Kind.ICQ, "cue", _ICQ),),
    "threema": ((Kind.THREEMA, "cue", _THREEMA), (Kind.THREEMA, "link", _THREEMA_LINK)),
    **dict.fromkeys(_CALLS, ((Kind.PHONE, "cue", _CALLED),)),
}


def behind_cue(text: str, at: int, cue: str) -> Iterator[Hit]:
    """What stands behind a cue word that begins at a place of the text."""
    for kind, rule, pattern in CUES[cue]:
        if found := pattern.match(text, at):
            hit = _hit(kind, rule, text, found)
            if hit is not None:
                yield hit
                return


def _hit(kind: Kind, rule: str, text: str, found: re.Match[str]) -> Hit | None:
    written, network = found["value"], ""
    value = written.lower()
    if kind is Kind.PHONE:
        value = _number(written)
        cue = found[0][:8].lower()
        network = next((name for name in ("whatsapp", "viber", "signal") if cue.startswith(name[:5])), "")
    elif kind is Kind.ICQ:
        value = re.sub(r"\D", "", written)
    elif kind is Kind.THREEMA:
        value = written.upper()
    elif rule == "link":
        value = written.removeprefix("joinchat/") if "/" in written else written.removeprefix("+")
        value = f"+{value}" if value != written else value.lower()
    if not value or value in NOT_A_NAME or value in _PATHS:
        return None
    if rule == "cue" and not found["mark"]:
        rule = "cue and a space"
        if kind is Kind.THREEMA and not re.search(r"\d", value):
            return None
        if kind in {Kind.WICKR, Kind.TELEGRAM} and not _is_like_a_name(text, found):
            return None
    start, end = found.span("value")
    return Hit(kind=kind, network=network, value=value, written=written, start=start, end=end, rule=rule)


def _is_like_a_name(text: str, found: re.Match[str]) -> bool:
    """Behind a mere space: a digit, an underscore, an @, or the end of the clause."""
    value = found["value"]
    start, end = found.span("value")
    return bool(re.search(r"[\d_]", value) or text[start - 1] == "@" or _ENDS.match(text, end))


def _number(written: str) -> str:
    """Digits of a telephone number, with + in front if it was international; empty if it is none."""
    if _NO_NUMBER.fullmatch(written.strip()):
        return ""
    digits = "".join(str(int(digit)) for digit in written if digit.isdecimal())  # of any script
    is_abroad = "+" in written or digits.startswith("00")
    value = f"+{digits.removeprefix('00')}" if is_abroad else digits
    return value if len(value) - is_abroad >= _FEWEST_DIGITS[is_abroad] else ""


def international_numbers(text: str) -> Iterator[Hit]:
    """Telephone numbers that begin with + and a country, or with 00, a country and a gap."""
    patterns = [(rule, pattern) for rule, mark, pattern in _RULES if mark in text]
    for rule, pattern in patterns:
        for found in pattern.finditer(text):
            if value := _number(found[0]):
                start, end = found.span()
                yield Hit(kind=Kind.PHONE, value=value, written=found[0], start=start, end=end, rule=rule)


def addresses_with_at(text: str, lower: str) -> Iterator[Hit]:
    """Mail, Jabber and Matrix addresses in a text; ``lower`` is the text in small letters, character by character."""
    taken: set[int] = set()
    for found in _MATRIX.finditer(lower):
        yield _address(Kind.MATRIX, f"@{found['name']}:{found['host']}", "as written", text, found)
        taken.add(found.start() + 1)
    for rule, pattern in (("as written", _MAIL), ("spelled at or dot", _SPELLED)):
        for found in pattern.finditer(lower):
            host = re.sub(r"[^a-z0-9.-]+", "", re.sub(_DOT, ".", found["host"]))
            if found.start() in taken or not _ENDS_IN_LETTERS.search(host):
                continue
            taken.add(found.start())
            before, behind = lower[max(0, found.start() - _LOOK_BACK) : found.start()], found.end()
            cued = _JABBER_BEFORE.search(before) or _JABBER_BEHIND.match(lower, behind)
            kind = Kind.JABBER if cued else Kind.EMAIL
            yield _address(kind, f"{found['name']}@{host}", rule, text, found)


def _address(kind: Kind, value: str, rule: str, text: str, found: re.Match[str]) -> Hit:
    start, end = found.span()
    return Hit(kind=kind, value=value, written=text[start:end], start=start, end=end, rule=rule)
