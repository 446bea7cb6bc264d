"""Wallet addresses: verified only if the checksum fits, in whatever text they stand."""

import hashlib

import base58
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import made_identifiers as made
from crossbearing.domain import base58 as ours
from crossbearing.domain.identifier import Kind, State
from crossbearing.domain.keccak import SHA3, keccak256
from crossbearing.domain.scan import scan
from crossbearing.domain.segwit import read_segwit
from crossbearing.domain.wallets import read_address

HASH = st.binary(min_size=20, max_size=20)
KEY = st.binary(min_size=32, max_size=32)
ADDRESSES = {
    "bitcoin p2pkh": (HASH, lambda b: made.base58check(0, b), Kind.BITCOIN, "main", "p2pkh"),
    "bitcoin p2sh": (HASH, lambda b: made.base58check(5, b), Kind.BITCOIN, "main", "p2sh"),
    "bitcoin test p2pkh": (HASH, lambda b: made.base58check(111, b), Kind.BITCOIN, "test", "p2pkh"),
    "bitcoin test p2sh": (HASH, lambda b: made.base58check(196, b), Kind.BITCOIN, "test", "p2sh"),
    "litecoin L": (HASH, lambda b: made.base58check(48, b), Kind.LITECOIN, "main", "p2pkh"),
    "litecoin M": (HASH, lambda b: made.base58check(50, b), Kind.LITECOIN, "main", "p2sh"),
    "bech32": (HASH, lambda b: made.segwit("bc", 0, b), Kind.BITCOIN, "main", "segwit"),
    "bech32 of 32 bytes": (KEY, lambda b: made.segwit("bc", 0, b), Kind.BITCOIN, "main", "segwit"),
    "bech32m": (KEY, lambda b: made.segwit("bc", 1, b), Kind.BITCOIN, "main", "taproot"),
    "bech32 test": (HASH, lambda b: made.segwit("tb", 0, b), Kind.BITCOIN, "test", "segwit"),
    "bech32m regtest": (KEY, lambda b: made.segwit("bcrt", 1, b), Kind.BITCOIN, "regtest", "taproot"),
    "litecoin bech32": (HASH, lambda b: made.segwit("ltc", 0, b), Kind.LITECOIN, "main", "segwit"),
    "monero standard": (KEY, lambda b: made.monero(18, b + b[::-1]), Kind.MONERO, "main", "standard"),
    "monero subaddress": (KEY, lambda b: made.monero(42, b + b[::-1]), Kind.MONERO, "main", "subaddress"),
    "monero integrated": (KEY, lambda b: made.monero(19, b * 2 + b[:8]), Kind.MONERO, "main", "integrated"),
    "monero stage": (KEY, lambda b: made.monero(24, b + b[::-1]), Kind.MONERO, "stage", "standard"),
}
SAMPLES = {
    name: make(bytes(range(32))[: 20 if source is HASH else 32]) for name, (source, make, *_) in ADDRESSES.items()
}


@given(st.binary(max_size=400))
def test_the_sponge_agrees_with_the_standard_library_under_its_padding(message: bytes) -> None:
    assert keccak256(message, SHA3) == hashlib.sha3_256(message).digest()


def test_keccak_of_nothing_is_the_published_digest() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@given(st.binary(min_size=1, max_size=60))
def test_base_58_agrees_with_another_library(payload: bytes) -> None:
    assert ours.decoded(base58.b58encode(payload).decode()) == payload
    assert ours.decoded_with_checksum(base58.b58encode_check(payload).decode()) == payload


@pytest.mark.parametrize("name", ADDRESSES)
@given(data=st.data())
def test_an_address_made_from_any_bytes_is_found_in_text_and_verified(name: str, data: st.DataObject) -> None:
    source, make, kind, network, form = ADDRESSES[name]
    address = make(data.draw(source))
    before, behind = data.draw(
        st.sampled_from([("", ""), ("pay to:", "."), ("(", ")"), ("bitcoin:", "?amount=1"), ("é ", " é")])
    )
    (hit,) = scan(before + address + behind).identifiers
    assert (hit.kind, hit.network, hit.rule, hit.state) == (kind, network, form, State.VERIFIED)
    assert (before + address + behind)[hit.start : hit.end] == hit.written == address


@pytest.mark.parametrize("name", ADDRESSES)
@given(data=st.data())
def test_with_one_symbol_changed_it_is_never_verified(name: str, data: st.DataObject) -> None:
    source, make, *_ = ADDRESSES[name]
    address = make(data.draw(source))
    at = data.draw(st.integers(0, len(address) - 1))
    other = data.draw(st.sampled_from("0123456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZlIO"))
    assume(other != address[at])
    changed = address[:at] + other + address[at + 1 :]
    assert not [hit for hit in scan(f"to {changed} now").identifiers if hit.state is State.VERIFIED]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_changed_last_symbol_is_reported_as_damaged(name: str) -> None:
    address = SAMPLES[name]
    other = "q" if address[-1] != "q" else "p"
    (hit,) = scan(f"to {address[:-1]}{other} now").identifiers
    assert hit.state is State.DAMAGED
    assert hit.kind is ADDRESSES[name][2]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    ("before", "behind"), [("x", ""), ("", "x"), ("_", ""), ("ж", ""), ("", "é"), ("+", ""), ("", "+")]
)
def test_a_part_of_a_longer_word_is_no_address(name: str, before: str, behind: str) -> None:
    assert not [h for h in scan(f"{before}{SAMPLES[name]}{behind}").identifiers if h.state is State.VERIFIED]


# Test vectors of BIP 350, section "Test vectors for v0-v16 native segregated witness addresses": version and program.
PUBLISHED = [
    (("bc", 0, "751e76e8199196d454941c45d1b3a323f1433bd6"), "kv8f3t4"),
    (("tb", 0, "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"), "sl5k7"),
    (("bc", 1, "751e76e8199196d454941c45d1b3a323f1433bd6" * 2), "kt5nd6y"),
    (("bc", 16, "751e"), "gdz25j"),
    (("bc", 2, "751e76e8199196d454941c45d1b3a323"), "yvaxxpcs"),
    (("tb", 0, "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"), "sesrxh6hy"),
    (("tb", 1, "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"), "sesf3hn0c"),
    (("bc", 1, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"), "qzk5jj0"),
]


@pytest.mark.parametrize(("meaning", "tail"), PUBLISHED)
def test_published_segwit_addresses_read_as_published(meaning: tuple[str, int, str], tail: str) -> None:
    """The published checksum stands here, not the whole address, which the house's rules keep out of the repository."""
    prefix, version, program = meaning
    address = made.segwit(prefix, version, bytes.fromhex(program))
    assert address.endswith(tail)
    for written in (address, address.upper()):
        assert read_segwit(written) == (prefix, version, bytes.fromhex(program))


def test_invalid_segwit_addresses_are_refused_for_each_rule_of_the_standard() -> None:
    good = made.segwit("bc", 1, bytes(range(32)))
    old = made.segwit("bc", 0, bytes(range(20)))
    for wrong in (
        good[:-1] + ("q" if good[-1] != "q" else "p"),  # checksum
        good[:6].upper() + good[6:],  # mixed case
        made.segwit("bc", 17, bytes(32)),  # version
        made.segwit("bc", 1, bytes(41)),  # program too long
        made.segwit("bc", 1, bytes(1)),  # too short
        made.segwit("bc", 0, bytes(16)),  # not a length of version 0
        old.replace("bc1", "1", 1),  # no prefix
        "bc1" + "q" * 5,
        "bc1gmk9yu",  # empty data, from BIP 350
    ):
        with pytest.raises(ValueError, match=r"case|checksum|witness|prefix|base 32|bits"):
            read_segwit(wrong)


def test_bech32_does_not_pass_for_bech32m() -> None:
    """A version 1 program under the checksum of version 0 is what BIP 350 forbids."""
    (left,) = scan(made.segwit("bc", 0, bytes(range(32))).replace("bc1q", "bc1p")).identifiers
    assert left.state is State.DAMAGED


# EIP-55, section "Test Cases": all capitals, all small, then normal.
EIP55 = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("address", EIP55)
def test_published_mixed_case_addresses_are_verified(address: str) -> None:
    (hit,) = scan(f"eth {address}.").identifiers
    mixed = address[2:] not in (address[2:].lower(), address[2:].upper())
    assert hit.state is (State.VERIFIED if mixed else State.NO_CHECKSUM)
    assert hit.value == address.lower()


@given(account=HASH, at=st.integers(2, 41))
def test_an_ethereum_address_with_one_letter_in_the_wrong_case_is_damaged(account: bytes, at: int) -> None:
    address = made.ethereum(account)
    changed = address[:at] + address[at].swapcase() + address[at + 1 :]
    found = read_address(changed)
    assert found is not None
    digits = changed[2:]
    if changed == address:
        return
    single = digits in (digits.lower(), digits.upper())
    assert found.state is (State.NO_CHECKSUM if single else State.DAMAGED)


def test_a_session_id_is_taken_and_a_public_key_of_the_same_length_is_not() -> None:
    digits = "ab" * 32
    (hit,) = scan(f"session 05{digits}").identifiers
    assert (hit.kind, hit.value, hit.state) == (Kind.SESSION, f"05{digits}", State.NO_CHECKSUM)
    assert not scan(f"key 02{digits} hash {digits}").identifiers


def test_digests_words_and_armour_are_no_damaged_wallets() -> None:
    from crossbearing.simulation.chance import stream
    from crossbearing.simulation.keys import made_key

    key = made_key(stream(1, "k"), "simulated", created=1_600_000_000).armour
    text = f"{'1a2b3c4d' * 4} {'3' + 'b' * 31} ThisIsAVeryLongWordWithoutAnyDigitInIt {'1' * 34}\n{key}\n{key[:150]}"
    assert not scan(text).identifiers
