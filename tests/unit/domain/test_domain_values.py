"""Canonical bytes, labels, the log's tree, access: rules that everything else rests on."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain import merkle
from crossbearing.domain.access import Action, Resource, Subject, decide
from crossbearing.domain.canonical import canonical
from crossbearing.domain.labels import HANDLING, TLP, UNKNOWN, Label, inherit

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
labels = st.builds(
    Label,
    owners=st.frozensets(st.sampled_from("abc")),
    handling=st.sampled_from(HANDLING),
    tlp=st.sampled_from(TLP),
    cases=st.frozensets(st.sampled_from("xyz")),
    review_on=st.sampled_from(["2026-01-01", "2030-12-31", UNKNOWN]),
)


@given(json_values)
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(value: object) -> None:
    def turned(item: object) -> object:
        if isinstance(item, dict):
            return {key: turned(item[key]) for key in reversed(list(item))}
        return [turned(one) for one in item] if isinstance(item, list) else item

    assert canonical(value) == canonical(turned(value))


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1: "a"}, b"bytes"])
def test_canonical_json_refuses_what_has_no_single_spelling(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@given(labels, labels, labels)
def test_joining_labels_is_a_lattice(one: Label, two: Label, three: Label) -> None:
    """Order and repetition of sources change nothing, and no source is milder than the result."""
    assert one.joined(two) == two.joined(one)
    assert one.joined(two).joined(three) == one.joined(two.joined(three))
    assert one.joined(one) == one
    joined = inherit([one, two, three])
    assert HANDLING.index(joined.handling) == max(HANDLING.index(x.handling) for x in (one, two, three))
    assert TLP.index(joined.tlp) == max(TLP.index(x.tlp) for x in (one, two, three))
    assert joined.owners == one.owners | two.owners | three.owners


def test_unknown_is_the_strictest_and_stays_unknown() -> None:
    assert inherit([Label(handling="H0", tlp="CLEAR", review_on="2026-01-01"), Label()]) == Label()
    assert inherit([]) == Label()


@pytest.mark.parametrize("wrong", [{"handling": "H9"}, {"tlp": "PINK"}])
def test_a_label_refuses_codes_that_do_not_exist(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        Label(**wrong)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962's definition, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_the_root_agrees_with_the_definition(statements: list[bytes]) -> None:
    leaves = [merkle.leaf_hash(statement) for statement in statements]
    assert merkle.root(leaves) == naive_root(leaves)


def test_the_root_of_the_certificate_transparency_example_is_reproduced() -> None:
    """The eight leaves of the reference implementation's own test."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in inputs]
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(st.sampled_from(Action), st.booleans(), st.booleans(), st.text(max_size=5))
def test_access_is_denied_unless_a_rule_allows(action: Action, owns: bool, local: bool, person: str) -> None:
    access = decide(
        Subject(person=person, owns_folder=owns), action, Resource(kind="exhibit", name="E-1", is_local=local)
    )
    assert access.is_allowed == (bool(person) and owns and local)
    assert access.reason
    assert "E-1" not in access.reason
