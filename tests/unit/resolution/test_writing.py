"""Counting agrees with the standard vectoriser, and scores say what they should; all texts are invented."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from crossbearing.resolution.grams import CHARACTERS, WORDS, counts, word_amounts
from crossbearing.resolution.writing import COHORT, View, first_cohort, scores, usual, views_of, weighted

TEXT = st.text(alphabet="abcÄ9 .!★_\n\u00a0é", max_size=30)
STOCK = {
    CHARACTERS: {"analyzer": "char", "ngram_range": (2, 5)},
    WORDS: {"ngram_range": (1, 3), "token_pattern": r"\w+|[^\w\s]+"},
}
WORDS_OF = ("stealth", "fast", "pure", "lab", "tested", "vacuum", "sealed", "gift", "reship", "escrow", "only", "bulk")


def adverts(seed: int, accounts: int, each: int = 6) -> tuple[list[str], np.ndarray]:
    """Accounts two by two with a habit of their own: accounts 0 and 1 write alike, 2 and 3, and so on."""
    chance = np.random.default_rng(seed)
    texts = []
    for account in range(accounts):
        own = f"--{account // 2}~ habit{account // 2} of mine"
        texts += [" ".join(chance.choice(WORDS_OF, 8)) + " " + own for _ in range(each)]
    return texts, np.repeat(np.arange(accounts), each)


@settings(deadline=None)
@given(st.lists(TEXT, min_size=2, max_size=6), st.sampled_from([CHARACTERS, WORDS]))
def test_counts_are_those_of_the_standard_vectoriser(texts: list[str], kind: str) -> None:
    ours = counts(texts, np.arange(len(texts)), len(texts), kind, 1.0)
    plain = [" ".join(text.split()) for text in texts]
    try:
        theirs = CountVectorizer(lowercase=False, min_df=2, **STOCK[kind]).fit_transform(plain)
    except ValueError:  # nothing stands twice
        assert ours.shape[1] == 0
        return
    assert sorted(map(tuple, ours.T.toarray().tolist())) == sorted(map(tuple, theirs.T.toarray().tolist()))


def test_no_run_crosses_from_one_advert_into_the_next() -> None:
    one = counts(["ab", "cd", "bc"], np.array([0, 0, 1]), 2, CHARACTERS, 1.0)
    assert one.shape[1] == 0


def test_cosines_are_those_of_tf_idf() -> None:
    texts, owners = adverts(1, 8)
    rows = weighted(counts(texts, owners, 8, WORDS, 1.0))
    whole = ["\n".join(texts[at] for at in np.flatnonzero(owners == account)) for account in range(8)]
    tokens = [[run for text in one.split("\n") for run in runs(text)] for one in whole]
    theirs = TfidfVectorizer(analyzer=lambda one: one, sublinear_tf=True, min_df=2).fit_transform(tokens)
    np.testing.assert_allclose((rows @ rows.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)


def runs(text: str) -> list[str]:
    return CountVectorizer(lowercase=False, **STOCK[WORDS]).build_analyzer()(text)


def test_the_pair_product_is_that_of_the_matrix() -> None:
    texts, owners = adverts(2, 10)
    view = views_of(10, texts, owners, np.arange(10))[0]
    left, right = (np.array(side, np.int64) for side in np.triu_indices(10, 1))
    square = (view.rows @ view.rows.T).toarray()
    np.testing.assert_allclose(view.similarities(left, right), square[left, right], atol=1e-6)


def test_accounts_with_one_habit_score_above_all_others() -> None:
    texts, owners = adverts(3, 40)
    views = views_of(40, texts, owners, np.arange(40))
    left, right = (np.array(side, np.int64) for side in np.triu_indices(40, 1))
    found = scores(views, left, right)
    is_same = left // 2 == right // 2
    assert found[is_same].min() > found[~is_same].max()
    assert found[is_same].min() > 3


@pytest.mark.parametrize("alike", [2, 3, 9])
def test_a_pair_is_measured_by_the_most_alike_of_the_cohort_without_the_two_of_it(alike: int) -> None:
    texts, owners = adverts(4, 12)
    rows = weighted(counts(texts, owners, 12, WORDS, 1.0))
    square = (rows @ rows.T).toarray().astype(float)
    cohort = np.array([0, 2, 5, 7, 11])
    found = usual(rows, cohort, alike=alike)
    left, right = (np.array(side, np.int64) for side in np.nonzero(~np.eye(12, dtype=bool)))
    above = found.above(left, right, square[left, right])
    for one, other, score in zip(left, right, above, strict=True):
        best = np.sort([square[one, third] for third in cohort if third != one])[-alike:]
        if other in cohort and square[one, other] >= best[0]:
            best = np.delete(best, np.flatnonzero(best == square[one, other])[0])
        by_hand = (square[one, other] - best.mean()) / max(best.std(), 1e-3)
        assert score == pytest.approx(by_hand, abs=0.05 * max(1, abs(by_hand)))


def test_neighbours_hold_the_account_with_the_same_habit() -> None:
    texts, owners = adverts(5, 60)
    view = views_of(60, texts, owners, np.arange(60))[0]
    left, right = view.nearest(5)
    assert (left < right).all()
    assert {(at, at + 1) for at in range(0, 60, 2)} <= set(zip(left.tolist(), right.tolist(), strict=True))


def test_what_comes_on_record_later_leaves_the_cohort_as_it_is() -> None:
    names = [f"account {at}" for at in range(900)]
    later = [*(f"later {at}" for at in range(300)), *names]
    before = first_cohort(names, [7] * 900)
    after = first_cohort(later, [9] * 300 + [7] * 900)
    assert len(before) == COHORT
    assert [names[at] for at in before] == [later[at] for at in after]
    assert first_cohort(names[::-1], [7] * 900).tolist() == sorted(899 - before)


def test_a_partner_in_the_cohort_makes_a_pair_no_less_remarkable() -> None:
    texts, owners = adverts(8, 30)
    rows = weighted(counts(texts, owners, 30, WORDS, 1.0))
    similarity = np.array([float((rows[0] @ rows[1].T).toarray()[0, 0])])
    scored = [
        usual(rows, np.array(cohort)).above(np.array([0]), np.array([1]), similarity)
        for cohort in (range(2, 30), range(1, 30))
    ]
    assert scored[0] == pytest.approx(scored[1], rel=1e-4)
    assert scored[0] > 3


def test_the_same_text_gives_the_same_bytes() -> None:
    texts, owners = adverts(6, 20)
    one, other = (views_of(20, texts, owners, np.arange(20)) for _ in range(2))
    for left, right in zip(one, other, strict=True):
        assert left.rows.data.tobytes() == right.rows.data.tobytes()
        assert left.usual.total.tobytes() == right.usual.total.tobytes()


@pytest.mark.parametrize("texts", [[], ["", "", ""], ["a", "b", "c"], ["\ud800x", "\ud800x y", "★" * 5_000]])
def test_little_text_and_odd_text_give_no_error_and_finite_scores(texts: list[str]) -> None:
    views = views_of(3, texts, np.arange(len(texts)), np.arange(3))
    found = scores(views, np.array([0, 0]), np.array([1, 2]))
    assert np.isfinite(found).all()


def test_an_account_without_text_is_like_nobody() -> None:
    texts, owners = adverts(7, 6)
    views: list[View] = views_of(8, texts, owners, np.arange(8))
    assert (scores(views, np.array([6]), np.array([7])) == 0).all()


def test_the_amount_of_text_is_counted_by_account() -> None:
    assert word_amounts(["one two", " three\n", ""], np.array([0, 2, 2]), 4).tolist() == [2, 0, 1, 0]
