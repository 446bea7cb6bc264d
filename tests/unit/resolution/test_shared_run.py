"""The longest run of words that adverts of two accounts share."""

import re
from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rows_by_hand import TEXTS, results, rows

LISTING = {
    "account_id": pa.string(), "listing_id": pa.string(), "description": pa.string(), "first_seen_on": pa.date32(),
    "places": TEXTS, "exhibit_ids": TEXTS,
}  # fmt: skip
ACCOUNT = {"account_id": pa.string(), "role": pa.string()}
DAY = date(2021, 1, 1)


def shared(*adverts: tuple[str, str, date | None], roles: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The table for adverts of (account, description, first seen)."""
    found = [
        (account, f"L-{number:03}", text, day, [f"p{number}"], ["E"])
        for number, (account, text, day) in enumerate(adverts)
    ]
    people = [(name, (roles or {}).get(name, "seller")) for name in sorted({account for account, *_ in adverts})]
    return results(("shared_run",), listing=rows(LISTING, *found), account=rows(ACCOUNT, *people))["shared_run"]


def longest_by_hand(one: str, other: str) -> int:
    """The slow oracle: every stretch of one looked for in the other; 0 below eight words."""
    left, right = (re.findall(r"\w+", text.lower()) for text in (one, other))
    for size in range(min(len(left), len(right)), 7, -1):
        there = {tuple(right[place : place + size]) for place in range(len(right) - size + 1)}
        if any(tuple(left[place : place + size]) in there for place in range(len(left) - size + 1)):
            return size
    return 0


words = st.lists(st.sampled_from("abc"), max_size=14).map(" ".join)


@given(words, words, words)
@settings(max_examples=40)
def test_the_run_is_the_longest_that_a_slow_search_finds(common: str, one: str, other: str) -> None:
    left, right = f"{one} {common}", f"{common} {other}"
    found = shared(("A", left, DAY), ("B", right, DAY))
    assert [row["shared_words"] for row in found] == [size for size in [longest_by_hand(left, right)] if size]


RUN = "we seal every parcel three times and post it on Tuesday"


def test_case_and_punctuation_do_not_hide_a_copy_and_who_was_seen_first_is_named() -> None:
    (row,) = shared(
        ("A", f"Hello! {RUN.upper().replace(' ', '... ')}.", date(2021, 5, 1)),
        ("B", f"Other words, then: {RUN}", date(2020, 5, 1)),
        ("B", "nothing of it", date(2019, 1, 1)),
    )
    assert (row["shared_words"], row["shared_text"]) == (11, RUN.lower())
    assert row["seen_first_id"] == "B"
    assert row["places"] == ["p0", "p1"]


def test_of_adverts_without_a_date_or_of_one_day_nobody_is_first() -> None:
    assert shared(("A", RUN, None), ("B", RUN, DAY))[0]["seen_first_id"] is None
    assert shared(("A", RUN, DAY), ("B", RUN, DAY))[0]["seen_first_id"] is None


def test_what_more_than_twenty_write_is_common_property_and_buyers_are_not_compared() -> None:
    assert len(shared(*((f"A{number:02}", RUN, DAY) for number in range(20)))) == 190
    assert shared(*((f"A{number:02}", RUN, DAY) for number in range(21))) == []
    assert shared(("A", RUN, DAY), ("B", RUN, DAY), roles={"B": "buyer"}) == []
