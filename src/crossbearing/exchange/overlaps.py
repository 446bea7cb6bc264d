"""Which identifiers two cases have in common: everything that enters an operation, compared in one spelling, in SQL.

A row says whose an identifier is and where it stands. Equal identifiers of different cases meet; nothing is joined.
A key meets by its fingerprint, or by the last 16 digits of it where one side knows no more. A handle meets on the same
market, and on every market where one side states none.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crossbearing.domain.deconfliction_tables import SUBMITTED
from crossbearing.domain.overlap import IDENTIFIER, Party
from crossbearing.reference.identifiers import market_names, spelled
from crossbearing.store.session import Session, Word

Found = tuple[Sequence[Any], str, Sequence[Party]]  # what makes its number, what it is, its parties

# Where identifiers stand, by the tables that a source reads. An agency that is null is the coordinator.
_ROW: Final = "exhibit_id, part, source_row"
_OPEN: Final[Mapping[str, tuple[Collection[str], str]]] = {
    "submissions": (
        {SUBMITTED},
        f"SELECT agency, case_number, identifier, market, TRUE AS is_submitted, {_ROW} FROM {SUBMITTED}",
    ),
    "keys": (
        {"account_key"},
        "SELECT NULL AS agency, NULL AS case_number, 'key ' || fingerprint AS identifier, NULL AS market, "
        "FALSE AS is_submitted, exhibit_ids[1] AS exhibit_id, '' AS part, 0 AS source_row FROM account_key",
    ),
    "identifiers": (
        {"identifier"},
        """SELECT NULL AS agency, NULL AS case_number,
            CASE WHEN identifier_kind IN ('bitcoin', 'litecoin', 'ethereum', 'monero') THEN 'wallet'
                WHEN identifier_kind IN ('email', 'jabber') THEN 'address' ELSE identifier_kind END
            || ' ' || identifier AS identifier,
            NULL AS market, FALSE AS is_submitted, exhibit_ids[1] AS exhibit_id, '' AS part, 0 AS source_row
        FROM identifier
        WHERE identifier_state IN ('verified', 'no_checksum') AND identifier_kind <> 'host'""",
    ),
    "accounts": (
        {"account"},
        # Most handles are plain signs; these are spelled here as the word spells them, for a market has many.
        """SELECT NULL AS agency, NULL AS case_number,
            CASE
                WHEN regexp_full_match(handle, '@?[!-?A-~][!-~]+')
                    THEN 'handle ' || lower(regexp_replace(handle, '^@', ''))
                ELSE identifier_in('handle', handle, NULL)
            END AS identifier, market,
            FALSE AS is_submitted, exhibit_ids[1] AS exhibit_id, '' AS part, 0 AS source_row
        FROM (SELECT handle, market, min(exhibit_ids) AS exhibit_ids FROM account WHERE handle IS NOT NULL
            GROUP BY handle, market)""",
    ),
    "cases": (
        {"overdose_case"},
        f"""SELECT agency, case_number, unnest([
                identifier_in('tracking', tracking_number, NULL), identifier_in('wallet', payment_found, NULL),
                identifier_in('handle', handle_found, NULL)
            ]) AS identifier, NULL AS market, FALSE AS is_submitted, {_ROW} FROM overdose_case""",
    ),
    "parcels": (
        {"parcel", "referral"},
        """SELECT parcel.agency, referral.case_number, identifier_in('tracking', tracking_number, NULL) AS identifier,
            NULL AS market, FALSE AS is_submitted, parcel.exhibit_id, parcel.part, parcel.source_row
        FROM parcel LEFT JOIN referral ON parcel.exhibit_id = referral.exhibit_id AND parcel.part = referral.part
            AND parcel.source_table = referral.source_table AND parcel.source_row = referral.source_row""",
    ),
    "purchases": (
        {"purchase", "referral"},
        """SELECT purchase.agency, referral.case_number, unnest([
                identifier_in('tracking', tracking_number, NULL), identifier_in('handle', seller_handle, NULL)
            ]) AS identifier, market, FALSE AS is_submitted, purchase.exhibit_id, purchase.part, purchase.source_row
        FROM purchase LEFT JOIN referral ON purchase.exhibit_id = referral.exhibit_id AND purchase.part = referral.part
            AND purchase.source_table = referral.source_table AND purchase.source_row = referral.source_row""",
    ),
    "returns": (
        {"exchange_return", "referral"},
        """SELECT referral.agency, referral.case_number, unnest([
                identifier_in('wallet', deposit_address, NULL), identifier_in('wallet', withdrawn_to, NULL),
                identifier_in('phone', phone, NULL), identifier_in('mail', mail, NULL)
            ]) AS identifier, NULL AS market, FALSE AS is_submitted, held.exhibit_id, held.part, held.source_row
        FROM exchange_return AS held LEFT JOIN referral ON held.exhibit_id = referral.exhibit_id
            AND held.part = referral.part AND held.source_table = referral.source_table
            AND held.source_row = referral.source_row""",
    ),
    "provided": (
        {"provider_record", "referral"},
        """SELECT referral.agency, referral.case_number,
            identifier_in(CASE asked_kind WHEN 'tracking number' THEN 'tracking' ELSE asked_kind END, asked_about, NULL)
                AS identifier, NULL AS market, FALSE AS is_submitted, held.exhibit_id, held.part, held.source_row
        FROM provider_record AS held LEFT JOIN referral ON held.exhibit_id = referral.exhibit_id
            AND held.part = referral.part AND held.source_table = referral.source_table
            AND held.source_row = referral.source_row""",
    ),
    "statements": (
        {"person_statement", "referral"},
        """SELECT held.agency, referral.case_number, unnest([
                identifier_in('tracking', identifier, NULL), identifier_in('wallet', identifier, NULL),
                identifier_in('handle', handle, NULL)
            ]) AS identifier, market, FALSE AS is_submitted, held.exhibit_id, held.part, held.source_row
        FROM person_statement AS held LEFT JOIN referral ON held.exhibit_id = referral.exhibit_id
            AND held.part = referral.part AND held.source_table = referral.source_table
            AND held.source_row = referral.source_row""",
    ),
}
# Tables that the sources read.
DERIVED: Final = ("account", "account_key", "identifier")
PROTECTED: Final = (
    SUBMITTED, "overdose_case", "referral", "exchange_return", "provider_record", "person_statement"
)  # fmt: skip
MOST_CASES: Final = 30  # of one agency with one identifier; pairs grow with their square, and a list may be hostile
# One row for each case, identifier and market: the first that shows it. Then all pairs of different cases.
_PAIRS: Final = """
    WITH shown AS MATERIALIZED ({held}),

    spelled AS (
        SELECT market, market_in(market) AS market_name
        FROM (SELECT DISTINCT market FROM shown WHERE market IS NOT NULL)
    ),

    held AS (
        SELECT
            identifier,
            CASE
                WHEN NOT starts_with(identifier, 'key ') THEN identifier
                WHEN length(identifier) = 68 THEN left(identifier, 20)
                ELSE 'key ' || right(identifier, 16)
            END AS met_by,
            coalesce(spelled.market_name, '') AS market_name,
            coalesce(bare(agency), lower(agency), '') AS owner,
            lower(coalesce(folded(case_number), '')) AS case_key,
            min(agency) AS agency,
            min(case_number) AS case_number,
            bool_or(is_submitted) AS is_submitted,
            arg_min({{'exhibit_id': exhibit_id, 'part': part, 'source_row': source_row}},
                (NOT is_submitted, exhibit_id, part, source_row)) AS first_shown
        FROM shown
        LEFT JOIN spelled ON shown.market = spelled.market
        WHERE identifier IS NOT NULL AND NOT list_contains($1, exhibit_id)
            AND NOT list_contains($2, lower(coalesce(folded(case_number), '')))
        GROUP BY ALL
    ),

    numbered AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY met_by, market_name, owner ORDER BY case_key, identifier) AS place
        FROM held
    )

    SELECT
        (SELECT count(*) FROM numbered WHERE place > $3) AS left_out,
        l.met_by, l.market_name AS left_market, r.market_name AS right_market,
        l.owner AS left_owner, r.owner AS right_owner, l.case_key AS left_key, r.case_key AS right_key,
        l.agency AS left_agency, r.agency AS right_agency, l.case_number AS left_case, r.case_number AS right_case,
        l.is_submitted AS left_submitted, r.is_submitted AS right_submitted,
        l.first_shown AS left_shown, r.first_shown AS right_shown
    FROM numbered AS l
    INNER JOIN numbered AS r
        ON l.met_by = r.met_by
        AND (l.owner < r.owner OR (l.owner = r.owner AND l.case_key < r.case_key))
    WHERE l.place <= $3 AND r.place <= $3
        AND (l.market_name = r.market_name OR l.market_name = '' OR r.market_name = '')
        AND (l.identifier = r.identifier OR least(length(l.identifier), length(r.identifier)) = 20)
    ORDER BY ALL
"""


def learn(engine: Session) -> None:
    """Let a session use the words that the comparison needs."""
    engine.learn(Word("identifier_in", 3, spelled))
    engine.learn(Word("market_in", 1, market_names))


@dataclass(frozen=True, slots=True)
class Shared:
    """Cases that know one identifier, and how many entries were left out beyond ``MOST_CASES`` of one agency."""

    found: list[Found]
    left_out: int


def shared_identifiers(
    engine: Session, *, without: Collection[str], cases: Collection[str], may_name: Callable[[str], bool]
) -> Shared:
    """Pairs of cases that know one identifier.

    Args:
        engine: A session with those tables of ``DERIVED`` and ``PROTECTED`` that there are.
        without: Exhibits whose rows do not count.
        cases: Case numbers whose rows do not count, as ``domain.overlap.case_key`` spells them.
        may_name: Whether an agency may be named for what an exhibit holds.
    """
    learn(engine)
    sources = [query for tables, query in _OPEN.values() if all(map(engine.holds, tables))]
    if not sources:
        return Shared([], 0)
    given = [sorted(without), sorted(cases), MOST_CASES]
    rows = engine.rows(_PAIRS.format(held=" UNION ALL ".join(sources)), given)
    found: list[Found] = [
        (
            [row[name] for name in _NUMBERED_BY],
            IDENTIFIER,
            [_party(row, "left", may_name), _party(row, "right", may_name)],
        )
        for row in rows
    ]
    return Shared(found, rows[0]["left_out"] if rows else 0)  # more than one case of an agency makes a pair


_NUMBERED_BY: Final = ("met_by", "left_market", "right_market", "left_owner", "right_owner", "left_key", "right_key")


def _party(row: Mapping[str, Any], side: str, may_name: Callable[[str], bool]) -> Party:
    shown = row[f"{side}_shown"]
    return Party(
        agency=row[f"{side}_agency"] or "",
        case_number=row[f"{side}_case"] or "",
        exhibit_id=shown["exhibit_id"],
        part=shown["part"],
        source_row=shown["source_row"],
        is_named=bool(row[f"{side}_agency"]) and (row[f"{side}_submitted"] or may_name(shown["exhibit_id"])),
    )
