"""Open a bundle and check every byte of it, with code that shares nothing with what made it.

Each thing that can be wrong has a message of its own. Nothing of the content is given out before all of it holds.

Sources: age-encryption.org/v1; DSSE protocol 1.0.0; BagIt 1.0 (RFC 8493). ZIP is read with the standard library.
"""

import base64
import binascii
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crossbearing.domain.errors import UnreadableSource
from crossbearing.verification.notes import VerifierKey

STATEMENT: Final = "statement.dsse.json"
PAYLOAD_TYPE: Final = "application/vnd.crossbearing.package.v1+json"
PACKAGE: Final = "package"
MANIFESTS: Final = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
MOST_FILES: Final = 1_000
MOST_BYTES: Final = 1 << 30  # unpacked
_LONGEST_STATEMENT: Final = 4 << 20  # bytes
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,3}")
_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *]([^\r\n]+)")


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader knows of a package.

    Attributes:
        version: Newest version accepted; 0 if none was.
        content: SHA-256 of its content as the statement names it, hex; a bundle sent again has the same.
        ended: Newest version that was called back or is to be corrected; 0 if none was.
        why: In the sender's words.
    """

    version: int = 0
    content: str = ""
    ended: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle of which everything holds.

    Attributes:
        statement: What its maker signed.
        sha256: Of the statement, hex.
        signed_by: Name of the key.
        files: Content by name, the statement left out.
    """

    statement: Mapping[str, Any]
    sha256: str
    signed_by: str
    files: Mapping[str, bytes]

    @property
    def package_id(self) -> str:
        """Which package it is."""
        return str(self.statement["package_id"])

    @property
    def kind(self) -> str:
        """A package, or what is said of one that was sent: recall, correction."""
        return str(self.statement["kind"])

    def known_after(self, before: Known) -> Known:
        """What its reader keeps, so that an older version, or one that was called back, is not taken for good."""
        version = int(self.statement["version"])
        if self.kind == PACKAGE:
            return replace(before, version=version, content=str(self.statement["content_sha256"]))
        return replace(before, ended=max(before.ended, version), why=str(self.statement.get("why", "")))


def verify(
    sealed: bytes, *, identity: str, signer: VerifierKey, today: str, known: Mapping[str, Known] | None = None
) -> Verified:
    """Open a bundle; everything holds when this returns.

    Args:
        sealed: The bundle as it was sent.
        identity: The reader's secret age key, as text.
        signer: The public key of whoever is to have made it, as the reader pinned it.
        today: ISO date.
        known: What the reader accepted before, by package.

    Raises:
        UnreadableSource: Something does not hold; says what.
    """
    opened, own = _unsealed(sealed, identity)
    files = _unpacked(opened)
    if STATEMENT not in files:
        _refuse("The signed statement was removed", STATEMENT)
    body = _signed_body(files.pop(STATEMENT), signer)
    statement = _statement(body)
    if own not in {one["seal_to"] for one in statement["recipients"]}:
        _refuse("The bundle was made for somebody else, and was passed on sealed to you", "recipients")
    if today > statement["expires_on"]:
        _refuse(f"The bundle expired on {statement['expires_on']}", "expires_on")
    found = Verified(statement, hashlib.sha256(body).hexdigest(), signer.name, files)
    _require_newest(found, known or {})
    _require_files(files, statement["files"])
    _require_manifests(files)
    return found


def _unsealed(sealed: bytes, identity: str) -> tuple[bytes, str]:
    try:
        own = pyrage.x25519.Identity.from_str(identity.strip())
    except pyrage.IdentityError as wrong:
        raise UnreadableSource(
            "This is no secret age key",
            where="the identity",
            remedy="Name the file that `age-keygen` wrote; its last line begins with AGE-SECRET-KEY-1.",
        ) from wrong
    try:
        return pyrage.decrypt(sealed, [own]), str(own.to_public())
    except pyrage.DecryptError as refused:
        if "No matching keys" in str(refused):
            _refuse("The bundle is sealed to another recipient", "the seal")
        _refuse("The sealed file was changed or cut on its way", "the seal")


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                _refuse(f"The bundle holds {len(entries):,} files, more than {MOST_FILES:,}", "the archive")
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                _refuse(f"The bundle unpacks to more than {MOST_BYTES:,} bytes", "the archive")
            files: dict[str, bytes] = {}
            for entry in entries:
                if not _NAME.fullmatch(entry.filename) or entry.is_dir():
                    _refuse(f"A file has a name that no bundle has: {entry.filename[:100]!r}", "the archive")
                if entry.filename in files:
                    _refuse(f"Two files have the name {entry.filename}", "the archive")
                with archive.open(entry) as stream:
                    files[entry.filename] = stream.read(entry.file_size + 1)
            return files
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as wrong:
        raise _refused("What is sealed is no bundle, or was changed before it was sealed", "the archive") from wrong


def _signed_body(envelope: bytes, signer: VerifierKey) -> bytes:
    if len(envelope) > _LONGEST_STATEMENT:
        _refuse("The signed statement is too long to be one", STATEMENT)
    try:
        said = json.loads(envelope)
        body = base64.b64decode(said["payload"], validate=True)
        kind = said["payloadType"]
        signatures = [base64.b64decode(one["sig"], validate=True) for one in said["signatures"]]
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as wrong:
        raise _refused("The signed statement cannot be read", STATEMENT) from wrong
    if kind != PAYLOAD_TYPE:
        _refuse(f"The statement is of another kind: {str(kind)[:100]!r}", STATEMENT)
    covered = b" ".join([b"DSSEv1", str(len(kind)).encode(), kind.encode(), str(len(body)).encode(), body])
    key = Ed25519PublicKey.from_public_bytes(signer.public)
    for signature in signatures[:10]:
        try:
            key.verify(signature, covered)
        except InvalidSignature:
            continue
        return body
    return _refuse(f"{signer.name} did not sign this statement", STATEMENT)


def _statement(body: bytes) -> dict[str, Any]:
    """What was signed; only its shape is asked for, for its maker is known now."""
    said: Any = json.loads(body)
    shape = {
        "kind": str, "package_id": str, "version": int, "content_sha256": str, "recipients": list, "expires_on": str,
        "files": dict, "handling": dict,
    }  # fmt: skip
    missing = [name for name, kind in shape.items() if not isinstance(said.get(name), kind)]
    if missing:
        _refuse(f"The statement does not say {missing[0]}", STATEMENT)
    return dict(said)


def _require_newest(found: Verified, known: Mapping[str, Known]) -> None:
    if found.kind != PACKAGE or (before := known.get(found.package_id)) is None:
        return
    version, name = int(found.statement["version"]), found.package_id
    if version <= before.ended:
        _refuse(f"Version {before.ended} of {name} and earlier ones were taken back: {before.why}", "version")
    if version < before.version:
        _refuse(f"This is version {version} of {name}, and you accepted version {before.version} before", "version")
    if version == before.version and found.statement["content_sha256"] != before.content:
        _refuse(f"You accepted other content as version {version} of {name} before", "version")


def _require_files(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> None:
    for name in MANIFESTS:
        if name not in files:
            _refuse(f"The manifest {name} was removed", name)
    if missing := sorted(listed.keys() - files.keys()):
        _refuse(f"A file was left out: {missing[0]}", missing[0])
    if added := sorted(files.keys() - listed.keys()):
        _refuse(f"A file was added: {added[0]}", added[0])
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != listed[name]["sha256"]:
            _refuse(f"A file was changed: {name}", name)


def _require_manifests(files: Mapping[str, bytes]) -> None:
    """The bag holds by itself too, for whoever checks it with a tool of their own."""
    payload, tags = MANIFESTS
    for manifest, covered in (
        (payload, {name for name in files if name.startswith("data/")}),
        (tags, {name for name in files if not name.startswith("data/")} - {tags}),
    ):
        said = dict(line[::-1] for line in _LINE.findall(files[manifest].decode("utf-8", "replace")))
        if said != {name: hashlib.sha256(files[name]).hexdigest() for name in covered}:
            _refuse(f"The manifest {manifest} says something else than the statement", manifest)


def _refuse(problem: str, where: str) -> NoReturn:
    raise _refused(problem, where)


def _refused(problem: str, where: str) -> UnreadableSource:
    return UnreadableSource(
        problem,
        where=where,
        remedy="Do not use it. Ask the sender, by another way than the one it came, to send it again.",
    )
