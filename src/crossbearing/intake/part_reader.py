"""Reading an exhibit: every source row becomes records or is refused, and both are counted."""

import io
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.domain.errors import CrossbearingError, UnreadableSource, WrongKind
from crossbearing.domain.exhibit import Gap, PartCount, Place
from crossbearing.intake import profile as profiles
from crossbearing.intake.byte_account import ByteAccount, Counted
from crossbearing.intake.fitting import unmet
from crossbearing.intake.kinds import kind_of, remedy_for
from crossbearing.intake.mapping import Mapped, SourceRows, mapped
from crossbearing.intake.profile import Profile, SourceTable
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.readers import all_readers
from crossbearing.intake.sources import Openable, damaged, open_part
from crossbearing.store.originals import Member
from crossbearing.store.records import Transformer
from crossbearing.store.session import usable_threads

_HEAD: Final = 65_536  # bytes shown to readers so that they may recognise a file
_BLOCK: Final = 1 << 18  # bytes that are taken from a file at a time
_REFUSALS: Final = 4_096  # that are written together
_TOGETHER: Final = 8 << 20  # bytes of rows that are mapped together: enough that a query costs little, not much memory


@dataclass(frozen=True, slots=True)
class Recognised:
    """Which reader takes a file, with which profile.

    Attributes:
        beginning: Without a profile: those that know every table there, but lack others.
    """

    reader: Reader
    profile: Profile | None
    layout: Mapping[str, tuple[str, ...]]
    beginning: Sequence[Profile] = ()

    @property
    def stamp(self) -> str:
        """Reader and profile with their versions, as they stand in each record."""
        own = f"{self.reader.name} {self.reader.version}"
        return f"{own} / {self.profile.stamp}" if self.profile else own


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A file that no reader takes.

    Attributes:
        kind: What it looks like, in words; empty if nobody knows.
        damage: Where its compressed bytes broke before anything could be recognised.
    """

    kind: str
    damage: tuple[Gap, ...] = ()

    def refusal(self, where: str) -> CrossbearingError:
        """The error that says so."""
        if self.damage:
            return damaged(where, self.damage[0])
        looks = f": it looks like {self.kind}" if self.kind else ""
        return WrongKind(f"No reader takes a file of this kind{looks}", where=where, remedy=remedy_for(self.kind))


class Records(Protocol):
    """What takes the records of an exhibit: a ``RecordWriter``, or what only looks at them."""

    def add(self, table: str, rows: pa.Table, *, set_aside: bool = False) -> None:
        """Append rows to one record table."""


def recognise(
    source: Openable, engine: Transformer | None = None, *, may_be_cut: bool = False
) -> Recognised | Unrecognised:
    """The first reader that takes the file, and the first profile that fits its tables and what stands in them.

    Damage is no matter here: whoever reads on finds it.

    Args:
        source: The file.
        engine: Runs what profiles ask of the first rows; whoever looks at many files opens it once.
        may_be_cut: If no profile fits, the only one that knows every table there fits too: others may have been lost.
    """
    gaps: list[Gap] = []
    with open_part(source, gaps.append) as stream:
        head = stream.read(_HEAD)
    for reader in all_readers():
        if not reader.recognises(head):
            continue
        # A small file is in the head already: opening unseals it anew.
        with io.BytesIO(head) if len(head) < _HEAD else open_part(source, gaps.append) as stream:
            layout = reader.layout(stream)
        possible = [profile for profile in profiles.all_profiles() if reader.name in profile.readers]
        named = [profile for profile in possible if profile.fits(layout)]
        found = next((profile for profile in named if not unmet(profile, reader, layout, source, engine)), None)
        if found:
            return Recognised(reader, found, layout)
        beginning = [profile for profile in possible if profile not in named and profile.fits_beginning(layout)]
        cut = beginning[0] if may_be_cut and len(beginning) == 1 else None
        return Recognised(reader, cut, layout, () if cut else beginning)
    return Unrecognised(kind_of(head), tuple(gap for gap in gaps if gap.is_damage))


def require_profile(found: Recognised | Unrecognised, part: str) -> Profile:
    """The profile, or the error that says why there is none.

    Raises:
        UnreadableSource: It broke before it could be recognised, or lacks tables.
        WrongKind: No reader takes the file, or no profile fits it.
    """
    if isinstance(found, Unrecognised):
        raise found.refusal(part)
    if found.profile is None and len(found.beginning) == 1:
        (profile,) = found.beginning
        missing = [table.name for table in profile.tables if table.name not in found.layout and not table.may_be_absent]
        raise UnreadableSource(
            f"The file seems to be cut off: it begins as {profile.name} does and lacks {', '.join(missing)}",
            where=part,
            remedy="Ask for the file again and compare hashes; to keep what can be read, repeat with --accept-damaged.",
        )
    if found.profile is None:
        tables = "; ".join(f"{name}: {', '.join(columns[:6])}" for name, columns in found.layout.items())
        raise WrongKind(
            f"No profile fits the tables of this {found.reader.name} file and what stands in them",
            where=f"{part} ({tables[:200] or 'no table'})",
            remedy="`crossbearing readers try` shows what was found; write a profile for it.",
        )
    return found.profile


@dataclass(slots=True)
class _Account:
    """Rows of one file, as they are counted."""

    member: Member
    rows_in: int = 0
    rows_out: int = 0
    bytes_read: int | None = None
    places: ByteAccount = field(default_factory=ByteAccount)

    def closed(self) -> PartCount:
        """The account as the register keeps it."""
        return PartCount(
            part=self.member.part,
            sha256=self.member.sha256,
            size_bytes=self.member.size_bytes,
            rows_in=self.rows_in,
            rows_out=self.rows_out,
            rows_refused=self.rows_in - self.rows_out,
            parent=self.member.parent,
            unread=self.member.unread,
            gaps=self.member.gaps,
            bytes_read=self.bytes_read,
            bytes_in_rows=None if self.bytes_read is None else self.places.in_rows,
            bytes_refused=None if self.bytes_read is None else self.places.refused,
        )


@dataclass(slots=True)
class _Waiting:
    """Rows of one source table that are to be mapped together."""

    table: SourceTable
    constants: Mapping[str, str]
    pieces: list[tuple[str, RawBatch]] = field(default_factory=list)


@dataclass(slots=True)
class PartReader:
    """Reads the parts of one exhibit into its records.

    Attributes:
        constants: Column values that every record of the exhibit gets.
        accept_damaged: Keep what can be read of a broken file, with the gap as a refusal.
        privilege_query: Gives the raw rows that may be privileged; empty if no rule stands.
        set_aside: Where those rows stood.
        decided: Byte ranges by part whose rows people decided about; they are counted and not read again.
        first_refused: The first run of rows that was refused, if any was.
    """

    writer: Records
    transformer: Transformer
    constants: Mapping[str, str]
    accept_damaged: bool
    privilege_query: str = ""
    set_aside: list[Place] = field(default_factory=list)
    decided: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    first_refused: Refused | None = None
    _accounts: dict[str, _Account] = field(default_factory=dict)
    _waiting: dict[tuple[Any, ...], _Waiting] = field(default_factory=dict)
    _waiting_bytes: int = 0
    _at_work: deque[Future[Mapped]] = field(default_factory=deque)
    _refused: list[dict[str, Any]] = field(default_factory=list)

    def read(self, member: Member, found: Recognised, advance: Callable[[int], None]) -> None:
        """Read one part; what it gives is certain once ``counts`` has returned.

        Args:
            member: Its bytes.
            found: Reader and profile; without a profile the whole part is one refusal.
            advance: Is told of each further byte.

        Raises:
            UnreadableSource: The part is cut off or damaged, and that was not accepted.
        """
        account = self._account(member)
        gaps: list[Gap] = []
        constants = {**self.constants, "reader": found.stamp}
        encoding = found.profile.encoding if found.profile else "utf-8"
        done = 0
        counted = Counted(open_part(member, gaps.append))
        with io.BufferedReader(counted, _BLOCK) as stream:
            for piece in found.reader.read(stream, encoding):
                if isinstance(piece, Refused):
                    self._require_whole(piece, member.part)
                    account.rows_in += piece.rows
                    account.places.take_refusal(piece.offset, piece.length)
                    self._refuse([piece], member.part, constants)
                else:
                    account.rows_in += len(piece)
                    account.places.take_rows(piece.offsets, piece.lengths)
                    undecided = self._undecided(piece, member.part)
                    account.rows_out += len(piece) - len(undecided)
                    if len(undecided):
                        self._take(undecided, member.part, found.profile, constants)
                place = min(_end_of(piece), member.size_bytes)
                advance(max(0, place - done))
                done = max(done, place)
            account.bytes_read = counted.drain()
        self._note_gaps(gaps, member.part, found.stamp)
        advance(member.size_bytes - done)

    def refuse_part(self, member: Member, reason: str, damage: Sequence[Gap] = ()) -> None:
        """Count a part that nothing reads; its bytes stay with the originals.

        Raises:
            UnreadableSource: It is damaged, and that was not accepted.
        """
        self._account(member)
        self._note_gaps(damage, member.part, "")
        whole = Refused("", 0, 0, 0, member.size_bytes, reason)
        self._refuse([whole], member.part, {**self.constants, "reader": ""})

    def skip_part(self, member: Member) -> None:
        """Count an archive whose members are parts of their own; it has no rows itself."""
        self._account(member)

    def counts(self) -> tuple[PartCount, ...]:
        """Map what waits, and give the account of every part in the order in which they came."""
        self._map_waiting()
        self._keep_mapped(left=0)
        self._write_refused()
        return tuple(account.closed() for account in self._accounts.values())

    def _account(self, member: Member) -> _Account:
        self._note_gaps(member.gaps, member.part, "")
        self._accounts[member.part] = _Account(member)
        return self._accounts[member.part]

    def _note_gaps(self, gaps: Sequence[Gap], part: str, reader: str) -> None:
        """Refuse what the unpacking could not take."""
        runs = [Refused("", 0, 0, gap.offset, gap.length, gap.reason, gap.is_damage) for gap in gaps]
        for run in runs:
            self._require_whole(run, part)
        self._refuse(runs, part, {**self.constants, "reader": reader})

    def _take(self, batch: RawBatch, part: str, profile: Profile | None, constants: Mapping[str, str]) -> None:
        """Let the rows wait until there are enough to be mapped together; refuse them if the profile has no table."""
        table = profile.table(batch.table) if profile else None
        if table is None or not table.fits(batch.columns):
            reason = f"table {batch.table!r} is not mapped by the profile"
            self._refuse([_run_of(batch, reason)], part, constants)
            return
        key = (constants["reader"], batch.table, *batch.columns, *map(str, batch.values.schema.types))
        self._waiting.setdefault(key, _Waiting(table, constants)).pieces.append((part, batch))
        self._waiting_bytes += batch.values.nbytes + len(batch)
        if self._waiting_bytes >= _TOGETHER:
            self._map_waiting()

    def _map_waiting(self) -> None:
        """Map all rows that wait, beside the reading if there is more than one thread."""
        threads = usable_threads()
        for waiting in self._waiting.values():
            rows = SourceRows(waiting.table, waiting.constants, waiting.pieces)
            if threads == 1:
                self._keep(mapped(rows, self.transformer, self.privilege_query))
                continue
            self._at_work.append(self.transformer.submit(mapped, rows, self.transformer, self.privilege_query))
            self._keep_mapped(left=threads - 1)  # with this thread, one for each core; more would only hold memory
        self._waiting, self._waiting_bytes = {}, 0

    def _keep_mapped(self, left: int) -> None:
        """Keep what was mapped, in the order in which it was read, until so many are still at work."""
        while len(self._at_work) > left:
            self._keep(self._at_work.popleft().result())

    def _keep(self, found: Mapped) -> None:
        """Write the records of some rows, and count the rows."""
        for record, rows, is_aside in found.records:
            self.writer.add(record, rows, set_aside=is_aside)
        begins = 0
        refused, aside = np.array(sorted(found.refused), np.int64), np.sort(np.array(found.set_aside, np.int64))
        for part, batch in found.rows.pieces:
            ends = begins + len(batch)
            here = refused[np.searchsorted(refused, begins) : np.searchsorted(refused, ends)]
            self._accounts[part].rows_out += len(batch) - len(here)
            reasons = (found.refused[number] for number in here.tolist())
            runs = [
                Refused(batch.table, *place, reason)
                for place, reason in zip(_places(batch, here - begins), reasons, strict=True)
            ]
            self._refuse(runs, part, found.rows.constants)
            here = aside[np.searchsorted(aside, begins) : np.searchsorted(aside, ends)]
            for row, _, offset, length in _places(batch, here - begins):
                self.set_aside.append(Place(self.constants["exhibit_id"], part, batch.table, row, offset, length))
            begins = ends

    def _undecided(self, batch: RawBatch, part: str) -> RawBatch:
        """The batch without the rows that people decided about: those are carried over as they stand."""
        ranges = self.decided.get(part, ())
        if not ranges:
            return batch
        decided = np.zeros(len(batch), bool)
        for first, last in ranges:
            decided |= (first < batch.offsets + batch.lengths) & (batch.offsets < last)
        return batch.kept(~decided)

    def _refuse(self, refused: list[Refused], part: str, constants: Mapping[str, str]) -> None:
        self.first_refused = self.first_refused or next(iter(refused), None)
        self._refused += [
            {
                "reason": run.reason,
                "source_rows": run.rows,
                "exhibit_id": constants["exhibit_id"],
                "part": part,
                "source_table": run.table,
                "source_row": run.ordinal,
                "byte_offset": run.offset,
                "byte_length": run.length,
                "reader": constants["reader"],
            }
            for run in refused
        ]
        if len(self._refused) >= _REFUSALS:
            self._write_refused()

    def _write_refused(self) -> None:
        if self._refused:
            self.writer.add("refusal", pa.Table.from_pylist(self._refused))
        self._refused = []

    def _require_whole(self, refused: Refused, part: str) -> None:
        if refused.is_damage and not self.accept_damaged:
            raise damaged(part, Gap(refused.offset, refused.length, refused.reason))


def _places(batch: RawBatch, numbers: NDArray[np.int64]) -> list[tuple[int, int, int, int]]:
    """Ordinal, 1, offset and length of some rows."""
    columns = (batch.ordinals[numbers], np.ones_like(numbers), batch.offsets[numbers], batch.lengths[numbers])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _run_of(batch: RawBatch, reason: str) -> Refused:
    """One refusal for all rows of a batch."""
    first = int(batch.offsets[0])
    return Refused(batch.table, int(batch.ordinals[0]), len(batch), first, _end_of(batch) - first, reason)


def _end_of(piece: RawBatch | Refused) -> int:
    if isinstance(piece, Refused):
        return piece.offset + piece.length
    return int(piece.offsets[-1] + piece.lengths[-1])
