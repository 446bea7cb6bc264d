"""A time stamp holds for one note, from an authority under one of the roots, and for nothing else."""

import random
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration, UnreadableSource
from crossbearing.verification import stamps
from crossbearing.workflows.show_log import attestations, stamp_checkpoint, verify_log

if not shutil.which("openssl"):
    pytest.skip("the authority of these tests is the openssl command", allow_module_level=True)
pytest.importorskip("rfc3161_client")

NOTE = "log.example\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— log.example AAAAAAAA\n"
SERIALS = {"ca": "0x11", "tsa": "0x17"}
CONFIGURATION = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[authority]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
"""


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@dataclass(frozen=True)
class Authority:
    """A time-stamp authority and what issued its certificate, in a folder."""

    folder: Path

    @property
    def root(self) -> bytes:
        return (self.folder / "ca.pem").read_bytes()

    def answer(self, request: bytes) -> bytes:
        (self.folder / "request").write_bytes(request)
        files = ["-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "response"]
        openssl(self.folder, "ts", "-reply", "-queryfile", "request", "-config", "cnf", "-section", "authority", *files)
        return (self.folder / "response").read_bytes()


def issue(folder: Path, name: str, purpose: str, issuer: Path | None) -> None:
    """Write NAME.pem and NAME.key, issued by the other certificate or by itself."""
    files = ["-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name} in {folder.name}"]
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "cnf", *files)
    by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"] if issuer else ["-signkey", f"{name}.key"]
    settings = ["-days", "30", "-set_serial", SERIALS[name], "-extfile", "cnf", "-extensions", purpose]
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *by, *settings)


def authority(folder: Path, under: Authority | None = None) -> Authority:
    """A new authority with a root of its own, or with an intermediate certificate under another's root."""
    (folder / "cnf").write_text(CONFIGURATION)
    (folder / "serial").write_text("01\n")
    issue(folder, "ca", "ca", under.folder / "ca" if under else None)
    issue(folder, "tsa", "tsa", folder / "ca")
    return Authority(folder)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def token(tsa: Authority) -> bytes:
    request = stamps.stamp_request(NOTE)
    return stamps.stamp_from(tsa.answer(request), request)


def test_a_stamp_says_when_the_note_was_there(tsa: Authority, token: bytes) -> None:
    stated = stamps.verify_stamp(token, NOTE, [tsa.root])
    assert stated.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - stated) < timedelta(minutes=5)


def test_roots_are_read_as_pem_and_as_der_one_or_many(tsa: Authority, stranger: Authority, token: bytes) -> None:
    der = x509.load_pem_x509_certificate(tsa.root).public_bytes(Encoding.DER)
    for roots in ([der], [stranger.root, der], [stranger.root + tsa.root], [tsa.root, tsa.root, der]):
        stamps.verify_stamp(token, NOTE, roots)


def test_a_stamp_over_another_note_is_refused(tsa: Authority, token: bytes) -> None:
    with pytest.raises(UnreadableSource, match="Mismatch"):
        stamps.verify_stamp(token, NOTE + "\n", [tsa.root])


def test_a_stamp_of_an_authority_under_no_root_is_refused(stranger: Authority, token: bytes) -> None:
    with pytest.raises(UnreadableSource):
        stamps.verify_stamp(token, NOTE, [stranger.root])


def test_a_stamp_without_any_root_is_refused(token: bytes) -> None:
    with pytest.raises(UnreadableSource):
        stamps.verify_stamp(token, NOTE, [])


def test_a_root_that_cannot_be_read_is_refused(token: bytes) -> None:
    for root in (b"", b"garbage", b"-----BEGIN CERTIFICATE-----\ngarbage"):
        with pytest.raises(UnreadableSource, match="root certificate"):
            stamps.verify_stamp(token, NOTE, [root])


def test_the_authoritys_own_certificate_is_no_root(tsa: Authority, token: bytes) -> None:
    with pytest.raises(UnreadableSource):
        stamps.verify_stamp(token, NOTE, [(tsa.folder / "tsa.pem").read_bytes()])


def test_a_stamp_over_a_digest_of_another_kind_is_refused(tsa: Authority) -> None:
    (tsa.folder / "note").write_text(NOTE)
    openssl(tsa.folder, "ts", "-query", "-data", "note", "-sha512", "-cert", "-out", "other")
    request = (tsa.folder / "other").read_bytes()
    response = stamps.stamp_from(tsa.answer(request), request)
    with pytest.raises(UnreadableSource):
        stamps.verify_stamp(response, NOTE, [tsa.root])


def test_a_digest_of_the_right_length_and_another_kind_is_refused(
    tsa: Authority, token: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SHA-256's length does not make a digest SHA-256's; a stand-in for SHA-512/256, which openssl cannot stamp."""
    monkeypatch.setattr(stamps, "_SHA256", x509.ObjectIdentifier("2.16.840.1.101.3.4.2.6"))
    with pytest.raises(UnreadableSource, match="not over SHA-256"):
        stamps.verify_stamp(token, NOTE, [tsa.root])


def test_an_answer_to_another_request_is_not_kept(tsa: Authority) -> None:
    first, same_note, other_note = (stamps.stamp_request(note) for note in (NOTE, NOTE, NOTE + "x"))
    response = tsa.answer(first)
    assert stamps.stamp_from(response, first) == response
    for request in (same_note, other_note):
        with pytest.raises(UnreadableSource, match="another request"):
            stamps.stamp_from(response, request)


def test_an_answer_with_the_right_nonce_over_another_note_is_not_kept(tsa: Authority) -> None:
    first, other = stamps.stamp_request(NOTE), stamps.stamp_request(NOTE + "x")
    mine = first[first.index(b"\x04\x20") :][:34]
    with pytest.raises(UnreadableSource, match="another request"):
        stamps.stamp_from(tsa.answer(first), first.replace(mine, other[other.index(b"\x04\x20") :][:34]))


def test_an_answer_over_a_digest_of_another_kind_is_not_kept(tsa: Authority) -> None:
    request = stamps.stamp_request(NOTE)
    sha256, sha512_256 = (bytes.fromhex(f"0609608648016503040{number}") for number in ("201", "206"))
    assert sha256 in request
    with pytest.raises(UnreadableSource, match="another request"):
        stamps.stamp_from(tsa.answer(request), request.replace(sha256, sha512_256))


@pytest.mark.parametrize("status", [1, 2, 3, 4, 5, 9])
def test_an_answer_that_is_not_granted_is_not_kept(status: int) -> None:
    with pytest.raises(UnreadableSource, match=f"status is {status}"):
        stamps.stamp_from(bytes([0x30, 5, 0x30, 3, 2, 1, status]), stamps.stamp_request(NOTE))


def test_an_answer_of_garbage_is_not_kept(tsa: Authority) -> None:
    request = stamps.stamp_request(NOTE)
    response = tsa.answer(request)
    granted_without_token = bytes.fromhex("30053003020100")
    for garbage in (b"", b"<html>", response[:-1], response + b"x", granted_without_token):
        with pytest.raises(UnreadableSource):
            stamps.stamp_from(garbage, request)
        with pytest.raises(UnreadableSource):
            stamps.verify_stamp(garbage, NOTE, [tsa.root])
    with pytest.raises(UnreadableSource):
        stamps.stamp_from(response, b"no request")


def test_a_damaged_stamp_never_states_another_time(tsa: Authority, token: bytes) -> None:
    """Some bytes of a response are not signed; those that matter are."""
    stated = stamps.verify_stamp(token, NOTE, [tsa.root])
    chance = random.Random(3161)
    refused = 0
    for place in range(len(token)):
        damaged = bytearray(token)
        damaged[place] ^= 1 << chance.randrange(8)
        try:
            assert stamps.verify_stamp(bytes(damaged), NOTE, [tsa.root]) == stated
        except UnreadableSource:
            refused += 1
    assert refused > len(token) * 0.9


def test_an_authority_under_an_intermediate_needs_it_and_the_root(tmp_path: Path, stranger: Authority) -> None:
    below = authority(tmp_path, under=stranger)
    request = stamps.stamp_request(NOTE)
    response = stamps.stamp_from(below.answer(request), request)
    stamps.verify_stamp(response, NOTE, [stranger.root, below.root])
    for roots in ([stranger.root], [below.root]):
        with pytest.raises(UnreadableSource):
            stamps.verify_stamp(response, NOTE, roots)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    for ask in (
        lambda: stamps.stamp_request(NOTE),
        lambda: stamps.stamp_from(b"", b""),
        lambda: stamps.verify_stamp(b"", NOTE, []),
    ):
        with pytest.raises(BadConfiguration) as refused:
            ask()
        assert refused.value.remedy == "pip install crossbearing[stamps]"


class Service(BaseHTTPRequestHandler):
    """A time-stamp service on the loopback address."""

    tsa: Authority

    def do_POST(self) -> None:
        request = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.tsa.answer(request)
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_checkpoint_is_stamped_by_a_service_and_the_stamp_is_verified_with_the_log(
    operation: Path, tsa: Authority, stranger: Authority
) -> None:
    me = Context(person="analyst")
    Service.tsa = tsa
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        at = stamp_checkpoint(operation, me, service=address, roots=[tsa.folder / "ca.pem"])
        with pytest.raises(UnreadableSource):
            stamp_checkpoint(operation, me, service=address, roots=[stranger.folder / "ca.pem"])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert abs((at - datetime.now(UTC)).total_seconds()) < 120
    assert [kept.kind for kept in attestations(operation, me)] == ["stamp"]
    assert verify_log(operation, me, roots=[tsa.folder / "ca.pem"]).findings == ()
    with pytest.raises(UnreadableSource):
        verify_log(operation, me, roots=[stranger.folder / "ca.pem"])
    with pytest.raises(UnreadableSource, match="does not answer"):
        stamp_checkpoint(operation, me, service=address, roots=[tsa.folder / "ca.pem"])
    with pytest.raises(BadConfiguration):
        stamp_checkpoint(operation, me, service="", roots=[])
