"""Time stamps on checkpoints: a third party says that a note existed at a time.

No network here: the request is carried to a time-stamp authority and its response brought back, so that a
site without a line can stamp later. The whole response is kept; it holds the token and its certificate.

Known limit: an authority of OpenSSL that adds a CA certificate to its own writes an unsorted set, which
``rfc3161-client`` refuses; let it include only its own certificate.

Source: RFC 3161.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from types import ModuleType
from typing import Final, NoReturn

from cryptography import x509

from crossbearing.domain.errors import BadConfiguration, UnreadableSource

_SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_GRANTED: Final = 0
_PEM: Final = b"-----BEGIN"


def stamp_request(note: str) -> bytes:
    """A request for a time stamp over a note, to be posted to an authority as it is."""
    client = _client()
    builder = client.TimestampRequestBuilder().data(note.encode()).hash_algorithm(client.HashAlgorithm.SHA256)
    request: bytes = builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()
    return request


def stamp_from(response: bytes, request: bytes) -> bytes:
    """Take an authority's response if it answers this request; verify it with ``verify_stamp``.

    Args:
        response: As it came.
        request: As it was sent.

    Returns:
        What to keep.

    Raises:
        UnreadableSource: The response is damaged, not granted, or answers another request.
    """
    _client()
    from rfc3161_client import _rust, decode_timestamp_response  # noqa: PLC0415 - an extra

    try:
        asked = _rust.parse_timestamp_request(request)
        answer = decode_timestamp_response(response)
        status = answer.status
        if status == _GRANTED:
            given = answer.tst_info
            same = (
                given.nonce == asked.nonce
                and given.message_imprint.message == asked.message_imprint.message
                and given.message_imprint.hash_algorithm == asked.message_imprint.hash_algorithm
            )
    except ValueError as unreadable:
        _refuse(f"The time stamp cannot be read: {unreadable}")
    if status != _GRANTED:
        _refuse(f"The authority did not grant the time stamp; its status is {status}")
    if not same:
        _refuse("The time stamp answers another request")
    return response


def verify_stamp(token: bytes, note: str, roots: Sequence[bytes]) -> datetime:
    """Verify that a time stamp is over this note and comes from an authority under one of the roots.

    Args:
        token: The response as ``stamp_from`` gave it.
        note: The checkpoint's note, as it was when it was stamped.
        roots: Certificates that are trusted, PEM or DER; certificates between them and the authority's too.

    Returns:
        The time the authority states, UTC.

    Raises:
        UnreadableSource: Token or certificates are damaged, or the token is not what it should be.
    """
    client = _client()
    builder = client.VerifierBuilder()
    for certificate in dict.fromkeys(found for root in roots for found in _certificates(root)):
        builder = builder.add_root_certificate(certificate)
    try:
        response = client.decode_timestamp_response(token)
        builder.build().verify(response, hashlib.sha256(note.encode()).digest())
        algorithm = response.tst_info.message_imprint.hash_algorithm
        time: datetime = response.tst_info.gen_time
    except (ValueError, client.VerificationError) as failed:
        _refuse(f"The time stamp does not verify: {failed}")
    if algorithm != _SHA256:
        _refuse("The time stamp is not over SHA-256")
    return time


def _certificates(root: bytes) -> list[x509.Certificate]:
    try:
        if root.lstrip().startswith(_PEM):
            return x509.load_pem_x509_certificates(root)
        return [x509.load_der_x509_certificate(root)]
    except ValueError as unreadable:
        _refuse(f"A root certificate cannot be read: {unreadable}")


def _client() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra, absent in most installations
    except ImportError as absent:
        raise BadConfiguration(
            "Time stamps need a package that is not installed",
            where="rfc3161-client",
            remedy="pip install crossbearing[stamps]",
        ) from absent
    return rfc3161_client


def _refuse(problem: str) -> NoReturn:
    raise UnreadableSource(
        problem, where="time stamp", remedy="Ask the authority again with a new request; the old token stays as it is."
    )
