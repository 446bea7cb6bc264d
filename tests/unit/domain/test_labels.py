"""Labels join as a lattice, along any chain of derivations; grades keep their scheme."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.exhibit import label_from_payload, label_payload
from crossbearing.domain.grading import ADMIRALTY, EUROPOL, UK, Grading, to_europol
from crossbearing.domain.labels import CATEGORIES, HANDLING, MILDEST, NATURE, TLP, UNKNOWN, Label, inherit

_some = lambda words: st.frozensets(st.sampled_from(sorted(words)), max_size=3)  # noqa: E731
gradings = st.one_of(
    st.builds(Grading, st.just(EUROPOL), st.sampled_from("ABCX"), st.sampled_from("1234")),
    st.builds(Grading, st.just(UK), st.sampled_from("123"), st.sampled_from("ABCDE"), st.sampled_from("PC")),
    st.builds(Grading, st.just(ADMIRALTY), st.sampled_from("ABCDEF"), st.sampled_from("123456")),
)
labels = st.builds(
    Label,
    owners=_some({"DE Unit", "NL Desk", "FBI"}),
    authorities=_some({"W-1", "W-2"}),
    handling=st.sampled_from(HANDLING),
    tlp=st.sampled_from(TLP),
    categories=_some(CATEGORIES),
    cases=_some({"C-1", "C-2"}),
    review_on=st.sampled_from(("2026-01-01", "2027-06-30", UNKNOWN)),
    gradings=st.frozensets(gradings, max_size=3),
    nature=st.sampled_from(NATURE),
    restrictions=_some({"not to private bodies", "ask before use"}),
)


@given(labels, labels, labels)
def test_joining_is_a_lattice(a: Label, b: Label, c: Label) -> None:
    assert a.joined(b) == b.joined(a)
    assert a.joined(b.joined(c)) == a.joined(b).joined(c)
    assert a.joined(a) == a
    assert a.joined(MILDEST) == a
    assert a.joined(b).is_at_least_as_strict_as(a)
    if a.is_at_least_as_strict_as(b) and b.is_at_least_as_strict_as(a):
        assert a == b


@given(sources=st.lists(labels, min_size=1, max_size=5), data=st.data())
def test_no_path_leaks_a_stricter_label(sources: list[Label], data: st.DataObject) -> None:
    """A random graph of derivations: each thing is made from some of those before it."""
    made = list(sources)
    reach = [{number} for number in range(len(sources))]
    for _ in range(data.draw(st.integers(1, 12))):
        parents = data.draw(st.sets(st.integers(0, len(made) - 1), min_size=1, max_size=4))
        made.append(inherit(made[number] for number in parents))
        reach.append(set().union(*(reach[number] for number in parents)))
    for label, roots in zip(made, reach, strict=True):
        for number in roots:
            source = sources[number]
            assert label.is_at_least_as_strict_as(source)
            assert HANDLING.index(label.handling) >= HANDLING.index(source.handling)
            assert TLP.index(label.tlp) >= TLP.index(source.tlp)
            assert NATURE.index(label.nature) >= NATURE.index(source.nature)
            assert label.review_on == UNKNOWN or label.review_on <= source.review_on
            assert label.gradings >= source.gradings
        # And nothing is stricter than its sources ask for: what is made from H0 alone stays H0.
        assert label == inherit(sources[number] for number in roots)


def test_what_is_made_from_nothing_is_unknown() -> None:
    assert inherit([]) == Label()
    assert (Label().handling, Label().tlp, Label().nature, Label().review_on) == (UNKNOWN,) * 4


@given(labels)
def test_a_label_comes_back_from_its_payload(label: Label) -> None:
    assert label_from_payload(label_payload(label)) == label


@pytest.mark.parametrize(
    "wrong", [{"handling": "H9"}, {"tlp": "PINK"}, {"nature": "guess"}, {"categories": frozenset({"enemy"})}]
)
def test_codes_that_do_not_exist_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        replace(Label(), **wrong)


@given(gradings)
def test_a_grading_keeps_its_scheme_and_spelling(grading: Grading) -> None:
    assert Grading.read(grading.spelling) == grading
    assert grading.meaning


@given(gradings)
def test_a_mapped_grading_says_what_it_lost_and_never_judges_the_unjudged(grading: Grading) -> None:
    mapped = to_europol(grading)
    assert mapped.native == grading
    assert mapped.is_lossy == (grading.scheme != EUROPOL)
    assert mapped.shown.scheme == EUROPOL
    if not grading.is_source_judged:
        assert mapped.shown.source == "X"
    if not grading.is_information_judged:
        assert mapped.shown.information == "4"


@pytest.mark.parametrize(
    "text", ["F6", "4x4:D1", "4x4:A", "admiralty:G1", "3x5x2:1B", "3x5x2:1BX", "5x5:A1", "4x4:A1P"]
)
def test_a_grading_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"grad|condition"):
        Grading.read(text)


def test_a_better_source_grade_never_becomes_a_worse_one_in_the_mapping() -> None:
    """Within one scheme the order holds; what cannot be judged stands outside the order."""
    for scheme, order in ((ADMIRALTY, "ABCDE"), (UK, "13")):
        information = "1" if scheme == ADMIRALTY else "A"
        condition = "P" if scheme == UK else ""
        shown = [to_europol(Grading(scheme, grade, information, condition)).shown.source for grade in order]
        assert shown == sorted(shown)
