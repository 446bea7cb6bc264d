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
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
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
TAKES_BACK: Final = ("recall", "correction")
NOTICES: Final = (*TAKES_BACK, "reminder", "overlap")
MANIFESTS: Final = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
MOST_FILES: Final = 1_000
MOST_BYTES: Final = 1 << 30  # unpacked
_LONGEST_STATEMENT: Final = 4 << 20  # bytes
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,3}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_END_BYTES: Final = 22  # of the record at the end of an archive
_LONGEST_COMMENT: Final = 65_535  # bytes behind it
_LONGEST_ENTRY: Final = 600  # bytes of the directory for one file, names of bundles being short
_NO_ARCHIVE: Final = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, OverflowError
)  # fmt: skip
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
        signer: The key that signed it.
        files: Content by name, the statement left out.
        envelope: The file with the statement and its signature.
        opened_by: Public half of the key that opened it.
    """

    statement: Mapping[str, Any]
    sha256: str
    signer: VerifierKey
    files: Mapping[str, bytes]
    envelope: bytes
    opened_by: str

    @property
    def known_as(self) -> str:
        """The package as its reader keeps it; every sender counts its packages from one."""
        return f"{self.signer} {self.package_id}"

    @property
    def package_id(self) -> str:
        """Which package it is."""
        return str(self.statement["package_id"])

    @property
    def kind(self) -> str:
        """A package, or what is said of one that was sent, or to a partner: recall, correction, reminder, overlap."""
        return str(self.statement["kind"])

    def known_after(self, before: Known) -> Known:
        """What its reader keeps, so that an older version, or one that was called back, is not taken for good."""
        version = int(self.statement["version"])
        if self.kind == PACKAGE:
            return replace(before, version=version, content=str(self.statement["content_sha256"]))
        if self.kind not in TAKES_BACK:
            return before
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
        known: What the reader accepted before, by ``Verified.known_as``.

    Raises:
        UnreadableSource: Something does not hold; says what.
    """
    opened, own = _unsealed(sealed, identity)
    try:
        with _archive(opened) as archive:
            entries = _entries(archive)
            if STATEMENT not in entries:
                _refuse("The signed statement was removed", STATEMENT)
            envelope = _content(archive, entries.pop(STATEMENT), _LONGEST_STATEMENT)
            body = _signed_body(envelope, signer)
            statement = _statement(body)
            _require_names(entries.keys(), statement["files"].keys())
            # Nothing but the statement is unpacked before its maker is known, and then no more than was signed.
            files = {
                name: _content(archive, entry, statement["files"][name]["bytes"]) for name, entry in entries.items()
            }
    except _NO_ARCHIVE as wrong:
        raise _refused("What is sealed is no bundle, or was changed before it was sealed", "the archive") from wrong
    if own not in {one["seal_to"] for one in statement["recipients"]}:
        _refuse("The bundle was made for somebody else, and was passed on sealed to you", "recipients")
    if today > statement["expires_on"]:
        _refuse(f"The bundle expired on {statement['expires_on']}", "expires_on")
    found = Verified(statement, hashlib.sha256(body).hexdigest(), signer, files, envelope, own)
    _require_newest(found, known or {})
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != statement["files"][name]["sha256"]:
            _refuse(f"A file was changed: {name}", name)
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


def _archive(content: bytes) -> zipfile.ZipFile:
    """The archive, if its directory is no longer than that of a bundle; it is read whole when it is opened."""
    end = content.rfind(b"PK\x05\x06", -(_LONGEST_COMMENT + _END_BYTES))
    if end < 0 or len(content) < end + _END_BYTES:
        _refuse("What is sealed is no bundle, or was changed before it was sealed", "the archive")
    count, size = struct.unpack_from("<HI", content, end + 10)
    if count > MOST_FILES or size > MOST_FILES * _LONGEST_ENTRY:
        _refuse(f"The bundle holds more than {MOST_FILES:,} files", "the archive")
    return zipfile.ZipFile(io.BytesIO(content))


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by name; a name is one that bundles have, and stands once."""
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = entry.filename
        if not _NAME.fullmatch(name) or entry.is_dir():
            _refuse(f"A file has a name that no bundle has: {name[:100]!r}", "the archive")
        if name in found or any(name.startswith(f"{other}/") or other.startswith(f"{name}/") for other in found):
            _refuse(f"Two files have the name {name}", "the archive")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            _refuse(f"A file is packed as no bundle is: {name}", "the archive")
        found[name] = entry
    return found


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The content of an entry, unpacked no further than it may be long."""
    if entry.file_size > most:
        _refuse(f"A file was changed: {entry.filename}", entry.filename)
    with archive.open(entry) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        _refuse(f"A file was changed: {entry.filename}", entry.filename)
    return content


def _signed_body(envelope: bytes, signer: VerifierKey) -> bytes:
    try:
        said = _strict(envelope)
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
    """What was signed, if it says what every statement says."""
    try:
        said: Any = _strict(body)
    except (ValueError, RecursionError) as wrong:
        raise _refused("The signed statement cannot be read", STATEMENT) from wrong
    if not isinstance(said, dict):
        _refuse("The signed statement cannot be read", STATEMENT)
    for name, holds in _SHAPE.items():
        if name not in said or not holds(said[name]):
            _refuse(f"The statement does not say {name}", STATEMENT)
    if sum(one["bytes"] for one in said["files"].values()) > MOST_BYTES:
        _refuse(f"The bundle unpacks to more than {MOST_BYTES:,} bytes", "the archive")
    return dict(said)


def _strict(text: bytes) -> Any:
    """JSON without a name that stands twice, and without numbers that JSON does not know."""

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    def refuse(_: str) -> NoReturn:
        raise ValueError

    return json.loads(text, object_pairs_hook=distinct, parse_constant=refuse)


def _is_file(said: Any) -> bool:
    return (
        isinstance(said, dict)
        and isinstance(said.get("sha256"), str)
        and type(said.get("bytes")) is int
        and said["bytes"] >= 0
    )


def _is_text(said: Any) -> bool:
    return isinstance(said, str)


_SHAPE: Final[Mapping[str, Callable[[Any], bool]]] = {
    "kind": lambda said: said in (PACKAGE, *NOTICES),
    "package_id": _is_text,
    "version": lambda said: type(said) is int and said >= 1,
    "content_sha256": _is_text,
    "recipients": lambda said: (
        isinstance(said, list) and all(isinstance(one, dict) and _is_text(one.get("seal_to")) for one in said)
    ),
    "expires_on": lambda said: _is_text(said) and _DAY.fullmatch(said) is not None,
    "files": lambda said: isinstance(said, dict) and all(_is_file(one) for one in said.values()),
    "handling": lambda said: isinstance(said, dict),
}


def _require_newest(found: Verified, known: Mapping[str, Known]) -> None:
    if found.kind != PACKAGE or (before := known.get(found.known_as)) is None:
        return
    version, name = int(found.statement["version"]), found.package_id
    if version <= before.ended:
        _refuse(f"Version {before.ended} of {name} and earlier ones were taken back: {before.why}", "version")
    if version < before.version:
        _refuse(f"This is version {version} of {name}, and you accepted version {before.version} before", "version")
    if version == before.version and found.statement["content_sha256"] != before.content:
        _refuse(f"You accepted other content as version {version} of {name} before", "version")


def _require_names(found: Collection[str], listed: Collection[str]) -> None:
    for name in MANIFESTS:
        if name not in found:
            _refuse(f"The manifest {name} was removed", name)
    if missing := sorted(set(listed) - set(found)):
        _refuse(f"A file was left out: {missing[0]}", missing[0])
    if added := sorted(set(found) - set(listed)):
        _refuse(f"A file was added: {added[0]}", added[0])


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
