"""OpenPGP keys that belong to nobody: valid, self-signed, and made from the seed.

Version 4 keys with Ed25519, as RFC 4880 and RFC 9580 section 5.5 lay them out; a real market's keys are
mostly RSA, which changes their length and nothing that a reader does with them.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossbearing.domain.openpgp import armoured, fingerprint

_CURVE: Final = bytes.fromhex("2B06010401DA470F01")  # the object id of Ed25519 in OpenPGP
_EDDSA: Final = 22
_SHA256: Final = 8
_POSITIVE: Final = 0x13  # "positive certification" of a user id
_CREATED, _EXPIRES, _ISSUER, _FLAGS = 2, 9, 16, 27  # kinds of signature subpackets


@dataclass(frozen=True, slots=True)
class Key:
    """A public key.

    Attributes:
        armour: The block as people paste it.
        fingerprint: Upper-case hex.
        created: Unix seconds.
        expires: Unix seconds; 0 if it does not.
    """

    armour: str
    fingerprint: str
    created: int
    expires: int = 0

    @property
    def broken(self) -> str:
        """The block with one symbol changed, so that its checksum no longer fits."""
        at = self.armour.index("\n\n") + 60
        swapped = "B" if self.armour[at] == "A" else "A"
        return self.armour[:at] + swapped + self.armour[at + 1 :]


def made_key(chance: np.random.Generator, user: str, *, created: int, lives_days: int = 0) -> Key:
    """A key with a self-signed user id.

    Args:
        chance: Gives the secret part.
        user: User id; people put a handle or an invented mailbox there.
        created: Unix seconds.
        lives_days: Days after which it expires; 0 for never.
    """
    secret = Ed25519PrivateKey.from_private_bytes(chance.bytes(32))
    point = b"\x40" + secret.public_key().public_bytes_raw()
    body = b"\x04" + created.to_bytes(4, "big") + bytes([_EDDSA, len(_CURVE)]) + _CURVE + _mpi(point)
    name = user.encode()
    named = b"\xb4" + len(name).to_bytes(4, "big") + name
    print_ = fingerprint(body)
    hashed = _sub(_CREATED, created.to_bytes(4, "big")) + _sub(_FLAGS, b"\x03")
    if lives_days:
        hashed += _sub(_EXPIRES, (86_400 * lives_days).to_bytes(4, "big"))
    head = bytes([4, _POSITIVE, _EDDSA, _SHA256]) + len(hashed).to_bytes(2, "big") + hashed
    signed = b"\x99" + len(body).to_bytes(2, "big") + body + named + head + b"\x04\xff" + len(head).to_bytes(4, "big")
    digest = hashlib.sha256(signed).digest()
    signature = secret.sign(digest)
    issuer = _sub(_ISSUER, bytes.fromhex(print_)[-8:])
    tail = len(issuer).to_bytes(2, "big") + issuer + digest[:2] + _mpi(signature[:32]) + _mpi(signature[32:])
    packets = _packet(6, body) + _packet(13, name) + _packet(2, head + tail)
    return Key(armoured(packets), print_, created, created + 86_400 * lives_days if lives_days else 0)


def key_id(key: Key | None) -> bytes:
    """The last eight bytes of the fingerprint, by which a message names its reader; zeros hide who that is."""
    return bytes.fromhex(key.fingerprint)[-8:] if key else bytes(8)


def messages_to(readers: Sequence[bytes], chance: np.random.Generator) -> list[str]:
    """Messages that nobody can read: random bytes in the right frame, without the armour's optional checksum.

    Args:
        readers: Key id of each message's reader.
        chance: Gives the bytes.
    """
    noise = chance.bytes(len(readers) * 184)
    begin, end = "-----BEGIN PGP MESSAGE-----\n\n", "\n-----END PGP MESSAGE-----"
    made = []
    for number, reader in enumerate(readers):
        piece = noise[number * 184 : number * 184 + 184]
        # A session key for one reader (ECDH, 48 bytes wrapped), then 104 bytes of protected data.
        sealed = b"\xc1\x5e\x03" + reader + b"\x12\x01\x07\x40" + piece[:32] + b"\x30" + piece[32:80]
        made.append(begin + _lines(base64.b64encode(sealed + b"\xd2\x69\x01" + piece[80:]).decode()) + end)
    return made


def _lines(text: str) -> str:
    return "\n".join(text[at : at + 64] for at in range(0, len(text), 64))


def _packet(tag: int, body: bytes) -> bytes:
    """An old-format packet with a length of one or two bytes."""
    if len(body) < 256:  # noqa: PLR2004 - what one byte can say
        return bytes([0x80 | tag << 2, len(body)]) + body
    return bytes([0x81 | tag << 2]) + len(body).to_bytes(2, "big") + body


def _sub(kind: int, content: bytes) -> bytes:
    return bytes([len(content) + 1, kind]) + content


def _mpi(number: bytes) -> bytes:
    """A multiprecision integer: its length in bits, then its bytes without leading zeros."""
    digits = number.lstrip(b"\x00")
    return (len(digits) * 8 - (8 - digits[0].bit_length()) if digits else 0).to_bytes(2, "big") + digits
