"""What kinds of source table there are: which record table each feeds, and what each of its columns holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crossbearing.domain.case_tables import CASE_TABLES
from crossbearing.domain.columns import Type

# Where the slot of a kind feeds another record table than the kind's own.
ELSEWHERE: Final = {"armour": "key_block", "body": "message_body", "address_text": "delivery", "address": "payment"}
_BY_TYPE: Final = {
    Type.TEXT: "text", Type.INTEGER: "whole", Type.DECIMAL: "number", Type.INSTANT: "time", Type.DATE: "time",
    Type.FLAG: "flag",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """What a column may point at.

    Attributes:
        kinds: Of the table it points at.
        words: Lists of words that name it.
        also: Lists that may name it too, where nothing fits better: the seller of an advert is often its "user".
    """

    kinds: tuple[str, ...]
    words: tuple[str, ...]
    also: tuple[str, ...] = ()


_ACCOUNTS: Final = ("account", "part of an account")
REFERENCES: Final[Mapping[str, Reference]] = {
    "account_server_id": Reference(_ACCOUNTS, ("account", "seller"), ("buyer", "staff", "sender")),
    "seller_server_id": Reference(_ACCOUNTS, ("seller",), ("account", "sender")),
    "buyer_server_id": Reference(_ACCOUNTS, ("buyer",), ("account", "sender")),
    "sender_server_id": Reference(_ACCOUNTS, ("sender",), ("account", "buyer")),
    "recipient_server_id": Reference(_ACCOUNTS, ("recipient",), ("seller",)),
    "winner_server_id": Reference(_ACCOUNTS, ("winner",)),
    "listing_server_id": Reference(("listing", "part of a listing"), ("listing",)),
    "offer_server_id": Reference(("offer",), ("offer",)),
    "sale_server_id": Reference(("sale",), ("sale",)),
    "category_server_id": Reference(("category",), ("category",)),
    "parent_server_id": Reference(("category",), ("parent",), ("category",)),
    "thread_server_id": Reference((), ("thread",)),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source table.

    Attributes:
        name: For people, and for what points at it.
        record: Record table that it feeds.
        words: Lists of words that name such a table.
        slots: By record column, what its values look like; see ``looks``.
        needs: Groups of slots: of each, one must be found. "" stands for the table's name.
    """

    name: str
    record: str
    words: tuple[str, ...]
    slots: Mapping[str, str]
    needs: tuple[tuple[str, ...], ...]

    @property
    def own(self) -> str:
        """The slot that tells the rows of such a table apart; empty if there is none."""
        return next((name for name, looks in self.slots.items() if looks in {"own id", "shared id"}), "")


def _slots(text: str, *references: str) -> dict[str, str]:
    """Slots written as ``column: looks``, one a line; then those that only point at something."""
    pairs = (line.split(": ") for line in text.strip().splitlines())
    return {column.strip(): looks for column, looks in pairs} | dict.fromkeys(references, "reference")


def _case_kind(name: str) -> Kind:
    table = next(one for one in CASE_TABLES if one.name == name)
    slots = {column.name: _BY_TYPE[column.type] for column in table.columns if column.name != "market"}
    return Kind(name, name, (), slots, ())


KINDS: Final = (
    Kind("account", "account_sighting", ("account", "seller", "buyer", "staff"), _slots("""
        account_server_id: own id
        account_handle: handle
        role: role
        registered_at: first time
        last_seen_at: last time
        about: prose
        armour: key"""), (("account_handle",), ("account_server_id", "registered_at", "last_seen_at"),
         ("registered_at", "last_seen_at", "armour", "role", "about"))),
    Kind("part of an account", "account_sighting", ("seller", "staff", "buyer"), _slots("""
        account_server_id: shared id
        role: role
        about: prose
        armour: key"""), (("account_server_id",), ("about", "armour", ""))),
    Kind("key", "key_block", ("key",), _slots("""
        armour: key
        seen_at: first time""", "account_server_id"), (("armour",), ("account_server_id",))),
    Kind("listing", "listing_sighting", ("listing",), _slots("""
        listing_server_id: own id
        seller_handle: foreign handle
        title: title
        description: prose
        category: few
        price: number
        price_currency: currency
        ships_from: country
        ships_to: countries
        sold_counter: whole
        seen_on: last time
        armour: key""", "seller_server_id", "category_server_id"),
        (("seller_server_id", "seller_handle"), ("title",), ("price", "description"))),
    Kind("part of a listing", "listing_sighting", ("listing", "delivery"), _slots("""
        listing_server_id: shared id
        title: title
        description: prose
        price: number
        price_currency: currency
        ships_from: country
        ships_to: countries"""), (("listing_server_id",), ("ships_from", "ships_to", "description", "price"))),
    Kind("offer", "listing_sighting", ("offer",), _slots("""
        offer_server_id: own id
        price: number
        price_currency: currency""", "listing_server_id"), (("listing_server_id",), ("price",))),
    Kind("category", "category", ("category",), _slots("""
        category_server_id: own id
        category_name: label""", "parent_server_id"),
        (("category_name",), ("category_server_id",), ("parent_server_id", ""))),
    Kind("sale", "sale", ("sale",), _slots("""
        sale_server_id: own id
        seller_handle: foreign handle
        quantity: small whole
        amount: number
        amount_currency: currency
        state: state
        sold_at: first time
        address_text: address
        address: wallet""", "listing_server_id", "offer_server_id", "seller_server_id", "buyer_server_id"),
        (("buyer_server_id",), ("listing_server_id", "offer_server_id", "seller_server_id", "seller_handle"),
         ("amount", "quantity"), ("sold_at", "state"))),
    Kind("feedback", "feedback", ("feedback",), _slots("""
        seller_handle: foreign handle
        rating: rating
        comment: words
        given_at: first time""", "listing_server_id", "sale_server_id", "seller_server_id", "buyer_server_id"),
        (("rating",), ("comment",), ("listing_server_id", "sale_server_id", "seller_server_id", "seller_handle"))),
    Kind("message", "message", ("message",), _slots("""
        message_server_id: own id
        body: body
        sent_at: first time""", "sender_server_id", "recipient_server_id"),
        (("sender_server_id",), ("recipient_server_id",), ("body",))),
    Kind("delivery", "delivery", ("delivery",), _slots("""
        address_text: address
        ordered_at: first time""", "sale_server_id", "buyer_server_id"), (("sale_server_id",), ("address_text",))),
    Kind("payment", "payment", ("payment",), _slots("""
        address: wallet
        currency: currency
        amount: number
        noted_at: first time""", "sale_server_id"), (("address",), ("sale_server_id",))),
    Kind("post", "post", ("post",), _slots("""
        post_server_id: own id
        board: few
        author_handle: foreign handle
        body: body
        posted_at: first time""", "thread_server_id"),
        (("author_handle",), ("body",), ("thread_server_id", "board", ""))),
    Kind("dispute", "dispute", ("dispute",), _slots("""
        dispute_server_id: own id
        opened_at: first time""", "sale_server_id", "winner_server_id"),
        (("sale_server_id",), ("winner_server_id", ""))),
    Kind("application", "application", ("application",), _slots("""
        statement: prose
        image_name: image
        applied_at: first time""", "account_server_id"), (("account_server_id",), ("statement",), ("image_name", ""))),
    Kind("invoice", "invoice", ("invoice",), _slots("""
        period: month
        amount: number
        amount_currency: currency
        issued_at: first time""", "account_server_id"), (("account_server_id",), ("amount",), ("period", ""))),
    Kind("image", "image", ("image",), _slots("""
        image_name: image
        sha256: hash""", "listing_server_id"), (("image_name",), ("listing_server_id", ""))),
    *(_case_kind(table.name) for table in CASE_TABLES),
)  # fmt: skip
