"""Keys and messages: valid to another program, and to nobody's use."""

import base64

import numpy as np
import pysequoia
import pytest

from crossbearing.domain.openpgp import KeyState, read_keys
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import key_id, made_key, messages_to

CREATED = 1_577_836_800


@pytest.fixture
def chance() -> np.random.Generator:
    return stream(1, "test")


def test_another_program_reads_the_key_its_owner_and_its_expiry(chance: np.random.Generator) -> None:
    for lives in (0, 300):
        key = made_key(chance, "someone <nobody@example.invalid>", created=CREATED, lives_days=lives)
        found = pysequoia.Cert.from_bytes(key.armour.encode())
        assert found.fingerprint.upper() == key.fingerprint
        # Only a user id whose signature holds is listed.
        assert [str(user) for user in found.user_ids] == ["someone <nobody@example.invalid>"]
        assert (found.expiration is None) == (lives == 0)
        assert key.expires == (CREATED + 300 * 86_400 if lives else 0)


def test_a_broken_block_shows_another_fingerprint_and_fails_its_checksum(chance: np.random.Generator) -> None:
    key = made_key(chance, "someone", created=CREATED)
    (found,) = read_keys(key.broken)
    assert found.state is KeyState.PACKET_ONLY
    assert found.fingerprint != key.fingerprint


def test_messages_name_their_reader_and_hold_whole_packets(chance: np.random.Generator) -> None:
    key = made_key(chance, "someone", created=CREATED)
    for reader, text in zip([key_id(key), key_id(None)], messages_to([key_id(key), key_id(None)], chance), strict=True):
        lines = text.splitlines()
        assert lines[0] == "-----BEGIN PGP MESSAGE-----"
        assert lines[-1] == "-----END PGP MESSAGE-----"
        packets = base64.b64decode("".join(lines[2:-1]))
        # New format: tag, length, body; a session key (1), then protected data (18).
        assert packets[0] == 0xC0 | 1
        second = 2 + packets[1]
        assert packets[second] == 0xC0 | 18
        assert second + 2 + packets[second + 1] == len(packets)
        assert packets[3:11] == reader
