"""Drafts of records requests and preservation letters; a person checks and sends them, software never does.

A letter names the identifier it asks about, the days, and the records. It names no suspect, no market, no account and
no other evidence: a provider needs none of them to look, and whoever reads the letter there learns nothing else.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Final

from crossbearing.identification.evidence import Evidence

_PRESERVATION, _REQUEST = "preservation letter", "records request"
_LETTER: Final = """\
DRAFT of a {what}. Software never sends it: check it, sign it, and send it on the way your law provides.

To:          {to}
From:        ________________
Our case:    {case}
Legal basis: ________________

{opening}
{identifiers}

for the time from {since} to {until}:
  {holds}.

{closing}
"""
_OPENINGS: Final = {
    _PRESERVATION: "Please keep what you hold today, and delete nothing of it, about",
    _REQUEST: "Please send us what you hold about",
}
_CLOSINGS: Final = {
    _PRESERVATION: "Do not hand anything over yet; a request with its legal basis follows. Please confirm with the day "
    "from which\nit is kept, and until when. Please do not tell the customer.",
    _REQUEST: "Please say for each record where it comes from and by which clock its times are. If you hold nothing, "
    "please say so.\nPlease do not tell the customer.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One kind of provider, how long it keeps what it holds, and who says so."""

    kind: str
    asked: tuple[str, ...]
    holds: str
    days: int
    after: str
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Two letters to one provider about the same identifiers.

    Attributes:
        to: Kind of provider, with its host where the identifier has one.
        gone_on: Day from which it may be gone, ISO; empty if nobody knows from when to count.
        source, note: Where the number of days is from, and how far to trust it.
    """

    to: str
    gone_on: str
    holds: str
    days: int
    after: str
    source: str
    note: str
    identifiers: tuple[str, ...]
    preservation: str
    request: str


@dataclass(frozen=True, slots=True, order=True)
class _Asked:
    """One identifier, and the days that matter."""

    kind: str
    value: str
    since: str
    until: str


@cache
def shipped_providers() -> tuple[Provider, ...]:
    """The table of retention periods that comes with the software."""
    text = (resources.files("crossbearing.identification") / "retention.toml").read_text(encoding="utf-8")
    return tuple(Provider(**{**one, "asked": tuple(one["asked"])}) for one in tomllib.loads(text)["provider"])


def drafts_for(evidence: Evidence, subject: str, case: str) -> list[Draft]:
    """Letters about what a subject's accounts show and what was bought from them; what may be gone first comes first.

    Args:
        evidence: With accounts, what they show, purchases and parcels; nothing protected is needed.
        subject: Operator or account.
        case: Reference of our case; may be empty.
    """
    by_letter: dict[tuple[str, str], list[_Asked]] = {}
    kinds = {one.kind: one for one in shipped_providers()}
    for asked in _asked(evidence, subject):
        for provider in kinds.values():
            if asked.kind in provider.asked:
                host = asked.value.partition("@")[2] if "@" in asked.value else ""
                by_letter.setdefault((provider.kind, host), []).append(asked)
    drafts = [_draft(kinds[kind], host, sorted(set(asked)), case) for (kind, host), asked in by_letter.items()]
    return sorted(drafts, key=lambda one: (not one.gone_on, one.gone_on, one.to))


def _asked(evidence: Evidence, subject: str) -> list[_Asked]:
    mine = {one.account_id: one for one in evidence.accounts.values() if one.subject == subject}
    found = [
        _Asked(one.kind, one.value, mine[one.account_id].begins, mine[one.account_id].ends)
        for one in evidence.shown
        if one.account_id in mine and one.kind != "key"
    ]
    postage = {row["tracking_number"]: row["postage_account"] for row in evidence.parcels if row["postage_account"]}
    for bought in evidence.bought:
        if bought.account_id in mine:
            found.append(_Asked("tracking", bought.tracking, bought.since, bought.until))
            if bought.tracking in postage:
                found.append(_Asked("postage account", postage[bought.tracking], bought.since, bought.until))
    return found


def _draft(provider: Provider, host: str, asked: Sequence[_Asked], case: str) -> Draft:
    to = f"{provider.kind} of {host}" if host else provider.kind
    # Of several, the one that goes first.
    values = tuple(dict.fromkeys(one.value for one in asked))  # one may be shown at several times, or as several kinds
    first = min((one.until or one.since for one in asked if one.until or one.since), default="")
    gone = (date.fromisoformat(first) + timedelta(days=provider.days)).isoformat() if first else ""
    said = {
        "to": to, "case": case or "________________", "holds": provider.holds,
        "identifiers": "\n".join(f"  {one}" for one in values),
        "since": min((one.since for one in asked if one.since), default="________"),
        "until": max((one.until for one in asked if one.until), default="________"),
    }  # fmt: skip
    letters = {what: _LETTER.format(what=what, opening=_OPENINGS[what], closing=_CLOSINGS[what], **said)
               for what in (_PRESERVATION, _REQUEST)}  # fmt: skip
    return Draft(
        to=to, gone_on=gone, holds=provider.holds, days=provider.days, after=provider.after, source=provider.source,
        note=provider.note, identifiers=values, preservation=letters[_PRESERVATION], request=letters[_REQUEST],
    )  # fmt: skip
