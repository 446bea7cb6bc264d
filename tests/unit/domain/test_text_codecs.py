"""Handles and keys in seized text."""

import time

import pysequoia
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.domain import openpgp
from crossbearing.domain.handle import skeleton
from crossbearing.domain.openpgp import KeyState, read_keys
from crossbearing.domain.score import Share, score
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import Key, made_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SaltMarsh", "saltmarsh"),
        ("saltmarsh", "salt_marsh"),
        ("saltmarsh", "s4ltm4rsh"),
        ("saltmarsh", "saltmarsh_official"),
        ("saltmarsh", "TheSaltMarsh77"),
        ("saltmarsh", "sаltmаrsh"),  # noqa: RUF001 - Cyrillic letters that look Latin
        ("saltmarsh", "sàltmarsh"),
    ],
)
def test_decorated_handles_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other) != ""


@pytest.mark.parametrize(("one", "other"), [("saltmarsh", "saltmarch"), ("dorset", "dorse"), ("teamster", "ster")])
def test_other_handles_keep_their_own_skeleton(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("handle", ["", "abc", "a_1", "___", "12"])
def test_a_handle_too_short_says_nothing(handle: str) -> None:
    assert skeleton(handle) == ""


@given(st.text(max_size=40))
def test_a_skeleton_is_letters_and_digits_only_and_does_not_fail(handle: str) -> None:
    found = skeleton(handle)
    assert found == "" or (len(found) >= 4 and found.isalnum())


def keys(count: int) -> list[Key]:
    chance = stream(1, "keys")
    return [made_key(chance, "simulated", created=1_600_000_000 + number) for number in range(count)]


def test_fingerprints_agree_with_sequoia() -> None:
    """The oracle is another people's OpenPGP implementation, on keys it made itself."""
    for kind in ("one@example.invalid", "two@example.invalid"):
        certificate = pysequoia.Tsk.generate(kind).extract_certificate()
        armour = str(certificate)
        (reading,) = read_keys(f"words before\n{armour}\nwords after")
        assert reading.fingerprint == certificate.fingerprint.upper()
        assert reading.state is KeyState.CRC_OK


DAMAGES = {
    "text around": lambda text: f"hello\n{text}\nbye",
    "line ends doubled": lambda text: text.replace("\n", "\r\n\r\n"),
    "line ends lost": lambda text: text.replace("\n", " "),
    "indented with no-break spaces": lambda text: text.replace("\n", "\n\xa0  "),
    "four dashes": lambda text: text.replace("-----", "----"),
    "a version header": lambda text: text.replace("BLOCK-----\n\n", "BLOCK-----\nVersion: 1\n"),
    "entities": lambda text: text.replace("+", "&#43;"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_harmless_damage_does_not_change_what_is_read(damage: str) -> None:
    for key in keys(20):
        (whole,) = read_keys(key.armour)
        (found,) = read_keys(DAMAGES[damage](key.armour))
        assert (found.fingerprint, found.state) == (whole.fingerprint, KeyState.CRC_OK)


def test_a_changed_symbol_is_never_read_as_whole() -> None:
    for key in keys(50):
        (found,) = read_keys(key.broken)
        assert found.state is not KeyState.CRC_OK


def test_the_end_may_be_cut_off_but_is_then_only_a_packet() -> None:
    armour = keys(1)[0].armour
    (whole,) = read_keys(armour)
    (cut,) = read_keys(armour[: armour.index("\n=")])
    assert (cut.fingerprint, cut.state) == (whole.fingerprint, KeyState.PACKET_ONLY)


@given(st.text(alphabet="-BEGINPUBLICKYOC \n=AmxQ/+1", max_size=300))
def test_junk_between_the_marks_never_fails_and_never_passes(junk: str) -> None:
    text = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n{junk}\n-----END PGP PUBLIC KEY BLOCK-----"
    for reading in read_keys(text):
        assert reading.state in KeyState
        assert bool(reading.fingerprint) == (reading.state is not KeyState.DAMAGED)


@pytest.mark.parametrize("piece", ["-", "- ", "\n", "=aaaa ", "<", "mQENBFxxxxxxxx ", "Version: ", "A", "&", "--BEGIN"])
def test_no_block_holds_the_reader_up(piece: str) -> None:
    """Four times the text must not take ten times as long."""

    def seconds(size: int) -> float:
        text = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n" + (piece * size)[:size]
        taken = []
        for _ in range(3):
            began = time.process_time()
            list(read_keys(text + "\n" + text))
            taken.append(time.process_time() - began)
        return min(taken)

    assert seconds(80_000) < 10 * seconds(20_000) + 0.05


@pytest.mark.parametrize("version", [0, 2, 3, 5])
def test_only_versions_with_a_known_fingerprint_are_named(version: int) -> None:
    with pytest.raises(ValueError, match="expected 4 or 6"):
        openpgp.fingerprint(bytes([version]) + b"\x00" * 20)


def test_wilson_intervals_are_those_of_the_literature() -> None:
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
    low, high = Share(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = Share(0, 20).interval
    assert (round(low, 4), round(high, 4)) == (0.0, 0.1611)


def test_a_share_of_nothing_is_not_known() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None


def test_pairs_count_in_either_order() -> None:
    found = score("x", [("a", "b"), ("d", "c")], [("b", "a"), ("e", "f")])
    assert (found.precision.hits, found.precision.trials, found.recall.trials) == (1, 2, 2)
