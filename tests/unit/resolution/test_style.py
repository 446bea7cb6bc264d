"""Free text is compared by habits, not by subjects."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from style import common_words, learned, rows_of, shaped, spaced, without_sign_offs

from crossbearing.resolution.grams import CHARACTERS, counts

_MARKS = (".", "..", "!", " :)", " !", "...", " ;-)", "!!")
_LINKS = ("and", "but", "so", "then", "also", "plus")
_SUBJECTS = ("boats", "stamps", "bread", "clocks", "roses", "kites", "paint", "chess")


def _post(rng: random.Random, writer: int, subject: str) -> str:
    """A made post: the writer has an end mark, a linking word and a way with capitals; the subject changes."""
    mark, link = _MARKS[writer % len(_MARKS)], _LINKS[writer // 2 % len(_LINKS)]
    words = [subject + rng.choice(["", "s", "y", "er"]) for _ in range(6)]
    text = f"{link} ".join(f"{a} {b} " for a, b in zip(words[::2], words[1::2], strict=True)).strip() + mark
    return text if writer % 3 else text.capitalize()


def _scores(writers: int, taught: int) -> np.ndarray:
    """Of first and second halves of writers, who write of one thing first and of another later."""
    rng = random.Random(5)
    groups = [
        [_post(rng, writer, _SUBJECTS[(writer + half) % len(_SUBJECTS)]) for _ in range(30)]
        for half, first, last in ((0, 100, 100 + taught), (1, 100, 100 + taught), (0, 0, writers), (1, 0, writers))
        for writer in range(first, last)
    ]
    common = common_words(" ".join(posts) for posts in groups[: 2 * taught]) & frozenset(_LINKS)
    texts = [shaped(post, common) for posts in groups for post in posts]
    table = counts(texts, np.repeat(np.arange(len(groups)), 30), len(groups), CHARACTERS, 1.0)
    variation = learned(table[:taught], table[taught : 2 * taught])
    return variation.scores(variation.places(table[2 * taught :]))


def test_a_word_that_is_not_common_shows_only_its_shape() -> None:
    assert shaped("The boat cost 40 USD, don't Ask\n\nbye  now", frozenset({"the", "don't"})) == (
        "The * * # X, don't ^ ¶ * ~ *"
    )


def test_line_ends_and_double_spaces_are_habits_that_stay() -> None:
    assert spaced("a.  b\nc\n\nd e") == "a. ~ b ¶ c ¶ d e"


def test_common_words_are_those_of_most_accounts_whatever_the_order_of_accounts() -> None:
    texts = ["we and we", "and They", "they and so"]
    assert common_words(texts, 2) == common_words(reversed(texts), 2) == {"and", "they"}


def test_a_last_line_of_three_posts_is_a_sign_off_and_one_of_two_is_not() -> None:
    assert without_sign_offs(["one\n- yours, X", "two\nYours x", "three\nyours, x!"]) == ["one", "two", "three"]
    assert without_sign_offs(["one\nyours, x", "two\nyours, x", "three"]) == ["one\nyours, x", "two\nyours, x", "three"]


def test_a_post_of_one_line_is_never_emptied() -> None:
    assert without_sign_offs(["thanks"] * 5) == ["thanks"] * 5


def test_a_writer_is_found_again_who_writes_of_something_else() -> None:
    scores = _scores(writers=12, taught=40)
    own = scores[np.arange(12), np.arange(12, 24)]
    others = scores[:12, 12:].copy()
    others[np.arange(12), np.arange(12)] = -np.inf
    assert (own > others.max(axis=1)).mean() > 0.9


def test_scores_are_symmetric_and_the_same_each_time() -> None:
    scores = _scores(writers=6, taught=20)
    assert np.allclose(scores, scores.T)
    assert np.array_equal(scores, _scores(writers=6, taught=20))


def test_a_score_does_not_change_with_who_else_is_compared() -> None:
    groups = 20
    rng = random.Random(3)
    texts = [_post(rng, number % groups, _SUBJECTS[number % 7]) for number in range(3 * groups)]
    table = counts(texts, np.arange(3 * groups), 3 * groups, CHARACTERS, 1.0)
    variation = learned(table[:groups], table[groups : 2 * groups])
    everybody = variation.scores(variation.places(table[2 * groups :]))
    few = variation.scores(variation.places(table[2 * groups : 2 * groups + 3]))
    assert np.allclose(few, everybody[:3, :3])


def test_fewer_than_two_accounts_teach_nothing() -> None:
    table = counts(["a b c"], np.zeros(1, np.int64), 1, CHARACTERS, 1.0)
    with pytest.raises(ValueError, match="two or more"):
        learned(table, table)


def test_an_account_without_text_has_a_score_that_is_a_number() -> None:
    texts = [f"so {word}. and {word}!" for word in _SUBJECTS]
    table = counts(texts, np.arange(8), 9, CHARACTERS, 1.0)
    variation = learned(table[:4], table[4:8])
    assert np.isfinite(variation.scores(variation.places(table))).all()


@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_text_makes_it_fail(posts: list[str]) -> None:
    kept = without_sign_offs(posts)
    assert len(kept) == len(posts)
    common = common_words(posts, 3)
    for post in posts:
        assert "\n" not in shaped(post, common)


def test_rows_have_unit_length() -> None:
    table = counts(["so it goes", "and so on"], np.arange(2), 2, CHARACTERS, 1.0)
    rows = rows_of(table)
    assert np.allclose(np.asarray(rows.multiply(rows).sum(axis=1)), 1)
