"""What names a seller goes out of the text and is kept; all handles are invented."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crossbearing.resolution import masking
from crossbearing.resolution.masking import mask, masked


@pytest.mark.parametrize(
    "written",
    [
        "GreenTurtle", "greenturtle", "GREENTURTLE", "Green Turtle", "green_turtle", "g r e e n t u r t l e",
        "Gr33nTurt1e", "Greenturtl", "GrenTurtle",
    ],
)  # fmt: skip
def test_a_handle_goes_however_it_is_written(written: str) -> None:
    found = mask(f"best quality by {written} since long", ["GreenTurtle"])
    assert found.text.split() == ["best", "quality", "by", "since", "long"]
    assert any(one.kind == "handle" for one in found.removed)


@pytest.mark.parametrize("written", ["the green one", "a turtle shell"])
def test_a_longer_part_of_a_handle_goes_alone(written: str) -> None:
    assert "green" not in masked("GreenTurtle", written)
    assert "turtle" not in masked("GreenTurtle", written)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("write to seller@mail.invalid now", "seller@mail.invalid"),
        ("see http://abcdefabcdef.invalid/shop for more", "abcdefabcdef"),
        ("mirror " + "abcdefghij234567" + ".onion/x open", "abcdefghij234567"),
        ("Wickr: sellernine for bulk", "sellernine"),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQENB\n-----END PGP PUBLIC KEY BLOCK----- thanks", "mQENB"),
        ("key 0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567 mine", "CDEF"),
        ("pay 1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d now", "1a2b3c"),
    ],
)
def test_contacts_addresses_keys_and_wallets_go_and_are_kept(text: str, secret: str) -> None:
    found = mask(text)
    assert secret not in found.text
    assert any(secret in one.written for one in found.removed)


def test_a_handle_of_one_letter_goes_as_a_word_only() -> None:
    assert masked("a", "a gram and a half, really").split() == ["gram", "and", "half,", "really"]


def test_words_that_name_nobody_stay() -> None:
    text = "3.5g of the finest, vacuum sealed; telegram delivery within 2 days"
    assert masked("GreenTurtle", text) == text


FRAGMENTS = st.sampled_from(
    [
        "GreenTurtle", "gr33n", "g r e e n", "TURTLE", "4mber_0ak", "@mber", "\u0130", "\u0131", "\u017f", "\u212a",
        "\u00df", "$il@s", "0x", "0123", "89AB", "CDEF", "--", "BEGIN PGP", "\n", " ", ":", "=", "@", "://", "https",
        ".onion", ".ON\u0130ON", "wickr", "Session id", "mail.invalid", "x" * 30,
    ]
)  # fmt: skip
NAMES = st.sampled_from(["GreenTurtle", "amberoak", "silas", "Kelvin", "stra\u00dfe", "a", "!!"])


@given(st.lists(FRAGMENTS, max_size=12).map("".join), NAMES)
@example("green-turt1e and g.r.e.e.n", "GreenTurtle")
def test_what_is_tried_only_where_it_may_be_found_is_found_as_if_tried_everywhere(text: str, handle: str) -> None:
    found = mask(text, [handle])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(masking, "_worth_trying", lambda _: tried_everywhere())
        patch.setattr(masking, "_rough", lambda _: "")
        masking._name.cache_clear()
        everywhere = mask(text, [handle])
    masking._name.cache_clear()
    assert found == everywhere


@given(st.text("abcde\u00df", min_size=5, max_size=14), st.data())
def test_no_word_that_is_like_a_handle_is_left_out_for_its_length(handle: str, data: st.DataObject) -> None:
    name = masking._name(handle)
    letters = [one for one in name.spellings[0] if data.draw(st.booleans()) or data.draw(st.booleans())]
    word = "".join(letters) + data.draw(st.text("abc", max_size=4))
    if masking._is_like(word, name.spellings):
        shortest, longest = name.lengths
        assert shortest <= len(word) <= longest or len(word) < masking._SHORTEST_LIKE


def tried_everywhere() -> list[tuple[str, re.Pattern[str]]]:
    return [("key", masking._KEYS), ("address", masking._ADDRESSES), ("messenger", masking._MESSENGERS)]


@given(st.text(max_size=300), st.text(max_size=12))
@example("İİ seller", "İ")
@example("((((((((((", "(")
def test_spans_are_of_the_text_and_what_is_outside_them_stays(text: str, handle: str) -> None:
    found = mask(text, [handle] if handle else [])
    covered = set()
    for one in found.removed:
        assert text[one.start : one.end] == one.written
        covered |= set(range(one.start, one.end))
    left = "".join(letter for at, letter in enumerate(text) if at not in covered)
    assert "".join(found.text.split()) == "".join(left.split())


def test_hostile_text_is_masked_in_time() -> None:
    assert mask("g" * 100_000 + " r_" * 100_000 + "@" * 100_000, ["GreenTurtle"]).text
