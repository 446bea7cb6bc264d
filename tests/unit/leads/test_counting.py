"""Overdoses are cut into cells that do not overlap, by the gravest group that is named."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.leads.counting import GROUPS, begin_of, end_of, gravest, told_together

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("names", "group"),
    [
        (["cocaine", "fentanyl analogue", "ethanol"], "lethal opioid"),
        (["Cocaine", "heroin, morphine or codeine"], "opioid"),
        (["opiate"], "opioid"),
        (["amphetamine", "benzodiazepine"], "stimulant"),
        (["benzodiazepine"], "sedative"),
        (["ethanol"], "other"),
        (["no such thing"], "other"),
        ([], "not stated"),
    ],
)
def test_an_overdose_stands_in_the_gravest_group_that_it_names(names: list[str], group: str) -> None:
    assert gravest(names) == group
    assert group in GROUPS


@given(day=DAYS, period=st.sampled_from(["week", "month"]))
def test_every_day_lies_in_one_period_and_periods_follow_each_other_without_gap(day: date, period: str) -> None:
    begin = begin_of(day, period)
    end = end_of(begin, period)
    assert begin <= day < end
    assert begin_of(end, period) == end
    assert begin_of(end - timedelta(days=1), period) == begin


@given(counts=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30)), smallest=st.integers(2, 8))
def test_parts_that_are_told_are_large_and_what_is_left_of_the_whole_is_not_small(
    counts: dict[str, int], smallest: int
) -> None:
    told = told_together(counts, smallest)
    assert all(count >= smallest for count in told.values())
    if told:
        assert sum(told.values()) == sum(counts.values())
    assert all(counts[name] == count for name, count in told.items() if name in counts)


def test_a_part_that_is_too_small_stands_together_with_the_next_one() -> None:
    assert told_together(Counter(town=90, county=1, state=30), 5) == {"town": 90, "county or state": 31}
    assert told_together(Counter(town=90, state=30), 5) == {"town": 90, "state": 30}
    assert told_together(Counter(town=3), 5) == {}
