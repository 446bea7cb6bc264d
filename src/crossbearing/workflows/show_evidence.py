"""Look at evidence: the register, one exhibit, its bytes, and whether it is still whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotAuthorised, NotFound
from crossbearing.domain.exhibit import Exhibit, PartCount
from crossbearing.domain.progress import Progress
from crossbearing.intake.sources import Source, open_part
from crossbearing.presentation.text import seized
from crossbearing.store import questions
from crossbearing.store.arrow import sha256_of
from crossbearing.store.categorisation import CLOCK_ACTS, clocks, limit_of
from crossbearing.store.jobs import job
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits, folded, listed_hashes, require_exhibit, withheld_places
from crossbearing.store.views import reading

_LONGEST: Final = 1 << 16  # bytes shown at once
WITHHELD: Final = b"*"


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """One exhibit with its refusals, grouped by part, table and reason.

    Attributes:
        is_categorised: Its label says of whom it speaks, or it speaks of nobody; otherwise its clock runs.
        categorise_by: Last day on which it may be uncategorised.
        locked_on: Day on which it was locked, for nobody categorised it in time; empty if it is open.
    """

    exhibit: Exhibit
    refusals: tuple[Mapping[str, Any], ...]
    is_categorised: bool
    categorise_by: str
    locked_on: str


@dataclass(frozen=True, slots=True)
class Check:
    """Whether one registered file still has the bytes it was registered with."""

    exhibit_id: str
    file: str
    is_whole: bool


def list_evidence(folder: Path, context: Context) -> list[Exhibit]:
    """The exhibits in the order they came in."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return list(exhibits(operation.ledger).values())


def show_evidence(folder: Path, context: Context, exhibit_id: str) -> ExhibitView:
    """One exhibit and what of it was refused; of a locked one, what the register says of it.

    Raises:
        NotFound: There is no such exhibit.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "exhibit", exhibit_id)
        entries = operation.ledger.entries(*CLOCK_ACTS)
        known = folded(entries)
        exhibit = require_exhibit(operation.ledger, exhibit_id, withdrawn=exhibit_id in known.locked)
        (clock,) = [one for one in clocks(known, limit_of(entries)) if one.exhibit.exhibit_id == exhibit_id]
        with reading(operation) as engine:
            refusals = engine.rows(
                """SELECT part, source_table, reason, sum(source_rows)::BIGINT AS source_rows,
                       min(source_row) AS first_row, min(byte_offset) AS first_byte
                   FROM refusal WHERE exhibit_id = ? GROUP BY ALL ORDER BY ALL""",
                [exhibit_id],
            )
        return ExhibitView(exhibit, tuple(refusals), not clock.is_running, clock.last_day, clock.locked_on)


def show_bytes(folder: Path, context: Context, exhibit_id: str, *, part: str = "", offset: int, length: int) -> str:
    """The bytes behind a row, made visible; looking at them is an act in the log.

    Bytes of rows that were erased or set aside are shown as ``*``.

    Args:
        folder: Operation folder.
        context: Who looks, and for what purpose.
        exhibit_id: The exhibit.
        part: File within it; may be left out if there is only one.
        offset: First byte, after decompression.
        length: How many bytes, at most 65,536.

    Raises:
        NotFound: There is no such exhibit or part.
        BadRequest: Offset or length make no sense, or no purpose is named.
        NotAuthorised: The part is quarantined, or holds what a side of a hit-or-no-hit question must not see yet.
    """
    if offset < 0 or not 0 < length <= _LONGEST:
        raise BadRequest(
            f"Offset {offset} and length {length} name no bytes",
            where="evidence show",
            remedy=f"Give an offset from 0 and a length from 1 to {_LONGEST:,}.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "exhibit", exhibit_id)
        exhibit = require_exhibit(operation.ledger, exhibit_id)
        member = _part(exhibit, part)
        _refuse_quarantined(operation, member)
        questions.refuse_bytes(operation, exhibit)
        withheld = withheld_places(operation.ledger, exhibit_id, member.part)
        source = Source(
            member.part,
            member.size_bytes,
            lambda: operation.open_original(
                exhibit_id, member.sha256, why=f"{member.part}, byte {offset}, length {length}"
            ),
        )
        with open_part(source) as stream:
            left = offset
            while left and (skipped := stream.read(min(left, 1 << 20))):
                left -= len(skipped)
            found = bytearray(stream.read(length))
    for place in withheld:
        first = max(place.byte_offset - offset, 0)
        last = min(place.byte_offset + place.byte_length - offset, len(found))
        found[first:last] = WITHHELD * max(last - first, 0)
    return seized(found.decode("utf-8", "backslashreplace"), limit=_LONGEST)


def verify_evidence(folder: Path, context: Context, progress: Progress) -> list[Check]:
    """Hash every original and every record file again and compare."""
    with open_operation(folder, context) as operation, job(operation, "evidence verify", progress) as work:
        operation.require(Action.SEE, "operation", operation.name)
        known = list(exhibits(operation.ledger).values())
        checks = []
        total = sum(len(exhibit.parts) + len(exhibit.files) for exhibit in known)
        with work.stage("Verifying", total) as advance:
            for exhibit in known:
                operation.log_opening(exhibit.exhibit_id, why="verify")
                for part in exhibit.parts:
                    whole = operation.originals.is_whole(part.sha256)
                    checks.append(Check(exhibit.exhibit_id, f"original {part.part}", whole))
                    advance(1)
                for file in exhibit.files:
                    path = folder / file.path
                    whole = path.is_file() and sha256_of(path) == file.sha256
                    checks.append(Check(exhibit.exhibit_id, file.path, whole))
                    advance(1)
        return checks


def _refuse_quarantined(operation: Operation, part: PartCount) -> None:
    if name := listed_hashes(operation.ledger).get(part.sha256):
        raise NotAuthorised(
            "These bytes are quarantined",
            where=f"{part.part}, on hash list {name}",
            remedy="Nobody opens them here; ask whoever keeps the list.",
        )


def _part(exhibit: Exhibit, name: str) -> PartCount:
    for part in exhibit.parts:
        if part.part == name or (not name and len(exhibit.parts) == 1):
            return part
    raise NotFound(
        f"Exhibit {exhibit.exhibit_id} has no part {name!r}" if name else "The exhibit has several parts",
        where=exhibit.name,
        remedy="Name one with --part; `crossbearing evidence show` lists them.",
    )
