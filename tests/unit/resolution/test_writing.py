"""Comparing how accounts write: what is masked, who is near whom, and that the order of things does not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.resolution import writing
from crossbearing.resolution.masking import masked
from crossbearing.resolution.writing_pairs import FEWEST_WORDS, writing_pairs
from crossbearing.store.session import session
from rows_by_hand import TEXTS, rows

# Habits of four invented sellers; each writes of many things in its own words.
HABITS = (
    "hello dear friends, allways 3x sealed and sent same day, god bless you all",
    "Stealth is our trademark. Orders before noon leave on the day. No refunds, ever.",
    "YO whats good!! top shelf only!!! hit me up anytime, peace out",
    "kindly read the terms before ordering. we reship once, tracking costs extra.",
)
WARES = ("tea", "coffee", "cocoa", "biscuits", "marmalade", "candles", "soap", "pencils", "string", "buttons")


@pytest.mark.parametrize(
    ("handle", "text", "gone"),
    [
        ("MistyWorks", "welcome to mistyworks and Misty_Works", "misty"),
        ("tidal_inn77", "the Tidal Inn 77 is open", "tidal"),
        ("x", "write to a.b@example.invalid", "example"),
        ("x", "see http://abcdef.invalid/shop now", "abcdef"),
        ("x", "wickr: somebody22 for orders", "somebody"),
        ("x", "-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQENBF\n-----END PGP PUBLIC KEY BLOCK----- hello", "mQENBF"),
    ],
)
def test_what_names_the_seller_is_taken_out(handle: str, text: str, gone: str) -> None:
    assert gone.casefold() not in masked(handle, text).casefold()


@given(st.text(max_size=40), st.text(max_size=200))
def test_masking_never_fails_and_never_adds_words(handle: str, text: str) -> None:
    assert len(masked(handle, text).replace(" ", "")) <= len(text.replace(" ", ""))


def adverts(count: int) -> tuple[list[str], list[str], np.ndarray]:
    """Two accounts of each seller, with as many adverts each."""
    accounts, texts, owners = [], [], []
    for seller, habit in enumerate(HABITS):
        for half in range(2):
            accounts.append(f"A-{seller}{half}")
            for number in range(count):
                texts.append(f"{WARES[(number + 5 * half) % len(WARES)]} number {number}. {habit}")
                owners.append(len(accounts) - 1)
    return accounts, texts, np.array(owners)


def test_the_other_account_of_a_seller_is_the_nearest() -> None:
    accounts, texts, owners = adverts(4)
    for view in writing.views_of(accounts, texts, owners):
        left, right = view.nearest(1)
        found = {(accounts[one], accounts[other]) for one, other in zip(left, right, strict=True)}
        assert found == {(f"A-{seller}0", f"A-{seller}1") for seller in range(len(HABITS))}


def test_a_score_is_the_same_from_both_sides_and_whatever_else_is_asked() -> None:
    accounts, texts, owners = adverts(3)
    view = writing.views_of(accounts, texts, owners)[0]
    one, other = np.triu_indices(len(accounts), 1)
    scores = view.scores(one, other)
    assert np.allclose(scores, view.scores(other, one))
    assert np.allclose(scores[5:7], view.scores(one[5:7], other[5:7]))


def test_texts_without_a_part_in_common_are_not_compared() -> None:
    assert writing.views_of(["A", "B"], ["", ""], np.array([0, 1])) == []


def compared(handles: list[str], texts: list[list[str]], met: list[tuple[str, str]]) -> list[dict[str, object]]:
    """Rows of the step."""
    import pyarrow as pa

    account = rows(
        {"account_id": pa.string(), "handle": pa.string(), "role": pa.string()},
        *((f"A-{n}", handle, "seller") for n, handle in enumerate(handles)),
    )
    listing = rows(
        {"account_id": pa.string(), "description": pa.string(), "first_seen_on": pa.date32(), "exhibit_ids": TEXTS},
        *((f"A-{n}", text, None, [f"E-{n}"]) for n, found in enumerate(texts) for text in found),
    )
    with session(threads=1) as engine:
        engine.table("account", account)
        engine.table("listing", listing)
        engine.table("pair_met", rows({"left_id": pa.string(), "right_id": pa.string()}, *met))
        return writing_pairs(engine).to_pylist()


def test_a_pair_met_otherwise_is_scored_and_one_with_too_few_words_is_not() -> None:
    texts = [[f"{ware} {habit} {habit}" for ware in WARES[:3]] for habit in (*HABITS, HABITS[0])]
    found = compared(["a", "b", "c", "d", "e", "f"], [*texts, ["short"]], [("A-0", "A-1"), ("A-0", "A-5")])
    scored = {(row["left_id"], row["right_id"]): row for row in found}
    assert ("A-0", "A-1") in scored
    assert not any("A-5" in pair for pair in scored)
    assert scored["A-0", "A-4"]["score"] == max(row["score"] for row in found)
    assert scored["A-0", "A-4"]["exhibit_ids"] == ["E-0", "E-4"]
    assert all(row["left_words"] >= FEWEST_WORDS for row in found)


@pytest.mark.parametrize(
    "texts", [[], [["one advert"]], [["same words " * 40] * 3] * 5, [[""]] * 4], ids=["none", "one", "copies", "empty"]
)
def test_little_or_equal_text_gives_no_error(texts: list[list[str]]) -> None:
    assert isinstance(compared([f"h{n}" for n in range(len(texts))], texts, []), list)
