"""When accounts do something: hours, weeks, what begins after a market has closed; and pack sizes and destinations."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rows_by_hand import TEXTS, result, rows
from trade_by_hand import traded

PAIR = rows(
    dict.fromkeys(("pair_id", "left_id", "right_id"), pa.string()) | {"exhibit_ids": TEXTS}, ("P", "A", "B", ["E"])
)
PLACE = {
    "exhibit_id": pa.string(), "part": pa.string(), "source_table": pa.string(), "source_row": pa.int64(),
    "byte_offset": pa.int64(), "byte_length": pa.int64(),
}  # fmt: skip
WHEN = pa.timestamp("us")
ACCOUNT = {"account_id": pa.string(), "role": pa.string(), "places": TEXTS, "exhibit_ids": TEXTS}
START = datetime(2021, 3, 1)  # noqa: DTZ001 - a Monday; the engine's times are UTC


def stood(row: int) -> tuple[Any, ...]:
    return ("E", "part", "table", row, 0, 1)


def rhythm(
    *,
    sent: tuple[datetime, ...] = (),
    sold: tuple[datetime, ...] = (),
    adverts: tuple[tuple[date, date], ...] = (),
    roles: tuple[str, str] = ("seller", "buyer"),
) -> list[dict[str, Any]]:
    """What account_rhythm says of account A, whose id on the server is 1, beside a buyer with id 2."""
    server = {"market": pa.string(), "account_server_id": pa.string(), "account_id": pa.string()}
    message = {"market": pa.string(), "sender_server_id": pa.string(), "sent_at": WHEN} | PLACE
    post = {"market": pa.string(), "author_handle": pa.string(), "posted_at": WHEN} | PLACE
    application = {"market": pa.string(), "account_server_id": pa.string(), "applied_at": WHEN} | PLACE
    seen = {"market": pa.string(), "account_server_id": pa.string(), "account_handle": pa.string(),
            "last_seen_at": WHEN} | PLACE  # fmt: skip
    return result(
        "account_rhythm",
        account=rows(ACCOUNT, ("A", roles[0], ["p"], ["E"]), ("Z", roles[1], ["p"], ["E"])),
        server_account=rows(server, ("M", "1", "A"), ("M", "2", "Z")),
        message=rows(
            message, *(("M", who, at, *stood(row)) for row, at in enumerate(sent) for who in ("1", "2"))
        ),
        post=rows(post),
        application=rows(application, ("M", "1", None, *stood(90))),
        account_sighting=rows(seen, ("M", "1", "one", None, *stood(91))),
        sale_valued=rows({"account_id": pa.string(), "sold_at": WHEN}, *(("A", at) for at in sold)),
        listing=rows(
            {"account_id": pa.string(), "first_seen_on": pa.date32(), "last_seen_on": pa.date32()},
            *(("A", *days) for days in adverts),
        ),
    )  # fmt: skip


def test_hours_are_those_of_what_a_seller_writes_and_not_of_what_buyers_order() -> None:
    (one,) = rhythm(
        sent=(START.replace(hour=7), START.replace(hour=7, minute=5), START + timedelta(days=6, hours=23)),
        sold=(START.replace(hour=15),),
    )
    assert one["moments"] == 3
    assert {hour: count for hour, count in enumerate(one["hours"]) if count} == {7: 2, 23: 1}
    assert one["weekdays"] == [2, 0, 0, 0, 0, 0, 1]


def test_what_two_exhibits_hold_is_one_moment() -> None:
    (one,) = rhythm(sent=(START, START))
    assert (one["moments"], one["places"]) == (1, ["E|part|table|0|0|1"])


def test_weeks_are_those_of_words_sales_and_adverts_by_their_mondays() -> None:
    (one,) = rhythm(
        sent=(START + timedelta(days=3),),
        sold=(START + timedelta(days=8),),
        adverts=((date(2021, 3, 21), date(2021, 3, 29)),),
    )
    assert one["weeks"] == [date(2021, 3, 1), date(2021, 3, 8), date(2021, 3, 15), date(2021, 3, 29)]


def test_no_rhythm_of_a_buyer_is_on_record() -> None:
    assert rhythm(sent=(START,), roles=("buyer", "buyer")) == []


RHYTHM = {
    "account_id": pa.string(), "moments": pa.int64(), "hours": pa.list_(pa.int64()), "weekdays": pa.list_(pa.int64()),
    "weeks": pa.list_(pa.date32()), "places": TEXTS, "exhibit_ids": TEXTS,
}  # fmt: skip


def hours(
    one: dict[int, int], other: dict[int, int], days: tuple[list[int], list[int]] | None = None
) -> dict[str, Any]:
    """Rows of the signal by name, for two accounts with so many moments at these hours."""
    both = []
    for number, (name, found) in enumerate((("A", one), ("B", other))):
        moments = sum(found.values())
        weekdays = days[number] if days else [moments, 0, 0, 0, 0, 0, 0]
        both.append((name, moments, [found.get(hour, 0) for hour in range(24)], weekdays, [], [f"p{name}"], ["E"]))
    return {
        row["signal"]: row for row in result("signal_hours", pair_candidate=PAIR, account_rhythm=rows(RHYTHM, *both))
    }


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ({8: 40}, {8: 40}, "alike"),
        ({8: 40}, {9: 35, 20: 5}, "half"),
        ({23: 40}, {0: 40}, "half"),  # midnight is no border
        ({8: 40}, {11: 40}, "apart"),
        ({8: 40}, {8: 29}, "alike, few"),
        ({8: 40}, {20: 10}, "apart, few"),
        ({8: 40}, {8: 9}, None),
    ],
)
def test_hours_are_compared_by_what_is_shared_and_by_how_much_there_is(
    one: dict[int, int], other: dict[int, int], level: str | None
) -> None:
    found = hours(one, other)
    assert (found["hours"]["level"] if found else None) == level


def test_the_reason_states_the_share_the_amounts_and_rows_of_both() -> None:
    row = hours({8: 40}, {9: 80})["hours"]
    assert "66 %" in row["reason"]
    assert "40 and 80 moments" in row["reason"]
    assert row["places"] == ["pA", "pB"]


def test_days_of_the_week_are_stated_and_decide_nothing() -> None:
    weekend, work = [0, 0, 0, 0, 0, 20, 20], [8, 8, 8, 8, 8, 0, 0]
    apart, alike = (hours({8: 40}, {8: 40}, (weekend, days))["hours"] for days in (work, weekend))
    assert apart["level"] == alike["level"] == "alike"
    assert " 0 % of the days" in apart["reason"]
    assert " 100 % of the days" in alike["reason"]


counts = st.dictionaries(st.integers(0, 23), st.integers(1, 30), min_size=1, max_size=6)


@given(counts, counts)
def test_hours_of_two_are_the_same_whoever_comes_first(one: dict[int, int], other: dict[int, int]) -> None:
    ahead, behind = hours(one, other), hours(other, one)
    assert {name: row["level"] for name, row in ahead.items()} == {name: row["level"] for name, row in behind.items()}


def closing(ends: datetime | None, begins: datetime | None, *, market: str = "N") -> list[dict[str, Any]]:
    """The signal where A was on M, whose server's last word is of 2021-06-30, and B is on another market."""
    end = datetime(2021, 6, 30)  # noqa: DTZ001 - UTC
    accounts = [("A", "M", "seller"), ("B", market, "seller"), ("last", "M", "buyer"), ("C", "M", "buyer")]
    times = {"A": (None, ends), "B": (begins, None), "last": (None, end)}
    return result("signal_closing", pair_candidate=PAIR, account_trade=traded(accounts=accounts, times=times))


@pytest.mark.parametrize(
    ("ends", "begins", "level"),
    [
        ((2021, 6, 30), (2021, 7, 28), "within 4 weeks"),
        ((2021, 6, 16), (2021, 7, 29), "within 12 weeks"),
        ((2021, 6, 30), (2021, 9, 23), None),  # twelve weeks and a day
        ((2021, 6, 15), (2021, 7, 1), None),  # A had left before
        ((2021, 6, 30), (2021, 6, 29), None),  # B was there already
        (None, (2021, 7, 1), None),
        ((2021, 6, 30), None, None),
    ],
)
def test_to_begin_after_the_others_market_has_closed_is_a_signal(ends: Any, begins: Any, level: str | None) -> None:
    found = closing(ends and datetime(*ends), begins and datetime(*begins))  # noqa: DTZ001 - UTC
    assert [row["level"] for row in found] == ([level] if level else [])


def test_on_one_market_nothing_has_closed() -> None:
    assert closing(datetime(2021, 6, 30), datetime(2021, 7, 1), market="M") == []  # noqa: DTZ001 - UTC


def amounts(one: list[str], other: list[str]) -> list[str]:
    """Levels of the signal for adverts that offer these amounts, in grams or in what is counted."""
    accounts = [("A", "M", "seller"), ("B", "M", "seller")]
    offered = [*(("A", text) for text in one), *(("B", text) for text in other)]
    found = result("signal_amount", pair_candidate=PAIR, account_trade=traded(accounts=accounts, amounts=offered))
    return [row["level"] for row in found]


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        (["1 g", "2 g", "5 g"], ["1 g", "2 g", "5 g"], ["most"]),
        (["1 g", "2 g", "5 g"], ["1 g", "2 g", "7 g"], ["many"]),
        (["1 g", "2 g", "5 g"], ["1 g", "3 g", "7 g"], ["few"]),
        (["1 g", "2 g", "5 g"], ["1 pill", "2 pill", "5 pill"], ["none"]),
        (["1 g", "2 g", "2 g"], ["1 g", "2 g", "5 g"], []),  # two sizes are no list
    ],
)
def test_pack_sizes_are_compared_with_their_unit(one: list[str], other: list[str], levels: list[str]) -> None:
    assert amounts(one, other) == levels


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (["Worldwide"], ["WW"], "everywhere"),
        (["WW except Norway"], ["everywhere but not NO"], "one place"),
        (["WW except Norway, Chile"], ["exclude CL, NO"], "two places"),
        (["US, Canada, Peru"], ["include PE, CA, US"], "three places and more"),
        (["WW except Norway"], ["Norway only"], "other places"),
        (["WW except Norway"], ["WW except Norway, Chile"], "other places"),
        (["WW except Norway"], ["Worldwide"], "one everywhere"),
        (["Worldwide", "US, Canada, Peru"], ["Worldwide", "Peru, US, Canada"], "three places and more"),
        (["Worldwide"], ["your PM"], None),
        (["Worldwide"] * 9 + ["Norway"], ["Norway"], "one everywhere"),  # one of ten adverts is not the seller's habit
    ],
)
def test_destinations_are_compared_by_what_they_say(one: list[str], other: list[str], level: str | None) -> None:
    accounts = [("A", "M", "seller"), ("B", "M", "seller")]
    stated = [*(("A", text) for text in one), *(("B", text) for text in other)]
    for destinations in (stated, [("AB"[owner == "A"], text) for owner, text in stated]):
        found = result(
            "signal_destination",
            pair_candidate=PAIR,
            account_trade=traded(accounts=accounts, destinations=destinations),
        )
        assert [row["level"] for row in found] == ([level] if level else [])
