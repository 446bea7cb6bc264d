"""Bags and signed statements, against tools of other people."""

import hashlib
import json
import tempfile
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.partner import Partner, partners_in
from crossbearing.exchange.bundle import PAYLOAD_TYPE, STATEMENT, bagged, packed, statement, to_sign, with_statement

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAMES = st.sampled_from(["package.html", "package.json", "more.txt", "a b.bin"])
PARTNER = Partner(
    agency="Police", country="NL", seal_to="age1", handling="H1", keys_until="2027-01-31", added_at="", added_by=""
)


@given(payload=st.dictionaries(NAMES, st.binary(max_size=300), min_size=1), organisation=st.text(max_size=40))
def test_a_bag_is_valid_for_the_library_of_congress_and_breaks_with_any_byte(
    payload: dict[str, bytes], organisation: str
) -> None:
    files = bagged(payload, {"Source-Organization": organisation})
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_bytes(content)
        assert bagit.Bag(folder).is_valid()
        (Path(folder) / next(iter(files))).write_bytes(b"other" + files[next(iter(files))])
        assert not bagit.Bag(folder).is_valid()


def test_a_statement_verifies_with_another_implementation_and_only_with_the_right_key() -> None:
    bag = bagged({"package.html": b"<p>"}, {})
    signed = with_statement(bag, statement(bag, {"version": 1}), "desk", KEY.sign)
    envelope = Envelope.from_dict(json.loads(signed[STATEMENT]))
    assert envelope.payload_type == PAYLOAD_TYPE
    for key, holds in ((KEY, True), (Ed25519PrivateKey.generate(), False)):
        public = SSlibKey("desk", "ed25519", "ed25519", {"public": key.public_key().public_bytes_raw().hex()})
        if holds:
            envelope.verify([public], 1)
        else:
            with pytest.raises(VerificationError):
                envelope.verify([public], 1)
    said = json.loads(envelope.payload)["files"]
    assert {name: one["sha256"] for name, one in said.items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in bag.items()
    }


def test_what_is_signed_has_type_and_length_in_front() -> None:
    assert to_sign(b"hello world") == b"DSSEv1 %d %s 11 hello world" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode())


@given(payload=st.dictionaries(NAMES, st.binary(max_size=300)))
def test_equal_files_are_packed_into_equal_bytes_in_whatever_order_they_come(payload: dict[str, bytes]) -> None:
    assert packed(payload) == packed(dict(reversed(payload.items())))


@pytest.mark.parametrize(
    ("country", "handling", "tlp", "today", "says"),
    [
        ("NL", "H1", "AMBER", "2027-01-31", ""),
        ("NL", "H0", "CLEAR", "2026-01-01", ""),
        ("NL", "H1", "AMBER", "2027-02-01", "ended on 2027-01-31"),
        ("DE", "H1", "AMBER", "2026-01-01", "is for DE"),
        ("NL", "H2", "AMBER", "2026-01-01", "may hold H1 at most"),
        ("NL", "unknown", "AMBER", "2026-01-01", "is not known"),
        ("NL", "H1", "AMBER+STRICT", "2026-01-01", "does not leave"),
        ("NL", "H1", "RED", "2026-01-01", "does not leave"),
        ("NL", "H1", "unknown", "2026-01-01", "does not leave"),
    ],
)
def test_a_partner_gets_what_is_of_its_country_within_its_code_while_its_key_lasts(
    country: str, handling: str, tlp: str, today: str, says: str
) -> None:
    refused = PARTNER.refusal(country=country, handling=handling, tlp=tlp, today=today)
    assert (says in refused[0]) if refused else says == ""


def test_the_newest_act_on_a_partner_counts() -> None:
    def act(kind: ActKind, **said: str) -> Entry:
        return Entry(
            position=0, kind=kind, subject="Police", at="2026", person="A", authority="", purpose="", case="",
            version=1, payload=said,
        )  # fmt: skip

    told = {"country": "NL", "seal_to": "age1x", "handling": "H1", "keys_until": "2027-01-01"}
    first, second = act(ActKind.PARTNER_ADDED, **told), act(ActKind.PARTNER_ADDED, **{**told, "handling": "H3"})
    assert partners_in([first, second])["Police"].handling == "H3"
    assert partners_in([first, act(ActKind.PARTNER_REMOVED, reason="x")]) == {}
