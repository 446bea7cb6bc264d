"""Events that could meet: time and distance against another way to measure them."""

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.exchange.events import Met, limits, meeting_events
from crossbearing.exchange.overlaps import MOST_CASES
from crossbearing.store.arrow import record_schema
from crossbearing.store.session import Session, session

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC).replace(tzinfo=None)
HERE = {"latitude": Decimal("52.5"), "longitude": Decimal("13.4")}
HOUR = timedelta(hours=1)
SCHEMA = record_schema(RECORD_TABLES["planned_event"])


def event(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "event_ref": f"{name}-E", "agency": name, "case_number": f"{name}-1", "contact": "x",
        "event_kind": "search", "starts_at": NOON, "ends_at": NOON + 2 * HOUR, "exhibit_id": f"X-{name}", "part": "p",
        "source_row": 1, **changed,
    }  # fmt: skip


@cache
def engine() -> Session:
    """One session for all examples."""
    return _OPEN.enter_context(session())


_OPEN = ExitStack()


@pytest.fixture(scope="module", autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    engine.cache_clear()
    _OPEN.close()


def met(*events: Mapping[str, Any]) -> Met:
    engine().table("planned_event", pa.Table.from_pylist(list(events), schema=SCHEMA))
    return meeting_events(engine(), without=set(), cases=set(), may_name=lambda _: True)


def are_met(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return bool(met(event("A", **left), event("B", **right)).found)


@pytest.mark.parametrize(
    ("changed", "is_met"),
    [
        ({}, True),
        ({"latitude": Decimal("52.53"), "within_km": Decimal(5)}, True),
        ({"latitude": Decimal("52.53")}, False),
        ({"latitude": Decimal("52.515"), "event_kind": "surveillance"}, True),  # of two kinds the larger limit
        ({"starts_at": NOON + 14 * HOUR, "ends_at": NOON + 15 * HOUR}, True),  # twelve hours behind the end
        ({"starts_at": NOON + 14.1 * HOUR, "ends_at": NOON + 15 * HOUR}, False),
        ({"starts_at": NOON + 14.1 * HOUR, "ends_at": NOON + 15 * HOUR, "within_hours": Decimal(13)}, True),
        ({"starts_at": NOON - 20 * HOUR, "ends_at": NOON - 12 * HOUR}, True),
        ({"starts_at": NOON - 20 * HOUR, "ends_at": NOON - 12.1 * HOUR}, False),
        ({"agency": "a", "case_number": "A-2"}, True),
        ({"agency": "a", "case_number": "a-1"}, False),  # one's own
    ],
)
def test_two_events_meet_within_the_limits_of_time_and_distance(changed: dict[str, Any], is_met: bool) -> None:
    assert are_met(HERE, {**HERE, **changed}) is is_met
    if "agency" not in changed:
        assert are_met({**HERE, **changed}, HERE) is is_met


def on_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    phi, lam = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def kilometres(left: tuple[float, float], right: tuple[float, float]) -> float:
    """By vectors, not by angles."""
    a, b = on_sphere(*left), on_sphere(*right)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return 6371.0088 * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


DEGREES = st.tuples(
    st.floats(-90, 90).map(lambda x: round(x, 6)), st.sampled_from([-180.0, -179.99, 0.0, 13.4, 179.995, 180.0])
)
STEP = st.floats(-0.03, 0.03).map(lambda x: round(x, 6))


@given(place=DEGREES, north=STEP, east=STEP)
def test_whoever_is_within_a_kilometre_is_told_anywhere_on_the_globe(
    place: tuple[float, float], north: float, east: float
) -> None:
    latitude = max(-90.0, min(90.0, place[0] + north))
    longitude = (place[1] + east + 180) % 360 - 180
    apart = kilometres(place, (latitude, longitude))
    told = are_met(
        {"latitude": Decimal(str(place[0])), "longitude": Decimal(str(place[1]))},
        {"latitude": Decimal(f"{latitude:.9f}"), "longitude": Decimal(f"{longitude:.9f}")},
    )
    if apart <= 1.005:
        assert told
    if apart > 1.007:
        assert not told


def test_a_minute_of_latitude_is_told_by_its_length_on_the_ellipsoid() -> None:
    # 1,842.9 m at the equator and 1,861.6 m at the pole, of WGS 84.
    for latitude, metres in ((Decimal(0), Decimal("1.8429")), (Decimal("89.9"), Decimal("1.8616"))):
        ends = [
            {"latitude": latitude + round(step / Decimal(60), 9), "longitude": Decimal(5)}
            for step in (Decimal(0), Decimal(1))
        ]
        assert are_met({**ends[0], "within_km": metres + Decimal("0.0001")}, ends[1])


@given(
    starts=st.tuples(*[st.integers(-100, 100)] * 2), lasts=st.tuples(*[st.integers(0, 50)] * 2),
    hours=st.integers(0, 60),
)  # fmt: skip
def test_time_is_the_gap_between_the_two(starts: tuple[int, int], lasts: tuple[int, int], hours: int) -> None:
    spans = [(NOON + start * HOUR, NOON + (start + last) * HOUR) for start, last in zip(starts, lasts, strict=True)]
    gap = max(starts[1] - (starts[0] + lasts[0]), starts[0] - (starts[1] + lasts[1]), 0)
    left, right = ({**HERE, "starts_at": a, "ends_at": b, "within_hours": Decimal(hours)} for a, b in spans)
    assert are_met(left, right) is (gap <= hours)


def test_postcodes_meet_by_their_beginning_and_not_across_countries() -> None:
    place = {"postcode": "ZZ079ZZ", "country": "GB"}
    assert are_met(place, {"postcode": "ZZ07", "country": "gb"})
    assert not are_met(place, {"postcode": "ZZ08", "country": "GB"})
    assert not are_met(place, {"postcode": "ZZ079ZZ", "country": "NL"})
    assert met(event("A", **place), event("B", **HERE)).not_compared == 1
    assert met(event("A", **place, **HERE), event("B", **HERE)).found


def test_purchases_on_one_account_meet_without_a_name_and_on_another_market_not_at_all() -> None:
    bought = {"event_kind": "purchase", "market": "Larkspur", "account_handle": "AmberQuay"}
    (found,) = met(event("A", **bought), event("B", **bought, contact="y") | {"market": "larkspur market"}).found
    assert found[1] == "purchases on one account"
    assert [party.is_named for party in found[2]] == [False, False]
    assert not are_met(bought, {**bought, "market": "Fennel"})
    assert not are_met(bought, {**bought, "account_handle": "amberquays"})


def test_every_kind_of_event_has_its_limits() -> None:
    assert limits().keys() == {"search", "arrest", "surveillance", "delivery", "meeting", "purchase"}
    assert all(one["km"] > 0 and one["hours"] > 0 for one in limits().values())


def test_a_list_of_very_many_events_in_one_place_makes_few_pairs_and_hides_no_other_agency() -> None:
    count = MOST_CASES + 20
    many = [event("B", **HERE, case_number=f"B-{n:04}", event_ref=f"B-E{n}", source_row=n) for n in range(1, count + 1)]
    found = met(event("A", **HERE), *many, event("C", **HERE))
    pairs = [tuple(one.agency for one in parties) for _, _, parties in found.found]
    assert pairs.count(("A", "B")) == MOST_CASES
    assert pairs.count(("A", "C")) == 1
    assert pairs.count(("B", "C")) == count
    assert len(pairs) + found.left_out == (count + 2) * (count + 1) // 2
    assert found.left_out > 0
