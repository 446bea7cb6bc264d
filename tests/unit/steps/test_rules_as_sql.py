"""Rules that stand in SQL, over tables made by hand: each agrees with its words, written out slowly in Python."""

from collections import Counter

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from crossbearing.store.snapshot import DECISION_TABLES
from rows_by_hand import TEXTS, result, rows

origins = st.lists(st.sampled_from(["NL", "DE", "FR", None]), max_size=12)


def expected_routes(stated: list[str | None]) -> dict[str | None, str]:
    """The rule in words: half of the readable ones; or a fifth, and at least three."""
    readable = Counter(country for country in stated if country)
    total = sum(readable.values())
    found: dict[str | None, str] = {}
    for country, count in readable.items():
        if count >= total / 2:
            found[country] = "main origin"
        elif count >= total / 5 and count >= 3:
            found[country] = "further origin"
    return found or {None: "unroutable"}


@given(origins)
@example(["NL", "NL", "DE", "DE"])
@example(["NL", "NL", "NL", "DE"])
@example(["NL", "NL", "NL", "DE", "DE", "DE", "FR"])
@example(["NL", "NL", "NL", "NL", "DE", "DE", "DE"])
@example([])
def test_a_subject_goes_where_the_stated_rule_says(stated: list[str | None]) -> None:
    found = result(
        "target_route",
        subject=rows({"account_id": pa.string(), "subject_id": pa.string()}, ("A", "S")),
        target=rows({"subject_id": pa.string(), "exhibit_ids": TEXTS}, ("S", ["E"])),
        account_routing=DECISION_TABLES["account_routing"].schema.empty_table(),
        origin=rows(
            {"ships_from": pa.string(), "country": pa.string()}, *((code, code) for code in ("NL", "DE", "FR"))
        ),
        listing=rows(
            {name: pa.string() for name in ("listing_id", "account_id", "ships_from")}
            | {"places": TEXTS, "exhibit_ids": TEXTS},
            *((f"L{n}", "A", code, [f"p{n}"], ["E"]) for n, code in enumerate(stated)),
        ),
    )  # fmt: skip
    assert {row["country"]: row["route_rule"] for row in found} == expected_routes(stated)
    for row in found:
        assert row["listings"] == len(stated)
        assert row["listings_from_country"] == len(row["places"])
