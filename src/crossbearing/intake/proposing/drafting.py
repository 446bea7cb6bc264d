"""The mappings of a proposed profile: which records a source table gives, line by line, each with its grounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from crossbearing.domain.columns import Type
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake.proposing.expressions import expression, literal, named
from crossbearing.intake.proposing.facts import MOSTLY, Facts
from crossbearing.intake.proposing.kinds import ELSEWHERE
from crossbearing.intake.proposing.matching import Filled, Found
from crossbearing.intake.proposing.names import Names
from crossbearing.intake.proposing.words import CUT, LAST, fit, lists

_OWN_TIME: Final = {"listing": "seen_on", "sale": "sold_at", "message": "sent_at", "post": "posted_at"}
_CONTEXT: Final = {"listing": "listing", "message": "message", "post": "message"}  # of a key block, by its table
_WHOSE_KEY: Final = {
    "listing": ("seller_server_id", "seller_handle"),
    "message": ("sender_server_id", ""),
    "post": ("", "author_handle"),
}
_KEY_WITHIN: Final = {"listing": "description", "message": "body", "post": "body"}
# Without the first, or any of the others that are mapped, a row states nothing.
_WANTED: Final = {
    "account": (("account_server_id",), "the account has no id"),
    "part of an account": (("account_server_id",), "the account has no id"),
    "key": (("account_server_id", "armour"), "a key without owner or text"),
    "listing": (("listing_server_id", "seller_server_id", "seller_handle"), "an advert without id or seller"),
    "part of a listing": (("listing_server_id",), "facts without an advert"),
    "offer": (("listing_server_id",), "a price without an advert"),
    "sale": (("sale_server_id", "seller_server_id"), "an order without id or seller"),
    "feedback": (("seller_server_id", "sale_server_id", "listing_server_id"), "a rating of nothing"),
    "message": (("message_server_id",), "a message without an id"),
    "post": (("post_server_id", "author_handle"), "a post without id or author"),
    "dispute": (("dispute_server_id",), "a dispute without an id"),
    "application": (("account_server_id",), "an application without an applicant"),
    "invoice": (("account_server_id",), "an invoice without a seller"),
    "image": (("image_name",), "a picture without a name"),
}  # fmt: skip


@dataclass(slots=True)
class Line:
    """One record column of a mapping.

    Attributes:
        source: Column it is taken from; None for a constant.
        is_sure: It is mapped, and not only proposed in a comment.
        reads: It turns text into a value, so that it is to be tried on the sample.
    """

    column: str
    expression: str
    grounds: str
    source: Facts | None
    is_sure: bool = True
    reads: bool = False


@dataclass(slots=True)
class Draft:
    """One mapping of a source table to a record table."""

    record: str
    lines: list[Line]
    where: str = ""
    where_source: Facts | None = None

    @property
    def is_sure(self) -> bool:
        """Whether anything of it that comes from a column is mapped."""
        return any(line.is_sure and line.source for line in self.lines)


@dataclass(slots=True)
class DraftTable:
    """What is proposed for one source table."""

    found: Found
    drafts: list[Draft]
    refuse: list[tuple[Facts, str, str]] = field(default_factory=list)  # column, condition, reason

    @property
    def is_sure(self) -> bool:
        """Whether it is mapped, and not only proposed in a comment."""
        return self.found.is_sure and any(draft.is_sure for draft in self.drafts)

    @property
    def states_anything(self) -> bool:
        """Whether any line comes from a column; a name alone is no proposal."""
        return any(line.source for draft in self.drafts for line in draft.lines)

    def used(self) -> set[str]:
        """Columns that the mapped lines name."""
        lines = [line for draft in self.drafts if draft.is_sure for line in draft.lines]
        names = {line.source.name for line in lines if line.is_sure and line.source}
        wheres = {draft.where_source.name for draft in self.drafts if draft.is_sure and draft.where_source}
        return names | wheres | {column.name for column, _, _ in self.refuse}


@dataclass(frozen=True, slots=True)
class Drafting:
    """What the mappings of all tables have in common."""

    names: Names
    kinds: Mapping[str, str]
    is_database: bool

    def table(self, found: Found) -> DraftTable:
        """All records that a table gives."""
        drafts = [draft for draft in self._drafts(found) if draft.lines]
        return DraftTable(found, drafts, list(self._refusals(found)))

    def _drafts(self, found: Found) -> Iterator[Draft]:
        kind = found.kind
        own: list[Line] = []
        for slot, one in found.filled.items():
            if slot not in ELSEWHERE or kind.record in {ELSEWHERE[slot], "post"}:
                own += self._lines(found, slot, one)
        order = [column.name for column in RECORD_TABLES[kind.record].columns]
        own += self._constants(found)
        yield Draft(kind.record, sorted(own, key=lambda line: order.index(line.column)))
        if kind.name in {"account", "part of an account"}:
            yield self._key(found, "account_server_id", "account_handle", "armour", "'own_profile'")
        elif kind.name == "listing":
            yield from self._of_listing(found)
        elif kind.name == "message":
            ids = ("message_server_id", "sender_server_id", "recipient_server_id")
            yield self._sealed(found, "message_body", "body", ids)
        elif kind.name == "sale":
            yield self._sealed(found, "payment", "address", ("sale_server_id",))
            yield self._sealed(found, "delivery", "address_text", ("sale_server_id", "buyer_server_id"))
        if kind.name in _KEY_WITHIN:
            yield self._key(found, *_WHOSE_KEY[kind.name], _KEY_WITHIN[kind.name], literal(_CONTEXT[kind.name]))

    def _lines(self, found: Found, slot: str, one: Filled, column: str = "") -> Iterator[Line]:
        """The lines of one slot; a price gives its text too, a body only what may be told of it."""
        is_sure, looks = found.is_mapped(slot), found.kind.slots[slot]
        grounds, name = _grounds(one), named(one.column.name)
        types = {each.name: each.type for each in RECORD_TABLES[found.kind.record].columns}
        target = column or slot
        if target == "body" and found.kind.record == "message" and not column:
            return  # the words of a message go to a table of their own
        text = expression(looks, one.column, is_day=types.get(target) is Type.DATE, is_database=self.is_database)
        if target == "price" and "price_text" in types:
            yield Line("price_text", name, grounds, one.column, is_sure)
        reads = looks.endswith("time") or looks in {"number", "whole", "rating", "small whole"}
        yield Line(target, text, grounds, one.column, is_sure, reads)

    def _constants(self, found: Found) -> Iterator[Line]:
        """What no column states, and the table or a column's name does."""
        kind, filled = found.kind, found.filled
        if kind.name == "key":
            yield Line("context", "'own_profile'", "a table of keys by account", None)
        if kind.record == "account_sighting" and "role" not in filled:
            role = next((one for one in ("seller", "staff", "buyer") if self._is_called(found, one)), "")
            if role:
                yield Line("role", literal(role), f"the table's name says {role}", None)
        for number, currency in (("price", "price_currency"), ("amount", "amount_currency")):
            if number in filled and number in kind.slots and currency in kind.slots and currency not in filled:
                code = self.names.currency_in(found.table.name, filled[number].column.name)
                says = f"the name of {_quoted(filled[number].column)} states it"
                grounds = says if code else "nothing states it: correct this"
                yield Line(currency, literal(code or "USD"), grounds, None, is_sure=bool(code))
        every, advert = self.kinds.values(), filled.get("listing_server_id")
        if kind.name in {"listing", "sale"} and "sale" in every and "offer" not in every and advert:
            for line in self._lines(found, "listing_server_id", advert, "offer_server_id"):
                line.grounds += "; no table holds several prices of one advert"
                yield line
        if kind.name == "message" and (body := filled.get("body")):
            name, is_sure = named(body.column.name), found.is_mapped("body")
            yield Line("is_encrypted", f"{name} LIKE '%BEGIN PGP MESSAGE%'", _grounds(body), body.column, is_sure)
            yield Line("body_length", f"length({name})", "", body.column, is_sure)

    def _is_called(self, found: Found, role: str) -> bool:
        own = fit(self.names.tables[found.table.name], lists().thing["account"])
        return own < LAST and fit(self.names.tables[found.table.name], lists().thing[role]) >= CUT

    def _of_listing(self, found: Found) -> Iterator[Draft]:
        """The seller as an account, and its key, where no table of accounts states them."""
        if "account" not in self.kinds.values() and (seller := found.filled.get("seller_handle")):
            handle = list(self._lines(found, "seller_handle", seller, "account_handle"))
            yield Draft("account_sighting", [*handle, Line("role", "'seller'", "who offers is a seller", None)])
        yield self._key(found, "seller_server_id", "seller_handle", "armour", "'own_profile'")

    def _key(self, found: Found, server_id: str, handle: str, armour: str, context: str) -> Draft:
        """A key block that stands in a column of its own, or somewhere in a text."""
        filled = found.filled
        if armour not in filled:
            return Draft("key_block", [])
        one = filled[armour]
        lines: list[Line] = []
        for slot, column in ((server_id, "account_server_id"), (handle, "account_handle")):
            if slot in filled:
                lines += self._lines(found, slot, filled[slot], column)
        if not any(line.is_sure for line in lines):
            return Draft("key_block", [])
        holding = sum("BEGIN PGP PUBLIC KEY" in value for value in one.column.values)
        within = f"{_quoted(one.column)}: {holding:,} of {one.column.filled:,} values hold a public key"
        grounds = _grounds(one) if armour == "armour" else within
        lines.append(Line("context", context, "", None))
        lines.append(Line("armour", named(one.column.name), grounds, one.column, found.is_mapped(armour)))
        lines += self._times(found, "seen_at")
        name = named(one.column.name)
        where = f"folded({name}) IS NOT NULL" if armour == "armour" else f"{name} LIKE '%BEGIN PGP PUBLIC KEY%'"
        return _whole(Draft("key_block", lines, where, one.column), "armour")

    def _sealed(self, found: Found, record: str, slot: str, ids: tuple[str, ...]) -> Draft:
        """What stands in a row beside its main facts: an address to pay to, one to send to, the words of a message."""
        filled = found.filled
        if slot not in filled:
            return Draft(record, [])
        one, name = filled[slot], named(filled[slot].column.name)
        lines = [line for own in ids if own in filled for line in self._lines(found, own, filled[own])]
        lines += self._lines(found, slot, one, slot)
        if record == "delivery":
            text = f"{name} LIKE '%BEGIN PGP MESSAGE%'"
            lines.append(Line("is_encrypted", text, "", one.column, found.is_mapped(slot)))
        if record == "payment":
            for own, column in (("amount_currency", "currency"), ("amount", "amount")):
                lines += self._lines(found, own, filled[own], column) if own in filled else ()
        time = {"message_body": "sent_at", "payment": "noted_at", "delivery": "ordered_at"}[record]
        lines += self._times(found, time)
        return _whole(Draft(record, lines, f"folded({name}) IS NOT NULL", one.column), slot)

    def _times(self, found: Found, column: str) -> Iterator[Line]:
        slot = _OWN_TIME.get(found.kind.name, "")
        if slot in found.filled:
            one, looks = found.filled[slot], found.kind.slots[slot]
            text = expression(looks, one.column, is_day=False, is_database=self.is_database)
            yield Line(column, text, _grounds(one), one.column, found.is_mapped(slot), reads=True)

    def _refusals(self, found: Found) -> Iterator[tuple[Facts, str, str]]:
        slots, reason = _WANTED.get(found.kind.name, ((), ""))
        for slot in slots:
            if not found.is_mapped(slot):
                continue
            column = found.filled[slot].column
            if column.filled < MOSTLY * column.rows:  # it is often empty: then a row may do without it
                continue
            name = named(column.name)
            is_id = found.kind.slots[slot] in {"own id", "shared id", "reference"}
            yield column, f"{name} IS NULL" if is_id and self.is_database else f"folded({name}) IS NULL", reason


def _whole(draft: Draft, slot: str) -> Draft:
    """A record without what it is about states nothing: then all of it is only proposed."""
    if not all(line.is_sure for line in draft.lines if line.column == slot):
        for line in draft.lines:
            line.is_sure = False
    return draft


def _grounds(one: Filled) -> str:
    says = [f"name {_quoted(one.column)}"] if one.name >= 0.5 else [f"{_quoted(one.column)}, a name that says nothing"]  # noqa: PLR2004
    if one.values:
        says.append(one.values)
    text = " and ".join(says) if one.name >= 0.5 else ": ".join(says)  # noqa: PLR2004
    return f"{text}; {one.rival!r} would do as well" if one.rival else text


def _quoted(column: Facts) -> str:
    return repr(column.name)
