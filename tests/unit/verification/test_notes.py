"""Notes are read as C2SP writes them, and what a key did not sign is not taken for signed."""

import base64
import contextlib
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain.errors import UnreadableSource
from crossbearing.verification import notes

# The example of Go's sumdb/note, which C2SP's signed-note describes.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP's tlog-cosignature; its keys are not published, so it is read, not verified.
C2SP_NOTE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
    "xUe+mbIUBkBIfZ+qnA==\n"
)
LOG_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"log." * 8)
WITNESS_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"wit." * 8)
TEXT = "log.example\n3\n" + base64.b64encode(bytes(32)).decode() + "\n"


def vkey(name: str, kind: int, private: Ed25519PrivateKey) -> str:
    material = bytes([kind]) + private.public_key().public_bytes_raw()
    key_hash = hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8]
    return f"{name}+{key_hash}+{base64.b64encode(material).decode()}"


LOG = notes.parse_key(vkey("log.example", 1, LOG_PRIVATE))
WITNESS = notes.parse_key(vkey("nl.example/witness", 4, WITNESS_PRIVATE))


def line(name: str, key_hash: bytes, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(key_hash + signature).decode()}\n"


def log_line(text: str = TEXT) -> str:
    return line("log.example", LOG.key_hash, LOG_PRIVATE.sign(text.encode()))


def witness_line(text: str = TEXT, at: int = 1_800_000_000) -> str:
    signature = WITNESS_PRIVATE.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    return line("nl.example/witness", WITNESS.key_hash, at.to_bytes(8, "big") + signature)


def test_the_note_of_the_reference_implementation_opens() -> None:
    key = notes.parse_key(GO_KEY)
    found = notes.opened(f"{GO_TEXT}\n{GO_LINE}", key)
    assert found.text == GO_TEXT
    assert found.is_signed_by(key)
    assert str(key) == GO_KEY


def test_the_checkpoint_of_the_standard_is_read() -> None:
    found = notes.opened(C2SP_NOTE, LOG)
    assert found.signatures == ()
    checkpoint = notes.parse_checkpoint(found.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e")


def test_signatures_of_log_and_witness_are_told_apart() -> None:
    found = notes.opened(f"{TEXT}\n{log_line()}{witness_line(at=17)}", LOG, WITNESS)
    assert [(signature.key, signature.at) for signature in found.signatures] == [(LOG, None), (WITNESS, 17)]


def test_lines_of_unknown_keys_are_ignored_even_under_a_known_name() -> None:
    other = line("log.example", b"none", bytes(64)) + line("other.example", LOG.key_hash, bytes(64))
    found = notes.opened(f"{TEXT}\n{other}{log_line()}", LOG)
    assert [signature.key for signature in found.signatures] == [LOG]
    assert not notes.opened(f"{TEXT}\n{other}", LOG).is_signed_by(LOG)


@given(st.integers(0, len(TEXT) - 2), st.sampled_from("aZ9+/=-"))
def test_a_text_that_was_changed_anywhere_does_not_verify(place: int, letter: str) -> None:
    changed = TEXT[:place] + letter + TEXT[place + 1 :]
    for signature in (log_line(), witness_line()):
        if changed != TEXT:
            with pytest.raises(UnreadableSource, match="does not verify"):
                notes.opened(f"{changed}\n{signature}", LOG, WITNESS)


@given(st.integers(0, 63))
def test_a_signature_that_was_changed_anywhere_does_not_verify(place: int) -> None:
    signature = bytearray(LOG_PRIVATE.sign(TEXT.encode()))
    signature[place] ^= 1
    with pytest.raises(UnreadableSource, match="does not verify"):
        notes.opened(f"{TEXT}\n{line('log.example', LOG.key_hash, bytes(signature))}", LOG)


def test_a_false_line_is_refused_beside_a_true_one() -> None:
    false = line("log.example", LOG.key_hash, bytes(64))
    for lines in (log_line() + false, false + log_line()):
        with pytest.raises(UnreadableSource, match="does not verify"):
            notes.opened(f"{TEXT}\n{lines}", LOG)


@pytest.mark.parametrize("stated", [0, 1_800_000_001])
def test_a_cosignature_holds_for_the_time_it_states_and_no_other(stated: int) -> None:
    genuine = base64.b64decode(witness_line().split(" ")[2])[12:]
    with pytest.raises(UnreadableSource, match="does not verify"):
        notes.opened(
            f"{TEXT}\n{line('nl.example/witness', WITNESS.key_hash, stated.to_bytes(8, 'big') + genuine)}", WITNESS
        )


def test_a_time_beyond_the_standard_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="does not verify"):
        notes.opened(f"{TEXT}\n{witness_line(at=2**63)}", WITNESS)
    assert notes.opened(f"{TEXT}\n{witness_line(at=2**63 - 1)}", WITNESS).signatures[0].at == 2**63 - 1


def test_a_signature_over_the_plain_text_is_no_cosignature_and_the_other_way_round() -> None:
    plain = WITNESS_PRIVATE.sign(TEXT.encode())
    for signature in (plain, bytes(8) + plain):
        with pytest.raises(UnreadableSource):
            notes.opened(f"{TEXT}\n{line('nl.example/witness', WITNESS.key_hash, signature)}", WITNESS)
    as_log = notes.parse_key(vkey("nl.example/witness", 1, WITNESS_PRIVATE))
    assert as_log.key_hash != WITNESS.key_hash
    assert notes.opened(f"{TEXT}\n{witness_line()}", as_log).signatures == ()


def test_the_text_ends_at_the_last_blank_line() -> None:
    text = "one\n\ntwo\n"
    assert notes.opened(f"{text}\n{log_line(text)}", LOG).text == text


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}{log_line()}",
        f"{TEXT}\n{log_line()[:-1]}",
        f"{TEXT}\n{log_line()}\n",
        f"{TEXT}\n{log_line()} ",
        f"{TEXT}\n{log_line().replace('—', '-')}",
        f"{TEXT}\n{log_line().replace('— ', '—  ')}",
        f"{TEXT}\n{log_line().replace('log.example', 'log+example')}",
        f"{TEXT}\n{log_line()}".replace("— log.example", "— log\u00a0example"),
        f"{TEXT}\n{log_line().replace('log.example', '')}",
        f"{TEXT}\n— log.example \n",
        f"{TEXT}\n— log.example AAAA\n",
        f"{TEXT}\n— log.example AAAAAA\n",
        f"{TEXT}\n— log.example AAAAAAB=\n",  # the last bits of base64 must be zero
        f"{TEXT}\n— log.example {'AAAA*AAAA'}\n",
        f"{TEXT}\n{log_line()}{log_line()}".replace("\n", "\r\n"),
        f"{TEXT}\n{log_line()}".replace("3", "\ud800"),
        f"{TEXT}\n{log_line()[:-1]}x",
        f"{TEXT}\n{log_line() * 101}",
        *[
            f"{text}\n{log_line(text)}"
            for text in ("tab\t\n", "\x00\n", "\x1f\n", "return\r\n", "x" * 1_000_000 + "\n")
        ],
    ],
    ids=range(27),
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(UnreadableSource):
        notes.opened(note, LOG)


@given(st.text() | st.lists(st.sampled_from(["— ", "a ", "\n", "AAAAAAA=", "\n\n"])).map("".join))
def test_whatever_is_not_a_note_is_said_to_be_none(text: str) -> None:
    for read in (lambda: notes.opened(text, LOG), lambda: notes.parse_checkpoint(text), lambda: notes.parse_key(text)):
        with contextlib.suppress(UnreadableSource):
            read()


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        "log.example\n3\n",
        TEXT.replace("\n3\n", "\n03\n"),
        TEXT.replace("\n3\n", "\n-3\n"),
        TEXT.replace("\n3\n", "\n+3\n"),
        TEXT.replace("\n3\n", "\n3 \n"),
        TEXT.replace("\n3\n", "\n٣\n"),
        TEXT.replace("\n3\n", "\n3.0\n"),
        TEXT.replace("\n3\n", "\n\n"),
        TEXT.replace("\n3\n", "\n" + "9" * 5000 + "\n"),
        TEXT.replace("log.example", ""),
        TEXT.replace("AAAA", "AAA*", 1),
        TEXT.replace("AAAA", "", 1),
        TEXT + "\n",
        TEXT + "\nextension\n",
    ],
    ids=range(16),
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource):
        notes.parse_checkpoint(text)


def test_a_checkpoint_may_say_more_than_is_read() -> None:
    assert notes.parse_checkpoint(TEXT + "extension\n") == notes.Checkpoint("log.example", 3, bytes(32))
    assert notes.parse_checkpoint(TEXT.replace("\n3\n", "\n0\n")).size == 0


@pytest.mark.parametrize(
    "key",
    [
        "",
        GO_KEY.replace("PeterNeumann", "Peter"),
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("c74f20a3", "C74F20A3"),
        GO_KEY.replace("+ARpc", "+BRpc"),
        GO_KEY[:-4],
        GO_KEY.replace("Peter", "Peter "),
        vkey("name", 2, LOG_PRIVATE),
        vkey("", 1, LOG_PRIVATE),
        "name+" + hashlib.sha256(b"name\n\x01short").hexdigest()[:8] + "+" + base64.b64encode(b"\x01short").decode(),
    ],
)
def test_a_key_that_does_not_fit_itself_is_refused(key: str) -> None:
    with pytest.raises(UnreadableSource):
        notes.parse_key(key)
