"""A witness signs what continues the log it saw, remembers it first, and refuses everything else."""

import base64
import json
import os
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossbearing.domain.errors import BadRequest, Contradiction, NothingWritten, UnreadableSource
from crossbearing.verification import notes, tree, witness

LOG_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"log." * 8)
OTHER_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"not." * 8)
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"wit." * 8)
LOG = notes.VerifierKey("log.example", notes.LOG_SIGNATURE, LOG_PRIVATE.public_key().public_bytes_raw())
NAME = "nl.example/witness"
KEY = notes.parse_key(witness.witness_key(NAME, PRIVATE))
LEAVES = [tree.leaf_hash(str(number).encode()) for number in range(40)]
REWRITTEN = [tree.leaf_hash(b"rewritten"), *LEAVES[1:]]


def checkpoint(
    size: int,
    leaves: list[bytes] = LEAVES,
    *,
    origin: str = "log.example",
    key: notes.VerifierKey = LOG,
    private: Ed25519PrivateKey = LOG_PRIVATE,
) -> str:
    text = f"{origin}\n{size}\n{base64.b64encode(tree.root_of(leaves[:size])).decode()}\n"
    signature = base64.b64encode(key.key_hash + private.sign(text.encode())).decode()
    return f"{text}\n— {key.name} {signature}\n"


def proof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """PROOF of RFC 6962, 2.1.2."""
    if old == len(leaves):
        return [] if whole else [tree.root_of(leaves)]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    if old <= half:
        return [*proof(old, leaves[:half], whole), tree.root_of(leaves[half:])]
    return [*proof(old - half, leaves[half:], False), tree.root_of(leaves[:half])]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "seen" / "logs.json"


def cosign(
    note: str,
    steps: list[bytes],
    state: Path,
    *,
    at: int = 1_800_000_000,
    name: str = NAME,
    log: notes.VerifierKey = LOG,
) -> str:
    return witness.cosigned(note, steps, state=state, log_key=log, name=name, private_key=PRIVATE, at=at)


def refused(note: str, steps: list[bytes], state: Path, words: str) -> None:
    before = state.read_bytes() if state.exists() else None
    with pytest.raises(Contradiction, match=words):
        cosign(note, steps, state)
    assert (state.read_bytes() if state.exists() else None) == before


def test_the_first_checkpoint_of_a_log_is_signed_as_it_comes(state: Path) -> None:
    given = checkpoint(7)
    note = cosign(given, [], state, at=17)
    assert note.startswith(given)
    found = notes.opened(note, LOG, KEY)
    assert [(signature.key, signature.at) for signature in found.signatures] == [(LOG, None), (KEY, 17)]
    assert KEY.algorithm == notes.COSIGNATURE


@pytest.mark.parametrize("old", [1, 2, 3, 7, 8, 9, 31, 39])
def test_a_log_that_grew_is_signed_with_the_proof_of_it(old: int, state: Path) -> None:
    cosign(checkpoint(old), [], state)
    assert notes.opened(cosign(checkpoint(40), proof(old, LEAVES), state), KEY).is_signed_by(KEY)
    refused(checkpoint(old), [], state, "rolled back")


def test_the_same_checkpoint_is_signed_again(state: Path) -> None:
    cosign(checkpoint(7), [], state)
    assert notes.opened(cosign(checkpoint(7), [], state), KEY).is_signed_by(KEY)


def test_a_log_that_is_rolled_back_is_refused(state: Path) -> None:
    cosign(checkpoint(7), [], state)
    refused(checkpoint(6), [], state, "rolled back: 7 entries were seen, 6 are shown")
    refused(checkpoint(0), [], state, "rolled back")


def test_another_root_at_the_same_size_is_refused(state: Path) -> None:
    cosign(checkpoint(7), [], state)
    refused(checkpoint(7, REWRITTEN), [], state, "another root")


def test_growth_without_its_proof_is_refused(state: Path) -> None:
    cosign(checkpoint(7), [], state)
    refused(checkpoint(9), [], state, "does not show")
    refused(checkpoint(9), proof(6, LEAVES[:9]), state, "does not show")
    refused(checkpoint(9), [b"short"], state, "does not show")


def test_a_log_rewritten_before_it_grew_is_refused_with_any_proof(state: Path) -> None:
    cosign(checkpoint(7), [], state)
    refused(checkpoint(9, REWRITTEN), proof(7, REWRITTEN[:9]), state, "does not show")
    refused(checkpoint(9, REWRITTEN), proof(7, LEAVES[:9]), state, "does not show")


def test_what_the_log_did_not_sign_is_refused(state: Path) -> None:
    other = notes.VerifierKey("log.example", notes.LOG_SIGNATURE, OTHER_PRIVATE.public_key().public_bytes_raw())
    refused(checkpoint(7, key=other, private=OTHER_PRIVATE), [], state, "not signed")
    with pytest.raises(UnreadableSource):
        cosign(checkpoint(7, private=OTHER_PRIVATE), [], state)
    assert not state.exists()


def test_a_log_cannot_be_shown_as_new_under_a_second_origin(state: Path) -> None:
    cosign(checkpoint(7), [], state)
    refused(checkpoint(7, REWRITTEN, origin="log.example/2"), [], state, "for another log")


def test_each_log_is_remembered_for_itself(state: Path) -> None:
    second = notes.VerifierKey("second.example", notes.LOG_SIGNATURE, OTHER_PRIVATE.public_key().public_bytes_raw())
    cosign(checkpoint(7), [], state)
    cosign(checkpoint(3, REWRITTEN, origin="second.example", key=second, private=OTHER_PRIVATE), [], state, log=second)
    assert {name: seen["size"] for name, seen in json.loads(state.read_text()).items()} == {
        "log.example": 7,
        "second.example": 3,
    }
    refused(checkpoint(6), [], state, "rolled back")


def test_a_false_line_in_our_own_name_is_not_signed_beside(state: Path) -> None:
    false = base64.b64encode(KEY.key_hash + bytes(72)).decode()
    with pytest.raises(UnreadableSource, match="does not verify"):
        cosign(f"{checkpoint(7)}— {NAME} {false}\n", [], state)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        "7",
        "{",
        '{"log.example": 7}',
        '{"log.example": {"size": 7}}',
        '{"log.example": {"size": "7", "root": "' + "0" * 64 + '"}}',
        '{"log.example": {"size": true, "root": "' + "0" * 64 + '"}}',
        '{"log.example": {"size": -1, "root": "' + "0" * 64 + '"}}',
        '{"log.example": {"size": 7, "root": "00"}}',
        '{"log.example": {"size": 7, "root": 0}}',
        "[" * 100_000,
        "\udcff",
    ],
    ids=range(14),
)
def test_a_damaged_memory_is_not_taken_for_a_first_sight(content: str, state: Path) -> None:
    state.parent.mkdir()
    state.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(UnreadableSource, match="memory"):
        cosign(checkpoint(7), [], state)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The order of what reaches the disk and of what is signed."""
    seen: list[str] = []
    sync, replace, message = os.fsync, Path.replace, notes.cosigned_message

    def synced(handle: int) -> None:
        seen.append("folder synced" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "file synced")
        sync(handle)

    def replaced(self: Path, target: Path) -> Path:
        seen.append("renamed")
        return replace(self, target)

    def signing(text: str, at: int) -> bytes:
        seen.append("signed")
        return message(text, at)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(notes, "cosigned_message", signing)
    return seen


def test_what_was_seen_is_on_disk_before_the_signature_leaves(state: Path, watched: list[str]) -> None:
    cosign(checkpoint(7), [], state)
    assert watched == ["file synced", "renamed", "folder synced", "signed"]


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_nothing_is_signed_when_the_disk_refuses(step: str, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cosign(checkpoint(7), [], state)
    before = state.read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if step in {"replace", "open"} else os, step, refuse)
    with pytest.raises((NothingWritten, UnreadableSource)):
        cosign(checkpoint(9), proof(7, LEAVES[:9]), state)
    monkeypatch.undo()
    assert state.read_bytes() == before
    assert sorted(path.name for path in state.parent.iterdir()) == ["logs.json", "logs.json.lock"]


def test_two_requests_at_once_never_roll_the_memory_back(state: Path) -> None:
    """The race of C2SP's tlog-witness: an older checkpoint compared early and remembered late."""
    cosign(checkpoint(1), [], state)
    signed: list[int] = []

    def ask(size: int) -> None:
        try:
            cosign(checkpoint(size), proof(1, LEAVES[:size]), state)
            signed.append(size)
        except Contradiction:
            pass

    threads = [threading.Thread(target=ask, args=[size]) for size in range(2, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Every proof starts at 1, so only the first to come may be signed; the others find a newer memory.
    assert len(signed) == 1
    assert json.loads(state.read_text())["log.example"]["size"] == signed[0]


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b", "line\nbreak"])
def test_a_name_that_cannot_stand_in_a_note_is_refused(name: str, state: Path) -> None:
    with pytest.raises(BadRequest):
        cosign(checkpoint(7), [], state, name=name)


@pytest.mark.parametrize("at", [-1, 2**63])
def test_a_time_that_cannot_stand_in_a_cosignature_is_refused(at: int, state: Path) -> None:
    with pytest.raises(BadRequest):
        cosign(checkpoint(7), [], state, at=at)
