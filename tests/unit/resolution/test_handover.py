"""When an account may have changed hands: what about it is of one kind up to a day and of another afterwards."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from rows_by_hand import TEXTS, result, results, rows

START = date(2021, 3, 1)
OLD, NEW = "kept dry and sent on the day you pay", "vacuum sealed twice then posted within two working days"
PLACE = {
    "exhibit_id": pa.string(), "part": pa.string(), "source_table": pa.string(), "source_row": pa.int64(),
    "byte_offset": pa.int64(), "byte_length": pa.int64(),
}  # fmt: skip
Advert = tuple[int, str, str, str]  # day, words, goods, origin


def tables(
    adverts: list[Advert], keys: list[tuple[int, str]], contacts: list[tuple[int, str]], role: str
) -> dict[str, pa.Table]:
    """Everything that account_change reads: one account with these adverts, keys and contacts, by day."""
    listed = [
        (f"L{number}", "A", f"{words} number {number}", origin, START + timedelta(days=day), [f"advert {number:02}"])
        for number, (day, words, _, origin) in enumerate(adverts)
    ]
    listing = {
        "listing_id": pa.string(), "account_id": pa.string(), "description": pa.string(), "ships_from": pa.string(),
        "first_seen_on": pa.date32(), "places": TEXTS,
    }  # fmt: skip
    stood = [("E", "part", "keys", number, 0, 1) for number in range(len(keys))]
    seen = [datetime(2021, 3, 1) + timedelta(days=day) for day, _ in keys]  # noqa: DTZ001 - UTC
    reading = {
        "market": pa.string(), "account_server_id": pa.string(), "account_handle": pa.string(),
        "fingerprint": pa.string(), "key_context": pa.string(), "key_state": pa.string(), "is_quoted": pa.bool_(),
        "place": pa.string(),
    }  # fmt: skip
    server = {"market": pa.string(), "account_server_id": pa.string(), "account_id": pa.string()}
    identifier = {
        "account_id": pa.string(), "identifier": pa.string(), "network": pa.string(), "is_quoted": pa.bool_(),
        "identifier_state": pa.string(), "place": pa.string(),
    }  # fmt: skip
    return {
        "account": rows(
            {"account_id": pa.string(), "role": pa.string(), "market": pa.string(), "handle": pa.string(),
             "exhibit_ids": TEXTS}, ("A", role, "M", "one", ["E"])),
        "listing": rows(listing, *listed),
        "listing_substance": rows(
            {"listing_id": pa.string(), "substance": pa.string(), "is_ambiguous": pa.bool_()},
            *((f"L{number}", one[2], False) for number, one in enumerate(adverts) if one[2])),
        "origin": rows(
            {"ships_from": pa.string(), "country": pa.string()},
            *((code, code) for code in sorted({one[3] for one in adverts if one[3]}))),
        "identifier": rows(identifier, *(
            ("A", name, None, False, "no_checksum", f"advert {number:02}") for number, name in contacts)),
        "key_block": rows({"seen_at": pa.timestamp("us")} | PLACE, *(
            (at, *place) for at, place in zip(seen, stood, strict=True))),
        "key_reading": rows(reading, *(
            ("M", "1", None, key, "own_profile", "verified", False, "|".join(map(str, place)))
            for (_, key), place in zip(keys, stood, strict=True))),
        "server_account": rows(server, ("M", "1", "A")),
    }  # fmt: skip


def changes(
    adverts: list[Advert],
    *,
    keys: list[tuple[int, str]] | None = None,
    contacts: list[tuple[int, str]] | None = None,
    role: str = "seller",
) -> dict[str, dict[str, Any]]:
    """Changes by trait."""
    found = result("account_change", **tables(adverts, keys or [], contacts or [], role))
    return {row["trait"]: row for row in found}


def life(
    old: str, new: str, *, at: int = 30, goods: tuple[str, str] = ("", ""), origin: tuple[str, str] = ("", "")
) -> Any:
    """Three adverts before that day and three from it on."""
    before = [(at - 30 + 5 * number, old, goods[0], origin[0]) for number in range(3)]
    return [*before, *((at + 5 * number, new, goods[1], origin[1]) for number in range(3))]


def test_words_that_never_return_after_a_day_are_a_change_with_the_days_around_it() -> None:
    row = changes(life(OLD, NEW))["writing"]
    assert (row["old_until_on"], row["new_from_on"]) == (START + timedelta(days=10), START + timedelta(days=30))
    assert (row["old_sightings"], row["new_sightings"]) == (3, 3)
    assert row["places"] == [f"advert {number:02}" for number in range(6)]


def test_who_goes_on_with_one_piece_of_text_has_not_changed() -> None:
    assert changes([*life(OLD, NEW), (60, OLD, "", "")]) == {}


def test_who_writes_every_advert_anew_shows_no_change() -> None:
    anew = [(5 * number, " ".join(f"w{number}x{place}" for place in range(9)), "", "") for number in range(8)]
    assert changes(anew) == {}


@pytest.mark.parametrize("since", [1, 31])
def test_two_templates_among_many_other_adverts_are_no_change_of_the_account(since: int) -> None:
    days = range(since, since + 28, 2)
    other = [(day, " ".join(f"w{day}x{place}" for place in range(9)), "", "") for day in days]
    assert changes([*life(OLD, NEW), *other]) == {}


def test_origin_goods_keys_and_contacts_change_by_what_is_named() -> None:
    found = changes(
        life(OLD, OLD, goods=("tea", "salt"), origin=("DE", "BR")),
        keys=[(0, "K1"), (9, "K1"), (31, "K2"), (40, "K2")],
        contacts=[(0, "me@old.invalid"), (1, "ME@old.invalid"), (4, "me@new.invalid"), (5, "me@new.invalid")],
    )
    assert found.keys() == {"goods", "origin", "key", "contact"}
    assert found["key"]["places"] == [f"E|part|keys|{number}|0|1" for number in range(4)]
    assert found["contact"]["places"] == [f"advert {number:02}" for number in (0, 1, 4, 5)]


def test_a_key_that_stays_beside_a_new_one_is_no_change() -> None:
    assert changes([], keys=[(0, "K1"), (9, "K1"), (31, "K2"), (40, "K2"), (40, "K1")]) == {}


def test_nothing_is_said_of_an_account_that_only_buys() -> None:
    assert changes(life(OLD, NEW), role="buyer") == {}


def handovers(*found: tuple[str, int, int, int]) -> list[dict[str, Any]]:
    """Possible handovers of account A for changes (trait, old until, new from, fewest sightings)."""
    change = {
        "account_id": pa.string(), "trait": pa.string(), "old_until_on": pa.date32(), "new_from_on": pa.date32(),
        "sightings_least": pa.int64(), "places": TEXTS, "exhibit_ids": TEXTS,
    }  # fmt: skip
    return result(
        "possible_handover",
        account=rows({"account_id": pa.string(), "market": pa.string(), "handle": pa.string()}, ("A", "M", "one")),
        account_change=rows(change, *(
            ("A", trait, START + timedelta(days=until), START + timedelta(days=since), least, [f"p {trait}"], ["E"])
            for trait, until, since, least in found
        )),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "traits"),
    [
        ([("writing", 10, 30, 3)], ["writing"]),
        ([("writing", 10, 30, 2)], None),  # two sightings are too few by themselves
        ([("writing", 10, 30, 2), ("key", 20, 40, 2)], ["key", "writing"]),
        ([("writing", 10, 30, 2), ("goods", 20, 40, 2)], ["goods", "writing"]),
        ([("goods", 10, 30, 9)], None),  # sellers take up new goods
        ([("writing", 10, 30, 3), ("key", 60, 80, 3)], ["key"]),  # two points; the one named first
        ([("writing", 10, 30, 2), ("key", 60, 80, 2)], None),
    ],
)
def test_a_handover_is_one_point_in_time_with_enough_behind_it(
    found: list[tuple[str, int, int, int]], traits: list[str] | None
) -> None:
    assert [row["traits"] for row in handovers(*found)] == ([traits] if traits else [])


def test_a_handover_lies_between_the_days_on_which_all_its_traits_agree() -> None:
    (row,) = handovers(("writing", 10, 30, 3), ("key", 20, 40, 2))
    assert (row["old_until_on"], row["new_from_on"]) == (START + timedelta(days=20), START + timedelta(days=30))
    assert row["places"] == ["p key", "p writing"]
    assert "one on M may have changed hands between 2021-03-21 and 2021-03-31: " in row["reason"]


def test_from_adverts_to_a_handover_nothing_is_lost() -> None:
    made = results(("account_change", "possible_handover"), **tables(life(OLD, NEW), [], [], "seller"))
    assert [row["account_id"] for row in made["possible_handover"]] == ["A"]
