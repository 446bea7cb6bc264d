"""Everything that identifies, found in one pass over a text.

One pattern walks over the words and stops only at cue words and at words long enough for an address; what it finds
there is read by a pattern of its own. Patterns are possessive, so that no text makes them go back and forth.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from crossbearing.domain import claims, contacts
from crossbearing.domain.identifier import Claim, Hit, Kind
from crossbearing.domain.not_handles import any_of
from crossbearing.domain.onion import onion_names, web_hosts
from crossbearing.domain.quotation import is_within, quoted_spans
from crossbearing.domain.wallets import read_address

_SHORTEST_ADDRESS: Final = 26  # symbols
_SPELLED: Final = ("at", "arroba", "arobase", "dot", "punkt", "punt", "point", "punto")


_CUE: Final = rf"{any_of(contacts.CUES)}|{claims.CUE}|(?:{any_of(_SPELLED)})\s?[\])}}>]"
# Words are runs of plain letters and digits here: every cue begins with one, and so does every address.
_WALK: Final = re.compile(
    rf"(?:[^a-z0-9]*+(?!{_CUE})[a-z0-9]{{1,{_SHORTEST_ADDRESS - 1}}}+(?![a-z0-9]))*+[^a-z0-9]*+"
    rf"(?:(?P<cue>{_CUE})|(?P<word>[a-z0-9]++))"
)
_WHOLE_WORD: Final = re.compile(r"(?<![\w+])\w++(?!\+)")
# Armour is no text: its symbols would look like addresses. What is signed in the clear stays.
_ARMOUR: Final = re.compile(
    r"-{2,}+\s*+begin\s++pgp\s++(?:public\s++key\s++block|private\s++key\s++block|signature|message)\s*+-{2,}+"
    r"(?:(?:[^-]|-(?!-))*+-{2,}+\s*+end\s++pgp[^-\n]*+-{2,}+|(?:\s*+[a-z]{4,12}:[^\n]*+)*+(?:\s*+[a-z0-9+/=]{20,}+)*+)"
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What one text shows, in order of place."""

    identifiers: tuple[Hit, ...]
    claims: tuple[Claim, ...]


_LAST_CHOICE: Final = {Kind.PHONE: 1, Kind.HOST: 2}
_SERVICES: Final = frozenset({"t.me", "telegram.me", "telegram.dog", "threema.id", "matrix.to"})
NOTHING: Final = Findings((), ())


def scan(text: str) -> Findings:
    """All identifiers and claims of a text.

    Armoured keys, messages and signatures are passed over. A link to a messenger is no host, and a number that one
    rule has read is not read by another.
    """
    lower = in_small(text)
    hits, said, is_spelled = _walked(text, lower)
    if is_spelled or "@" in lower:
        hits += contacts.addresses_with_at(text, lower)
    if "onion" in lower:
        hits += onion_names(text, lower)
    if "+" in lower or "00" in lower:
        hits += contacts.international_numbers(lower)
    if "://" in lower or "www." in lower:
        hits += web_hosts(text, lower)
    if not hits and not said:
        return NOTHING
    if "pgp" in lower:
        armour = [block.span() for block in _ARMOUR.finditer(lower)]
        hits = [hit for hit in hits if not is_within(armour, hit.start)]
    quoted = quoted_spans(text, lower)
    if quoted:
        hits = [replace(hit, is_quoted=is_within(quoted, hit.start)) for hit in hits]
        said = [replace(claim, is_quoted=is_within(quoted, claim.start)) for claim in said]
    return Findings(tuple(_apart(hits)), tuple(said))


def _walked(text: str, lower: str) -> tuple[list[Hit], list[Claim], bool]:
    """Hits and claims at cue words and long words, and whether an @ or a dot is spelled somewhere."""
    hits: list[Hit] = []
    said: list[Claim] = []
    is_spelled, at = False, 0
    while stop := _WALK.match(lower, at):
        at = stop.end()
        cue = stop["cue"]
        if cue is None:
            hits += _address(text, stop.start("word"))
        elif cue in contacts.CUES:
            hits += contacts.behind_cue(text, stop.start("cue"), cue)
        elif cue in claims.CUES:
            claim = claims.claim_at(text, stop.start("cue"), cue)
            if claim is not None:
                said.append(claim)
                at = claim.end  # "formerly known as" is one claim
        else:
            is_spelled = True
    return hits, said, is_spelled


def _address(text: str, at: int) -> list[Hit]:
    """The wallet or session id that a whole word is, if it is one."""
    word = _WHOLE_WORD.match(text, at)
    address = read_address(word[0]) if word else None
    if word is None or address is None:
        return []
    return [
        Hit(
            kind=address.kind,
            network=address.network,
            value=address.value,
            written=word[0],
            start=word.start(),
            end=word.end(),
            state=address.state,
            rule=address.form,
        )
    ]


def _apart(hits: list[Hit]) -> list[Hit]:
    """The hits in order of place; hosts and numbers only where nothing else was read."""
    kept: list[Hit] = []
    taken: set[int] = set()  # characters
    for hit in sorted(hits, key=lambda hit: (_LAST_CHOICE.get(hit.kind, 0), hit.rule != "cue")):
        if hit.kind is Kind.HOST and hit.value in _SERVICES:
            continue
        place = range(hit.start, hit.end)
        if hit.kind in _LAST_CHOICE and not taken.isdisjoint(place):
            continue
        taken.update(place)
        kept.append(hit)
    return sorted(kept, key=lambda hit: (hit.start, hit.end, hit.kind, hit.rule))


def in_small(text: str) -> str:
    """The text in small letters, character by character: only the dotted capital I would become two."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.replace("İ", "i").lower()
