"""Reading what partners write back: a sealed, signed reply, refused with its own message for each thing that is wrong.

What a reply says is believed after its signature was checked with the key that was pinned for the agency it names.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crossbearing.domain.answers import ANSWERS, CARRY_REPORTS, SCHEMA, Report
from crossbearing.domain.errors import UnreadableSource

PAYLOAD_TYPE: Final = "application/vnd.crossbearing.reply.v1+json"
LARGEST: Final = 4 << 20  # bytes of a sealed reply: a report of two million, in base64 twice
_TEXTS: Final = (
    "operation",
    "to",
    "agency",
    "about",
    "package_id",
    "statement_sha256",
    "answer",
    "words",
    "replied_at",
)
_MOST_WORDS: Final = 2_000  # characters
_MOST_SIGNATURES: Final = 10
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A reply before its signature was checked; nothing of it is to be believed but whom to ask for a key."""

    body: bytes
    signatures: tuple[bytes, ...]
    agency: str


def opened(content: bytes) -> Envelope:
    """The envelope of an unsealed reply.

    Raises:
        UnreadableSource: It is none.
    """
    try:
        said = _strict(content)
        kind = said["payloadType"]
        body = base64.b64decode(said["payload"], validate=True)
        signatures = tuple(base64.b64decode(one["sig"], validate=True) for one in said["signatures"][:_MOST_SIGNATURES])
        agency = _strict(body).get("agency")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as wrong:
        raise _refused("What is sealed is no reply, or was changed before it was sealed") from wrong
    if kind != PAYLOAD_TYPE:
        _refuse(f"This is no reply but something else that was signed: {str(kind)[:100]!r}")
    if not isinstance(agency, str):
        _refuse("The reply does not say who answers")
    return Envelope(body, signatures, agency)


def checked(envelope: Envelope, public: bytes) -> tuple[Mapping[str, Any], Report | None]:
    """What a reply says, if the holder of this key signed it; and the report of outcomes that it carries, if it does.

    Args:
        envelope: The reply.
        public: Ed25519 key pinned for the agency that it names, 32 bytes.

    Raises:
        UnreadableSource: Nobody with that key signed it, or it does not say what a reply says.
    """
    key = Ed25519PublicKey.from_public_bytes(public)
    kind = PAYLOAD_TYPE.encode()
    covered = b" ".join([b"DSSEv1", b"%d" % len(kind), kind, b"%d" % len(envelope.body), envelope.body])
    if not any(_signs(key, signature, covered) for signature in envelope.signatures):
        _refuse(f"{envelope.agency} did not sign this reply with the key that is pinned for it")
    said: dict[str, Any] = _strict(envelope.body)
    if said.get("schema") != SCHEMA:
        _refuse(f"The reply is of a kind that this version does not know: {str(said.get('schema'))[:100]!r}")
    for name in _TEXTS:
        if not isinstance(said.get(name), str):
            _refuse(f"The reply does not say {name}")
    if type(said.get("version")) is not int:
        _refuse("The reply does not say version")
    if said["answer"] not in ANSWERS.get(said["about"], ()):
        _refuse(f"A {said['about'][:40]} is not answered with {said['answer'][:100]!r}")
    if len(said["words"]) > _MOST_WORDS:
        _refuse(f"The reply has more than {_MOST_WORDS:,} characters of words")
    if not _is_time(said["replied_at"]):
        _refuse("The reply does not say when it was written")
    return said, _report_of(said)


def _report_of(said: Mapping[str, Any]) -> Report | None:
    if "report" not in said:
        return None
    try:
        found = Report(str(said["report"]["name"]), base64.b64decode(said["report"]["content"], validate=True))
    except (ValueError, KeyError, TypeError, binascii.Error) as wrong:
        raise _refused("What the reply carries is no report") from wrong
    if problem := found.problem():
        _refuse(problem)
    if said["about"] not in CARRY_REPORTS:
        _refuse(f"The answer to a {said['about'][:40]} carries no report")
    return found


def sha256_of(envelope: Envelope) -> str:
    """Of what was signed, hex; the same however the envelope around it is written."""
    return hashlib.sha256(envelope.body).hexdigest()


def _signs(key: Ed25519PublicKey, signature: bytes, covered: bytes) -> bool:
    try:
        key.verify(signature, covered)
    except InvalidSignature:
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _strict(text: bytes) -> Any:
    """JSON without a name that stands twice, a number that JSON does not know, or half a letter that nothing can write.

    Raises:
        ValueError: It is not so.
    """

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    def refuse(_: str) -> NoReturn:
        raise ValueError

    found = json.loads(text, object_pairs_hook=distinct, parse_constant=refuse)
    json.dumps(found, ensure_ascii=False).encode()
    return found


def _refuse(problem: str) -> NoReturn:
    raise _refused(problem)


def _refused(problem: str) -> UnreadableSource:
    return UnreadableSource(
        problem,
        where="the reply",
        remedy="Do not act on it. Ask the agency, by another way than the one it came, to answer again.",
    )
