"""Propose a profile for a file whose tables no profile fits, for a person to correct."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crossbearing.domain.errors import Contradiction, NothingWritten, UnreadableSource, WrongKind
from crossbearing.intake.inventory import inventory
from crossbearing.intake.part_reader import Recognised, Unrecognised, recognise
from crossbearing.intake.proposing.proposal import Proposal, propose
from crossbearing.intake.sources import Openable, Source


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of it.

    Attributes:
        fits: Name of the profile that fits already; then nothing was proposed unless it was asked for.
        proposal: What is proposed; null if a profile fits.
        out: Where it was written; null if nowhere.
    """

    fits: str
    proposal: Proposal | None
    out: Path | None


def propose_profile(path: Path, *, out: Path | None = None, anyway: bool = False) -> Proposed:
    """Read the file once, and propose; of an archive, for the first file within whose tables no profile fits.

    Args:
        path: A file.
        out: Where to write the proposal; the place must be free.
        anyway: Propose even if a profile fits.

    Raises:
        Contradiction: There is something at ``out``.
        NothingWritten: The place cannot be written.
        UnreadableSource: The file is empty, cannot be opened, or is beyond the limits of unpacking.
        WrongKind: No reader takes it, or nothing in its tables was recognised.
    """
    if out is not None and out.exists():
        raise _is_taken(out)
    try:
        if path.stat().st_size == 0:
            raise UnreadableSource("The file is empty", where=str(path), remedy="Ask for the file again.")
        fits, proposal = _proposed(Source.of_file(path), str(path), anyway=anyway)
    except OSError as refused:
        raise UnreadableSource(
            f"The file cannot be read: {refused.strerror}",
            where=str(path),
            remedy="Check the path and your rights on it.",
        ) from refused
    if proposal is None or out is None:
        return Proposed(fits, proposal, None)
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(proposal.text)
    except FileExistsError as taken:
        raise _is_taken(out) from taken
    except OSError as refused:
        raise NothingWritten(
            f"The proposal could not be written: {refused.strerror}",
            where=str(out),
            remedy="Name a file in a folder where you may write.",
        ) from refused
    return Proposed(fits, proposal, out)


def _proposed(source: Source, where: str, *, anyway: bool) -> tuple[str, Proposal | None]:
    """Name of the profile that fits, and the proposal."""
    fits = ""
    other: Unrecognised | None = None
    for item in inventory(source):
        hit = None if item.is_archive or item.unread else recognise(item.source)
        if isinstance(hit, Unrecognised):
            other = other or hit
        elif hit is not None and (hit.profile is None or anyway):
            return hit.profile.name if hit.profile else "", _of(item.source, hit)
        elif isinstance(hit, Recognised) and hit.profile:
            fits = fits or hit.profile.name
    if fits:
        return fits, None
    raise (other or Unrecognised("")).refusal(where)


def _of(source: Openable, hit: Recognised) -> Proposal:
    proposal = propose(source, hit, datetime.now(UTC).date().isoformat())
    if not proposal.columns:
        tables = "; ".join(f"{name}: {', '.join(columns[:6])}" for name, columns in hit.layout.items())
        raise WrongKind(
            f"Nothing in the tables of this {hit.reader.name} file was recognised",
            where=f"{source.part} ({tables[:200] or 'no table'})",
            remedy="Write a profile by hand; see the how-to on writing a profile.",
        )
    return proposal


def _is_taken(out: Path) -> Contradiction:
    return Contradiction(
        "There is something at this place already", where=str(out), remedy="Name a file that does not exist yet."
    )
