"""Look at evidence: the register, one exhibit, its bytes, and whether it is still whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.exhibit import Exhibit, PartCount
from crossbearing.domain.progress import Progress
from crossbearing.intake.sources import open_part
from crossbearing.presentation.text import seized
from crossbearing.store.arrow import sha256_of
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits
from crossbearing.store.views import reading

_LONGEST: int = 1 << 16  # bytes shown at once


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """One exhibit with its refusals, grouped by part, table and reason."""

    exhibit: Exhibit
    refusals: tuple[Mapping[str, Any], ...]


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
    """One exhibit and what of it was refused.

    Raises:
        NotFound: There is no such exhibit.
    """
    with open_operation(folder, context) as operation:
        exhibit = _exhibit(operation, exhibit_id)
        with reading(operation) as engine:
            refusals = engine.rows(
                """SELECT part, source_table, reason, sum(source_rows)::BIGINT AS source_rows,
                       min(source_row) AS first_row, min(byte_offset) AS first_byte
                   FROM refusal WHERE exhibit_id = ? GROUP BY ALL ORDER BY ALL""",
                [exhibit_id],
            )
        return ExhibitView(exhibit, tuple(refusals))


def show_bytes(folder: Path, context: Context, exhibit_id: str, *, part: str = "", offset: int, length: int) -> str:
    """The bytes behind a row, made visible; looking at them is an act in the log.

    Args:
        folder: Operation folder.
        context: Who looks, and for what purpose.
        exhibit_id: The exhibit.
        part: File within it; may be left out if there is only one.
        offset: First byte, after decompression.
        length: How many bytes, at most 65,536.

    Raises:
        NotFound: There is no such exhibit or part.
        BadRequest: Offset or length make no sense.
    """
    if offset < 0 or not 0 < length <= _LONGEST:
        raise BadRequest(
            f"Offset {offset} and length {length} name no bytes",
            where="evidence show",
            remedy=f"Give an offset from 0 and a length from 1 to {_LONGEST:,}.",
        )
    with open_operation(folder, context) as operation:
        exhibit = _exhibit(operation, exhibit_id)
        member = _part(exhibit, part)
        operation.ledger.record(
            context,
            Act(
                kind=ActKind.CONSULTED,
                subject=exhibit_id,
                payload={"part": member.part, "offset": offset, "length": length},
            ),
        )
        with open_part(operation.originals.path_of(member.sha256), member.part) as stream:
            left = offset
            while left and (skipped := stream.read(min(left, 1 << 20))):
                left -= len(skipped)
            found = stream.read(length)
    return seized(found.decode("utf-8", "backslashreplace"), limit=_LONGEST)


def verify_evidence(folder: Path, context: Context, progress: Progress) -> list[Check]:
    """Hash every original and every record file again and compare."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        known = list(exhibits(operation.ledger).values())
        checks = []
        total = sum(len(exhibit.parts) + len(exhibit.files) for exhibit in known)
        with progress.stage("Verifying", total) as advance:
            for exhibit in known:
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


def _exhibit(operation: Operation, exhibit_id: str) -> Exhibit:
    operation.require(Action.SEE, "exhibit", exhibit_id)
    found = exhibits(operation.ledger).get(exhibit_id)
    if found is None:
        raise NotFound(
            f"There is no exhibit {exhibit_id!r}",
            where=str(operation.folder),
            remedy="`crossbearing evidence list` names the exhibits.",
        )
    return found


def _part(exhibit: Exhibit, name: str) -> PartCount:
    for part in exhibit.parts:
        if part.part == name or (not name and len(exhibit.parts) == 1):
            return part
    raise NotFound(
        f"Exhibit {exhibit.exhibit_id} has no part {name!r}" if name else "The exhibit has several parts",
        where=exhibit.name,
        remedy="Name one with --part; `crossbearing evidence show` lists them.",
    )
