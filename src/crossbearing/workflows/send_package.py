"""Release a package with four eyes, seal it for partners, and say who got what, why and when."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json, digest
from crossbearing.domain.context import Context
from crossbearing.domain.dissemination import DISSEMINATION_ACTS, Sent, sent_in
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NotFound
from crossbearing.domain.labels import UNKNOWN
from crossbearing.domain.partner import PARTNER_ACTS, Partner, registered
from crossbearing.exchange.outbox import PACKAGE, Outgoing, sealed_for, written
from crossbearing.packages import build
from crossbearing.store import covert
from crossbearing.store.marks import standing_marks, texts_in
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import refuse_locked, register

DAYS: Final = 90  # that a bundle is good for, if its sources' review date does not come first
_ACTS: Final = (ActKind.PACKAGE_BUILT, ActKind.PACKAGE_RELEASED, *PARTNER_ACTS)
_OF_THE_VERSION: Final = frozenset({"version", "supersedes", "built_on"})  # of a document, not of its content
_README: Final = """\
{package_id}, version {version}, from {originator}

Open data/package.html in a browser; it needs no network. data/package.json holds the same for machines.
Check before you read: crossbearing package verify BUNDLE --identity YOUR-KEY --signer THEIR-PUBLIC-KEY
Handling {handling}, TLP:{tlp}. Good until {expires_on}; then ask for the newest version.
What you did with it is asked for on the last page.
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A bundle that was made just now."""

    sent: Sent
    path: Path


def release_package(folder: Path, context: Context, package_id: str, *, reason: str) -> int:
    """Approve the newest version of a package for sending, as somebody else than who built it; gives the version.

    Raises:
        BadRequest: No reason is given.
        NotFound: There is no such package.
        NotAuthorised: The person built this version, or it rests on a locked exhibit.
    """
    if not reason.strip():
        raise BadRequest("A release needs a reason", where=package_id, remedy="Say what you checked, with --reason.")

    def released(seen: list[Entry]) -> list[Act]:
        built = _newest(seen, package_id)
        if built.person == context.person:
            raise NotAuthorised(
                f"{context.person} built version {built.payload['version']} of {package_id}",
                where=package_id,
                remedy="Let a second person look at it and release it.",
            )
        payload = {
            "version": built.payload["version"],
            "content_sha256": built.payload["content_sha256"],
            "reason": reason.strip(),
        }
        return [Act(kind=ActKind.PACKAGE_RELEASED, subject=package_id, payload=payload)]

    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "package", package_id)
        entries = operation.ledger.entries(*_ACTS)
        _require_sendable(operation, _newest(entries, package_id))
        (act,) = operation.ledger.decide(context, released, *_ACTS)
    return int(str(act.payload["version"]))


def seal_package(
    folder: Path, context: Context, package_id: str, agencies: Sequence[str], out: Path, *, days: int = DAYS
) -> list[Sealed]:
    """Make a bundle for each partner: signed, then sealed to its key alone; all of them or none.

    Args:
        folder: Operation folder.
        context: Who sends, and for what purpose.
        package_id: The package; its newest version.
        agencies: Registered partners.
        out: Folder that the bundles are written to.
        days: Days that they are good for, at most.

    Raises:
        BadRequest: No purpose, no partner, or no day.
        NotFound: There is no such package or partner.
        NotAuthorised: It was not released, must not go to a partner, or is withheld.
        Contradiction: The files of the package are not what was built.
    """
    if not context.purpose.strip() or not agencies or days < 1:
        raise BadRequest(
            "To send a package needs a purpose, a partner and a day at least",
            where="package seal",
            remedy="Name partners with --to and say with --purpose what it is for; it stands in the log.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "package", package_id)
        entries = operation.ledger.entries(*_ACTS)
        built = _newest(entries, package_id)
        _require_sendable(operation, built)
        _require_released(entries, built)
        document = _document(operation, built)
        partners = [_recipient(entries, agency, document, context.now()[:10]) for agency in dict.fromkeys(agencies)]
        made = [_made(operation, document, partner, str(built.payload["content_sha256"]), days) for partner in partners]
        acts = [Act(kind=ActKind.PACKAGE_SENT, subject=package_id, payload=said) for said, _ in made]
        sent = sent_in(operation.ledger.record(context, *acts))
        # After the acts: a crash in between leaves the log saying more than was sent, and never less.
        return [
            Sealed(one, written(out, f"{package_id}-v{one.version}", one.agency, outgoing))
            for one, (_, outgoing) in zip(sent, made, strict=True)
        ]


def list_sent(folder: Path, context: Context) -> list[Sent]:
    """The ledger of what was sent: who got what, why and when, oldest first."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return sent_in(operation.ledger.entries(*DISSEMINATION_ACTS))


def _newest(entries: Sequence[Entry], package_id: str) -> Entry:
    built = [one for one in entries if one.kind is ActKind.PACKAGE_BUILT]
    ours = [one for one in built if one.subject == package_id]
    if not ours:
        raise NotFound(
            f"There is no package {package_id!r}",
            where="the packages",
            remedy=f"Packages: {', '.join(sorted({one.subject for one in built})) or 'none; see `package build`'}.",
        )
    return ours[-1]


def _require_sendable(operation: Operation, built: Entry) -> None:
    said: Any = built.payload
    refuse_locked(register(operation.ledger), *said["exhibits"])
    marks = [
        one for one in standing_marks(operation.ledger)
        if one.package_id == built.subject and one.version >= said["version"]
    ]  # fmt: skip
    if marks:
        raise NotAuthorised(
            f"Version {said['version']} of {built.subject} is marked: {marks[-1].what}; {marks[-1].why}",
            where=built.subject,
            remedy="Bring the tables up to date with `crossbearing run` and build it anew.",
        )


def _require_released(entries: Sequence[Entry], built: Entry) -> None:
    is_released = any(
        one.kind is ActKind.PACKAGE_RELEASED
        and one.subject == built.subject
        and one.payload["content_sha256"] == built.payload["content_sha256"]
        for one in entries
    )
    if not is_released:
        raise NotAuthorised(
            f"Version {built.payload['version']} of {built.subject} was not released",
            where=built.subject,
            remedy="A second person looks at it and runs `crossbearing package release`.",
        )


def _document(operation: Operation, built: Entry) -> dict[str, Any]:
    """The document as it was built, checked against the log and the covert registers."""
    path = operation.folder / "packages" / built.subject / "package.json"
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        content = {name: value for name, value in document.items() if name not in _OF_THE_VERSION}
        holds = digest(content) == built.payload["content_sha256"] and document["version"] == built.payload["version"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        holds = False
    if not holds:
        raise Contradiction(
            f"The files of {built.subject} are not what was built",
            where=str(path),
            remedy="Build it anew with `crossbearing package build`; the same content keeps its version.",
        )
    if not covert.is_clear(operation, texts_in(document)):
        act = Act(kind=ActKind.RELEASE_WITHHELD, subject=built.subject, payload={"why": "release check"})
        operation.ledger.record(operation.context, act)
        raise NotAuthorised(
            "The package is withheld by the release check",
            where=built.subject,
            remedy="Ask the keeper of the registers.",
        )
    return document


def _recipient(entries: Sequence[Entry], agency: str, document: Mapping[str, Any], today: str) -> Partner:
    partner = registered((one for one in entries if one.kind in PARTNER_ACTS), agency)
    handling = document["handling"]["code"]
    refused = partner.refusal(country=document["recipient"]["country"], handling=handling, today=today)
    if refused:
        raise NotAuthorised(refused[0], where=f"{document['package_id']} to {agency}", remedy=refused[1])
    return partner


def _made(
    operation: Operation, document: Mapping[str, Any], partner: Partner, content_sha256: str, days: int
) -> tuple[dict[str, Json], Outgoing]:
    """What the log says of a bundle, and the bundle."""
    handling = document["handling"]
    last = (date.fromisoformat(operation.context.now()[:10]) + timedelta(days=days)).isoformat()
    ends = min([last, partner.keys_until, *([handling["review_on"]] if handling["review_on"] != UNKNOWN else [])])
    copied = ("package_id", "version", "supersedes", "built_on", "is_simulated", "handling")
    says: dict[str, Json] = {
        **{name: document[name] for name in copied}, "expires_on": ends, "content_sha256": content_sha256
    }  # fmt: skip
    words = {"handling": handling["code"], "tlp": handling["tlp"], "expires_on": ends}
    payload = {
        "package.html": build.as_page(document).encode(),
        "package.json": build.as_json(document).encode(),
        "READ-ME.txt": _README.format(**{**document, **words}).encode(),
    }
    outgoing = sealed_for(operation, partner, PACKAGE, says, payload)
    return {
        "agency": partner.agency,
        "version": document["version"],
        "handling": handling["code"],
        "expires_on": ends,
        "content_sha256": content_sha256,
        "statement_sha256": outgoing.statement_sha256,
        "bundle_sha256": outgoing.sha256,
    }, outgoing
