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
from crossbearing.domain.dissemination import Sent, sent_in
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NotFound
from crossbearing.domain.labels import HANDLING, TLP, UNKNOWN, is_intelligence_only
from crossbearing.domain.partner import PARTNER_ACTS, Partner, registered
from crossbearing.exchange.outbox import PACKAGE, Outgoing, require_folder, sealed_for, written
from crossbearing.packages import build, completeness
from crossbearing.store import covert
from crossbearing.store.marks import texts_in
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import EXHIBIT_ACTS, label_of, refuse_locked, register

_MOST_DAYS: Final = 3_650
REPLY_DAYS: Final = 14  # until an answer is asked for
DAYS: Final = 90  # that a bundle is good for, if its sources' review date does not come first
_ACTS: Final = (ActKind.PACKAGE_BUILT, ActKind.PACKAGE_RELEASED, ActKind.PACKAGE_MARKED, *PARTNER_ACTS)
# What is decided on its sources, and what may not leave; asked once more in the transaction that records the sending.
_RESTS_ON: Final = (*EXHIBIT_ACTS, ActKind.COVERT_ENTERED)
_EVERY: Final = (*_ACTS, *_RESTS_ON)
_OF_THE_VERSION: Final = frozenset({"version", "supersedes", "built_on"})  # of a document, not of its content
_README: Final = """\
{package_id}, version {version}, from {originator}

Open data/package.html in a browser; it needs no network. A page in another language has that language in its name.
data/package.pdf, if it is there, is the same for printing; data/package.json holds the same for machines.
Check before you read: crossbearing package verify BUNDLE --identity YOUR-KEY --signer THEIR-PUBLIC-KEY
Handling {handling}, TLP:{tlp}. Good until {expires_on}; then ask for the newest version.
Use: {use}.
Answer by {reply_by}: crossbearing package reply BUNDLE ANSWER --identity YOUR-KEY --signer THEIR-PUBLIC-KEY ...
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
        NotAuthorised: The person built this version, a part of it is missing, or what it rests on does not stand as it
            was.
        Contradiction: The files that the person could read are not what was built.
    """
    if not reason.strip():
        raise BadRequest("A release needs a reason", where=package_id, remedy="Say what you checked, with --reason.")

    def released(seen: list[Entry]) -> list[Act]:
        built = _sendable(seen, package_id)
        _require_unchanged(entries, seen, built)
        if _plain(built.person) == _plain(context.person):
            raise NotAuthorised(
                f"{built.person} built version {built.payload['version']} of {package_id}",
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
        entries = operation.ledger.entries(*_EVERY)
        built = _sendable(entries, package_id)
        _require_standing(operation, built, _document(operation, built)[0])
        (act,) = operation.ledger.decide(context, released, *_EVERY)
    return int(str(act.payload["version"]))


def seal_package(
    folder: Path, context: Context, package_id: str, agencies: Sequence[str], out: Path, *, days: int = DAYS,
    channel: str = "",
    reply_days: int = REPLY_DAYS,
) -> list[Sealed]:  # fmt: skip
    """Make a bundle for each partner: signed, then sealed to its key alone; all of them or none.

    Args:
        folder: Operation folder.
        context: Who sends, and for what purpose.
        package_id: The package; its newest version.
        agencies: Registered partners.
        out: Folder that the bundles are written to.
        days: Days that they are good for, at most.
        channel: Legal channel by which it leaves as evidence, with its reference; empty for intelligence only.
        reply_days: Days until an answer is asked for; no longer than they are good for.

    Raises:
        BadRequest: No purpose, no partner, no day or too many, or no folder.
        NotFound: There is no such package or partner.
        NotAuthorised: It was not released, must not go to a partner, is withheld, lacks a part, rests on what does not
            stand, or is to leave as evidence and an exhibit behind it is intelligence only.
        Contradiction: The files of the package are not what was built.
    """
    if not context.purpose.strip() or not agencies or not (1 <= days <= _MOST_DAYS and reply_days >= 1):
        raise BadRequest(
            f"To send a package needs a purpose, a partner, and 1 to {_MOST_DAYS:,} days",
            where="package seal",
            remedy="Name partners with --to and say with --purpose what it is for; it stands in the log.",
        )
    require_folder(out)
    today, wanted = context.now()[:10], list(dict.fromkeys(agencies))
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "package", package_id)
        entries = operation.ledger.entries(*_EVERY)
        built = _released(entries, package_id)
        document, files = _document(operation, built)
        _require_standing(operation, built, document)
        if channel.strip():
            _require_evidence(operation, built)
        partners = [_recipient(entries, agency, document, today, context.person) for agency in wanted]
        said = {"content_sha256": str(built.payload["content_sha256"]), "channel": channel.strip()}
        made = [_made(operation, (document, files), partner, said, (days, reply_days)) for partner in partners]

        def sending(seen: list[Entry]) -> list[Act]:
            # Again, with nobody writing in between: what was called back meanwhile is not sent.
            if _released(seen, package_id).position != built.position:
                raise Contradiction(
                    f"{package_id} was built anew meanwhile",
                    where=package_id,
                    remedy="Let the new version be released and repeat the command.",
                )
            _require_unchanged(entries, seen, built)
            if partners != [_recipient(seen, agency, document, today, context.person) for agency in wanted]:
                raise Contradiction(
                    "A partner's keys were changed meanwhile", where=package_id, remedy="Repeat the command."
                )
            return [Act(kind=ActKind.PACKAGE_SENT, subject=package_id, payload=told) for told, _ in made]

        sent = sent_in(operation.ledger.decide(context, sending, *_EVERY))
        # After the acts: a crash in between leaves the log saying more than was sent, and never less.
        return [
            Sealed(one, written(out, f"{package_id}-v{one.version}", one.agency, outgoing))
            for one, (_, outgoing) in zip(sent, made, strict=True)
        ]


def _sendable(entries: Sequence[Entry], package_id: str) -> Entry:
    """The act that built the newest version, if nothing was said against it since."""
    built = [one for one in entries if one.kind is ActKind.PACKAGE_BUILT]
    ours = [one for one in built if one.subject == package_id]
    if not ours:
        raise NotFound(
            f"There is no package {package_id!r}",
            where="the packages",
            remedy=f"Packages: {', '.join(sorted({one.subject for one in built})) or 'none; see `package build`'}.",
        )
    newest = ours[-1]
    marks = [
        one
        for one in entries
        if one.kind is ActKind.PACKAGE_MARKED and one.subject == package_id and one.position > newest.position
    ]
    if marks:
        said: Any = marks[-1].payload
        raise NotAuthorised(
            f"Version {newest.payload['version']} of {package_id} is marked: {said['what']}; {said['why']}",
            where=package_id,
            remedy="Bring the tables up to date with `crossbearing run` and build it anew.",
        )
    return newest


def _released(entries: Sequence[Entry], package_id: str) -> Entry:
    """The same, if a second person released this very version."""
    built = _sendable(entries, package_id)
    is_released = any(
        one.kind is ActKind.PACKAGE_RELEASED and one.subject == package_id and one.position > built.position
        for one in entries
    )
    if not is_released:
        raise NotAuthorised(
            f"Version {built.payload['version']} of {package_id} was not released",
            where=package_id,
            remedy="A second person looks at it and runs `crossbearing package release`.",
        )
    return built


def _require_unchanged(before: Sequence[Entry], now: Sequence[Entry], built: Entry) -> None:
    """Refuse if something was decided on a source, or entered into a covert register, since it was looked at."""
    said: Any = built.payload
    last = max((one.position for one in before), default=-1)
    for one in now:
        is_concerned = one.kind is ActKind.COVERT_ENTERED or one.subject in said["exhibits"]
        if one.position > last and one.kind in _RESTS_ON and is_concerned:
            raise Contradiction(
                f"Something that {built.subject} rests on was decided meanwhile",
                where=built.subject,
                remedy="Repeat the command; nothing was written.",
            )


def _require_standing(operation: Operation, built: Entry, document: Mapping[str, Any]) -> None:
    """Refuse if a source does not stand any more, is labelled more strictly, or had rows set aside since."""
    said: Any = built.payload
    known = register(operation.ledger)
    refuse_locked(known, *said["exhibits"])
    problem = ""
    if gone := sorted(set(said["exhibits"]) - known.standing.keys()):
        problem = f"exhibit {gone[0]}, which it rests on, does not stand any more"
    else:
        label, handling = label_of(known.standing, said["exhibits"]), document["handling"]
        if HANDLING.index(label.handling) > HANDLING.index(handling["code"]):
            problem = f"its sources are {label.handling} by now, and it says {handling['code']}"
        elif TLP.index(label.tlp) > TLP.index(handling["tlp"]):
            problem = f"its sources are TLP:{label.tlp} by now, and it says TLP:{handling['tlp']}"
        elif any(
            one.position > built.position and one.subject in said["exhibits"]
            for one in operation.ledger.entries(ActKind.ROWS_SEQUESTERED)
        ):
            problem = "rows of its sources were set aside since it was built"
    if problem:
        raise NotAuthorised(
            f"{built.subject} cannot be sent: {problem}",
            where=built.subject,
            remedy="Bring the tables up to date with `crossbearing run` and build it anew.",
        )


def _document(operation: Operation, built: Entry) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The document as it was built, checked against the log and the covert registers; and its files, made anew."""
    home, said = operation.folder / "packages" / built.subject, built.payload
    try:
        document: dict[str, Any] = json.loads((home / "package.json").read_text(encoding="utf-8"))
        content = {name: value for name, value in document.items() if name not in _OF_THE_VERSION}
        version = int(str(said["version"]))
        holds = (
            digest(content) == said["content_sha256"]
            and (document["version"], document["built_on"]) == (version, said["built_on"])
            and document["supersedes"] == (version - 1 or None)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        holds = False
    if holds:
        _require_complete(built, document)  # before its pages are made again, which ask for every part
        files = build.files(document)
        if (home / "package.pdf").is_file():
            files |= {name: build.as_pdf(document, language) for name, language in build.papers(document).items()}
        holds = files == {one.name: one.read_bytes() for one in home.glob("package.*")}
    if not holds:
        raise Contradiction(
            f"The files of {built.subject} are not what was built",
            where=str(home),
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
    return document, files


def _require_complete(built: Entry, document: Mapping[str, Any]) -> None:
    missing = completeness.missing_in(document)
    if missing:
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise NotAuthorised(
            f"Version {built.payload['version']} of {built.subject} is not complete: {missing[0]}{more}",
            where=built.subject,
            remedy="Build it anew with `crossbearing package build`, which says what is missing.",
        )


def _require_evidence(operation: Operation, built: Entry) -> None:
    """Refuse to let a package leave as evidence while the owner of an exhibit behind it allows intelligence only."""
    said: Any = built.payload
    known = register(operation.ledger).standing
    for name in said["exhibits"]:
        label = known[name].label
        if is_intelligence_only(label):
            raise NotAuthorised(
                f"Exhibit {name} is {label.handling}: intelligence only, it cannot leave as evidence",
                where=built.subject,
                remedy=f"Ask its owner ({', '.join(sorted(label.owners)) or 'not known'}), enter the answer with "
                "`crossbearing evidence label`, and build it anew; or seal it without --channel.",
            )


def _recipient(entries: Sequence[Entry], agency: str, document: Mapping[str, Any], today: str, person: str) -> Partner:
    partner = registered((one for one in entries if one.kind in PARTNER_ACTS), agency)
    handling = document["handling"]
    refused = partner.refusal(
        country=document["recipient"]["country"], handling=handling["code"], tlp=handling["tlp"], today=today
    )
    if _plain(partner.added_by) == _plain(person):
        refused = (
            f"{partner.added_by} pinned the key of {agency}",
            "Let another person seal it, so that nobody alone decides who can open it.",
        )
    if refused:
        raise NotAuthorised(refused[0], where=f"{document['package_id']} to {agency}", remedy=refused[1])
    return partner


def _plain(person: str) -> str:
    """A name as two spellings of it are compared."""
    return " ".join(person.split()).casefold()


def _made(
    operation: Operation,
    package: tuple[Mapping[str, Any], Mapping[str, bytes]],
    partner: Partner,
    said: Mapping[str, str],
    days: tuple[int, int],
) -> tuple[dict[str, Json], Outgoing]:
    """What the log says of a bundle, and the bundle; days that it is good for, and until it is to be answered."""
    document, files = package
    handling = document["handling"]
    today = date.fromisoformat(operation.context.now()[:10])
    last, reply_by = ((today + timedelta(days=number)).isoformat() for number in days)
    ends = min([last, partner.keys_until, *([handling["review_on"]] if handling["review_on"] != UNKNOWN else [])])
    if ends < today.isoformat():
        raise NotAuthorised(
            f"The review date of its sources passed on {ends}",
            where=str(document["package_id"]),
            remedy="Review the sources, state a new date with `crossbearing evidence label`, and build it anew.",
        )
    copied = ("package_id", "version", "supersedes", "built_on", "is_simulated", "handling")
    says: dict[str, Json] = {
        **{name: document[name] for name in copied}, "expires_on": ends, "reply_by": min(reply_by, ends), **said
    }  # fmt: skip
    words = {"reply_by": says["reply_by"], "handling": handling["code"], "tlp": handling["tlp"], "expires_on": ends}
    words["use"] = f"evidence, by {said['channel']}" if said["channel"] else "intelligence only"
    payload = {
        **files,
        "READ-ME.txt": _README.format(**{**document, **words}).encode(),
    }
    outgoing = sealed_for(operation, partner, PACKAGE, says, payload)
    return {
        "agency": partner.agency,
        "version": document["version"],
        "handling": handling["code"],
        "expires_on": ends,
        "reply_by": says["reply_by"],
        **said,
        "statement_sha256": outgoing.statement_sha256,
        "bundle_sha256": outgoing.sha256,
    }, outgoing
