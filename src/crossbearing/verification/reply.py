"""Answer a bundle as the one who got it: a statement of its own, signed by the partner, sealed to the sender alone.

It needs no operation and shares no code with what takes replies in. What is answered was verified before, byte by byte.

Sources: DSSE protocol 1.0.0; age-encryption.org/v1.
"""

import base64
import json
from typing import Final, NoReturn

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossbearing.domain.answers import ANSWERS, CARRY_REPORTS, NEEDS_WORDS, SCHEMA, Report
from crossbearing.domain.errors import BadRequest
from crossbearing.verification.bundle import Verified

PAYLOAD_TYPE: Final = "application/vnd.crossbearing.reply.v1+json"
MOST_WORDS: Final = 2_000  # characters


def made_reply(
    found: Verified, answer: str, words: str, *, key_name: str, key: Ed25519PrivateKey, at: str,
    report: Report | None = None,
) -> bytes:  # fmt: skip
    """A sealed reply to a bundle of which everything holds.

    Args:
        found: The bundle.
        answer: One of those that its kind of bundle can have.
        words: In the partner's words; "declined" and "more information" need some.
        key_name: Name of the partner's signing key.
        key: The key itself.
        at: The present time, RFC 3339, UTC.
        report: What was done, as a filled form of outcomes.

    Raises:
        BadRequest: The bundle takes no such answer or no answer at all, words are missing or too many, or the report
            is none that a reply can carry.
    """
    said, possible = found.statement, ANSWERS.get(found.kind, ())
    if answer not in possible:
        _refuse(
            f"A {found.kind} is not answered with {answer!r}",
            f"It takes: {', '.join(possible)}." if possible else "Call whom it names; nothing is written back.",
        )
    if answer in NEEDS_WORDS and not words.strip():
        _refuse(f"{answer.capitalize()!r} needs a word on why, or on what is needed", "Give it with --words.")
    if len(words) > MOST_WORDS:
        _refuse(f"A reply has at most {MOST_WORDS:,} characters", "Say it shorter, or send a report.")
    if report is not None and found.kind not in CARRY_REPORTS:
        _refuse(f"The answer to a {found.kind} carries no report", "Send it with the answer to the package.")
    if report is not None and (problem := report.problem()):
        _refuse(problem, "`crossbearing outcome form FILE` writes the form; send a larger one by another way.")
    (own,) = [one for one in said["recipients"] if one["seal_to"] == found.opened_by][:1]
    if not all(isinstance(one, str) for one in (said.get("reply_to"), said.get("operation"), own.get("agency"))):
        _refuse("The bundle does not say where replies go", "Answer the sender by another way.")
    body = json.dumps(
        {
            "schema": SCHEMA, "operation": said["operation"], "to": found.signer.name, "agency": own["agency"],
            "about": found.kind, "package_id": found.package_id, "version": said["version"],
            "statement_sha256": found.sha256, "answer": answer, "words": words.strip(), "replied_at": at,
            **({} if report is None else {"report": {
                "name": report.name, "content": base64.b64encode(report.content).decode(),
            }}),
        },
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    ).encode()  # fmt: skip
    signature = key.sign(b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(body), body))
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(body).decode(),
        "signatures": [{"keyid": key_name, "sig": base64.b64encode(signature).decode()}],
    }
    return _sealed(json.dumps(envelope, indent=1).encode() + b"\n", said["reply_to"])


def _sealed(content: bytes, reply_to: str) -> bytes:
    try:
        sealed: bytes = pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(reply_to)])
    except pyrage.RecipientError as wrong:
        raise BadRequest(
            "The bundle names no key that a reply can be sealed to",
            where="reply_to",
            remedy="Answer the sender by another way, and say so.",
        ) from wrong
    return sealed


def _refuse(problem: str, remedy: str) -> NoReturn:
    raise BadRequest(problem, where="package reply", remedy=remedy)
