"""Derived steps that read an advert's title: substances, other goods, quantities. Each distinct title is read once."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pyarrow as pa

from crossbearing.reference.quantities import offer_in, quantities_in
from crossbearing.reference.substances import goods_in, substances_in
from crossbearing.store.session import Session
from crossbearing.store.steps import PythonStep, Step

_AMOUNT: Final = pa.decimal128(38, 12)
_LISTING: Final = (("listing_id", pa.string()),)
_SPAN: Final = (("span_start", pa.int64()), ("span_end", pa.int64()))
_LINEAGE: Final = (("exhibit_ids", pa.list_(pa.string())),)
_SUBSTANCE: Final = (
    ("substance", pa.string()),
    ("substance_group", pa.string()),
    ("substance_word", pa.string()),
    ("word_kind", pa.string()),
    ("word_basis", pa.string()),
    ("is_ambiguous", pa.bool_()),
    ("may_also_be", pa.list_(pa.string())),
    ("is_sold_as", pa.bool_()),
    *_SPAN,
)
_GOODS: Final = (("goods", pa.string()), ("goods_word", pa.string()), ("word_basis", pa.string()), *_SPAN)
_QUANTITY: Final = (
    ("reading_number", pa.int64()),
    ("unread_reason", pa.string()),
    ("quantity_role", pa.string()),
    ("quantity_low", _AMOUNT),
    ("quantity_high", _AMOUNT),
    ("quantity_unit", pa.string()),
    ("grams_low", _AMOUNT),
    ("grams_high", _AMOUNT),
    ("each_low", _AMOUNT),
    ("each_high", _AMOUNT),
    ("each_unit", pa.string()),
    ("quantity_bound", pa.string()),
    ("is_nominal", pa.bool_()),
    ("is_ambiguous", pa.bool_()),
    ("quantity_rule", pa.string()),
    ("quantity_text", pa.string()),
    ("offer_rule", pa.string()),
    *_SPAN,
)
_KEYS: Final = (("title", pa.string()), ("category", pa.string()))
Columns = tuple[tuple[str, pa.DataType], ...]
Row = dict[str, Any]


def _listing_substances(engine: Session) -> pa.Table:
    """Substances that an advert's title names."""
    return _by_listing(engine, _SUBSTANCE, _substances)


def _listing_goods(engine: Session) -> pa.Table:
    """Goods beside drugs that an advert's title names."""
    return _by_listing(engine, _GOODS, _goods)


def _listing_quantities(engine: Session) -> pa.Table:
    """Quantities that an advert's title states, or why it states none that can be read."""
    return _by_listing(engine, _QUANTITY, _quantities)


def _substances(title: str | None, category: str | None) -> Iterator[Row]:
    for one in substances_in(title, category):
        yield {
            "substance": one.substance,
            "substance_group": one.group,
            "substance_word": one.word.casefold(),
            "word_kind": str(one.kind),
            "word_basis": str(one.basis),
            "is_ambiguous": one.is_ambiguous,
            "may_also_be": list(one.others),
            "is_sold_as": one.is_sold_as,
            "span_start": one.start,
            "span_end": one.end,
        }


def _goods(title: str | None, category: str | None) -> Iterator[Row]:
    for one in goods_in(title, category):
        yield {
            "goods": one.goods,
            "goods_word": one.word.casefold(),
            "word_basis": str(one.basis),
            "span_start": one.start,
            "span_end": one.end,
        }


def _quantities(title: str | None, category: str | None) -> Iterator[Row]:  # noqa: ARG001 - one form for all three
    found = quantities_in(title)
    if not found.readings:
        yield {"reading_number": 0, "unread_reason": found.reason}
    offer = offer_in(found.readings)
    for number, stated in enumerate(found.readings, start=1):
        is_offer = offer is not None and offer.reading == number - 1
        one = offer.quantity if offer is not None and is_offer else stated
        grams = one.grams or (None, None)
        yield {
            "reading_number": number,
            "quantity_role": str(one.role),
            "quantity_low": one.low,
            "quantity_high": one.high,
            "quantity_unit": one.unit,
            "grams_low": grams[0],
            "grams_high": grams[1],
            "each_low": one.each_low,
            "each_high": one.each_high,
            "each_unit": one.each_unit or None,
            "quantity_bound": one.bound,
            "is_nominal": one.is_nominal,
            "is_ambiguous": one.is_ambiguous,
            "quantity_rule": one.rule,
            "quantity_text": one.text,
            "offer_rule": offer.rule if offer is not None and is_offer else None,
            "span_start": one.start,
            "span_end": one.end,
        }


def _by_listing(engine: Session, columns: Columns, read: Callable[[str | None, str | None], Iterator[Row]]) -> pa.Table:
    """Read each distinct title with its category once, and give the readings to every listing that bears it."""
    titles = engine.rows("SELECT DISTINCT title, category FROM listing ORDER BY ALL")
    rows = [{**one, **reading} for one in titles for reading in read(one["title"], one["category"])]
    engine.table("title_reading", pa.Table.from_pylist(rows, schema=pa.schema([*_KEYS, *columns])))
    found = engine.arrow(
        """SELECT listing.listing_id, title_reading.* EXCLUDE (title, category), listing.exhibit_ids
           FROM listing INNER JOIN title_reading
               ON listing.title IS NOT DISTINCT FROM title_reading.title
               AND listing.category IS NOT DISTINCT FROM title_reading.category"""
    )
    return found.cast(pa.schema([*_LISTING, *columns, *_LINEAGE]))


# Columns of each table, and what gives its rows for a title and a category.
READINGS: Final = ((_SUBSTANCE, _substances), (_GOODS, _goods), (_QUANTITY, _quantities))
STEPS: Final[tuple[Step, ...]] = (
    PythonStep("listing_substance", frozenset({"listing"}), _listing_substances),
    PythonStep("listing_goods", frozenset({"listing"}), _listing_goods),
    PythonStep("listing_quantity", frozenset({"listing"}), _listing_quantities),
)
