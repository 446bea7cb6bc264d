"""Take evidence in: keep the bytes, read the rows, register both in one act."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import (
    BadRequest,
    Contradiction,
    UnreadableSource,
    WrongKind,
)
from crossbearing.domain.exhibit import Exhibit, exhibit_id_of, to_payload
from crossbearing.domain.grading import Grading
from crossbearing.domain.labels import UNKNOWN, Label
from crossbearing.domain.privilege import PrivilegeRule
from crossbearing.domain.progress import Progress
from crossbearing.intake.containers.archives import unpacked
from crossbearing.intake.exhibit_reader import (
    profiles_of,
    read_parts,
    recognised,
    require_whole,
    sources_in_words,
    stamps,
    unread_parts,
)
from crossbearing.intake.part_reader import PartReader
from crossbearing.intake.profile import Profile, privilege_query
from crossbearing.intake.profile_words import profile_words
from crossbearing.store.jobs import job
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.records import RecordWriter, Transformer, transformer
from crossbearing.store.register import (
    exhibit_of,
    exhibits,
    folded,
    listed_hashes,
    privilege_rules,
    refuse_locked,
    register,
    withheld_ranges,
)

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
        keep_unread: Register a file that no reader takes, so that its bytes are kept and it can be read later.
        accept_only: Names of the profiles that are acceptable here; empty for all.
        needs: What each row must say, in words, where one refused row refuses the file; empty to take the others.
        acquisition: How the bytes were got from their source: source, source_sha256, tool, version, operator, at.
    """

    path: Path
    authority: str
    market: str = ""
    label: Label = field(default_factory=Label)
    clock: str = NOT_ASSERTED
    accept_damaged: bool = False
    keep_unread: bool = False
    accept_only: frozenset[str] = frozenset()
    needs: str = ""
    is_simulated: bool = False
    acquisition: Mapping[str, str] = field(default_factory=dict)


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
    with (
        open_operation(folder, context) as operation,
        job(operation, "evidence add", progress) as work,
        transformer(profile_words()) as engine,
    ):
        operation.require(Action.ADD, "operation", operation.name)
        return [_added(operation, submission, engine, work) for submission in submissions]


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
                acquisition={key: str(value) for key, value in item.get("acquisition", {}).items()},
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
            gradings=frozenset(Grading.read(spelling) for spelling in given.get("gradings", ())),
            nature=given.get("nature", UNKNOWN),
            restrictions=frozenset(given.get("restrictions", ())),
        )
    except ValueError as wrong:
        raise BadRequest(str(wrong), where="the label", remedy="Use one of the values listed.") from wrong


def _added(operation: Operation, submission: Submission, engine: Transformer, progress: Progress) -> Added:
    submission = _checked(operation, submission)
    size = _size_of(submission.path)
    with ExitStack() as until_kept:
        with progress.stage(f"Copying {submission.path.name}", size) as copied:
            staged = until_kept.enter_context(operation.originals.staged(submission.path, copied, unpacked))
        exhibit_id = exhibit_id_of(staged.sha256)
        known = register(operation.ledger)
        if standing := known.standing.get(exhibit_id):
            return _known(standing, staged.sha256, submission)
        refuse_locked(known, exhibit_id)  # to add it again must not begin its time anew
        require_whole(staged.members, accept_damaged=submission.accept_damaged)
        unread = unread_parts(staged.members, listed_hashes(operation.ledger))
        found = recognised(staged.members, unread, engine, may_be_cut=submission.accept_damaged)
        profiles = profiles_of(found, staged.members, keep_unread=submission.keep_unread)
        _check_profiles(profiles, submission)
        has_market = not profiles or any(profile.has_market for profile in profiles)
        market = submission.market if has_market else ""
        constants = {"exhibit_id": exhibit_id, **({"market": market} if market else {})}
        with RecordWriter(operation.vault, exhibit_id) as writer:
            with progress.stage(f"Reading {staged.name}", size) as read:
                rules = privilege_rules(operation.ledger)
                # Where the same bytes were here before: what was erased or set aside of them does not come back.
                decided = withheld_ranges(operation.ledger, exhibit_id)
                query = privilege_query(rules)
                reader = PartReader(writer, engine, constants, submission.accept_damaged, query, decided=decided)
                parts = read_parts(reader, staged.members, found, unread, read)
            _require_rows(reader, submission, are_there=not profiles or any(part.rows_in for part in parts))
            operation.originals.keep(staged)
            exhibit = Exhibit(
                exhibit_id=exhibit_id,
                sha256=staged.sha256,
                name=staged.name,
                size_bytes=staged.size_bytes,
                market=market,
                authority=submission.authority,
                source=sources_in_words(profiles),
                profile=stamps(profiles),
                clock=submission.clock,
                is_simulated=submission.is_simulated,
                label=submission.label,
                parts=parts,
                files=writer.keep(),
            )
        context = replace(operation.context, authority=submission.authority)
        return _registered(operation, context, submission, exhibit, _further(submission, exhibit, reader, rules))


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
            remedy="Check which market it is. If the register is wrong, withdraw the exhibit with "
            "`crossbearing evidence withdraw` and add it again.",
        )
    return Added(known, is_new=False)


def _check_profiles(profiles: Sequence[Profile], submission: Submission) -> None:
    for profile in profiles:
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


def _require_rows(reader: PartReader, submission: Submission, *, are_there: bool) -> None:
    """Refuse a file that was to be read and holds no row, or a refused one where it is all or nothing.

    Raises:
        UnreadableSource: It holds no row.
        BadRequest: A row was refused.
    """
    if not are_there:
        raise UnreadableSource(
            "The file holds no row",
            where=str(submission.path),
            remedy="Ask whoever handed it over whether the export was complete.",
        )
    if submission.needs and (first := reader.first_refused):
        raise BadRequest(
            f"Row {first.ordinal} {first.reason}; nothing of the file was taken in",
            where=str(submission.path),
            remedy=submission.needs,
        )


def _further(submission: Submission, exhibit: Exhibit, reader: PartReader, rules: Sequence[PrivilegeRule]) -> list[Act]:
    """What else is said in the act of adding: how the bytes were acquired, and what was set aside."""
    acts = []
    if submission.acquisition:
        acts.append(
            Act(kind=ActKind.ACQUISITION_STATED, subject=exhibit.exhibit_id, payload=dict(submission.acquisition))
        )
    if reader.set_aside:
        payload: dict[str, Json] = {
            "by": "rule",
            "reason": "; ".join(f"{rule.ref}: {rule.reason}" for rule in rules),
            "places": [place.payload() for place in reader.set_aside],
            "files": [],
        }
        acts.append(Act(kind=ActKind.ROWS_SEQUESTERED, subject=exhibit.exhibit_id, payload=payload))
    return acts


def _registered(
    operation: Operation, context: Context, submission: Submission, exhibit: Exhibit, further: Sequence[Act]
) -> Added:
    """Register the exhibit, unless another process did so while this one was reading."""

    def acts(seen: list[Entry]) -> list[Act]:
        if exhibit.exhibit_id in folded(seen).standing:
            return []
        payload = to_payload(exhibit)
        return [Act(kind=ActKind.EXHIBIT_ADDED, subject=exhibit.exhibit_id, payload=payload), *further]

    kinds = (ActKind.EXHIBIT_ADDED, ActKind.EXHIBIT_DESTROYED, ActKind.EXHIBIT_WITHDRAWN)
    entries = operation.ledger.decide(context, acts, *kinds, subject=exhibit.exhibit_id)
    if entries:
        return Added(exhibit_of(entries[0]), is_new=True)
    return _known(exhibits(operation.ledger)[exhibit.exhibit_id], exhibit.sha256, submission)
