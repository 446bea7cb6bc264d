"""Destinations: everywhere, everywhere but some places, and lists of places are told apart; nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.reference.destinations import Destination, Reach, read_destination


@pytest.mark.parametrize(
    "text",
    ["Worldwide", "all", "WW", "world wide", "The entire world wide", "wordwide", "International!", "Everywhere\r\n"],
)
def test_everywhere_is_known_however_it_is_written(text: str) -> None:
    assert read_destination(text) == Destination(Reach.EVERYWHERE)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Worldwide except Australia", ("AU",)),
        ("WW but not Norway, Finland", ("FI", "NO")),
        ("exclude AU, NZ", ("AU", "NZ")),
        ("World wide (excluding Sweden and the Middle East)", ("SE", "the middle east")),
        ("we do not ship to Canada / Norway", ("CA", "NO")),
    ],
)
def test_what_is_left_out_is_named(text: str, places: tuple[str, ...]) -> None:
    assert read_destination(text) == Destination(Reach.ALL_BUT, places)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("USA only", ("US",)),
        ("Europe, USA, Canada", ("CA", "US", "europe")),
        ("include US, GB", ("GB", "US")),
        ("within the EU", ("eu",)),
        ("Norway", ("NO",)),  # not "no way"
    ],
)
def test_what_is_listed_is_named(text: str, places: tuple[str, ...]) -> None:
    assert read_destination(text) == Destination(Reach.LISTED, places)


@pytest.mark.parametrize(
    "text",
    [None, "", "domestic only", "please check listing", "EU except Heronland", "Worldwide except", "x" * 501],
)
def test_what_names_no_known_place_is_not_read(text: str | None) -> None:
    assert read_destination(text) == Destination(Reach.NOT_READ)


@given(
    st.lists(st.sampled_from(["worldwide ", "except ", "not ", "all ", "no ", "US, ", "(", " ", "only "]), max_size=200)
)
def test_hostile_text_is_read_at_once(pieces: list[str]) -> None:
    read = read_destination("".join(pieces))
    assert bool(read.places) == (read.reach in {Reach.ALL_BUT, Reach.LISTED})
