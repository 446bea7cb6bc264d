"""Evidence out of the tables of a session whose protected tables were opened for a named purpose.

Nothing of it is kept: what leaves this feature is in ``findings``, and holds references, kinds and numbers.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from crossbearing.identification.evidence import Account, Bought, Evidence, Handover, Row, Shown, bare
from crossbearing.store.session import Session

DERIVED: Final = (
    "account",
    "account_identity",
    "possible_handover",
    "sale_valued",
    "server_account",
)
PROTECTED: Final = ("device_extract", "exchange_return", "person_sighting", "person_statement", "provider_record")
_PLACE: Final = "place_of(exhibit_id, part, source_table, source_row, byte_offset, byte_length) AS place"
_ACCOUNTS: Final = """
    SELECT
        account.account_id, account.market, account.handle,
        account.first_seen_at::DATE AS begins,
        coalesce(account.last_active_at, account.last_seen_at)::DATE AS ends,
        account.exhibit_ids
    FROM account
    WHERE account.role IN ('seller', 'staff')
    ORDER BY account.account_id
"""
# A key with several owners of a desk, or one that is damaged, says nothing of anybody.
_SHOWN: Final = """
    SELECT account_id, identity_kind, identity, places, exhibit_ids
    FROM account_identity WHERE is_sound AND NOT is_desk_key ORDER BY account_id, identity_kind, identity
"""
# Most purchases name their order; where one does not, market and handle name the account.
_PURCHASES: Final = f"""
    SELECT
        market, seller_handle AS handle, order_reference, tracking_number, ordered_on, arrived_on, exhibit_id, {_PLACE}
    FROM purchase WHERE tracking_number IS NOT NULL ORDER BY place
"""
_ORDERS: Final = """
    SELECT sale_server_id, account_id, place, exhibit_ids FROM sale_valued
    WHERE list_contains($1, sale_server_id) ORDER BY sale_server_id, place
"""
# An address that the server noted for orders of several sellers is the market's own and says nothing.
_PAID: Final = """
    SELECT
        payment.address, min(sale.account_id) AS account_id,
        list_slice(list_sort(list(sale.place)), 1, 1) AS places,
        list_sort(list_distinct(flatten(list(sale.exhibit_ids)))) AS exhibit_ids
    FROM payment
    INNER JOIN sale_valued AS sale
        ON payment.market = sale.market AND payment.sale_server_id = sale.sale_server_id
    WHERE list_contains($1, payment.address)
    GROUP BY payment.address
    HAVING count(DISTINCT sale.account_id) = 1
"""
_HANDOVERS: Final = "SELECT account_id, old_until_on, new_from_on, places, exhibit_ids FROM possible_handover"
_ACTIVITY: Final = """
    WITH done AS (
        SELECT
            server_account.account_id, message.sent_at::DATE AS done_on,
            place_of(message.exhibit_id, message.part, message.source_table, message.source_row, message.byte_offset,
                message.byte_length) AS place
        FROM message
        INNER JOIN server_account
            ON message.market = server_account.market AND message.sender_server_id = server_account.account_server_id
        UNION ALL
        SELECT
            account.account_id, post.posted_at::DATE,
            place_of(post.exhibit_id, post.part, post.source_table, post.source_row, post.byte_offset,
                post.byte_length)
        FROM post
        INNER JOIN account ON post.market = account.market AND post.author_handle = account.handle
    )
    SELECT account_id, done_on, min(place) AS place FROM done
    WHERE done_on IS NOT NULL AND list_contains($1, account_id)
    GROUP BY account_id, done_on ORDER BY account_id, done_on
"""


def read_open(engine: Session, home: Mapping[str, str]) -> Evidence:
    """Accounts, what they show, purchases and parcels: what linking sees of tables that are open.

    Args:
        engine: A session with ``DERIVED`` tables.
        home: Operator by account, as far as whoever looks may know it; every other account stands for itself.
    """
    accounts = {row["account_id"]: _account(row, home) for row in engine.rows(_ACCOUNTS)}
    shown = [_shown(row) for row in engine.rows(_SHOWN) if row["account_id"] in accounts]
    evidence = Evidence(accounts=accounts, shown=shown, parcels=_rows(engine, "parcel"))
    return replace(evidence, bought=_bought(engine, evidence))


def read_evidence(engine: Session, exhibit_order: Mapping[str, int], home: Mapping[str, str]) -> Evidence:
    """Everything that linking sees, from a session with ``DERIVED`` and ``PROTECTED`` tables; see ``read_open``."""
    evidence = read_open(engine, home)
    returns = _rows(engine, "exchange_return")
    deposits = sorted({row["deposit_address"] for row in returns if row["deposit_address"]})
    sightings = _rows(engine, "person_sighting")
    return replace(
        evidence,
        senders=[row for row in sightings if row["role"] == "sender"],
        consignees=[row for row in sightings if row["role"] == "consignee"],
        returns=returns,
        devices=_rows(engine, "device_extract"),
        records=[row for row in _rows(engine, "provider_record") if row["asked_about"]],
        statements=_rows(engine, "person_statement"),
        paid={
            row["address"]: (row["account_id"], tuple(row["places"]), tuple(row["exhibit_ids"]))
            for row in engine.rows(_PAID, [deposits])
            if row["account_id"] in evidence.accounts
        },
        handovers={row["account_id"]: _handover(row) for row in engine.rows(_HANDOVERS)},
        activity=_activity(engine, sorted(evidence.accounts)),
        exhibit_order=exhibit_order,
    )


def _rows(engine: Session, table: str) -> Sequence[Row]:
    return engine.rows(f"SELECT *, {_PLACE} FROM {table} ORDER BY place")


def _bought(engine: Session, evidence: Evidence) -> list[Bought]:
    purchases = engine.rows(_PURCHASES)
    orders: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    wanted = sorted({row["order_reference"] for row in purchases if row["order_reference"]})
    for row in engine.rows(_ORDERS, [wanted]):
        orders[row["sale_server_id"]].append(row)
    found = []
    for row in purchases:
        account = evidence.account_of(row)
        sales = [sale for sale in orders[row["order_reference"] or ""] if sale["account_id"] in evidence.accounts
                 and bare(evidence.accounts[sale["account_id"]].market) == bare(row["market"])]  # fmt: skip
        sellers = {sale["account_id"] for sale in sales} | ({account.account_id} if account else set())
        if len(sellers) != 1:  # order and handle name different accounts, or none is on record
            continue
        sale = sales[:1]
        found.append(
            Bought(
                account_id=sellers.pop(), tracking=row["tracking_number"],
                since=str(row["ordered_on"] or ""), until=str(row["arrived_on"] or ""),
                places=(*(one["place"] for one in sale), row["place"]),
                exhibit_ids=tuple(sorted({row["exhibit_id"], *(name for one in sale for name in one["exhibit_ids"])})),
            )
        )  # fmt: skip
    return found


def _activity(engine: Session, accounts: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in engine.rows(_ACTIVITY, [accounts]):
        found[row["account_id"]].append((str(row["done_on"]), row["place"]))
    return dict(found)


def _account(row: Row, home: Mapping[str, str]) -> Account:
    account_id = row["account_id"]
    return Account(
        account_id=account_id, market=row["market"], handle=row["handle"] or "",
        subject=home.get(account_id, account_id), begins=str(row["begins"] or ""), ends=str(row["ends"] or ""),
        exhibit_ids=tuple(row["exhibit_ids"]),
    )  # fmt: skip


def _shown(row: Row) -> Shown:
    kind, value = row["identity_kind"], row["identity"]
    if kind != "key":
        first, _, value = value.partition(" ")
        kind = "wallet" if kind == "wallet" else first
    places, exhibit_ids = tuple(row["places"]), tuple(row["exhibit_ids"])
    return Shown(account_id=row["account_id"], kind=kind, value=value, places=places, exhibit_ids=exhibit_ids)


def _handover(row: Row) -> Handover:
    return Handover(
        old_until=str(row["old_until_on"]), new_from=str(row["new_from_on"]), places=tuple(row["places"]),
        exhibit_ids=tuple(row["exhibit_ids"]),
    )  # fmt: skip


_NAMING: Final = ("given_name", "family_name", "full_name", "born_on", "street", "town", "postcode", "country", "phone",
                  "mail")  # fmt: skip


def named_rows(engine: Session, places: Collection[str]) -> dict[str, Row]:
    """The rows at these places with what names the person, by place; the session has the protected tables."""
    found: dict[str, Row] = {}
    for table in PROTECTED:
        for row in _rows(engine, table):
            if row["place"] in places:
                said = {name: str(row[name]) for name in _NAMING if row.get(name)}
                found[row["place"]] = {"table": table, "place": row["place"], **said}
    return found
