"""How well the values of a column look like what a slot holds, with the grounds in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from crossbearing.intake.proposing.facts import HALF, Facts
from crossbearing.intake.proposing.kinds import REFERENCES
from crossbearing.intake.proposing.sample import Refers, SampledTable
from crossbearing.intake.proposing.words import WHOLE, fit, lists, words_of

# How much each look says by itself. What has a form of its own says much; what many columns could be says little.
_OWN_FORM, _STRONG, _FAIR, _WEAK, _HARDLY = 0.9, 0.75, 0.55, 0.35, 0.2
UNKNOWN: Final = 0.2  # a column without a value fits anything
_FEW_STATES: Final = 12
_BEST_RATING: Final = 10
_COUNTED: Final = 1000  # pieces in one order
_LONGEST_TITLE: Final = 160
_SHORTEST_TITLE: Final = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How well a column fits, 0 to 1, and why; 0 speaks against it whatever its name."""

    score: float
    grounds: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known already of the tables of a file, while the others are looked at.

    Attributes:
        kind: Of each table, as far as one was found.
        own: The column that tells the rows of a table apart.
        handle: The column of an account's handle.
        sellers: Values by which adverts name their sellers.
    """

    kind: Mapping[str, str]
    own: Mapping[str, str]
    handle: Mapping[str, str]
    sellers: frozenset[str]


_NOT: Final = Look(0.0, "")
_Sees: TypeAlias = Callable[[Facts, SampledTable], Look]


def look(looks: str, slot: str, column: Facts, table: SampledTable, known: Known) -> Look:
    """How well a column fits a slot by what stands in it."""
    if not column.is_text:
        return _NOT
    if not column.filled:
        return Look(UNKNOWN, "it is empty in the sample")
    if slot == "listing_server_id" and looks == "own id" and not column.is_unique:  # one advert, captured again
        return Look(0.1, "its values could be ids, each several times") if column.is_id else _NOT
    if looks in {"reference", "shared id"}:
        sees = _reference if looks == "reference" else _shared_id
        return sees(slot, column, table, known)
    if looks == "foreign handle":
        return _foreign_handle(column, table.refers.get(column.name, ()), known)
    return _SEES[looks](column, table)


def share(column: Facts, *kinds: str) -> str:
    """How many of the values, in words."""
    count = round(sum(column.shares[kind] for kind in kinds) * column.filled)
    return f"all {column.filled:,} values" if count == column.filled else f"{count:,} of {column.filled:,} values"


def _reference(slot: str, column: Facts, table: SampledTable, known: Known) -> Look:
    if not column.is_id:
        return _NOT
    wanted, refers = REFERENCES[slot].kinds, table.refers.get(column.name, ())
    hits = [one for one in refers if known.kind.get(one.table) in wanted and known.own.get(one.table) == one.column]
    if slot == "parent_server_id":
        hits = [one for one in refers if one.table == table.name]
    if not hits:
        elsewhere = [one for one in refers if known.own.get(one.table) == one.column and known.kind.get(one.table)]
        if any(one.closeness == 1 and column.largest < 0 for one in elsewhere):
            return _NOT
        if column.is_mostly("whole", "uuid"):
            return Look(_HARDLY if elsewhere or not refers else _WEAK, f"{share(column, 'whole', 'uuid')} could be ids")
        return Look(0.1, "its values could be ids")
    best = max(hits, key=lambda one: one.closeness)
    score = _WEAK + 0.45 * best.closeness if column.largest < 0 else _WEAK + 0.1 + 0.35 * best.closeness
    if column.place == 0 and column.is_unique:  # then it tells the rows apart too: rather a part of the other table
        score *= 0.6
    grounds = f"all {len(column.distinct):,} distinct values are ids of table {best.table!r}"
    if known.sellers and slot in {"seller_server_id", "buyer_server_id"}:
        sells = len(column.distinct & known.sellers) > HALF * len(column.distinct)
        sells |= any(known.kind[one.table] == "part of an account" for one in hits)  # only sellers have a second table
        score = score + 0.05 if sells == (slot == "seller_server_id") else 0.6 * score
        grounds += ", mostly of sellers" if sells else ", mostly of others than sellers"
    return Look(score, grounds)


def _shared_id(slot: str, column: Facts, table: SampledTable, known: Known) -> Look:
    """The table has no ids of its own: its rows carry those of another table."""
    others = [one for one in table.columns.values() if one.is_unique and one.is_id and one.place < column.place]
    wanted = REFERENCES[slot].kinds[0]
    hits = [
        one
        for one in table.refers.get(column.name, ())
        if known.kind.get(one.table) == wanted and known.own.get(one.table) == one.column
    ]
    if not column.is_unique or others or not hits:
        return _NOT
    return Look(_WEAK + 0.45 * hits[0].closeness, f"each row has the id of a row of table {hits[0].table!r}")


def _foreign_handle(column: Facts, refers: Sequence[Refers], known: Known) -> Look:
    if any(known.handle.get(one.table) == one.column for one in refers):
        return Look(_STRONG, f"all values are handles of table {refers[0].table!r}")
    if column.is_mostly("handle") and not (column.is_mostly("uuid") or column.is_mostly("whole") or column.is_time):
        return Look(_HARDLY if column.is_few else _FAIR - 0.05, f"{share(column, 'handle')} are single words")
    return _NOT


def _own_id(column: Facts, _table: SampledTable) -> Look:
    if not column.is_unique or not column.is_id:
        return _NOT
    form = _FAIR if column.is_mostly("whole", "uuid") else _HARDLY
    return Look(form + (0.15 if column.place == 0 else 0), f"all {column.filled:,} values are short and distinct")


def _handle(column: Facts, _table: SampledTable) -> Look:
    if not column.is_mostly("handle") or column.is_mostly("uuid") or column.is_mostly("wallet") or column.is_time:
        return _NOT
    is_distinct = len(column.distinct) >= 0.9 * column.filled
    if is_distinct and column.shares["image"] == 0:
        return Look(_FAIR + 0.05, f"{share(column, 'handle')} are short, distinct and without blanks")
    return Look(0.1, f"{share(column, 'handle')} are single words, many of them alike")


def _role(column: Facts, _table: SampledTable) -> Look:
    if not column.is_few:
        return _NOT
    named = sum(count for value, count in column.words().items() if role_of(value))
    if named >= HALF * column.filled:
        return Look(_STRONG, f"{named:,} of {column.filled:,} values say seller, buyer or staff")
    return Look(_HARDLY, "it has few values") if column.is_mostly("flag") else _NOT


@cache
def role_of(value: str) -> str:
    """The role that a word names: seller, buyer, staff; empty if none."""
    found = [(fit(words_of(value), lists().thing[role]), role) for role in ("seller", "buyer", "staff")]
    score, role = max(found)
    return role if score == WHOLE else ""


def _time(column: Facts, table: SampledTable, *, first: bool) -> Look:
    if not column.is_time:
        return _NOT
    others = [one for one in table.columns.values() if one.time_form == column.time_form and one is not column]
    grounds = f"all {column.filled:,} values are times"
    if not others:
        return Look(_FAIR + 0.15, f"{grounds}, as of no other column")
    is_end = all(_precedes(column, one) if first else _precedes(one, column) for one in others)
    if not is_end:
        return Look(_WEAK, grounds)
    return Look(_FAIR + 0.05, f"{grounds}, the {'first' if first else 'last'} of a row")


def _precedes(one: Facts, other: Facts) -> bool:
    pairs = [(a, b) for a, b in zip(one.cells, other.cells, strict=True) if a and b]
    return sum(a <= b for a, b in pairs) >= 0.95 * len(pairs)


def _number(column: Facts, table: SampledTable) -> Look:
    if column.is_time or not column.is_mostly("decimal", "whole"):
        return _NOT
    if column.shares["decimal"] >= HALF:
        others = [one for one in table.columns.values() if one is not column and one.shares["decimal"] >= HALF]
        grounds = f"{share(column, 'decimal')} have decimals"
        return Look(_FAIR, grounds) if others else Look(_FAIR + 0.05, f"{grounds}, as of no other column")
    is_small = 0 <= column.largest <= _BEST_RATING
    return Look(0.05 if is_small else _HARDLY, f"{share(column, 'whole', 'decimal')} are numbers")


def _small_whole(column: Facts, table: SampledTable) -> Look:
    if not _whole(column, table).score or column.is_unique or column.largest > _COUNTED:
        return _NOT
    return Look(_WEAK, f"all values are whole numbers, the largest {column.largest:,}")


def _whole(column: Facts, _table: SampledTable) -> Look:
    if column.largest < 0 or column.is_time:
        return _NOT
    return Look(_HARDLY, f"all {column.filled:,} values are whole numbers")


def _rating(column: Facts, table: SampledTable) -> Look:
    if not _whole(column, table).score or column.largest > _BEST_RATING:
        return _NOT
    return Look(_FAIR, f"all values are whole numbers, the largest {column.largest}")


def _prose(column: Facts, _table: SampledTable) -> Look:
    if _is_formed(column):
        return _NOT
    if column.shares["prose"] >= HALF:
        return Look(_FAIR + 0.05, f"{share(column, 'prose')} are sentences")
    return Look(_HARDLY, "it holds text")


def _body(column: Facts, table: SampledTable) -> Look:
    if column.shares["sealed"] > 0:
        return Look(_STRONG, f"{share(column, 'sealed')} are PGP messages")
    return _prose(column, table) if column.shares["prose"] >= HALF else _words(column, table)


def _address(column: Facts, _table: SampledTable) -> Look:
    if column.shares["sealed"] > 0:
        return Look(_STRONG, f"{share(column, 'sealed')} are PGP messages")
    if _is_formed(column):
        return _NOT
    lines = sum("\n" in value for value in column.values)
    score = _WEAK if lines > HALF * column.filled else _HARDLY
    return Look(score, f"{lines:,} of {column.filled:,} values have several lines")


def _words(column: Facts, _table: SampledTable) -> Look:
    if _is_formed(column) or (column.is_unique and column.is_id):
        return _NOT
    if _has_blanks(column) and not column.is_few:
        grounds = f"{len(column.distinct):,} distinct texts of {column.mean_length:.0f} characters on average"
        return Look(_FAIR - 0.05, grounds)
    return Look(_HARDLY, "it holds text")


def _title(column: Facts, _table: SampledTable) -> Look:
    if _is_formed(column) or not column.is_mostly("line"):
        return _NOT
    if _SHORTEST_TITLE <= column.mean_length <= _LONGEST_TITLE and _has_blanks(column) and not column.is_few:
        return Look(_FAIR + 0.05, f"{share(column, 'line')} are short lines of several words")
    return Look(_HARDLY, "it holds short text")


def _label(column: Facts, _table: SampledTable) -> Look:
    if _is_formed(column) or not column.is_mostly("line"):
        return _NOT
    return Look(_FAIR + 0.05, f"{share(column, 'line')} are short lines")


def _few(column: Facts, _table: SampledTable) -> Look:
    if _is_formed(column) or not column.is_mostly("line"):
        return _NOT
    return Look(_WEAK if column.is_few else _HARDLY, f"{len(column.distinct):,} distinct values")


def _state(column: Facts, table: SampledTable) -> Look:
    if column.is_mostly("currency") or column.is_mostly("country") or not _few(column, table).score:
        return Look(_HARDLY, "few whole numbers") if 0 <= column.largest <= _FEW_STATES else _NOT
    is_state = 1 < len(column.distinct) <= _FEW_STATES and not _has_blanks(column)
    return Look(_FAIR - 0.05 if is_state else 0.1, f"{len(column.distinct):,} distinct values")


def _currency(column: Facts, _table: SampledTable) -> Look:
    if column.is_mostly("currency"):
        return Look(_STRONG, f"{share(column, 'currency')} are codes of currencies")
    return _NOT if column.is_time or column.is_mostly("decimal") else Look(0.05, "")


def _country(column: Facts, _table: SampledTable) -> Look:
    if column.shares["country"] >= HALF and not column.is_mostly("currency"):
        return Look(_STRONG, f"{share(column, 'country')} are countries")
    return _NOT if _is_formed(column) else Look(0.1, "it holds text")


def _countries(column: Facts, table: SampledTable) -> Look:
    if column.shares["destination"] >= HALF > column.shares["country"]:
        return Look(_FAIR, f"{share(column, 'destination')} say where to")
    found = _country(column, table)
    return Look(min(found.score, _HARDLY), found.grounds)


def _month(column: Facts, table: SampledTable) -> Look:
    if column.is_mostly("month"):
        return Look(_OWN_FORM, f"{share(column, 'month')} are months")
    return Look(_HARDLY, "") if column.time_form == "day" or _few(column, table).score else _NOT


def _form(kind: str, words: str) -> _Sees:
    """Values with a form of their own, without which a name says nothing."""

    def sees(column: Facts, _table: SampledTable) -> Look:
        is_seen = column.shares[kind] >= HALF
        return Look(_OWN_FORM, f"{share(column, kind)} {words}") if is_seen else _NOT

    return sees


def _image(column: Facts, _table: SampledTable) -> Look:
    if column.is_mostly("image"):
        return Look(_STRONG, f"{share(column, 'image')} are names of picture files")
    return Look(_HARDLY, "it holds text") if column.is_mostly("line") and not _is_formed(column) else _NOT


def _text(column: Facts, _table: SampledTable) -> Look:
    return Look(0.1, "it holds text") if not column.is_time else _NOT


def _flag(column: Facts, _table: SampledTable) -> Look:
    return Look(_HARDLY, f"{share(column, 'flag')} are yes or no") if column.is_mostly("flag") else _NOT


def _is_formed(column: Facts) -> bool:
    """Whether the values are of a kind that is no text of people."""
    formed = ("whole", "decimal", "uuid", "wallet", "image", "public key", "hex", "month", "mail", "destination")
    return column.is_time or column.shares["sealed"] > 0 or any(column.shares[kind] >= HALF for kind in formed)


def _has_blanks(column: Facts) -> bool:
    return sum(" " in value for value in column.values) >= HALF * column.filled


_SEES: Final[Mapping[str, _Sees]] = {
    "own id": _own_id, "handle": _handle, "role": _role, "prose": _prose, "body": _body, "address": _address,
    "words": _words, "title": _title, "label": _label, "few": _few, "state": _state, "currency": _currency,
    "country": _country, "countries": _countries, "month": _month, "number": _number, "small whole": _small_whole,
    "whole": _whole, "rating": _rating, "image": _image, "text": _text, "flag": _flag,
    "key": _form("public key", "are public keys"), "wallet": _form("wallet", "are wallet addresses"),
    "hash": _form("hex", "are hashes"), "time": lambda column, table: _time(column, table, first=True),
    "first time": lambda column, table: _time(column, table, first=True),
    "last time": lambda column, table: _time(column, table, first=False),
}  # fmt: skip
