"""Signed notes and the checkpoints in them.

A note is text, a blank line, and one line per signature. What a key did not sign is never looked at.

Sources: C2SP signed-note, tlog-checkpoint, tlog-cosignature (Ed25519).
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crossbearing.domain.errors import UnreadableSource

LOG_SIGNATURE: Final = 0x01  # type byte: Ed25519 over the text
COSIGNATURE: Final = 0x04  # type byte: Ed25519 over a time and the text
LATEST: Final = 2**63 - 1  # the last Unix time a cosignature may state

_KEY_BYTES: Final = 32
_HASH_BYTES: Final = 4  # of the key's hash, in front of every signature
_TIME_BYTES: Final = 8  # of a cosignature
_LONGEST_NOTE: Final = 1_000_000  # characters
_MOST_SIGNATURES: Final = 100
_FORBIDDEN: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_CHECKPOINT_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under.

    Attributes:
        algorithm: ``LOG_SIGNATURE`` or ``COSIGNATURE``.
        public: 32 bytes, Ed25519.
    """

    name: str
    algorithm: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes that stand in front of this key's signatures."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed()).digest()[:_HASH_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(self._typed()).decode()}"

    def _typed(self) -> bytes:
        return bytes([self.algorithm]) + self.public


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that verified.

    Attributes:
        at: Unix time a cosignature states; None for other signatures.
    """

    key: VerifierKey
    at: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A note and those of the given keys that signed it.

    Attributes:
        text: What was signed, with its final newline.
    """

    text: str
    signatures: tuple[Signature, ...]

    def is_signed_by(self, key: VerifierKey) -> bool:
        """Did this key sign? Only keys the note was opened with can have."""
        return any(signature.key == key for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log stood at.

    Attributes:
        origin: Which log.
        size: Number of entries.
        root: Root over them, 32 bytes.
    """

    origin: str
    size: int
    root: bytes


def parse_key(vkey: str) -> VerifierKey:
    """Read a key as ``name+hash+base64``.

    Raises:
        UnreadableSource: It is none, is of an unknown type, or its hash does not fit.
    """
    parts = vkey.strip().split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):  # noqa: PLR2004
        _refuse_key("The key is not written as name+hash+base64")
    name, stated, material = parts
    decoded = _decoded(material)
    if decoded is None or len(decoded) != 1 + _KEY_BYTES:
        _refuse_key("The key does not hold a type and 32 bytes in base64")
    if decoded[0] not in (LOG_SIGNATURE, COSIGNATURE):
        _refuse_key(f"Keys of type {decoded[0]} are not known here")
    key = VerifierKey(name=name, algorithm=decoded[0], public=decoded[1:])
    if key.key_hash.hex() != stated:
        _refuse_key("The key's hash does not fit its name and bytes")
    return key


def is_key_name(name: str) -> bool:
    """Can a key have this name? Not empty, no spaces, no plus, nothing a note may not hold."""
    return bool(name) and not any(c.isspace() or c == "+" for c in name) and _is_plain(name)


def opened(note: str, *keys: VerifierKey) -> Opened:
    """Read a note and verify every signature line made in the name of one of the keys.

    Args:
        note: Text, blank line, signature lines. Lines of keys that are not given are ignored.
        keys: Known keys; which of them signed is in the result and is for the caller to judge.

    Raises:
        UnreadableSource: The text is no note, or a line of a known key does not verify.
    """
    text, lines = _parts(note)
    known = {(key.name, key.key_hash): key for key in keys}
    found = []
    for line in lines:
        name, key_hash, signature = _signature(line)
        key = known.get((name, key_hash))
        if key is not None:
            found.append(_verified(text, key, signature))
    return Opened(text=text, signatures=tuple(found))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note's text as a checkpoint: origin, size, root; further lines are allowed and not read.

    Raises:
        UnreadableSource: The text is no checkpoint.
    """
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < _CHECKPOINT_LINES or not all(lines):
        _refuse("A checkpoint has at least three lines and no empty one", where="checkpoint")
    origin, size, encoded = lines[:_CHECKPOINT_LINES]
    if not _SIZE.fullmatch(size):
        _refuse("The checkpoint's size is not a plain decimal number", where="checkpoint, line 2")
    root = _decoded(encoded)
    if root is None or len(root) != hashlib.sha256().digest_size:
        _refuse("The checkpoint's root is not 32 bytes in base64", where="checkpoint, line 3")
    return Checkpoint(origin=origin, size=int(size), root=root)


def cosigned_message(text: str, at: int) -> bytes:
    """What a witness signs: its time and the note's text."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _parts(note: str) -> tuple[str, list[str]]:
    if len(note) > _LONGEST_NOTE or not note.endswith("\n") or not _is_plain(note):
        _refuse("A note is at most a million characters, ends in a newline and holds no control characters")
    border = note.rfind("\n\n")
    if border < 0:
        _refuse("A note has a blank line before its signatures")
    lines = note[border + 2 : -1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        _refuse(f"The note has more than {_MOST_SIGNATURES} signatures")
    return note[: border + 1], lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    parts = line.split(" ")
    decoded = _decoded(parts[2]) if len(parts) == 3 else None  # noqa: PLR2004 - dash, name, signature
    if decoded is None or len(decoded) <= _HASH_BYTES or parts[0] != "—" or not is_key_name(parts[1]):
        _refuse("A signature line is not written as dash, name, base64")
    return parts[1], decoded[:_HASH_BYTES], decoded[_HASH_BYTES:]


def _verified(text: str, key: VerifierKey, signature: bytes) -> Signature:
    at, message = None, text.encode()
    if key.algorithm == COSIGNATURE:
        at, signature = int.from_bytes(signature[:_TIME_BYTES], "big"), signature[_TIME_BYTES:]
        message = cosigned_message(text, at)
    if (at or 0) > LATEST or not _verifies(key, signature, message):
        _refuse(f"The signature in the name of {key.name} does not verify")
    return Signature(key=key, at=at)


def _verifies(key: VerifierKey, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decoded(text: str) -> bytes | None:
    """Bytes of standard base64 in its one spelling; None if it is not."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.b64encode(found).decode() == text else None


def _is_plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not _FORBIDDEN.search(text)


def _refuse(problem: str, *, where: str = "signed note") -> NoReturn:
    raise UnreadableSource(
        problem,
        where=where,
        remedy="Ask for the note again as a file; do not copy it through a program that changes text.",
    )


def _refuse_key(problem: str) -> NoReturn:
    raise UnreadableSource(
        problem,
        where="verifier key",
        remedy="Ask the key's holder for it again, by a way you trust.",
    )
