"""The log: what it says, whether it holds together, and its checkpoints for those who watch from outside."""

import base64
import http.client
import json
import string
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration, BadRequest, UnreadableSource
from crossbearing.resolution.operators import OPERATOR_ACTS
from crossbearing.resolution.review import withheld_from
from crossbearing.store.ledger import Attestation
from crossbearing.store.operation import Operation, open_operation
from crossbearing.verification import log as verifier
from crossbearing.verification import notes, stamps

KEPT: Final = "(kept until you have judged the pair)"
_STAMP_SECONDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """A checkpoint as it is given to a witness.

    Attributes:
        note: The signed checkpoint.
        since: Size of the log that the proof begins at; 0 without a proof.
        proof: Nodes, hex, that show that this log continues that one.
        key: Public key of the log.
    """

    note: str
    since: int
    proof: tuple[str, ...]
    key: str


def show_log(folder: Path, context: Context, *, last: int) -> Sequence[Entry]:
    """The newest entries of the log, oldest first.

    Of a judgement on a pair that this person is still to judge blind, and of the operators minted by it, neither
    subject nor payload is shown. Place, time and person stand, as the log has no gaps.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        judged = operation.ledger.entries(*OPERATOR_ACTS)
        kept = _kept_from(context.person, judged)
        shown = operation.ledger.last(last)
    return [replace(one, subject=KEPT, payload={}) if one.position in kept else one for one in shown]


def _kept_from(person: str, judged: Sequence[Entry]) -> frozenset[int]:
    """Places of the acts that would tell a person an answer before their own."""
    withheld = withheld_from(person, judged)
    kept: set[int] = set()
    for entry in judged:
        is_minted_by_kept = entry.kind is ActKind.OPERATOR_MINTED and entry.position - 1 in kept
        if is_minted_by_kept or (entry.kind is ActKind.PAIR_JUDGED and entry.subject in withheld):
            kept.add(entry.position)
    return frozenset(kept)


def verify_log(
    folder: Path,
    context: Context,
    *,
    outside: Sequence[Path] = (),
    key: str = "",
    witnesses: Sequence[str] = (),
    roots: Sequence[Path] = (),
) -> verifier.Report:
    """Read the whole log with code that shares nothing with what wrote it, and compare.

    Args:
        folder: Operation folder.
        context: Who verifies.
        outside: Files with checkpoints that somebody else kept.
        key: Public key of the log as somebody else kept it; by default the one of the keyring.
        witnesses: Public keys of witnesses whose cosignatures must verify.
        roots: Files with certificates that the time stamps must verify against; without any they are not looked at.

    Raises:
        UnreadableSource: A file or key cannot be read, or a time stamp does not verify.
    """
    with open_operation(folder, context, follow=False) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        stored = operation.ledger.stored()
        log_key = notes.parse_key(key or operation.log_key)
        if roots:
            certificates = [path.read_bytes() for path in roots]
            for kept in _kept(operation):
                if kept.kind == "stamp":
                    stamps.verify_stamp(base64.b64decode(kept.token), kept.note, certificates)
    return verifier.verify(
        verifier.StoredLog(acts=stored.acts, leaves=stored.leaves, head=stored.head, attestations=stored.attestations),
        log_key=log_key,
        outside=[_note_in(path) for path in outside],
        witness_keys=[notes.parse_key(one) for one in witnesses],
    )


def give_checkpoint(folder: Path, context: Context, *, since: int = 0) -> Handout:
    """The newest signed checkpoint, with a proof that it continues an earlier one.

    Raises:
        BadRequest: The log never had the size named.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        proof = operation.ledger.consistency_proof(since) if since else []
        return Handout(
            note=operation.ledger.checkpoint(),
            since=since,
            proof=tuple(node.hex() for node in proof),
            key=operation.log_key,
        )


def accept_cosignature(folder: Path, context: Context, cosigned: Path, witness: str) -> Attestation:
    """Keep a witness's cosignature beside the log.

    Args:
        folder: Operation folder.
        context: Who keeps it.
        cosigned: File with the checkpoint as the witness gave it back.
        witness: The witness's public key.

    Raises:
        BadRequest: The key is the log's own.
        UnreadableSource: It is not a checkpoint of this log, or a signature does not verify.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "operation", operation.name)
        note = _note_in(cosigned)
        key = notes.parse_key(witness)
        log_key = notes.parse_key(operation.log_key)
        if key.public == log_key.public:
            raise BadRequest(
                "The witness's key is the log's own: a log cannot witness itself",
                where="--witness",
                remedy="Give the public key that `crossbearing log cosign` printed on the witness's machine.",
            )
        opened = notes.opened(note, log_key, key)
        checkpoint = notes.parse_checkpoint(opened.text)
        if not (opened.is_signed_by(log_key) and opened.is_signed_by(key)):
            raise UnreadableSource(
                "The checkpoint does not carry the signatures of both this log and the witness",
                where=str(cosigned),
                remedy="Give the file that `crossbearing log cosign` wrote, and that witness's key.",
            )
        found = Attestation(checkpoint.size, "cosignature", key.name, note)
        operation.ledger.attest(found)
        return found


def stamp_checkpoint(folder: Path, context: Context, *, service: str, roots: Sequence[Path]) -> datetime:
    """Let a time-stamp service stamp the newest checkpoint, and keep the stamp.

    Args:
        folder: Operation folder.
        context: Who asks.
        service: Address of an RFC 3161 service.
        roots: Files with the certificates that its stamps are checked against.

    Raises:
        BadConfiguration: No service or certificate is named, or the library for stamps is absent.
        UnreadableSource: The service does not answer, or its stamp does not verify.
    """
    if not service or not roots:
        raise BadConfiguration(
            "No time-stamp service is set",
            where="log stamp",
            remedy="Give --service ADDRESS and --root CERTIFICATE, or set CROSSBEARING_STAMP_SERVICE and "
            "CROSSBEARING_STAMP_ROOT. Without a service, give checkpoints to witnesses.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "operation", operation.name)
        note = operation.ledger.checkpoint()
        request = stamps.stamp_request(note)
        token = stamps.stamp_from(_posted(service, request), request)
        at = stamps.verify_stamp(token, note, [path.read_bytes() for path in roots])
        size = notes.parse_checkpoint(note.split("\n\n")[0] + "\n").size
        operation.ledger.attest(Attestation(size, "stamp", service, note, base64.b64encode(token).decode()))
        return at


def attestations(folder: Path, context: Context) -> list[Attestation]:
    """What others said of checkpoints: cosignatures and time stamps, by size."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return _kept(operation)


def _kept(operation: Operation) -> list[Attestation]:
    return [
        Attestation(int(size or 0), str(kind), str(name), str(note), str(token))
        for size, kind, name, note, token in operation.ledger.stored().attestations
    ]


def _note_in(path: Path) -> str:
    """The checkpoint in a file: the note itself, or a handout that holds one.

    Raises:
        UnreadableSource: The file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return str(json.loads(text)["note"]) if text.startswith("{") else text
    except (OSError, ValueError, KeyError) as wrong:
        raise UnreadableSource(
            "The checkpoint cannot be read",
            where=str(path),
            remedy="Name a file that `crossbearing log checkpoint` or `log cosign` wrote.",
        ) from wrong


def _posted(service: str, request: bytes) -> bytes:
    if not service.startswith(("https://", "http://")):
        raise BadRequest(
            "The time-stamp service is not an http address", where=service, remedy="Give it as https://HOST/PATH."
        )
    if set(service) & set(string.whitespace):
        raise BadRequest("The address holds a space", where=service, remedy="Give it as https://HOST/PATH.")
    asked = urllib.request.Request(  # noqa: S310 - the scheme was checked
        service, data=request, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=_STAMP_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(1 << 20))
    except (OSError, http.client.HTTPException) as silent:
        raise UnreadableSource(
            f"The time-stamp service does not answer: {silent}",
            where=service,
            remedy="Repeat later; a checkpoint can be stamped at any time.",
        ) from silent
