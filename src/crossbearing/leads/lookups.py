"""Sales by what may be found at a scene: an order, a payment address, a parcel's number, a buyer's handle.

A parcel's number finds its order through an officer's purchase, or through a message between buyer and seller that
names it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from crossbearing.leads.columns import Case
from crossbearing.leads.contacts import sales_of_contacts
from crossbearing.leads.matching import Hard
from crossbearing.store.session import Session

Behind = tuple[Hard, str]  # an identifier by its kind
_DIGITS: Final = re.compile(r"[0-9]{6,40}")  # a run that a parcel's number needs to be looked for in messages
_PAYMENTS: Final = "SELECT market, sale_server_id, address, exhibit_id FROM payment WHERE address IS NOT NULL"
_PARCELS: Final = """
    SELECT tracking_number, order_reference, exhibit_id FROM purchase
    WHERE order_reference IS NOT NULL AND tracking_number IS NOT NULL
"""
_HANDLES: Final = """
    SELECT market, handle, server_id, exhibit_ids FROM account WHERE handle IS NOT NULL AND server_id IS NOT NULL
"""
# A number is looked for by its longest run of digits, as written and with the spaces between digits taken out (twice,
# for matches do not overlap), and then whole. Its order: the last between the two parties before the message, or else
# the first after it.
_MESSAGES: Final = """
    WITH wanted AS (SELECT unnest($1::VARCHAR[]) AS tracking, unnest($2::VARCHAR[]) AS digits),
    said AS (
        SELECT market, sender_server_id, recipient_server_id, sent_at, exhibit_id, body,
            concat(body, ' ', regexp_replace(
                regexp_replace(body, '([0-9]) ([0-9])', '\\1\\2', 'g'), '([0-9]) ([0-9])', '\\1\\2', 'g'
            )) AS both_ways
        FROM message_body WHERE body IS NOT NULL AND NOT starts_with(ltrim(body), '-----BEGIN PGP')
    ),
    numbered AS (
        SELECT said.* EXCLUDE (both_ways), unnest(list_distinct(regexp_extract_all(both_ways, '[0-9]{6,40}'))) AS digits
        FROM said
    ),
    named AS (
        SELECT numbered.* EXCLUDE (body, digits), wanted.tracking
        FROM numbered
        INNER JOIN wanted ON numbered.digits = wanted.digits
        WHERE contains(
            regexp_replace(lower(numbered.body), '[^0-9a-z]', '', 'g'),
            regexp_replace(wanted.tracking, '[^0-9a-z]', '', 'g')
        )
    ),
    party AS (
        SELECT *, sender_server_id AS buyer, recipient_server_id AS seller FROM named
        UNION ALL
        SELECT *, recipient_server_id AS buyer, sender_server_id AS seller FROM named
    )
    SELECT party.tracking, sale.market, sale.sale_server_id, party.exhibit_id
    FROM party
    INNER JOIN server_account AS own ON party.market = own.market AND party.seller = own.account_server_id
    INNER JOIN sale_valued AS sale
        ON party.market = sale.market AND party.buyer = sale.buyer_server_id AND own.account_id = sale.account_id
    WHERE sale.sale_server_id IS NOT NULL AND sale.sold_at IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY party.tracking, party.market, party.buyer, party.seller, party.sent_at, party.exhibit_id
        ORDER BY coalesce(sale.sold_at <= party.sent_at, TRUE) DESC,
            abs(epoch_us(party.sent_at) - epoch_us(sale.sold_at)), sale.sold_at DESC, sale.sale_server_id
    ) = 1
    ORDER BY ALL
"""
_READABLE: Final = """
    SELECT count(*) AS n FROM message_body
    WHERE body IS NOT NULL AND NOT starts_with(ltrim(body), '-----BEGIN PGP')
"""


@dataclass(frozen=True, slots=True)
class Lookups:
    """What finds a sale, whatever else is known.

    Attributes:
        sales: Places of sales by order, payment, parcel and contact, and numbers of buyers' accounts by handle; all
            folded.
        behind: Exhibits that say so beside those of the sale.
        messages: Readable messages that were searched for parcels and contacts; None if none was.
    """

    sales: Mapping[str, Mapping[str, Sequence[int]]]
    behind: Mapping[Behind, Collection[str]]
    messages: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in texts.

    Attributes:
        parcels: Parcels' numbers, folded, with a run of digits of each.
        contacts: As ``contacts_in`` gives them.
    """

    parcels: Mapping[str, str]
    contacts: frozenset[str]


def parcels_of(cases: Sequence[Case]) -> dict[str, str]:
    """The parcels' numbers that can be looked for in messages, and the longest run of digits of each."""
    runs = {case.tracking: _DIGITS.findall(case.tracking) for case in cases if case.tracking}
    return {tracking: max(digits, key=len) for tracking, digits in sorted(runs.items()) if digits}


def lookups(engine: Session, rows: pa.Table, buyers: Mapping[Any, int], wanted: Wanted) -> Lookups:
    """Read them.

    Args:
        engine: A session with payments, purchases and accounts, and with messages if something is looked for in them.
        rows: The searched sales, in order.
        buyers: Number of a buyer's account by market and id.
        wanted: What is looked for in messages and deliveries.
    """
    behind: dict[Behind, set[str]] = defaultdict(set)
    orders: dict[str, list[int]] = defaultdict(list)
    by_market = {}
    for place, (market, sale) in enumerate(zip(rows["market"].to_pylist(), rows["sale_server_id"].to_pylist(),
                                               strict=True)):  # fmt: skip
        if sale:
            orders[folded(sale)].append(place)
            by_market[market, sale] = place
    payments: dict[str, list[int]] = defaultdict(list)
    for row in engine.rows(_PAYMENTS):
        paid = by_market.get((row["market"], row["sale_server_id"]))
        if paid is not None:
            payments[folded(row["address"])].append(paid)
            behind[Hard.PAYMENT, folded(row["address"])].add(row["exhibit_id"])
    parcels: dict[str, list[int]] = defaultdict(list)
    for row in engine.rows(_PARCELS):
        parcels[folded(row["tracking_number"])] += orders.get(folded(row["order_reference"]), ())
        behind[Hard.PARCEL, folded(row["tracking_number"])].add(row["exhibit_id"])
    messages = None
    if engine.holds("message_body"):
        messages = engine.one(_READABLE)["n"]
        for row in engine.rows(_MESSAGES, [list(wanted.parcels), list(wanted.parcels.values())]):
            parcels[row["tracking"]].append(by_market[row["market"], row["sale_server_id"]])
            behind[Hard.PARCEL, row["tracking"]].add(row["exhibit_id"])
    handles: dict[str, list[int]] = defaultdict(list)
    for row in engine.rows(_HANDLES):
        number = buyers.get((row["market"], row["server_id"]))
        if number is not None:
            handles[folded(row["handle"])].append(number)
            behind[Hard.HANDLE, folded(row["handle"])].update(row["exhibit_ids"])
    contacts = _contacts(engine, rows, wanted.contacts, by_market, behind) if wanted.contacts else {}
    found = {"orders": orders, "payments": payments, "parcels": parcels, "handles": handles, "contacts": contacts}
    return Lookups(found, behind, messages)


def _contacts(
    engine: Session,
    rows: pa.Table,
    wanted: frozenset[str],
    place_of: Mapping[tuple[str, str], int],
    behind: dict[Behind, set[str]],
) -> dict[str, list[int]]:
    """Places of the sales that each contact leads to; what says so is put to ``behind``."""
    places_of: dict[str, list[int]] = defaultdict(list)
    for place, account in enumerate(rows["account_id"].to_pylist()):
        places_of[account].append(place)
    places, exhibits = sales_of_contacts(engine, wanted, places_of, place_of)
    for contact, found in exhibits.items():
        behind[Hard.CONTACT, contact] |= found
    return {contact: sorted(found) for contact, found in places.items()}


def folded(text: str | None) -> str:
    """An identifier as it is compared."""
    return "".join((text or "").casefold().split())
