"""Take evidence in: keep the bytes, read the rows, register both in one act."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import (
    BadRequest,
    Contradiction,
    UnreadableSource,
    WrongKind,
)
from crossbearing.domain.exhibit import Exhibit, PartCount, exhibit_id_of, to_payload
from crossbearing.domain.labels import UNKNOWN, Label
from crossbearing.domain.progress import Progress
from crossbearing.intake.part_reader import PartReader, Recognised, recognise, require_profile
from crossbearing.intake.profile import Profile
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.originals import StagedExhibit
from crossbearing.store.records import RecordWriter, transformer
from crossbearing.store.register import exhibit_of, exhibits

NOT_ASSERTED: Final = "not asserted"
_OFFSET: Final = re.compile(r"[+-](?:0[0-9]|1[0-4]):[0-5][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One thing handed in, and what was said about it.

    Attributes:
        path: File, or folder that is one exhibit.
        market: Market it speaks of; needed where the profile has one.
        authority: Reference of a registered authorisation.
        clock: Offset of the source's clock from UTC as asserted at the seizure, such as "+00:00".
        accept_damaged: Keep what can be read of a broken file, with the gap on record.
        accept_only: Names of the profiles that are acceptable here; empty for all.
    """

    path: Path
    authority: str
    market: str = ""
    label: Label = field(default_factory=Label)
    clock: str = NOT_ASSERTED
    accept_damaged: bool = False
    accept_only: frozenset[str] = frozenset()
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one submission; ``is_new`` is false if the same bytes were there already."""

    exhibit: Exhibit
    is_new: bool


def add_evidence(folder: Path, context: Context, submissions: Sequence[Submission], progress: Progress) -> list[Added]:
    """Add exhibits one after another; each is wholly registered or leaves no trace.

    Raises:
        NotAuthorised: The authorisation is not registered or not valid today.
        UnreadableSource: A file is empty, cut off, damaged or cannot be opened.
        WrongKind: No reader or profile takes it.
        BadRequest: The profile needs a market and none was named.
        Contradiction: The same bytes are registered under another market.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "operation", operation.name)
        return [_added(operation, submission, progress) for submission in submissions]


def read_manifest(path: Path, part: str = "exhibits") -> list[Submission]:
    """Submissions that a manifest lists under "exhibits" or "outcomes"; paths are relative to it.

    Raises:
        UnreadableSource: It cannot be read or is not a manifest.
    """
    try:
        content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return [
            Submission(
                path=_beside(path, item["path"]),
                authority=item["authority"],
                market=item.get("market", ""),
                label=label_from(item.get("label", {})),
                clock=item.get("clock", NOT_ASSERTED),
                is_simulated=bool(content.get("simulated", False)),
            )
            for item in content[part]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise UnreadableSource(
            f"The manifest cannot be read: {wrong}",
            where=str(path),
            remedy="Name a manifest.json as `crossbearing simulate` writes it.",
        ) from wrong


def _beside(manifest: Path, name: str) -> Path:
    """A file below the manifest's own folder; anything else is refused."""
    found = manifest.parent / name
    if not found.resolve().is_relative_to(manifest.parent.resolve()):
        message = f"{name!r} is not below the manifest's folder"
        raise ValueError(message)
    return found


def label_from(given: Mapping[str, Any]) -> Label:
    """A label from what a person or a manifest states; what is not stated is unknown.

    Raises:
        BadRequest: A code does not exist.
    """
    try:
        return Label(
            owners=frozenset(given.get("owners", ())),
            handling=given.get("handling", UNKNOWN),
            tlp=given.get("tlp", UNKNOWN),
            categories=frozenset(given.get("categories", ())),
            cases=frozenset(given.get("cases", ())),
            review_on=given.get("review_on", UNKNOWN),
        )
    except ValueError as wrong:
        raise BadRequest(
            str(wrong), where="the label: handling code, TLP or review date", remedy="Use one of the values listed."
        ) from wrong


def _added(operation: Operation, submission: Submission, progress: Progress) -> Added:
    submission = _checked(operation, submission)
    size = _size_of(submission.path)
    with ExitStack() as until_kept:
        with progress.stage(f"Copying {submission.path.name}", size) as copied:
            staged = until_kept.enter_context(operation.originals.staged(submission.path, copied))
        exhibit_id = exhibit_id_of(staged.sha256)
        if known := exhibits(operation.ledger).get(exhibit_id):
            return _known(known, staged.sha256, submission)
        found = {member.part: recognise(member.path, member.part) for member in staged.members}
        profiles = _profiles(staged, found, submission)
        market = submission.market if any(profile.has_market for profile in profiles) else ""
        constants = {"exhibit_id": exhibit_id, **({"market": market} if market else {})}
        with RecordWriter(operation.folder / "records", exhibit_id) as writer:
            with transformer() as engine, progress.stage(f"Reading {staged.name}", size) as read:
                reader = PartReader(writer, engine, constants, submission.accept_damaged)
                parts = _read_parts(reader, staged, found, read)
            if not any(part.rows_in for part in parts):
                raise UnreadableSource(
                    "The file holds no row",
                    where=str(submission.path),
                    remedy="Ask whoever handed it over whether the export was complete.",
                )
            operation.originals.keep(staged)
            exhibit = Exhibit(
                exhibit_id=exhibit_id,
                sha256=staged.sha256,
                name=staged.name,
                size_bytes=staged.size_bytes,
                market=market,
                authority=submission.authority,
                source="; ".join(sorted({profile.source for profile in profiles})),
                profile="; ".join(profile.stamp for profile in profiles),
                clock=submission.clock,
                is_simulated=submission.is_simulated,
                label=submission.label,
                parts=parts,
                files=writer.keep(),
            )
        context = replace(operation.context, authority=submission.authority)
        return _registered(operation, context, exhibit, submission)


def _checked(operation: Operation, submission: Submission) -> Submission:
    """The submission with its label's authority and owner filled in.

    Raises:
        NotAuthorised: The authorisation is not registered or does not hold.
        BadRequest: The clock is no offset, or the market is spelled in another way elsewhere.
    """
    where = str(submission.path)
    submission = replace(submission, market=" ".join(submission.market.split()))
    authorisation = operation.require_authority(submission.authority, where=where)
    if submission.clock != NOT_ASSERTED and not _OFFSET.fullmatch(submission.clock):
        raise BadRequest(
            f"The clock is {submission.clock!r}, expected an offset from UTC",
            where=where,
            remedy="Write it as +00:00, or leave it out if nobody asserted it.",
        )
    for exhibit in exhibits(operation.ledger).values():
        if exhibit.market.casefold() == submission.market.casefold() and exhibit.market != submission.market:
            raise BadRequest(
                f"The market is called {exhibit.market!r} in this operation",
                where=where,
                remedy=f"Repeat with --market {exhibit.market!r}: one market, one spelling.",
            )
    label = replace(
        submission.label,
        owners=submission.label.owners or frozenset({authorisation.issued_by}),
        authorities=frozenset({submission.authority}),
    )
    return replace(submission, label=label)


def _size_of(path: Path) -> int:
    """Bytes of a file or of the files in a folder, for the progress bar only."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.is_file() else 0


def _known(known: Exhibit, sha256: str, submission: Submission) -> Added:
    """The standing exhibit, if the submission agrees with it.

    Raises:
        Contradiction: It was registered for another market, or other bytes share the first digits of its hash.
    """
    if known.sha256 != sha256:
        raise Contradiction(
            f"Other bytes are registered under the name {known.exhibit_id}",
            where=str(submission.path),
            remedy="Keep both files and tell the coordinator: equal first digits of two hashes are made on purpose.",
        )
    if known.market and known.market != submission.market:
        raise Contradiction(
            f"The same bytes are registered as {known.exhibit_id} for market {known.market!r}",
            where=str(submission.path),
            remedy="Check which market it is. What is registered cannot be changed yet: if it is wrong there, begin a "
            "new operation.",
        )
    return Added(known, is_new=False)


def _profiles(
    staged: StagedExhibit, found: Mapping[str, Recognised | None], submission: Submission
) -> tuple[Profile, ...]:
    """The profiles of the exhibit's readable parts, by name; each must be acceptable here."""
    fitting = {hit.profile.name: hit.profile for hit in found.values() if hit and hit.profile}
    if not fitting:
        first = staged.members[0].part
        return (require_profile(found[first], first),)
    for profile in fitting.values():
        if submission.accept_only and profile.name not in submission.accept_only:
            raise WrongKind(
                f"This is a file of kind {profile.title!r}",
                where=str(submission.path),
                remedy=f"This command takes: {', '.join(sorted(submission.accept_only))}.",
            )
        if profile.has_market and not submission.market:
            raise BadRequest(
                "Records of this kind belong to a market, and none was named",
                where=str(submission.path),
                remedy="Repeat with --market NAME.",
            )
    return tuple(fitting[name] for name in sorted(fitting))


def _read_parts(
    reader: PartReader,
    staged: StagedExhibit,
    found: Mapping[str, Recognised | None],
    advance: Callable[[int], None],
) -> tuple[PartCount, ...]:
    counts = []
    for member in staged.members:
        hit = found[member.part]
        if hit is None or hit.profile is None:
            reason = "no reader takes this file" if hit is None else "no profile fits this file"
            counts.append(reader.refuse_part(member, reason))
        else:
            counts.append(reader.read(member, hit, advance))
    return tuple(counts)


def _registered(operation: Operation, context: Context, exhibit: Exhibit, submission: Submission) -> Added:
    """Register the exhibit, unless another process did so while this one was reading."""

    def acts(seen: list[Entry]) -> list[Act]:
        if any(entry.subject == exhibit.exhibit_id for entry in seen):
            return []
        payload = to_payload(exhibit)
        return [Act(kind=ActKind.EXHIBIT_ADDED, subject=exhibit.exhibit_id, payload=payload)]

    entries = operation.ledger.decide(context, acts, ActKind.EXHIBIT_ADDED)
    if entries:
        return Added(exhibit_of(entries[0]), is_new=True)
    return _known(exhibits(operation.ledger)[exhibit.exhibit_id], exhibit.sha256, submission)
