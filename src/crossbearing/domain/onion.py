"""Names of onion services, and hosts of the clear web.

Source: Tor rendezvous specification version 3, section "Encoding onion addresses"; version 2 names are 80 bits
of a digest and prove nothing.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Final

from crossbearing.domain.identifier import Hit, Kind, State

_END: Final = re.compile(r"onion(?![\w-])")
# A dot may be spelled so that no link is made of it.
_NAME_BEFORE: Final = re.compile(
    r"(?<![\w-])(?P<name>[a-z0-9]{15,17}+|[a-z0-9]{55,57}+)(?:\.|\s?+[\[({]\s?+(?:\.|dot)\s?+[\])}]\s?+)$"
)
_LOOK_BACK: Final = 70  # characters: the longest name and a spelled dot
_BASE32: Final = re.compile(r"[a-z2-7]++")
_V2, _V3 = 16, 56  # symbols
_LINK: Final = re.compile(r":(?<=(?:http|hxxp|ttps|xxps):)//(?:[^\s/@]{1,64}+@)?(?P<host>[a-z0-9.-]{4,253}+)")
_BARE: Final = re.compile(r"www\.(?<![\w./@-]www\.)(?P<host>[a-z0-9.-]{4,253}+)")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)++(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})")
_NUMBERS: Final = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")


def onion_names(text: str, lower: str) -> Iterator[Hit]:
    """Onion names in a text; ``lower`` is the text in small letters, character by character."""
    for end_mark in _END.finditer(lower):
        found = _NAME_BEFORE.search(lower, max(0, end_mark.start() - _LOOK_BACK), end_mark.start())
        if found is None:
            continue
        name, size = found["name"], len(found["name"])
        if size == _V3 and is_v3_name(name):
            state = State.VERIFIED
        elif size == _V2 and _BASE32.fullmatch(name):
            state = State.NO_CHECKSUM
        elif _reads_like_one(name):
            state = State.DAMAGED
        else:
            continue
        start, end = found.start(), end_mark.end()
        yield Hit(
            kind=Kind.ONION,
            network="v2" if size < 2 * _V2 else "v3",
            value=f"{name}.onion",
            written=text[start:end],
            start=start,
            end=end,
            state=state,
            rule="name" if lower[start:end] == f"{name}.onion" else "name with a spelled dot",
        )


def is_v3_name(name: str) -> bool:
    """Whether 56 symbols are a version 3 name whose checksum fits."""
    try:
        whole = base64.b32decode(name.upper())
    except ValueError:
        return False
    key, checksum, version = whole[:32], whole[32:34], whole[34:]
    return version == b"\x03" and hashlib.sha3_256(b".onion checksum" + key + version).digest()[:2] == checksum


def web_hosts(text: str, lower: str) -> Iterator[Hit]:
    """Hosts of links in a text that are no onion names; ``lower`` as above."""
    for rule, pattern, mark in (("link", _LINK, "://"), ("www", _BARE, "www.")):
        if mark not in lower:
            continue
        for found in pattern.finditer(lower):
            host, start = found["host"].rstrip(".-"), found.start("host")
            if host.endswith(".onion") or not (_HOST.fullmatch(host) or _NUMBERS.fullmatch(host)):
                continue
            yield Hit(
                kind=Kind.HOST,
                value=host.removeprefix("www."),
                written=text[start : start + len(host)],
                start=start,
                end=start + len(host),
                rule=rule,
            )


def _reads_like_one(name: str) -> bool:
    """A name of random symbols, not a word of a language: letters and digits change often."""
    return len(re.findall(r"[a-z]\d|\d[a-z]", name)) >= 2  # noqa: PLR2004 - 'shop2' changes once
