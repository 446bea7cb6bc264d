"""An exhibit: bytes that came in, under an authorisation, with their label."""

from collections.abc import Mapping
from dataclasses import dataclass

from crossbearing.domain.canonical import Json
from crossbearing.domain.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """One registered Parquet file: what one exhibit states about one table."""

    table: str
    path: str  # within the operation folder
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCount:
    """The account of one file of an exhibit: rows in = rows out + rows refused."""

    part: str
    sha256: str
    size_bytes: int
    rows_in: int
    rows_out: int
    rows_refused: int


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
    label = exhibit.label
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
        "label": {
            "owners": sorted(label.owners),
            "authorities": sorted(label.authorities),
            "handling": label.handling,
            "tlp": label.tlp,
            "categories": sorted(label.categories),
            "cases": sorted(label.cases),
            "review_on": label.review_on,
        },
        "parts": [
            {
                "part": part.part,
                "sha256": part.sha256,
                "size_bytes": part.size_bytes,
                "rows_in": part.rows_in,
                "rows_out": part.rows_out,
                "rows_refused": part.rows_refused,
            }
            for part in exhibit.parts
        ],
        "files": [
            {"table": file.table, "path": file.path, "sha256": file.sha256, "rows": file.rows} for file in exhibit.files
        ],
    }


def from_payload(payload: Mapping[str, object], *, added_at: str, added_by: str) -> Exhibit:
    """The exhibit that ``to_payload`` wrote."""
    fields = dict(payload)
    label = dict(fields.pop("label"))  # type: ignore[call-overload]  # payloads are checked when written
    for name in ("owners", "authorities", "categories", "cases"):
        label[name] = frozenset(label[name])
    return Exhibit(
        **{
            **fields,
            "label": Label(**label),
            "parts": tuple(PartCount(**part) for part in fields["parts"]),  # type: ignore[attr-defined]
            "files": tuple(RecordFile(**file) for file in fields["files"]),  # type: ignore[attr-defined]
            "added_at": added_at,
            "added_by": added_by,
        },  # type: ignore[arg-type]
    )
