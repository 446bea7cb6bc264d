"""The step that compares how accounts write: whose words are read, and which pairs come out of it."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from crossbearing.resolution.writing_pairs import FEWEST_WORDS
from rows_by_hand import TEXTS, python_step, rows, tables

# Habits of four invented sellers; each writes of many things in its own words.
HABITS = (
    "hello dear friends, allways 3x sealed and sent same day, god bless you all",
    "Stealth is our trademark. Orders before noon leave on the day. No refunds, ever.",
    "YO whats good!! top shelf only!!! hit me up anytime, peace out",
    "kindly read the terms before ordering. we reship once, tracking costs extra.",
)
WARES = ("tea", "coffee", "cocoa", "biscuits", "marmalade", "candles", "soap", "pencils", "string", "buttons")


ACCOUNT = {"account_id": pa.string(), "handle": pa.string(), "role": pa.string(), "exhibit_ids": TEXTS}
LISTING = {
    "account_id": pa.string(), "title": pa.string(), "description": pa.string(), "first_seen_on": pa.date32(),
    "exhibit_ids": TEXTS,
}  # fmt: skip
SIGHTING = {
    "market": pa.string(), "account_server_id": pa.string(), "account_handle": pa.string(), "about": pa.string(),
    "exhibit_id": pa.string(),
}  # fmt: skip
SERVER = {"market": pa.string(), "account_server_id": pa.string(), "account_id": pa.string()}


def compared(
    texts: list[list[str]],
    met: Sequence[tuple[str, str]] = (),
    *,
    titles: list[list[str | None]] | None = None,
    abouts: dict[int, str] | None = None,
    buyers: frozenset[int] = frozenset(),
) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of the step by pair, for accounts with these descriptions, titles beside them, and profiles."""
    names = titles or [[None] * len(found) for found in texts]
    roles = ["buyer" if n in buyers else "seller" for n in range(len(texts))]
    account = rows(ACCOUNT, *((f"A-{n}", f"h{n}", role, [f"E-{n}"]) for n, role in enumerate(roles)))
    adverts = (
        (f"A-{n}", title, text, None, [f"E-{n}"])
        for n, found in enumerate(texts)
        for title, text in zip(names[n], found, strict=True)
    )
    given = (abouts or {}).items()
    exhibits = ((n, f"E-{n}") for n in range(len(texts)))
    read = tables(
        ("account_text", "masked_text"),
        account=account,
        exhibit=rows({"exhibit_position": pa.int64(), "exhibit_id": pa.string()}, *exhibits),
        listing=rows(LISTING, *adverts),
        account_sighting=rows(SIGHTING, *(("M", f"S-{n}", None, text, "E-about") for n, text in given)),
        server_account=rows(SERVER, *(("M", f"S-{n}", f"A-{n}") for n, _ in given)),
    )
    made = python_step("writing_pair", pair_met=rows({"left_id": pa.string(), "right_id": pa.string()}, *met), **read)
    return {(row["left_id"], row["right_id"]): row for row in made.to_pylist()}


def habitual(*habits: str) -> list[list[str]]:
    """Three descriptions of each account, in its habit."""
    return [[f"{ware} {habit} {habit}" for ware in WARES[:3]] for habit in habits]


def test_a_pair_met_otherwise_is_scored_and_one_with_too_few_words_is_not() -> None:
    scored = compared([*habitual(*HABITS, HABITS[0]), ["short"]], [("A-0", "A-1"), ("A-0", "A-5")])
    assert ("A-0", "A-1") in scored
    assert not any("A-5" in pair for pair in scored)
    assert scored["A-0", "A-4"]["score"] == max(row["score"] for row in scored.values())
    assert scored["A-0", "A-4"]["exhibit_ids"] == ["E-0", "E-4"]
    assert all(row["left_words"] >= FEWEST_WORDS for row in scored.values())


def test_buyers_are_not_compared_whatever_they_wrote() -> None:
    texts = habitual(*HABITS, HABITS[0])
    assert ("A-0", "A-4") in compared(texts, abouts={4: HABITS[0]})
    assert not any("A-4" in pair for pair in compared(texts, abouts={4: HABITS[0]}, buyers=frozenset({4})))


def test_what_accounts_say_of_themselves_counts_as_their_writing() -> None:
    texts = habitual(*HABITS, "nothing else of note is written here, only goods and their names")
    of_itself = " ".join([HABITS[0]] * 3)
    before, after = compared(texts), compared(texts, abouts={4: of_itself})
    assert after["A-0", "A-4"]["score"] > before["A-0", "A-4"]["score"] + 1
    assert after["A-0", "A-4"]["exhibit_ids"] == ["E-0", "E-4", "E-about"]


def test_titles_are_scored_by_themselves_and_not_where_one_has_none() -> None:
    styles = ("** {} ** BEST", "{} - fresh batch", "[new] {} for you", "{}, small lot", "** {} ** BEST")
    titles: list[list[str | None]] = [[style.format(ware) for ware in WARES[:3]] for style in styles]
    texts = habitual(*HABITS, "nothing else of note is written here, only goods and their names")
    with_titles = compared(texts, titles=titles)
    best = max(with_titles, key=lambda pair: with_titles[pair]["title_score"])
    assert best == ("A-0", "A-4")
    titles[4] = [None] * 3
    assert compared(texts, titles=titles)["A-0", "A-4"]["title_score"] is None


def test_the_order_of_rows_changes_nothing() -> None:
    texts = habitual(*HABITS, HABITS[1])
    assert compared(texts) == compared([found[::-1] for found in texts])


@pytest.mark.parametrize(
    "texts", [[], [["one advert"]], [["same words " * 40] * 3] * 5, [[""]] * 4], ids=["none", "one", "copies", "empty"]
)
def test_little_or_equal_text_gives_no_error(texts: list[list[str]]) -> None:
    assert all(row["score"].is_finite() for row in compared(texts).values())
