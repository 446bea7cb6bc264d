"""An exhibit: bytes that came in, under an authorisation, with their label."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crossbearing.domain.canonical import Json
from crossbearing.domain.grading import Grading
from crossbearing.domain.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """One registered Parquet file: what one exhibit states about one table.

    Attributes:
        path: Within the operation folder.
        sha256: Of the file as it lies there; of the sealed bytes if it is protected.
        protection: Class of protected data it holds; empty for an ordinary file.
        generation: Which key of the class sealed it; 0 for an ordinary file.
    """

    table: str
    path: str
    sha256: str
    rows: int
    protection: str = ""
    generation: int = 0

    @property
    def key_name(self) -> str:
        """Name of the key that opens it."""
        return f"{self.protection}-{self.generation}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where one source row stands in the bytes of an exhibit."""

    exhibit_id: str
    part: str
    source_table: str
    source_row: int
    byte_offset: int
    byte_length: int

    def payload(self) -> list[Json]:
        """As it stands in a decision payload."""
        return [
            self.exhibit_id,
            self.part,
            self.source_table,
            self.source_row,
            self.byte_offset,
            self.byte_length,
        ]


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of a part that gave nothing because of what the part is, not of what a reader makes of it.

    Attributes:
        offset: First byte; of the unpacked bytes, if the part is compressed.
        length: How many; 0 if bytes are missing there.
        is_damage: The part itself is broken here, so something may be missing.
    """

    offset: int
    length: int
    reason: str
    is_damage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCount:
    """The account of one file of an exhibit: rows in = rows out + rows refused.

    Attributes:
        parent: The archive it was packed in; empty if it came as it is.
        unread: Why nothing can read it, if its archive says so: it is encrypted, for one.
        gaps: What of it the unpacking could not take.
        bytes_read: Its bytes, unpacked; of these ``bytes_in_rows`` are in rows, ``bytes_refused`` in refusals, and the
            rest only holds rows together. None if nobody counted.
    """

    part: str
    sha256: str
    size_bytes: int
    rows_in: int
    rows_out: int
    rows_refused: int
    parent: str = ""
    unread: str = ""
    gaps: tuple[Gap, ...] = ()
    bytes_read: int | None = None
    bytes_in_rows: int | None = None
    bytes_refused: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One exhibit as it stands in the register.

    Attributes:
        exhibit_id: ``E-`` and the first 12 hex digits of ``sha256``.
        sha256: Of the file, or of the list of files if the exhibit is a folder.
        name: File or folder name as it was handed in; data, never a path to open.
        source: What kind of thing it is, in words, as its profile says.
        is_simulated: Invented evidence; everything made from it says so.
        clock: Offset of the source's clock from UTC as asserted by whoever seized it, or "not asserted".
    """

    exhibit_id: str
    sha256: str
    name: str
    size_bytes: int
    market: str
    authority: str
    profile: str
    clock: str
    label: Label
    parts: tuple[PartCount, ...]
    files: tuple[RecordFile, ...]
    source: str = ""
    is_simulated: bool = False
    added_at: str = ""
    added_by: str = ""


def exhibit_id_of(sha256: str) -> str:
    """The id of the exhibit with this hash; the same bytes always get the same id."""
    return f"E-{sha256[:12]}"


def to_payload(exhibit: Exhibit) -> dict[str, Json]:
    """The exhibit as a decision payload; ``added_at`` and ``added_by`` stand on the act itself."""
    return {
        "exhibit_id": exhibit.exhibit_id,
        "sha256": exhibit.sha256,
        "name": exhibit.name,
        "size_bytes": exhibit.size_bytes,
        "market": exhibit.market,
        "authority": exhibit.authority,
        "profile": exhibit.profile,
        "clock": exhibit.clock,
        "source": exhibit.source,
        "is_simulated": exhibit.is_simulated,
        "label": label_payload(exhibit.label),
        "parts": [part_payload(part) for part in exhibit.parts],
        "files": [file_payload(file) for file in exhibit.files],
    }


def part_payload(part: PartCount) -> dict[str, Json]:
    """The account of a part as it stands in a payload."""
    return {
        "part": part.part,
        "sha256": part.sha256,
        "size_bytes": part.size_bytes,
        "rows_in": part.rows_in,
        "rows_out": part.rows_out,
        "rows_refused": part.rows_refused,
        "parent": part.parent,
        "unread": part.unread,
        "gaps": [[gap.offset, gap.length, gap.reason, gap.is_damage] for gap in part.gaps],
        "bytes_read": part.bytes_read,
        "bytes_in_rows": part.bytes_in_rows,
        "bytes_refused": part.bytes_refused,
    }


def part_from_payload(payload: Mapping[str, Any]) -> PartCount:
    """The account that ``part_payload`` wrote."""
    return PartCount(**{**payload, "gaps": tuple(Gap(*gap) for gap in payload["gaps"])})


def label_payload(label: Label) -> dict[str, Json]:
    """A label as it stands in a payload."""
    return {
        "owners": sorted(label.owners),
        "authorities": sorted(label.authorities),
        "handling": label.handling,
        "tlp": label.tlp,
        "categories": sorted(label.categories),
        "cases": sorted(label.cases),
        "review_on": label.review_on,
        "gradings": sorted(grading.spelling for grading in label.gradings),
        "nature": label.nature,
        "restrictions": sorted(label.restrictions),
    }


def label_from_payload(payload: Mapping[str, Any]) -> Label:
    """The label that ``label_payload`` wrote."""
    fields = dict(payload)
    for name in ("owners", "authorities", "categories", "cases", "restrictions"):
        fields[name] = frozenset(fields[name])
    fields["gradings"] = frozenset(Grading.read(spelling) for spelling in fields["gradings"])
    return Label(**fields)


def file_payload(file: RecordFile) -> dict[str, Json]:
    """A registered file as it stands in a payload."""
    return {
        "table": file.table,
        "path": file.path,
        "sha256": file.sha256,
        "rows": file.rows,
        "protection": file.protection,
        "generation": file.generation,
    }


def from_payload(payload: Mapping[str, Any], *, added_at: str, added_by: str) -> Exhibit:
    """The exhibit that ``to_payload`` wrote."""
    return Exhibit(
        **{
            **payload,
            "label": label_from_payload(payload["label"]),
            "parts": tuple(part_from_payload(part) for part in payload["parts"]),
            "files": tuple(RecordFile(**file) for file in payload["files"]),
            "added_at": added_at,
            "added_by": added_by,
        },
    )
