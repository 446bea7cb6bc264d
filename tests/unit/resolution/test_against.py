"""What speaks against one operator: two continents at once, dealings between the two, a copied advert."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from crossbearing.reference.countries import continents_of
from rows_by_hand import TEXTS, result, results, rows
from trade_by_hand import traded

PAIR = rows(
    dict.fromkeys(("pair_id", "left_id", "right_id"), pa.string()) | {"exhibit_ids": TEXTS}, ("P", "A", "B", ["E"])
)
WEEKS = [date(2021, 3, 1) + timedelta(weeks=number) for number in range(4)]


@pytest.mark.parametrize(
    ("code", "continents"),
    [
        ("DE", ("Europe",)),
        ("US", ("America",)),
        ("AU", ("Oceania",)),
        ("ES", ("Africa", "Europe")),
        ("BR", ("America",)),
        ("RU", ("Asia", "Europe")),
        ("NZ", ("Oceania",)),
        ("IS", ()),  # in an ocean: not known
        ("QQ", ()),
        (None, ()),
    ],
)
def test_continents_of_a_country_are_those_of_its_time_zones(code: str | None, continents: tuple[str, ...]) -> None:
    assert continents_of(code) == continents


def continents(one: tuple[list[str], list[date]], other: tuple[list[str], list[date]]) -> list[dict[str, Any]]:
    """The signal for two accounts with these countries and weeks."""
    return result(
        "signal_continent",
        pair_candidate=PAIR,
        account_trade=traded(
            accounts=[("A", "M", "seller"), ("B", "M", "seller")],
            origins=[*(("A", country) for country in one[0]), *(("B", country) for country in other[0])],
        ),
        account_rhythm=rows(
            {"account_id": pa.string(), "weeks": pa.list_(pa.date32())}, ("A", one[1]), ("B", other[1])
        ),
    )


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ((["DE"], WEEKS), (["BR"], WEEKS[:1]), "one week"),
        ((["DE"], WEEKS), (["BR", "CA"], WEEKS), "several weeks"),
        ((["DE"], WEEKS[:2]), (["BR"], WEEKS[2:]), None),  # one after the other
        ((["DE"], WEEKS), (["NL"], WEEKS), None),
        ((["DE", "BR"], WEEKS), (["BR"], WEEKS), None),
        ((["DE"], WEEKS), (["RU"], WEEKS), None),  # on both continents
        ((["DE"], WEEKS), (["IS"], WEEKS), None),  # not known is not elsewhere
        (([], WEEKS), (["BR"], WEEKS), None),
    ],
)
def test_two_continents_in_one_week_speak_against_a_pair(one: Any, other: Any, level: str | None) -> None:
    found = continents(one, other)
    assert [row["level"] for row in found] == ([level] if level else [])
    for row in found:
        assert row["places"] == ["pA", "pB"]


def dealings(*orders: tuple[str, str, bool], role: str = "seller") -> list[dict[str, Any]]:
    """The signal for orders (seller, buyer, disputed) between accounts A, B and C; C has the role."""
    server = {"market": pa.string(), "account_server_id": pa.string(), "account_id": pa.string()}
    sale = {
        "market": pa.string(), "sale_server_id": pa.string(), "account_id": pa.string(), "buyer_server_id": pa.string(),
        "place": pa.string(), "exhibit_ids": TEXTS,
    }  # fmt: skip
    dispute = {
        "market": pa.string(), "sale_server_id": pa.string(), "exhibit_id": pa.string(), "part": pa.string(),
        "source_table": pa.string(), "source_row": pa.int64(), "byte_offset": pa.int64(), "byte_length": pa.int64(),
    }  # fmt: skip
    return results(
        ("pair_dealing", "signal_dealing"),
        pair_candidate=PAIR,
        account=rows(
            {"account_id": pa.string(), "role": pa.string()}, ("A", "seller"), ("B", "seller"), ("C", role)
        ),
        server_account=rows(server, *(("M", f"id {name}", name) for name in "ABC")),
        sale_valued=rows(sale, *(
            ("M", f"{number}", seller, f"id {buyer}", f"sale {number}", ["E"])
            for number, (seller, buyer, _) in enumerate(orders)
        )),
        dispute=rows(dispute, *(
            ("M", f"{number}", "E", "part", "disputes", number, 0, 1) for number, one in enumerate(orders) if one[2]
        )),
    )["signal_dealing"]  # fmt: skip


@pytest.mark.parametrize(
    ("orders", "level", "places"),
    [
        ([("A", "B", False)], "one order", ["sale 0"]),
        ([("A", "B", False), ("B", "A", False)], "several orders", ["sale 0", "sale 1"]),
        ([("A", "B", False), ("A", "B", True)], "dispute", ["E|part|disputes|1|0|1", "sale 0"]),
        ([("A", "C", True), ("C", "B", True)], None, None),  # with a third
        ([("A", "A", True)], None, None),  # from itself
    ],
)
def test_an_order_between_the_two_is_a_signal_with_its_rows(
    orders: list[tuple[str, str, bool]], level: str | None, places: list[str] | None
) -> None:
    found = dealings(*orders)
    assert [row["level"] for row in found] == ([level] if level else [])
    for row in found:
        assert row["places"] == places


def shared(words: int, days: int | None, key: str | None) -> list[dict[str, Any]]:
    """The signal for a run of so many words, seen on B so many days after A, with this level of the keys."""
    run = {
        "left_id": pa.string(), "right_id": pa.string(), "shared_words": pa.int64(), "left_seen_on": pa.date32(),
        "right_seen_on": pa.date32(), "places": TEXTS, "exhibit_ids": TEXTS,
    }  # fmt: skip
    seen = None if days is None else WEEKS[0] + timedelta(days=days)
    signal = {"pair_id": pa.string(), "signal": pa.string(), "level": pa.string()}
    keys = [("P", "contact", "none"), *([("P", "key", key)] if key else [])]
    return result(
        "signal_first_seen",
        pair_candidate=PAIR,
        shared_run=rows(run, ("A", "B", words, WEEKS[0], seen, ["p"], ["E"])),
        signal_identity=rows(signal, *keys),
    )


@pytest.mark.parametrize(
    ("words", "days", "key", "level"),
    [
        (20, 90, None, "20 words"),
        (39, 90, "none", "20 words, another key"),
        (40, 90, "all", "40 words"),
        (40, 31, "none", "40 words, another key, later"),
        (40, -31, "none", "40 words, another key, later"),
        (40, 30, "none", "40 words, another key, within 30 days"),
        (19, 90, "none", None),
        (40, None, "none", None),  # with whom it was seen first is not known
    ],
)
def test_a_long_run_beside_another_key_is_what_a_copied_advert_leaves(
    words: int, days: int | None, key: str | None, level: str | None
) -> None:
    found = shared(words, days, key)
    assert [row["level"] for row in found] == ([level] if level else [])
    for row in found:
        assert row["reason"].startswith(f"{words} words")
        assert f"{abs(days or 0)} days" in row["reason"]
