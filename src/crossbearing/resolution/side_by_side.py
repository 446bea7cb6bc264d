"""Two accounts beside each other: what is on record about each, and their nearest adverts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import groupby, product
from typing import Any, Final

from crossbearing.store.session import Session

TABLES: Final = ("account", "account_identity", "account_trade", "listing", "origin", "sale_valued")
ADVERTS_COMPARED: Final = 100  # of each account, the newest; more would keep a person waiting
_WORDS_COMPARED: Final = 400  # of each advert, from its beginning
_RUN: Final = 3  # words in a row; shorter runs are in every advert

_ACCOUNT: Final = """
    SELECT account.account_id, account.market, account.handle, account.role, account.first_seen_at,
        account.last_seen_at, account.last_active_at, account.places, account_trade.adverts, account_trade.named_goods,
        CASE WHEN EXISTS (FROM sale_valued WHERE sale_valued.market = account.market) THEN account_trade.sales END
            AS sales
    FROM account INNER JOIN account_trade ON account.account_id = account_trade.account_id
    WHERE list_contains(?, account.account_id)
    ORDER BY account.account_id
"""
_ORIGINS: Final = """
    SELECT listing.ships_from, any_value(origin.country) AS country, count(*) AS adverts
    FROM listing INNER JOIN origin ON listing.ships_from = origin.ships_from
    WHERE listing.account_id = ? GROUP BY listing.ships_from ORDER BY adverts DESC, listing.ships_from
"""
_DESTINATIONS: Final = """
    SELECT ships_to, count(*) AS adverts FROM listing
    WHERE account_id = ? AND ships_to IS NOT NULL GROUP BY ships_to ORDER BY adverts DESC, ships_to
"""
_PRICES: Final = """
    SELECT price_currency AS currency, min(price) AS lowest, max(price) AS highest FROM listing
    WHERE account_id = ? AND price IS NOT NULL AND NOT price_is_placeholder GROUP BY price_currency ORDER BY 1
"""
_IDENTITIES: Final = """
    SELECT identity_kind, identity, is_sound, spread, is_desk_key, places FROM account_identity
    WHERE account_id = ? ORDER BY identity_kind DESC, identity
"""
_ADVERTS: Final = """
    SELECT title, description, price, price_currency, price_is_placeholder, last_seen_on, places[1] AS place
    FROM listing WHERE account_id = ? ORDER BY last_seen_on DESC NULLS LAST, listing_id LIMIT ?
"""

# Words in order; whether they are in a run that the other text has too.
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is on record about one account with a seller or staff role.

    Attributes:
        first_seen_at: UTC, as all times.
        last_active_at: By the server's own word; None if no server says so.
        adverts: How many there are; None if this person may not see the account's own rows.
        sales: On record; None if there are none of its market at all, so that nothing is known.
        goods: What its titles name.
        origins: Rows ``ships_from`` (as written), ``country`` (None: names no one country), ``adverts``.
        destinations: Rows ``ships_to`` (as written), ``adverts``.
        prices: Rows ``currency``, ``lowest``, ``highest``, without placeholders.
        identities: Rows of ``account_identity``: keys, contacts, wallets that it shows as its own.
        newest: Its newest adverts.
        places: Rows that show the account.
    """

    account_id: str
    market: str
    handle: str | None
    role: str
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    last_active_at: datetime | None
    adverts: int | None
    sales: int | None
    goods: tuple[str, ...]
    origins: tuple[Mapping[str, Any], ...]
    destinations: tuple[Mapping[str, Any], ...]
    prices: tuple[Mapping[str, Any], ...]
    identities: tuple[Mapping[str, Any], ...]
    newest: tuple[Mapping[str, Any], ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likened:
    """An advert beside one that is like it.

    Attributes:
        advert: Row of ``Side.newest``.
        pieces: Its title and description; see ``common_runs``.
        left_out: Words behind the last piece.
    """

    advert: Mapping[str, Any]
    pieces: tuple[Piece, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """The two adverts, one of each account, whose words are the most alike."""

    left: Likened
    right: Likened


def sides_of(engine: Session, *account_ids: str) -> dict[str, Side]:
    """Accounts by id, as far as they have a seller or staff role; nobody else's facts are put together.

    Args:
        engine: Over ``TABLES``.
        account_ids: Which.
    """
    return {row["account_id"]: _side(engine, row) for row in engine.rows(_ACCOUNT, [list(account_ids)])}


def unseen(pair: Mapping[str, Any], side: str) -> Side:
    """An account of which this person may see no more than the pair says.

    Args:
        pair: Row of ``account_pair``.
        side: "left" or "right".
    """
    return Side(
        account_id=pair[f"{side}_id"], market=pair[f"{side}_market"], handle=pair[f"{side}_handle"], role="",
        first_seen_at=None, last_seen_at=None, last_active_at=None, adverts=None, sales=None, goods=(), origins=(),
        destinations=(), prices=(), identities=(), newest=(), places=(),
    )  # fmt: skip


def nearest(left: Side, right: Side) -> Nearest | None:
    """The two adverts that have the most words in common, as a share of all their words; None if none has any."""
    ours, others = ([(one, _bag(one)) for one in side.newest] for side in (left, right))
    best = max(
        ((_likeness(one, other), mine, theirs) for (mine, one), (theirs, other) in product(ours, others)),
        key=lambda found: found[0],
        default=None,
    )
    if best is None or not best[0]:
        return None
    _, mine, theirs = best
    pieces = common_runs(_text(mine), _text(theirs))
    return Nearest(*(_likened(advert, said) for advert, said in zip((mine, theirs), pieces, strict=True)))


def common_runs(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces; marked are runs of three words and more that stand in both, whatever their case.

    Put together, the pieces of a text are its first 400 words.
    """
    ours, others = (re.findall(r"\S+\s*", text)[:_WORDS_COMPARED] for text in (left, right))
    matcher = SequenceMatcher(None, [_bare(word) for word in ours], [_bare(word) for word in others], autojunk=False)
    shared_left: set[int] = set()
    shared_right: set[int] = set()
    for run in matcher.get_matching_blocks():
        if run.size >= _RUN:
            shared_left |= set(range(run.a, run.a + run.size))
            shared_right |= set(range(run.b, run.b + run.size))
    return _pieces(ours, shared_left), _pieces(others, shared_right)


def _side(engine: Session, row: Mapping[str, Any]) -> Side:
    account_id = row["account_id"]
    return Side(
        account_id=account_id,
        market=row["market"],
        handle=row["handle"],
        role=row["role"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
        last_active_at=row["last_active_at"],
        adverts=row["adverts"],
        sales=row["sales"],
        goods=tuple(row["named_goods"]),
        origins=tuple(engine.rows(_ORIGINS, [account_id])),
        destinations=tuple(engine.rows(_DESTINATIONS, [account_id])),
        prices=tuple(engine.rows(_PRICES, [account_id])),
        identities=tuple(engine.rows(_IDENTITIES, [account_id])),
        newest=tuple(engine.rows(_ADVERTS, [account_id, ADVERTS_COMPARED])),
        places=tuple(dict.fromkeys(row["places"] or ())),
    )


def _likened(advert: Mapping[str, Any], pieces: tuple[Piece, ...]) -> Likened:
    return Likened(advert, pieces, max(len(_text(advert).split()) - _WORDS_COMPARED, 0))


def _text(advert: Mapping[str, Any]) -> str:
    return "\n".join(part for part in (advert["title"], advert["description"]) if part)


def _bag(advert: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_bare(word) for word in _text(advert).split()) - {""}


def _likeness(one: frozenset[str], other: frozenset[str]) -> Decimal:
    """Shared words of all words, 0 to 1."""
    return Decimal(len(one & other)) / Decimal(len(one | other) or 1)


def _bare(word: str) -> str:
    return word.strip().strip(".,;:!?()[]{}\"'*-_~=#").casefold()


def _pieces(words: Sequence[str], shared: set[int]) -> tuple[Piece, ...]:
    runs = groupby(enumerate(words), key=lambda one: one[0] in shared)
    return tuple(("".join(word for _, word in run), is_shared) for is_shared, run in runs)
