"""Which planned events could meet: time and distance within stated limits, or two purchases on one account.

Distances are those on a sphere of the Earth's mean radius, with 0.6 percent on top for its not being one: what lies on
the limit is told. Two events that state only postcodes meet if one postcode begins with the other.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.deconfliction_tables import EVENT
from crossbearing.domain.overlap import ACCOUNT, PLACE, Party
from crossbearing.exchange.overlaps import MOST_CASES, Found, learn
from crossbearing.store.session import Session

PURCHASE: Final = "purchase"
_KM: Final = "6371.0088"  # mean radius of the Earth, kilometres; IUGG
_ROUND: Final = "1.006"  # a way along a meridian at the equator is 0.56 percent shorter than on the sphere
_ON_THE_WAY: Final = 30  # days that a purchase counts for if nothing says when it came
_EVENTS: Final = f"""
    SELECT event_ref, agency, case_number, event_kind, starts_at, ends_at, latitude, longitude, postcode,
        lower(country) AS country, market, account_handle, within_km, within_hours, exhibit_id, part, source_row
    FROM {EVENT}
"""
_PURCHASES: Final = f"""
    SELECT purchase.purchase_ref AS event_ref, purchase.agency, referral.case_number, '{PURCHASE}' AS event_kind,
        ordered_on::TIMESTAMP AS starts_at,
        coalesce(arrived_on, ordered_on + {_ON_THE_WAY})::TIMESTAMP + INTERVAL 1 DAY AS ends_at,
        NULL AS latitude, NULL AS longitude, NULL AS postcode, NULL AS country, market,
        seller_handle AS account_handle, NULL AS within_km, NULL AS within_hours,
        purchase.exhibit_id, purchase.part, purchase.source_row
    FROM purchase LEFT JOIN referral ON purchase.exhibit_id = referral.exhibit_id AND purchase.part = referral.part
        AND purchase.source_table = referral.source_table AND purchase.source_row = referral.source_row
    WHERE ordered_on IS NOT NULL
"""
_MEET: Final = """
    WITH planned AS ({planned}),

    known AS (
        SELECT planned.*,
            coalesce(bare(agency), lower(agency), '') AS owner, lower(coalesce(folded(case_number), '')) AS case_key,
            coalesce(within_km, km) AS near_km, coalesce(within_hours, hours) AS near_hours,
            market_in(market) AS market_name, identifier_in('handle', account_handle, NULL) AS account,
            radians(latitude::DOUBLE) AS phi, radians(longitude::DOUBLE) AS lambda
        FROM planned
        INNER JOIN event_limit USING (event_kind)
        WHERE NOT list_contains($1, exhibit_id) AND NOT list_contains($2, lower(coalesce(folded(case_number), '')))
    ),

    met AS (
        SELECT l, r,
            CASE
                WHEN l.phi IS NOT NULL AND r.phi IS NOT NULL THEN 2 * {km} * asin(least(1.0, sqrt(
                    pow(sin((r.phi - l.phi) / 2), 2)
                    + cos(l.phi) * cos(r.phi) * pow(sin((r.lambda - l.lambda) / 2), 2)
                ))) <= greatest(l.near_km, r.near_km)::DOUBLE * {round}
                WHEN l.postcode IS NOT NULL AND r.postcode IS NOT NULL
                    THEN l.country = r.country
                    AND (starts_with(l.postcode, r.postcode) OR starts_with(r.postcode, l.postcode))
                WHEN coalesce(l.phi::VARCHAR, l.postcode) IS NOT NULL
                    AND coalesce(r.phi::VARCHAR, r.postcode) IS NOT NULL THEN NULL
                ELSE FALSE
            END AS is_near,
            coalesce(l.account = r.account AND l.market_name = r.market_name, FALSE) AS is_same_account
        FROM known AS l
        INNER JOIN known AS r
            ON l.starts_at <= r.ends_at + to_minutes((greatest(l.near_hours, r.near_hours) * 60)::BIGINT)
            AND r.starts_at <= l.ends_at + to_minutes((greatest(l.near_hours, r.near_hours) * 60)::BIGINT)
            AND (l.owner < r.owner OR (l.owner = r.owner AND l.case_key < r.case_key))
    )

    SELECT l, r, is_near, is_same_account, count(*) OVER () AS pairs
    FROM met WHERE is_same_account OR coalesce(is_near, TRUE)
    QUALIFY row_number() OVER (
        PARTITION BY l.exhibit_id, l.part, l.source_row, r.owner ORDER BY r.case_key, r.event_ref, r.exhibit_id
    ) <= $3
    ORDER BY l.owner, l.case_key, l.event_ref, r.owner, r.case_key, r.event_ref, l.exhibit_id, r.exhibit_id
"""


@dataclass(frozen=True, slots=True)
class Met:
    """Events that could meet.

    Attributes:
        not_compared: Pairs that nobody can tell of: one states a place, the other a postcode only.
        left_out: Pairs beyond the first ``MOST_CASES`` of one event with one agency; a list may be hostile.
    """

    found: list[Found]
    not_compared: int
    left_out: int


@cache
def limits() -> Mapping[str, Mapping[str, float]]:
    """Kilometres and hours by kind of event, as shipped."""
    text = (resources.files("crossbearing.exchange") / "limits.toml").read_text(encoding="utf-8")
    return {name: one for name, one in tomllib.loads(text).items() if isinstance(one, dict)}


def meeting_events(
    engine: Session, *, without: Collection[str], cases: Collection[str], may_name: Callable[[str], bool]
) -> Met:
    """Pairs of events of different cases that could meet.

    Args:
        engine: A session with the events, or with the purchases and their referrals, or with none.
        without: Exhibits whose rows do not count.
        cases: Case numbers whose rows do not count, as ``domain.overlap.case_key`` spells them.
        may_name: Whether an agency may be named for what an exhibit holds.
    """
    planned = [
        query
        for tables, query in (((EVENT,), _EVENTS), (("purchase", "referral"), _PURCHASES))
        if all(map(engine.holds, tables))
    ]
    if not planned:
        return Met([], 0, 0)
    learn(engine)
    rows = [{"event_kind": kind, "km": one["km"], "hours": one["hours"]} for kind, one in sorted(limits().items())]
    engine.table("event_limit", pa.Table.from_pylist(rows))
    query = _MEET.format(planned=" UNION ALL BY NAME ".join(planned), km=_KM, round=_ROUND)
    found: list[Found] = []
    not_compared = 0
    met = engine.rows(query, [sorted(without), sorted(cases), MOST_CASES])
    for row in met:
        sides = (row["l"], row["r"])
        if row["is_same_account"]:
            # Who buys there is told to nobody, not even who is told: the coordinator brings them together.
            parties = [_party(side, is_named=False) for side in sides]
            found.append((_number(ACCOUNT, sides), ACCOUNT, parties))
        elif row["is_near"]:
            parties = [_party(side, is_named=side["event_kind"] != PURCHASE or may_name(side["exhibit_id"]))
                       for side in sides]  # fmt: skip
            found.append((_number(PLACE, sides), PLACE, parties))
        else:
            not_compared += 1
    return Met(found, not_compared, met[0]["pairs"] - len(met) if met else 0)


def _number(what: str, sides: tuple[Mapping[str, Any], Mapping[str, Any]]) -> list[str]:
    """What makes the number of an overlap of events: it stays when the same events are handed in again."""
    return [what, *(str(side[name]) for side in sides for name in ("owner", "case_key", "event_ref"))]


def _party(side: Mapping[str, Any], *, is_named: bool) -> Party:
    return Party(
        agency=side["agency"] or "",
        case_number=side["case_number"] or "",
        exhibit_id=side["exhibit_id"],
        part=side["part"],
        source_row=side["source_row"],
        is_named=is_named,
    )
