"""What of routing waits for a person: subjects that nothing routes, and routes that a partner disputes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crossbearing.presentation.text import number, plural
from crossbearing.reference.countries import country_name
from crossbearing.store.session import Session

DERIVED: Final = ("account", "listing", "origin", "subject", "target", "target_route")
TABLES: Final = (*DERIVED, "account_routing")
ROUTED: Final = ("subject", "target_route")
_MOST_NAMED: Final = 6  # countries of one subject
_OPEN: Final = """
    WITH stated AS (
        SELECT subject.subject_id, origin.country, count(*) AS listings
        FROM subject
        INNER JOIN listing ON subject.account_id = listing.account_id
        INNER JOIN origin ON listing.ships_from = origin.ships_from
        WHERE origin.country IS NOT NULL
        GROUP BY subject.subject_id, origin.country
    ),
    away AS (
        SELECT subject.subject_id, list_sort(list(DISTINCT account_routing.country)) AS countries
        FROM account_routing INNER JOIN subject ON account_routing.account_id = subject.account_id
        WHERE account_routing.routing = 'kept away'
        GROUP BY subject.subject_id
    ),
    member AS (
        SELECT subject.subject_id, list(subject.account_id ORDER BY subject.account_id) AS accounts,
            list(concat(coalesce(account.handle, 'no handle'), ' on ', account.market) ORDER BY subject.account_id)
                AS handles
        FROM subject INNER JOIN account ON subject.account_id = account.account_id
        GROUP BY subject.subject_id
    )
    SELECT target_route.*, target.rank_points, member.accounts, member.handles, away.countries AS kept_from,
        (SELECT list(stated.country ORDER BY stated.listings DESC, stated.country) FROM stated
            WHERE stated.subject_id = target.subject_id) AS stated
    FROM target_route
    INNER JOIN target ON target_route.subject_id = target.subject_id
    INNER JOIN member ON target.subject_id = member.subject_id
    LEFT JOIN away ON target.subject_id = away.subject_id
    WHERE target_route.country IS NULL OR target_route.disputed_by IS NOT NULL
    ORDER BY target.rank_place, target_route.country
"""


def open_rows(engine: Session) -> list[Mapping[str, Any]]:
    """Subjects and disputed routes, in the order of the stated rule.

    Returns:
        ``subject_id``, ``country`` (null where nothing routes it), ``what``, ``why``, ``accounts``, ``handles``,
        ``rank_points``.
    """
    return [{**row, **_said(row)} for row in engine.rows(_OPEN)]


def routes_of(engine: Session, accounts: Sequence[str]) -> tuple[set[str], frozenset[str]]:
    """Which of these accounts are of a subject, and the countries that their subjects are routed to."""
    rows = engine.rows(
        """SELECT subject.account_id, target_route.country
           FROM subject LEFT JOIN target_route ON subject.subject_id = target_route.subject_id
           WHERE list_contains(?, subject.account_id)""",
        [list(accounts)],
    )
    return {row["account_id"] for row in rows}, frozenset(row["country"] for row in rows if row["country"])


def _said(row: Mapping[str, Any]) -> dict[str, str]:
    if row["country"] is not None:
        return {"what": "disputed", "why": f"{row['disputed_by']} says it is not theirs: {row['dispute_reason']}"}
    return {"what": "unroutable", "why": _unroutable(row)}


def _unroutable(row: Mapping[str, Any]) -> str:
    if row["kept_from"]:
        return f"a person kept it from {', '.join(map(country_name, row['kept_from']))}, and nothing else routes it"
    if not row["listings"]:
        return "no advert is on record"
    if not row["listings_with_origin"]:
        return f"no origin of its {plural(row['listings'], 'advert')} names one country"
    named = [country_name(code) for code in row["stated"][:_MOST_NAMED]]
    more = len(row["stated"]) - len(named)
    rest = f" and {number(more)} more" if more else ""
    return f"its adverts name {', '.join(named)}{rest}, none of them often enough for the rule"
