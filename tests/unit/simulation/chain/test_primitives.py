"""Hashes, addresses, keys and signatures, each held against somebody else's answer."""

import hashlib

import coincurve
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.simulation.chain import curve
from crossbearing.simulation.chain.addresses import addresses
from crossbearing.simulation.chain.digests import hash160
from crossbearing.simulation.chain.keys import KeyRing
from crossbearing.simulation.chain.scripts import Kind, output_script, program_of
from unit.simulation.chain.block_audit import script_of

# The key with the secret 1 and its addresses, as Bitcoin Core shows them on the regression-test network.
GENERATOR = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
KNOWN = {Kind.P2PKH: "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", Kind.P2WPKH: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"}


def test_known_addresses_of_a_known_key() -> None:
    program = hash160([GENERATOR])
    for kind, address in KNOWN.items():
        assert addresses(kind, program)[0].decode() == address


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=5))
def test_hash160_is_ripemd_160_of_sha_256(messages: list[bytes]) -> None:
    if "ripemd160" not in hashlib.algorithms_available:
        pytest.skip("this build of OpenSSL has no RIPEMD-160 to compare with")
    expected = [hashlib.new("ripemd160", hashlib.sha256(one).digest()).digest() for one in messages]
    assert [row.tobytes() for row in hash160(messages)] == expected


@given(st.sampled_from(Kind), st.binary(min_size=32, max_size=32))
def test_every_address_stands_for_its_script(kind: Kind, program: bytes) -> None:
    program = program if kind is Kind.P2TR else program[:20]
    address = addresses(kind, np.frombuffer(program, np.uint8).reshape(1, -1))[0].decode()
    script = output_script(kind, program)
    assert script_of(address) == script
    assert program_of(kind, script) == program


@given(st.integers(1, curve.ORDER - 1), st.integers(1, curve.ORDER - 1))
def test_keys_of_a_row_are_those_of_their_secrets(first: int, step: int) -> None:
    secrets = [(first + place * step) % curve.ORDER for place in range(3)]
    if all(secrets):
        expected = [coincurve.PublicKey.from_secret(one.to_bytes(32, "big")).format() for one in secrets]
        assert curve.public_keys(first, step, 3) == expected


@given(st.binary(min_size=32, max_size=32), st.integers(1, curve.ORDER - 1))
def test_signatures_are_those_of_the_reference(digest: bytes, secret: int) -> None:
    key = coincurve.PrivateKey(secret.to_bytes(32, "big"))
    signature = curve.sign(digest, secret)
    assert signature == key.sign(digest, hasher=None)
    assert int.from_bytes(signature[-32:], "big") <= curve.ORDER // 2
    assert coincurve.PublicKeyXOnly.from_secret(key.secret).verify(curve.sign_schnorr(digest, secret), digest)


def test_a_known_deterministic_signature() -> None:
    # Secret 1 and the text "Satoshi Nakamoto": the vector that bitcoin libraries pass on for RFC 6979.
    signature = curve.sign(hashlib.sha256(b"Satoshi Nakamoto").digest(), 1)
    assert signature.hex() == (
        "3045022100934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
        "02202442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
    )


def test_no_key_is_dealt_twice() -> None:
    ring = KeyRing(3)
    keys = [ring.take(kind, 0) for kind in Kind for _ in range(200)]
    assert len({key.secret for key in keys}) == len({key.script for key in keys}) == 800
    assert [script_of(one.decode()) for one in ring.addresses().tolist()] == [key.script for key in keys]
