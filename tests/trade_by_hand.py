"""What accounts trade, as the step makes it of adverts written by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from crossbearing.reference.countries import continents_of
from crossbearing.reference.destinations import read_destination
from rows_by_hand import TEXTS, rows, tables

_WHEN = pa.timestamp("us")
_NUMBER = pa.decimal128(38, 12)
_TEXT = pa.string()


def traded(
    *,
    accounts: Sequence[tuple[str, str, str]],
    times: Mapping[str, tuple[datetime | None, datetime | None]] | None = None,
    origins: Sequence[tuple[str, str]] = (),
    amounts: Sequence[tuple[str, str]] = (),
    destinations: Sequence[tuple[str, str]] = (),
) -> pa.Table:
    """Rows of ``account_trade``.

    Args:
        accounts: Id, market and role.
        times: By id: first seen and last active.
        origins: Id and country, one advert each.
        amounts: Id and what an advert offers, such as "3.5 g" or "10 pill".
        destinations: Id and where an advert ships to, as it is written.
    """
    seen = times or {}
    adverts = [
        *((owner, country, None, None) for owner, country in origins),
        *((owner, None, text, None) for owner, text in amounts),
        *((owner, None, None, text) for owner, text in destinations),
    ]
    listing, quantity = [], []
    for number, (owner, country, offered, to) in enumerate(adverts):
        listing.append((f"L{number}", owner, country, to, None, None, False))
        if offered:
            value, unit = offered.split()
            low = pa.scalar(value).cast(_NUMBER).as_py()
            quantity.append((f"L{number}", low, unit, low if unit == "g" else None, "single"))
    return tables(
        ("account_trade",),
        account=rows(
            {"account_id": _TEXT, "market": _TEXT, "role": _TEXT, "first_seen_at": _WHEN, "last_active_at": _WHEN,
             "places": TEXTS, "exhibit_ids": TEXTS},
            *((*one, *seen.get(one[0], (None, None)), [f"p{one[0]}"], ["E"]) for one in accounts),
        ),
        listing=rows(
            {"listing_id": _TEXT, "account_id": _TEXT, "ships_from": _TEXT, "ships_to": _TEXT, "price": _NUMBER,
             "price_currency": _TEXT, "price_is_placeholder": pa.bool_()},
            *listing,
        ),
        origin=rows(
            {"ships_from": _TEXT, "country": _TEXT, "continents": TEXTS},
            *((country, country, list(continents_of(country))) for country in sorted({one for _, one in origins})),
        ),
        destination=rows(
            {"ships_to": _TEXT, "reach": _TEXT, "destinations": TEXTS},
            *(
                (text, str(read_destination(text).reach), list(read_destination(text).places))
                for text in sorted({text for _, text in destinations})
            ),
        ),
        listing_substance=rows({"listing_id": _TEXT, "substance": _TEXT, "is_ambiguous": pa.bool_()}),
        listing_goods=rows({"listing_id": _TEXT, "goods": _TEXT}),
        listing_quantity=rows(
            {"listing_id": _TEXT, "quantity_low": _NUMBER, "quantity_unit": _TEXT, "grams_low": _NUMBER,
             "offer_rule": _TEXT},
            *quantity,
        ),
        sale_valued=rows({"account_id": _TEXT, "sold_at": _WHEN}),
    )["account_trade"]  # fmt: skip
