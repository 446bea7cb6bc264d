"""Whatever is done to a stored log is noticed: each row, the order, the end, and a history written anew."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.verification import notes, tree
from crossbearing.verification.log import Fault, Report, StoredLog, verify

Row = tuple[Any, ...]
ACT_FIELDS = (
    "position",
    "kind",
    "subject",
    "at",
    "person",
    "authority",
    "purpose",
    "case_ref",
    "version",
    "payload",
    "salt",
)
LEAF_FIELDS = ("position", "statement", "hash")
UNVOUCHED = {"person", "version"}  # what is left of an erased act and stands in no leaf

LOG_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"log." * 8)
OTHER_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"not." * 8)
WITNESS_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"wit." * 8)


def public(name: str, kind: int, private: Ed25519PrivateKey) -> notes.VerifierKey:
    return notes.VerifierKey(name, kind, private.public_key().public_bytes_raw())


LOG = public("log.example", notes.LOG_SIGNATURE, LOG_PRIVATE)
OTHER = public("log.example", notes.LOG_SIGNATURE, OTHER_PRIVATE)
WITNESS = public("nl.example/witness", notes.COSIGNATURE, WITNESS_PRIVATE)


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def act(position: int, **changed: Any) -> Row:
    values = {
        "position": position,
        "kind": "pair_judged",
        "subject": f"P-{position}",
        "at": f"2026-11-23T12:00:{position:02}.000000Z",
        "person": "analyst",
        "authority": "NL",
        "purpose": "compare",
        "case_ref": "CASE-1",
        "version": 1,
        "payload": canonical({"note": "€ \u202e 'quoted' \\", "verdict": "same"}),
        "salt": hashlib.sha256(f"salt {position}".encode()).hexdigest()[:32],
        **changed,
    }
    return tuple(values[field] for field in ACT_FIELDS)


def leaf(row: Row) -> Row:
    *committed, salt = row
    encoded = canonical(committed).encode("utf-8", "surrogatepass")
    commitment = hashlib.sha256(bytes.fromhex(salt) + encoded).hexdigest()
    statement = canonical({"position": row[0], "kind": row[1], "at": row[3], "commitment": commitment})
    return row[0], statement, hashlib.sha256(b"\x00" + statement.encode("utf-8", "surrogatepass")).hexdigest()


def signed(
    size: int,
    root: bytes,
    *,
    origin: str = "log.example",
    key: notes.VerifierKey = LOG,
    private: Ed25519PrivateKey = LOG_PRIVATE,
) -> str:
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = base64.b64encode(key.key_hash + private.sign(text.encode())).decode()
    return f"{text}\n— {key.name} {signature}\n"


def cosigned(note: str, at: int = 1_800_000_000, private: Ed25519PrivateKey = WITNESS_PRIVATE) -> str:
    text = note[: note.rindex("\n\n") + 1]
    signature = private.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    line = base64.b64encode(WITNESS.key_hash + at.to_bytes(8, "big") + signature).decode()
    return f"{note}— {WITNESS.name} {line}\n"


def root(leaves: Sequence[Row], size: int | None = None) -> bytes:
    return tree.root_of([tree.leaf_hash(row[1].encode("utf-8", "surrogatepass")) for row in leaves[:size]])


def checkpoint(leaves: Sequence[Row], size: int | None = None) -> str:
    size = len(leaves) if size is None else size
    return signed(size, root(leaves, size))


def logged(acts: Sequence[Row]) -> StoredLog:
    leaves = [leaf(row) for row in acts]
    return StoredLog(acts=list(acts), leaves=leaves, head=checkpoint(leaves))


def erase(row: Row) -> Row:
    kept = {"position", "kind", "at", "person", "version"}
    return tuple(value if field in kept else "" for field, value in zip(ACT_FIELDS, row, strict=True))


def receipt(position: int, *gone: Any, kind: str = "person_erased") -> Row:
    """A receipt over acts of the person and version that ``act`` makes."""
    named = [[one, act(0)[4], act(0)[8]] for one in gone]
    return act(position, kind=kind, payload=canonical({"acts": named, "reason": "review"}))


SIZE = 9
ERASED, RECEIPT = 3, 7
_ACTS = [act(position) for position in range(SIZE)]
_ACTS[RECEIPT] = receipt(RECEIPT, ERASED)
WHOLE = logged(_ACTS)
STORED = replace(WHOLE, acts=[erase(row) if row[0] == ERASED else row for row in WHOLE.acts])


def check(stored: StoredLog, *outside: str, key: notes.VerifierKey | None = LOG) -> Report:
    return verify(stored, log_key=key, outside=outside, witness_keys=[WITNESS])


def faults(stored: StoredLog, *outside: str, key: notes.VerifierKey | None = LOG) -> set[Fault]:
    return {finding.what for finding in check(stored, *outside, key=key).findings}


def found(stored: StoredLog, *outside: str) -> set[tuple[Fault, str]]:
    return {(finding.what, finding.where) for finding in check(stored, *outside).findings}


def with_field(rows: Sequence[Row], place: int, column: int, value: object) -> list[Row]:
    changed = list(rows)
    changed[place] = (*changed[place][:column], value, *changed[place][column + 1 :])
    return changed


def without(rows: Sequence[Row], *places: int) -> list[Row]:
    return [row for place, row in enumerate(rows) if place not in places]


def test_a_log_as_it_was_written_has_no_findings() -> None:
    for stored in (WHOLE, STORED, logged([act(0)]), StoredLog(acts=[], leaves=[], head="")):
        report = check(stored, *[checkpoint(stored.leaves, size) for size in range(len(stored.leaves) + 1)])
        assert report.findings == ()
        assert report.size == len(stored.leaves)
        assert report.root == root(stored.leaves).hex()


@given(
    st.lists(
        st.tuples(st.text(st.characters()), st.text(), st.integers(0, 2**63 - 1), st.binary(min_size=1).map(bytes.hex)),
        max_size=6,
    )
)
def test_whatever_text_an_act_holds_it_verifies(values: list[tuple[str, str, int, str]]) -> None:
    rows = [
        act(position, subject=subject, payload=payload, version=version, salt=salt)
        for position, (subject, payload, version, salt) in enumerate(values)
    ]
    assert check(logged(rows)).findings == ()


def other_values(value: object) -> list[object]:
    """Values a field could be given instead: near ones, and ones of another type."""
    if isinstance(value, int):
        return [value + 1, value - 1, value + SIZE, -1, 2**63, 10**5000, str(value), True, float(value), None]
    assert isinstance(value, str)
    near = [value + " ", value + "\x00", value[:-1], value.upper(), "", "x", "0", "00", "\ud800", " " + value]
    other = [None, 0, value.encode(), [value], {value: value}]
    return [changed for changed in near + other if changed != value]


@pytest.mark.parametrize(
    ("place", "column"),
    [
        pytest.param(place, column, id=f"{place}-{field}")
        for place in range(SIZE)
        for column, field in enumerate(ACT_FIELDS)
        if place != ERASED or field not in UNVOUCHED
    ],
)
def test_a_change_in_any_field_of_an_act_is_noticed(place: int, column: int) -> None:
    for value in other_values(STORED.acts[place][column]):
        changed = replace(STORED, acts=with_field(STORED.acts, place, column, value))
        report = check(changed)
        assert report.findings, value
        assert report.root == root(STORED.leaves).hex()


@pytest.mark.parametrize(("field", "value"), [("person", "another"), ("version", 2)])
def test_the_receipt_vouches_for_who_did_an_erased_act(field: str, value: object) -> None:
    """The salt is gone, and the leaf does not name the person; so the receipt does."""
    changed = replace(STORED, acts=with_field(STORED.acts, ERASED, ACT_FIELDS.index(field), value))
    assert found(changed) == {(Fault.ACT_CHANGED, f"entry {ERASED}")}


@pytest.mark.parametrize("place", range(SIZE))
@pytest.mark.parametrize("column", range(len(LEAF_FIELDS)), ids=LEAF_FIELDS)
def test_a_change_in_any_field_of_a_leaf_is_noticed(place: int, column: int) -> None:
    for value in other_values(STORED.leaves[place][column]):
        changed = replace(STORED, leaves=with_field(STORED.leaves, place, column, value))
        assert check(changed).findings, value
        assert check(replace(changed, head=""), key=None).findings, value


@pytest.mark.parametrize("column", [2, 3, 4, 5, 6, 7, 8, 9], ids=ACT_FIELDS[2:10])
def test_a_changed_act_is_named_and_its_neighbours_are_not(column: int) -> None:
    value = 2 if column == 8 else "changed"
    assert found(replace(STORED, acts=with_field(STORED.acts, 4, column, value))) == {(Fault.ACT_CHANGED, "entry 4")}


def test_only_a_spelling_of_the_salt_that_was_written_is_taken() -> None:
    salt = str(STORED.acts[4][10])
    for spelling in (salt.upper(), f"{salt[:2]} {salt[2:]}", f" {salt}", f"{salt}\n"):
        changed = replace(STORED, acts=with_field(STORED.acts, 4, 10, spelling))
        assert found(changed) == {(Fault.ACT_CHANGED, "entry 4")}, spelling


def test_a_changed_leaf_is_told_from_a_changed_act() -> None:
    by_hash = replace(STORED, leaves=with_field(STORED.leaves, 4, 2, "0" * 64))
    assert found(by_hash) == {(Fault.LEAF_CHANGED, "entry 4")}
    by_statement = replace(STORED, leaves=with_field(STORED.leaves, 4, 1, "{}"))
    assert found(by_statement) == {(Fault.LEAF_CHANGED, "entry 4"), (Fault.HEAD_DIFFERS, "head")}


def test_a_row_of_wrong_types_is_named_by_its_place() -> None:
    for row in (None, (), STORED.acts[4][:-1], [*STORED.acts[4]]):
        acts: list[Any] = [*STORED.acts[:4], row, *STORED.acts[5:]]
        assert (Fault.ACT_CHANGED, "act row 5") in found(replace(STORED, acts=acts))
        leaves: list[Any] = [*STORED.leaves[:4], row, *STORED.leaves[5:]]
        assert (Fault.LEAF_CHANGED, "leaf row 5") in found(replace(STORED, leaves=leaves))


@pytest.mark.parametrize("place", range(SIZE - 1))
def test_an_act_that_was_taken_out_is_noticed(place: int) -> None:
    assert (Fault.ACT_MISSING, f"entry {place}") in found(replace(STORED, acts=without(STORED.acts, place)))


@pytest.mark.parametrize("place", range(SIZE - 1))
def test_a_leaf_that_was_taken_out_is_noticed(place: int) -> None:
    changed = found(replace(STORED, leaves=without(STORED.leaves, place)))
    assert {(Fault.LEAF_MISSING, f"entry {place}"), (Fault.TAIL_CUT, "head")} <= changed


def test_the_last_act_or_leaf_taken_out_is_noticed() -> None:
    last = SIZE - 1
    assert found(replace(STORED, acts=without(STORED.acts, last))) == {(Fault.ACT_MISSING, f"entry {last}")}
    assert found(replace(STORED, leaves=without(STORED.leaves, last))) == {
        (Fault.LEAF_MISSING, f"entry {last}"),
        (Fault.TAIL_CUT, "head"),
    }


def test_entries_taken_out_whole_are_named_as_one_run() -> None:
    changed = replace(STORED, acts=without(STORED.acts, 4, 5), leaves=without(STORED.leaves, 4, 5))
    assert {
        (Fault.ACT_MISSING, "entries 4 to 5"),
        (Fault.LEAF_MISSING, "entries 4 to 5"),
        (Fault.OUT_OF_ORDER, "entry 6"),
        (Fault.TAIL_CUT, "head"),
    } == found(changed)


@pytest.mark.parametrize("size", range(SIZE))
def test_a_log_whose_tail_was_cut_is_noticed(size: int) -> None:
    cut = replace(STORED, acts=STORED.acts[:size], leaves=STORED.leaves[:size])
    assert Fault.TAIL_CUT in faults(cut)
    assert Fault.TAIL_CUT in faults(cut, key=None)


def test_rows_in_another_order_are_noticed() -> None:
    for rows in ("acts", "leaves"):
        one, two = getattr(STORED, rows)[4:6]
        swapped = [*getattr(STORED, rows)[:4], two, one, *getattr(STORED, rows)[6:]]
        assert Fault.OUT_OF_ORDER in faults(replace(STORED, **{rows: swapped}))
        assert Fault.OUT_OF_ORDER in faults(replace(STORED, **{rows: getattr(STORED, rows)[::-1]}))


def test_the_same_row_twice_is_noticed() -> None:
    for rows in ("acts", "leaves"):
        twice = [*getattr(STORED, rows)[:5], *getattr(STORED, rows)[4:]]
        assert (Fault.OUT_OF_ORDER, "entry 4") in found(replace(STORED, **{rows: twice}))


def test_a_second_act_at_one_position_is_noticed_wherever_it_stands() -> None:
    false = act(4, payload="false")
    for rows in ([*STORED.acts, false], [*STORED.acts[:4], false, *STORED.acts[4:]]):
        assert (Fault.OUT_OF_ORDER, "entry 4") in found(replace(STORED, acts=rows))


def test_an_entry_changed_together_with_its_leaf_no_longer_fits_the_head() -> None:
    false = act(4, payload="false")
    acts, leaves = list(STORED.acts), list(STORED.leaves)
    acts[4], leaves[4] = false, leaf(false)
    assert found(replace(STORED, acts=acts, leaves=leaves)) == {(Fault.HEAD_DIFFERS, "head")}


def test_entries_after_the_head_are_noticed() -> None:
    stored = logged([act(position) for position in range(SIZE)])
    for size in range(SIZE):
        assert found(replace(stored, head=checkpoint(stored.leaves, size))) == {(Fault.HEAD_DIFFERS, "head")}


def test_a_log_without_its_head_is_noticed() -> None:
    assert found(replace(STORED, head="")) == {(Fault.HEAD_MISSING, "head")}
    assert faults(replace(STORED, head=""), key=None) == {Fault.HEAD_MISSING}


@pytest.mark.parametrize(
    "head",
    [
        "garbage",
        "\ud800",
        None,
        7,
        b"",
        signed(SIZE, root(STORED.leaves), key=OTHER, private=OTHER_PRIVATE),
        signed(SIZE, root(STORED.leaves), private=OTHER_PRIVATE),
        signed(SIZE, root(STORED.leaves), origin="second.example"),
        STORED.head.replace("\n9\n", "\n8\n"),
    ],
    ids=range(9),
)
def test_a_head_the_log_did_not_sign_is_noticed(head: Any) -> None:
    assert found(replace(STORED, head=head)) == {(Fault.HEAD_NOT_SIGNED, "head")}


def test_without_a_key_the_head_is_compared_all_the_same() -> None:
    unknown = signed(SIZE, root(STORED.leaves), origin="any", key=OTHER, private=OTHER_PRIVATE)
    assert faults(replace(STORED, head=unknown), key=None) == set()
    wrong = signed(SIZE, bytes(32), origin="any", key=OTHER, private=OTHER_PRIVATE)
    assert faults(replace(STORED, head=wrong), wrong, key=None) == {Fault.HEAD_DIFFERS, Fault.REWRITTEN}


def test_a_log_rolled_back_with_a_new_head_is_noticed_by_who_saw_more() -> None:
    """The thief of the key: the end is cut and what is left is signed anew."""
    back = replace(STORED, acts=STORED.acts[:8], leaves=STORED.leaves[:8], head=checkpoint(STORED.leaves[:8]))
    assert found(back) == set()
    assert found(back, checkpoint(STORED.leaves, 8)) == set()
    assert found(back, checkpoint(STORED.leaves, 2), STORED.head) == {(Fault.ROLLED_BACK, "outside checkpoint 2")}
    emptied = StoredLog(acts=[], leaves=[], head="")
    assert found(emptied, STORED.head) == {(Fault.ROLLED_BACK, "outside checkpoint 1")}


@pytest.mark.parametrize("size", range(5, SIZE + 1))
def test_a_history_written_anew_with_the_key_is_noticed_by_who_saw_the_first(size: int) -> None:
    acts = [act(4, payload="false") if row[0] == 4 else row for row in WHOLE.acts]
    anew = logged([*acts, act(SIZE)])
    assert found(anew) == set()
    assert found(anew, checkpoint(STORED.leaves, 4)) == set()
    assert found(anew, checkpoint(STORED.leaves, size)) == {(Fault.REWRITTEN, "outside checkpoint 1")}


@pytest.mark.parametrize(
    "outside",
    [
        "",
        "garbage",
        signed(4, root(STORED.leaves, 4), key=OTHER, private=OTHER_PRIVATE),
        signed(4, root(STORED.leaves, 4), private=OTHER_PRIVATE),
        signed(4, root(STORED.leaves, 4), origin="second.example"),
    ],
    ids=range(5),
)
def test_an_outside_checkpoint_the_log_did_not_sign_says_nothing(outside: str) -> None:
    assert found(STORED, outside) == {(Fault.OUTSIDE_NOT_SIGNED, "outside checkpoint 1")}


@pytest.mark.parametrize("kind", ["person_erased", "exhibit_destroyed"])
def test_an_erased_act_with_a_later_receipt_is_in_order(kind: str) -> None:
    whole = logged([act(0), act(1), receipt(2, 0, 1, kind=kind)])
    assert faults(replace(whole, acts=[erase(whole.acts[0]), erase(whole.acts[1]), whole.acts[2]])) == set()


def erased_under(*later: Row) -> set[tuple[Fault, str]]:
    """Findings when entry 1 is erased and these entries follow it."""
    whole = logged([act(0), act(1), *later])
    return found(replace(whole, acts=[whole.acts[0], erase(whole.acts[1]), *whole.acts[2:]]))


@pytest.mark.parametrize(
    "later",
    [
        act(2),
        receipt(2),
        receipt(2, 0),
        receipt(2, "1"),
        receipt(2, True),
        receipt(2, 1.0),
        receipt(2, 1, kind="pair_judged"),
        act(2, kind="person_erased", payload="1"),
        act(2, kind="person_erased", payload=""),
        act(2, kind="person_erased", payload="[1]"),
        act(2, kind="person_erased", payload='{"acts":1}'),
        act(2, kind="person_erased", payload='{"acts":{"1":1}}'),
        act(2, kind="person_erased", payload="[" * 100_000),
        act(2, kind="person_erased", payload='{"acts":[' + "9" * 5000 + "]}"),
    ],
    ids=range(14),
)
def test_an_act_erased_without_a_receipt_is_noticed(later: Row) -> None:
    assert erased_under(later) == {(Fault.ERASED_WITHOUT_RECEIPT, "entry 1")}


def test_a_receipt_counts_only_from_a_later_place() -> None:
    whole = logged([receipt(0, 1, 2), act(1), receipt(2, 2), receipt(3, 1)])
    acts = [whole.acts[0], erase(whole.acts[1]), erase(whole.acts[2]), whole.acts[3]]
    assert found(replace(whole, acts=acts)) == {(Fault.ERASED_WITHOUT_RECEIPT, "entry 2")}
    # Rows out of order do not make an earlier act a later one.
    early = replace(whole, acts=[*acts[1:], acts[0]], leaves=[*whole.leaves[1:], whole.leaves[0]])
    assert (Fault.ERASED_WITHOUT_RECEIPT, "entry 2") in found(early)
    assert (Fault.ERASED_WITHOUT_RECEIPT, "entry 1") not in found(early)


def test_a_receipt_that_is_erased_or_changed_itself_does_not_count() -> None:
    whole = logged([act(0), receipt(1, 0), receipt(2, 1)])
    both = replace(whole, acts=[erase(whole.acts[0]), erase(whole.acts[1]), whole.acts[2]])
    assert found(both) == {(Fault.ERASED_WITHOUT_RECEIPT, "entry 0")}
    forged = replace(whole, acts=[erase(whole.acts[0]), act(1), receipt(2, 0, 1)])
    assert {(Fault.ERASED_WITHOUT_RECEIPT, "entry 0"), (Fault.ACT_CHANGED, "entry 2")} <= found(forged)


@pytest.mark.parametrize("field", ["subject", "authority", "purpose", "case_ref", "payload"])
def test_an_erased_act_that_still_says_something_is_noticed(field: str) -> None:
    acts = with_field(STORED.acts, ERASED, ACT_FIELDS.index(field), "left over")
    assert found(replace(STORED, acts=acts)) == {(Fault.ACT_CHANGED, f"entry {ERASED}")}


@pytest.mark.parametrize("field", ["kind", "at"])
def test_an_erased_act_keeps_the_kind_and_time_of_its_leaf(field: str) -> None:
    acts = with_field(STORED.acts, ERASED, ACT_FIELDS.index(field), "other")
    assert found(replace(STORED, acts=acts)) == {(Fault.ACT_CHANGED, f"entry {ERASED}")}


def test_an_erased_act_needs_a_leaf_that_commits_to_something() -> None:
    stated = {"position": ERASED, "kind": "pair_judged", "at": _ACTS[ERASED][3], "commitment": "0" * 64}
    for changed in (
        {"position": ERASED + 1},
        {"kind": "other"},
        {"at": "other"},
        {"more": 1},
        *[{"commitment": other} for other in ("", "0" * 63, "Z" * 64, None, 7, [])],
    ):
        statement = canonical({**stated, **changed})
        leaves = list(STORED.leaves)
        leaves[ERASED] = (ERASED, statement, hashlib.sha256(b"\x00" + statement.encode()).hexdigest())
        stored = replace(STORED, leaves=leaves, head=checkpoint(leaves))
        assert found(stored) == {(Fault.ACT_CHANGED, f"entry {ERASED}")}, changed


def attested(at: int, **changed: Any) -> Row:
    note = cosigned(checkpoint(STORED.leaves, at))
    values = {"size": at, "kind": "cosignature", "name": WITNESS.name, "note": note, "token": "", **changed}
    return tuple(values.values())


def about(*rows: Row) -> set[tuple[Fault, str]]:
    return found(replace(STORED, attestations=list(rows)))


def test_attestations_as_they_were_made_have_no_findings() -> None:
    rows = [attested(size) for size in range(SIZE + 1)]
    stamp = attested(3, kind="stamp", name="authority", note=checkpoint(STORED.leaves, 3))
    assert about(*rows, stamp, attested(3, kind="stamp", note=checkpoint(STORED.leaves, 3))) == set()


ELSEWHERE = [leaf(act(position, payload="elsewhere")) for position in range(SIZE + 2)]


@pytest.mark.parametrize("kind", ["cosignature", "stamp"])
@pytest.mark.parametrize(
    "note",
    [
        "",
        "garbage",
        cosigned(checkpoint(STORED.leaves, 5)),
        cosigned(checkpoint(ELSEWHERE, 4)),
        cosigned(signed(4, root(STORED.leaves, 4), private=OTHER_PRIVATE)),
        cosigned(signed(4, root(STORED.leaves, 4), key=OTHER, private=OTHER_PRIVATE)),
        cosigned(signed(4, root(STORED.leaves, 4), origin="second.example")),
    ],
    ids=range(7),
)
def test_an_attestation_about_something_else_is_noticed(kind: str, note: str) -> None:
    rows = [attested(3), attested(4, note=note, kind=kind)]
    assert about(*rows) == {(Fault.ATTESTATION_DIFFERS, "attestation 2")}


def test_an_attestation_of_more_entries_than_there_are_is_noticed() -> None:
    row = attested(SIZE + 1, note=cosigned(checkpoint(ELSEWHERE, SIZE + 1)))
    assert about(row) == {(Fault.ATTESTATION_DIFFERS, "attestation 1")}


@pytest.mark.parametrize(
    "row",
    [
        None,
        (),
        7,
        "text",
        attested(4)[:4],
        attested(4, kind=[]),
        attested(4, size="4"),
        attested(4, note=None),
        attested(4, kind="other"),
    ],
    ids=range(9),
)
def test_an_attestation_of_garbage_is_noticed(row: Any) -> None:
    assert about(row) == {(Fault.ATTESTATION_DIFFERS, "attestation 1")}


def test_a_cosignature_the_witness_did_not_make_is_noticed() -> None:
    plain = checkpoint(STORED.leaves, 4)
    for note in (plain, cosigned(plain, private=OTHER_PRIVATE)):
        assert about(attested(4, note=note)) == {(Fault.WITNESS_NOT_SIGNED, "attestation 1")}
        assert about(attested(4, note=note, name="nobody known")) == set()


garbage = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(st.characters())
    | st.binary()
    | st.lists(st.integers(), max_size=2)
)
rows_of_garbage = st.lists(garbage | st.lists(garbage, max_size=12).map(tuple), max_size=6)


@given(rows_of_garbage, rows_of_garbage, garbage, rows_of_garbage, st.lists(st.text(st.characters()), max_size=2))
def test_garbage_is_a_finding_and_never_a_crash(
    acts: list[Any], leaves: list[Any], head: Any, attestations: list[Any], outside: list[str]
) -> None:
    stored = StoredLog(acts=acts, leaves=leaves, head=head, attestations=attestations)
    for key in (LOG, None):
        report = check(stored, *outside, key=key)
        assert bool(report.findings) == bool(acts or leaves or head != "" or attestations or outside)


@given(st.data())
def test_rows_of_the_right_types_and_any_content_never_crash(data: st.DataObject) -> None:
    whole, text = st.integers(-2, 10) | st.integers(), st.text(st.characters()) | st.sampled_from(["", "{}", "ab"])
    acts = data.draw(st.lists(st.tuples(whole, *[text] * 7, whole, text, text), min_size=1, max_size=5))
    leaves = data.draw(st.lists(st.tuples(whole, text, text), max_size=5))
    attestations = data.draw(st.lists(st.tuples(whole, text, text, text, text), max_size=2))
    assert check(StoredLog(acts=acts, leaves=leaves, head="", attestations=attestations)).findings


def test_no_finding_quotes_what_the_log_holds() -> None:
    secret = "the-name-of-a-person"
    acts = [(*row[:2], secret, *row[3:]) for row in STORED.acts]
    leaves = [(row[0], secret, secret) for row in STORED.leaves]
    stored = StoredLog(acts=acts, leaves=leaves, head=secret, attestations=[(1, secret, secret, secret, secret)])
    report = check(stored, secret)
    assert report.findings
    assert secret not in repr(report)
