"""Making what leaves for one partner: a signed bag, sealed to the partner's key, under a name that says what it is."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crossbearing import __version__
from crossbearing.domain.canonical import Json
from crossbearing.domain.errors import BadRequest
from crossbearing.domain.partner import Partner
from crossbearing.exchange import bundle
from crossbearing.store import durable, sealing
from crossbearing.store.operation import Operation, origin_of

SCHEMA: Final = "crossbearing/statement/1"
PACKAGE: Final = "package"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One sealed bundle.

    Attributes:
        statement_sha256: Of what was signed, hex.
    """

    content: bytes
    statement_sha256: str

    @property
    def sha256(self) -> str:
        """Of the sealed file, hex."""
        return hashlib.sha256(self.content).hexdigest()


def sealed_for(
    operation: Operation, partner: Partner, kind: str, says: Mapping[str, Json], payload: Mapping[str, bytes]
) -> Outgoing:
    """A bundle for one partner; the same bytes, but for the seal, for the same content on the same day.

    Args:
        operation: Signs it.
        partner: Alone can open it.
        kind: What it is: ``PACKAGE``, or what is said of one that was sent.
        says: What the statement says: package, version, handling, last day and more.
        payload: Content by name.
    """
    today = operation.context.now()[:10]
    bag = bundle.bagged(
        payload,
        {
            "Source-Organization": operation.coordinator,
            "External-Identifier": f"{says['package_id']} version {says['version']}, {kind}",
            "Bagging-Date": today,
        },
    )
    common: dict[str, Json] = {
        "schema": SCHEMA,
        "kind": kind,
        "operation": operation.name,
        "originator": operation.coordinator,
        "reply_to": str(operation.keyring.reply_key.to_public()),
        "recipients": [{"agency": partner.agency, "country": partner.country, "seal_to": partner.seal_to}],
        "sealed_on": today,
        "software": f"Crossbearing {__version__}",
    }
    body = bundle.statement(bag, {**common, **says})
    key_id = origin_of(operation.operation_id)
    whole = bundle.with_statement(bag, body, key_id, operation.keyring.exchange_key.sign)
    sealed = sealing.sealed_to(bundle.packed(whole), [partner.seal_to])
    return Outgoing(sealed, hashlib.sha256(body).hexdigest())


def require_folder(out: Path) -> None:
    """Refuse a place that is no folder, before anything is said to have been sent.

    Raises:
        BadRequest: It is a file.
    """
    if out.exists() and not out.is_dir():
        raise BadRequest("This is a file, not a folder", where=str(out), remedy="Name a folder with --out.")


def written(out: Path, stem: str, agency: str, outgoing: Outgoing) -> Path:
    """Write a bundle into a folder; gives where."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", agency).strip("-").lower() or "partner"
    digits = hashlib.sha256(agency.encode()).hexdigest()[:6]  # two agencies may be spelled alike in these letters
    path = out / f"{stem}-{name}-{digits}.zip.age"
    with durable.replacing(path) as unfinished:
        unfinished.write_bytes(outgoing.content)
    return path
