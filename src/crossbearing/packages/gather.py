"""What the tables know of the subjects routed to one country."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.store.session import Session

# Derived and decision tables that a package is written from.
TABLES: Final = (
    "account", "account_identity", "account_key", "account_pair", "account_judgement", "listing", "listing_goods",
    "listing_substance", "sale_valued", "server_account", "subject", "target", "target_route",
)  # fmt: skip
RECORDS: Final = ("invoice", "payment")  # open record tables, as the session has them
_HERE: Final = "SELECT subject_id FROM target_route WHERE country = ?"
_PLACE: Final = "place_of({0}.exhibit_id, {0}.part, {0}.source_table, {0}.source_row, {0}.byte_offset, {0}.byte_length)"
_MERGED: Final = (
    "list_sort(list_distinct(flatten(list(places)))) AS places, "
    "list_sort(list_distinct(flatten(list(exhibit_ids)))) AS exhibit_ids"
)
_PLACES: Final = ("places", "rate_places")
LISTINGS_SHOWN: Final = 6
OPEN: Final = frozenset({None, "unsure", "withdrawn", "disputed"})  # verdicts that leave a pair open

Row = Mapping[str, Any]


@dataclass(slots=True)
class SubjectFacts:
    """Everything a package says of one subject, as rows of the tables."""

    target: Row
    accounts: list[Row] = field(default_factory=list)
    keys: list[Row] = field(default_factory=list)
    sales: Row | None = None
    months: list[Row] = field(default_factory=list)
    states: list[Row] = field(default_factory=list)
    listings: list[Row] = field(default_factory=list)
    substances: list[Row] = field(default_factory=list)
    pairs: list[Row] = field(default_factory=list)
    judged: list[Row] = field(default_factory=list)
    other_routes: list[Row] = field(default_factory=list)
    shown: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    weapons: list[Row] = field(default_factory=list)

    @property
    def exhibit_ids(self) -> set[str]:
        """Exhibits that anything a package says of it rests on: of every row behind a figure, rates included."""
        own = [row for name in _QUERIES if name not in {"sales", "pairs"} for row in getattr(self, name)]
        shown = [*own, *(pair for pair in self.pairs if pair["verdict"] in OPEN), *([self.sales] if self.sales else [])]
        places = {place for row in shown for name in _PLACES for place in row.get(name) or ()}
        named = {name for row in shown for name in row.get("exhibit_ids") or ()}
        return {*self.target["source_exhibits"], *named, *(place.partition("|")[0] for place in places)}


def countries(engine: Session) -> list[str]:
    """Countries that at least one subject is routed to, those with most of them first."""
    rows = engine.rows(
        "SELECT country FROM target_route WHERE country IS NOT NULL GROUP BY country ORDER BY count(*) DESC, country"
    )
    return [row["country"] for row in rows]


def subjects_of(engine: Session, country: str) -> list[SubjectFacts]:
    """The country's subjects in the order of their rank."""
    targets = engine.rows(
        f"""SELECT target.*, target_route.* EXCLUDE (subject_id, exhibit_ids),
                list_concat(target.exhibit_ids, target_route.exhibit_ids) AS source_exhibits
            FROM target_route INNER JOIN target ON target_route.subject_id = target.subject_id
            WHERE target_route.country = ? AND target.subject_id IN ({_HERE})
            ORDER BY target.rank_place""",
        [country, country],
    )
    facts = {row["subject_id"]: SubjectFacts(row) for row in targets}
    for name, query in _QUERIES.items():
        for subject_id, rows in _grouped(engine.rows(query, [country])).items():
            if name == "sales":
                facts[subject_id].sales = rows[0]
            else:
                setattr(facts[subject_id], name, rows)
    return list(facts.values())


def refusals_of(engine: Session, exhibit_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Why rows of these exhibits were refused, by exhibit, each reason with its count."""
    rows = engine.rows(
        """SELECT exhibit_id, reason, sum(source_rows)::BIGINT AS found FROM refusal
           WHERE list_contains(?, exhibit_id) GROUP BY exhibit_id, reason ORDER BY exhibit_id, reason""",
        [list(exhibit_ids)],
    )
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        reasons[row["exhibit_id"]].append(f"{row['found']}: {row['reason']}")
    return reasons


def _grouped(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["subject_id"]].append(row)
    return groups


_QUERIES: Final = {
    "accounts": f"""
        SELECT subject.subject_id, account.*
        FROM subject INNER JOIN account ON subject.account_id = account.account_id
        WHERE subject.subject_id IN ({_HERE})
        ORDER BY account.first_seen_at, account.account_id""",
    "keys": f"""
        SELECT subject.subject_id, account_key.fingerprint, account_key.key_context,
            best_key_state(account_key.key_state) AS key_state, min(account.handle) AS handle,
            min(account.market) AS market, list_sort(flatten(list(account_key.places))) AS places,
            min(shown.accounts) AS shown_by, bool_or(shown.has_staff) AS shown_by_staff
        FROM subject
        INNER JOIN account_key ON subject.account_id = account_key.account_id
        INNER JOIN account ON subject.account_id = account.account_id
        LEFT JOIN (
            SELECT account_key.fingerprint, count(DISTINCT account.account_id) AS accounts,
                bool_or(account.role = 'staff') AS has_staff
            FROM account_key INNER JOIN account ON account_key.account_id = account.account_id
            WHERE account_key.key_context = 'own_profile'
            GROUP BY account_key.fingerprint
        ) AS shown ON account_key.fingerprint = shown.fingerprint
        WHERE subject.subject_id IN ({_HERE})
        GROUP BY subject.subject_id, account_key.fingerprint, account_key.key_context, account.account_id
        ORDER BY account_key.key_context DESC, account_key.fingerprint, handle, account.account_id""",
    "sales": f"""
        SELECT subject.subject_id, count(*) AS sales, sum(sale_valued.value_eur) AS value_eur,
            count(*) FILTER (sale_valued.value_eur IS NULL) AS without_value,
            count(*) FILTER (sale_valued.is_placeholder) AS at_placeholder,
            min(sale_valued.rate_on) AS first_rate_on, max(sale_valued.rate_on) AS last_rate_on,
            count(DISTINCT concat_ws('|', sale_valued.market, sale_valued.buyer_server_id))
                FILTER (sale_valued.buyer_server_id IS NOT NULL) AS buyers,
            list_sort(list(sale_valued.place)) AS places,
            list_sort(list_distinct(list(sale_valued.rate_place))) AS rate_places
        FROM subject INNER JOIN sale_valued ON subject.account_id = sale_valued.account_id
        WHERE subject.subject_id IN ({_HERE})
        GROUP BY subject.subject_id""",
    "months": f"""
        SELECT subject.subject_id, strftime(sale_valued.sold_at, '%Y-%m') AS month, count(*) AS sales
        FROM subject INNER JOIN sale_valued ON subject.account_id = sale_valued.account_id
        WHERE subject.subject_id IN ({_HERE}) AND sale_valued.sold_at IS NOT NULL
        GROUP BY subject.subject_id, month
        ORDER BY month""",
    "states": f"""
        SELECT subject.subject_id, coalesce(sale_valued.state, 'not stated') AS state, count(*) AS sales,
            list_sort(list(sale_valued.place)) AS places
        FROM subject INNER JOIN sale_valued ON subject.account_id = sale_valued.account_id
        WHERE subject.subject_id IN ({_HERE})
        GROUP BY subject.subject_id, state
        ORDER BY sales DESC, state""",
    "listings": f"""
        WITH sold AS (SELECT listing_id, count(*) AS sales FROM sale_valued GROUP BY listing_id)
        SELECT subject.subject_id, listing.listing_id, listing.market, listing.title, listing.category, listing.price,
            listing.price_currency, listing.ships_from, listing.ships_to, listing.last_seen_on,
            listing.sold_counter, sold.sales, listing.places
        FROM subject
        INNER JOIN listing ON subject.account_id = listing.account_id
        LEFT JOIN sold ON listing.listing_id = sold.listing_id
        WHERE subject.subject_id IN ({_HERE})
        QUALIFY row_number() OVER (
            PARTITION BY subject.subject_id
            ORDER BY sold.sales DESC NULLS LAST, listing.sold_counter DESC NULLS LAST, listing.listing_id
        ) <= {LISTINGS_SHOWN}
        ORDER BY sold.sales DESC NULLS LAST, listing.sold_counter DESC NULLS LAST, listing.listing_id""",
    "substances": f"""
        SELECT subject.subject_id, listing_substance.substance_group,
            listing_substance.substance
                || CASE WHEN listing_substance.is_sold_as THEN ' (as sold, content unknown)' ELSE '' END AS substance,
            list_sort(list(DISTINCT listing_substance.substance_word)) AS words,
            count(DISTINCT listing.listing_id) AS listings,
            list_sort(list_distinct(flatten(list(listing.places)))) AS places
        FROM subject
        INNER JOIN listing ON subject.account_id = listing.account_id
        INNER JOIN listing_substance ON listing.listing_id = listing_substance.listing_id
        WHERE subject.subject_id IN ({_HERE}) AND NOT listing_substance.is_ambiguous
        GROUP BY subject.subject_id, listing_substance.substance, listing_substance.substance_group,
            listing_substance.is_sold_as
        ORDER BY listings DESC, substance""",
    "pairs": f"""
        SELECT mine.subject_id, account_pair.*, other.subject_id AS other_subject_id, account_judgement.verdict,
            mine.account_id = account_pair.left_id AS is_left,
            (SELECT string_agg(country, ', ' ORDER BY country) FROM target_route
                WHERE target_route.subject_id = other.subject_id) AS other_countries
        FROM account_pair
        INNER JOIN subject AS mine
            ON mine.account_id = account_pair.left_id OR mine.account_id = account_pair.right_id
        LEFT JOIN subject AS other
            ON other.account_id = CASE
                WHEN mine.account_id = account_pair.left_id THEN account_pair.right_id
                ELSE account_pair.left_id
            END
        LEFT JOIN account_judgement
            ON account_pair.left_id = account_judgement.left_id AND account_pair.right_id = account_judgement.right_id
        WHERE mine.subject_id IN ({_HERE}) AND other.subject_id IS DISTINCT FROM mine.subject_id
        ORDER BY account_pair.log_odds DESC, account_pair.pair_id""",
    "judged": f"""
        SELECT subject.subject_id, account_judgement.*, account_pair.reasons_for, account_pair.reasons_against,
            account_pair.places, one.handle AS left_handle, one.market AS left_market,
            other.handle AS right_handle, other.market AS right_market
        FROM account_judgement
        INNER JOIN subject ON account_judgement.left_id = subject.account_id
        INNER JOIN account AS one ON account_judgement.left_id = one.account_id
        INNER JOIN account AS other ON account_judgement.right_id = other.account_id
        LEFT JOIN account_pair
            ON account_judgement.left_id = account_pair.left_id AND account_judgement.right_id = account_pair.right_id
        WHERE account_judgement.verdict = 'same' AND subject.subject_id IN ({_HERE})
        ORDER BY account_judgement.judgement_position""",
    "shown": f"""
        SELECT subject.subject_id, account_identity.account_id, account_identity.identity_kind,
            account_identity.identity, account_identity.spread, account_identity.places, account_identity.exhibit_ids,
            account.handle, account.market
        FROM subject
        INNER JOIN account_identity ON subject.account_id = account_identity.account_id
        INNER JOIN account ON subject.account_id = account.account_id
        WHERE subject.subject_id IN ({_HERE}) AND account_identity.identity_kind != 'key'
            AND account_identity.is_sound
        ORDER BY account_identity.identity_kind, account_identity.identity, account_identity.account_id""",
    # An order that stands in two exhibits is paid once.
    "payments": f"""
        WITH noted AS (
            SELECT subject.subject_id, coalesce(payment.currency, 'coin not stated') AS currency, payment.market,
                payment.sale_server_id, payment.address, max(payment.amount) AS amount,
                list({_PLACE.format("payment")}) AS places, list(payment.exhibit_id) AS exhibit_ids
            FROM subject
            INNER JOIN sale_valued ON subject.account_id = sale_valued.account_id
            INNER JOIN payment
                ON sale_valued.market = payment.market AND sale_valued.sale_server_id = payment.sale_server_id
            WHERE subject.subject_id IN ({_HERE})
            GROUP BY ALL
        )
        SELECT subject_id, currency, count(*) AS entries, sum(amount) AS amount,
            count(DISTINCT address) AS addresses, count(*) FILTER (amount IS NULL) AS without_amount,
            {_MERGED}
        FROM noted GROUP BY subject_id, currency ORDER BY currency""",
    "invoices": f"""
        WITH charged AS (
            SELECT subject.subject_id, coalesce(invoice.amount_currency, 'coin not stated') AS currency,
                invoice.market, invoice.account_server_id, invoice.period, max(invoice.amount) AS amount,
                list({_PLACE.format("invoice")}) AS places, list(invoice.exhibit_id) AS exhibit_ids
            FROM subject
            INNER JOIN server_account ON subject.account_id = server_account.account_id
            INNER JOIN invoice
                ON server_account.market = invoice.market
                    AND server_account.account_server_id = invoice.account_server_id
            WHERE subject.subject_id IN ({_HERE})
            GROUP BY ALL
        )
        SELECT subject_id, currency, count(*) AS entries, sum(amount) AS amount,
            count(*) FILTER (amount IS NULL) AS without_amount,
            {_MERGED}
        FROM charged GROUP BY subject_id, currency ORDER BY currency""",
    "weapons": f"""
        SELECT subject.subject_id, count(DISTINCT listing.listing_id) AS listings,
            list_sort(list_distinct(flatten(list(listing.places)))) AS places
        FROM subject
        INNER JOIN listing ON subject.account_id = listing.account_id
        INNER JOIN listing_goods ON listing.listing_id = listing_goods.listing_id
        WHERE subject.subject_id IN ({_HERE}) AND listing_goods.goods = 'weapons'
        GROUP BY subject.subject_id""",
    "other_routes": f"""
        SELECT subject_id, country, route_rule, listings_from_country, disputed_by
        FROM target_route
        WHERE subject_id IN ({_HERE}) AND country IS NOT NULL
        ORDER BY country""",
}
