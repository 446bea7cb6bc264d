"""Read an exhibit again with the reader of today: the newest reading counts, and what people decided outlives it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from io import BufferedReader
from pathlib import Path

import pyarrow as pa

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.exhibit import Exhibit, PartCount, Place, file_payload, part_payload
from crossbearing.domain.progress import Progress
from crossbearing.domain.tables import PRIVILEGED
from crossbearing.intake.exhibit_reader import (
    UNREAD,
    outdated,
    profiles_of,
    read_parts,
    recognised,
    sources_in_words,
    stamps,
    unread_parts,
)
from crossbearing.intake.part_reader import PartReader
from crossbearing.intake.profile import privilege_query
from crossbearing.intake.profile_words import profile_words
from crossbearing.store.jobs import job
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.originals import Member
from crossbearing.store.records import RecordWriter, Transformer, transformer
from crossbearing.store.register import decided_places, exhibits, listed_hashes, privilege_rules, require_exhibit
from crossbearing.store.revision import Reviser, record_revision


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of one exhibit.

    Attributes:
        before: Profiles it was read with, each with its version.
        after: Profiles it is read with now; the same if there was nothing to do.
    """

    exhibit_id: str
    before: str
    after: str
    rows_out: int
    carried: int


def reread_evidence(
    folder: Path, context: Context, progress: Progress, *, exhibit_ids: Iterable[str] = ()
) -> list[Reread]:
    """Read exhibits again from their sealed originals.

    Rows that were corrected, set aside, released or erased stay as people decided; everything else is as the
    reader of today reads it. The earlier reading stays on the disk until
    an erasure, registered, and nothing reads it.

    Args:
        folder: Operation folder.
        context: Who, and for what purpose: originals are opened.
        progress: Shows how far it is.
        exhibit_ids: Which; by default those that were read with an earlier version of their profile, and those
            that were kept unread when there were fewer profiles.

    Raises:
        NotFound: There is no such exhibit.
        BadRequest: No purpose is named.
    """
    with (
        open_operation(folder, context) as operation,
        job(operation, "evidence reread", progress) as work,
        transformer(profile_words()) as engine,
    ):
        operation.require(Action.ADD, "operation", operation.name)
        wanted = list(exhibit_ids) or outdated(exhibits(operation.ledger).values())
        found = [require_exhibit(operation.ledger, exhibit_id) for exhibit_id in wanted]
        return [_reread(operation, exhibit, engine, work) for exhibit in found]


def _reread(operation: Operation, exhibit: Exhibit, engine: Transformer, progress: Progress) -> Reread:
    members = [_member(operation, exhibit, part) for part in exhibit.parts]
    unread = unread_parts(members, listed_hashes(operation.ledger))
    found = recognised(members, unread, engine, may_be_cut=True)
    profiles = profiles_of(found, members, keep_unread=exhibit.source == UNREAD)
    places = decided_places(operation.ledger, exhibit.exhibit_id)
    decided: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place in places:
        decided[place.part].append((place.byte_offset, place.byte_offset + place.byte_length))
    constants = {"exhibit_id": exhibit.exhibit_id, **({"market": exhibit.market} if exhibit.market else {})}
    with ExitStack() as stack:
        writer = stack.enter_context(RecordWriter(operation.vault, exhibit.exhibit_id))
        advance = stack.enter_context(progress.stage(f"Reading {exhibit.name}", exhibit.size_bytes))
        rules = privilege_rules(operation.ledger)
        reader = PartReader(
            writer, engine, constants, accept_damaged=True, privilege_query=privilege_query(rules), decided=decided
        )
        parts = read_parts(reader, members, found, unread, advance)
        carried = _carry_over(operation, exhibit, places, writer)
        files = writer.keep()
        after = replace(exhibit, profile=stamps(profiles), source=sources_in_words(profiles), parts=parts, files=files)
        acts = [_act(after)]
        if reader.set_aside:
            acts.append(_set_aside(exhibit.exhibit_id, reader.set_aside))
        record_revision(operation, exhibit, *acts)
    rows = sum(part.rows_out for part in parts)
    return Reread(exhibit.exhibit_id, exhibit.profile, after.profile, rows, carried)


def _member(operation: Operation, exhibit: Exhibit, part: PartCount) -> Member:
    opened: Callable[[], BufferedReader] = partial(
        operation.open_original, exhibit.exhibit_id, part.sha256, why=f"read again: {part.part}"
    )
    is_container = any(other.parent == part.part for other in exhibit.parts)
    return Member(
        part.part, part.sha256, part.size_bytes, opened, part.parent, is_container, part.unread, part.gaps
    )  # fmt: skip


def _carry_over(operation: Operation, exhibit: Exhibit, places: list[Place], writer: RecordWriter) -> int:
    """Rows that people decided about, as they stand now."""
    if not places:
        return 0
    keys = pa.Table.from_pylist(
        [{"part": place.part, "byte_offset": place.byte_offset, "byte_length": place.byte_length} for place in places]
    )
    carried = 0
    with Reviser(operation, exhibit, operation.vault, "read again") as reviser:
        for file in exhibit.files:
            engine = reviser.look(file)
            engine.table("decided", keys)
            rows = engine.arrow("SELECT * FROM rows SEMI JOIN decided USING (part, byte_offset, byte_length)")
            writer.add(file.table, rows, set_aside=file.protection == PRIVILEGED)
            carried += rows.num_rows
    return carried


def _act(after: Exhibit) -> Act:
    return Act(
        kind=ActKind.EXHIBIT_REREAD,
        subject=after.exhibit_id,
        payload={
            "profile": after.profile,
            "source": after.source,
            "parts": [part_payload(part) for part in after.parts],
            "files": [file_payload(file) for file in after.files],
        },
    )


def _set_aside(exhibit_id: str, places: list[Place]) -> Act:
    payload = {"by": "rule", "reason": "read again", "places": [place.payload() for place in places], "files": []}
    return Act(kind=ActKind.ROWS_SEQUESTERED, subject=exhibit_id, payload=payload)
