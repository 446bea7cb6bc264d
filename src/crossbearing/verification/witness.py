"""The partner's side: a checkpoint is countersigned only if it continues the one seen before.

Two partners who both countersign cannot be shown two different logs. What was seen is on disk before the
signature leaves; a partner who crashes in between has promised nothing.

Sources: C2SP tlog-witness, tlog-cosignature.
"""

import base64
import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossbearing.domain.errors import BadRequest, Contradiction, NothingWritten, UnreadableSource
from crossbearing.verification import notes
from crossbearing.verification.notes import Checkpoint, VerifierKey
from crossbearing.verification.tree import is_consistent

_ROOT: Final = re.compile(r"[0-9a-f]{64}")


def witness_key(name: str, private_key: Ed25519PrivateKey) -> str:
    """The public half of a witness's key, to be given to those who verify."""
    return str(_public(name, private_key))


def cosigned(
    note: str,
    proof: Sequence[bytes],
    *,
    state: Path,
    log_key: VerifierKey,
    name: str,
    private_key: Ed25519PrivateKey,
    at: int,
) -> str:
    """Countersign a checkpoint if it continues what was seen of this log.

    Args:
        note: Checkpoint signed by the log; signatures of other witnesses may stand on it.
        proof: Consistency proof from the size seen last; not read at first sight of a log.
        state: JSON file with the size and root seen last, per log. The first checkpoint of a log is taken as
            it comes; so this file must never be thrown away.
        log_key: Key of the log. Its name must be the checkpoint's origin, or a log could be shown under a
            second origin, as if never seen.
        name: Name of this witness.
        private_key: Its key.
        at: Unix time of the signature.

    Returns:
        The note with one more signature line.

    Raises:
        Contradiction: The checkpoint is not the log's, is shorter than one seen, or does not continue it.
        UnreadableSource: The note or the state file is damaged.
        BadRequest: Name or time cannot stand in a signature.
        NothingWritten: The disk refused; nothing was signed.
    """
    key = _public(name, private_key)
    if not 0 <= at <= notes.LATEST:
        raise BadRequest("The time is not a Unix time", where=f"time {at}", remedy="Set the clock and repeat.")
    found = notes.opened(note, log_key, key)
    checkpoint = notes.parse_checkpoint(found.text)
    if not found.is_signed_by(log_key):
        _refuse("The checkpoint is not signed with the log's key", "checkpoint")
    if checkpoint.origin != log_key.name:
        _refuse("The checkpoint is signed with the log's key, but for another log", _place(checkpoint))
    with _locked(state):
        seen = _read(state)
        _compare(seen.get(checkpoint.origin), checkpoint, proof)
        _write(state, {**seen, checkpoint.origin: checkpoint})
    signature = private_key.sign(notes.cosigned_message(found.text, at))
    line = base64.b64encode(key.key_hash + at.to_bytes(8, "big") + signature).decode()
    return f"{note}— {name} {line}\n"


def _public(name: str, private_key: Ed25519PrivateKey) -> VerifierKey:
    if not notes.is_key_name(name):
        raise BadRequest(
            "The witness's name is empty or holds a space or a plus",
            where="witness name",
            remedy="Take a name like nl.example/witness.",
        )
    return VerifierKey(name=name, algorithm=notes.COSIGNATURE, public=private_key.public_key().public_bytes_raw())


def _compare(last: Checkpoint | None, new: Checkpoint, proof: Sequence[bytes]) -> None:
    if last is None:
        return
    if new.size < last.size:
        _refuse(f"The log is rolled back: {last.size} entries were seen, {new.size} are shown", _place(new))
    if new.size == last.size:
        if new.root != last.root:
            _refuse(f"The log is rewritten: another root was seen at {last.size} entries", _place(new))
    elif not is_consistent(last.size, last.root, new.size, new.root, proof):
        _refuse(f"The proof does not show that the {last.size} entries seen are the first of {new.size}", _place(new))


def _read(state: Path) -> dict[str, Checkpoint]:
    """What was seen last of each log; nothing if there is no file."""
    try:
        return _remembered(json.loads(state.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as damaged:
        raise UnreadableSource(
            "The witness's memory cannot be read",
            where=str(state),
            remedy="Restore it from a backup; without it a rolled-back log would be countersigned.",
        ) from damaged


def _remembered(stored: object) -> dict[str, Checkpoint]:
    if not isinstance(stored, dict):
        raise TypeError
    return {origin: _seen(origin, value) for origin, value in stored.items()}


def _seen(origin: str, value: dict[str, object]) -> Checkpoint:
    size, root = value["size"], value["root"]
    if type(size) is not int or size < 0 or not isinstance(root, str) or not _ROOT.fullmatch(root):
        raise ValueError
    return Checkpoint(origin=origin, size=size, root=bytes.fromhex(root))


def _write(state: Path, seen: dict[str, Checkpoint]) -> None:
    text = json.dumps(
        {origin: {"size": point.size, "root": point.root.hex()} for origin, point in seen.items()},
        sort_keys=True,
        indent=1,
    )
    unfinished = state.with_name(f".unfinished-{secrets.token_hex(6)}-{state.name}")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(state)
        folder = os.open(state.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as refused:
        _not_written(state, refused)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    """Two processes of one witness compare and remember one after the other."""
    lock = state.with_name(f"{state.name}.lock")
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as refused:
        _not_written(lock, refused)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _not_written(path: Path, refused: OSError) -> NoReturn:
    raise NothingWritten(
        f"The witness's memory could not be written: {refused.strerror}",
        where=str(path),
        remedy="Check free space and rights on the folder, then repeat; nothing was signed.",
    ) from refused


def _place(checkpoint: Checkpoint) -> str:
    return f"checkpoint of {checkpoint.origin} at {checkpoint.size}"


def _refuse(problem: str, where: str) -> NoReturn:
    raise Contradiction(
        problem,
        where=where,
        remedy="Sign nothing. Keep this checkpoint and the one seen before: together they are the evidence.",
    )
