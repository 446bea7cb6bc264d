"""Two accounts beside each other: words in common, and what is equal, different or not known."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.resolution.comparison import Fact, facts
from crossbearing.resolution.side_by_side import Side, common_runs, nearest, unseen

PAIR = {"left_id": "A-1", "left_market": "Kestrel", "left_handle": "mara", "right_id": "A-2"} | {
    "right_market": "Plover", "right_handle": "mara"
}  # fmt: skip
NOTHING = replace(unseen(PAIR, "left"), adverts=0, sales=0)
WORDS = st.lists(st.sampled_from(["pure", "Pure!", "haze", "5g", "sent", "from", "NL", "\u202e"]), max_size=30)


def advert(title: str, description: str | None = None) -> dict[str, Any]:
    return {"title": title, "description": description, "price": None, "last_seen_on": None, "place": None}


def marked(pieces: tuple[tuple[str, bool], ...]) -> list[str]:
    return [text.strip() for text, is_shared in pieces if is_shared]


def fact(name: str, left: Side, right: Side) -> Fact:
    (found,) = (one for one in facts(left, right) if one.name == name)
    return found


def test_runs_of_three_words_are_marked_whatever_their_case_and_signs() -> None:
    left, right = common_runs("We send, each BATCH to a lab", "Proud: we send each batch. Haze to a")
    assert marked(left) == ["We send, each BATCH"]
    assert marked(right) == ["we send each batch."]


@given(WORDS, WORDS)
def test_pieces_put_together_are_the_text_and_both_sides_have_the_same_runs(ours: list[str], others: list[str]) -> None:
    left, right = common_runs(" ".join(ours), "\n".join(others))
    assert "".join(text for text, _ in left) == " ".join(ours)
    assert "".join(text for text, _ in right) == "\n".join(others)
    assert sum(len(text.split()) for text in marked(left)) == sum(len(text.split()) for text in marked(right))


def test_of_long_adverts_the_words_left_out_are_counted() -> None:
    long = " ".join(f"word{number}" for number in range(450))
    found = nearest(replace(NOTHING, newest=(advert(long),)), replace(NOTHING, newest=(advert("word3 word4"),)))
    assert found
    assert (found.left.left_out, found.right.left_out) == (50, 0)


def test_the_nearest_adverts_are_those_with_the_largest_share_of_words() -> None:
    left = replace(NOTHING, newest=(advert("haze 5g from NL"), advert("tested crystals", "pure and dry")))
    right = replace(NOTHING, newest=(advert("haze or not"), advert("Tested crystals, pure")))
    found = nearest(left, right)
    assert found
    assert (found.left.advert, found.right.advert) == (left.newest[1], right.newest[1])
    assert nearest(left, replace(NOTHING, newest=(advert("other words"),))) is None
    assert nearest(left, NOTHING) is None


def key(identity: str, **more: object) -> dict[str, object]:
    return {"identity_kind": "key", "identity": identity, "spread": 1, "is_desk_key": False, "is_sound": True} | more


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [("AB", "AB", "same"), ("AB", "BC", "partly"), ("AB", "CD", "differs"), ("AB", "", ""), ("", "", "")],
)
def test_sets_are_the_same_partly_the_same_or_different_and_nothing_where_one_is_empty(
    left: str, right: str, relation: str
) -> None:
    sides = [replace(NOTHING, identities=tuple(key(one) for one in side)) for side in (left, right)]
    found = fact("Keys on own profile", *sides)
    assert found.relation == relation
    assert {value.text for value in found.left if value.is_shared} == set(left) & set(right)


def test_what_is_shared_stands_first_and_what_is_cut_is_counted() -> None:
    many = tuple(key(f"{number:02}") for number in range(9))
    found = fact("Keys on own profile", replace(NOTHING, identities=many), replace(NOTHING, identities=many[-1:]))
    assert [value.text for value in found.left] == ["08", "00", "01", "02", "03", "04", "and 3 more"]


def test_not_known_is_not_nothing() -> None:
    hidden = unseen(PAIR, "left")
    for name in ("Adverts", "Sales on record", "Keys on own profile", "Ships from"):
        assert fact(name, hidden, NOTHING).left[0].text == "\u2013 not known", name
    assert fact("Sales on record", NOTHING, hidden).left[0].text == "0"
    assert fact("Keys on own profile", NOTHING, hidden).left[0].text == "\u2013 none on record"


def test_origins_are_compared_by_the_country_they_name() -> None:
    left = replace(NOTHING, origins=({"ships_from": "usa", "country": "US", "adverts": 3},))
    right = replace(NOTHING, origins=({"ships_from": "United States", "country": "US", "adverts": 1},))
    region = replace(NOTHING, origins=({"ships_from": "EU", "country": None, "adverts": 1},))
    assert fact("Ships from", left, right).relation == "same"
    assert fact("Ships from", left, region).relation == "differs"


def test_destinations_are_one_however_they_are_spaced_and_written_large() -> None:
    left = replace(NOTHING, destinations=({"ships_to": "Europe,  USA", "adverts": 3},))
    right = replace(NOTHING, destinations=({"ships_to": "europe, usa", "adverts": 1},))
    world = replace(NOTHING, destinations=({"ships_to": "Worldwide", "adverts": 1},))
    assert fact("Ships to", left, right).relation == "same"
    assert fact("Ships to", left, world).relation == "differs"
    assert fact("Ships to", left, NOTHING).relation == ""


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("World Wide excl. Norway, Chile", "worldwide but not CL, NO", "same"),
        ("WW", "everywhere", "same"),
        ("WW except Norway", "Norway only", "differs"),
        ("see my profile", "ask first", "differs"),
    ],
)
def test_destinations_are_compared_by_what_they_say(left: str, right: str, relation: str) -> None:
    sides = [replace(NOTHING, destinations=({"ships_to": text, "adverts": 1},)) for text in (left, right)]
    assert fact("Ships to", *sides).relation == relation


def test_what_makes_less_of_a_key_is_said() -> None:
    shown = replace(NOTHING, identities=(key("A", spread=4, is_desk_key=True, is_sound=False),))
    (value,) = fact("Keys on own profile", shown, NOTHING).left
    assert value.note == "on 4 accounts; shown by staff; block is damaged"
