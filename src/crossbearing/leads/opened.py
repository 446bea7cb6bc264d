"""Cases and sales out of the tables of a session whose protected tables were opened for a named purpose.

Nothing of it is kept: what leaves this feature is in ``findings``, and holds references, grades and numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa

from crossbearing.domain.errors import BadConfiguration, Contradiction, NotFound
from crossbearing.leads.addresses import (
    Consignee,
    address_of,
    one_line_worth_reading,
    read_consignee,
    read_one_line,
)
from crossbearing.leads.columns import ENCRYPTED, NOBODY, READABLE, Case, Sales
from crossbearing.leads.contacts import contacts_in
from crossbearing.leads.lookups import Behind, Wanted, folded, lookups, parcels_of
from crossbearing.leads.person_names import name_of
from crossbearing.reference.related_substances import screen_of
from crossbearing.store.session import Session

DERIVED: Final = ("account", "identifier", "listing", "listing_substance", "origin", "sale_valued", "server_account")
CASES: Final = ("overdose_case",)
PROTECTED: Final = ("delivery", "message_body")  # of the market
_CASES: Final = """
    SELECT * FROM overdose_case
    WHERE len($1) = 0 OR list_contains($1, case_number)
    ORDER BY case_number, agency, exhibit_id, part, source_row
"""
_SCREENS: Final = "SELECT case_number, substance, result, exhibit_id FROM toxicology"
_RESULTS: Final = "SELECT * FROM toxicology WHERE case_number = ? ORDER BY ALL"
# One row per sale; of several texts of one order the longest readable one, for a sealed text says nothing.
_SALES: Final = """
    WITH delivered AS (
        SELECT
            market, sale_server_id, bool_or(is_encrypted) AS is_encrypted,
            max(address_text ORDER BY length(address_text), address_text)
                FILTER (NOT coalesce(is_encrypted, FALSE)) AS address_text,
            list(DISTINCT exhibit_id) AS exhibit_ids
        FROM delivery GROUP BY market, sale_server_id
    ),
    named AS (
        SELECT listing_id, list_sort(list(DISTINCT substance)) AS substances FROM listing_substance GROUP BY listing_id
    )
    SELECT
        sale.market, sale.sale_server_id, sale.account_id, sale.buyer_server_id,
        epoch_us(sale.sold_at) // 1000000 AS sold_at, coalesce(origin.country, '') AS origin,
        array_to_string(coalesce(named.substances, []), '|') AS substances, delivered.address_text,
        CASE WHEN delivered.address_text IS NOT NULL THEN 2 WHEN delivered.is_encrypted THEN 1 ELSE 0 END AS delivery,
        sale.place, list_distinct(list_concat(sale.exhibit_ids, coalesce(delivered.exhibit_ids, []))) AS exhibit_ids
    FROM sale_valued AS sale
    LEFT JOIN listing ON sale.listing_id = listing.listing_id
    LEFT JOIN origin ON listing.ships_from = origin.ships_from
    LEFT JOIN named ON sale.listing_id = named.listing_id
    LEFT JOIN delivered ON sale.market = delivered.market AND sale.sale_server_id = delivered.sale_server_id
    WHERE sale.sold_at IS NOT NULL
    ORDER BY sale.sold_at, sale.market, sale.sale_server_id, sale.place
"""

_NOT_SEARCHED: Final = """
    SELECT
        (SELECT count(*) FROM sale_valued WHERE sold_at IS NULL) AS undated,
        (SELECT count(*) FROM (
            SELECT DISTINCT market, sale_server_id FROM sale WHERE sale_server_id IS NOT NULL
            EXCEPT SELECT market, sale_server_id FROM sale_valued
        )) AS without_seller
"""


def protected_for(cases: Sequence[Case]) -> tuple[str, ...]:
    """The protected tables that these cases need; messages only if one of them names a parcel or a contact."""
    return PROTECTED if any(case.tracking or case.contacts for case in cases) else PROTECTED[:1]


def require_libraries() -> None:
    """Say at once if what matching rests on is not installed, before anything is opened.

    Raises:
        BadConfiguration: A library is missing.
    """
    try:
        import rapidfuzz  # noqa: F401, PLC0415 - compiled, and not needed for anything else
        import usaddress  # noqa: F401, PLC0415 - slow to import, and needed for few texts
    except ImportError as missing:
        raise BadConfiguration(
            f"Matching overdose cases needs {missing.name}, which is not installed",
            where="lead match",
            remedy="Install the extra: pip install 'crossbearing[leads]'.",
        ) from missing


def require_one_each(numbers: Sequence[str], *, where: str) -> None:
    """Refuse case numbers that two referrals use, for nobody could say which of them is meant.

    Raises:
        Contradiction: One is used twice.
    """
    if doubled := sorted(number for number, count in Counter(numbers).items() if count > 1):
        raise Contradiction(
            f"Two referrals use the case number {doubled[0]!r}",
            where=where,
            remedy="Ask the agencies, and withdraw the wrong referral with `crossbearing evidence withdraw`.",
        )


def require_referred(found: Sequence[str], wanted: Sequence[str], *, where: str) -> None:
    """Refuse to go on if a case that is wanted was not referred, or was referred twice.

    Raises:
        NotFound: The case was not referred, or none was.
        Contradiction: Two referrals use its number.
    """
    if missing := sorted(set(wanted) - set(found)):
        raise NotFound(
            f"No case {missing[0]!r} was referred",
            where=where,
            remedy="`crossbearing lead list` shows the referred cases; `crossbearing lead add` takes a referral in.",
        )
    if not found:
        raise NotFound("No case was referred", where=where, remedy="`crossbearing lead add` takes a referral in.")
    require_one_each(found, where=where)


@dataclass(frozen=True, slots=True)
class Opened:
    """The searched sales with their references.

    Attributes:
        rows: One row per sale, in the order of ``sales``, without the texts.
        sellers: Account id by number.
        handles: Of sellers, by account id.
        behind: Exhibits that tie an identifier, folded, to a sale or a buyer's account.
        messages: Readable messages that were searched for tracking numbers and contacts; None if none was.
        undated: Sales that were not searched because nothing says when they were.
        without_seller: Orders that were not searched because nothing says whose they were.
        markets: Of each market its name, first and last day, sales, and how many addresses are readable or encrypted.
    """

    sales: Sales
    rows: pa.Table
    sellers: Sequence[str]
    handles: Mapping[str, str]
    behind: Mapping[Behind, Collection[str]]
    messages: int | None
    undated: int
    without_seller: int
    markets: Sequence[Mapping[str, str | int]]


def read_cases(engine: Session, numbers: Sequence[str]) -> list[Case]:
    """The referred cases with these numbers, or all."""
    results = defaultdict(list)
    for row in engine.rows(_SCREENS):
        results[row["case_number"]].append(row)
    return [case_of(row, results[row["case_number"]]) for row in engine.rows(_CASES, [list(numbers)])]


def read_question(engine: Session, number: str, *, where: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Everything an agency says of one case: its row, and the rows of its laboratory results.

    Raises:
        NotFound: The case was not referred.
        Contradiction: Two referrals use its number.
    """
    rows = engine.rows(_CASES, [[number]]) if number else []
    require_referred([row["case_number"] for row in rows], [number], where=where)
    return rows[0], engine.rows(_RESULTS, [number])


def case_of(row: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> Case:
    """The case of one row and its laboratory results."""
    seen, found = _seconds(row["last_seen_at"]), _seconds(row["found_at"])
    given, _ = name_of(f"{row['given_name'] or ''} x")
    _, family = name_of(row["family_name"])
    address = address_of(row["street"], row["town"], row["postcode"], row["country"])
    contacts = contacts_in(row.get("contact_found"), address.country)
    return Case(
        number=row["case_number"],
        given=given,
        family=family,
        address=address,
        last_seen=found if seen is None else seen,
        found=found,
        is_last_seen_stated=seen is not None,
        order=folded(row["order_reference"]),
        handle=folded(row["handle_found"]),
        payment=folded(row.get("payment_found")),
        tracking=folded(row["tracking_number"]),
        contacts=contacts,
        is_contact_unread=bool(row.get("contact_found")) and not contacts,
        screen=screen_of((result["substance"], result["result"]) for result in results),
        exhibits=frozenset({row["exhibit_id"], *(result["exhibit_id"] for result in results)}),
    )


def read_sales(engine: Session, cases: Sequence[Case]) -> Opened:
    """All sales with a time, ready to be matched with these cases."""
    rows = engine.arrow(_SALES).combine_chunks()
    texts = rows["address_text"].to_pylist()
    consignee, consignees = _consignees(texts, cases)
    sellers, seller = _numbered(rows["account_id"].to_pylist())
    adverts, advert = _numbered(rows["substances"].to_pylist())
    pairs = zip(rows["market"].to_pylist(), rows["buyer_server_id"].to_pylist(), strict=True)
    buyers, buyer = _numbered([pair if pair[1] else None for pair in pairs])
    if None in buyers:
        buyer[buyer == buyers.index(None)] = -1
    wanted = Wanted(parcels_of(cases), frozenset(contact for case in cases for contact in case.contacts))
    found = lookups(engine, rows, {key: number for number, key in enumerate(buyers)}, wanted)
    sales = Sales(
        sold_at=rows["sold_at"].to_numpy().astype(np.int64),
        consignee=consignee,
        delivery=rows["delivery"].to_numpy().astype(np.int8),
        buyer=buyer,
        seller=seller,
        origin=np.array(rows["origin"].to_pylist(), np.str_),
        advert=advert,
        adverts=[tuple(word.split("|")) if word else () for word in adverts],
        consignees=consignees,
        **found.sales,
    )
    left_out = engine.one(_NOT_SEARCHED)
    markets = _markets(sales, rows["market"].to_pylist())
    named = {row["account_id"]: row["handle"] or "" for row in engine.rows("SELECT account_id, handle FROM account")}
    handles = {account: named.get(account, "") for account in sellers}
    return Opened(
        sales=sales,
        rows=rows.drop_columns(["address_text"]),
        sellers=sellers,
        handles=handles,
        behind=found.behind,
        messages=found.messages,
        undated=left_out["undated"],
        without_seller=left_out["without_seller"],
        markets=markets,
    )


def _markets(sales: Sales, names: Sequence[str]) -> list[dict[str, str | int]]:
    """Which markets and days are searched, and what of their addresses can be read."""
    known, market = _numbered(names)
    found: list[dict[str, str | int]] = []
    for number, name in enumerate(known):
        here = np.flatnonzero(market == number)
        days = [datetime.fromtimestamp(int(sales.sold_at[place]), UTC).date() for place in (here[0], here[-1])]
        found.append({
            "market": name, "from": days[0].isoformat(), "until": days[1].isoformat(), "sales": len(here),
            "readable": int((sales.delivery[here] == READABLE).sum()),
            "encrypted": int((sales.delivery[here] == ENCRYPTED).sum()),
        })  # fmt: skip
    return sorted(found, key=lambda one: str(one["market"]))


def _consignees(texts: Sequence[str | None], cases: Sequence[Case]) -> tuple[np.ndarray, list[Consignee]]:
    """Place of each sale's consignee, and each distinct text read once."""
    families: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for place in (case.address.code, case.address.town):
            if place:
                families[place].add(case.family)
    wanted = {place: frozenset(names) for place, names in families.items()}
    places: dict[str, int] = {}
    found = np.fromiter(
        (NOBODY if text is None else places.setdefault(text, len(places)) for text in texts), np.int32, len(texts)
    )
    read = []
    for text in places:
        one = read_consignee(text)
        read.append(read_one_line(text) if one_line_worth_reading(one, text, wanted) else one)
    return found, read


def _numbered(values: Sequence[Any]) -> tuple[list[Any], np.ndarray]:
    """Distinct values in order of appearance, and the number of each."""
    numbers: dict[Any, int] = {}
    codes = np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), np.int32, len(values))
    return list(numbers), codes


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
