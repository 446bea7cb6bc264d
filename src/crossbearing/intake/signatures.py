"""Whether a public key signed itself: a user id, or the key directly.

A valid self-signature shows that the block is whole and was made by whoever held the secret key. It does not show who
pasted it. Expiry and revocation say nothing about that and are not looked at.
Sources: RFC 4880 section 5.2; RFC 9580 sections 5.2.3 and 5.2.4 for versions 4 and 6 and the newer algorithms.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from crossbearing.domain.hash_policy import accepted_hash
from crossbearing.domain.openpgp_packets import (
    DSA,
    ECDSA,
    ED448,
    ED25519,
    EDDSA,
    PUBLIC_KEY,
    RSA,
    SIGNATURE,
    USER_ID,
    Packet,
    is_whole_key,
    numbers,
    whole_packets,
)

_CERTIFICATIONS: Final = frozenset({0x10, 0x11, 0x12, 0x13})  # over a user id
_DIRECT: Final = 0x1F  # over the key
_CREATED: Final = 2  # kind of subpacket
_MOST_CHECKED: Final = 64  # signatures of one block; keys with thousands of strangers' signatures exist
_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "2A8648CE3D030107": ec.SECP256R1(),
    "2B81040022": ec.SECP384R1(),
    "2B81040023": ec.SECP521R1(),
    "2B8104000A": ec.SECP256K1(),
    "2B2403030208010107": ec.BrainpoolP256R1(),
    "2B240303020801010B": ec.BrainpoolP384R1(),
    "2B240303020801010D": ec.BrainpoolP512R1(),
}
_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - accepted for old signatures only, see the policy
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_512": hashes.SHA3_512(),
}


class SelfSignature(StrEnum):
    """What became of the check."""

    VALID = "valid"
    REFUSED = "refused"  # the only candidates rest on a hash algorithm that was no longer accepted
    WRONG = "wrong"  # none of the candidates fits the key
    ABSENT = "absent"  # no signature over a user id or the key is in the block
    UNSUPPORTED = "unsupported"  # algorithm, curve or size that cannot be checked here


@dataclass(frozen=True, slots=True)
class _Signature:
    """One signature: what of it is hashed, what is signed, by which algorithms and when."""

    version: int
    algorithm: int
    hash_number: int
    head: bytes
    salt: bytes
    made_at: datetime
    start_of_digest: bytes
    numbers: bytes


def self_signature(packets: bytes) -> SelfSignature:
    """Whether the first key of a block signed itself.

    Args:
        packets: The bytes of the block after repair; what follows the first broken packet is not looked at.
    """
    found = whole_packets(packets)
    if not found or found[0].tag != PUBLIC_KEY or not is_whole_key(found[0].body):
        return SelfSignature.ABSENT
    key = found[0].body
    verdict = SelfSignature.ABSENT
    for signature, signed in _candidates(found):
        result = _checked(key, signature, signed)
        if result is SelfSignature.VALID:
            return result
        verdict = max(verdict, result, key=_TELLING.index)
    return verdict


# Of several verdicts, the last says most.
_TELLING: Final = (SelfSignature.ABSENT, SelfSignature.UNSUPPORTED, SelfSignature.WRONG, SelfSignature.REFUSED)


def _candidates(found: list[Packet]) -> Iterator[tuple[_Signature, bytes]]:
    """Signatures by the key's own algorithm, each with what it is over: the key, or a user id."""
    key, name, checked = found[0].body, b"", 0
    for packet in found[1:]:
        if packet.tag == USER_ID:
            name = b"\xb4" + len(packet.body).to_bytes(4, "big") + packet.body
        elif packet.tag == SIGNATURE and checked < _MOST_CHECKED:
            kind = packet.body[1:2]
            is_direct = kind == bytes([_DIRECT])
            if not is_direct and not (name and kind and kind[0] in _CERTIFICATIONS):
                continue
            signature = _read(packet.body)
            if signature is not None and signature.algorithm == key[5] and signature.version == key[0]:
                checked += 1
                yield signature, b"" if is_direct else name
        elif packet.tag != SIGNATURE:
            name = b""  # a picture, a subkey: what follows is not over the user id


def _read(body: bytes) -> _Signature | None:
    version = body[0] if body else 0
    wide = {4: 2, 6: 4}.get(version)  # octets of the lengths
    if wide is None or len(body) < 4 + wide:
        return None
    hashed_end = 4 + wide + int.from_bytes(body[4 : 4 + wide], "big")
    at = hashed_end + wide + int.from_bytes(body[hashed_end : hashed_end + wide], "big")
    start_of_digest, at = body[at : at + 2], at + 2
    salt = b""
    if version == 6:  # noqa: PLR2004 - the version numbers are the standard's
        size = body[at] if at < len(body) else 0
        salt, at = body[at + 1 : at + 1 + size], at + 1 + size
    made = _subpackets(body[4 + wide : hashed_end]).get(_CREATED, b"")
    if at >= len(body) or len(made) != 4:  # noqa: PLR2004 - octets of a date; without one no policy can be applied
        return None
    return _Signature(
        version=version,
        algorithm=body[2],
        hash_number=body[3],
        head=body[:hashed_end],
        salt=salt,
        made_at=datetime.fromtimestamp(int.from_bytes(made, "big"), UTC),
        start_of_digest=start_of_digest,
        numbers=body[at:],
    )


def _subpackets(area: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(area):
        first = area[at]
        if first < 192:  # noqa: PLR2004 - RFC 4880 section 5.2.3.1
            size, at = first, at + 1
        elif first < 255:  # noqa: PLR2004
            size, at = ((first - 192) << 8) + int.from_bytes(area[at + 1 : at + 2], "big") + 192, at + 2
        else:
            size, at = int.from_bytes(area[at + 1 : at + 5], "big"), at + 5
        if 0 < size <= len(area) - at:
            found.setdefault(area[at] & 0x7F, area[at + 1 : at + size])
        at += max(size, 1)
    return found


def _checked(key: bytes, signature: _Signature, signed: bytes) -> SelfSignature:
    name = accepted_hash(signature.hash_number, signature.made_at)
    if not name:
        return SelfSignature.REFUSED
    if name not in _DIGESTS:
        return SelfSignature.UNSUPPORTED
    if signature.version == 4:  # noqa: PLR2004
        framed = b"\x99" + len(key).to_bytes(2, "big") + key
    else:
        framed = b"\x9b" + len(key).to_bytes(4, "big") + key
    tail = bytes([signature.version, 0xFF]) + len(signature.head).to_bytes(4, "big")
    message = signature.salt + framed + signed + signature.head + tail
    digest = hashlib.new(name, message, usedforsecurity=False).digest()
    if digest[:2] != signature.start_of_digest:
        return SelfSignature.WRONG
    try:
        _verify(key, signature, digest, _DIGESTS[name])
    except InvalidSignature:
        return SelfSignature.WRONG
    except (ValueError, IndexError, KeyError, OverflowError, UnsupportedAlgorithm):
        return SelfSignature.UNSUPPORTED
    return SelfSignature.VALID


def _verify(key: bytes, signature: _Signature, digest: bytes, algorithm: hashes.HashAlgorithm) -> None:
    """Check one signature over a digest.

    Raises:
        InvalidSignature: It does not fit.
        ValueError: Key or signature are not what their algorithm demands, or not supported; likewise the others.
    """
    at = 6 if key[0] == 4 else 10  # noqa: PLR2004 - where the key stands in its packet, by version
    kind, prehashed = key[5], Prehashed(algorithm)
    if kind in RSA:
        (modulus, exponent), _ = numbers(key, at, 2)
        (sealed,), _ = numbers(signature.numbers, 0, 1)
        public = rsa.RSAPublicNumbers(_whole(exponent), _whole(modulus)).public_key()
        public.verify(sealed.rjust((public.key_size + 7) // 8, b"\x00"), digest, padding.PKCS1v15(), prehashed)
    elif kind == DSA:
        (p, q, g, y), _ = numbers(key, at, 4)
        parameters = dsa.DSAParameterNumbers(_whole(p), _whole(q), _whole(g))
        dsa.DSAPublicNumbers(_whole(y), parameters).public_key().verify(_pair(signature), digest, prehashed)
    elif kind == ECDSA:
        curve = _CURVES[key[at + 1 : at + 1 + key[at]].hex().upper()]
        (point,), _ = numbers(key, at + 1 + key[at], 1)
        ec.EllipticCurvePublicKey.from_encoded_point(curve, point).verify(_pair(signature), digest, ec.ECDSA(prehashed))
    elif kind == EDDSA:  # the only curve of this number is Ed25519; its point has 0x40 in front
        (point,), _ = numbers(key, at + 1 + key[at], 1)
        (r, s), _ = numbers(signature.numbers, 0, 2)
        ed25519.Ed25519PublicKey.from_public_bytes(point[1:]).verify(r.rjust(32, b"\0") + s.rjust(32, b"\0"), digest)
    elif kind == ED25519:
        ed25519.Ed25519PublicKey.from_public_bytes(key[at:]).verify(signature.numbers, digest)
    elif kind == ED448:
        ed448.Ed448PublicKey.from_public_bytes(key[at:]).verify(signature.numbers, digest)
    else:
        raise ValueError("not an algorithm that signs")


def _whole(number: bytes) -> int:
    return int.from_bytes(number, "big")


def _pair(signature: _Signature) -> bytes:
    (r, s), _ = numbers(signature.numbers, 0, 2)
    return encode_dss_signature(_whole(r), _whole(s))
