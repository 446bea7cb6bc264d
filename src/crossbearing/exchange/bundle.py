"""A package as a bundle: a bag of files with manifests, and one signed statement over all; equal packages, equal bytes.

Layout: BagIt 1.0 (RFC 8493) in a ZIP archive. The statement is a DSSE envelope (github.com/secure-systems-lab/dsse,
protocol 1.0.0) signed with Ed25519. It says who may open the bundle, under which rules and until when, and the SHA-256
of every other file, manifests included: a bag by itself shows accidents, not intent. Sealing comes after.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from crossbearing.domain.canonical import Json, canonical

STATEMENT: Final = "statement.dsse.json"
PAYLOAD_TYPE: Final = "application/vnd.crossbearing.package.v1+json"
_BAGIT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time of a ZIP archive; the day of building is in the statement
_READABLE: Final = 0o100644 << 16


def bagged(payload: Mapping[str, bytes], info: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a bag.

    Args:
        payload: Content by name below ``data/``.
        info: Lines of ``bag-info.txt``, by label.
    """
    data = {f"data/{name}": content for name, content in sorted(payload.items())}
    size = sum(map(len, data.values()))
    lines = {**info, "Payload-Oxum": f"{size}.{len(data)}"}
    tags = {
        "bagit.txt": _BAGIT,
        "bag-info.txt": "".join(f"{label}: {_one_line(lines[label])}\n" for label in lines).encode(),
        "manifest-sha256.txt": _manifest(data),
    }
    return {**data, **tags, "tagmanifest-sha256.txt": _manifest(tags)}


def statement(files: Mapping[str, bytes], says: Mapping[str, Json]) -> bytes:
    """What is signed: who may open it, under which rules, until when, and every file of the bag."""
    listed: dict[str, Json] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)} for name, content in files.items()
    }
    return canonical({**says, "files": listed})


def with_statement(
    files: Mapping[str, bytes], body: bytes, key_id: str, sign: Callable[[bytes], bytes]
) -> dict[str, bytes]:
    """The files and the signed statement over them.

    Args:
        files: A bag.
        body: Its ``statement``.
        key_id: Name of the signing key.
        sign: Gives the Ed25519 signature of some bytes.
    """
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(body).decode(),
        "signatures": [{"keyid": key_id, "sig": base64.b64encode(sign(to_sign(body))).decode()}],
    }
    return {**files, STATEMENT: json.dumps(envelope, indent=1, sort_keys=True).encode() + b"\n"}


def to_sign(body: bytes) -> bytes:
    """The bytes that a DSSE signature covers: type and body with their lengths."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP archive, in order of name, without times or owners."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _READABLE, 3
            archive.writestr(entry, files[name])
    return out.getvalue()


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()


def _one_line(text: str) -> str:
    return " ".join(text.split())
