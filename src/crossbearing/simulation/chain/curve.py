"""Keys and signatures on secp256k1, from libsecp256k1 through coincurve.

coincurve's key object computes its public key whenever it is made, which takes longer than the signature. The library
below it is called directly for that reason: neighbouring keys then cost one addition of points, a tenth of the time.
"""

from typing import Any, Final

from coincurve._libsecp256k1 import ffi as _ffi
from coincurve._libsecp256k1 import lib as _lib
from coincurve.context import GLOBAL_CONTEXT

ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
_CONTEXT: Final[Any] = GLOBAL_CONTEXT.ctx
_NOTHING: Final[Any] = _ffi.NULL  # in place of a nonce function: the library's own, RFC 6979 or BIP 340
_LONGEST_DER: Final = 72

# Written by the library and copied at once; the simulation runs in one thread.
_signature: Final[Any] = _ffi.new("secp256k1_ecdsa_signature *")
_der: Final[Any] = _ffi.new(f"unsigned char[{_LONGEST_DER}]")
_pair: Final[Any] = _ffi.new("secp256k1_keypair *")
_schnorr: Final[Any] = _ffi.new("unsigned char[64]")
_compressed: Final[Any] = _ffi.new("unsigned char[33]")
_length: Final[Any] = _ffi.new("size_t *")


def public_keys(first: int, step: int, count: int) -> list[bytes]:
    """Compressed public keys of the secrets first, first + step, first + 2 step ... modulo the order.

    Raises:
        ValueError: A secret in the row is 0 modulo the order.
    """
    points = [_ffi.new("secp256k1_pubkey *") for _ in range(3)]
    here, stride, there = points
    _require(_lib.secp256k1_ec_pubkey_create(_CONTEXT, here, first.to_bytes(32, "big")))
    _require(_lib.secp256k1_ec_pubkey_create(_CONTEXT, stride, step.to_bytes(32, "big")))
    found = []
    for _ in range(count):
        _length[0] = 33
        _lib.secp256k1_ec_pubkey_serialize(_CONTEXT, _compressed, _length, here, _lib.SECP256K1_EC_COMPRESSED)
        found.append(bytes(_ffi.buffer(_compressed, 33)))
        _require(_lib.secp256k1_ec_pubkey_combine(_CONTEXT, there, [here, stride], 2))
        here, there = there, here
    return found


def sign(digest: bytes, secret: int) -> bytes:
    """An ECDSA signature in DER with low S; the nonce is that of RFC 6979."""
    _require(_lib.secp256k1_ecdsa_sign(_CONTEXT, _signature, digest, secret.to_bytes(32, "big"), _NOTHING, _NOTHING))
    _length[0] = _LONGEST_DER
    _lib.secp256k1_ecdsa_signature_serialize_der(_CONTEXT, _der, _length, _signature)
    return bytes(_ffi.buffer(_der, _length[0]))


def sign_schnorr(digest: bytes, secret: int) -> bytes:
    """A BIP 340 signature without auxiliary randomness, for the key's x coordinate."""
    _require(_lib.secp256k1_keypair_create(_CONTEXT, _pair, secret.to_bytes(32, "big")))
    _require(_lib.secp256k1_schnorrsig_sign32(_CONTEXT, _schnorr, digest, _pair, _NOTHING))
    return bytes(_ffi.buffer(_schnorr, 64))


def _require(accepted: int) -> None:
    if accepted != 1:
        raise ValueError("libsecp256k1 refused a key")
