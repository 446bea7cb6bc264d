"""Does a stored log say what was signed? Every entry, the order, the newest checkpoint and those kept elsewhere.

Whoever can write to the store can change a row together with its leaf; then the root no longer fits the
signed head. Whoever also holds the signing key can sign a new head; then it no longer fits the checkpoints
that partners, witnesses and earlier packages hold. So the outside checkpoints carry the proof.

Nothing found here is raised: garbage in a row is a finding like any other.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from crossbearing.domain.errors import UnreadableSource
from crossbearing.verification import notes
from crossbearing.verification.notes import Checkpoint, VerifierKey
from crossbearing.verification.tree import Roots, leaf_hash

_Act: TypeAlias = tuple[int, str, str, str, str, str, str, str, int, str, str]
_Attestation: TypeAlias = tuple[int, str, str, str, str]
_Placed = TypeVar("_Placed", bound=tuple[Any, ...])

_ACT_TYPES: Final = (int, str, str, str, str, str, str, str, int, str, str)
_KIND: Final = 1  # places in a row of acts
_PAYLOAD: Final = 9
_SALT: Final = 10
_PERSON: Final = 4
_VERSION: Final = 8
_RECEIPT: Final = [int, str, int]  # position, person, version
_LEAF_TYPES: Final = (int, str, str)
_ATTESTATION_TYPES: Final = (int, str, str, str, str)
_ERASING: Final = frozenset({"person_erased", "exhibit_destroyed"})
_LARGEST: Final = 2**63  # whole numbers of a database stay below
_COMMITMENT: Final = re.compile(r"[0-9a-f]{64}")
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class Fault(StrEnum):
    """What can be wrong with a log."""

    ACT_CHANGED = "act_changed"
    ACT_MISSING = "act_missing"
    LEAF_CHANGED = "leaf_changed"
    LEAF_MISSING = "leaf_missing"
    OUT_OF_ORDER = "out_of_order"
    TAIL_CUT = "tail_cut"
    HEAD_MISSING = "head_missing"
    HEAD_NOT_SIGNED = "head_not_signed"
    HEAD_DIFFERS = "head_differs"
    ERASED_WITHOUT_RECEIPT = "erased_without_receipt"
    ROLLED_BACK = "rolled_back"
    REWRITTEN = "rewritten"
    OUTSIDE_NOT_SIGNED = "outside_not_signed"
    WITNESS_NOT_SIGNED = "witness_not_signed"
    ATTESTATION_DIFFERS = "attestation_differs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        where: Entry, row or checkpoint; rows and checkpoints are counted from 1, entries by their position.
        says: One sentence; it quotes nothing from the log.
    """

    what: Fault
    where: str
    says: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the log was found to be.

    Attributes:
        size: Number of leaves.
        root: Root over the stored statements, hex.
        findings: Empty if all holds.
    """

    size: int
    root: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLog:
    """The rows of a store, as they stand there, in its order.

    Attributes:
        acts: position, kind, subject, at, person, authority, purpose, case_ref, version, payload, salt.
        leaves: position, statement, hash.
        head: Newest signed checkpoint; empty if there is none.
        attestations: size, ``cosignature`` or ``stamp``, name, note, token.
    """

    acts: Sequence[tuple[object, ...]]
    leaves: Sequence[tuple[object, ...]]
    head: str
    attestations: Sequence[tuple[object, ...]] = ()


class _Leaf(NamedTuple):
    position: int
    statement: str
    stated: str
    recomputed: bytes


def verify(
    stored: StoredLog,
    *,
    log_key: VerifierKey | None,
    outside: Sequence[str] = (),
    witness_keys: Sequence[VerifierKey] = (),
) -> Report:
    """Recompute everything and compare.

    Args:
        stored: What the store holds.
        log_key: Key of the log; with None no signature of the log is verified. A checkpoint counts as the
            log's own only if its origin is the key's name.
        outside: Checkpoints kept by others than the store.
        witness_keys: Keys whose cosignatures must verify where the store says there is one.
    """
    leaves = [_leaf(row) for row in stored.leaves]
    size = len(leaves)
    roots = Roots([leaf.recomputed if leaf else leaf_hash(b"") for leaf in leaves])
    findings = [
        *_entries([_act(row) for row in stored.acts], leaves),
        *_head(stored.head, size, roots, log_key),
        *_outside(outside, size, roots, log_key),
        *_attestations(stored.attestations, size, roots, log_key, witness_keys),
    ]
    return Report(size=size, root=roots.at(size).hex(), findings=tuple(findings))


def _entries(acts: list[_Act | None], leaves: list[_Leaf | None]) -> Iterator[Finding]:
    act_at: dict[int, _Act] = {}
    leaf_at: dict[int, _Leaf] = {}
    yield from _placed(acts, act_at, "act", Fault.ACT_CHANGED)
    yield from _placed(leaves, leaf_at, "leaf", Fault.LEAF_CHANGED)
    end = max(max(act_at, default=-1), max(leaf_at, default=-1)) + 1
    for where in _gaps(act_at, end):
        yield Finding(Fault.ACT_MISSING, where, "The log has no act here.")
    for where in _gaps(leaf_at, end):
        yield Finding(Fault.LEAF_MISSING, where, "The log has no leaf here.")
    yield from _pairs(act_at, leaf_at)


def _pairs(act_at: Mapping[int, _Act], leaf_at: Mapping[int, _Leaf]) -> Iterator[Finding]:
    """Compare each act with its leaf; those without a partner are reported as missing."""
    erased: list[int] = []
    receipts: dict[int, tuple[int, str, int]] = {}  # erased position -> place of the newest receipt, person, version
    for position, leaf in leaf_at.items():
        where = f"entry {position}"
        if leaf.recomputed.hex() != leaf.stated:
            yield Finding(Fault.LEAF_CHANGED, where, "The leaf's hash does not fit its statement.")
        act = act_at.get(position)
        if act is None:
            continue
        if act[_SALT] == "":
            erased.append(position)
        if not _fits(act, leaf):
            yield Finding(Fault.ACT_CHANGED, where, "The act is not the one its leaf commits to.")
        elif act[_KIND] in _ERASING:  # if erased itself it has no payload left, and names nothing
            for gone, person, version in _erased_by(act[_PAYLOAD]):
                receipts[gone] = max((position, person, version), receipts.get(gone, (-1, "", 0)))
    yield from _receipted([act_at[position] for position in erased], receipts)


def _receipted(erased: Sequence[_Act], receipts: Mapping[int, tuple[int, str, int]]) -> Iterator[Finding]:
    """Compare what stays of erased acts with what a later act says of them."""
    for act in erased:
        position = act[0]
        placed, person, version = receipts.get(position, (-1, "", 0))
        if placed <= position:
            says = "The act is erased, and no later act says that it was."
            yield Finding(Fault.ERASED_WITHOUT_RECEIPT, f"entry {position}", says)
        elif (act[_PERSON], act[_VERSION]) != (person, version):
            says = "The erased act does not have the person and version that its receipt states."
            yield Finding(Fault.ACT_CHANGED, f"entry {position}", says)


def _placed(rows: Iterable[_Placed | None], at: dict[int, _Placed], noun: str, changed: Fault) -> Iterator[Finding]:
    """Fill ``at`` with the rows by position; of two with one position the first stays."""
    previous = -1
    for number, row in enumerate(rows, start=1):
        if row is None:
            yield Finding(changed, f"{noun} row {number}", "The row does not hold values of the right types.")
            continue
        position: int = row[0]
        if position != previous + 1:
            yield Finding(
                Fault.OUT_OF_ORDER,
                f"entry {position}",
                f"Position {position} does not follow the position of the {noun} before it, {previous}.",
            )
        at.setdefault(position, row)
        previous = position


def _gaps(at: Mapping[int, object], end: int) -> Iterator[str]:
    """The places before ``end`` where nothing stands, runs of them together."""
    expected = 0
    for position in (*sorted(at), end):
        if position > expected:
            last = position - 1
            yield f"entry {last}" if last == expected else f"entries {expected} to {last}"
        expected = position + 1


def _act(row: object) -> _Act | None:
    if isinstance(row, tuple) and tuple(map(type, row)) == _ACT_TYPES:
        act: _Act = row
        if 0 <= act[0] < _LARGEST and 0 <= act[8] < _LARGEST:
            return act
    return None


def _leaf(row: object) -> _Leaf | None:
    if isinstance(row, tuple) and tuple(map(type, row)) == _LEAF_TYPES and 0 <= row[0] < _LARGEST:
        return _Leaf(row[0], row[1], row[2], _hash(row[1]))
    return None


def _hash(statement: str) -> bytes:
    return leaf_hash(statement.encode("utf-8", "surrogatepass"))


def _fits(act: _Act, leaf: _Leaf) -> bool:
    """Is this the act the leaf was made for, whole or erased? The leaf may have lost statement or hash."""
    if act[_SALT] == "":
        return _is_erased(act, leaf.statement)
    expected = _statement(act)
    return expected is not None and (expected == leaf.statement or _hash(expected).hex() == leaf.stated)


def _statement(act: _Act) -> str | None:
    """What the leaf of this act says; None if the salt is not lower-case hex."""
    salt = _bytes_of(act[_SALT])
    if salt is None:
        return None
    commitment = hashlib.sha256(salt + _CANONICAL(act[:_SALT]).encode("utf-8", "surrogatepass")).hexdigest()
    return _CANONICAL({"position": act[0], "kind": act[_KIND], "at": act[3], "commitment": commitment})


def _is_erased(act: _Act, statement: str) -> bool:
    """Is all gone that must go, and does the rest say what the leaf says?"""
    position, kind, subject, at, _, authority, purpose, case_ref, _, payload, _ = act
    said = _loaded(statement)
    commitment = said.get("commitment")
    return (
        not (subject or authority or purpose or case_ref or payload)
        and isinstance(commitment, str)
        and bool(_COMMITMENT.fullmatch(commitment))
        and _CANONICAL({"position": position, "kind": kind, "at": at, "commitment": commitment}) == statement
    )


def _erased_by(payload: str) -> list[tuple[int, str, int]]:
    """Position, person and version of the acts that an act of erasing names."""
    named = _loaded(payload).get("acts")
    if not isinstance(named, list):
        return []
    return [(one[0], one[1], one[2]) for one in named if isinstance(one, list) and [type(x) for x in one] == _RECEIPT]


def _loaded(text: str) -> dict[str, object]:
    """The JSON object in a text; empty if there is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _bytes_of(text: str) -> bytes | None:
    """Bytes of hex in its one spelling."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if found.hex() == text else None


def _head(head: object, size: int, roots: Roots, log_key: VerifierKey | None) -> Iterator[Finding]:
    where = "head"
    if head == "":
        if size:
            yield Finding(Fault.HEAD_MISSING, where, "The log has entries and no signed checkpoint over them.")
        return
    checkpoint = _checkpoint(head, log_key)
    if isinstance(checkpoint, str):
        yield Finding(Fault.HEAD_NOT_SIGNED, where, checkpoint)
        return
    if checkpoint.size > size:
        yield Finding(Fault.TAIL_CUT, where, f"The head names {checkpoint.size} entries; {size} are there.")
        return
    if checkpoint.size < size:
        yield Finding(Fault.HEAD_DIFFERS, where, f"The head names {checkpoint.size} entries; {size} are there.")
    if checkpoint.root != roots.at(checkpoint.size):
        yield Finding(Fault.HEAD_DIFFERS, where, "The entries are not those the head was signed over.")


def _outside(outside: Sequence[str], size: int, roots: Roots, log_key: VerifierKey | None) -> Iterator[Finding]:
    for number, note in enumerate(outside, start=1):
        where = f"outside checkpoint {number}"
        checkpoint = _checkpoint(note, log_key)
        if isinstance(checkpoint, str):
            yield Finding(Fault.OUTSIDE_NOT_SIGNED, where, checkpoint)
        elif checkpoint.size > size:
            yield Finding(Fault.ROLLED_BACK, where, f"It names {checkpoint.size} entries; {size} are there.")
        elif checkpoint.root != roots.at(checkpoint.size):
            yield Finding(Fault.REWRITTEN, where, f"The first {checkpoint.size} entries are not those it names.")


def _attestations(
    rows: Sequence[object], size: int, roots: Roots, log_key: VerifierKey | None, witness_keys: Sequence[VerifierKey]
) -> Iterator[Finding]:
    for number, row in enumerate(rows, start=1):
        where = f"attestation {number}"
        if not isinstance(row, tuple) or tuple(map(type, row)) != _ATTESTATION_TYPES:
            yield Finding(Fault.ATTESTATION_DIFFERS, where, "The row does not hold values of the right types.")
            continue
        attestation: _Attestation = row
        stated, kind, name, note, _ = attestation
        checkpoint = _checkpoint(note, log_key)
        if kind not in {"cosignature", "stamp"}:
            yield Finding(Fault.ATTESTATION_DIFFERS, where, "It is neither a cosignature nor a time stamp.")
        elif isinstance(checkpoint, str):
            yield Finding(Fault.ATTESTATION_DIFFERS, where, checkpoint)
        elif checkpoint.size != stated:
            yield Finding(Fault.ATTESTATION_DIFFERS, where, "Its checkpoint has another size than its row.")
        elif checkpoint.size > size:
            yield Finding(Fault.ATTESTATION_DIFFERS, where, f"It names {checkpoint.size} entries; {size} are there.")
        elif checkpoint.root != roots.at(checkpoint.size):
            yield Finding(
                Fault.ATTESTATION_DIFFERS, where, f"The first {checkpoint.size} entries are not those it names."
            )
        elif kind == "cosignature" and not _is_witnessed(note, [key for key in witness_keys if key.name == name]):
            yield Finding(Fault.WITNESS_NOT_SIGNED, where, "The witness it names has not signed it.")


def _is_witnessed(note: str, keys: Sequence[VerifierKey]) -> bool:
    """Has one of these keys signed? Yes if none is known: then nobody asks."""
    try:
        return not keys or bool(notes.opened(note, *keys).signatures)
    except UnreadableSource:
        return False


def _checkpoint(note: object, log_key: VerifierKey | None) -> Checkpoint | str:
    """The checkpoint in a note of the log, or the sentence that says why it is not one."""
    if not isinstance(note, str):
        return "It is not text."
    try:
        found = notes.opened(note, *([log_key] if log_key else []))
        checkpoint = notes.parse_checkpoint(found.text)
    except UnreadableSource as unreadable:
        return f"{unreadable.problem}."
    if log_key and not found.is_signed_by(log_key):
        return "It is not signed with the log's key."
    if log_key and checkpoint.origin != log_key.name:
        return "It is signed with the log's key, but for another log."
    return checkpoint
