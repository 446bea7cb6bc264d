"""Facts about two accounts in rows, each with what is equal, what stands on one side only, and what is not known."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from crossbearing.presentation.text import NOT_KNOWN, day, grouped, moment, money, number, plural
from crossbearing.reference.destinations import Reach, read_destination
from crossbearing.resolution.side_by_side import Side

_NONE_SHOWN: Final = "\u2013 none on record"
_MOST: Final = 6  # values of one fact that are shown; the rest are counted


@dataclass(frozen=True, slots=True)
class Value:
    """One thing said of one account.

    Attributes:
        text: As it stands; words of the evidence if ``is_seized``.
        note: Said behind it, in our words.
        key: What makes it equal to one of the other account; empty if it is not compared.
        is_shared: The other account has an equal one.
    """

    text: str
    note: str = ""
    key: str = ""
    is_seized: bool = False
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the comparison.

    Attributes:
        relation: "same", "partly", "differs", or empty where comparing says nothing or one side is not known.
    """

    name: str
    left: tuple[Value, ...]
    right: tuple[Value, ...]
    relation: str


def facts(left: Side, right: Side) -> tuple[Fact, ...]:
    """What is on record about two accounts, row by row."""
    return tuple(_compared(name, list(said(left)), list(said(right))) for name, said in _FACTS)


def _compared(name: str, left: list[Value], right: list[Value]) -> Fact:
    ours, others = ({value.key for value in side if value.key} for side in (left, right))
    both = ours & others
    relation = ""
    if ours and others:
        relation = "same" if ours == others else "partly" if both else "differs"
    mine, theirs = (_cut([replace(value, is_shared=value.key in both) for value in side]) for side in (left, right))
    return Fact(name, mine, theirs, relation)


def _cut(values: list[Value]) -> tuple[Value, ...]:
    """What is shared first, so that it is not what is cut."""
    ordered = sorted(values, key=lambda value: not value.is_shared)
    left_out = len(ordered) - _MOST
    return (*ordered[:_MOST], *([Value(f"and {number(left_out)} more")] if left_out > 0 else []))


def _role(side: Side) -> Iterable[Value]:
    yield Value(side.role or NOT_KNOWN, key=side.role)


def _seen(side: Side) -> Iterable[Value]:
    yield Value(f"{day(side.first_seen_at)} to {day(side.last_seen_at)}" if side.first_seen_at else NOT_KNOWN)


def _active(side: Side) -> Iterable[Value]:
    yield Value(moment(side.last_active_at))


def _counts(side: Side) -> Iterable[Value]:
    yield Value(number(side.adverts))


def _sales(side: Side) -> Iterable[Value]:
    yield Value(number(side.sales))


def _origins(side: Side) -> Iterable[Value]:
    for row in side.origins:
        key = row["country"] or row["ships_from"].casefold()
        yield Value(row["ships_from"], plural(row["adverts"], "advert"), key, is_seized=True)
    if not side.origins:
        yield Value(NOT_KNOWN)


def _destinations(side: Side) -> Iterable[Value]:
    for row in side.destinations:
        read = read_destination(row["ships_to"])
        words = row["ships_to"] if read.reach is Reach.NOT_READ else f"{read.reach} {' '.join(read.places)}"
        key = " ".join(words.casefold().split())
        yield Value(row["ships_to"], plural(row["adverts"], "advert"), key, is_seized=True)
    if not side.destinations:
        yield Value(NOT_KNOWN)


def _goods(side: Side) -> Iterable[Value]:
    for name in side.goods or (NOT_KNOWN,):
        yield Value(name, key=name if side.goods else "")


def _prices(side: Side) -> Iterable[Value]:
    for row in side.prices:
        low, high = row["lowest"], row["highest"]
        currency = row["currency"] or "currency not known,"
        if low == high:
            yield Value(money(low, currency))
        else:
            yield Value(f"{money(low, currency)} to {money(high, currency).removeprefix(currency).strip()}")
    if not side.prices:
        yield Value(NOT_KNOWN)


def _shown(kind: str) -> Callable[[Side], Iterable[Value]]:
    def of(side: Side) -> Iterable[Value]:
        rows = [row for row in side.identities if row["identity_kind"] == kind]
        for row in rows:
            text = grouped(row["identity"]) if kind == "key" else row["identity"]
            yield Value(text, _remarks(row), row["identity"], is_seized=True)
        if not rows:
            yield Value(_NONE_SHOWN if side.adverts is not None else NOT_KNOWN)

    return of


def _remarks(row: Mapping[str, Any]) -> str:
    """What makes less of an identity: many show it, staff shows it, its block is damaged."""
    said = [f"on {plural(row['spread'], 'account')}"] if row["spread"] > 1 else []
    said += ["shown by staff"] if row["is_desk_key"] else []
    said += [] if row["is_sound"] else ["block is damaged"]
    return "; ".join(said)


_FACTS: Final[tuple[tuple[str, Callable[[Side], Iterable[Value]]], ...]] = (
    ("Role", _role),
    ("Seen", _seen),
    ("Last active, by the server", _active),
    ("Adverts", _counts),
    ("Sales on record", _sales),
    ("Ships from", _origins),
    ("Ships to", _destinations),
    ("Goods in titles", _goods),
    ("Prices", _prices),
    ("Keys on own profile", _shown("key")),
    ("Contacts shown as own", _shown("contact")),
    ("Wallets shown as own", _shown("wallet")),
)
