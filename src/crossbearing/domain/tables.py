"""Contracts of the record tables: what one row is, its columns, types and units.

A record is a sighting: what one exhibit says. The same account in a dump and in a capture is two rows.
Every record table ends with the same lineage columns, which lead back to the bytes.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Type(StrEnum):
    """Types a column may have; each means the same in every store and engine."""

    TEXT = "text"
    INTEGER = "integer"  # 64 bits
    DECIMAL = "decimal"  # exact, 26 digits before and 12 after the point
    INSTANT = "instant"  # UTC, microseconds
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type and what it says, with the unit."""

    name: str
    type: Type
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person that a row speaks of, and what of the row goes when that person is erased.

    Attributes:
        server_id: Column that names the person by server id; empty if there is none.
        handle: Column that names the person by handle; empty if there is none.
        also: Further columns that say something of the person.
        takes_row: The row is about this person: all of it goes. Otherwise the columns become null.
    """

    server_id: str
    handle: str = ""
    also: tuple[str, ...] = ()
    takes_row: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that become null."""
        return tuple(name for name in (self.server_id, self.handle, *self.also) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTable:
    """One record table: its grain and its own columns, without the lineage.

    Attributes:
        protection: Class of protected data; its files are sealed and read for a named purpose only.
        parties: Whom its rows speak of.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    protection: str = ""
    parties: tuple[Party, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Own columns, then the lineage."""
        return self.columns + LINEAGE


def _text(name: str, says: str) -> Column:
    return Column(name, Type.TEXT, says)


LINEAGE: Final = (
    _text("exhibit_id", "exhibit the row was read from"),
    _text("part", "file within the exhibit; the exhibit's own name if it is one file"),
    _text("source_table", "table, sheet or list in that file"),
    Column("source_row", Type.INTEGER, "row in that table, from 1"),
    Column("byte_offset", Type.INTEGER, "where the row begins in the part, bytes, after decompression"),
    Column("byte_length", Type.INTEGER, "its length, bytes"),
    _text("reader", "reader and profile with their versions"),
)

_MARKET: Final = _text("market", "market as named when the exhibit was added")
_SELLER: Final = (
    _text("seller_server_id", "the seller's id on the server, if the exhibit has it"),
    _text("seller_handle", "the seller's handle, if the exhibit has it"),
)
_SELLING: Final = Party(server_id="seller_server_id", handle="seller_handle")

RECORD_TABLES: Final[dict[str, RecordTable]] = {
    table.name: table
    for table in (
        RecordTable(
            name="account_sighting",
            grain="one account as one row of one exhibit shows it",
            columns=(
                _MARKET,
                _text("account_server_id", "id on the server; null in captures"),
                _text("account_handle", "handle as shown"),
                _text("role", "seller, buyer, staff; null if not stated"),
                Column("registered_at", Type.INSTANT, "registration, by the server's clock"),
                Column("last_seen_at", Type.INSTANT, "last activity, by the server's clock; null in captures"),
                _text("about", "the account's own words about itself"),
            ),
            parties=(Party(server_id="account_server_id", handle="account_handle"),),
        ),
        RecordTable(
            name="key_block",
            grain="one public key block in one row",
            columns=(
                _MARKET,
                _text("account_server_id", "account on whose page or under whose name it stood"),
                _text("account_handle", "its handle"),
                _text("context", "own_profile, message or listing"),
                _text("armour", "the block as it stood"),
                Column("seen_at", Type.INSTANT, "when it was posted or captured"),
            ),
            parties=(Party(server_id="account_server_id", handle="account_handle"),),
        ),
        RecordTable(
            name="listing_sighting",
            grain="one advert as one row shows it",
            columns=(
                _MARKET,
                _text("listing_server_id", "id on the server or page"),
                _text("offer_server_id", "price offer within the advert, if the server keeps several"),
                *_SELLER,
                _text("title", "advert title"),
                _text("description", "advert text"),
                _text("category", "the market's own category path, where it stands in the row"),
                _text("category_server_id", "category on the server, where only its id stands in the row"),
                _text("price_text", "price as shown"),
                Column("price", Type.DECIMAL, "price in price_currency; null if not readable"),
                _text("price_currency", "ISO 4217 code, or BTC, XMR"),
                _text("ships_from", "origin as shown, white space folded"),
                _text("ships_to", "destinations as shown, white space folded"),
                Column("sold_counter", Type.INTEGER, "the page's own count of sales, if it shows one"),
                Column("seen_on", Type.DATE, "day of the capture, or of the last change on the server"),
            ),
            parties=(_SELLING,),
        ),
        RecordTable(
            name="category",
            grain="one category of a market's own catalogue",
            columns=(
                _MARKET,
                _text("category_server_id", "id on the server"),
                _text("parent_server_id", "category above it"),
                _text("category_name", "name as shown"),
            ),
        ),
        RecordTable(
            name="sale",
            grain="one order line on the server",
            columns=(
                _MARKET,
                _text("sale_server_id", "id on the server"),
                _text("listing_server_id", "advert that was bought"),
                _text("offer_server_id", "price offer that was taken"),
                *_SELLER,
                _text("buyer_server_id", "buyer's id on the server"),
                Column("quantity", Type.DECIMAL, "units of the advert bought"),
                Column("amount", Type.DECIMAL, "paid, in amount_currency"),
                _text("amount_currency", "ISO 4217 code, or BTC, XMR"),
                _text("state", "the server's word for the order's state"),
                Column("sold_at", Type.INSTANT, "when it was ordered, by the server's clock"),
            ),
            parties=(_SELLING, Party(server_id="buyer_server_id", takes_row=False)),
        ),
        RecordTable(
            name="feedback",
            grain="one rating left by a buyer",
            columns=(
                _MARKET,
                _text("listing_server_id", "advert rated"),
                *_SELLER,
                _text("buyer_server_id", "who rated"),
                Column("rating", Type.INTEGER, "1 to 5"),
                _text("comment", "the buyer's words"),
                Column("given_at", Type.INSTANT, "when, by the server's clock"),
            ),
            parties=(_SELLING, Party(server_id="buyer_server_id", also=("comment",), takes_row=False)),
        ),
        RecordTable(
            name="message",
            grain="one message, without its words",
            columns=(
                _MARKET,
                _text("message_server_id", "id on the server"),
                _text("sender_server_id", "who wrote"),
                _text("recipient_server_id", "to whom"),
                Column("is_encrypted", Type.FLAG, "the body is a PGP message"),
                Column("body_length", Type.INTEGER, "characters"),
                Column("sent_at", Type.INSTANT, "when, by the server's clock"),
            ),
            parties=(
                Party(server_id="sender_server_id", takes_row=False),
                Party(server_id="recipient_server_id", takes_row=False),
            ),
        ),
        RecordTable(
            name="message_body",
            grain="the words of one message",
            columns=(
                _MARKET,
                _text("message_server_id", "id on the server"),
                _text("sender_server_id", "who wrote"),
                _text("recipient_server_id", "to whom"),
                _text("body", "the words as they stood, or the PGP message"),
                Column("sent_at", Type.INSTANT, "when, by the server's clock"),
            ),
            protection="message",
            parties=(Party(server_id="sender_server_id"), Party(server_id="recipient_server_id")),
        ),
        RecordTable(
            name="delivery",
            grain="where one order was to be sent, as the buyer wrote it",
            columns=(
                _MARKET,
                _text("sale_server_id", "order it belongs to"),
                _text("buyer_server_id", "who ordered; not always who lives there"),
                _text("address_text", "name and address as they stood, or the PGP message"),
                Column("is_encrypted", Type.FLAG, "the text is a PGP message"),
                Column("ordered_at", Type.INSTANT, "when, by the server's clock"),
            ),
            protection="delivery",
            parties=(Party(server_id="buyer_server_id"),),
        ),
        RecordTable(
            name="outcome",
            grain="one event or one stated total, as one agency reports it",
            columns=(
                _text("campaign", "operation the report names"),
                _text("report_ref", "the agency's own reference"),
                Column("is_stated_total", Type.FLAG, "a total as announced, not an event"),
                _text("kind", "arrest, search, charge, conviction, seizure, account_closure"),
                Column("happened_on", Type.DATE, "day of the event"),
                Column("reported_on", Type.DATE, "day of the report or announcement"),
                _text("place_country", "where it happened, as reported"),
                _text("credit_country", "country that counts it, as reported"),
                _text("credit_agency", "agency that reports it"),
                _text("item", "what was counted or seized"),
                _text("part_of", "item it is a part of, if any"),
                Column("amount", Type.DECIMAL, "how much, in unit"),
                _text("unit", "persons, kg, pieces, pills, or a currency code"),
                _text("bound", "exact, more than, about"),
                _text("package_ref", "package acted on, if named"),
                _text("note", "the reporter's words"),
            ),
        ),
        RecordTable(
            name="rate",
            grain="one exchange rate on one day",
            columns=(
                _text("base", "currency of which one unit is priced"),
                _text("quote", "currency it is priced in"),
                Column("price", Type.DECIMAL, "units of quote for one unit of base"),
                Column("valid_on", Type.DATE, "day of the rate"),
            ),
        ),
        RecordTable(
            name="refusal",
            grain="one run of source rows that did not become records, with the reason",
            columns=(
                _text("reason", "why"),
                Column("source_rows", Type.INTEGER, "how many rows the run holds"),
            ),
        ),
    )
}

# Tables that steps and ordinary reads may see, and those that open for a named purpose only.
OPEN_TABLES: Final = frozenset(name for name, table in RECORD_TABLES.items() if not table.protection)
PROTECTED_TABLES: Final = frozenset(RECORD_TABLES) - OPEN_TABLES
# Rows of any table that were set aside because a lawyer and a client may be speaking.
PRIVILEGED: Final = "privileged"
# Accounts of undercover officers and of sources; never shown, only checked against.
COVERT: Final = "covert"
PROTECTED_CLASSES: Final = (*sorted({RECORD_TABLES[name].protection for name in PROTECTED_TABLES}), PRIVILEGED, COVERT)
