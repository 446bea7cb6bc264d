"""What may leave an operation for another tool: the tables, their columns, and what never does.

A row leaves only if every exhibit among its sources may leave, and if it speaks of an account of a seller that was
chosen. Buyers are in no table: a column that names one, or holds a buyer's words, is not read at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crossbearing.domain.tables import RECORD_TABLES

# Derived tables that the queries below read.
DERIVED: Final = (
    "account", "account_identity", "account_pair", "listing", "listing_quantity", "listing_substance", "origin",
    "sale_valued", "server_account",
)  # fmt: skip
# Record tables of which rows leave as they stand, for formats that carry tables.
RECORDS: Final = ("account_sighting", "application", "feedback", "invoice", "key_block", "listing_sighting", "sale")
LINEAGE: Final = ("places", "exhibit_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One table that may leave.

    Attributes:
        grain: What one row is.
        columns: All that may leave of it, in order.
        query: Gives these columns of the rows that may leave. ``{allowed}`` stands for the ids of exhibits that may
            leave, ``{is_bound}`` for whether a package must name the row, another name for the query of that table.
        order: Columns that order the rows wholly.
        is_record: It holds rows as the exhibits state them.
    """

    name: str
    grain: str
    columns: tuple[str, ...]
    query: str
    order: str
    is_record: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_OURS: Final = "list_has_all({allowed}, {name}.exhibit_ids) AND len({name}.exhibit_ids) > 0"


def _may(name: str, *more: str) -> str:
    """The condition under which a row of a derived table leaves."""
    return " AND ".join((_OURS.replace("{name}", name), *more))


def _named(places: str) -> str:
    """The condition that a place of the row is named by the package that is exported, if one is."""
    return (
        f"(NOT {{is_bound}} OR EXISTS (SELECT 1 FROM (SELECT unnest({places}) AS place) AS found "
        "WHERE found.place IN (SELECT place FROM named_place)))"
    )


_DERIVED: Final = (
    Leaving(
        name="exhibit",
        grain="one exhibit that a row of the export comes from",
        columns=_words(
            "exhibit_id name sha256 size_bytes market source authority owners handling tlp nature gradings categories "
            "review_on restrictions profile clock is_simulated is_exhibit added_at"
        ),
        query="SELECT * FROM used_exhibit",
        order="exhibit_id",
    ),
    Leaving(
        name="custody",
        grain="one step of the custody of an exhibit that may be shown as one",
        columns=_words(
            "exhibit_id step kind at stated_at by giver receiver place reason tool tool_version source "
            "source_sha256 clock"
        ),
        query="SELECT * FROM custody_step",
        order="step",
    ),
    Leaving(
        name="account",
        grain="one account of a seller: a name on a market, not a person",
        columns=_words(
            "account_id market handle server_id role first_seen_at last_seen_at last_active_at operator_id "
            "places exhibit_ids"
        ),
        query="SELECT account.*, operator.operator_id FROM account INNER JOIN chosen_account AS chosen "
        "ON account.account_id = chosen.account_id LEFT JOIN operator ON account.account_id = operator.account_id "
        f"WHERE {_may('account')}",
        order="account_id",
    ),
    Leaving(
        name="identity",
        grain="one key, contact or wallet that an account shows as its own",
        columns=_words("account_id identity_kind identity is_sound places exhibit_ids"),
        query="SELECT account_identity.* FROM account_identity INNER JOIN chosen_account AS chosen "
        "ON account_identity.account_id = chosen.account_id "
        f"WHERE {_may('account_identity', _named('account_identity.places'))}",
        order="account_id, identity_kind, identity",
    ),
    Leaving(
        name="listing",
        grain="one advert",
        columns=_words(
            "listing_id account_id market listing_server_id title description category price price_currency "
            "price_is_placeholder ships_from ships_from_country ships_to sold_counter first_seen_on last_seen_on "
            "sightings places exhibit_ids"
        ),
        query="SELECT listing.*, origin.country AS ships_from_country FROM listing INNER JOIN chosen_account AS chosen "
        "ON listing.account_id = chosen.account_id LEFT JOIN origin ON listing.ships_from = origin.ships_from "
        f"WHERE {_may('listing', _named('listing.places'))}",
        order="listing_id",
    ),
    Leaving(
        name="substance",
        grain="one word of an advert's title that names a substance",
        columns=_words(
            "listing_id substance substance_group substance_word word_kind word_basis is_ambiguous may_also_be "
            "is_sold_as span_start span_end places exhibit_ids"
        ),
        query="SELECT listing_substance.*, leaving_listing.places FROM listing_substance "
        "INNER JOIN ({listing}) AS leaving_listing ON listing_substance.listing_id = leaving_listing.listing_id "
        f"WHERE {_may('listing_substance')}",
        order="listing_id, span_start, substance",
    ),
    Leaving(
        name="quantity",
        grain="one quantity that an advert's title states",
        columns=_words(
            "listing_id reading_number quantity_role quantity_low quantity_high quantity_unit grams_low grams_high "
            "each_low each_high each_unit quantity_bound is_nominal is_ambiguous quantity_rule quantity_text "
            "places exhibit_ids"
        ),
        query="SELECT listing_quantity.*, leaving_listing.places FROM listing_quantity "
        "INNER JOIN ({listing}) AS leaving_listing ON listing_quantity.listing_id = leaving_listing.listing_id "
        f"WHERE {_may('listing_quantity', 'listing_quantity.reading_number > 0')}",
        order="listing_id, reading_number",
    ),
    Leaving(
        name="sale_valued",
        grain="one order at a seller, without its buyer",
        columns=_words(
            "account_id market sale_server_id listing_id quantity amount amount_currency state sold_at "
            "is_placeholder rate_on rate_price value_eur places exhibit_ids"
        ),
        query="SELECT sale_valued.*, "
        "list_filter([sale_valued.place, sale_valued.rate_place], lambda one: one IS NOT NULL) AS places "
        "FROM sale_valued INNER JOIN chosen_account AS chosen ON sale_valued.account_id = chosen.account_id "
        f"WHERE {_may('sale_valued', _named('[sale_valued.place]'))}",
        order="account_id, market, sale_server_id, places",
    ),
    Leaving(
        name="trade",
        grain="the orders of one account together",
        columns=_words("account_id orders orders_without_value value_eur first_sold_at last_sold_at exhibit_ids"),
        query="SELECT sold.account_id, count(*) AS orders, "
        "count(*) FILTER (sold.value_eur IS NULL) AS orders_without_value, sum(sold.value_eur) AS value_eur, "
        "min(sold.sold_at) AS first_sold_at, max(sold.sold_at) AS last_sold_at, "
        "list_sort(list_distinct(flatten(list(sold.exhibit_ids)))) AS exhibit_ids "
        "FROM ({sale_valued}) AS sold GROUP BY sold.account_id",
        order="account_id",
    ),
    Leaving(
        name="pair",
        grain="one pair of accounts that software proposes as one operator and nobody has judged",
        columns=_words(
            "pair_id left_id right_id tier probability log_odds reasons_for reasons_against model places exhibit_ids"
        ),
        query="SELECT open_pair.* FROM open_pair "
        "INNER JOIN chosen_account AS one ON open_pair.left_id = one.account_id "
        "INNER JOIN chosen_account AS other ON open_pair.right_id = other.account_id "
        f"WHERE {_may('open_pair', _named('open_pair.places'))}",
        order="pair_id",
    ),
    Leaving(
        name="judgement",
        grain="one pair of accounts that people judged",
        columns=_words("pair_id left_id right_id verdict judged_by judged_at is_firm places exhibit_ids"),
        query="SELECT judged_pair.* FROM judged_pair "
        "INNER JOIN chosen_account AS one ON judged_pair.left_id = one.account_id "
        "INNER JOIN chosen_account AS other ON judged_pair.right_id = other.account_id "
        f"WHERE {_may('judged_pair')}",
        order="pair_id",
    ),
)


def _record(name: str) -> Leaving:
    """A record table without whom it names beside its seller, for the accounts that were chosen."""
    table = RECORD_TABLES[name]
    (owner,) = (party for party in table.parties if party.takes_row or "seller" in party.server_id)
    hidden = {column for party in table.parties if party is not owner for column in party.columns}
    columns = tuple(column.name for column in table.all_columns if column.name not in hidden)
    by_handle = f" OR ({name}.{owner.server_id} IS NULL AND lower({name}.{owner.handle}) = lower(chosen.handle))"
    place = ", ".join(f"{name}.{c}" for c in _words("exhibit_id part source_table source_row byte_offset byte_length"))
    return Leaving(
        name=name,
        grain=table.grain,
        columns=columns,
        query=f"SELECT * FROM {name} WHERE list_contains({{allowed}}, {name}.exhibit_id) "
        f"AND {_named(f'[place_of({place})]')} AND EXISTS (SELECT 1 FROM chosen_account AS chosen "
        f"WHERE chosen.market = {name}.market AND (chosen.server_id = {name}.{owner.server_id}"
        f"{by_handle if owner.handle else ''}))",
        order="exhibit_id, part, source_table, source_row",
        is_record=True,
    )


TABLES: Final[Mapping[str, Leaving]] = {table.name: table for table in (*_DERIVED, *map(_record, RECORDS))}
# What is in no export, whatever the format.
KEPT: Final = (
    ("buyers, their ids and their words", "buyers are counts until a named purpose opens one"),
    (
        "protected tables: addresses, message bodies, persons",
        "they open for a named purpose, inside the operation only",
    ),
    (
        "exhibits that are locked, withdrawn or labelled more strictly than the export, and rows that rest on one",
        "rule",
    ),
    ("rows that were set aside or erased", "they are in no table"),
    ("pairs that you are still to judge blind, and others' answers to them", "what is shown would tell the answer"),
    ("reasons of judgements", "analysts' words may speak of what does not leave"),
    ("hash, size and custody of exhibits for intelligence only", "the owner did not allow their use in proceedings"),
    ("accounts of staff, posts, messages, disputes, payments, pictures", "not of a seller alone"),
)
