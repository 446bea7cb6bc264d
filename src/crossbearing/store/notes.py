"""Signed notes: text that somebody put a signature under, readable by people and machines.

Source: C2SP signed-note and tlog-checkpoint. Ed25519 only.
"""

import base64
import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossbearing.domain.errors import BadRequest, UnreadableSource

_ED25519: Final = b"\x01"
_DASH: Final = "\u2014"


def public_key(name: str, key: Ed25519PrivateKey) -> str:
    """The key that others check signatures with, in the format's own spelling."""
    raw = key.public_key().public_bytes_raw()
    return f"{name}+{_key_hash(name, raw).hex()}+{base64.b64encode(_ED25519 + raw).decode()}"


def signed(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The text as a note with one signature.

    Args:
        text: Lines, the last ending in a line break.
        name: Who signs; no space and no plus sign.
        key: Their key.
    """
    return f"{text}\n{signature_line(text, name, key)}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint: which log, how many entries, the root over them."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signature_line(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """One signature under a note's text."""
    stamp = _key_hash(name, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{_DASH} {name} {base64.b64encode(stamp).decode()}\n"


def _key_hash(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]


_PRIVATE: Final = "PRIVATE+KEY"


def made_key(name: str) -> tuple[str, str]:
    """A new key of a person or agency: what they keep, and what they give to others.

    Raises:
        BadRequest: The name holds a space or a plus sign.
    """
    if not name or any(letter.isspace() or letter == "+" for letter in name):
        raise BadRequest(
            f"The name {name!r} cannot stand in a signature",
            where="the key's name",
            remedy="Use letters, digits and signs without spaces, such as nl-police/j.doe.",
        )
    key = Ed25519PrivateKey.generate()
    public = public_key(name, key)
    _, key_hash, _ = public.split("+", 2)
    seed = base64.b64encode(_ED25519 + key.private_bytes_raw()).decode()
    return f"{_PRIVATE}+{name}+{key_hash}+{seed}", public


def private_key(text: str, *, where: str) -> tuple[str, Ed25519PrivateKey]:
    """The name and the key that a private key's text holds.

    Raises:
        UnreadableSource: It is no such text.
    """
    try:
        prefix, name, _, material = text.strip().removeprefix(_PRIVATE).split("+", 3)
        raw = base64.b64decode(material, validate=True)
        if prefix or raw[:1] != _ED25519 or not text.startswith(_PRIVATE):
            raise ValueError  # noqa: TRY301 - one way out for everything that is no key
        return name, Ed25519PrivateKey.from_private_bytes(raw[1:])
    except ValueError as wrong:
        raise UnreadableSource(
            "This is not a private key",
            where=where,
            remedy="Name the file that `crossbearing custody new-key` wrote.",
        ) from wrong
