"""Whether a key signed itself, by keys that another people's implementation made."""

from functools import cache

import pysequoia
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.hash_policy import accepted_hash
from crossbearing.domain.openpgp import Flaw, KeyReading, KeyState, armoured, read_keys
from crossbearing.domain.openpgp_packets import packets_in
from crossbearing.intake.signatures import SelfSignature, self_signature
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import made_key

SUITES = ["Cv25519", "Cv448", "P256", "P384", "P521", "RSA2k", "RSA3k"]


@cache
def certificate(suite: str, profile: str) -> pysequoia.Cert:
    return pysequoia.Tsk.generate(
        "one@example.invalid",
        cipher_suite=getattr(pysequoia.CipherSuite, suite),
        profile=getattr(pysequoia.Profile, profile),
    ).extract_certificate()


def read(text: str) -> KeyReading:
    (reading,) = read_keys(text)
    return reading


KEYS = [made_key(stream(1, "keys"), "simulated", created=1_600_000_000 + number) for number in range(5)]


@pytest.mark.parametrize("profile", ["RFC4880", "RFC9580"])
@pytest.mark.parametrize("suite", SUITES)
def test_keys_of_another_implementation_are_named_and_verified(suite: str, profile: str) -> None:
    made = certificate(suite, profile)
    reading = read(str(made))
    assert reading.fingerprint == made.fingerprint.upper()
    assert self_signature(reading.packets) is SelfSignature.VALID


@pytest.mark.parametrize("suite", ["MLDSA65_Ed25519", "MLDSA87_Ed448"])
def test_a_key_whose_algorithm_cannot_be_checked_here_is_named_but_not_verified(suite: str) -> None:
    made = certificate(suite, "RFC9580")
    reading = read(str(made))
    assert reading.fingerprint == made.fingerprint.upper()
    assert self_signature(reading.packets) is SelfSignature.UNSUPPORTED


@given(st.integers(0, 3), st.integers(0, 7), st.data())
def test_a_bit_changed_in_what_is_signed_or_in_the_signature_is_never_valid(
    number: int, bit: int, data: st.DataObject
) -> None:
    parts = [bytearray(packet.body) for packet in packets_in(read(KEYS[number].armour).packets)]
    hashed = 6 + int.from_bytes(parts[2][4:6], "big")
    part, end = data.draw(st.sampled_from([(0, len(parts[0])), (1, len(parts[1])), (2, hashed), (2, -1)]))
    place = -1 if end < 0 else data.draw(st.integers(0, end - 1))  # the last octet is a digit of the signature
    parts[part][place] ^= 1 << bit
    changed = b"".join(_framed(tag, bytes(body)) for tag, body in zip((6, 13, 2), parts, strict=True))
    assert self_signature(changed) is not SelfSignature.VALID


@given(st.binary(max_size=200), st.integers(0, 4))
def test_no_bytes_make_the_check_fail(junk: bytes, number: int) -> None:
    packets = read(KEYS[number].armour).packets
    assert self_signature(junk) in SelfSignature
    for cut in (junk + packets, packets + junk, packets[: len(junk)], packets[:-20] + junk):
        assert self_signature(cut) in SelfSignature


def test_a_signature_of_another_key_is_wrong_and_a_missing_one_absent() -> None:
    one, other = (list(packets_in(read(key.armour).packets)) for key in KEYS[:2])
    key, name, _ = one
    whole = _framed(key.tag, key.body) + _framed(name.tag, name.body)
    assert self_signature(whole) is SelfSignature.ABSENT
    assert self_signature(whole + _framed(2, other[2].body)) is SelfSignature.WRONG
    assert self_signature(whole + _framed(2, one[2].body)) is SelfSignature.VALID
    assert self_signature(_framed(key.tag, key.body) + _framed(2, one[2].body)) is SelfSignature.ABSENT


def _framed(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def test_hashes_are_accepted_by_the_date_of_the_signature() -> None:
    from datetime import UTC, datetime

    for number, last, first_refused in ((2, "2023-01-31", "2023-02-01"), (1, "2004-01-31", "2004-02-01")):
        assert accepted_hash(number, datetime.fromisoformat(last).replace(tzinfo=UTC))
        assert not accepted_hash(number, datetime.fromisoformat(first_refused).replace(tzinfo=UTC))
    assert accepted_hash(8, datetime(2040, 1, 1, tzinfo=UTC)) == "sha256"
    assert not accepted_hash(99, datetime(2040, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("made_at", [1_400_000_000, 1_700_000_000])
def test_sha_1_counts_in_an_old_signature_and_not_in_a_new_one(made_at: int) -> None:
    """May 2014 and November 2023; RSA as people had it then."""
    import hashlib

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    secret = rsa.generate_private_key(65537, 2048)
    public = secret.public_key().public_numbers()
    key = b"\x04" + made_at.to_bytes(4, "big") + b"\x01" + _mpi(public.n) + _mpi(public.e)
    name = b"one"
    hashed = b"\x05\x02" + made_at.to_bytes(4, "big")
    head = bytes([4, 0x13, 1, 2]) + len(hashed).to_bytes(2, "big") + hashed
    signed = b"\x99" + len(key).to_bytes(2, "big") + key + b"\xb4" + len(name).to_bytes(4, "big") + name
    digest = hashlib.sha1(signed + head + b"\x04\xff" + len(head).to_bytes(4, "big"), usedforsecurity=False).digest()
    sealed = secret.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA1()))  # noqa: S303
    body = head + b"\x00\x00" + digest[:2] + _mpi(int.from_bytes(sealed, "big"))
    packets = _framed(6, key) + _framed(13, name) + _framed(2, body)
    expected = SelfSignature.VALID if made_at < 1_675_209_600 else SelfSignature.REFUSED
    assert self_signature(packets) is expected
    assert read(armoured(packets)).fingerprint == pysequoia.Cert.from_bytes(_framed(6, key)).fingerprint.upper()


def _mpi(number: int) -> bytes:
    return number.bit_length().to_bytes(2, "big") + number.to_bytes((number.bit_length() + 7) // 8, "big")


def flattened(armour: str) -> str:
    """Line ends lost, with the header on the same line."""
    return armour.replace("BLOCK-----\n\n", "BLOCK----- Version: GnuPG v1.4.9 (GNU/Linux) ").replace("\n", " ")


DAMAGES = {
    "line ends lost, header on the same line": flattened,
    "line ends are spaces without a header": lambda text: text.replace("\n", " "),
    "line ends are tags of a page": lambda text: text.replace("\n", "<br />\n"),
    "a line of words in the middle": lambda text: _with_line(text, "Reply with quote, report to moderator."),
    "a link in the middle": lambda text: _with_line(text, "http://www.example.invalid/page?id=77"),
    "quoted line by line": lambda text: "\n".join("> " + line for line in text.split("\n")),
    "words in front of the armour": lambda text: text.replace(
        "BLOCK-----\n", "BLOCK-----\nhere is mine, enjoy everybody\n"
    ),
}


def _with_line(text: str, words: str) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:4], words, *lines[4:]])


@pytest.mark.parametrize("damage", DAMAGES)
def test_repair_brings_the_whole_key_back(damage: str) -> None:
    for made in [certificate("RSA2k", "RFC4880"), certificate("Cv25519", "RFC4880")]:
        reading = read(DAMAGES[damage](str(made)))
        assert (reading.fingerprint, reading.state) == (made.fingerprint.upper(), KeyState.CRC_OK)
        assert self_signature(reading.packets) is SelfSignature.VALID


def test_a_cut_block_keeps_its_first_packet_or_says_that_it_is_cut() -> None:
    made = certificate("RSA2k", "RFC4880")
    lines = str(made).split("\n")
    begins = next(number for number, line in enumerate(lines) if not line.strip()) + 1
    long_enough = read("\n".join(lines[: begins + 12]))
    assert (long_enough.fingerprint, long_enough.state) == (made.fingerprint.upper(), KeyState.PACKET_ONLY)
    cut = read("\n".join(lines[: begins + 3]))
    assert (cut.fingerprint, cut.state, cut.flaw) == ("", KeyState.DAMAGED, Flaw.CUT_OFF)


@pytest.mark.parametrize("dropped", range(20, 300, 40))
def test_a_symbol_lost_within_the_first_packet_gives_no_wrong_fingerprint(dropped: int) -> None:
    """The numbers of the key no longer fill the packet, so it is no key."""
    made = certificate("RSA2k", "RFC4880")
    text = str(made)
    at = text.index("\n\n") + 2 + dropped
    reading = read(text[:at] + text[at + 1 :])
    assert reading.fingerprint in ("", made.fingerprint.upper())
    assert reading.state is not KeyState.CRC_OK


@pytest.mark.parametrize(
    ("packets", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (b"\x00" * 40, Flaw.NO_KEY),
        (b"\xcd\x20" + b"a" * 40, Flaw.NO_KEY),
        (b"\x99\x00\x20" + b"\x03" + b"\x00" * 31, Flaw.OLD_VERSION),
        (b"\x99\x00\x20" + b"\x04" + b"\x00" * 31, Flaw.NO_WHOLE_KEY),
        (b"\x99\x01\xff" + b"\x04" + b"\x00" * 31, Flaw.CUT_OFF),
    ],
)
def test_a_block_without_a_fingerprint_says_why(packets: bytes, flaw: Flaw) -> None:
    reading = read(armoured(packets))
    assert (reading.flaw, reading.fingerprint, reading.state) == (flaw, "", KeyState.DAMAGED)
